"""Blocks of code with their parts marked; the only importer of Pygments.

Marked are languages that guides show, up to a size: a text chooses neither which lexer runs on it
without limits nor for how long.
"""

from html import escape
from typing import Any

from pygments import highlight, token
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name

LANGUAGES = frozenset(
    "bash c console cpp csharp css diff docker dockerfile go html http ini java javascript js json "
    "kotlin nginx php powershell ps1 py python r rb ruby rust scss sh shell sql swift toml ts "
    "typescript xml yaml yml".split()
)
"""As they stand behind the three backticks; others are shown plain."""
MAX_MARKED = 5_000
"""Characters of a block that is marked."""
MAX_MARKED_IN_ALL = 40_000
"""Characters marked in one text."""

_MARKS = {
    token.Comment: "c",
    token.Keyword: "k",
    token.Operator.Word: "k",
    token.String: "s",
    token.Number: "m",
    token.Name.Function: "f",
    token.Name.Class: "f",
    token.Name.Tag: "k",
    token.Name.Attribute: "f",
    token.Name.Builtin: "f",
    token.Generic.Deleted: "gd",
    token.Generic.Inserted: "gi",
    token.Generic.Prompt: "c",
}
"""The parts that are told apart; the rest of a line is plain."""

CLASSES = frozenset(_MARKS.values())


class _Formatter(HtmlFormatter):  # type: ignore[misc]
    """Marks few parts, by one class each."""

    def _get_css_classes(self, ttype: Any) -> str:
        while ttype not in _MARKS and ttype.parent:
            ttype = ttype.parent
        return _MARKS.get(ttype, "")


_FORMATTER = _Formatter(nowrap=True)


class CodeBlocks:
    """Formats the blocks of one text after the other; `left` counts what may still be marked."""

    left = MAX_MARKED_IN_ALL

    def format(
        self, source: str, language: str | None, _class: str, _options: Any, _md: Any, **_more: Any
    ) -> str:
        """The HTML of a block; the arguments are those of SuperFences."""
        return f"<pre><code>{self._marked(source, (language or '').casefold())}</code></pre>"

    def _marked(self, source: str, language: str) -> str:
        if language not in LANGUAGES or len(source) > min(MAX_MARKED, self.left):
            return escape(source, quote=False)
        self.left -= len(source)
        lexer = get_lexer_by_name(language, stripnl=False)
        marked: str = highlight(source, lexer, _FORMATTER).rstrip()
        return marked


def accept(
    _language: str | None, _inputs: Any, _options: dict[str, Any], _attrs: Any, _md: Any
) -> bool:
    """Whether a fence is a block of code, whatever stands behind its language: always."""
    return True
