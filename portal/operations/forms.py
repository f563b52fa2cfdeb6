"""The filter of the audit log, as it stands in the address."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from wtforms import HiddenField

from portal.operations.service.audit_log import AuditFilter
from portal.operations.service.first_steps import Kind
from portal.web.forms import Form


class DismissForm(Form):
    """Putting first steps away."""

    kind = HiddenField()

    def chosen(self) -> Kind | None:
        """Whose; None for what is no kind."""
        return Kind(self.kind.data) if self.kind.data in set(Kind) else None


def read_filter(arguments: Mapping[str, str]) -> AuditFilter:
    """The filter in an address; what cannot be read narrows nothing."""
    return AuditFilter(
        action=arguments.get("what", "")[:80].replace("\0", ""),
        since=_day(arguments.get("since", "")),
        until=_day(arguments.get("until", "")),
        organization_id=_id(arguments.get("organization", "")),
    )


def _day(text: str) -> date | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    # A year that no calendar of the database's ends in an error.
    return found if 1900 <= found.year <= 2999 else None


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
