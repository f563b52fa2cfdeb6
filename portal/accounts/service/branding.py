"""How an organization shows itself: set by its owners, and by the staff who answer for it."""

from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from sqlalchemy import select

from portal import audit, colors, db, media
from portal.access import Action, Viewer, require
from portal.accounts.models import Organization
from portal.accounts.service.members import clean_name
from portal.audit import AuditEntry
from portal.branding import Branding, Logo
from portal.errors import Invalid, NotFound
from portal.i18n import gettext as _
from portal.media import Media, Saved

LONGEST_SIDE = 480
"""Pixels of a kept logo: three times as many as the header shows, for fine screens."""


@dataclass(frozen=True, slots=True)
class Look:
    """A name and an accent, as somebody wrote them; empty for what is not to differ."""

    name: str
    accent: str


def get_organization(viewer: Viewer, is_locked: bool = False) -> Organization:
    """The organization whose look the viewer sets. Raises NotAllowed.

    Its owners do, and the staff who answer for it; how the vendor looks, its admins.
    """
    require(viewer, Action.SET_UP_ORGANIZATION)
    found = select(Organization).where(Organization.id == viewer.organization_id)
    organization = db.session().scalars(found.with_for_update() if is_locked else found).one()
    if organization.is_vendor:
        require(viewer, Action.MANAGE_ORGANIZATIONS)
    return organization


def judge(organization: Organization, look: Look) -> Branding:
    """What an organization would show, for its own logo. Raises Invalid at `name` or `accent`."""
    name = clean_name(look.name, "name") if look.name.strip() else None
    accent = colors.read(look.accent) if look.accent.strip() else None
    if look.accent.strip() and accent is None:
        raise Invalid("accent", _("Write the colour as six digits and letters, such as #1f5f5b."))
    is_other = name != organization.name
    return replace(organization.branding, name=name if is_other else None, accent=accent)


def set_look(viewer: Viewer, look: Look) -> None:
    """Change name and accent; the logo stays. Raises Invalid at `name` or `accent`."""
    organization = get_organization(viewer, is_locked=True)
    before, after = organization.branding, judge(organization, look)
    if after != before:
        organization.branding = after
        _record(viewer, "branding.changed", _facts(before), _facts(after))


def set_logo(viewer: Viewer, saved: Saved) -> None:
    """Show a picture that was saved; the one before it goes."""
    organization = get_organization(viewer, is_locked=True)
    before = organization.branding.logo
    kept = media.add(saved)
    organization.branding = replace(
        organization.branding, logo=Logo(kept.id, kept.width, kept.height)
    )
    if before:
        media.remove(organization.id, before.media_id)
    _record(
        viewer, "branding.logo_set", _logo_facts(before), _logo_facts(organization.branding.logo)
    )


def remove_logo(viewer: Viewer) -> None:
    """Show no logo any more. A repeat changes nothing."""
    organization = get_organization(viewer, is_locked=True)
    before = organization.branding.logo
    if before:
        organization.branding = replace(organization.branding, logo=None)
        media.remove(organization.id, before.media_id)
        _record(viewer, "branding.logo_removed", _logo_facts(before), None)


def find_removed_logo(organization: Organization) -> Media | None:
    """The logo that was taken away last and can still be put back; None where one is shown."""
    if organization.branding.logo:
        return None
    deeds = (
        select(AuditEntry.before)
        .where(
            AuditEntry.organization_id == organization.id,
            AuditEntry.action == "branding.logo_removed",
        )
        .order_by(AuditEntry.id.desc())
    )
    before = db.session().scalars(deeds.limit(1)).first()
    return media.find_removed(organization.id, UUID(before["logo"])) if before else None


def put_logo_back(viewer: Viewer) -> None:
    """Show the logo again that was taken away; a repeat changes nothing. Raises NotFound."""
    organization = get_organization(viewer, is_locked=True)
    if organization.branding.logo:
        return
    removed = find_removed_logo(organization)
    if removed is None:
        raise NotFound(_("This logo is gone. Choose its file again."))
    removed.removed_at = None
    logo = Logo(removed.id, removed.width, removed.height)
    organization.branding = replace(organization.branding, logo=logo)
    _record(viewer, "branding.logo_put_back", None, _logo_facts(logo))


def _facts(branding: Branding) -> dict[str, Any]:
    return {"shown_name": branding.name, "accent": branding.accent}


def _logo_facts(logo: Logo | None) -> dict[str, Any] | None:
    if logo is None:
        return None
    return {"logo": logo.media_id.hex, "size": f"{logo.width} × {logo.height}"}


def _record(
    viewer: Viewer, action: str, before: dict[str, Any] | None, after: dict[str, Any] | None
) -> None:
    audit.record(viewer, action, f"organization:{viewer.organization_id}", before, after)
    db.session().flush()
