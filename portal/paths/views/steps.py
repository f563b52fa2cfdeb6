"""Pages of tasks, checks and sessions."""

from uuid import UUID

from flask import Response, current_app, request, url_for
from flask.typing import ResponseReturnValue

from portal.access import Action
from portal.config import Settings
from portal.errors import Invalid
from portal.i18n import gettext as _
from portal.paths.forms import AttendedForm
from portal.paths.service import checks, sessions, steps
from portal.paths.service.calendars import session_file
from portal.paths.views.blueprint import bp
from portal.web import entry
from portal.web.auth import requires, viewer
from portal.web.forms import Form, posted
from portal.web.templating import render


@bp.get("/steps/<uuid:step_id>")
@requires(Action.FOLLOW_PATHS)
def step(step_id: UUID) -> str:
    """A task, a check or a session."""
    return _step_page(steps.get_step(viewer(), step_id), {})


def _step_page(page: steps.StepPage, wrong: dict[int, str]) -> str:
    """`wrong` says what is the matter with which question."""
    return render("paths/step", page=page, form=Form(), wrong=wrong)


@bp.post("/steps/<uuid:step_id>/done")
@requires(Action.FOLLOW_PATHS)
def task_done(step_id: UUID) -> Response:
    """A task was done, by the member's own word."""
    entry.claim()
    steps.do_task(viewer(), step_id)
    return entry.done(url_for(".home"), _("Done. Here is your next step."))


@bp.post("/steps/<uuid:step_id>/check")
@requires(Action.FOLLOW_PATHS)
def check(step_id: UUID) -> ResponseReturnValue:
    """Answer the questions; what is wrong says why, and can be tried again."""
    found = steps.get_step(viewer(), step_id)
    chosen = [request.form.get(f"question_{n}", type=int) for n in range(len(found.questions))]
    try:
        entry.claim()
        is_right = checks.answer_check(viewer(), step_id, chosen)
    except Invalid:
        wrong = dict.fromkeys(steps.left_open(found, chosen), _("Choose an answer."))
        return _step_page(steps.with_chosen(found, chosen), wrong), 422
    here = url_for(".step", step_id=step_id)
    if is_right:
        return entry.done(here, _("All right. This step is done."))
    return entry.done(here, _("Not all of it is right. See why below, then try again."))


@bp.post("/steps/<uuid:step_id>/place")
@requires(Action.FOLLOW_PATHS)
def take_place(step_id: UUID) -> Response:
    """Take a place in a session."""
    entry.claim()
    sessions.take_place(viewer(), step_id)
    return entry.done(url_for(".step", step_id=step_id), _("The place is yours."))


@bp.post("/steps/<uuid:step_id>/place/give-up")
@requires(Action.FOLLOW_PATHS)
def give_up_place(step_id: UUID) -> Response:
    """Give the place back."""
    entry.claim()
    sessions.give_up_place(viewer(), step_id)
    return entry.done(url_for(".step", step_id=step_id), _("Your place is free for others now."))


@bp.post("/steps/<uuid:step_id>/attended")
@requires(Action.FOLLOW_PATHS)
def attended(step_id: UUID) -> Response:
    """Whether the member was there, after the date."""
    form = posted(AttendedForm())
    entry.claim()
    sessions.say_attended(viewer(), step_id, form.attended.data == "yes")
    return entry.done(url_for(".home"), _("Thank you. Here is your next step."))


@bp.get("/steps/<uuid:step_id>/session.ics")
@requires(Action.FOLLOW_PATHS)
def calendar(step_id: UUID) -> Response:
    """The session as a file for the member's calendar."""
    page = steps.get_session(viewer(), step_id)
    settings: Settings = current_app.config["PORTAL"]
    # Not what the request says of its host: the file outlasts it.
    file = session_file(page, f"{settings.public_url}/steps/{step_id}")
    headers = {"Content-Disposition": 'attachment; filename="session.ics"'}
    return Response(file, mimetype="text/calendar", headers=headers)
