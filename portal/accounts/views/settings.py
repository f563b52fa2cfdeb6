"""How an organization works: set by its owners, and by the vendor's staff who answer for it."""

from datetime import date
from typing import Any
from uuid import UUID

from flask import Response, request, url_for
from flask.typing import ResponseReturnValue

from portal import i18n
from portal.access import Action
from portal.accounts.models import Experience, Organization
from portal.accounts.service import settings as service
from portal.accounts.service.settings import Quiet, Ways
from portal.accounts.settings_forms import (
    DayForm,
    QuietForm,
    SeatsForm,
    WaysForm,
    language_names,
    quiet_label,
)
from portal.accounts.views.blueprint import bp, said
from portal.errors import Invalid, NotFound
from portal.i18n import gettext as _
from portal.web import entry
from portal.web.auth import in_own_or_named, requires, viewer
from portal.web.forms import Form, posted
from portal.web.templating import render


@bp.route("/organizations/<uuid:organization_id>/settings", methods=["GET", "POST"])
@requires(Action.SET_UP_ORGANIZATION)
@in_own_or_named
def organization_settings(organization_id: UUID) -> ResponseReturnValue:
    """Time zone, language, working time; seats; holidays and quiet periods."""
    found = service.get_organization(viewer())
    form = _ways_form(found)
    if form.posted():
        entry.claim()
        try:
            service.set_ways(viewer(), _ways(form))
            return entry.done(_here(organization_id), _("Your changes are saved."))
        except Invalid as error:
            form.take(error)
    return _settings_page(found, ways=form)


def _ways_form(found: Organization, is_posted: bool = True) -> WaysForm:
    values = {
        "zone": found.zone,
        "locale": found.locale,
        "experience": str(found.experience),
        "working_days": found.working_days,
        "working_from": found.working_from,
        "working_until": found.working_until,
    }
    form = WaysForm(**values) if is_posted else WaysForm(formdata=None, **values)
    form.offer_locales(language_names(dict.fromkeys((*i18n.available(), found.locale))))
    return form


def _ways(form: WaysForm) -> Ways:
    begins, ends = form.working_from.data, form.working_until.data
    if begins is None or ends is None:
        raise ValueError("a valid form has both")
    return Ways(
        zone=said(form.zone),
        locale=said(form.locale),
        experience=Experience(form.experience.data),
        working_days=tuple(form.working_days.data or ()),
        working_from=begins,
        working_until=ends,
    )


def _settings_page(
    found: Organization,
    ways: WaysForm | None = None,
    seats: SeatsForm | None = None,
    quiet: QuietForm | None = None,
) -> str:
    listed = service.list_seats(viewer())
    periods = service.list_quiet_periods(viewer())
    changed = _changed()
    return render(
        "accounts/organization_settings",
        organization=found,
        form=ways or _ways_form(found, is_posted=False),
        seats_form=seats or SeatsForm(formdata=None),
        quiet_form=quiet or _quiet_form(changed),
        changed=changed,
        seats=[(one, DayForm(formdata=None, day=one.starts_on)) for one in listed],
        periods=[(one, Form(formdata=None)) for one in periods],
        quiet_label=quiet_label,
    )


def _changed() -> UUID | None:
    """The period that the address says is to be changed."""
    try:
        return UUID(request.args["change"]) if "change" in request.args else None
    except ValueError:
        raise NotFound from None


def _quiet_form(changed: UUID | None) -> QuietForm:
    if changed is None:
        return QuietForm(formdata=None)
    period = service.get_quiet_period(viewer(), changed)
    return QuietForm(
        formdata=None,
        name=period.name,
        starts_on=period.starts_on,
        ends_on=period.ends_on,
        is_holiday=period.is_holiday,
    )


@bp.post("/organizations/<uuid:organization_id>/seats")
@requires(Action.SET_UP_ORGANIZATION)
@in_own_or_named
def set_seats(organization_id: UUID) -> ResponseReturnValue:
    """From a day on there are so many seats."""
    form = SeatsForm()
    if form.posted() and form.seats_from.data and form.number.data is not None:
        entry.claim()
        try:
            service.set_seats(viewer(), form.seats_from.data, form.number.data)
            return entry.done(_here(organization_id, "seats"), _("The seats are noted."))
        except Invalid as error:
            form.take(error)
    return _settings_page(service.get_organization(viewer()), seats=form)


@bp.post("/organizations/<uuid:organization_id>/seats/remove")
@requires(Action.SET_UP_ORGANIZATION)
@in_own_or_named
def remove_seats(organization_id: UUID) -> Response:
    """Take a number of seats back."""
    form = posted(DayForm())
    try:
        day = date.fromisoformat(said(form.day))
    except ValueError:
        raise Invalid("day", _("Enter a day, such as 2026-12-31.")) from None
    entry.claim()
    service.remove_seats(viewer(), day)
    return entry.done(_here(organization_id, "seats"), _("Taken back."))


@bp.post("/organizations/<uuid:organization_id>/quiet")
@requires(Action.SET_UP_ORGANIZATION)
@in_own_or_named
def save_quiet_period(organization_id: UUID) -> ResponseReturnValue:
    """Add a holiday or a quiet period, or change the one that the address names."""
    form, changed = QuietForm(), _changed()
    if form.posted() and (first := form.starts_on.data):
        entry.claim()
        last = form.ends_on.data or first
        quiet = Quiet(said(form.name), first, last, bool(form.is_holiday.data))
        try:
            service.save_quiet_period(viewer(), changed, quiet)
            return entry.done(_here(organization_id, "quiet"), _("The days are noted."))
        except Invalid as error:
            form.take(error)
    return _settings_page(service.get_organization(viewer()), quiet=form)


@bp.post("/organizations/<uuid:organization_id>/quiet/<uuid:period_id>/remove")
@requires(Action.SET_UP_ORGANIZATION)
@in_own_or_named
def remove_quiet_period(organization_id: UUID, period_id: UUID) -> Response:
    """Take a quiet period away."""
    entry.claim()
    removed = service.remove_quiet_period(viewer(), period_id)
    message = _("%(name)s is no longer there.", name=removed.name)
    return entry.done(_here(organization_id, "quiet"), message)


def _here(organization_id: UUID, part: str | None = None) -> str:
    where: dict[str, Any] = {"organization_id": organization_id}
    return url_for(".organization_settings", **where, _anchor=part)
