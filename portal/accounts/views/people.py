"""Inviting people into the viewer's own organization."""

from datetime import timedelta
from uuid import UUID

from flask import request, session, url_for
from flask.typing import ResponseReturnValue

from portal.access import Action, Role
from portal.accounts.forms import InviteForm
from portal.accounts.service import invitations, teams
from portal.accounts.service.invitations import Invitation, Invitee
from portal.accounts.views.blueprint import HOUR, bp, limit, mail, said, settings
from portal.errors import Invalid
from portal.i18n import gettext as _
from portal.messages.service import describe
from portal.web import entry
from portal.web.auth import requires, viewer
from portal.web.templating import render

LINK = "invitation"
"""In the inviter's cookie, where no mail goes out: the member and the link to hand over."""


@bp.route("/people/invite", methods=["GET", "POST"])
@requires(Action.INVITE_PEOPLE)
def invite() -> ResponseReturnValue:
    """Invite a person."""
    form = InviteForm(roles=[Role.END_USER])
    if made := posted_invitation(form):
        return entry.done(url_for(".invited", member_id=made.member_id))
    return render(
        "accounts/invite",
        form=form,
        teams=teams.list_teams(viewer()),
        days=settings().invitation_days,
        back_url=url_for("adoption.people"),
        back_label=_("People"),
    )


@bp.get("/people/invited/<uuid:member_id>")
@requires(Action.INVITE_PEOPLE)
def invited(member_id: UUID) -> str:
    """What became of an invitation; without a mail server the link to hand over."""
    return invited_page(member_id, url_for("adoption.people"), _("People"), url_for(".invite"))


def posted_invitation(form: InviteForm) -> Invitation | None:
    """Invite whom the form names; None while there is something to enter or to mend."""
    if request.method == "POST":
        # First of all: it waits for a lock that the next statement takes.
        limit("invite", str(viewer().person_id), 100, HOUR)
    form.offer_roles(invitations.roles_to_give(viewer()))
    if not form.posted():
        return None
    entry.claim()
    invitee = Invitee(
        email=said(form.email),
        display_name=said(form.display_name),
        roles=frozenset(form.roles.data or ()),
        team_name=said(form.team_name) or None,
    )
    try:
        lifetime = timedelta(days=settings().invitation_days)
        made = invitations.invite(viewer(), invitee, mail(), lifetime)
    except Invalid as error:
        form.take(error)
        return None
    session[LINK] = [str(made.member_id), made.link_url]
    return made


def invited_page(member_id: UUID, back_url: str, back_label: str, another_url: str) -> str:
    """The state of an invitation; the link is shown to the one who made it, and to nobody else."""
    member, message = invitations.get_invited(viewer(), member_id)
    shown_to, link_url = session.get(LINK) or (None, None)
    return render(
        "accounts/invited",
        member=member,
        message=message,
        describe=describe,
        link_url=link_url if shown_to == str(member_id) and not member.accepted_at else None,
        days=settings().invitation_days,
        back_url=back_url,
        back_label=back_label,
        another_url=another_url,
    )
