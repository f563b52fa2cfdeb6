"""The portal's code as trees: what the guards that read code share."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from portal.config import ROOT

Function = ast.FunctionDef | ast.AsyncFunctionDef


@cache
def modules() -> dict[str, ast.Module]:
    """Every module under portal/ by its path, such as `portal/paths/views.py`."""
    files = sorted((ROOT / "portal").rglob("*.py"))
    return {_name(path): ast.parse(path.read_text(), str(path)) for path in files}


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def is_service(path: str) -> bool:
    """Whether a module holds rules, as opposed to entries, glue and kernel."""
    folder, _, file = path.removeprefix("portal/").partition("/")
    if not file or folder == "web":
        return False
    layers = ("service.py", "emails.py", "content.py", "models.py")
    return file.startswith("service/") or file in layers


def functions(tree: ast.AST) -> Iterator[Function]:
    """Every function and method, those inside functions too."""
    for node in ast.walk(tree):
        if isinstance(node, Function):
            yield node


def dotted(node: ast.AST) -> str:
    """`a.b.c` of a name or an attribute; empty for anything else."""
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=value, attr=attr):
            return f"{dotted(value)}.{attr}"
    return ""


def called(node: ast.AST) -> str:
    """The dotted name that a call calls; empty for anything else."""
    return dotted(node.func) if isinstance(node, ast.Call) else ""


def scoped(tree: ast.Module) -> Iterator[tuple[str, ast.AST]]:
    """Each node with the name of the outermost function, class or constant that it stands in."""
    for statement in tree.body:
        for node in ast.walk(statement):
            yield _name_of(statement), node


def place_of(tree: ast.Module, line: int) -> str:
    """The outermost function, class or constant that a line stands in."""
    for statement in tree.body:
        decorators = getattr(statement, "decorator_list", [])
        start = min(node.lineno for node in (statement, *decorators))
        if start <= line <= (statement.end_lineno or start):
            return _name_of(statement)
    return "module"


def _name_of(statement: ast.stmt) -> str:
    match statement:
        case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
            return name
        case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
            return name
    return "module"
