"""The filter of the people list, as it stands in the URL."""

from collections.abc import Mapping
from uuid import UUID

from portal.adoption.service import PeopleFilter, State
from portal.errors import Invalid
from portal.i18n import gettext as _


def read_filter(arguments: Mapping[str, str]) -> PeopleFilter:
    """The filter that a URL asks for. Raises Invalid for a team, path or state that is none."""
    return PeopleFilter(
        words=arguments.get("words", "").strip()[:80],
        team_id=_id(arguments, "team"),
        path_id=_id(arguments, "path"),
        state=_state(arguments.get("state", "")),
    )


def _id(arguments: Mapping[str, str], name: str) -> UUID | None:
    value = arguments.get(name, "")
    try:
        return UUID(value) if value else None
    except ValueError:
        raise _unknown(name) from None


def _state(value: str) -> State | None:
    try:
        return State(value) if value else None
    except ValueError:
        raise _unknown("state") from None


def _unknown(name: str) -> Invalid:
    words = _("The address asks for something this list does not know. Clear its filter.")
    return Invalid(name, words)
