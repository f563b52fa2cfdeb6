"""Everything stored about oneself, to look at and to take along."""

from uuid import UUID

from flask import Response, request, send_file, url_for

from portal.access import Action
from portal.accounts.service import erasure, exports, stored, stored_rows
from portal.accounts.service.labels import LABELS
from portal.accounts.views.blueprint import HOUR, bp, limit, settings
from portal.errors import NotFound
from portal.i18n import gettext as _
from portal.web import entry
from portal.web.auth import requires, viewer
from portal.web.forms import Form
from portal.web.templating import render


@bp.get("/me/data")
@requires(Action.HAVE_ACCOUNT)
def data() -> str:
    """Everything stored about the viewer, table by table."""
    listed = exports.list_exports(viewer())
    asked = erasure.find_erasure(viewer(), viewer().member_id)
    return render(
        "accounts/data",
        stored=stored.count_stored(viewer()),
        labels=LABELS,
        exports=listed,
        failed=exports.failed_among(viewer(), listed),
        erasure=asked,
        stage=erasure.stage_of(asked) if asked else None,
        days=settings().export_days,
        form=Form(),
    )


@bp.get("/me/data/<name>")
@requires(Action.HAVE_ACCOUNT)
def data_rows(name: str) -> str:
    """What one table holds about the viewer, row by row."""
    page = stored_rows.read_rows(viewer(), name, request.args.get("after"))
    next_url = url_for(".data_rows", name=name, after=page.next) if page.next else None
    return render(
        "accounts/data_rows",
        page=page,
        next_url=next_url,
        start_url=url_for(".data_rows", name=name) if "after" in request.args else None,
        size=stored_rows.PAGE_SIZE,
    )


@bp.post("/me/data/export")
@requires(Action.HAVE_ACCOUNT)
def ask_for_export() -> Response:
    """Have everything written into a file."""
    limit("export", str(viewer().member_id), 10, HOUR)
    entry.claim()
    exports.ask(viewer())
    words = _("Your file is being made. You may leave this page meanwhile.")
    return entry.done(url_for(".data"), words)


@bp.get("/me/data/export/<uuid:export_id>")
@requires(Action.HAVE_ACCOUNT)
def fetch_export(export_id: UUID) -> Response:
    """The file, for whom it is about and nobody else."""
    export = exports.get_ready(viewer(), export_id)
    file = exports.file_of(settings().exports_dir, export.organization_id, export.id)
    if not file.is_file():
        raise NotFound(_("This file is gone. Ask for a new one."))
    name = f"{export.asked_at:%Y-%m-%d}-waymark.zip"
    return send_file(file, "application/zip", as_attachment=True, download_name=name)
