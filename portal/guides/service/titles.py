"""Titles in a reader's language, picked within SQL: of goals, paths, steps and guides.

They stand by language in one small column of their own, so that neither a hot page nor a list of
hundreds reads anything else of what is translated.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, case, func, select

from portal.guides.models import CurrentRevision, Guide
from portal.languages import IN_FORCE, bound, text_in, wanted


def title_in(model: Any, locale: str | None = None) -> ColumnElement[str]:
    """A goal's, path's or step's title in a language, else the one it was written with.

    Without a locale it binds what `language_binds` makes: for statements that are built once.
    """
    return text_in(model.titles, model.title, bound(locale) if locale else IN_FORCE)


def guide_title_in(locale: str) -> ColumnElement[str]:
    """A guide's title in a language, else in its own; for a select that names `Guide`."""
    language, base = bound(locale)
    found = (
        select(CurrentRevision.title)
        .where(CurrentRevision.guide_id == Guide.id, CurrentRevision.language.in_((language, base)))
        .order_by(case((CurrentRevision.language == language, 0), else_=1))
        .limit(1)
        .correlate(Guide)
        .scalar_subquery()
    )
    best: ColumnElement[str] = func.coalesce(found, Guide.title)
    return best


def language_of(translations: Mapping[str, Any], locale: str, own: str) -> str:
    """In which language a reader gets what is written in its own and in these."""
    return next((name for name in wanted(locale) if name in translations), own)
