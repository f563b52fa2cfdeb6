"""What a member says of a guide: the answer, why it failed, and the history behind both."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from portal import clock, db
from portal.access import Action, Viewer, require
from portal.accounts.service import counted
from portal.errors import Invalid, NotFound
from portal.guides.models import Guide, GuideKind, Revision
from portal.i18n import gettext as _
from portal.ids import new_id
from portal.inserts import upsert
from portal.paths.outcome_models import (
    Answer,
    Given,
    Outcome,
    OutcomeChange,
    Question,
    Reason,
    Told,
)
from portal.paths.service.context import Reader, get_reader_of
from portal.paths.service.ease import draw_ease
from portal.paths.service.enrollments import pass_step
from portal.paths.service.openings import mark_answered, mark_opened

CHANGEABLE = timedelta(days=14)
"""From the first answer on; the last one within it counts."""
LONGEST_COMMENT = 2000
WITH_REASON = frozenset({Answer.PARTLY, Answer.NOT_SURE, Answer.NO})
WITH_EASE = frozenset({Answer.YES, Answer.PARTLY, Answer.NO})
"""Who did not need the guide can't say how easy it was."""
OFFERED = {
    False: frozenset(Answer) - {Answer.NOT_SURE},
    True: frozenset(Answer) - {Answer.PARTLY},
}
"""What can be answered; a challenge (True) asks whether one will try it."""


@dataclass(frozen=True, slots=True)
class Answered:
    """What became of an answer."""

    outcome_id: UUID
    is_new: bool
    """False where the member had said something of this revision before."""
    is_changed: bool
    """False where they say the same again, as after a double click."""
    on_path: bool
    """The guide is a step of the path that the member is on."""
    asks_reason: bool
    asks_ease: bool
    """The member was drawn to be asked how easy it was."""


@dataclass(frozen=True, slots=True)
class ReasonPage:
    """What the question for the reason shows."""

    outcome_id: UUID
    is_told: bool
    """The member told their success manager this answer."""
    title: str
    is_challenge: bool
    answer: Answer
    on_path: bool
    """It was said on a path, so that there is a next step to go on to."""
    headings: list[str]
    reason: Reason | None
    comment: str | None
    failed_at: str | None


def counts(first: datetime, now: datetime) -> bool:
    """Whether an answer given now still becomes the one that counts."""
    return now - first <= CHANGEABLE


def answer(
    viewer: Viewer,
    slug: str,
    answer: Answer,
    revision_id: UUID | None = None,
    given: Given = Given.ON_GUIDE,
) -> Answered:
    """Record what the viewer says of the revision that they read; passes the step of their path.

    There is one outcome for a member and revision: said again, it is changed, and the history
    keeps what was said before. Without `revision_id` today's revision is meant. Raises NotFound;
    Invalid at `answer` for one that this kind of guide does not offer.
    """
    require(viewer, Action.FOLLOW_PATHS)
    reader, now = get_reader_of(viewer, slug, revision_id), clock.now()
    if answer not in OFFERED[reader.kind == GuideKind.CHALLENGE]:
        raise Invalid("answer", _("Choose one of the answers shown."))
    is_new = _insert(reader, answer, given, now)
    outcome = _get_outcome(viewer, reader.revision_id)
    is_changed = is_new or _change(outcome, answer, now)
    asks_ease = False
    if is_new:
        mark_opened(reader, now)
        mark_answered(reader, now, Question.LATER if given == Given.LATER else Question.OUTCOME)
        asks_ease = answer in WITH_EASE and draw_ease(viewer, reader.revision_id)
    if reader.enrollment_id and reader.step_id:
        pass_step(viewer.organization_id, reader.enrollment_id, reader.step_id, now)
    if is_changed:
        counted.count_anew(viewer.organization_id, {reader.guide_id})
    return Answered(
        outcome_id=outcome.id,
        is_new=is_new,
        is_changed=is_changed,
        on_path=reader.step_id is not None,
        asks_reason=answer in WITH_REASON,
        asks_ease=asks_ease,
    )


def find_reason_page(viewer: Viewer, slug: str) -> ReasonPage | None:
    """What to ask about the viewer's latest answer to a guide; None where no reason is asked."""
    require(viewer, Action.FOLLOW_PATHS)
    found = _find_latest(viewer, slug)
    if found is None or found.latest_answer not in WITH_REASON:
        return None
    said = _get_last_change(found)
    revision = db.session().get_one(Revision, found.revision_id)
    told = db.session().get(
        Told, {"organization_id": viewer.organization_id, "outcome_id": found.id}
    )
    return ReasonPage(
        outcome_id=found.id,
        is_told=told is not None,
        title=revision.title,
        is_challenge=revision.kind == GuideKind.CHALLENGE,
        answer=Answer(said.answer),
        on_path=found.step_id is not None,
        headings=[heading["title"] for heading in revision.headings],
        reason=said.reason and Reason(said.reason),
        comment=said.comment,
        failed_at=said.failed_at,
    )


def give_reason(
    viewer: Viewer,
    slug: str,
    reason: Reason,
    comment: str | None = None,
    failed_at: str | None = None,
) -> None:
    """Say why the guide worked only partly or not; belongs to the viewer's latest answer to it.

    `failed_at` is one of the headings of the revision that was read. Raises NotFound where no
    reason is asked, Invalid at `comment` or `failed_at`.
    """
    page = find_reason_page(viewer, slug)
    outcome = _find_latest(viewer, slug)
    if page is None or outcome is None:
        raise NotFound(_("There is no answer of yours that this could explain."))
    comment = (comment or "").strip() or None
    if comment and len(comment) > LONGEST_COMMENT:
        raise Invalid("comment", _("Please keep it under 2,000 characters."))
    if failed_at and failed_at not in page.headings:
        raise Invalid("failed_at", _("Choose one of the guide's headings."))
    why = dict(reason=reason, comment=comment, failed_at=failed_at or None)
    if why != dict(reason=page.reason, comment=page.comment, failed_at=page.failed_at):
        _explain(outcome, why, clock.now())
        counted.count_anew(viewer.organization_id, {outcome.guide_id})


def _insert(reader: Reader, answer: Answer, given: Given, now: datetime) -> bool:
    row = reader.record() | {"id": new_id(), "answer": answer, "latest_answer": answer}
    row |= {"given": given, "answered_at": now, "changed_at": now}
    if not upsert(Outcome, row, on=("organization_id", "member_id", "revision_id")):
        return False
    _add_change(reader.organization_id, row["id"], now, answer=answer, counts=True)
    return True


def _change(outcome: Outcome, answer: Answer, now: datetime) -> bool:
    if outcome.latest_answer == answer:
        return False
    still_counts = counts(outcome.answered_at, now)
    outcome.latest_answer, outcome.changed_at = answer, now
    if still_counts:
        outcome.answer = answer
        # The reason was another answer's; the history keeps it.
        outcome.reason = outcome.comment = outcome.failed_at = None
    _add_change(outcome.organization_id, outcome.id, now, answer=answer, counts=still_counts)
    return True


def _explain(outcome: Outcome, why: dict[str, Any], now: datetime) -> None:
    said = _get_last_change(outcome)
    still_counts = counts(outcome.answered_at, now) or (said.counts and not said.reason)
    if still_counts:
        outcome.reason, outcome.comment = why["reason"], why["comment"]
        outcome.failed_at = why["failed_at"]
    if said.reason is None:
        # The reason completes the answer that it was asked for.
        said.reason, said.comment, said.failed_at = why["reason"], why["comment"], why["failed_at"]
        return
    outcome.changed_at = now
    values = why | {"answer": Answer(said.answer), "counts": still_counts}
    _add_change(outcome.organization_id, outcome.id, now, **values)


def _add_change(organization_id: UUID, outcome_id: UUID, now: datetime, **values: Any) -> None:
    change = OutcomeChange(
        organization_id=organization_id,
        id=new_id(),
        outcome_id=outcome_id,
        changed_at=now,
        **values,
    )
    db.session().add(change)
    db.session().flush()


def _get_last_change(outcome: Outcome) -> OutcomeChange:
    query = select(OutcomeChange).where(
        OutcomeChange.organization_id == outcome.organization_id,
        OutcomeChange.outcome_id == outcome.id,
    )
    latest_first = query.order_by(OutcomeChange.changed_at.desc(), OutcomeChange.id.desc())
    return db.session().scalars(latest_first.limit(1)).one()


def _get_outcome(viewer: Viewer, revision_id: UUID) -> Outcome:
    query = select(Outcome).where(
        Outcome.organization_id == viewer.organization_id,
        Outcome.member_id == viewer.member_id,
        Outcome.revision_id == revision_id,
    )
    # Locked: of two changes at once the second sees what the first one left.
    return db.session().scalars(query.with_for_update(key_share=True)).one()


def _find_latest(viewer: Viewer, slug: str) -> Outcome | None:
    query = (
        select(Outcome)
        .join(Guide, Guide.id == Outcome.guide_id)
        .where(
            Outcome.organization_id == viewer.organization_id,
            Outcome.member_id == viewer.member_id,
            Guide.slug == slug,
        )
        .order_by(Outcome.changed_at.desc(), Outcome.id.desc())
        .limit(1)
    )
    return db.session().scalars(query).one_or_none()
