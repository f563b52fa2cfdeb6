"""Are we getting there? One page of figures, printed and as a file."""

import csv
import io
from collections.abc import Iterator

from flask import Response

from portal.access import Action
from portal.adoption.service import overview as service
from portal.adoption.service.overview_figures import Funnel, Overview
from portal.adoption.views.blueprint import bp
from portal.adoption.words import ORIGINS, share_words
from portal.i18n import gettext as _
from portal.spreadsheets import plain
from portal.web.auth import requires, viewer
from portal.web.templating import render


@bp.get("/overview")
@requires(Action.SEE_PEOPLE)
def overview() -> str:
    """How far everybody whom the viewer reaches has come."""
    figures = service.get_overview(viewer())
    return render(
        "adoption/overview",
        figures=figures,
        origins=ORIGINS,
        share_words=share_words,
        is_limited=viewer().limited_to is not None,
    )


@bp.get("/overview.csv")
@requires(Action.SEE_PEOPLE)
def overview_csv() -> Response:
    """The same figures as a file: one a line."""
    figures = service.get_overview(viewer())
    buffer = io.StringIO()
    # With the mark, spreadsheets read it as UTF-8.
    buffer.write("\ufeff")
    writer = csv.writer(buffer)
    writer.writerow((_("Of what"), _("Which"), _("Figure"), _("Number")))
    writer.writerows(_lines(figures))
    name = f"overview-{figures.at:%Y-%m-%d}.csv"
    return Response(
        buffer.getvalue(),
        mimetype="text/csv",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


Line = tuple[str, str, str, str | int]


def _lines(figures: Overview) -> Iterator[Line]:
    yield from _funnel(_("Everybody"), "", figures.funnel)
    goal, worked = _("say their goal is reached"), _("whose latest answer is “It worked”")
    yield _("Everybody"), "", goal, share_words(figures.at_goal)
    yield _("Everybody"), "", worked, share_words(figures.worked)
    if figures.answered_until:
        up_to = _("last day whose answers are counted")
        yield _("Everybody"), "", up_to, figures.answered_until.isoformat()
    for path in figures.paths:
        title, step_of = plain(path.title), _("Path")
        yield step_of, title, _("people"), path.people
        yield step_of, title, _("on the way"), path.going
        yield step_of, title, _("stuck"), path.stuck
        yield step_of, title, _("stopped"), path.stopped
        yield step_of, title, _("on another path now"), path.beside
        yield step_of, title, _("finished"), path.finished
        for step in path.steps:
            yield title, plain(step.title), _("have this step before them"), step.people
    for team in figures.teams:
        yield from _funnel(_("Team"), plain(team.branch.node.name), team.funnel)
    if figures.teams:
        yield from _funnel(_("Team"), _("no team"), figures.teamless)
    for origin in figures.origins:
        name, how = str(ORIGINS[origin.origin]), _("How they came")
        yield how, name, _("enrolled"), origin.enrolled
        yield how, name, _("started"), origin.started
        yield how, name, _("finished"), origin.finished
        yield how, name, worked, share_words(origin.worked)


def _funnel(what: str, which: str, funnel: Funnel) -> Iterator[Line]:
    yield what, which, _("invited"), funnel.invited
    yield what, which, _("joined"), funnel.joined
    yield what, which, _("started"), funnel.started
    yield what, which, _("finished"), funnel.finished
    yield what, which, _("stuck or stopped"), funnel.halted
