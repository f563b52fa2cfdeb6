"""Every template compiles strictly, and some view renders it under the view's own name."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from jinja2 import StrictUndefined, meta, nodes

from portal.config import ROOT
from portal.messages import service as messages
from tests.guards.source import called, functions, modules

FOLDER = ROOT / "templates"
PARTS = {"subject.txt", "body.txt", "body.html"}


def templates() -> list[str]:
    found = (path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*") if path.is_file())
    return sorted(found)


PAGES = [name for name in templates() if not name.startswith("emails/")]
MAILS = [name for name in templates() if name.startswith("emails/")]


@pytest.mark.parametrize("name", PAGES)
def test_a_page_compiles_under_strict_undefined(wired_app: Flask, name: str) -> None:
    assert wired_app.jinja_env.undefined is StrictUndefined
    wired_app.jinja_env.get_template(name)


@pytest.mark.parametrize("name", MAILS)
def test_a_mail_compiles_under_strict_undefined(name: str) -> None:
    environment = messages.environment()
    assert environment.undefined is StrictUndefined
    environment.get_template(name)


def rendered() -> set[str]:
    """The templates that the code names as `feature/view`, and those that it gets by their file."""
    return {
        node.args[0].value + ("" if "." in node.args[0].value else ".html")
        for tree in modules().values()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and called(node).rpartition(".")[2] in ("render", "get_template")
        and node.args
        and isinstance(node.args[0], ast.Constant)
    }


def mailed() -> set[str]:
    """The mails that the code names."""
    return {
        node.args[2].value
        for path, tree in modules().items()
        if path.endswith("/emails.py")
        for node in ast.walk(tree)
        if called(node) == "send" and isinstance(node.args[2], ast.Constant)
    }


def test_no_template_is_left_that_nothing_renders(wired_app: Flask) -> None:
    roots = rendered() | {f"emails/{name}/{part}" for name in mailed() for part in PARTS}
    reached: set[str] = set()
    while roots:
        name = roots.pop()
        reached.add(name)
        roots |= set(_named_by(wired_app, name)) - reached
    assert reached == set(templates())


def _named_by(app: Flask, name: str) -> Iterator[str]:
    """The templates that one extends, includes or imports from."""
    tree = app.jinja_env.parse((FOLDER / name).read_text())
    for found in meta.find_referenced_templates(tree):
        assert found, f"{name} names a template by a variable"
        yield found


def test_a_page_is_named_as_the_view_that_renders_it() -> None:
    """`paths/guide` is rendered in portal/paths, by a function named after it."""
    wrong = [
        f"{path}: {name}"
        for path, tree in modules().items()
        for function in functions(tree)
        for node in ast.walk(function)
        if isinstance(node, ast.Call)
        and called(node) == "render"
        and isinstance(name := getattr(node.args[0], "value", None), str)
        and not _fits(path, function, name)
    ]
    assert wrong == []


def _fits(path: str, function: ast.FunctionDef, template: str) -> bool:
    feature, _, view = template.partition("/")
    if path == "portal/web/errors.py":
        return feature == "errors"
    words = set(view.split("_"))
    return path.startswith(f"portal/{feature}/views") and bool(
        words & set(re.split("_", f"{function.name}_{_endpoint(function)}"))
    )


def _endpoint(function: ast.FunctionDef) -> str:
    for decorator in function.decorator_list:
        for keyword in getattr(decorator, "keywords", ()):
            if keyword.arg == "endpoint":
                return ast.literal_eval(keyword.value)
    return ""


@pytest.mark.parametrize("name", sorted({Path(name).parts[1] for name in MAILS}))
def test_a_mail_has_a_subject_and_two_bodies(name: str) -> None:
    folder = FOLDER / "emails" / name
    if folder.is_dir():
        assert {path.name for path in folder.iterdir()} == PARTS


@pytest.mark.parametrize("name", [name for name in templates() if name.endswith(".html")])
def test_a_template_trusts_no_text(wired_app: Flask, name: str) -> None:
    """`| safe` stands only on HTML that was sanitized when it was published."""
    tree = wired_app.jinja_env.parse((FOLDER / name).read_text())
    trusted = [node.node for node in tree.find_all(nodes.Filter) if node.name == "safe"]
    # `guide.html`, or the parameter `html` of a macro.
    names = [getattr(node, "attr", getattr(node, "name", "")) for node in trusted]
    assert set(names) <= {"html"}
