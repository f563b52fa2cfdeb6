"""The vendor's own people, for its admins."""

from uuid import UUID

from flask import Response, url_for
from flask.typing import ResponseReturnValue

from portal.access import STAFF_ROLES, Action
from portal.accounts.forms import ROLES, InviteForm, RolesForm
from portal.accounts.service import staff
from portal.accounts.views.blueprint import bp, settings
from portal.accounts.views.people import invited_page, posted_invitation
from portal.errors import Invalid
from portal.i18n import gettext as _
from portal.web import entry
from portal.web.auth import requires, viewer
from portal.web.forms import Form
from portal.web.templating import render


@bp.get("/staff", endpoint="staff")
@requires(Action.MANAGE_STAFF)
def list_staff() -> str:
    """Everybody of the vendor's, and what they may do."""
    return render("accounts/staff", people=staff.list_staff(viewer()), labels=ROLES)


@bp.route("/staff/invite", methods=["GET", "POST"])
@requires(Action.MANAGE_STAFF)
def invite_staff() -> ResponseReturnValue:
    """Invite somebody of the vendor's."""
    form = InviteForm()
    if made := posted_invitation(form):
        return entry.done(url_for(".invited_staff", member_id=made.member_id))
    page = render(
        "accounts/invite",
        form=form,
        teams=[],
        days=settings().invitation_days,
        back_url=url_for(".staff"),
        back_label=_("Staff"),
    )
    return page, 422 if form.errors else 200


@bp.get("/staff/invited/<uuid:member_id>")
@requires(Action.MANAGE_STAFF)
def invited_staff(member_id: UUID) -> str:
    """What became of an invitation of somebody of the vendor's."""
    return invited_page(member_id, url_for(".staff"), _("Staff"), url_for(".invite_staff"))


@bp.route("/staff/<uuid:member_id>", methods=["GET", "POST"])
@requires(Action.MANAGE_STAFF)
def colleague(member_id: UUID) -> ResponseReturnValue:
    """What somebody of the vendor's may do."""
    member = staff.get_colleague(viewer(), member_id)
    form = RolesForm(roles=sorted(member.roles))
    form.offer_roles(STAFF_ROLES)
    if form.posted():
        try:
            entry.claim()
            staff.set_roles(viewer(), member_id, frozenset(form.roles.data or ()))
            message = _("Saved. It holds from their next page on.")
            return entry.done(url_for(".colleague", member_id=member_id), message)
        except Invalid as error:
            form.take(error)
    page = render(
        "accounts/colleague",
        member=member,
        form=form,
        again=Form(),
        is_self=member.id == viewer().member_id,
    )
    return page, 422 if form.errors else 200


@bp.post("/staff/<uuid:member_id>/deactivate")
@requires(Action.MANAGE_STAFF)
def deactivate_staff(member_id: UUID) -> Response:
    """Somebody leaves the vendor."""
    entry.claim()
    member = staff.deactivate(viewer(), member_id)
    message = _(
        "%(name)s was signed out everywhere, and comes in no longer.", name=member.display_name
    )
    return entry.done(url_for(".colleague", member_id=member_id), message)


@bp.post("/staff/<uuid:member_id>/return")
@requires(Action.MANAGE_STAFF)
def bring_staff_back(member_id: UUID) -> Response:
    """Undo that."""
    entry.claim()
    member = staff.bring_back(viewer(), member_id)
    message = _("%(name)s may sign in again.", name=member.display_name)
    return entry.done(url_for(".colleague", member_id=member_id), message)
