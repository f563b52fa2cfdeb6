"""Reads a SQL text: which customer tables it names, and where it binds their organization.

Only the exact form of a comparison counts, so what isn't understood is refused, not missed.
"""

import re
from dataclasses import dataclass, field

from portal.guard import sql
from portal.guard.sql import Paramstyle, Tree, name_of

COLUMN = "organization_id"
CONTROL = frozenset(
    "begin start commit end rollback abort savepoint release pragma set reset show".split()
)
SOURCES = {"from", "using", "table", "update"}
JOINS = frozenset({"left", "right", "full", "inner", "cross", "natural", "outer"})
NO_ALIAS = frozenset({"using", "indexed", "not", "default", "tablesample", "with"})


@dataclass(slots=True)
class Facts:
    """What a SQL text does: the customer table it names, the one it changes, what it lacks."""

    names: str | None = None
    changes: str | None = None
    writes: bool = False
    faults: list[str] = field(default_factory=list)
    binds: list[int | str] = field(default_factory=list)  # keys that must hold the organization


def read(text: str, paramstyle: Paramstyle, customer_tables: frozenset[str]) -> Facts:
    """Read one statement; `customer_tables` holds names in lower case."""
    tree, keys, sound = sql.parse(text, paramstyle)
    if sound and sql.starts_with(tree, CONTROL):
        return Facts()
    if sound and sql.is_query(tree):
        return _Reader(customer_tables).read(tree, keys)
    named = next(
        (word for word in re.findall(r"\w+", text.lower()) if word in customer_tables), None
    )
    return Facts(named, named, True, [f"The guard can't follow what this does with {named}"])


@dataclass(eq=False)
class _Table:
    """One occurrence of a table; it has a name only where it is a customer's."""

    alias: str
    name: str | None


@dataclass(eq=False)
class _Query:
    """One SELECT, UPDATE or DELETE: what its WHERE filters and its names mean."""

    outer: "_Query | None"
    tables: list[_Table] = field(default_factory=list)

    def find(self, alias: str) -> _Table | None:
        """The table that `alias.organization_id` belongs to; None where that isn't certain."""
        found = [t for t in self.tables if (t.alias == alias if alias else t.name)]
        if found or not alias or self.outer is None:
            return found[0] if len(found) == 1 else None
        return self.outer.find(alias)


@dataclass
class _Write:
    """What a statement writes: its customer table, and where its INSERT has the organization."""

    table: str | None = None
    column: int | None = None
    filled: bool = False
    upsert: bool = False
    keyed: bool = False


_Column = tuple[_Query, str]  # whose organization_id
_Operand = _Column | int | None  # or the number of a bind, or something else


def _operand(tokens: Tree, query: _Query) -> _Operand:
    match tokens:
        case [str(bind)] if bind[:1] == "?" and len(bind) > 1:
            return int(bind[1:])
        case [str(column)] if column in (COLUMN, f'"{COLUMN}'):
            return query, ""
        case [str(table), ".", str(column)] if name_of(column) == COLUMN:
            return query, name_of(table)
    return None


def _names(columns: list[Tree]) -> list[str]:
    return ["".join(map(name_of, column)) for column in columns]


class _Reader:
    def __init__(self, customer_tables: frozenset[str]) -> None:
        self.customer_tables = customer_tables
        self.facts = Facts()
        self.found: list[_Table] = []
        self.links: list[tuple[list[_Table], _Operand, _Operand]] = []
        self.bound: list[int] = []
        self.selected: list[tuple[str, _Column]] = []

    def read(self, tree: Tree, keys: list[int | str]) -> Facts:
        self.statement(tree, None, frozenset())
        safe = self.safe_tables()
        for table in self.found:
            if table not in safe:
                self.fault(f"{table.name}: compare {table.alias}.{COLUMN} with a bound value")
        for name, (query, alias) in self.selected:
            if query.find(alias) not in safe:
                self.fault(f"{name}: select a bound {COLUMN} or one that is compared with it")
        if self.facts.names:
            self.facts.binds = [keys[bind] for bind in self.bound]
        return self.facts

    def fault(self, words: str) -> None:
        self.facts.faults.append(words)

    def safe_tables(self) -> set[_Table | None]:
        """The tables of which only the bound organization's rows are left."""
        safe: set[_Table | None] = set()
        size = -1
        while size < len(safe):
            size = len(safe)
            for filters, one, other in self.links:
                for left, right in ((one, other), (other, one)):
                    table = left[0].find(left[1]) if isinstance(left, tuple) else None
                    known = right[0].find(right[1]) in safe if isinstance(right, tuple) else True
                    if table in filters and known:
                        safe.add(table)
        return safe

    def statement(self, tree: Tree, outer: _Query | None, ctes: frozenset[str]) -> None:
        query, write, before = _Query(outer), _Write(), Tree()
        for word, part in sql.clauses(tree):
            if word in sql.UNIONS:
                query = _Query(outer)
            elif word == "update" or (word == "from" and before[-1:] == ["delete"]):
                target = self.sources(part, query, frozenset())
                self.changes(target[0].name if target else None, write)
            elif word in SOURCES:
                self.sources(part, query, ctes)
            elif word == "where" and not write.upsert:
                self.conditions(part, query, query.tables)
            elif word == "into":
                self.into(part, write)
            elif word == "conflict":
                write.upsert = True
                write.keyed = any(COLUMN in _names(row) for row in sql.rows(part))
            elif write.table:
                self.written(word, part, query, write)
            ctes = self.subqueries(part, query, ctes)
            before = part
        if write.column is not None and not write.filled:
            self.fault(f"{write.table}: give the inserted rows by VALUES or SELECT")

    def subqueries(self, tree: Tree, query: _Query, ctes: frozenset[str]) -> frozenset[str]:
        """Read the statements in brackets; `ctes` comes back with the names they were given."""
        for i, part in enumerate(tree):
            if part == "in" and any(map(name_of, tree[i + 1 : i + 2])):
                self.item(tree[i + 1 :], query, ctes)  # SQLite's IN table
            elif isinstance(part, list) and not sql.is_query(part):
                self.subqueries(part, query, ctes)
            elif isinstance(part, list):
                self.statement(part, query, ctes)
                ahead = [t for t in tree[:i] if isinstance(t, str)]
                while ahead[-1:] in (["materialized"], ["not"]):
                    ahead.pop()
                if ahead[-1:] == ["as"] and len(ahead) > 1:
                    ctes |= {name_of(ahead[-2])}
        return ctes

    def sources(self, tree: Tree, query: _Query, ctes: frozenset[str]) -> list[_Table]:
        """The tables of a FROM, whose ON conditions are read on the way."""
        joined: list[_Table] = []
        for part in sql.split(tree, ","):
            kind = Tree()
            for piece in sql.split(part, "join"):
                words = len(piece)
                while sql.starts_with(piece[words - 1 : words], JOINS):
                    words -= 1
                item, *conditions = sql.split(piece[:words], "on")
                new = self.item(item, query, ctes)
                joined += new
                if len(conditions) == 1 and not {"right", "full"} & set(kind):
                    self.conditions(conditions[0], query, new if "left" in kind else [*joined])
                kind = piece[words:]
        return joined

    def item(self, tree: Tree, query: _Query, ctes: frozenset[str]) -> list[_Table]:
        """The table at the start of `tree`, or those of a join in brackets."""
        while sql.starts_with(tree, frozenset({"only", "or"})):
            tree = tree[2 if tree[0] == "or" else 1 :]
        schema = False
        while tree[1:2] == ["."]:
            tree, schema = tree[2:], True
        if not tree:
            return []
        if isinstance(tree[0], list) and not sql.is_query(tree[0]):
            return self.sources(tree[0], query, ctes)
        name, rest = name_of(tree[0]), tree[1:]
        if rest and isinstance(rest[0], list):  # a function's arguments
            rest = rest[1:]
        if rest[:1] == ["as"]:
            rest = rest[1:]
        alias = "" if sql.starts_with(rest, NO_ALIAS) else "".join(map(name_of, rest[:1]))
        is_customer = name in self.customer_tables and (schema or name not in ctes)
        table = _Table(alias or name, name if is_customer else None)
        query.tables.append(table)
        if is_customer:
            self.found.append(table)
            self.facts.names = self.facts.names or name
        return [table]

    def conditions(self, tree: Tree, query: _Query, filters: list[_Table]) -> None:
        """Note the comparisons that hold for every row of `filters` that is left."""
        if len(sql.split(tree, "or")) > 1:
            return
        for part in sql.split(tree, "and"):
            match part:
                case [list(inner)] if inner[:1] != ["case"] and not sql.is_query(inner):
                    self.conditions(inner, query, filters)
                case [*left, "in", list(inner)]:
                    self.memberships(left, inner, query, filters)
                case _ if part.count("=") == 1:
                    left, right = sql.split(part, "=")
                    self.link(filters, _operand(left, query), _operand(right, query))

    def memberships(self, left: Tree, inner: Tree, query: _Query, filters: list[_Table]) -> None:
        columns, values = [left], [[value] for value in sql.split(inner, ",")]
        if len(left) == 1 and isinstance(left[0], list):
            columns, values = sql.split(left[0], ","), sql.rows(inner)
        for column, given in zip(columns, zip(*values, strict=False), strict=False):
            operands = [_operand(value, query) for value in given]
            if all(isinstance(operand, int) for operand in operands):
                for operand in operands:
                    self.link(filters, _operand(column, query), operand)

    def link(self, filters: list[_Table], left: _Operand, right: _Operand) -> None:
        sides = (left, right)
        if None not in sides and any(isinstance(side, tuple) for side in sides):
            self.links.append((filters, left, right))
            self.bound += [side for side in sides if isinstance(side, int)]

    def changes(self, name: str | None, write: _Write) -> None:
        self.facts.writes = True
        if name in self.customer_tables:
            write.table = self.facts.changes = name
            self.facts.names = self.facts.names or name

    def into(self, tree: Tree, write: _Write) -> None:
        while tree[1:2] == ["."]:
            tree = tree[2:]
        self.changes("".join(map(name_of, tree[:1])), write)
        columns = next((sql.split(t, ",") for t in tree if isinstance(t, list)), [])
        names = _names(columns)
        if COLUMN in names:
            write.column = names.index(COLUMN)
        elif write.table:
            self.fault(f"{write.table}: name {COLUMN} among the columns that are inserted")

    def written(self, word: str, tree: Tree, query: _Query, write: _Write) -> None:
        """Read a clause of a statement that writes a customer's table."""
        if word == "values" and write.column is not None:
            for row in sql.rows(tree):
                self.put(row[write.column : write.column + 1], query, write)
        elif word == "select" and write.column is not None:
            items = sql.split(tree, ",")
            self.put(items[write.column : write.column + 1], query, write)
        elif word == "set":
            for part in sql.split(tree, ","):
                target = sql.split(part, "=")[0]
                inner = [name for token in target if isinstance(token, list) for name in token]
                if COLUMN in map(name_of, target + inner):
                    self.fault(f"{write.table}: {COLUMN} never changes")
            if write.upsert and not write.keyed:
                self.fault(f"{write.table}: name {COLUMN} in ON CONFLICT (…)")

    def put(self, item: list[Tree], query: _Query, write: _Write) -> None:
        """Note what an INSERT has for the organization: in a row, or in its SELECT."""
        write.filled = True
        tokens = item[0] if item else []
        if tokens[-2:-1] == ["as"]:
            tokens = tokens[:-2]
        operand = _operand(tokens[tokens[:1] in (["distinct"], ["all"]) :], query)
        if isinstance(operand, int):
            self.bound.append(operand)
        elif operand is not None:
            self.selected.append((str(write.table), operand))
        else:
            self.fault(f"{write.table}: bind {COLUMN} in each row that is inserted")
