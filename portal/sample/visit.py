"""Somebody in front of the portal at a moment of the past."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from portal import clock
from portal.access import Role, Viewer
from portal.guides.service.once_read import Shelf
from portal.messages.service import MailSettings
from portal.sample.crowd import Someone
from portal.sample.dice import Dice
from portal.sample.story import Story

Do = Callable[[Viewer, str, Mapping[str, Any]], Any]


@dataclass(slots=True)
class Visit:
    """Somebody in front of the portal, and what time it is there."""

    viewer: Viewer
    someone: Someone
    story: Story
    number: int
    at: datetime
    shelf: Shelf
    mail: MailSettings
    do_it: Do
    dice: Dice
    has_asked: bool = False

    def do(self, name: str, *, minutes: Any = 1, **values: Any) -> Any:
        """Do something, some minutes after the last thing."""
        self.at += timedelta(minutes=minutes)
        with clock.standing_at(self.at):
            return self.do_it(self.viewer, name, values)

    def see(self, service: Callable[..., Any], *values: Any) -> Any:
        """What a service shows them at this moment."""
        with clock.standing_at(self.at):
            return service(self.viewer, *values)

    @property
    def is_lead(self) -> bool:
        """Whether they follow the success managers' path."""
        return Role.USM in self.someone.roles
