"""One's own account: name, language, time zone, password, browsers."""

from flask import request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from portal import i18n
from portal.access import Action
from portal.accounts.devices import device
from portal.accounts.forms import NewPasswordForm, ProfileForm
from portal.accounts.service import profile, sign_in
from portal.accounts.service.passwords import check_current, hash_password
from portal.accounts.views.blueprint import (
    QUARTER,
    bp,
    limit,
    mail,
    prove_by_link,
    said,
    session_lifetime,
)
from portal.errors import Invalid
from portal.i18n import gettext as _
from portal.web import auth, entry
from portal.web.auth import requires, viewer
from portal.web.templating import render


@bp.route("/me", methods=["GET", "POST"])
@requires(Action.HAVE_ACCOUNT)
def me() -> ResponseReturnValue:
    """Who one is here."""
    mine = profile.get_profile(viewer())
    form = ProfileForm(
        display_name=mine.display_name, locale=mine.locale or "", zone=mine.zone or ""
    )
    languages = i18n.available()
    named = [(name, i18n.own_name(name)) for name in languages]
    theirs = i18n.language_name(mine.organization_locale.replace("_", "-"))
    form.offer(named, theirs, mine.organization_zone)
    if form.posted():
        entry.claim()
        try:
            locale, zone = said(form.locale) or None, said(form.zone) or None
            profile.update_profile(viewer(), said(form.display_name), locale, zone)
            i18n.use(locale or mine.organization_locale, zone or mine.organization_zone)
            return entry.done(url_for(".me"), _("Your changes are saved."))
        except Invalid as error:
            form.take(error)
    return render(
        "accounts/me",
        form=form,
        profile=mine,
        has_languages=len(languages) > 1,
        is_elsewhere=len(sign_in.list_memberships(viewer().person_id)) > 1,
        sessions=sign_in.list_sessions(viewer(), _token()),
        device=device,
    )


@bp.route("/me/password", methods=["GET", "POST"])
@requires(Action.HAVE_ACCOUNT)
def password() -> ResponseReturnValue:
    """Set or change the password; every other browser is signed out."""
    with entry.database().reading(None):
        hash_to_check = profile.password_hash_to_check(viewer(), _token())
        is_unproved = mail().is_enabled and profile.is_unproved(viewer(), _token())
    form = NewPasswordForm()
    if form.posted():
        try:
            if is_unproved:
                raise Invalid("", prove_by_link())
            new_hash = _checked(form, hash_to_check)
            entry.claim()
            return _change_password(new_hash)
        except Invalid as error:
            form.take(error)
    return render(
        "accounts/password",
        form=form,
        asks_current=hash_to_check is not None,
        hint=prove_by_link() if is_unproved else None,
    )


def _checked(form: NewPasswordForm, hash_to_check: str | None) -> str:
    """The hash of the new password; slow, so before the transaction begins."""
    if hash_to_check is not None:
        limit("password", str(viewer().person_id), 10, QUARTER)
    check_current(hash_to_check, said(form.current))
    return hash_password(said(form.password))


def _change_password(new_hash: str) -> ResponseReturnValue:
    me = viewer()
    profile.set_password(me, new_hash)
    token = sign_in.open_session(
        me.person_id,
        me.organization_id,
        me.member_id,
        request.user_agent.string,
        lifetime=session_lifetime(),
    )
    auth.sign_in(token)
    message = _("Your password is set. Every other browser was signed out.")
    return entry.done(url_for(".me"), message)


def _token() -> str:
    token: str = current_user.signed_in.token
    return token
