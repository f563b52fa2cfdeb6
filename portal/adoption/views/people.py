"""Pages of those who answer for their colleagues' success."""

import csv
import io
from collections.abc import Iterable, Iterator

from flask import Response, request, url_for

from portal.access import Action
from portal.adoption.forms import OVERDUE, read_filter
from portal.adoption.service import enrolled
from portal.adoption.service import people as service
from portal.adoption.service.people import PAGE_SIZE, PersonRow, State
from portal.adoption.views.blueprint import arguments, bp
from portal.adoption.words import COLUMNS, cells, enrolled_words, state_label
from portal.i18n import gettext as _
from portal.web import entry
from portal.web.auth import requires, viewer
from portal.web.forms import Form
from portal.web.templating import render


@bp.get("/people")
@requires(Action.SEE_PEOPLE)
def people() -> str:
    """Everybody in the viewer's organization, and how far they are."""
    narrowed = read_filter(request.args)
    page = service.list_people(viewer(), narrowed, request.args.get("after"))
    entry.stand_in_reads((row.member_id for row in page.rows), _("Standing in: the list of people"))
    may_lead = viewer().may(Action.LEAD_PEOPLE)
    latest = enrolled.find_latest(viewer()) if may_lead else None
    return render(
        "adoption/people",
        may_lead=may_lead,
        latest=latest,
        latest_words=enrolled_words(latest) if latest else "",
        undo_form=Form(formdata=None),
        # Over several pages the number is the next page's matter: to count is to read them all.
        count=None if page.next or "after" in request.args else len(page.rows),
        everybody_url=url_for(".enroll", everybody=1, **arguments(narrowed)),
        rows=page.rows,
        narrowed=narrowed,
        team_options=[(str(team.id), team.name) for team in service.list_teams(viewer())],
        path_options=[(str(path.id), path.name) for path in service.list_paths(viewer())],
        states=[*((str(s), state_label(s)) for s in State), (OVERDUE, _("Past their date"))],
        chosen_state=OVERDUE if narrowed.is_overdue else str(narrowed.state or ""),
        labels={str(state): state_label(state) for state in State},
        size=PAGE_SIZE,
        next_url=url_for(".people", **arguments(narrowed), after=page.next) if page.next else None,
        start_url=url_for(".people", **arguments(narrowed)) if "after" in request.args else None,
        csv_url=url_for(".people_csv", **arguments(narrowed)),
    )


@bp.get("/people.csv")
@requires(Action.SEE_PEOPLE)
def people_csv() -> Response:
    """The same people and figures as a file."""
    rows = service.export_people(viewer(), read_filter(request.args))
    entry.stand_in_reads((row.member_id for row in rows), _("Standing in: the file of people"))
    name = f"people-{viewer().today()}.csv"
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
