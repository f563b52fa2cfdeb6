"""Bringing many people in from a file: choose it, see what it would do, start, follow."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Response, request, url_for
from flask.typing import ResponseReturnValue

from portal.access import Action
from portal.accounts import import_words
from portal.accounts.import_forms import EVERYBODY, ImportForm, StartForm
from portal.accounts.import_models import Verdict
from portal.accounts.service.imports import files, staging
from portal.accounts.service.imports.staging import CHUNK, Checked
from portal.accounts.views.blueprint import HOUR, bp, limit, sends_mail, shown
from portal.errors import Invalid
from portal.i18n import gettext as _
from portal.spreadsheets import write
from portal.web import entry
from portal.web.auth import requires, takes, viewer
from portal.web.forms import Form
from portal.web.templating import render

LARGEST_FILE = 8 * 1024 * 1024


@bp.route("/people/import", methods=["GET", "POST"])
@requires(Action.INVITE_PEOPLE)
@takes(LARGEST_FILE)
def import_people() -> ResponseReturnValue:
    """Choose a file, and see what it would do before anything happens."""
    form = ImportForm(meaning="these")
    if form.posted():
        limit("import", str(viewer().person_id), 30, HOUR)
        try:
            return _stage(form)
        except Invalid as error:
            form.take(error)
    listed = staging.list_imports(viewer())
    page = render(
        "accounts/import_people",
        form=form,
        imports=listed,
        failed=staging.failed_among(viewer(), listed),
        most=files.MOST_PEOPLE,
    )
    return shown(page, form)


def _stage(form: ImportForm) -> Response:
    """Check a file and keep what was found; the long part in short transactions of its own."""
    sheet = files.read(form.file.data.read())
    organization_id = viewer().organization_id
    with entry.database().reading(organization_id):
        name = form.file.data.filename or ""
        checked = staging.check(viewer(), sheet, name, form.meaning.data == EVERYBODY)
    _keep(checked, organization_id)
    entry.claim()
    staging.make_ready(viewer(), checked.id)
    return entry.done(url_for(".people_import", import_id=checked.id))


def _keep(checked: Checked, organization_id: UUID) -> None:
    with entry.database().writing(organization_id) as session:
        staging.begin(checked)
        session.commit()
    for start in range(0, len(checked.lines), CHUNK):
        with entry.database().writing(organization_id) as session:
            staging.put(checked.lines[start : start + CHUNK])
            session.commit()


@bp.get("/people/import/<uuid:import_id>")
@requires(Action.INVITE_PEOPLE)
def people_import(import_id: UUID) -> str:
    """What a file would do, how far it is, or what it did: line by line."""
    brought = staging.get_import(viewer(), import_id)
    chosen, after = _verdict(), request.args.get("after")
    page = staging.list_rows(viewer(), brought, chosen, after)
    entry.stand_in_reads((row.member_id for row in page.rows), _("Standing in: a file brought in"))
    here: dict[str, Any] = {"import_id": import_id} | ({"show": chosen.value} if chosen else {})
    next_url = url_for(".people_import", **here, after=page.next) if page.next else None
    return render(
        "accounts/people_import",
        brought=brought,
        has_failed=bool(staging.failed_among(viewer(), [brought])),
        counts={verdict.value: brought.counts.get(verdict.value, 0) for verdict in Verdict},
        rows=page.rows,
        words=import_words.AFTER if brought.finished_at else import_words.BEFORE,
        details=import_words.details,
        verdicts=[v for v in Verdict if brought.counts.get(v.value)],
        chosen=chosen,
        form=StartForm(sends_mail=sends_mail()),
        discard_form=Form(),
        can_mail=sends_mail(),
        is_own=brought.person_id == viewer().person_id,
        size=staging.PAGE,
        next_url=next_url,
        start_url=url_for(".people_import", **here) if after else None,
    )


def _verdict() -> Verdict | None:
    try:
        return Verdict(request.args["show"]) if request.args.get("show") else None
    except ValueError:
        words = _("The address asks for something this list does not know. Clear its filter.")
        raise Invalid("show", words) from None


@bp.get("/people/import/<uuid:import_id>/result.csv")
@requires(Action.INVITE_PEOPLE)
def import_csv(import_id: UUID) -> Response:
    """The same lines as a file."""
    brought = staging.get_import(viewer(), import_id)
    found = staging.export_rows(viewer(), brought)
    entry.stand_in_reads((row.member_id for row in found), _("Standing in: a file brought in"))
    words = import_words.AFTER if brought.finished_at else import_words.BEFORE
    head = (_("Line"), _("E-mail address"), _("Name"), _("Result"), _("Details"))
    rows = [
        (
            row.line or "",
            row.email,
            row.display_name,
            str(words[row.verdict]),
            import_words.details(row),
        )
        for row in found
    ]
    body = write([head, *rows])
    disposition = f'attachment; filename="import-{brought.created_at:%Y-%m-%d}.csv"'
    return Response(body, mimetype="text/csv", headers={"Content-Disposition": disposition})


def _cells(row: Any, words: Mapping[Verdict, Any]) -> tuple[object, ...]:
    details = import_words.details(row)
    return row.line or "", row.email, row.display_name, str(words[row.verdict]), details


@bp.post("/people/import/<uuid:import_id>/start")
@requires(Action.INVITE_PEOPLE)
def start_import(import_id: UUID) -> ResponseReturnValue:
    """Do what was checked, in the background."""
    form = StartForm()
    entry.claim()
    staging.start(viewer(), import_id, bool(form.sends_mail.data))
    return entry.done(url_for(".people_import", import_id=import_id))


@bp.post("/people/import/<uuid:import_id>/again")
@requires(Action.INVITE_PEOPLE)
def try_import_again(import_id: UUID) -> Response:
    """Go on with a file on which the worker gave up."""
    entry.claim()
    staging.try_again(viewer(), import_id)
    return entry.done(url_for(".people_import", import_id=import_id))


@bp.post("/people/import/<uuid:import_id>/discard")
@requires(Action.INVITE_PEOPLE)
def discard_import(import_id: UUID) -> ResponseReturnValue:
    """Forget a file before anything was done."""
    entry.claim()
    staging.discard(viewer(), import_id)
    return entry.done(url_for(".import_people"), _("The file is forgotten. Nothing was changed."))
