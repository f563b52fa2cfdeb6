"""Pages of those who answer for their colleagues' success."""

import csv
import io
from collections.abc import Iterable, Iterator
from typing import Any

from flask import Blueprint, Response, request, url_for

from portal import clock
from portal.access import Action
from portal.adoption import service
from portal.adoption.forms import read_filter
from portal.adoption.service import PAGE_SIZE, PeopleFilter, PersonRow, State
from portal.adoption.words import COLUMNS, cells, state_label
from portal.web.auth import requires, viewer
from portal.web.templating import render

bp = Blueprint("adoption", __name__)


@bp.get("/people")
@requires(Action.SEE_PEOPLE)
def people() -> str:
    """Everybody in the viewer's organization, and how far they are."""
    narrowed = read_filter(request.args)
    page = service.list_people(viewer(), narrowed, request.args.get("after"))
    return render(
        "adoption/people",
        rows=page.rows,
        narrowed=narrowed,
        team_options=[(str(team.id), team.name) for team in service.list_teams(viewer())],
        path_options=[(str(path.id), path.name) for path in service.list_paths()],
        states=[(str(state), state_label(state)) for state in State],
        labels={str(state): state_label(state) for state in State},
        size=PAGE_SIZE,
        next_url=url_for(".people", **_arguments(narrowed), after=page.next) if page.next else None,
        start_url=url_for(".people", **_arguments(narrowed)) if "after" in request.args else None,
        csv_url=url_for(".people_csv", **_arguments(narrowed)),
    )


@bp.get("/people.csv")
@requires(Action.SEE_PEOPLE)
def people_csv() -> Response:
    """The same people and figures as a file."""
    rows = service.export_people(viewer(), read_filter(request.args))
    name = f"people-{clock.today(viewer().zone)}.csv"
    # Written before the answer starts: an error shows as a page, not as half a file.
    body = "".join(_csv(rows))
    return Response(
        body,
        mimetype="text/csv",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _csv(rows: Iterable[PersonRow]) -> Iterator[str]:
    # With the mark, spreadsheets read it as UTF-8.
    yield "\ufeff"
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(str(label) for label in COLUMNS)
    for row in rows:
        writer.writerow(cells(row))
    yield buffer.getvalue()


def _arguments(narrowed: PeopleFilter) -> dict[str, Any]:
    """The filter as URL arguments; what is empty stays out of the address."""
    given = {
        "words": narrowed.words,
        "team": narrowed.team_id,
        "path": narrowed.path_id,
        "state": narrowed.state,
    }
    return {name: value for name, value in given.items() if value}
