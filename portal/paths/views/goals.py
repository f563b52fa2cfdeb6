"""Pages of goals and paths: what to reach, the next step, the way to the end."""

from flask import Response, redirect, url_for
from flask.typing import ResponseReturnValue

from portal.access import Action
from portal.i18n import gettext as _
from portal.ids import new_id
from portal.paths.forms import GoalForm, ObstacleForm
from portal.paths.service import (
    follow_ups,
    goal_words,
    journey,
    obstacles,
    pins,
    waiting,
    whole,
)
from portal.paths.service import goals as choosing
from portal.paths.service import home as homes
from portal.paths.service.home import HomeState
from portal.paths.views.blueprint import bp
from portal.paths.words import OBSTACLES
from portal.web import entry
from portal.web.auth import requires, viewer
from portal.web.slots import slots
from portal.web.templating import render


@bp.get("/")
@requires(Action.HAVE_ACCOUNT)
def home() -> ResponseReturnValue:
    """The one next step; whoever follows no paths is led to their own start page."""
    if not viewer().may(Action.FOLLOW_PATHS):
        return redirect(_start_page())
    parts = [part for part in slots().home if viewer().may(part.action)]
    asked = [waiting.ROWS, *(part.rows for part in parts)]
    found = homes.get_home(viewer(), asked, waiting.moments(viewer()))
    may_wait, *has_part = found.is_there
    said = [
        (part.is_above, part.html(viewer()))
        for part, says in zip(parts, has_part, strict=True)
        if says
    ]
    to_choose = found.state in (HomeState.NO_GOAL, HomeState.GONE)
    is_finished = found.state is HomeState.FINISHED
    return render(
        "paths/home",
        home=found,
        above_it=[html for is_above, html in said if is_above],
        below_it=[html for is_above, html in said if not is_above],
        waiting=waiting.find_waiting(viewer()) if may_wait else None,
        request_id=new_id(),
        goal_said=goal_words.find_said(viewer(), found.path_slug) if is_finished else None,
        planned=follow_ups.find_planned(viewer(), found.path_slug) if is_finished else None,
        next_goals=choosing.list_next(viewer()) if is_finished else [],
        goals=choosing.list_goals(viewer()) if to_choose else [],
        passed=journey.list_passed(viewer(), found.path_slug) if is_finished else [],
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
    return _set_out(_("This is your goal now. Here is your next step."))


@bp.get("/paths/<slug>")
@requires(Action.FOLLOW_PATHS)
def path(slug: str) -> str:
    """The steps of a path: done, now and later."""
    found = journey.get_path(viewer(), slug)
    on_path = pins.list_on_path(viewer(), slug)
    return render(
        "paths/path",
        path=found,
        obstacles=OBSTACLES,
        pins={step.id: on_path.get(step.id, []) for step in found.steps},
        may_change=whole.may_change(viewer()),
    )


@bp.post("/paths/<slug>/choose")
@requires(Action.FOLLOW_PATHS)
def choose_path(slug: str) -> Response:
    """Set out on this very path, or come back to it."""
    entry.claim()
    choosing.choose_path(viewer(), slug)
    return _set_out(_("You are on this path now. Here is your next step."))


@bp.route("/paths/<slug>/obstacle", methods=["GET", "POST"])
@requires(Action.FOLLOW_PATHS)
def obstacle(slug: str) -> ResponseReturnValue:
    """What stands in the way today; may be skipped, and changed later."""
    found = obstacles.get_obstacle_page(viewer(), slug)
    form = ObstacleForm(obj=found)
    if form.posted():
        entry.claim()
        obstacles.say_obstacle(viewer(), slug, form.obstacle.data)
        return entry.done(url_for(".home"), _("Noted. Here is the step that fits best."))
    page = render("paths/obstacle", form=form, page=found)
    return page, 422 if form.errors else 200


@bp.post("/paths/<slug>/obstacle/gone")
@requires(Action.FOLLOW_PATHS)
def obstacle_gone(slug: str) -> Response:
    """Nothing stands in the way any more."""
    entry.claim()
    obstacles.say_obstacle(viewer(), slug, None)
    return entry.done(url_for(".path", slug=slug), _("Good. You are back on the usual order."))


@bp.post("/paths/<slug>/finish")
@requires(Action.FOLLOW_PATHS)
def finish(slug: str) -> Response:
    """Confirm a milestone; at the path's end ask whether the goal is reached."""
    entry.claim()
    is_end = journey.finish(viewer(), slug)
    return entry.done(url_for(".reached", slug=slug) if is_end else url_for(".home"))


@bp.route("/paths/<slug>/reached", methods=["GET", "POST"])
@requires(Action.FOLLOW_PATHS)
def reached(slug: str) -> ResponseReturnValue:
    """At a path's end: is the goal reached, and how long did it feel?"""
    found = goal_words.get_goal_question(viewer(), slug)
    form = GoalForm(obj=found)
    if form.posted():
        entry.claim()
        said, speed = form.said.data, form.felt_speed.data or None
        goal_words.say_goal_at_path_end(viewer(), slug, said, speed)
        return entry.done(url_for(".home"), _("Thank you. Your answer is noted."))
    page = render("paths/reached", form=form, page=found)
    return page, 422 if form.errors else 200


def _set_out(words: str) -> Response:
    """From a chosen goal to its first step, or first to the question what stands in the way."""
    if slug := obstacles.find_first_question(viewer()):
        return entry.done(url_for(".obstacle", slug=slug))
    return entry.done(url_for(".home"), words)


def _start_page() -> str:
    places = slots().places_for(viewer().roles)
    return url_for(places[0].endpoint if places else "accounts.me")
