"""Pages of a guide, and what its readers post."""

from uuid import UUID

from flask import Response, redirect, url_for
from flask.typing import ResponseReturnValue

from portal.access import Action
from portal.errors import Invalid
from portal.guides.models import GuideKind
from portal.i18n import gettext as _
from portal.ids import new_id
from portal.paths.forms import (
    AnswerForm,
    BeaconForm,
    DismissForm,
    EaseForm,
    IfThenForm,
    ReasonForm,
    TicksForm,
)
from portal.paths.outcome_models import Given, Question
from portal.paths.service import ease as ease_of_guides
from portal.paths.service import openings, outcomes, pins, plans, reading, told, whole
from portal.paths.service import ticks as checklists
from portal.paths.service.releases import list_releases
from portal.paths.views.blueprint import bp, onward_from
from portal.paths.words import answer_words
from portal.web import entry
from portal.web.auth import requires, viewer
from portal.web.forms import posted
from portal.web.slots import slots
from portal.web.templating import render


@bp.get("/guides/<slug>")
@requires(Action.FOLLOW_PATHS)
def guide(slug: str) -> str:
    """A guide to read, and the question whether it worked."""
    parts = [part for part in slots().guide if viewer().may(part.action)]
    found = reading.get_reading(viewer(), slug, [part.rows for part in parts])
    return render(
        "paths/guide",
        reading=found,
        guide=found.guide,
        place=found.place,
        said_of_it=[
            part.html(viewer(), slug)
            for part, says in zip(parts, found.is_there, strict=True)
            if says
        ],
        pins=pins.list_on_guide(viewer(), found.guide.guide_id) if found.has_pins else [],
        may_pin=whole.may_change(viewer()),
        answers=answer_words(found.guide.kind is GuideKind.CHALLENGE),
        request_id=new_id(),
    )


@bp.post("/guides/<slug>/ticks")
@requires(Action.FOLLOW_PATHS)
def ticks(slug: str) -> Response:
    """Keep the ticks of the checklist."""
    form = posted(TicksForm())
    checklists.set_ticks(viewer(), slug, form.ticks.data or [], form.revision_id)
    return entry.done(url_for(".guide", slug=slug, _anchor="checklist"))


@bp.post("/guides/<slug>/answer")
@requires(Action.FOLLOW_PATHS)
def answer(slug: str) -> Response:
    """Keep the answer at once; the reason and the ease are asked on pages of their own."""
    form = posted(AnswerForm())
    entry.claim()
    given = Given.LATER if form.later.data else Given.ON_GUIDE
    said = outcomes.answer(viewer(), slug, form.answer.data, form.revision_id, given)
    told.set_told(viewer(), said.outcome_id, form.tell.data)
    if said.asks_reason:
        return entry.done(url_for(".reason", slug=slug))
    if said.asks_ease:
        return entry.done(url_for(".ease", slug=slug))
    if said.is_new or not said.is_changed:
        return entry.done(onward_from(slug, said.on_path), _("Thank you. Your answer is noted."))
    return entry.done(onward_from(slug, said.on_path), _("Your answer was changed."))


@bp.post("/guides/<slug>/dismiss")
@requires(Action.FOLLOW_PATHS)
def dismiss(slug: str) -> Response:
    """Put the question off."""
    form = posted(DismissForm())
    question = Question.LATER if form.later.data else Question.OUTCOME
    openings.dismiss(viewer(), slug, form.revision_id, question)
    return entry.done(url_for(".home"), _("All right. The question waits at the end of the guide."))


@bp.route("/guides/<slug>/reason", methods=["GET", "POST"])
@requires(Action.FOLLOW_PATHS)
def reason(slug: str) -> ResponseReturnValue:
    """What stood in the way; may be skipped."""
    found = outcomes.find_reason_page(viewer(), slug)
    if found is None:
        return redirect(url_for(".guide", slug=slug))
    form = ReasonForm(obj=found, tell=found.is_told)
    if viewer().may(Action.SEE_PEOPLE):
        form.tell.label.text = _("Tell the other success managers, with my name")
    form.offer_headings(found.headings)
    asks_ease = ease_of_guides.asks(viewer(), slug)
    onward = url_for(".ease", slug=slug) if asks_ease else onward_from(slug, found.on_path)
    if form.posted():
        try:
            _keep_reason(slug, form, found.outcome_id)
            return entry.done(onward, _("Thank you. This helps to mend the guide."))
        except Invalid as error:
            form.take(error)
    page = render(
        "paths/reason",
        form=form,
        page=found,
        said=answer_words(found.is_challenge)[found.answer],
        slug=slug,
        onward=onward,
    )
    return page, 422 if form.errors else 200


def _keep_reason(slug: str, form: ReasonForm, outcome_id: UUID) -> None:
    entry.claim()
    told.set_told(viewer(), outcome_id, form.tell.data)
    outcomes.give_reason(
        viewer(), slug, form.reason.data, form.comment.data, form.failed_at.data or None
    )


@bp.route("/guides/<slug>/ease", methods=["GET", "POST"])
@requires(Action.FOLLOW_PATHS)
def ease(slug: str) -> ResponseReturnValue:
    """How easy a guide was; asked of one in three, and may be skipped."""
    found = ease_of_guides.find_ease_page(viewer(), slug)
    if found is None:
        return redirect(url_for(".guide", slug=slug))
    form = EaseForm(obj=found)
    onward = onward_from(slug, found.on_path)
    if form.posted():
        entry.claim()
        ease_of_guides.give_ease(viewer(), slug, form.ease.data)
        return entry.done(onward, _("Thank you. Your answer is noted."))
    page = render("paths/ease", form=form, page=found, slug=slug, onward=onward)
    return page, 422 if form.errors else 200


@bp.post("/guides/<slug>/if-then")
@requires(Action.FOLLOW_PATHS)
def if_then(slug: str) -> Response:
    """Keep the reader's own line, or take it away."""
    form = IfThenForm()
    if not form.posted():
        raise Invalid("line", " ".join(form.line.errors) or _("The page was incomplete."))
    is_kept = plans.write_if_then(viewer(), slug, form.line.data or "")
    words = _("Your line is kept. You will see it again.") if is_kept else _("Your line is gone.")
    return entry.done(url_for(".guide", slug=slug, _anchor="if-then"), words)


@bp.post("/beacon")
@requires(Action.FOLLOW_PATHS)
def beacon() -> ResponseReturnValue:
    """What the page saw: the guide was open long enough, or the question came into view."""
    form = posted(BeaconForm())
    if form.kind.data == "opened":
        openings.record_opening(viewer(), form.revision_id)
    else:
        is_later = form.kind.data == "shown_later"
        question = Question.LATER if is_later else Question.OUTCOME
        openings.record_shown(viewer(), form.revision_id, question)
    entry.commit()
    return "", 204


@bp.get("/releases")
@requires(Action.FOLLOW_PATHS)
def releases() -> str:
    """What changed in the product for the reader's job."""
    return render("paths/releases", releases=list_releases(viewer()))
