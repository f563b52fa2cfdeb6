"""The style sheet of an organization: a few lines, under an address that changes with them."""

from uuid import UUID

from flask import Blueprint, Response

from portal import style_sheets
from portal.access import Action
from portal.errors import NotFound
from portal.web.auth import in_own_or_named, requires, viewer
from portal.web.headers import never_changes

bp = Blueprint("branding", __name__)


@bp.get("/branding/<uuid:organization_id>/<digest>.css")
@requires(Action.HAVE_ACCOUNT)
@in_own_or_named
@never_changes
def style_sheet(organization_id: UUID, digest: str) -> Response:
    """The accent of the organization that the address names; to everybody else there is none.

    What signing in reads holds it, so no further statement is sent.
    """
    accent = viewer().branding.accent
    sheet = style_sheets.style_sheet(accent) if accent else None
    if sheet is None or sheet.digest != digest:
        raise NotFound
    return Response(sheet.text, mimetype="text/css")
