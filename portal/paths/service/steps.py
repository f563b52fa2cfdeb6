"""Steps that are no guides: tasks, checks and sessions, in front of the member."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, bindparam, select

from portal import clock, db
from portal.access import Action, Viewer, require
from portal.errors import Conflict, NotFound
from portal.guides.service.reading import language_binds, translated
from portal.guides.service.titles import language_of, title_in
from portal.i18n import gettext as _
from portal.paths.fit_models import FittedStep
from portal.paths.models import Path, Step, StepKind
from portal.paths.progress_models import Enrollment, StepPass
from portal.paths.service.context import AnyRow
from portal.paths.service.enrollments import pass_step
from portal.paths.service.fitted import STEPS_TOTAL, on_step
from portal.paths.step_models import CheckTry, SessionPlace, SessionPlaces
from portal.schema import Id, Moment


@dataclass(frozen=True, slots=True)
class Session:
    """When and where a session is, and whether the member has a place."""

    starts_at: datetime
    minutes: int
    place: str
    capacity: int | None
    places_left: int | None
    """None where there are enough."""
    has_place: bool
    is_over: bool
    attended: bool | None


@dataclass(frozen=True, slots=True)
class Option:
    """An answer to a question; `feedback` only for the one that was chosen."""

    text: str
    is_chosen: bool
    is_right: bool
    feedback: str | None


@dataclass(frozen=True, slots=True)
class Question:
    """A question of a check, with what was answered the last time."""

    ask: str
    options: list[Option]


@dataclass(frozen=True, slots=True)
class StepPage:
    """A task, check or session as its page shows it."""

    id: UUID
    kind: StepKind
    language: str
    """The one that it is shown in: the viewer's, or else the path's own."""
    title: str
    html: str
    is_optional: bool
    path_slug: str
    path_title: str
    steps_passed: int
    steps_total: int
    is_on_path: bool
    """The viewer is on this path now, so the step can be passed."""
    is_left_out: bool
    """The viewer's organization does without it."""
    passed_at: datetime | None
    questions: list[Question]
    tries: int
    session: Session | None


_organization = bindparam("organization_id", type_=Id)
_member = bindparam("member_id", type_=Id)

_STEP = (
    select(
        Step.id,
        Step.kind,
        title_in(Step).label("title"),
        Step.titles,
        Step.details,
        Step.translations,
        Step.is_optional,
        Step.withdrawn_at,
        Path.slug.label("path_slug"),
        title_in(Path).label("path_title"),
        Path.language,
        STEPS_TOTAL,
        Path.withdrawn_at.label("path_withdrawn_at"),
        Enrollment.id.label("enrollment_id"),
        Enrollment.is_current,
        Enrollment.steps_passed,
        StepPass.passed_at,
        CheckTry.tries,
        CheckTry.chosen,
        FittedStep.is_left_out,
    )
    .select_from(Step)
    .join(Path, Path.id == Step.path_id)
    .outerjoin(
        Enrollment,
        and_(
            Enrollment.organization_id == _organization,
            Enrollment.member_id == _member,
            Enrollment.path_id == Path.id,
        ),
    )
    .outerjoin(
        StepPass,
        and_(
            StepPass.organization_id == _organization,
            StepPass.enrollment_id == Enrollment.id,
            StepPass.step_id == Step.id,
        ),
    )
    .outerjoin(
        CheckTry,
        and_(
            CheckTry.organization_id == _organization,
            CheckTry.member_id == _member,
            CheckTry.step_id == Step.id,
        ),
    )
    .outerjoin(FittedStep, on_step(_organization))
    .where(
        Step.id == bindparam("step_id", type_=Id),
        Step.kind.in_((StepKind.TASK, StepKind.CHECK, StepKind.SESSION)),
    )
)

_PLACE = (
    select(
        SessionPlaces.taken, SessionPlace.given_up_at, SessionPlace.attended, SessionPlace.taken_at
    )
    .select_from(Step)
    .outerjoin(
        SessionPlaces,
        and_(
            SessionPlaces.step_id == Step.id,
            SessionPlaces.starts_at == bindparam("starts_at", type_=Moment),
        ),
    )
    .outerjoin(
        SessionPlace,
        and_(
            SessionPlace.organization_id == _organization,
            SessionPlace.member_id == _member,
            SessionPlace.step_id == Step.id,
            SessionPlace.starts_at == bindparam("starts_at", type_=Moment),
        ),
    )
    .where(Step.id == bindparam("step_id", type_=Id))
)


def get_step(viewer: Viewer, step_id: UUID) -> StepPage:
    """A task, check or session of a path on offer, or of one the viewer is on. Raises NotFound."""
    row = get_row(viewer, step_id)
    details = row.details | translated(row.translations, viewer.locale)
    return StepPage(
        id=row.id,
        kind=StepKind(row.kind),
        language=language_of(row.titles, viewer.locale, row.language),
        title=row.title,
        html=details.get("html", ""),
        is_optional=row.is_optional,
        path_slug=row.path_slug,
        path_title=row.path_title,
        steps_passed=row.steps_passed or 0,
        steps_total=row.steps_total,
        is_on_path=bool(row.is_current and not row.is_left_out),
        is_left_out=bool(row.is_left_out),
        passed_at=row.passed_at,
        questions=_questions(details.get("questions", []), row.chosen or []),
        tries=row.tries or 0,
        session=_session(viewer, row, details["place"]) if row.kind == StepKind.SESSION else None,
    )


def get_session(viewer: Viewer, step_id: UUID) -> StepPage:
    """A session's step. Raises NotFound for any other kind."""
    page = get_step(viewer, step_id)
    if page.session is None:
        raise NotFound(_("This step is not there any more. Your start page knows the next one."))
    return page


def left_open(page: StepPage, chosen: Sequence[int | None]) -> list[int]:
    """The questions of a check, from 0, for which none of the options shown was chosen."""
    return [
        number
        for number, (question, place) in enumerate(zip(page.questions, chosen, strict=True))
        if place is None or not 0 <= place < len(question.options)
    ]


def with_chosen(page: StepPage, chosen: Sequence[int | None]) -> StepPage:
    """The page with what was chosen just now, without saying whether it is right."""
    questions = [
        Question(
            question.ask,
            [
                Option(option.text, place == said, is_right=False, feedback=None)
                for place, option in enumerate(question.options)
            ],
        )
        for question, said in zip(page.questions, chosen, strict=True)
    ]
    return replace(page, questions=questions)


def do_task(viewer: Viewer, step_id: UUID) -> None:
    """The viewer did a task, by their own word; a repeat changes nothing. Raises NotFound."""
    row = get_row(viewer, step_id, StepKind.TASK)
    pass_step(viewer.organization_id, _enrollment_of(row), row.id, clock.now())


def get_row(viewer: Viewer, step_id: UUID, kind: StepKind | None = None) -> AnyRow:
    """The step with what the viewer did of it. Raises NotFound, also for another kind."""
    require(viewer, Action.FOLLOW_PATHS)
    binds = _who(viewer) | {"step_id": step_id} | language_binds(viewer.locale)
    row = db.session().execute(_STEP, binds).one_or_none()
    is_gone = row is not None and (row.withdrawn_at or row.path_withdrawn_at)
    if row is None or (is_gone and row.passed_at is None) or (kind and row.kind != kind):
        raise NotFound(_("This step is not there any more. Your start page knows the next one."))
    return row


def pass_row(viewer: Viewer, row: AnyRow) -> bool:
    """Pass the step of a row of `get_row`; False if it was passed. Raises Conflict off the path."""
    return pass_step(viewer.organization_id, _enrollment_of(row), row.id, clock.now())


def _enrollment_of(row: AnyRow) -> UUID:
    if row.is_left_out:
        raise Conflict(_("Your organization left this step out. Your start page knows the next."))
    if not row.is_current:
        raise Conflict(_("You are not on this path now. Choose it first, then do the step."))
    enrollment_id: UUID = row.enrollment_id
    return enrollment_id


def _questions(questions: list[dict[str, Any]], chosen: list[int]) -> list[Question]:
    found = []
    for number, question in enumerate(questions):
        said = chosen[number] if number < len(chosen) else None
        options = [
            Option(
                text=option["text"],
                is_chosen=place == said,
                is_right=bool(option["right"]),
                feedback=option["feedback"] if place == said else None,
            )
            for place, option in enumerate(question["options"])
        ]
        found.append(Question(question["ask"], options))
    return found


def _session(viewer: Viewer, row: AnyRow, where: str) -> Session:
    starts_at = datetime.fromisoformat(row.details["starts_at"])
    binds = _who(viewer) | {"step_id": row.id, "starts_at": starts_at}
    place = db.session().execute(_PLACE, binds).one()
    capacity = row.details.get("capacity")
    return Session(
        starts_at=starts_at,
        minutes=row.details["minutes"],
        place=where,
        capacity=capacity,
        places_left=None if capacity is None else max(0, capacity - (place.taken or 0)),
        has_place=place.taken_at is not None and place.given_up_at is None,
        is_over=starts_at <= clock.now(),
        attended=place.attended,
    )


def _who(viewer: Viewer) -> dict[str, Any]:
    return {"organization_id": viewer.organization_id, "member_id": viewer.member_id}
