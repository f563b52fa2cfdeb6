"""A state of a page, and the ways to bring a page into one."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import uuid4

from playwright.sync_api import Page

from tests.journeys import steps
from tests.journeys.scene import Scene

Prepare = Callable[[Page], None]


@dataclass(frozen=True)
class State:
    """A page in one state: who opens which address, does what there, and then reads what."""

    endpoint: str
    """Empty for error pages, which belong to no address of their own."""
    name: str
    who: str
    address: str
    shows: str
    prepare: Prepare | None = None
    status: int = 200
    arrange: Callable[[Scene], None] | None = None
    """What is done in the database before the page is opened."""

    @property
    def id(self) -> str:
        return f"{self.endpoint or 'error'}: {self.name}"


LOOK_AGAIN = "Please look at this again"
GUIDE = "reconcile-with-proof"
LONG_GUIDE = f"/guides/{GUIDE}"
PATH = "/paths/close-with-proof"
KINDS = "/paths/lead-a-review"
"""A path with a step of every kind."""


def press(name: str) -> Prepare:
    """Send the form as it stands."""
    return lambda page: steps.press(page, name)


def fill_and_press(button: str, **fields: str) -> Prepare:
    """Fill fields by their ids, then send the form."""

    def prepare(page: Page) -> None:
        for id_, words in fields.items():
            page.locator(f"#{id_}").fill(words)
        steps.press(page, button)

    return prepare


def invite_somebody(page: Page) -> None:
    """Invite somebody whom nobody has invited before."""
    steps.invite(page, "Nina Neu", f"{uuid4().hex}@nordlicht.example")
