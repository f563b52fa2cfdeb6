"""How an organization shows itself: its name, its accent, its logo."""

from typing import Any
from uuid import UUID

from flask import Response, request, url_for
from flask.typing import ResponseReturnValue

from portal import colors, pictures
from portal.access import Action
from portal.accounts.branding_forms import LogoForm, LookForm
from portal.accounts.models import Organization
from portal.accounts.service import branding as service
from portal.accounts.service.branding import Look
from portal.accounts.views.blueprint import HOUR, bp, limit, said
from portal.branding import Branding
from portal.errors import Invalid
from portal.i18n import gettext as _
from portal.web import entry
from portal.web.auth import in_own_or_named, requires, takes, viewer
from portal.web.forms import Form
from portal.web.media import folder
from portal.web.templating import render

LARGEST_REQUEST = 8 * 1024 * 1024
"""Bytes: more than a picture may have, so that one too large is told so at its field."""


@bp.route("/organizations/<uuid:organization_id>/branding", methods=["GET", "POST"])
@requires(Action.SET_UP_ORGANIZATION)
@in_own_or_named
def branding(organization_id: UUID) -> ResponseReturnValue:
    """Name and accent: looked at first, then saved; and the logo."""
    found = service.get_organization(viewer())
    form = LookForm(**_values(found.branding))
    if not form.posted():
        return _branding_page(found, form)
    look = Look(said(form.name), said(form.accent))
    try:
        if "preview" in request.form:
            return _branding_page(found, form, service.judge(found, look), is_preview=True)
        entry.claim()
        service.set_look(viewer(), look)
        return entry.done(_here(organization_id), _("Your changes are saved."))
    except Invalid as error:
        form.take(error)
    return _branding_page(found, form)


def _values(chosen: Branding) -> dict[str, str]:
    return {"name": chosen.name or "", "accent": chosen.accent or ""}


def _branding_page(
    found: Organization,
    look_form: LookForm | None = None,
    shown: Branding | None = None,
    logo_form: LogoForm | None = None,
    is_preview: bool = False,
) -> str:
    chosen = shown or found.branding
    return render(
        "accounts/branding",
        organization=found,
        form=look_form or LookForm(formdata=None, **_values(found.branding)),
        logo_form=logo_form or LogoForm(formdata=None),
        remove_form=Form(formdata=None),
        logo=found.branding.logo,
        has_removed_logo=service.find_removed_logo(found) is not None,
        shown=chosen,
        accent=colors.accent(chosen.accent),
        is_preview=is_preview,
    )


@bp.post("/organizations/<uuid:organization_id>/branding/logo")
@requires(Action.SET_UP_ORGANIZATION)
@in_own_or_named
@takes(LARGEST_REQUEST)
def set_logo(organization_id: UUID) -> ResponseReturnValue:
    """Show a picture in the header of every page."""
    form = LogoForm()
    if form.posted():
        # Both before the first statement, which takes the lock: counting has its own transaction.
        limit("logo", str(viewer().person_id), 30, HOUR)
        try:
            picture = pictures.read(form.logo.data.read(), "logo", service.LONGEST_SIDE)
        except Invalid as error:
            form.take(error)
        else:
            saved = folder().save(organization_id, picture)
            entry.claim()
            service.set_logo(viewer(), saved)
            return entry.done(_here(organization_id, "logo-title"), _("The logo is shown now."))
    return _branding_page(service.get_organization(viewer()), logo_form=form)


@bp.post("/organizations/<uuid:organization_id>/branding/logo/remove")
@requires(Action.SET_UP_ORGANIZATION)
@in_own_or_named
def remove_logo(organization_id: UUID) -> Response:
    """Show no logo."""
    entry.claim()
    service.remove_logo(viewer())
    words = _("The logo is gone. For a day you can put it back.")
    return entry.done(_here(organization_id, "logo-title"), words)


@bp.post("/organizations/<uuid:organization_id>/branding/logo/back")
@requires(Action.SET_UP_ORGANIZATION)
@in_own_or_named
def put_logo_back(organization_id: UUID) -> Response:
    """Show the logo again that was taken away."""
    entry.claim()
    service.put_logo_back(viewer())
    return entry.done(_here(organization_id, "logo-title"), _("The logo is shown again."))


def _here(organization_id: UUID, part: str | None = None) -> str:
    where: dict[str, Any] = {"organization_id": organization_id}
    return url_for(".branding", **where, _anchor=part)
