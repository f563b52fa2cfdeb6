"""Links that work once: looking at one changes nothing, a press on its button uses it."""

from collections.abc import Callable
from uuid import UUID

from flask import Response, flash, url_for
from flask.typing import ResponseReturnValue

from portal import db
from portal.accounts.forms import FirstAdminForm, JoinForm
from portal.accounts.models import LinkPurpose
from portal.accounts.service import first_admin, invitations, links, members, organizations, sign_in
from portal.accounts.service.invitations import Opened
from portal.accounts.service.passwords import hash_password
from portal.accounts.views.blueprint import HOUR, bp, limit, mail, said
from portal.accounts.views.browser import enter, open_browser, welcome
from portal.errors import Conflict, Invalid
from portal.i18n import gettext as _
from portal.web import auth, entry
from portal.web.auth import enters_later, public, viewer
from portal.web.limits import client_address
from portal.web.templating import render


@bp.get("/links/<token>")
@public
@enters_later
def link(token: str) -> str:
    """What the link is for, and a button. Mail scanners that follow it change nothing."""
    return PAGES[links.get_link(token).purpose](token)


@bp.post("/links/<token>")
@public
@enters_later
def use_link(token: str) -> ResponseReturnValue:
    """Use the link."""
    limit("links from", client_address(), 120, HOUR)
    with entry.database().reading(None):
        purpose = links.get_link(token).purpose
    return USES[purpose](token)


def _sign_in_page(token: str) -> str:
    found = links.get_link(token)
    person = members.get_person(links.person_of(found))
    return render("accounts/link_sign_in", email=person.email)


def _sign_in(token: str) -> Response:
    used = links.use(token)
    person_id = links.person_of(used)
    if used.is_mailed and sign_in.prove(person_id):
        flash(_("Your earlier password has ended. Choose a new one in your account."))
    if used.organization_id is None:
        return welcome(person_id, by_link=used.is_mailed, wanted=None)
    for membership in sign_in.list_memberships(person_id):
        if membership.organization_id == used.organization_id:
            return enter(membership, used.is_mailed, None)
    raise Conflict(_("You are no longer a member of this organization."))


def _look_at_invitation(token: str) -> Opened:
    found = links.get_link(token)
    organization_id, _member_id = invitations.named_member(found)
    if db.scope().organization_id is None:
        db.scope().enter(organization_id)
    return invitations.open_invitation(found)


def _is_signed_in_as(person_id: UUID) -> bool:
    return auth.is_signed_in() and viewer().person_id == person_id


def _invitation_page(token: str, form: JoinForm | None = None) -> str:
    invitation = _look_at_invitation(token)
    return render(
        "accounts/link_invitation",
        invitation=invitation,
        form=form or JoinForm(),
        must_sign_in=invitation.needs_own_sign_in and not _is_signed_in_as(invitation.person_id),
        here=url_for(".link", token=token),
        can_mail=mail().is_enabled and invitation.gets_mail,
    )


def _join(token: str) -> ResponseReturnValue:
    form = JoinForm()
    with entry.database().reading(None):
        invitation = _look_at_invitation(token)
    if invitation.needs_own_sign_in and not _is_signed_in_as(invitation.person_id):
        return auth.lead_to_sign_in()
    if not form.posted():
        return _invitation_page(token, form)
    try:
        wants_password = invitation.may_set_password and form.password.data
        password_hash = hash_password(said(form.password)) if wants_password else None
    except Invalid as error:
        form.take(error)
        return _invitation_page(token, form)
    used = links.use(token)
    if used.is_mailed:
        sign_in.prove(invitation.person_id)
    db.scope().enter(invitations.named_member(used)[0])
    return open_browser(invitations.join(used, password_hash), by_link=used.is_mailed)


def _first_admin_page(_token: str, form: FirstAdminForm | None = None) -> str:
    return render("accounts/link_first_admin", form=form or FirstAdminForm())


def _make_first_admin(token: str) -> ResponseReturnValue:
    form = FirstAdminForm()
    if not form.posted():
        return _first_admin_page(token, form)
    try:
        password_hash = hash_password(said(form.password))
        links.use(token)
        db.scope().enter(organizations.get_vendor().id)
        made = first_admin.create(
            said(form.vendor_name),
            said(form.display_name),
            said(form.email),
            password_hash,
            said(form.zone),
        )
    except Invalid as error:
        form.take(error)
        return _first_admin_page(token, form)
    return open_browser(made, by_link=False)


PAGES: dict[LinkPurpose, Callable[[str], str]] = {
    LinkPurpose.SIGN_IN: _sign_in_page,
    LinkPurpose.INVITATION: _invitation_page,
    LinkPurpose.FIRST_ADMIN: _first_admin_page,
}
USES: dict[LinkPurpose, Callable[[str], ResponseReturnValue]] = {
    LinkPurpose.SIGN_IN: _sign_in,
    LinkPurpose.INVITATION: _join,
    LinkPurpose.FIRST_ADMIN: _make_first_admin,
}
