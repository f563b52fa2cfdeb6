"""Count what readers said of a guide, from the rows themselves: slow, and always right."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, insert, null, select

from portal import clock, db
from portal.accounts.models import Organization
from portal.db import Database
from portal.effectiveness.models import (
    CommentReply,
    CommentState,
    GuideFigure,
    RevisionFigure,
)
from portal.effectiveness.service.figures import Counts, success_of
from portal.guides.models import CurrentRevision, Guide, Revision
from portal.paths.outcome_models import Answer, Given, Opening, Outcome
from portal.paths.service.outcomes import WITH_REASON

COUNTS_AFTER = timedelta(days=14)
"""An opening says who left silently only when they had time to answer."""
NEEDED = frozenset({Answer.YES, Answer.PARTLY, Answer.NOT_SURE, Answer.NO})
BETWEEN = frozenset({Answer.PARTLY, Answer.NOT_SURE})
"""Neither yes nor no: counted together, as no guide offers both."""
LOOKED_AFTER = frozenset({CommentState.DONE, CommentState.WONT})


@dataclass(frozen=True, slots=True)
class Said:
    """An answer that counts."""

    answer: Answer
    given: Given
    at: datetime
    is_comment: bool
    is_open: bool


@dataclass(frozen=True, slots=True)
class Read:
    """A reader of one revision."""

    who: tuple[UUID, UUID]
    """Organization and member; a row of its own where the person was erased."""
    revision_id: UUID
    is_sample: bool
    opened_at: datetime
    said: Said | None


@dataclass(frozen=True, slots=True)
class Figures:
    """A guide's figures, ready to be written."""

    guide_id: UUID
    guide: list[dict[str, Any]]
    revisions: list[dict[str, Any]]
    counted_at: datetime


def count_guide(database: Database, guide_id: UUID) -> Figures:
    """Read all rows of a guide, and count them for each chain of revisions and together."""
    now = clock.now()
    with database.across_organizations("count what readers said of a guide"):
        chains, current = _chains(guide_id)
        reads = _reads(guide_id)
    of_guide, of_chains = [], []
    for is_sample in (False, True):
        group = [read for read in reads if read.is_sample is is_sample]
        together = [read for read in group if chains.get(read.revision_id) in current]
        of_guide.append(_row(together, now) | {"guide_id": guide_id, "is_sample": is_sample})
        for root in sorted(set(chains.values())):
            chain = [read for read in group if chains.get(read.revision_id) == root]
            if chain:
                key = {"revision_id": root, "guide_id": guide_id, "is_sample": is_sample}
                of_chains.append(_row(chain, now) | key)
    return Figures(guide_id, [row for row in of_guide if _has_readers(row)], of_chains, now)


def write(figures: Figures) -> None:
    """Replace a guide's figures in the running transaction, unless newer ones stand there."""
    connection = db.session().connection()
    for model in (GuideFigure, RevisionFigure):
        older = model.guide_id == figures.guide_id, model.counted_at <= figures.counted_at
        connection.execute(delete(model).where(*older))
    newer = select(GuideFigure.guide_id).where(GuideFigure.guide_id == figures.guide_id)
    if connection.execute(newer).first() is not None:
        return
    for model, rows in ((GuideFigure, figures.guide), (RevisionFigure, figures.revisions)):
        if rows:
            connection.execute(insert(model), rows)


def forget_samples() -> None:
    """Delete the figures of sample organizations, which are gone."""
    for model in (GuideFigure, RevisionFigure):
        db.session().connection().execute(delete(model).where(model.is_sample))


def list_counted(database: Database) -> list[UUID]:
    """Every guide that somebody opened."""
    with database.across_organizations("which guides were opened") as session:
        return list(session.scalars(select(Opening.guide_id).distinct()))


def count(reads: Iterable[Read], now: datetime) -> Counts:
    """Count readers; of a person who read several revisions the latest word counts."""
    people: dict[tuple[UUID, UUID], Read] = {}
    for read in reads:
        known = people.get(read.who)
        people[read.who] = _together(known, read) if known else read
    numbers: Counter[str] = Counter()
    for read in people.values():
        numbers.update(_marks(read, now))
    return Counts(**{name: numbers[name] for name in Counts.__slots__})


def _together(one: Read, other: Read) -> Read:
    said = max((r.said for r in (one, other) if r.said), key=lambda s: s.at, default=None)
    first = one if one.opened_at <= other.opened_at else other
    return Read(one.who, one.revision_id, one.is_sample, first.opened_at, said)


def _marks(read: Read, now: datetime) -> Iterable[str]:
    is_old = read.opened_at <= now - COUNTS_AFTER
    yield "opened" if is_old else "opened_lately"
    if not (said := read.said):
        return
    yield "partly" if said.answer in BETWEEN else said.answer.value
    if said.is_comment:
        yield "comments"
        if said.is_open:
            yield "comments_open"
    if is_old:
        phase = "on_guide" if said.given is Given.ON_GUIDE else "later"
        yield phase
        if said.answer in NEEDED:
            yield f"{phase}_needed"
        if said.answer is Answer.YES:
            yield f"{phase}_yes"


def _row(reads: Sequence[Read], now: datetime) -> dict[str, Any]:
    counts = count(reads, now)
    shown = success_of(counts)
    return {
        **{name: getattr(counts, name) for name in Counts.__slots__},
        "success": shown.estimate.value if shown.estimate else None,
        "counted_at": now,
    }


def _has_readers(row: dict[str, Any]) -> bool:
    return bool(row["opened"] or row["opened_lately"])


def _chains(guide_id: UUID) -> tuple[dict[UUID, UUID], set[UUID]]:
    """The first revision of each one's chain, and the chains that are read today."""
    query = (
        select(Revision.id, Revision.measured_with, CurrentRevision.revision_id)
        .join(Guide, Guide.id == Revision.guide_id)
        .outerjoin(
            CurrentRevision,
            (CurrentRevision.revision_id == Revision.id) & (Revision.kind == Guide.kind),
        )
        .where(Revision.guide_id == guide_id)
    )
    rows = db.session().execute(query).all()
    chains = {row.id: row.measured_with or row.id for row in rows}
    return chains, {chains[row.id] for row in rows if row.revision_id}


def _reads(guide_id: UUID) -> list[Read]:
    """Who opened the guide, and what they said; customers' people in its audience only."""
    query = (
        select(
            *(Opening.organization_id, Opening.id, Opening.member_id, Opening.revision_id),
            *(Opening.opened_at, Opening.job, Organization.is_sample, Revision.jobs),
            *(Outcome.answer, Outcome.given, Outcome.answered_at, Outcome.reason),
            *(Outcome.comment, CommentReply.state),
        )
        .join(Organization, Organization.id == Opening.organization_id)
        .join(Revision, Revision.id == Opening.revision_id)
        .outerjoin(
            Outcome,
            (Outcome.organization_id == Opening.organization_id)
            & (Outcome.member_id == Opening.member_id)
            & (Outcome.revision_id == Opening.revision_id),
        )
        .outerjoin(
            CommentReply,
            (CommentReply.organization_id == Outcome.organization_id)
            & (CommentReply.outcome_id == Outcome.id),
        )
        .where(Opening.guide_id == guide_id, Organization.is_vendor.is_(False))
    )
    rows = db.session().execute(query.order_by(Opening.opened_at)).all()
    nameless = _nameless(guide_id)
    return [_read(row, nameless) for row in rows if _is_in_audience(row)]


def _is_in_audience(row: Any) -> bool:
    """Whether the guide was made for their job; who told none is no stranger."""
    return not row.jobs or not row.job or row.job in row.jobs


def _nameless(guide_id: UUID) -> dict[tuple[UUID, UUID], list[Any]]:
    """Answers whose people were erased, by organization and revision, the last one first.

    They and their openings stay as counts: which belonged together nobody knows any more.
    """
    columns = (Outcome.organization_id, Outcome.revision_id, Outcome.answer, Outcome.given)
    query = (
        select(
            *columns, Outcome.answered_at, Outcome.reason, Outcome.comment, null().label("state")
        )
        .where(Outcome.guide_id == guide_id, Outcome.member_id.is_(None))
        .order_by(Outcome.answered_at.desc())
    )
    found: dict[tuple[UUID, UUID], list[Any]] = {}
    for row in db.session().execute(query):
        found.setdefault((row.organization_id, row.revision_id), []).append(row)
    return found


def _read(row: Any, nameless: dict[tuple[UUID, UUID], list[Any]]) -> Read:
    said = row if row.answer is not None else None
    if row.member_id is None and (left := nameless.get((row.organization_id, row.revision_id))):
        said = left.pop()
    who = (row.organization_id, row.member_id or row.id)
    is_sample = bool(row.is_sample)
    return Read(who, row.revision_id, is_sample, row.opened_at, said and _said(said))


def _said(row: Any) -> Said:
    answer = Answer(row.answer)
    is_comment = answer in WITH_REASON and bool(row.reason or row.comment)
    is_open = is_comment and row.state not in LOOKED_AFTER
    return Said(answer, Given(row.given), row.answered_at, is_comment, is_open)
