"""Checks: questions that say at once why an answer is right, tried as often as one likes."""

from collections.abc import Sequence
from uuid import UUID

from portal import clock
from portal.access import Viewer
from portal.errors import Invalid
from portal.i18n import gettext as _
from portal.inserts import upsert
from portal.paths.models import StepKind
from portal.paths.service.steps import get_row, pass_row
from portal.paths.step_models import CheckTry

MOST_TRIES = 1000


def answer_check(viewer: Viewer, step_id: UUID, chosen: Sequence[int | None]) -> bool:
    """Keep what was chosen (places of options, from 0); True once all of it is right.

    Raises NotFound, Conflict off the path, Invalid at `question_N` for a question left open.
    """
    row = get_row(viewer, step_id, StepKind.CHECK)
    questions = row.details["questions"]
    answers = []
    for number, question in enumerate(questions):
        place = chosen[number] if number < len(chosen) else None
        if place is None or not 0 <= place < len(question["options"]):
            raise Invalid(f"question_{number}", _("Choose an answer."))
        answers.append(place)
    tried = dict(
        organization_id=viewer.organization_id,
        member_id=viewer.member_id,
        step_id=row.id,
        tries=min(MOST_TRIES, (row.tries or 0) + 1),
        chosen=answers,
        tried_at=clock.now(),
    )
    upsert(
        CheckTry,
        tried,
        on=("organization_id", "member_id", "step_id"),
        change=("tries", "chosen", "tried_at"),
    )
    is_right = all(
        question["options"][place]["right"]
        for question, place in zip(questions, answers, strict=True)
    )
    if is_right:
        pass_row(viewer, row)
    return is_right
