"""The page on which a success manager fits a path to their organization."""

from flask import request, url_for
from flask.typing import ResponseReturnValue

from portal.access import Action
from portal.adoption.forms import FitChange, FitForm
from portal.adoption.views.blueprint import bp
from portal.errors import Invalid
from portal.i18n import gettext as _
from portal.paths.service import enrollments
from portal.paths.service import fitting as service
from portal.web import entry
from portal.web.auth import requires, viewer
from portal.web.templating import render


@bp.route("/paths/<slug>/fit", methods=["GET", "POST"])
@requires(Action.LEAD_PEOPLE)
def fit_path(slug: str) -> ResponseReturnValue:
    """Leave optional steps of a path out, put them back, move them, or undo the last change."""
    form = FitForm()
    if form.posted():
        entry.claim()
        try:
            words = _change(slug, form)
            if not enrollments.recount_few(viewer(), slug):
                later = _("Many are on this path: their progress is counted anew within a minute.")
                words = f"{words} {later}"
            # The step that was pressed stays at hand, also for the keyboard.
            anchor = f"step-{form.step_id}" if form.step_id else None
            return entry.done(url_for(".fit_path", slug=slug, _anchor=anchor), words)
        except Invalid as error:
            form.take(error)
    page = service.get_fit_page(viewer(), slug)
    may_read = viewer().may(Action.FOLLOW_PATHS)
    shown = render("adoption/fit", page=page, form=form, may_read=may_read)
    return shown, 422 if request.method == "POST" else 200


def _change(slug: str, form: FitForm) -> str:
    """Do what the button says; returns what to say of it."""
    who, step_id = viewer(), form.step_id
    if step_id is None:
        if form.deed is FitChange.UNDO:
            service.undo(who, slug)
            return _("The last change is undone.")
        service.fit_as_vendor(who, slug)
        return _("The path is as the vendor made it. You can undo this.")
    if form.deed is FitChange.LEAVE_OUT:
        service.leave_out(who, slug, step_id)
        return _("The step is left out. What your people did there is kept.")
    if form.deed is FitChange.PUT_BACK:
        service.put_back(who, slug, step_id)
        return _("The step is on your people's path again.")
    service.move(who, slug, step_id, up=form.deed is FitChange.UP)
    return _("The step is moved.")
