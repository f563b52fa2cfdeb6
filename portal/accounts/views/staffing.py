"""Who of the vendor answers for a customer, and acting for its USM with an owner's consent."""

from typing import Any
from uuid import UUID

from flask import Response, session, url_for
from flask.typing import ResponseReturnValue

from portal.access import Action
from portal.accounts.forms import ConsentForm, CsmForm
from portal.accounts.service import assignments, stand_ins
from portal.accounts.views.blueprint import bp, mail
from portal.errors import Invalid, NotFound
from portal.i18n import gettext as _
from portal.web import auth, entry
from portal.web.auth import in_organization, requires, viewer
from portal.web.forms import Form, posted
from portal.web.templating import render


@bp.post("/organizations/<uuid:organization_id>/csms")
@requires(Action.MANAGE_ORGANIZATIONS)
@in_organization
def assign_csm(organization_id: UUID) -> Response:
    """Let a csm answer for a customer."""
    form = posted(CsmForm())
    entry.claim()
    assignments.assign(viewer(), form.chosen)
    return entry.done(_organization(organization_id), _("They answer for this organization now."))


@bp.post("/organizations/<uuid:organization_id>/csms/release")
@requires(Action.MANAGE_ORGANIZATIONS)
@in_organization
def release_csm(organization_id: UUID) -> Response:
    """End that a csm answers for a customer."""
    form = posted(CsmForm())
    entry.claim()
    assignments.release(viewer(), form.chosen)
    message = _("They do not answer for this organization any more.")
    return entry.done(_organization(organization_id), message)


def _organization(organization_id: UUID) -> str:
    here: dict[str, Any] = {"organization_id": organization_id}
    return url_for(".organization", _anchor="csms", **here)


@bp.route("/organization/stand-in", methods=["GET", "POST"])
@requires(Action.CONSENT)
def consent() -> ResponseReturnValue:
    """An owner lets a csm act for the USM until a day."""
    form = ConsentForm()
    if form.posted() and form.last_day.data:
        try:
            entry.claim()
            stand_ins.give(viewer(), form.chosen, form.last_day.data)
            return entry.done(url_for(".consent"), _("Your consent is noted. You may end it here."))
        except Invalid as error:
            form.take(error)
    page = render(
        "accounts/consent", form=form, consents=stand_ins.list_consents(viewer()), again=Form()
    )
    return page, 422 if form.errors else 200


@bp.post("/organization/stand-in/end")
@requires(Action.CONSENT)
def end_consent() -> Response:
    """An owner takes a consent back, or declines a wish."""
    form = posted(CsmForm())
    entry.claim()
    stand_ins.take_back(viewer(), form.chosen)
    return entry.done(url_for(".consent"), _("Ended. They act for nobody here from now on."))


@bp.post("/customers/<uuid:organization_id>/stand-in/ask")
@requires(Action.SEE_CUSTOMERS)
@in_organization
def ask_to_stand_in(organization_id: UUID) -> Response:
    """A csm asks the owners for their consent."""
    entry.claim()
    stand_ins.ask(viewer(), mail())
    where = url_for("customers.customer", organization_id=organization_id)
    return entry.done(where, _("Your wish stands on the owners' page now."))


@bp.post("/customers/<uuid:organization_id>/stand-in")
@requires(Action.SEE_CUSTOMERS)
@in_organization
def stand_in(organization_id: UUID) -> Response:
    """A csm begins to act for a customer's USM."""
    acting = stand_ins.find_acting(viewer(), organization_id)
    if acting is None:
        raise NotFound(_("No owner has consented, or the consent has ended."))
    stand_ins.note_begin(acting)
    session[auth.STANDS_IN] = str(organization_id)
    return entry.done(url_for("adoption.people"))


@bp.post("/stand-in/leave")
@requires(Action.HAVE_ACCOUNT)
def leave_stand_in() -> Response:
    """Be oneself again."""
    session.pop(auth.STANDS_IN, None)
    return entry.done(url_for("paths.home"))
