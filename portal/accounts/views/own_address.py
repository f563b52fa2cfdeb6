"""A forgotten password replaced by mail; another address to sign in with."""

from datetime import timedelta

from flask import flash, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from portal.access import Action
from portal.accounts.address_forms import AddressForm, ResetForm
from portal.accounts.forms import LinkForm
from portal.accounts.models import LinkPurpose
from portal.accounts.service import links, own_address, profile
from portal.accounts.service.passwords import check_current, hash_password
from portal.accounts.views.blueprint import (
    HOUR,
    bp,
    is_reached_by_mail,
    limit,
    mail,
    prove_by_link,
    said,
    settings,
)
from portal.accounts.views.browser import welcome
from portal.accounts.views.links import PAGES, USES
from portal.accounts.views.sign_in import send_link
from portal.errors import Invalid
from portal.i18n import gettext as _
from portal.web import entry
from portal.web.auth import enters_later, public, requires, viewer
from portal.web.templating import render


@bp.route("/sign-in/reset", methods=["GET", "POST"])
@public
@enters_later
def reset_password() -> ResponseReturnValue:
    """Ask for a link to a new password. The answer is the same whether the address is known."""
    form = LinkForm()
    if mail().is_enabled and form.posted():
        return send_link(said(form.email), LinkPurpose.RESET)
    return render("accounts/reset_password", form=form, can_mail=mail().is_enabled)


def _lifetime() -> timedelta:
    return timedelta(minutes=settings().link_minutes)


def _reset_page(_token: str, form: ResetForm | None = None) -> str:
    return render("accounts/link_reset", form=form or ResetForm(formdata=None))


def _reset(token: str) -> ResponseReturnValue:
    form = ResetForm()
    if not form.posted():
        return _reset_page(token, form)
    try:
        password_hash = hash_password(said(form.password))
    except Invalid as error:
        form.take(error)
        return _reset_page(token, form)
    person_id = own_address.reset(links.use(token), password_hash)
    flash(_("Your new password is set. Every other browser was signed out."))
    return welcome(person_id, by_link=True, wanted=None)


@bp.route("/me/address", methods=["GET", "POST"])
@requires(Action.HAVE_ACCOUNT)
def own_address_page() -> ResponseReturnValue:
    """Ask to sign in with another address."""
    token: str = current_user.signed_in.token
    with entry.database().reading(None):
        hash_to_check = profile.password_hash_to_check(viewer(), token)
        is_unproved = profile.is_unproved(viewer(), token)
        can_mail = is_reached_by_mail()
    form = AddressForm()
    if can_mail and form.posted():
        limit("address", str(viewer().person_id), 5, HOUR)
        try:
            if is_unproved:
                raise Invalid("", prove_by_link())
            check_current(hash_to_check, said(form.current))
            entry.claim()
            own_address.ask_for_change(viewer(), said(form.email), mail(), _lifetime())
            message = _("A link is on its way to the new address. Open it to use that one.")
            return entry.done(url_for(".me"), message)
        except Invalid as error:
            form.take(error)
    return render(
        "accounts/own_address",
        form=form,
        asks_current=hash_to_check is not None,
        hint=prove_by_link() if is_unproved else None,
        can_mail=can_mail,
        has_server=mail().is_enabled,
    )


def _new_address_page(token: str) -> str:
    return render("accounts/link_new_address", email=links.get_link(token).email)


def _use_new_address(token: str) -> ResponseReturnValue:
    person = own_address.change(links.use(token))
    flash(_("From now on you sign in with %(email)s.", email=person.email))
    return welcome(person.id, by_link=True, wanted=None)


PAGES[LinkPurpose.RESET] = _reset_page
PAGES[LinkPurpose.NEW_ADDRESS] = _new_address_page
USES[LinkPurpose.RESET] = _reset
USES[LinkPurpose.NEW_ADDRESS] = _use_new_address
