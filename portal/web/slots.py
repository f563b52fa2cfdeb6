"""What an upper feature adds to pages of the frame; filled once, in `create_app`."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from flask import Flask, current_app
from markupsafe import Markup

from portal.access import Action, Role, SignedIn, Viewer, may
from portal.paging import AnySelect


@dataclass(frozen=True, slots=True)
class Place:
    """A page that the navigation leads to, for whoever may do `action`."""

    label: Any
    """A lazy text."""
    endpoint: str
    action: Action


@dataclass(frozen=True, slots=True)
class Part:
    """What an upper feature says on home, to whoever may do `action`."""

    rows: AnySelect
    """Without a row in it there is nothing to say, and `html` is not asked: home finds that out
    for all parts within its one statement. Binds organization_id, member_id and person_id."""
    html: Callable[[Viewer], Markup]
    action: Action
    is_above: bool = False
    """Whether it stands above the next step or below."""


@dataclass(frozen=True, slots=True)
class GuidePart:
    """What an upper feature says on a guide's page, below the question, to whoever may."""

    rows: AnySelect
    """As a `Part`'s; binds organization_id, member_id and the guide's slug."""
    html: Callable[[Viewer, str], Markup]
    """From the reader and the guide's slug."""
    action: Action


@dataclass(slots=True)
class Slots:
    """The registries of one app."""

    load_signed_in: Callable[[str], SignedIn | None]
    """From a session token; reads, with the ambient session opened for no organization."""
    touch_session: Callable[[str], None]
    """Note that a session was seen; writes through the ambient session."""
    act_in: Callable[[Viewer, UUID], Viewer]
    """A member of staff at work in a customer's organization. Raises NotFound."""
    stand_in: Callable[[Viewer, UUID], Viewer | None]
    """A member of staff who acts for a customer's USM; None where they may not, or no longer."""
    look: Callable[[Viewer, Collection[UUID], str], None]
    """Write down that staff reads names, and why; through the ambient session of the customer."""
    above: dict[str, Callable[[Viewer], str]] = field(default_factory=dict)
    """By endpoint, what an upper feature says first on a page, as HTML; empty for nothing."""
    navigation: list[Place] = field(default_factory=list)
    """In the order in which they are shown; the first that someone may open is their start page."""

    home: list[Part] = field(default_factory=list)
    """What upper features add to the next step of whoever follows paths."""
    guide: list[GuidePart] = field(default_factory=list)
    """What upper features add to a guide."""

    def places_for(self, roles: frozenset[Role]) -> list[Place]:
        """The places that a viewer with these roles may open."""
        return [place for place in self.navigation if may(roles, place.action)]


def install(app: Flask, slots: Slots) -> None:
    """Keep the registries with the app."""
    app.extensions["slots"] = slots


def slots() -> Slots:
    """The registries of the running app."""
    found: Slots = current_app.extensions["slots"]
    return found
