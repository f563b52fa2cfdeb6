"""What makes an organization need its csm today, worked out from its leads and its questions.

Pure rules; `desk` reads the rows. Nothing is stored, so whoever leaves is on the list at once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum
from uuid import UUID

SILENT = timedelta(days=42)
"""Without a visit; as long somebody who left stays on the list."""


class Need(IntEnum):
    """Why an organization needs its csm, the most urgent first."""

    HELP = 1
    """A question has come up and waits for an answer."""
    NO_USM = 2
    """Nobody there leads: no USM has joined and stayed."""
    LEFT = 3
    BOUNCED = 4
    """Mail to a USM or owner comes back."""
    SILENT = 5
    NOTHING = 9


@dataclass(frozen=True, slots=True)
class Lead:
    """A USM or owner of a customer; the only ones whom staff sees by name as a matter of course."""

    member_id: UUID
    name: str
    is_usm: bool
    is_owner: bool
    accepted_at: datetime | None
    left_at: datetime | None
    bounced_at: datetime | None
    seen_at: datetime | None
    trained_at: datetime | None
    """When they finished the path for USMs."""

    @property
    def is_active_usm(self) -> bool:
        """Whether they can act for their colleagues."""
        return self.is_usm and self.accepted_at is not None and self.left_at is None

    def last_sign(self) -> datetime | None:
        """The latest moment at which they were surely there."""
        return self.seen_at or self.accepted_at

    def needs(self, now: datetime) -> Need:
        """What is wrong with them; somebody who left 42 days ago is history."""
        if self.left_at is not None:
            return Need.LEFT if now - self.left_at < SILENT else Need.NOTHING
        if self.bounced_at is not None:
            return Need.BOUNCED
        sign = self.last_sign()
        if sign is not None and now - sign >= SILENT:
            return Need.SILENT
        return Need.NOTHING


@dataclass(frozen=True, slots=True)
class Waiting:
    """Questions of one organization that nobody has answered yet."""

    risen: int = 0
    """With the vendor."""
    risen_since: datetime | None = None
    """Since when the longest waiting of those waits."""
    with_usms: int = 0
    next_rise: datetime | None = None
    """When the next of the USMs' goes up."""


def needs_of(leads: Sequence[Lead], waiting: Waiting, now: datetime) -> list[Need]:
    """Every need of an organization, the most urgent first; NOTHING alone where it has none."""
    needs = {lead.needs(now) for lead in leads} - {Need.NOTHING}
    if waiting.risen:
        needs.add(Need.HELP)
    if not any(lead.is_active_usm for lead in leads):
        needs.add(Need.NO_USM)
    return sorted(needs) or [Need.NOTHING]


def overdue_since(need: Need, leads: Sequence[Lead], waiting: Waiting) -> datetime | None:
    """Since when an organization waits for its csm; None where no moment is known."""
    if need == Need.HELP:
        return waiting.risen_since
    moments = {
        Need.LEFT: [lead.left_at for lead in leads],
        Need.NO_USM: [lead.left_at for lead in leads if lead.is_usm],
        Need.BOUNCED: [lead.bounced_at for lead in leads if lead.left_at is None],
        Need.SILENT: [lead.last_sign() for lead in leads if lead.left_at is None],
    }.get(need, [])
    known = [moment for moment in moments if moment is not None]
    if not known:
        return None
    return max(known) if need in (Need.LEFT, Need.NO_USM) else min(known)
