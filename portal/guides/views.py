"""Search, guides and their revisions in the author's library, and guides' media."""

import re
from io import BytesIO

from flask import Blueprint, current_app, redirect, request, send_file, url_for
from flask.typing import ResponseReturnValue

from portal.access import Action
from portal.config import Settings
from portal.errors import Conflict, Invalid
from portal.guides import media
from portal.guides.forms import kit_form, name_of
from portal.guides.service import kit_pdf, pdf, revisions
from portal.guides.service import kits as kit_service
from portal.guides.service import library as guides
from portal.guides.service import search as searching
from portal.guides.service.pdf import TakeAway
from portal.guides.service.search_misses import record_miss
from portal.i18n import gettext as _
from portal.web import entry
from portal.web.auth import requires, viewer
from portal.web.headers import never_changes
from portal.web.templating import render

bp = Blueprint("guides", __name__)

ONLY_DRAW = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox"
_LINK_TO_GUIDE = re.compile(r'(?<=href=")/guides/([a-z0-9-]+)(?:#[^"]*)?(?=")')


@bp.get("/search")
@requires(Action.FOLLOW_PATHS)
def search() -> str:
    """What has the words that somebody typed; what nothing has is noted for the authors."""
    words = " ".join(request.args.get("q", "")[: searching.MOST_CHARACTERS].split())
    found = searching.search(viewer(), words)
    if found.is_miss:
        with entry.database().writing(viewer().organization_id) as session:
            record_miss(viewer(), words)
            session.commit()
    return render("guides/search", found=found, words=words)


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
    # Staff read other guides here as well: the readers' page is not theirs.
    html = _LINK_TO_GUIDE.sub(r"/library/\1", found.html)
    return render("guides/revision", revision=found, html=html)


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


@bp.post("/guides/<slug>/pdf")
@requires(Action.FOLLOW_PATHS)
def ask_for_pdf(slug: str) -> ResponseReturnValue:
    """Have the guide drawn as a PDF."""
    entry.claim()
    pdf.ask_for_pdf(viewer(), slug)
    return entry.done(url_for("guides.take_away", slug=slug))


@bp.get("/guides/<slug>/pdf")
@requires(Action.FOLLOW_PATHS)
def take_away(slug: str) -> ResponseReturnValue:
    """The guide as a PDF, or the page that waits for it."""
    found = pdf.get_pdf(viewer(), slug)
    return _taken_away(found, url_for("paths.guide", slug=slug))


def _taken_away(found: TakeAway, back_url: str) -> ResponseReturnValue:
    if found.pdf is None:
        return render("guides/taken_away", found=found, back_url=back_url, here=request.path)
    return send_file(BytesIO(found.pdf), "application/pdf", download_name=found.file_name)


@bp.get("/kits")
@requires(Action.FOLLOW_PATHS)
def kits() -> str:
    """The kits for the viewer."""
    return render("guides/kits", kits=kit_service.list_kits(viewer()))


@bp.get("/kits/<slug>")
@requires(Action.FOLLOW_PATHS)
def kit(slug: str) -> str:
    """A kit's documents in order."""
    return render("guides/kit", kit=kit_service.get_kit(viewer(), slug))


@bp.route("/kits/<slug>/<document>", methods=["GET", "POST"])
@requires(Action.FOLLOW_PATHS)
def kit_document(slug: str, document: str) -> ResponseReturnValue:
    """A document, read and filled in."""
    if request.method == "POST":
        entry.claim()
    page = kit_service.get_document(viewer(), slug, document)
    form = kit_form(page.fields, page.answers, page.number)
    status = 200
    if request.method == "POST":
        try:
            if form.validate():
                kit_service.fill_in(viewer(), page, form.answers(), form.number.data or 0)
                return entry.done(
                    url_for("guides.kit_document", slug=slug, document=document), _("Saved.")
                )
        except Invalid as error:
            form.take(error)
        except Conflict as error:
            form.take(Invalid("", error.message))
        status = 422
    controls = {field.key: form[name_of(field.key)] for field in page.fields}
    may_fill_in = kit_service.may_fill_in(viewer(), page.filled_by)
    return (
        render(
            "guides/kit_document", page=page, form=form, controls=controls, may_fill_in=may_fill_in
        ),
        status,
    )


@bp.post("/kits/<slug>/<document>/pdf")
@requires(Action.FOLLOW_PATHS)
def ask_for_kit_pdf(slug: str, document: str) -> ResponseReturnValue:
    """Have the document drawn with what is filled in."""
    entry.claim()
    kit_pdf.ask_for_pdf(viewer(), slug, document)
    return entry.done(url_for("guides.take_kit_away", slug=slug, document=document))


@bp.get("/kits/<slug>/<document>/pdf")
@requires(Action.FOLLOW_PATHS)
def take_kit_away(slug: str, document: str) -> ResponseReturnValue:
    """The document as a PDF, or the page that waits for it."""
    found = kit_pdf.get_pdf(viewer(), slug, document)
    return _taken_away(found, url_for("guides.kit_document", slug=slug, document=document))
