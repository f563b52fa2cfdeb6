"""The form of a SQL text: a tree of tokens by brackets, its clauses, rows and conditions.

No full parser; it knows SQLite's and PostgreSQL's quoting, and where a clause begins.
"""

import re
from collections.abc import Iterator
from typing import Any, Literal

Paramstyle = Literal["qmark", "pyformat"]

# Words in lower case; `"` marks a name in quotes, `'` a text; `?0` is the first bind. What stands
# in brackets, or between CASE and END, is a list of its own.
Tree = list[Any]

UNIONS = frozenset({"union", "except", "intersect"})
QUERY = frozenset("select with insert replace update delete values explain table".split())
CLAUSES = UNIONS | frozenset(
    "select from using table update into values set where group order having limit offset"
    " returning for conflict".split()
)
NO_CLAUSE = {"distinct from", "for update", "key update"}


def _pattern(text: str, quoted: str, comment: str, bind: str) -> re.Pattern[str]:
    return re.compile(
        rf"--[^\n]*|{comment}|(?P<text>{text}'[^']*(?:''[^']*)*')|(?P<bind>{bind})"
        rf"""|(?P<quoted>{quoted}"[^"]*(?:""[^"]*)*")|(?P<word>[^\W\d][\w$]*)"""
        r"""|(?P<broken>['"`]|/\*|\?\d)|(?P<other>\d[\w.]*|\S)""",
        re.DOTALL | re.IGNORECASE,
    )


PATTERNS = {
    "qmark": _pattern(
        text="",
        quoted=r"`[^`]*`|\[[^\]]*\]|",
        comment=r"/\*.*?(?:\*/|\Z)",
        bind=r"\?(?!\d)",
    ),
    # PostgreSQL: E'' escapes, $$ quotes, comments nest (refused as broken), a bind has its cast.
    "pyformat": _pattern(
        text=r"e'(?:[^'\\]|\\.|'')*'|\$(?P<tag>\w*)\$.*?\$(?P=tag)\$|",
        quoted="",
        comment=r"/\*(?:(?!/\*).)*?\*/|%%",
        bind=r"%(?:\((?P<key>[^)]+)\))?s(?:::\w+)?",
    ),
}


def parse(sql: str, paramstyle: Paramstyle) -> tuple[Tree, list[int | str], bool]:
    """The tree, the keys of its binds in order, and whether it is one sound statement."""
    levels: list[Tree] = [[]]
    keys: list[int | str] = []
    sound = True
    for match in PATTERNS[paramstyle].finditer(sql):
        kind, word, level = match.lastgroup, match.group().lower(), levels[-1]
        if kind == "bind":
            level.append(f"?{len(keys)}")
            keys.append(match.groupdict().get("key") or len(keys))
        elif kind in ("text", "quoted"):
            level.append(("'" if kind == "text" else '"') + word[1:-1])
        elif kind == "word" and _must_be_name(level, word):
            level.append('"' + word)
        elif word in ("(", "case"):
            levels.append([] if word == "(" else [word])
            level.append(levels[-1])
        elif word in (")", "end") and len(levels) > 1:
            sound = sound and (levels.pop()[:1] == ["case"]) == (word == "end")
        elif kind is not None:
            sound = sound and kind != "broken" and word != ")"
            level.append(word)
    tree = levels[0][:-1] if levels[0][-1:] == [";"] else levels[0]
    return tree, keys, sound and len(levels) == 1 and ";" not in tree


def _must_be_name(level: Tree, word: str) -> bool:
    """After a dot or AS stands a name, even where it looks like a keyword."""
    return level[-1:] in (["."], ["as"]) and word not in ("not", "materialized")


def starts_with(tree: Tree, words: frozenset[str]) -> bool:
    return bool(tree) and isinstance(tree[0], str) and tree[0] in words


def is_query(tree: Tree) -> bool:
    """Whether brackets hold a statement; it may begin with brackets itself."""
    inner = bool(tree) and isinstance(tree[0], list) and is_query(tree[0])
    return inner or starts_with(tree, QUERY)


def name_of(word: object) -> str:
    """The name that a word may be, or nothing; SQLite takes a text for a table's name."""
    text = word if isinstance(word, str) else ""
    return text[1:] if text[:1] in ("'", '"') else text if text.isidentifier() else ""


def split(tree: Tree, separator: str) -> list[Tree]:
    """What stands between the separators; the AND that belongs to BETWEEN is none."""
    parts: list[Tree] = [[]]
    for word in tree:
        if word == separator and parts[-1].count("between") <= parts[-1].count("and"):
            parts.append([])
        else:
            parts[-1].append(word)
    return parts


def rows(tree: Tree) -> list[list[Tree]]:
    """The columns of each row in brackets."""
    return [split(row, ",") for row in tree if isinstance(row, list)]


def clauses(tree: Tree) -> Iterator[tuple[str, Tree]]:
    """The clauses of a statement: each one's first word and what follows it."""
    clause, start = "", 0
    for i, word in enumerate(tree):
        if _starts_clause(tree, i):
            yield clause, tree[start : i - (word == "conflict")]  # less the ON of ON CONFLICT
            clause, start = word, i + 1
    yield clause, tree[start:]


def _starts_clause(tree: Tree, i: int) -> bool:
    match tree[i : i + 3]:
        case ["window", str(), "as"] | ["fetch", "first" | "next", *_]:
            return True
        case ["using", list(), *_] | [_, "=", *_]:  # JOIN … USING (…), and a column of that name
            return False
    return starts_with(tree[i : i + 1], CLAUSES) and f"{tree[i - 1]} {tree[i]}" not in NO_CLAUSE
