"""Asking for an erasure, one's own or another's, and undoing it while there is time."""

from typing import Any
from uuid import UUID

from flask import Response, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from portal.access import Action
from portal.accounts.privacy_forms import EraseByAddressForm, EraseForm
from portal.accounts.service import erasure, profile, sign_in
from portal.accounts.service.passwords import verify
from portal.accounts.views.blueprint import QUARTER, bp, limit, said, settings
from portal.errors import Invalid
from portal.i18n import gettext as _
from portal.web import entry
from portal.web.auth import in_organization, requires, viewer
from portal.web.forms import Form
from portal.web.templating import render


@bp.route("/me/erase", methods=["GET", "POST"])
@requires(Action.HAVE_ACCOUNT)
def erase_me() -> ResponseReturnValue:
    """Ask to be erased: with the password, or shortly after signing in by a mailed link."""
    with entry.database().reading(None):
        token: str = current_user.signed_in.token
        has_link = profile.came_by_link(viewer(), token)
        hash_to_check = profile.password_hash_to_check(viewer(), token)
    form = EraseForm()
    # Where the field is shown, nothing goes without it.
    form.password.flags.required = True
    if form.posted():
        try:
            _prove(form, has_link, hash_to_check)
            entry.claim()
            erasure.ask_for_own(viewer(), settings().erasure_days)
            return entry.done(
                url_for(".data"), _("Asked for. Until the day below you may undo it.")
            )
        except Invalid as error:
            form.take(error)
    page = render(
        "accounts/erase_me",
        form=form,
        asks_password=hash_to_check is not None,
        can_prove=has_link or hash_to_check is not None,
        is_elsewhere=len(sign_in.list_memberships(viewer().person_id)) > 1,
        days=settings().erasure_days,
    )
    return page, 422 if form.errors else 200


def _prove(form: EraseForm, has_link: bool, hash_to_check: str | None) -> None:
    """Raise Invalid unless whoever sits there shows that the account is theirs."""
    if has_link:
        return
    limit("password", str(viewer().person_id), 10, QUARTER)
    if hash_to_check is None:
        raise Invalid("", _("Sign in by a mailed link, or set a password, then come back."))
    if not verify(hash_to_check, said(form.password)):
        raise Invalid("password", _("This is not your current password."))


@bp.post("/me/erase/undo")
@requires(Action.HAVE_ACCOUNT)
def undo_erase_me() -> Response:
    """Stay after all."""
    entry.claim()
    erasure.undo(viewer(), viewer().member_id)
    return entry.done(url_for(".data"), _("You stay. Nothing will be erased."))


@bp.route("/people/<uuid:member_id>/erase", methods=["GET", "POST"])
@requires(Action.ERASE_PEOPLE)
def erase_leaver(member_id: UUID) -> ResponseReturnValue:
    """Ask to erase somebody who has left."""
    form = Form()
    if form.posted():
        entry.claim()
        erasure.ask_for_leaver(viewer(), member_id, settings().erasure_days)
        here: dict[str, Any] = {"member_id": member_id}
        return entry.done(url_for(".erase_leaver", **here), _("Asked for. You may undo it."))
    asked = erasure.find_erasure(viewer(), member_id)
    return render(
        "accounts/erase_leaver",
        member=erasure.get_leaver(viewer(), member_id),
        erasure=asked,
        stage=erasure.stage_of(asked) if asked else None,
        may_undo=asked is not None and erasure.may_undo(viewer(), asked),
        days=settings().erasure_days,
        form=form,
    )


@bp.post("/people/<uuid:member_id>/erase/undo")
@requires(Action.ERASE_PEOPLE)
def undo_erase_leaver(member_id: UUID) -> Response:
    """Let who has left stay in the records after all."""
    entry.claim()
    erasure.undo(viewer(), member_id)
    here: dict[str, Any] = {"member_id": member_id}
    return entry.done(url_for(".erase_leaver", **here), _("Nothing will be erased."))


@bp.route("/organizations/<uuid:organization_id>/erase", methods=["GET", "POST"])
@requires(Action.MANAGE_ORGANIZATIONS)
@in_organization
def erase_by_address(organization_id: UUID) -> ResponseReturnValue:
    """An admin carries out what somebody asked for in writing."""
    form = EraseByAddressForm()
    back: dict[str, Any] = {"organization_id": organization_id}
    if form.posted():
        limit("erase", str(viewer().person_id), 60, QUARTER)
        try:
            entry.claim()
            erasure.ask_by_address(viewer(), said(form.email), settings().erasure_days)
            words = _("Asked for. Until then they may undo it themselves.")
            return entry.done(url_for(".organization", **back), words)
        except Invalid as error:
            form.take(error)
    page = render(
        "accounts/erase_by_address",
        form=form,
        days=settings().erasure_days,
        back_url=url_for(".organization", **back),
    )
    return page, 422 if form.errors else 200
