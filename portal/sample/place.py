"""Where a story happens: its organization, its people, and the vendor's who work there."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from portal.access import Viewer
from portal.accounts.models import Organization
from portal.accounts.service import viewers
from portal.accounts.service.imports import known
from portal.folding import email_key
from portal.guides.service.once_read import Shelf
from portal.messages.service import MailSettings
from portal.sample.crowd import Someone
from portal.sample.story import Story
from portal.sample.visit import Do


@dataclass(frozen=True, slots=True)
class Staff:
    """The vendor's people, as themselves."""

    admin: Viewer
    author: Viewer
    csm: Viewer


@dataclass(slots=True)
class Place:
    """A sample organization while its story is told; who was met once is known."""

    story: Story
    organization: Organization
    people: Sequence[Someone]
    begun: datetime
    staff: Staff
    shelf: Shelf
    mail: MailSettings
    do: Do
    _ids: dict[str, UUID] = field(default_factory=dict)
    _viewers: dict[int, Viewer] = field(default_factory=dict)

    @property
    def id(self) -> UUID:
        """The organization's."""
        return self.organization.id

    def acting(self, staff: Viewer) -> Viewer:
        """Somebody of the vendor's, at work here."""
        here = self.organization
        return staff.acting_in(here.id, here.name, here.zone, here.is_sample)

    def member_id(self, number: int) -> UUID:
        """Of one of the people. Raises KeyError for who is not a member yet."""
        key = email_key(self.people[number].email)
        if key not in self._ids:
            everybody = known.list_known(self.acting(self.staff.admin))
            self._ids = {one.email_key: one.member_id for one in everybody}
        return self._ids[key]

    def viewer(self, number: int) -> Viewer:
        """One of the people. Raises NotFound for who has left."""
        if number not in self._viewers:
            self._viewers[number] = viewers.get_viewer(self.id, self.member_id(number))
        return self._viewers[number]

    def forget(self, number: int) -> None:
        """What somebody may do has changed."""
        self._viewers.pop(number, None)
