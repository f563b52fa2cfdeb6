"""What the views of adoption share."""

from typing import Any

from flask import Blueprint

from portal.adoption.service.people import PeopleFilter

bp = Blueprint("adoption", __name__)


def arguments(narrowed: PeopleFilter) -> dict[str, Any]:
    """The filter as URL arguments; what is empty stays out of the address."""
    given = {
        "words": narrowed.words,
        "team": narrowed.team_id,
        "path": narrowed.path_id,
        "state": "overdue" if narrowed.is_overdue else narrowed.state,
    }
    return {name: value for name, value in given.items() if value}
