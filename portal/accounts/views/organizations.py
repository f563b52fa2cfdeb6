"""Organizations, for the vendor's admins."""

from typing import Any
from uuid import UUID

from flask import request, url_for
from flask.typing import ResponseReturnValue

from portal.access import Action, Role
from portal.accounts.forms import InviteForm, OrganizationForm
from portal.accounts.organization_words import EXPERIENCES
from portal.accounts.service import assignments, members, organizations
from portal.accounts.views.blueprint import bp, said, settings
from portal.accounts.views.people import invited_page, posted_invitation
from portal.errors import Invalid
from portal.i18n import gettext as _
from portal.messages import service as messages
from portal.web import entry
from portal.web.auth import across, in_organization, requires, viewer
from portal.web.forms import Form
from portal.web.templating import render


@bp.get("/organizations", endpoint="organizations")
@requires(Action.MANAGE_ORGANIZATIONS)
@across("an admin lists the organizations")
def list_organizations() -> str:
    """The customers; while there are none but samples, those."""
    real, samples = organizations.count_organizations(viewer())
    is_sample = bool(samples) and (not real or "sample" in request.args)
    after = request.args.get("after")
    page = organizations.list_organizations(viewer(), is_sample, after)
    here: dict[str, Any] = {"sample": 1} if is_sample and real else {}
    return render(
        "accounts/organizations",
        organizations=page.rows,
        experiences=EXPERIENCES,
        is_sample=is_sample,
        counts={"real": real, "samples": samples},
        next_url=url_for(".organizations", after=page.next, **here) if page.next else None,
        start_url=url_for(".organizations", **here) if after else None,
        size=organizations.PAGE,
    )


@bp.route("/organizations/new", methods=["GET", "POST"])
@requires(Action.MANAGE_ORGANIZATIONS)
def new_organization() -> ResponseReturnValue:
    """A new customer; its first person is invited next."""
    form = OrganizationForm(zone=viewer().zone)
    if form.posted():
        entry.claim()
        try:
            made = organizations.create_organization(viewer(), said(form.name), said(form.zone))
        except Invalid as error:
            form.take(error)
        else:
            where = url_for(".invite_into", organization_id=made.id)
            message = _("%(name)s is set up. Now invite the first person.", name=made.name)
            return entry.done(where, message)
    return render("accounts/new_organization", form=form)


@bp.get("/organizations/<uuid:organization_id>")
@requires(Action.MANAGE_ORGANIZATIONS)
@in_organization
def organization(organization_id: UUID) -> str:
    """A customer: its USMs and owners by name, everybody else as a number."""
    leads = members.list_leads(viewer())
    invited, accepted = members.count_members(viewer())
    message_ids = [lead.invitation_message_id for lead in leads if lead.invitation_message_id]
    return render(
        "accounts/organization",
        organization=organizations.get_customer(viewer(), organization_id),
        leads=leads,
        messages=messages.list_messages(viewer(), message_ids),
        describe=messages.describe,
        roles=Role,
        invited=invited,
        accepted=accepted,
        csms=assignments.list_csms(organization_id, with_all=True),
        form=Form(),
    )


@bp.route("/organizations/<uuid:organization_id>/invite", methods=["GET", "POST"])
@requires(Action.MANAGE_ORGANIZATIONS)
@in_organization
def invite_into(organization_id: UUID) -> ResponseReturnValue:
    """Invite a customer's person: first of all its USM."""
    form = InviteForm(roles=[Role.USM])
    if made := posted_invitation(form):
        where: dict[str, Any] = {"organization_id": organization_id, "member_id": made.member_id}
        return entry.done(url_for(".invited_into", **where))
    return render(
        "accounts/invite",
        form=form,
        teams=[],
        days=settings().invitation_days,
        back_url=url_for(".organization", organization_id=organization_id),
        back_label=viewer().organization_name,
    )


@bp.get("/organizations/<uuid:organization_id>/invited/<uuid:member_id>")
@requires(Action.MANAGE_ORGANIZATIONS)
@in_organization
def invited_into(organization_id: UUID, member_id: UUID) -> str:
    """What became of an invitation that an admin made."""
    here: dict[str, Any] = {"organization_id": organization_id}
    return invited_page(
        member_id,
        back_url=url_for(".organization", **here),
        back_label=viewer().organization_name,
        another_url=url_for(".invite_into", **here),
    )
