"""What the last publication left: its fingerprint, its renderings, what lint said."""

from sqlalchemy import select

from portal import db
from portal.guides.content import Problem
from portal.guides.models import CurrentRevision, Guide, PublishedContent, Revision
from portal.markdown import Heading, Rendered

THE_ROW = 1
"""There is one publication that counts: the last."""


def published_fingerprint() -> str | None:
    """Of the folder that was published last; None before the first."""
    return db.session().scalar(select(PublishedContent.fingerprint))


def note_fingerprint(fingerprint: str) -> None:
    """Write into the running transaction that this is published now."""
    row = {"id": THE_ROW, "fingerprint": fingerprint}
    db.upsert(PublishedContent, row, on=("id",), change=("fingerprint",))


def list_problems() -> list[Problem]:
    """What lint said of the guides on offer, by file and line."""
    query = (
        select(CurrentRevision.problems)
        .join(Guide, Guide.id == CurrentRevision.guide_id)
        .where(Guide.withdrawn_at.is_(None))
    )
    found = [Problem(**known) for problems in db.session().scalars(query) for known in problems]
    return sorted(found, key=lambda problem: (problem.file, problem.line))


def kept_renderings() -> dict[str, Rendered]:
    """What is read today, by the key of all that it was made of."""
    query = (
        select(CurrentRevision.render_key, Revision.html, Revision.text, Revision.headings)
        .join(Revision, Revision.id == CurrentRevision.revision_id)
        .where(CurrentRevision.render_key.is_not(None))
    )
    return {
        row.render_key: Rendered(row.html, row.text, tuple(Heading(**h) for h in row.headings))
        for row in db.session().execute(query)
    }
