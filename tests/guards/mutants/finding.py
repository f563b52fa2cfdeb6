"""Every query on customers' tables, and every place where one could forget whose rows it means."""

import ast
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from portal.config import ROOT
from portal.schema import Base
from portal.tables import metadata
from tests.guards.source import dotted, modules, scoped

EXEMPT = {
    "portal/guard/": "the guard itself",
    "portal/inserts.py": "is given the table",
    "portal/backup/": "copies whole databases",
}
STATEMENTS = frozenset({"select", "update", "delete", "insert", "exists"})
TABLES = frozenset({"table", "message", "form"})
"""Where a function is given any table, or takes one from the metadata: what it is called there."""
LOOKUPS = frozenset({"get", "get_one"})
TRUE = '__import__("sqlalchemy").true()'
UNCONDITIONED = {
    "portal/accounts/jobs.py _organizations_with_forms": "means all: who has old forms",
    "portal/accounts/service/contacting.py _has_joined": "means all: whether somebody ever joined",
    "portal/accounts/service/counted.py guides_in": "is given the condition",
    "portal/accounts/service/erasing.py _is_elsewhere": "means all: where somebody is a member",
    "portal/accounts/service/erasing.py list_other_organizations": "means all: who is named where",
    "portal/accounts/service/removing.py _members": "means all: whether somebody is elsewhere too",
    "portal/adoption/service/overview_answers.py _goals": "takes the condition from `_Whom`",
    "portal/effectiveness/service/comments.py find_place": "means all: whose comment it is",
    "portal/effectiveness/service/counting.py _nameless": "means all: answers of a guide",
    "portal/effectiveness/service/counting.py list_counted": "means all: which guides were opened",
    "portal/erase_rules.py _blank": "is given the condition",
    "portal/erase_rules.py _delete": "is given the condition",
    "portal/operations/service/status.py _failed_mails": "means all: how many mails failed",
}
"""Queries with no condition of their own; what means all organizations says so to the guard."""

UNKEYED = '__import__("tests.guards.mutants.unkeyed", fromlist=["get"])'


@dataclass(frozen=True)
class Mutant:
    """One place where the organization is left out."""

    path: str
    function: str
    what: str
    start: int
    end: int
    instead: str

    @property
    def name(self) -> str:
        return f"{self.path} {self.function}: {self.what}"

    @property
    def place(self) -> str:
        return f"{self.path} {self.function}"

    def put_into(self, source: bytes) -> bytes:
        """The module's text with the mutant in it."""
        return source[: self.start] + self.instead.encode() + source[self.end :]


@dataclass(frozen=True)
class Query:
    """A statement on a customer's table, or a part of one that begins with `select` and such."""

    path: str
    function: str
    line: int
    verb: str
    mutants: int
    """Conditions in it that name an organization, and are left out in turn."""

    @property
    def place(self) -> str:
        return f"{self.path} {self.function}"


@cache
def mutants() -> list[Mutant]:
    """Every comparison with a table's organization, and every lookup by a key that has it."""
    found: list[Mutant] = []
    times: Counter[str] = Counter()
    for path, tree in modules().items():
        if path.startswith(tuple(EXEMPT)):
            continue
        source = (ROOT / path).read_text().encode()
        starts = _line_starts(source)
        tables = _tables(tree)
        for place, node in scoped(tree):
            if instead := _without_organization(node, tables["module"] | tables.get(place, set())):
                start, end = _span(node, starts)
                what = " ".join(source[start:end].decode().split())
                times[f"{path} {place}: {what}"] += 1
                number = times[f"{path} {place}: {what}"]
                name = what if number == 1 else f"{what} #{number}"
                found.append(Mutant(path, place, name, start, end, instead))
    return found


def _line_starts(source: bytes) -> list[int]:
    starts = [0]
    for line in source.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    return starts


def _span(node: ast.AST, starts: list[int]) -> tuple[int, int]:
    return (
        starts[node.lineno - 1] + node.col_offset,
        starts[node.end_lineno - 1] + node.end_col_offset,
    )


def _tables(tree: ast.Module) -> dict[str, set[str]]:
    """By function, the small names that stand for a table: an alias, a subquery, a parameter."""
    found: dict[str, set[str]] = {"module": set()}
    for place, node in scoped(tree):
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if _is_table(value):
                found.setdefault("module" if name == place else place, set()).add(name)
            case ast.arguments(args=arguments, defaults=[_, *_] as defaults):
                for argument, default in zip(arguments[-len(defaults) :], defaults, strict=True):
                    if _is_table(default):
                        found.setdefault(place, set()).add(argument.arg)
    return found


def _is_table(value: ast.expr) -> bool:
    match value:
        case ast.Name(id=name):
            return name in customer_models()
        case ast.Call(func=ast.Name(id="aliased")):
            return True
        case ast.Call(func=ast.Attribute(attr="alias" | "subquery" | "cte")):
            return True
    return False


def _without_organization(node: ast.AST, tables: set[str]) -> str | None:
    """What stands in the place of a node once the organization is forgotten."""
    match node:
        case ast.Compare(
            ops=[ast.Eq()],
            left=ast.Call(func=ast.Name(id="getattr"), args=[model, ast.Name(id=name)]),
        ) if dotted(model) in customer_models():
            return f'({TRUE} if {name} == "organization_id" else {ast.unparse(node)})'
        case ast.Compare(ops=[ast.Eq()], left=left, comparators=[right]):
            either = ((left, right), (right, left))
            is_about = any(
                _names_organization(one, tables) or _is_organization(one, other)
                for one, other in either
            )
            return TRUE if is_about else None
        case ast.Call(func=ast.Attribute(attr="filter_by"), keywords=[ast.keyword(None, row)]):
            rest = f'{{k: v for k, v in {ast.unparse(row)}.items() if k != "organization_id"}}'
            return f"{ast.unparse(node.func)}(**{rest})"
        case ast.Call(func=ast.Attribute(value=column, attr="in_")):
            return TRUE if _names_organization(column, tables) else None
        case ast.Call(func=ast.Attribute(value=session, attr="get" | "get_one"), args=[model, key]):
            if dotted(model) in customer_models():
                given = [ast.unparse(part) for part in (session, model, key)]
                given += [f"{word.arg}={ast.unparse(word.value)}" for word in node.keywords]
                return f"{UNKEYED}.{node.func.attr}({', '.join(given)})"
    return None


def _names_organization(node: ast.expr, tables: set[str]) -> bool:
    """Whether it is `Table.organization_id`, of a class, a table or an alias of one."""
    if not isinstance(node, ast.Attribute) or node.attr != "organization_id":
        return False
    whose = dotted(node.value)
    return whose[:1].isupper() or whose in tables or getattr(node.value, "attr", "") == "c"


def _is_organization(one: ast.expr, other: ast.expr) -> bool:
    """Whether it is `Organization.id` beside the id of an organization."""
    return dotted(one) == "Organization.id" and dotted(other).endswith("organization_id")


@cache
def customer_models() -> frozenset[str]:
    """The classes whose rows belong to a customer."""
    theirs = {t for t in metadata.tables.values() if t.info["distribute"] == "organization_id"}
    return frozenset(
        mapper.class_.__name__ for mapper in Base.registry.mappers if mapper.local_table in theirs
    )


def queries() -> Iterator[Query]:
    """Every statement on a customer's table, each subquery counted as one."""
    for path, tree in modules().items():
        if path.startswith(tuple(EXEMPT)):
            continue
        source = (ROOT / path).read_text().encode()
        starts = _line_starts(source)
        spans = [(m.start, m.end) for m in mutants() if m.path == path]
        for place, verb, node in _statements(tree):
            names = {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}
            if names & customer_models() or TABLES & names:
                start, end = _span(node, starts)
                inside = sum(start <= one and other <= end for one, other in spans)
                yield Query(path, place, node.lineno, verb, inside)


def _statements(tree: ast.Module) -> Iterator[tuple[str, str, ast.expr]]:
    """Each statement in full, with all that is called on it: place, verb, expression."""
    above = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
    for place, node in scoped(tree):
        match node:
            case ast.Call(func=ast.Name(id=verb)) if verb in STATEMENTS:
                yield place, verb, _whole(node, above)
            case ast.Call(func=ast.Attribute(value=table, attr=verb)) if verb in STATEMENTS:
                if dotted(table).endswith("__table__") or dotted(table) in TABLES:
                    yield place, verb, _whole(node, above)
            case ast.Call(func=ast.Name(id="upsert" | "insert_many")):
                yield place, "upsert", node
            case ast.Call(func=ast.Attribute(attr=verb), args=[ast.Name(), _, *_]) if (
                verb in LOOKUPS
            ):
                yield place, verb, node
            case ast.Call(func=ast.Attribute(attr="add" | "add_all" as verb)):
                yield place, verb, node


def _whole(node: ast.expr, above: dict[ast.AST, ast.AST]) -> ast.expr:
    while isinstance(above[node], ast.Attribute) and isinstance(above[above[node]], ast.Call):
        node = above[above[node]]
    return node


@cache
def helpers() -> dict[str, set[str]]:
    """By place, the names of other functions and constants that its text mentions."""
    found: dict[str, set[str]] = {}
    for path, tree in modules().items():
        for place, node in scoped(tree):
            if isinstance(node, ast.Name | ast.Attribute):
                name = node.id if isinstance(node, ast.Name) else node.attr
                found.setdefault(f"{path} {place}", set()).add(name)
    return found


def unmutated() -> list[Query]:
    """Queries that find, change or delete, and whose condition stands nowhere that was found.

    It stands in the query, beside it in the function, or in a helper that the function mentions.
    """
    adding = ("insert", "upsert", "add", "add_all")
    held = {mutant.place for mutant in mutants()}
    names = {place.partition(" ")[2] for place in held}
    return [
        query
        for query in queries()
        if query.verb not in adding and not query.mutants and query.place not in held
        if not _mentioned(query.place, names)
    ]


def _mentioned(place: str, names: set[str]) -> bool:
    mentioned = helpers().get(place, set()) - {place.partition(" ")[2]}
    return bool(mentioned & names)
