"""Puts a mutant into a process in which the portal is loaded, or loads the portal anew with it."""

import ast
import importlib
import importlib.machinery
import inspect
import sys
from functools import cache
from types import CodeType, FunctionType
from typing import Any

from sqlalchemy.dialects import sqlite
from sqlalchemy.sql import lambdas
from sqlalchemy.sql.selectable import SelectBase

from portal.config import ROOT
from portal.guard.reader import read
from portal.tables import metadata
from tests.guards.mutants.finding import Mutant
from tests.guards.source import dotted, modules


def put_in(mutant: Mutant) -> bool:
    """Give the function its mutated code, if it is one that nothing called at the import."""
    if mutant.function in called_at_import():
        return False
    name = mutant.path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    module = importlib.import_module(name)
    live = vars(module).get(mutant.function)
    function = inspect.unwrap(live) if callable(live) else None
    if not isinstance(function, FunctionType):
        return False
    code = _code_of(mutant)
    if code is None or code.co_freevars != function.__code__.co_freevars:
        return False
    function.__code__ = code
    if hasattr(live, "cache_clear"):
        live.cache_clear()
    return True


def _code_of(mutant: Mutant) -> CodeType | None:
    compiled = _compiled(mutant)
    codes = (code for code in compiled.co_consts if isinstance(code, CodeType))
    return next((code for code in codes if code.co_name == mutant.function), None)


def _compiled(mutant: Mutant) -> CodeType:
    file = ROOT / mutant.path
    return compile(mutant.put_into(file.read_bytes()), str(file), "exec")


@cache
def called_at_import() -> set[str]:
    """Functions that make constants, directly or not: changed code would come too late for them."""
    by_name: dict[str, set[str]] = {}
    todo: set[str] = set()
    for tree in modules().values():
        for statement in tree.body:
            called = {dotted(n.func) for n in ast.walk(statement) if isinstance(n, ast.Call)}
            if isinstance(statement, ast.FunctionDef):
                by_name[statement.name] = by_name.get(statement.name, set()) | called
            elif isinstance(statement, ast.Assign | ast.AnnAssign):
                todo |= called
    found: set[str] = set()
    while todo:
        found |= todo
        todo = {name for one in todo for name in by_name.get(one, ())} - found
    return found & set(by_name)


def load_anew(mutant: Mutant) -> None:
    """Forget the portal and its tests; what is imported from now on has the mutant."""
    compiled, file = _compiled(mutant), str(ROOT / mutant.path)
    get_code = importlib.machinery.SourceFileLoader.get_code

    def mutated(loader: Any, name: str) -> CodeType | None:
        return compiled if loader.path == file else get_code(loader, name)

    importlib.machinery.SourceFileLoader.get_code = mutated
    # SQLAlchemy knows a lambda by its place in the text, which is the same in the mutant.
    lambdas.AnalyzedCode._fns.clear()
    lambdas._closure_per_cache_key.clear()
    for name in list(sys.modules):
        if name.partition(".")[0] in ("portal", "tests"):
            del sys.modules[name]


def refused_constants() -> dict[str, str]:
    """What the guard would say of each statement that stands as a constant in a loaded module."""
    tables = frozenset(
        t.name for t in metadata.tables.values() if t.info["distribute"] == "organization_id"
    )
    found: dict[str, str] = {}
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] != "portal":
            continue
        for constant, value in vars(module).items():
            if isinstance(value, SelectBase):
                text = str(value.compile(dialect=sqlite.dialect()))
                if faults := read(text, "qmark", tables).faults:
                    found[f"{name} {constant}"] = "; ".join(faults)
    return found
