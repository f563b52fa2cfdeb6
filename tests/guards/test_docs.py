"""What the documents say exists: tests by name, files, commands."""

import ast
import re
from pathlib import Path

import click
import pytest

from portal.cli import portal
from portal.config import ROOT

DOCS = sorted([*(ROOT / "docs").glob("*.md"), ROOT / "README.md", ROOT / "CONTRIBUTING.md"])
TEST = re.compile(r"`(tests/[\w/]+\.py)(?:::(\w+))?`")
LINK = re.compile(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)")
COMMAND = re.compile(
    r"(?:^|[`\s])(?:\.venv/bin/)?portal ((?:[a-z][a-z-]+)(?: (?:rotate|lint|publish|people))?)\b"
)


@pytest.mark.parametrize("document", DOCS, ids=lambda path: path.name)
def test_a_test_that_a_document_names_exists(document: Path) -> None:
    missing = [
        f"{file}::{name}"
        for file, name in TEST.findall(document.read_text())
        if not (ROOT / file).exists() or (name and name not in _tests(ROOT / file))
    ]
    assert missing == []


def _tests(file: Path) -> set[str]:
    return {
        node.name
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.FunctionDef)
    }


@pytest.mark.parametrize("document", DOCS, ids=lambda path: path.name)
def test_a_link_of_a_document_leads_somewhere(document: Path) -> None:
    links = LINK.findall(document.read_text())
    assert [link for link in links if not (document.parent / link).exists()] == []


def test_the_manual_names_commands_that_exist() -> None:
    text = (ROOT / "docs" / "operations.md").read_text()
    named = {
        found
        for block in re.findall(r"`[^`\n]+`|^    .+$", text, re.M)
        for found in COMMAND.findall(block)
    }
    assert {"backup", "restore", "keys rotate", "migrate"} <= named
    assert [name for name in named if not _is_command(name)] == []


def _is_command(words: str) -> bool:
    found: click.Command | None = portal
    for word in words.split():
        found = found.commands.get(word) if isinstance(found, click.Group) else None
    return found is not None
