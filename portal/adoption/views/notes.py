"""Notes that a success manager pins to guides and steps for their own people."""

from uuid import UUID

from flask import Response, url_for
from flask.typing import ResponseReturnValue

from portal.access import Action
from portal.adoption.forms import NoteForm
from portal.adoption.views.blueprint import bp
from portal.errors import Invalid
from portal.i18n import gettext as _
from portal.paths.service import fitting, whole
from portal.paths.service import pins as service
from portal.paths.service.pins import Place
from portal.web import entry
from portal.web.auth import requires, viewer
from portal.web.forms import Form
from portal.web.templating import render


@bp.get("/notes")
@requires(Action.LEAD_PEOPLE)
def notes() -> str:
    """All notes of the viewer's organization."""
    found, may_change = service.list_all(viewer()), whole.may_change(viewer())
    return render(
        "adoption/notes",
        notes=[(note, Form(formdata=None)) for note in found],
        paths=fitting.list_paths_to_fit(viewer()) if may_change else [],
        may_change=may_change,
    )


@bp.route("/notes/guides/<slug>", methods=["GET", "POST"])
@requires(Action.LEAD_PEOPLE)
def guide_note(slug: str) -> ResponseReturnValue:
    """Pin a note to a guide, or change it."""
    place = service.get_guide_place(viewer(), slug)
    return _note_page(place, url_for(".guide_note", slug=slug), url_for("paths.guide", slug=slug))


@bp.route("/notes/steps/<uuid:step_id>", methods=["GET", "POST"])
@requires(Action.LEAD_PEOPLE)
def step_note(step_id: UUID) -> ResponseReturnValue:
    """Pin a note to a step, or change it."""
    place = service.get_step_place(viewer(), step_id)
    here = url_for(".step_note", step_id=step_id)
    return _note_page(place, here, url_for("paths.path", slug=place.path_slug))


@bp.post("/notes/<uuid:note_id>/remove")
@requires(Action.LEAD_PEOPLE)
def remove_note(note_id: UUID) -> Response:
    """Take a note off."""
    entry.claim()
    service.remove(viewer(), note_id)
    return entry.done(url_for(".notes"), _("The note is off. You can put it back below."))


@bp.post("/notes/<uuid:note_id>/put-back")
@requires(Action.LEAD_PEOPLE)
def put_note_back(note_id: UUID) -> Response:
    """Show a note again."""
    entry.claim()
    service.put_back(viewer(), note_id)
    return entry.done(url_for(".notes"), _("Your people see the note again."))


def _note_page(place: Place, here: str, shown_on: str) -> ResponseReturnValue:
    is_there = place.note is not None and place.note.removed_at is None
    form = NoteForm(text=place.note.text if place.note and is_there else "")
    if form.posted():
        entry.claim()
        try:
            service.pin(viewer(), place, form.text.data or "")
            return entry.done(shown_on, _("Your people see the note now."))
        except Invalid as error:
            form.take(error)
    page = render(
        "adoption/note",
        form=form,
        place=place,
        here=here,
        shown_on=shown_on,
        note_id=place.note.id if place.note and is_there else None,
        remove_form=Form(formdata=None),
        most=service.LONGEST,
    )
    return page, 422 if form.errors else 200
