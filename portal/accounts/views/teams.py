"""The teams of the viewer's organization: a tree to found, rename, move and end."""

from uuid import UUID

from flask import url_for
from flask.typing import ResponseReturnValue

from portal.access import Action
from portal.accounts.service import reach, team_changes
from portal.accounts.service import teams as service
from portal.accounts.team_forms import LimitForm, TeamForm
from portal.accounts.team_models import Team
from portal.accounts.views.blueprint import bp, said, shown
from portal.errors import Invalid
from portal.i18n import gettext as _
from portal.web import entry
from portal.web.auth import requires, viewer
from portal.web.forms import Form
from portal.web.templating import render

INDENT = "\N{EM SPACE}"


@bp.get("/people/teams")
@requires(Action.MANAGE_TEAMS)
def teams() -> str:
    """Today's teams as a tree, and those that ended."""
    return render(
        "accounts/teams",
        tree=service.list_tree(viewer()),
        counts=service.count_members(viewer()),
        ended=[(team, Form()) for team in service.list_ended(viewer())],
    )


@bp.route("/people/teams/new", methods=["GET", "POST"])
@requires(Action.MANAGE_TEAMS)
def new_team() -> ResponseReturnValue:
    """Found a team."""
    form = TeamForm()
    _offer(form, None)
    if form.posted():
        entry.claim()
        try:
            made = team_changes.create_team(viewer(), said(form.name), _parent(form))
            return entry.done(url_for(".teams"), _("%(name)s is there now.", name=made.name))
        except Invalid as error:
            form.take(error)
    return shown(render("accounts/new_team", form=form), form)


@bp.route("/people/teams/<uuid:team_id>", methods=["GET", "POST"])
@requires(Action.MANAGE_TEAMS)
def team(team_id: UUID) -> ResponseReturnValue:
    """One team: its name, its place, who sees only this one."""
    found = service.get_team(viewer(), team_id)
    form = TeamForm(name=found.name, parent=str(found.parent_id or ""))
    _offer(form, team_id)
    if form.posted():
        entry.claim()
        try:
            team_changes.change_team(viewer(), team_id, said(form.name), _parent(form))
            return entry.done(url_for(".teams"), _("Your changes are saved."))
        except Invalid as error:
            form.take(error)
    return _team_page(found, form, LimitForm(formdata=None))


@bp.post("/people/teams/<uuid:team_id>/end")
@requires(Action.MANAGE_TEAMS)
def end_team(team_id: UUID) -> ResponseReturnValue:
    """End a team; it can be taken back."""
    entry.claim()
    try:
        ended = team_changes.end_team(viewer(), team_id)
    except Invalid as error:
        return _refused(team_id, error)
    message = _("%(name)s has ended. You can take that back below.", name=ended.name)
    return entry.done(url_for(".teams"), message)


@bp.post("/people/teams/<uuid:team_id>/reopen")
@requires(Action.MANAGE_TEAMS)
def reopen_team(team_id: UUID) -> ResponseReturnValue:
    """Take the end of a team back."""
    entry.claim()
    team = team_changes.reopen_team(viewer(), team_id)
    message = _("%(name)s is back, with the people it had.", name=team.name)
    return entry.done(url_for(".teams"), message)


@bp.post("/people/teams/<uuid:team_id>/limit")
@requires(Action.MANAGE_TEAMS)
def limit_to_team(team_id: UUID) -> ResponseReturnValue:
    """Let a USM see only this team and those under it."""
    form = LimitForm()
    _offer_usms(form)
    if not form.posted():
        return _team_page(service.get_team(viewer(), team_id), None, form)
    entry.claim()
    try:
        member = reach.limit_to_team(viewer(), UUID(form.member.data), team_id)
    except Invalid as error:
        form.take(error)
        return _team_page(service.get_team(viewer(), team_id), None, form)
    message = _("%(name)s now sees only this team and those under it.", name=member.display_name)
    return entry.done(url_for(".team", team_id=team_id), message)


@bp.post("/people/<uuid:member_id>/unlimited")
@requires(Action.MANAGE_TEAMS)
def lift_limit(member_id: UUID) -> ResponseReturnValue:
    """Let a USM see everybody again."""
    entry.claim()
    member = reach.lift_limit(viewer(), member_id)
    return entry.done(
        url_for(".teams"), _("%(name)s sees everybody again.", name=member.display_name)
    )


def _team_page(found: Team, form: TeamForm | None, limit_form: LimitForm) -> ResponseReturnValue:
    team_id = found.id
    if form is None:
        form = TeamForm(formdata=None, name=found.name, parent=str(found.parent_id or ""))
        _offer(form, team_id)
    may_limit = viewer().limited_to is None
    if may_limit and limit_form.member.choices is None:
        _offer_usms(limit_form)
    limited = reach.list_limited(viewer(), team_id) if may_limit else []
    page = render(
        "accounts/team",
        team=found,
        form=form,
        limit_form=limit_form,
        limited=[(usm, Form(formdata=None)) for usm in limited],
        may_limit=may_limit,
        is_own=viewer().limited_to == team_id,
        members=service.count_members(viewer()).get(team_id, 0),
        end_form=Form(formdata=None),
    )
    return shown(page, form, limit_form)


def _refused(team_id: UUID, error: Invalid) -> ResponseReturnValue:
    form = LimitForm(formdata=None)
    form.take(error)
    return _team_page(service.get_team(viewer(), team_id), None, form)


def _offer(form: TeamForm, moved: UUID | None) -> None:
    places = service.list_places(viewer(), moved)
    offered = [(str(p.node.id), f"{INDENT * p.level}{p.node.name}") for p in places]
    form.offer_places(offered, may_stand_alone=viewer().limited_to is None)


def _offer_usms(form: LimitForm) -> None:
    usms = reach.list_unlimited(viewer())
    form.member.choices = [(str(usm.id), usm.display_name) for usm in usms]


def _parent(form: TeamForm) -> UUID | None:
    return UUID(form.parent.data) if form.parent.data else None
