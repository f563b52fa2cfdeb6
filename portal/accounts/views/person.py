"""One person of the viewer's organization."""

from datetime import timedelta
from uuid import UUID

from flask import request, session, url_for
from flask.typing import ResponseReturnValue

from portal.access import Action, Role
from portal.accounts.person_forms import PersonForm
from portal.accounts.service import colleagues, invitations, reach
from portal.accounts.service import teams as teams_service
from portal.accounts.service.colleagues import Colleague, Wanted
from portal.accounts.service.invitations import MOST_INVITATIONS
from portal.accounts.views.blueprint import HOUR, bp, limit, mail, said, settings
from portal.accounts.views.people import LINK
from portal.accounts.views.teams import INDENT
from portal.errors import Invalid
from portal.i18n import gettext as _
from portal.messages import service as messages
from portal.messages.service import describe
from portal.web import entry
from portal.web.auth import requires, viewer
from portal.web.forms import Form
from portal.web.templating import render


@bp.route("/people/<uuid:member_id>", methods=["GET", "POST"])
@requires(Action.SEE_PEOPLE)
def person(member_id: UUID) -> ResponseReturnValue:
    """Who somebody is here, and what they may do."""
    found = colleagues.get_colleague(viewer(), member_id)
    entry.stand_in_reads([member_id], _("Standing in: one person's page"))
    form = _form(found)
    if form.posted():
        entry.claim()
        wanted = Wanted(
            said(form.display_name),
            said(form.job).strip() or None,
            frozenset(form.roles.data or ()) if form.offered else None,
            UUID(form.team.data) if form.team.data else None,
        )
        try:
            colleagues.change_colleague(viewer(), member_id, wanted)
            here = url_for(".person", member_id=member_id)
            return entry.done(here, _("Your changes are saved."))
        except Invalid as error:
            form.take(error)
    return _person_page(found, form)


def _form(found: Colleague, is_posted: bool = True) -> PersonForm:
    values = {
        "display_name": found.name,
        "job": found.job or "",
        "team": str(found.team_id or ""),
        "roles": list(found.roles),
    }
    form = PersonForm(**values) if is_posted else PersonForm(formdata=None, **values)
    tree = teams_service.list_tree(viewer())
    offered = [(str(b.node.id), f"{INDENT * b.level}{b.node.name}") for b in tree]
    is_self = found.id == viewer().member_id
    roles = frozenset[Role]() if is_self else colleagues.roles_to_change(viewer())
    form.offer(offered, roles, may_be_alone=viewer().limited_to is None)
    return form


def _person_page(found: Colleague, form: PersonForm) -> str:
    message_id = found.invitation_message_id
    return render(
        "accounts/person",
        person=found,
        form=form,
        fixed=found.roles - form.offered,
        role_names={Role.END_USER: _("End user"), Role.USM: _("USM"), Role.OWNER: _("Owner")},
        message=messages.find_message(viewer(), message_id) if message_id else None,
        describe=describe,
        most=MOST_INVITATIONS,
        is_self=found.id == viewer().member_id,
        invite_form=Form(formdata=None),
        leave_form=Form(formdata=None),
    )


@bp.post("/people/<uuid:member_id>/invite")
@requires(Action.INVITE_PEOPLE)
def invite_again(member_id: UUID) -> ResponseReturnValue:
    """Send a person who has not joined a link, or show it where no mail goes out."""
    limit("invite", str(viewer().person_id), 100, HOUR)
    entry.claim()
    member = reach.get_member_in_reach(viewer(), member_id)
    try:
        lifetime = timedelta(days=settings().invitation_days)
        made = invitations.invite_member(viewer(), member, mail(), lifetime)
    except Invalid as error:
        return _refused(member_id, error)
    session[LINK] = [str(made.member_id), made.link_url]
    back = entry.safe_next(request.form.get("next"))
    if back and not made.link_url:
        return entry.done(back, _("Invited again."))
    return entry.done(url_for(".invited", member_id=member_id))


@bp.post("/people/<uuid:member_id>/leave")
@requires(Action.INVITE_PEOPLE)
def let_leave(member_id: UUID) -> ResponseReturnValue:
    """Note that somebody has left; it can be taken back."""
    entry.claim()
    try:
        member = colleagues.let_leave(viewer(), member_id)
    except Invalid as error:
        return _refused(member_id, error)
    reaches = reach.reaches(viewer(), member_id)
    where = url_for(".person", member_id=member_id) if reaches else url_for("adoption.people")
    return entry.done(where, _("%(name)s has left.", name=member.display_name))


@bp.post("/people/<uuid:member_id>/return")
@requires(Action.INVITE_PEOPLE)
def take_back(member_id: UUID) -> ResponseReturnValue:
    """Take somebody back who has left."""
    entry.claim()
    member = colleagues.take_back(viewer(), member_id)
    message = _("%(name)s is here again.", name=member.display_name)
    return entry.done(url_for(".person", member_id=member_id), message)


def _refused(member_id: UUID, error: Invalid) -> str:
    """The page again, with what was complained about above its form."""
    found = colleagues.get_colleague(viewer(), member_id)
    form = _form(found, is_posted=False)
    form.take(Invalid("", error.message))
    return _person_page(found, form)
