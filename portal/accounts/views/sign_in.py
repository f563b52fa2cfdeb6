"""Signing in by password or mailed link, choosing the organization, signing out."""

from uuid import UUID

from flask import Response, flash, redirect, request, session, url_for
from flask.typing import ResponseReturnValue

from portal import db
from portal.access import Action
from portal.accounts.forms import LinkForm, MembershipForm, PasswordForm
from portal.accounts.models import LinkPurpose
from portal.accounts.service import links, organizations
from portal.accounts.service import sign_in as signing_in
from portal.accounts.service.email_addresses import email_key
from portal.accounts.service.sign_in import Membership
from portal.accounts.views.blueprint import HOUR, QUARTER, bp, limit, mail, said, settings
from portal.accounts.views.browser import CHOICE, enter, welcome
from portal.errors import Invalid
from portal.i18n import gettext as _
from portal.web import auth, entry
from portal.web.auth import enters_later, public, requires, viewer
from portal.web.limits import client_address
from portal.web.templating import render


@bp.route("/sign-in", methods=["GET", "POST"])
@public
@enters_later
def sign_in() -> ResponseReturnValue:
    """The address and the password, or a link by mail."""
    wanted = entry.safe_next(request.values.get("next"))
    if request.method == "GET" and auth.is_signed_in():
        return redirect(wanted or "/")
    form = PasswordForm(next=wanted)
    if form.posted():
        # First where it comes from: who tries too often there can lock out nobody else.
        limit("sign-in from", client_address(), 100, QUARTER)
        limit("sign-in", email_key(said(form.email)), 10, QUARTER)
        person_id = signing_in.check_password(
            entry.database(), said(form.email), said(form.password)
        )
        if person_id:
            return welcome(person_id, by_link=False, wanted=wanted)
        form.take(Invalid("password", _("The address or the password is not right.")))
    return render("accounts/sign_in", form=form, can_mail=mail().is_enabled)


@bp.route("/sign-in/link", methods=["GET", "POST"])
@public
@enters_later
def sign_in_link() -> ResponseReturnValue:
    """Ask for a sign-in link. The answer is the same whether the address is known or not."""
    form = LinkForm()
    if mail().is_enabled and form.posted():
        return send_link(said(form.email), LinkPurpose.SIGN_IN)
    return render("accounts/sign_in_link", form=form, can_mail=mail().is_enabled)


def send_link(email: str, purpose: LinkPurpose) -> ResponseReturnValue:
    """Have a link mailed, and say the same whether the address is known or not."""
    limit("link from", client_address(), 60, HOUR)
    limit("link", email_key(email), 3, QUARTER)
    db.scope().enter(vendor_id())
    signing_in.ask_for_link(email, purpose)
    return entry.done(url_for(".link_sent"))


def vendor_id() -> UUID:
    """The vendor's organization, looked up in a transaction of its own."""
    with entry.database().reading(None):
        return organizations.get_vendor().id


@bp.get("/sign-in/link/sent")
@public
def link_sent() -> str:
    """Look into your mailbox."""
    return render("accounts/link_sent", minutes=settings().link_minutes)


@bp.route("/sign-in/organization", methods=["GET", "POST"])
@public
@enters_later
def choose_organization() -> ResponseReturnValue:
    """Which of several organizations to sign in to; also for who is signed in to one of them."""
    wanted = entry.safe_next(request.values.get("next"))
    token: str | None = session.get(CHOICE)
    with entry.database().reading(None):
        memberships = _to_choose_from(token)
    if not memberships:
        session.pop(CHOICE, None)
        flash(_("You took long to choose. Please sign in again."))
        return auth.lead_to_sign_in()
    form = MembershipForm(next=wanted)
    form.organization.choices = [(str(m.organization_id), m.organization_name) for m in memberships]
    if form.posted():
        chosen = next(m for m in memberships if str(m.organization_id) == form.organization.data)
        by_link = links.use(token).is_mailed if token else False
        return enter(chosen, by_link, wanted)
    return render("accounts/choose_organization", form=form, memberships=memberships)


def _to_choose_from(token: str | None) -> list[Membership]:
    if token:
        link = links.peek(token)
        if link is None:
            return []
        person_id = links.person_of(link)
        return signing_in.list_memberships(person_id, with_invited=link.is_mailed)
    return signing_in.list_memberships(viewer().person_id) if auth.is_signed_in() else []


@bp.post("/sign-out")
@requires(Action.HAVE_ACCOUNT)
def sign_out() -> Response:
    """Sign this browser out."""
    if token := auth.sign_out():
        signing_in.close_session(token)
    return entry.done(url_for(".sign_in"), _("You are signed out."))


@bp.post("/sign-out/everywhere")
@requires(Action.HAVE_ACCOUNT)
def sign_out_everywhere() -> Response:
    """Sign the person out of every browser, this one too."""
    person_id = viewer().person_id
    auth.sign_out()
    signing_in.close_all(person_id)
    return entry.done(url_for(".sign_in"), _("You are signed out everywhere."))
