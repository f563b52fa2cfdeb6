"""The navigation of every page: in one row, whose last places move into a menu where it is narrow.

How wide a row is only the browser knows, how wide its words are the server can say well enough.
So each place carries a class that shows it in the row from one width on, and in the menu below it;
the style sheet has a rule for each of these widths, and nothing needs a script.
"""

from collections.abc import Sequence
from itertools import accumulate
from math import ceil
from typing import Any

from flask import current_app, url_for

from portal.access import Role
from portal.i18n import gettext as _
from portal.web.slots import Place, slots

LETTER = 0.53
"""Width of a letter in rem, on average: generous, as a row that is too long would wrap."""
SIDES = 2.0
"""Rem on both sides of a word, with the gap to the next."""
NARROWEST = 18
"""Rem of the row on the smallest phone; what fits there never moves."""
WIDEST = 60
"""Rem; the style sheet has a rule for each of them between both."""


def places(roles: frozenset[Role], here: str | None) -> list[dict[str, Any]]:
    """The navigation of someone with `roles` who looks at the endpoint `here` (None: at none).

    `current` is what aria-current says: "page" on the place itself, "true" on the pages below it.
    `width` is the row's width in rem from which on the place stands in it; None: always.
    """
    found = slots().places_for(roles)
    needed = widths([str(place.label) for place in found], _("More"))
    return [
        {
            "label": place.label,
            "url": url_for(place.endpoint),
            "current": _current(place, here),
            "width": width,
        }
        for place, width in zip(found, needed, strict=True)
    ]


def widths(labels: Sequence[str], more: str) -> list[int | None]:
    """From which width of the row on, in rem, each label stands in it; None: on any screen."""
    ends = list(accumulate(len(label) * LETTER + SIDES for label in labels))
    menu = len(more) * LETTER + SIDES + 1
    # Where all fit, there is no menu, and its room is theirs.
    return [_rule_for(min(end + menu, ends[-1])) for end in ends]


def _rule_for(width: float) -> int | None:
    if width <= NARROWEST:
        return None
    return min(ceil(width), WIDEST)


def _current(place: Place, here: str | None) -> str | None:
    if here == place.endpoint:
        return "page"
    above = _rule(place.endpoint)
    return "true" if here and above != "/" and _rule(here).startswith(f"{above}/") else None


def _rule(endpoint: str) -> str:
    """An endpoint's address, without the proxy's prefix: `/people/invited/<uuid:member_id>`."""
    return next(current_app.url_map.iter_rules(endpoint)).rule
