"""The author's pages about what works: library, comments, searches; and what readers are told."""

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, current_app, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from portal import db
from portal.access import Action, Viewer
from portal.effectiveness.forms import CommentForm, read_comment_filter
from portal.effectiveness.service import comments, misses, replies
from portal.effectiveness.service import library as shelves
from portal.effectiveness.service.comments import CommentFilter
from portal.effectiveness.service.library import Sort
from portal.effectiveness.words import SORTS, STATES
from portal.errors import Invalid
from portal.guides.models import GuideKind
from portal.guides.service import library as guides
from portal.guides.service.library import LibraryFilter, Show
from portal.i18n import gettext as _
from portal.messages.service import MailSettings
from portal.paths.words import REASONS
from portal.web import entry
from portal.web.auth import across, enters_later, requires, viewer
from portal.web.slots import GuidePart, Part
from portal.web.templating import render

bp = Blueprint("effectiveness", __name__)

MOST_CHARACTERS = 100
"""Looked at of the words that somebody looks for."""


@bp.get("/library")
@requires(Action.SEE_LIBRARY)
def library() -> str:
    """Every guide on offer with its figures, or those that a sentence in the address describes."""
    wanted, after = _filter(), request.args.get("after")
    counts = guides.count_guides(viewer())
    standard = shelves.default_sort(counts.offered)
    asked = request.args.get("sort", "")
    sort = Sort(asked) if asked in set(Sort) else standard
    shelf = shelves.list_shelf(viewer(), wanted, sort, after)
    here = _arguments(wanted) | ({"sort": sort} if sort is not standard else {})
    next_page = shelf.page.next
    return render(
        "effectiveness/library",
        shelf=shelf,
        page=shelf.page,
        counts=counts,
        wanted=wanted,
        sort=sort,
        sorts=[(str(value), str(label)) for value, label in SORTS.items()],
        next_url=url_for(".library", **here, after=next_page) if next_page else None,
        start_url=url_for(".library", **here) if after else None,
    )


def _filter() -> LibraryFilter:
    """What the address says; a word that it misspells means "all"."""
    show, kind = request.args.get("show", ""), request.args.get("kind", "")
    return LibraryFilter(
        show=Show(show) if show in set(Show) else Show.OFFERED,
        kind=GuideKind(kind) if kind in set(GuideKind) else None,
        words=" ".join(request.args.get("words", "")[:MOST_CHARACTERS].split()),
    )


def _arguments(wanted: LibraryFilter) -> dict[str, Any]:
    given = {
        "show": None if wanted.show is Show.OFFERED else wanted.show,
        "kind": wanted.kind,
        "words": wanted.words,
    }
    return {name: value for name, value in given.items() if value}


@bp.get("/library/searches")
@requires(Action.SEE_LIBRARY)
@across("what people of several customers looked for in vain")
def searches() -> str:
    """What people looked for and nothing had."""
    return render("effectiveness/searches", misses=misses.list_misses(viewer()))


@bp.get("/library/<slug>/answers")
@requires(Action.SEE_LIBRARY)
@across("what readers of all customers said of a guide, without their names")
def answers(slug: str) -> str:
    """A guide's figures, and what readers said did not work."""
    return _answers(slug, None, None)


@bp.post("/library/<slug>/answers/<uuid:comment_id>")
@requires(Action.SEE_LIBRARY)
@enters_later
def answer(slug: str, comment_id: UUID) -> ResponseReturnValue:
    """Say what becomes of a comment. The session enters its organization, which stays unnamed."""
    form = CommentForm()
    with entry.database().across_organizations("whose a comment is"):
        organization_id, outcome_id = comments.find_place(slug, comment_id)
    if form.posted():
        db.scope().enter(organization_id)
        try:
            # Without it, one id for two comments would tell whether they are of one organization.
            entry.claim(about=comment_id)
            _keep(organization_id, outcome_id, form)
            return entry.done(_back(slug), _("Noted. Whoever wrote it sees your answer."))
        except Invalid as error:
            form.take(error)
    with entry.database().across_organizations("the page of comments again, with its errors"):
        return _answers(slug, comment_id, form), 422


def _keep(organization_id: UUID, outcome_id: UUID, form: CommentForm) -> None:
    reply = form.reply.data or ""
    mail = MailSettings.of(current_app.config["PORTAL"])
    comments.answer_comment(viewer(), organization_id, outcome_id, form.state.data, reply, mail)


def _back(slug: str) -> str:
    """To the page of comments that was answered on, narrowed as it was."""
    here = _narrowed(read_comment_filter(request.args))
    return url_for(".answers", slug=slug, after=request.args.get("after"), **here)


def _narrowed(wanted: CommentFilter) -> dict[str, Any]:
    given = {"state": wanted.state, "reason": wanted.reason}
    return {name: value for name, value in given.items() if value}


def _answers(slug: str, comment_id: UUID | None, posted: CommentForm | None) -> str:
    guide, wanted = guides.get_guide(viewer(), slug), read_comment_filter(request.args)
    after = request.args.get("after")
    is_sample = shelves.shows_sample()
    page = comments.list_comments(viewer(), guide, is_sample, wanted, after)
    here = _narrowed(wanted)
    return render(
        "effectiveness/answers",
        guide=guide,
        figure_of=shelves.find_figure(viewer(), guide.id, is_sample),
        is_sample=is_sample,
        revisions=shelves.list_revision_figures(viewer(), guide.id, is_sample),
        reasons=comments.count_reasons(viewer(), guide, is_sample),
        page=page,
        forms={c.id: posted if c.id == comment_id else _form_of(c) for c in page.rows},
        failed=posted,
        wanted=wanted,
        here=here | ({"after": after} if after else {}),
        states=[(str(value), str(label)) for value, label in STATES.items()],
        state_words={str(value): str(label) for value, label in STATES.items()},
        reason_words={str(value): str(label) for value, label in REASONS.items()},
        next_url=url_for(".answers", slug=slug, **here, after=page.next) if page.next else None,
        start_url=url_for(".answers", slug=slug, **here) if after else None,
    )


def _form_of(comment: comments.Comment) -> CommentForm:
    form = CommentForm(formdata=None, state=comment.state, reply=comment.reply)
    for field in form:
        field.id = f"{field.id}-{comment.id}"
    return form


def on_home(viewer: Viewer) -> Markup:
    """What home says of an author's answers to one's own comments."""
    html = render("effectiveness/on_home", told=replies.list_told(viewer))
    return Markup(html)  # noqa: S704 - made by a template that escapes


ON_HOME = Part(replies.TOLD, on_home, Action.FOLLOW_PATHS)


def on_guide(viewer: Viewer, slug: str) -> Markup:
    """What a guide's page says of its author's answers to the reader's own comments there."""
    html = render("effectiveness/on_guide", told=replies.list_told_on(viewer, slug))
    return Markup(html)  # noqa: S704 - made by a template that escapes


ON_GUIDE = GuidePart(replies.TOLD_ON, on_guide, Action.FOLLOW_PATHS)


@bp.post("/answers/<uuid:comment_id>/read")
@requires(Action.FOLLOW_PATHS)
def put_away(comment_id: UUID) -> Response:
    """Put an author's answer away."""
    entry.claim()
    replies.put_away(viewer(), comment_id)
    return entry.done(url_for("paths.home"))
