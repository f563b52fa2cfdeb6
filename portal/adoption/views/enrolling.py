"""Putting people of the list on a path, and taking that back."""

from typing import Any
from uuid import UUID

from flask import request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from portal.access import Action, Viewer
from portal.adoption.forms import EnrollForm, read_chosen
from portal.adoption.service import enrolled, people
from portal.adoption.service import enrolling as service
from portal.adoption.service.enrolling import Chosen
from portal.adoption.views.blueprint import arguments, bp
from portal.errors import Invalid
from portal.i18n import gettext as _
from portal.i18n import ngettext
from portal.paths.service import required
from portal.web import entry
from portal.web.auth import requires, viewer
from portal.web.forms import Form
from portal.web.slots import Part
from portal.web.templating import render


def on_home(viewer: Viewer) -> Markup:
    """What home says of paths that the viewer is asked to follow beside their own."""
    asked = required.list_required(viewer)
    html = render("adoption/on_home", asked=asked, form=Form(formdata=None))
    return Markup(html)  # noqa: S704 - made by a template that escapes


ON_HOME = Part(required.ROWS, on_home, Action.FOLLOW_PATHS)


@bp.route("/people/enroll", methods=["GET", "POST"])
@requires(Action.LEAD_PEOPLE)
def enroll() -> ResponseReturnValue:
    """Put those who were ticked, or all whom the filter shows, on a path."""
    chosen = read_chosen(request.values)
    form = EnrollForm()
    form.onto.choices = [("", _("Choose a path"))] + [
        (str(path.id), path.name) for path in people.list_paths(viewer())
    ]
    if form.posted():
        entry.claim()
        try:
            service.enroll(viewer(), chosen, UUID(form.onto.data), form.due_on.data)
            # What became of it stands there, with a button to undo it.
            return entry.done(url_for(".people"))
        except Invalid as error:
            if not error.field:
                raise
            form.take(error)
    meant = service.describe(viewer(), chosen)
    entry.stand_in_reads(meant.member_ids, _("Standing in: putting people on a path"))
    page = render(
        "adoption/enroll",
        form=form,
        meant=meant,
        fields=_fields(chosen),
        back_url=url_for(".people", **(arguments(chosen.narrowed) if chosen.narrowed else {})),
    )
    return page, 422 if form.errors else 200


@bp.post("/people/enroll/<uuid:bulk_id>/undo")
@requires(Action.LEAD_PEOPLE)
def undo_enroll(bulk_id: UUID) -> ResponseReturnValue:
    """Take people off the path again."""
    entry.claim()
    staying = enrolled.undo(viewer(), bulk_id)
    message = _("Undone.")
    if staying:
        message = ngettext(
            "Undone, but for %(num)s person who has begun with it.",
            "Undone, but for %(num)s people who have begun with it.",
            staying,
        )
    return entry.done(url_for(".people"), message)


def _fields(chosen: Chosen) -> list[tuple[str, Any]]:
    """Who is meant, as hidden fields of the next form."""
    if chosen.narrowed is not None:
        return [("everybody", "1"), *arguments(chosen.narrowed).items()]
    return [("who", member_id.hex) for member_id in sorted(chosen.member_ids)]
