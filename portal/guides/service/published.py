"""What the last publication left: its fingerprint, its renderings, what lint said."""

import hashlib

from sqlalchemy import select

from portal import db
from portal.guides.content import Problem
from portal.guides.models import CurrentRevision, Guide, PublishedContent, Revision
from portal.guides.writing.rules import Checked
from portal.inserts import upsert
from portal.markdown import Heading, Rendered

THE_ROW = 1
"""There is one publication that counts: the last."""


def published_fingerprint() -> str | None:
    """Of the folder that was published last; None before the first."""
    return db.session().scalar(select(PublishedContent.fingerprint))


def note_fingerprint(fingerprint: str) -> None:
    """Write into the running transaction that this is published now."""
    row = {"id": THE_ROW, "fingerprint": fingerprint}
    upsert(PublishedContent, row, on=("id",), change=("fingerprint",))


def list_problems() -> list[Problem]:
    """What lint said of the guides on offer, by file and line."""
    query = (
        select(CurrentRevision.problems)
        .join(Guide, Guide.id == CurrentRevision.guide_id)
        .where(Guide.withdrawn_at.is_(None))
    )
    found = [Problem(**known) for problems in db.session().scalars(query) for known in problems]
    return sorted(found, key=lambda problem: (problem.file, problem.line))


def known_advice() -> dict[tuple[str, str], Checked]:
    """What the rules for writing said of the texts that are read today, by guide and language."""
    query = (
        select(
            *(Guide.slug, CurrentRevision.language, CurrentRevision.render_key),
            *(CurrentRevision.problems, Revision.source),
        )
        .join(Guide, Guide.id == CurrentRevision.guide_id)
        .join(Revision, Revision.id == CurrentRevision.revision_id)
    )
    return {
        (row.slug, row.language): Checked(
            hashlib.sha256(row.source.encode()).hexdigest(),
            row.render_key,
            tuple(Problem(**said) for said in row.problems if said.get("rule")),
        )
        for row in db.session().execute(query)
    }


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
