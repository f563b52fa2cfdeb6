"""Texts that are stored by language, and which of them a reader gets.

The reader's own language comes first ("pt-BR"), then its base ("pt"), then the one it was written
in.
"""

from sqlalchemy import BindParameter, ColumnElement, String, bindparam, func

Bound = tuple[BindParameter[str], BindParameter[str]]
"""A language and its base as a statement binds them."""

IN_FORCE: Bound = bindparam("language", type_=String), bindparam("base", type_=String)
"""For statements that are built once; `wanted` says what they bind."""


def wanted(locale: str) -> tuple[str, str]:
    """A locale (`pt_BR` or `pt-BR`) as the languages to look for, the better one first."""
    language = locale.replace("_", "-")
    return language, language.partition("-")[0]


def bound(locale: str) -> Bound:
    """The same within a statement, with their values."""
    language, base = (bindparam(None, value, String) for value in wanted(locale))
    return language, base


def text_in(
    texts: ColumnElement[object], own: ColumnElement[str], languages: Bound
) -> ColumnElement[str]:
    """Of a JSON column of texts by language the best one, else the text in its own language."""
    found = (texts.op("->>", return_type=String())(language) for language in languages)
    best: ColumnElement[str] = func.coalesce(*found, own)
    return best
