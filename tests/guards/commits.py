"""How often a function commits on its ways through, found by reading it.

A way is a choice at each branch. Raising ends a way without an effect, so such ways don't count.
Functions of the same package are followed, through imports and through tables of functions;
everything else is taken not to commit, which is why services are searched for commits apart.
"""

import ast
from collections.abc import Iterable
from dataclasses import dataclass

from tests.guards.source import Function, called, dotted, modules

COMMITS = frozenset({"commit", "entry.commit", "done", "entry.done", "session.commit", "s.commit"})
"""Calls that commit, as this portal writes them."""


class CommitInLoopError(Exception):
    """A commit that may happen any number of times."""


@dataclass(frozen=True)
class Ways:
    """Numbers of commits so far: on ways that go on, and on ways that have returned."""

    on: frozenset[int]
    returned: frozenset[int] = frozenset()

    def then(self, commits: frozenset[int]) -> "Ways":
        return Ways(frozenset(n + m for n in self.on for m in commits), self.returned)


START = Ways(frozenset({0}))
ONE = frozenset({1})


def commits(path: str, body: Iterable[ast.stmt]) -> frozenset[int]:
    """The numbers of commits with which statements of the module at `path` may end.

    What is committed in a `with database.writing(…)` of its own is not counted.
    Raises CommitInLoopError.
    """
    ways = _Reader(path, []).of_body(body, START)
    return ways.on | ways.returned


class _Reader:
    def __init__(self, path: str, following: list[str]) -> None:
        self.path = path
        self.following = following

    def of_body(self, body: Iterable[ast.stmt], ways: Ways) -> Ways:
        for statement in body:
            ways = self.of_statement(statement, ways)
        return ways

    def of_statement(self, statement: ast.stmt, ways: Ways) -> Ways:
        match statement:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                return ways
            case ast.Raise():
                return Ways(frozenset(), ways.returned)
            case ast.Return(value=value):
                after = self.of_expression(value, ways)
                return Ways(frozenset(), after.returned | after.on)
            case ast.For() | ast.While() | ast.AsyncFor():
                return self.of_loop(statement, ways)
            case ast.If() | ast.Try() | ast.Match() | ast.With():
                return self.of_block(statement, ways)
        return self.of_expression(statement, ways)

    def of_block(self, block: ast.stmt, ways: Ways) -> Ways:
        match block:
            case ast.If(test=test, body=body, orelse=orelse):
                before = self.of_expression(test, ways)
                return _either(self.of_body(body, before), self.of_body(orelse, before))
            case ast.Match(subject=subject, cases=cases):
                before = self.of_expression(subject, ways)
                return _either(before, *(self.of_body(case.body, before) for case in cases))
            case ast.Try(body=body, handlers=handlers, orelse=orelse, finalbody=final):
                # What raised has not committed: a commit comes last.
                tried = self.of_body(orelse, self.of_body(body, ways))
                caught = [self.of_body(handler.body, ways) for handler in handlers]
                return self.of_body(final, _either(tried, *caught))
            case ast.With(items=items, body=body):
                if any(opens_session(item.context_expr) for item in items):
                    return ways
                for item in items:
                    ways = self.of_expression(item.context_expr, ways)
                return self.of_body(body, ways)
        return ways

    def of_loop(self, loop: ast.For | ast.While | ast.AsyncFor, ways: Ways) -> Ways:
        once = self.of_body(loop.body, START)
        if max(once.on, default=0) > 0:
            raise CommitInLoopError(f"{self.path}:{loop.lineno}")
        found = frozenset(n + m for n in ways.on for m in once.returned)
        return self.of_body(loop.orelse, Ways(ways.on, ways.returned | found))

    def of_expression(self, node: ast.AST | None, ways: Ways) -> Ways:
        for call in ast.walk(node) if node else ():
            if not isinstance(call, ast.Call):
                continue
            if called(call) in COMMITS:
                ways = ways.then(ONE)
            elif targets := _targets(self.path, call):
                ways = ways.then(frozenset().union(*(self.of_call(*found) for found in targets)))
        return ways

    def of_call(self, path: str, function: Function) -> frozenset[int]:
        name = f"{path}:{function.name}"
        if name in self.following:
            return frozenset({0})
        ways = _Reader(path, [*self.following, name]).of_body(function.body, START)
        return ways.on | ways.returned


def _targets(path: str, call: ast.Call) -> list[tuple[str, Function]]:
    """The functions of this package that a call may lead to."""
    if isinstance(call.func, ast.Subscript):
        names = _table_of_functions(path, dotted(call.func.value))
    else:
        names = [called(call)]
    return [found for name in names if name and (found := _find(path, name))]


def _table_of_functions(path: str, name: str) -> list[str]:
    for statement in modules()[path].body:
        match statement:
            case (
                ast.Assign(targets=[ast.Name(id=found)], value=ast.Dict(values=values))
                | ast.AnnAssign(target=ast.Name(id=found), value=ast.Dict(values=values))
            ) if found == name:
                return [dotted(value) for value in values]
    return []


def _find(path: str, name: str) -> tuple[str, Function] | None:
    for statement in modules()[path].body:
        if isinstance(statement, Function) and statement.name == name:
            return path, statement
        if isinstance(statement, ast.ImportFrom) and (module := _same_package(path, statement)):
            for alias in statement.names:
                if name == (alias.asname or alias.name):
                    return _find(module, alias.name)
                if name.startswith(f"{alias.asname or alias.name}.") and name.count(".") == 1:
                    inner = f"{module.removesuffix('.py')}/{alias.name}.py"
                    inner = inner.replace("/__init__", "")
                    return _find(inner, name.partition(".")[2]) if inner in modules() else None
    return None


def _same_package(path: str, statement: ast.ImportFrom) -> str | None:
    """The path of the module imported from, if it stands in the folder of `path`."""
    named = (statement.module or "").replace(".", "/")
    folder = path.rpartition("/")[0]
    for candidate in (f"{named}.py", f"{named}/__init__.py"):
        if candidate in modules() and candidate.rpartition("/")[0] == folder:
            return candidate
    return None


def _either(*ways: Ways) -> Ways:
    on = frozenset().union(*(way.on for way in ways))
    return Ways(on, frozenset().union(*(way.returned for way in ways)))


def opens_session(node: ast.expr) -> bool:
    """Whether a `with` opens a session of its own."""
    return called(node).endswith((".writing", ".reading", ".across_organizations"))
