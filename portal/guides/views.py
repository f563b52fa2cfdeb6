"""Search, the author's library (guides, their revisions, what lint says), and guides' media."""

from flask import Blueprint, current_app, redirect, request, send_file, url_for
from flask.typing import ResponseReturnValue

from portal.access import Action
from portal.config import Settings
from portal.guides import media
from portal.guides.models import GuideKind
from portal.guides.service import library as guides
from portal.guides.service import revisions
from portal.guides.service import search as searching
from portal.guides.service.library import LibraryFilter, Show
from portal.web import entry
from portal.web.auth import requires, viewer
from portal.web.headers import never_changes
from portal.web.templating import render

bp = Blueprint("guides", __name__)

MOST_CHARACTERS = 100
"""Looked at of the words that somebody looks for."""

ONLY_DRAW = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox"


@bp.get("/search")
@requires(Action.FOLLOW_PATHS)
def search() -> str:
    """What has the words that somebody typed; what nothing has is noted for the authors."""
    words = " ".join(request.args.get("q", "")[: searching.MOST_CHARACTERS].split())
    found = searching.search(viewer(), words)
    if found.is_miss:
        with entry.database().writing(viewer().organization_id) as session:
            searching.record_miss(viewer(), words)
            session.commit()
    return render("guides/search", found=found, words=words)


@bp.get("/library")
@requires(Action.SEE_LIBRARY)
def library() -> str:
    """Every guide on offer, or those that a sentence in the address describes."""
    wanted, after = _filter(), request.args.get("after")
    page = guides.list_guides(viewer(), wanted, after)
    next_url = _library_url(wanted, after=page.next) if page.next else None
    return render(
        "guides/library",
        page=page,
        counts=guides.count_guides(viewer()),
        wanted=wanted,
        next_url=next_url,
        start_url=_library_url(wanted) if after else None,
    )


def _filter() -> LibraryFilter:
    """What the address says; a word that it misspells means "all"."""
    show, kind = request.args.get("show", ""), request.args.get("kind", "")
    return LibraryFilter(
        show=Show(show) if show in set(Show) else Show.OFFERED,
        kind=GuideKind(kind) if kind in set(GuideKind) else None,
        words=" ".join(request.args.get("words", "")[:MOST_CHARACTERS].split()),
    )


def _library_url(wanted: LibraryFilter, after: str | None = None) -> str:
    show = None if wanted.show is Show.OFFERED else wanted.show
    return url_for(
        "guides.library", show=show, kind=wanted.kind, words=wanted.words or None, after=after
    )


@bp.get("/library/<slug>")
@requires(Action.SEE_LIBRARY)
def guide(slug: str) -> str:
    """One guide: what waits for its author, and its revisions."""
    found, after = guides.get_guide(viewer(), slug), request.args.get("after")
    page = revisions.list_revisions(viewer(), found, after)
    here = url_for("guides.guide", slug=slug)
    next_url = url_for("guides.guide", slug=slug, after=page.next) if page.next else None
    return render(
        "guides/guide", guide=found, page=page, next_url=next_url, start_url=here if after else None
    )


@bp.get("/library/<slug>/<language>/<int(max=1000000):number>")
@requires(Action.SEE_LIBRARY)
def revision(slug: str, language: str, number: int) -> str:
    """One revision as its readers saw it."""
    found = revisions.get_revision(viewer(), slug, language, number)
    return render("guides/revision", revision=found)


@bp.get("/library/<slug>/<language>/<int(max=1000000):number>/changes")
@requires(Action.SEE_LIBRARY)
def changes(slug: str, language: str, number: int) -> str:
    """What changed since the revision before."""
    found = revisions.get_changes(viewer(), slug, language, number)
    return render("guides/changes", changes=found)


@bp.get("/guides/media/<digest>/<path:name>")
@requires(Action.HAVE_ACCOUNT)
@never_changes
def medium(digest: str, name: str) -> ResponseReturnValue:
    """A picture, a video or its captions.

    The page of an older revision names the hash of a file that is no more: it is led to the one
    that has its name today.
    """
    settings: Settings = current_app.config["PORTAL"]
    path, current = media.locate(settings.content_dir, name)
    if current != digest:
        return redirect(url_for("guides.medium", digest=current, name=name))
    answer = send_file(path, conditional=True)
    if path.suffix.lower() == ".svg":
        # Opened by itself, it is a document: it draws, and nothing else.
        answer.headers["Content-Security-Policy"] = ONLY_DRAW
    return answer
