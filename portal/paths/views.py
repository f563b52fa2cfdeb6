"""Pages of those who follow a path, and what they post."""

from flask import Blueprint, Response, redirect, url_for
from flask.typing import ResponseReturnValue

from portal.access import Action
from portal.db import new_id
from portal.errors import Invalid
from portal.i18n import gettext as _
from portal.paths.forms import AnswerForm, BeaconForm, ReasonForm, RevisionForm, TicksForm
from portal.paths.service import goals as choosing
from portal.paths.service import home as homes
from portal.paths.service import journey, openings, outcomes, reading
from portal.paths.service import ticks as checklists
from portal.paths.service.home import HomeState
from portal.paths.words import ANSWERS
from portal.web import entry
from portal.web.auth import requires, viewer
from portal.web.forms import posted
from portal.web.slots import slots
from portal.web.templating import render

bp = Blueprint("paths", __name__)


@bp.get("/")
@requires(Action.HAVE_ACCOUNT)
def home() -> ResponseReturnValue:
    """The one next step; whoever follows no paths is led to their own start page."""
    if not viewer().may(Action.FOLLOW_PATHS):
        return redirect(_start_page())
    found = homes.get_home(viewer())
    to_choose = found.state in (HomeState.NO_GOAL, HomeState.GONE)
    is_finished = found.state is HomeState.FINISHED
    return render(
        "paths/home",
        home=found,
        goals=choosing.list_goals(viewer()) if to_choose else [],
        passed=journey.list_passed(viewer(), found.path_slug) if is_finished else [],
        parts=[part(viewer()) for part in slots().home],
    )


@bp.get("/goals")
@requires(Action.FOLLOW_PATHS)
def goals() -> str:
    """What one can set out to reach."""
    return render("paths/goals", goals=choosing.list_goals(viewer()))


@bp.post("/goals/<slug>/choose")
@requires(Action.FOLLOW_PATHS)
def choose_goal(slug: str) -> Response:
    """Set out for a goal."""
    entry.claim()
    choosing.choose_goal(viewer(), slug)
    return entry.done(url_for(".home"), _("This is your goal now. Here is your next step."))


@bp.get("/paths/<slug>")
@requires(Action.FOLLOW_PATHS)
def path(slug: str) -> str:
    """The steps of a path: done, now and later."""
    return render("paths/path", path=journey.get_path(viewer(), slug))


@bp.post("/paths/<slug>/choose")
@requires(Action.FOLLOW_PATHS)
def choose_path(slug: str) -> Response:
    """Set out on this very path, or come back to it."""
    entry.claim()
    choosing.choose_path(viewer(), slug)
    return entry.done(url_for(".home"), _("You are on this path now. Here is your next step."))


@bp.post("/paths/<slug>/finish")
@requires(Action.FOLLOW_PATHS)
def finish(slug: str) -> Response:
    """Confirm the milestone at the path's end."""
    entry.claim()
    journey.finish(viewer(), slug)
    return entry.done(url_for(".home"))


@bp.get("/guides/<slug>")
@requires(Action.FOLLOW_PATHS)
def guide(slug: str) -> str:
    """A guide to read, and the question whether it worked."""
    found = reading.get_reading(viewer(), slug)
    return render(
        "paths/guide",
        reading=found,
        guide=found.guide,
        place=found.place,
        answers=ANSWERS,
        request_id=new_id(),
    )


@bp.post("/guides/<slug>/ticks")
@requires(Action.FOLLOW_PATHS)
def ticks(slug: str) -> Response:
    """Keep the ticks of the checklist."""
    form = posted(TicksForm())
    checklists.set_ticks(viewer(), slug, form.ticks.data or [], form.revision_id)
    return entry.done(url_for(".guide", slug=slug, _anchor="checklist"))


@bp.post("/guides/<slug>/answer")
@requires(Action.FOLLOW_PATHS)
def answer(slug: str) -> Response:
    """Keep the answer at once; the reason is asked on a page of its own."""
    form = posted(AnswerForm())
    entry.claim()
    said = outcomes.answer(viewer(), slug, form.answer.data, form.revision_id)
    if said.asks_reason:
        return entry.done(url_for(".reason", slug=slug))
    if said.is_new or not said.is_changed:
        return entry.done(_onward(slug, said.on_path), _("Thank you. Your answer is noted."))
    return entry.done(_onward(slug, said.on_path), _("Your answer was changed."))


@bp.post("/guides/<slug>/dismiss")
@requires(Action.FOLLOW_PATHS)
def dismiss(slug: str) -> Response:
    """Put the question off."""
    form = posted(RevisionForm())
    openings.dismiss(viewer(), slug, form.revision_id)
    return entry.done(url_for(".home"), _("All right. The question waits at the end of the guide."))


@bp.route("/guides/<slug>/reason", methods=["GET", "POST"])
@requires(Action.FOLLOW_PATHS)
def reason(slug: str) -> ResponseReturnValue:
    """What stood in the way; may be skipped."""
    found = outcomes.find_reason_page(viewer(), slug)
    if found is None:
        return redirect(url_for(".guide", slug=slug))
    form = ReasonForm(obj=found)
    form.offer_headings(found.headings)
    onward = _onward(slug, found.on_path)
    if form.posted():
        try:
            _keep_reason(slug, form)
            return entry.done(onward, _("Thank you. This helps to mend the guide."))
        except Invalid as error:
            form.take(error)
    page = render(
        "paths/reason",
        form=form,
        page=found,
        said=ANSWERS[found.answer],
        slug=slug,
        onward=onward,
    )
    return page, 422 if form.errors else 200


def _keep_reason(slug: str, form: ReasonForm) -> None:
    entry.claim()
    outcomes.give_reason(
        viewer(), slug, form.reason.data, form.comment.data, form.failed_at.data or None
    )


@bp.post("/beacon")
@requires(Action.FOLLOW_PATHS)
def beacon() -> ResponseReturnValue:
    """What the page saw: the guide was open long enough, or the question came into view."""
    form = posted(BeaconForm())
    if form.kind.data == "opened":
        openings.record_opening(viewer(), form.revision_id)
    else:
        openings.record_shown(viewer(), form.revision_id)
    entry.commit()
    return "", 204


def _start_page() -> str:
    places = slots().places_for(viewer().roles)
    return url_for(places[0].endpoint if places else "accounts.me")


def _onward(slug: str, on_path: bool) -> str:
    """From a step of the path to the next one; from any other guide back to it."""
    return url_for(".home") if on_path else url_for(".guide", slug=slug)
