"""Pages of follow-ups: weeks later, could you put it to work?"""

from uuid import UUID

from flask import Response, url_for
from flask.typing import ResponseReturnValue

from portal import i18n
from portal.access import Action
from portal.errors import Invalid
from portal.i18n import gettext as _
from portal.paths.forms import FollowUpForm, GoalSaidForm
from portal.paths.service import follow_ups, goal_words
from portal.paths.views.blueprint import bp
from portal.paths.words import GOAL_SAID, IN_USE
from portal.web import entry
from portal.web.auth import requires, viewer
from portal.web.forms import posted
from portal.web.templating import render


@bp.route("/follow-ups/<uuid:follow_up_id>", methods=["GET", "POST"])
@requires(Action.FOLLOW_PATHS)
def follow_up(follow_up_id: UUID) -> ResponseReturnValue:
    """One question about one guide; afterwards, whether the goal is reached."""
    found = follow_ups.get_follow_up(viewer(), follow_up_id)
    form = FollowUpForm(obj=found)
    if form.posted():
        try:
            return _keep(follow_up_id, form)
        except Invalid as error:
            form.take(error)
    page = render(
        "paths/follow_up",
        form=form,
        page=found,
        goal_form=GoalSaidForm(),
        in_use=IN_USE,
        goal_said=GOAL_SAID,
    )
    return page, 422 if form.errors else 200


@bp.post("/follow-ups/<uuid:follow_up_id>/goal")
@requires(Action.FOLLOW_PATHS)
def follow_up_goal(follow_up_id: UUID) -> Response:
    """Whether the goal is reached by now."""
    form = posted(GoalSaidForm())
    entry.claim()
    goal_words.say_goal_in_follow_up(viewer(), follow_up_id, form.said.data)
    return entry.done(url_for(".home"), _("Thank you. Your answer is noted."))


def _keep(follow_up_id: UUID, form: FollowUpForm) -> Response:
    entry.claim()
    again_on = follow_ups.answer_follow_up(
        viewer(), follow_up_id, form.answer.data, form.comment.data, form.again_on.data
    )
    if again_on:
        words = _("All right. You are asked again on %(day)s.", day=i18n.format_date(again_on))
        return entry.done(url_for(".home"), words)
    here = url_for(".follow_up", follow_up_id=follow_up_id)
    return entry.done(here, _("Thank you. Your answer is noted."))
