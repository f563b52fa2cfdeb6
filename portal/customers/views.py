"""The vendor's customers, for those who answer for them."""

from typing import Any
from uuid import UUID

from flask import Blueprint, request, url_for

from portal.access import Action
from portal.accounts.organization_words import EXPERIENCES
from portal.accounts.service import staff_looks
from portal.customers.forms import read_filter
from portal.customers.service import customer as one
from portal.customers.service import desk, names
from portal.customers.service.attention import Need
from portal.customers.service.desk import DeskFilter
from portal.customers.words import NEEDS, SHAPES
from portal.i18n import gettext as _
from portal.web import entry
from portal.web.auth import across, in_organization, requires, viewer
from portal.web.forms import Form
from portal.web.templating import render

bp = Blueprint("customers", __name__)


@bp.get("/customers")
@requires(Action.SEE_CUSTOMERS)
@across("a csm lists the organizations that they answer for")
def customers() -> str:
    """The organizations that the viewer answers for, those that need them first."""
    narrowed = read_filter(request.args)
    found = desk.get_desk(viewer(), narrowed, request.args.get("after"))
    here = _arguments(narrowed)
    next_page = found.page.next
    return render(
        "customers/customers",
        desk=found,
        narrowed=narrowed,
        needs=NEEDS,
        shapes=SHAPES,
        need_options=[
            (need.name.lower(), f"{label} ({found.needs.get(need, 0)})")
            for need, label in NEEDS.items()
        ],
        experiences=EXPERIENCES,
        experience_options=[(str(key), label) for key, label in EXPERIENCES.items()],
        no_need=Need.NOTHING,
        size=desk.PAGE,
        next_url=url_for(".customers", **here, after=next_page) if next_page else None,
        start_url=url_for(".customers", **here) if "after" in request.args else None,
    )


@bp.get("/customers/<uuid:organization_id>")
@requires(Action.SEE_CUSTOMERS)
@in_organization
def customer(organization_id: UUID) -> str:
    """One customer: who leads there, what waits for an answer, and standing in."""
    assert organization_id == viewer().organization_id  # noqa: S101 - the session is opened for it
    return render(
        "customers/customer",
        customer=one.get_customer(viewer()),
        form=Form(),
        needs=NEEDS,
        shapes=SHAPES,
        experiences=EXPERIENCES,
        no_need=Need.NOTHING,
        may_manage=viewer().may(Action.MANAGE_ORGANIZATIONS),
    )


@bp.get("/customers/<uuid:organization_id>/people")
@requires(Action.SEE_CUSTOMERS)
@in_organization
def people(organization_id: UUID) -> str:
    """Names, where an owner allows it; that they were read is written down for the owner."""
    after = request.args.get("after")
    page, here = names.list_names(viewer(), after), {"organization_id": organization_id}
    if page:
        ids, why = [person.member_id for person in page.rows], _("The people of a customer")
        entry.at_once(organization_id, lambda: staff_looks.look(viewer(), ids, why))
    return render(
        "customers/people",
        page=page,
        size=names.PAGE,
        next_url=url_for(".people", **_more(here, page.next)) if page and page.next else None,
        start_url=url_for(".people", **_more(here)) if after else None,
    )


def _more(here: dict[str, UUID], after: str | None = None) -> dict[str, Any]:
    return {**here, "after": after} if after else {**here}


def _arguments(narrowed: DeskFilter) -> dict[str, Any]:
    """The filter as URL arguments; what is empty stays out of the address."""
    given = {
        "words": narrowed.words,
        "need": narrowed.need and narrowed.need.name.lower(),
        "experience": narrowed.experience,
        "sample": int(narrowed.is_sample),
    }
    return {name: value for name, value in given.items() if value}
