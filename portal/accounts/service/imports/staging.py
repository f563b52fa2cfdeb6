"""A file that was checked: kept line by line until somebody starts or discards it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select, update

from portal import audit, clock, db, jobs, paging
from portal.access import Action, Viewer, require
from portal.accounts.import_models import ImportRow, PeopleImport, Verdict
from portal.accounts.service.imports import judging, known
from portal.accounts.service.imports.files import Sheet
from portal.accounts.service.imports.judging import Judged, Line
from portal.errors import Conflict, NotFound
from portal.i18n import gettext as _
from portal.ids import new_id
from portal.inserts import insert_many
from portal.paging import Page

WORK = "accounts.import"
PAGE = 60
CHUNK = 250
"""Rows written in one short transaction."""
KEEP = timedelta(days=30)
"""How long a file and what came of it can be looked at: it names people."""


@dataclass(frozen=True, slots=True)
class Checked:
    """A file with what would become of each line; nothing of it is written yet."""

    row: dict[str, Any]
    lines: list[dict[str, Any]]

    @property
    def id(self) -> UUID:
        """The import's."""
        found: UUID = self.row["id"]
        return found


def check(viewer: Viewer, sheet: Sheet, file_name: str, is_everybody: bool) -> Checked:
    """Say line by line what a file would do. Changes nothing."""
    require(viewer, Action.INVITE_PEOPLE)
    rules, members = known.rules_of(viewer), known.list_known(viewer)
    keys, ids = known.by_key(members), known.by_external_id(members)
    import_id, lines = new_id(), judging.read_lines(sheet)
    rows = [_row(line, judging.judge(line, keys, ids, rules)) for line in lines]
    if is_everybody:
        named = {line.email_key for line in lines}
        rows += [
            _row(_line_of(member), judging.judge_absent(member, rules))
            for member in members
            if member.is_reached and not member.has_left and member.email_key not in named
        ]
    of_import = dict(organization_id=viewer.organization_id, import_id=import_id)
    for number, row in enumerate(rows, start=1):
        row.update(of_import, number=number)
    counts = Counter(str(row["verdict"]) for row in rows)
    return Checked(
        dict(
            organization_id=viewer.organization_id,
            id=import_id,
            person_id=viewer.person_id,
            display_name=viewer.display_name,
            limited_to=viewer.limited_to,
            roles_to_give=rules.roles_to_give,
            file_name=file_name[-200:],
            encoding=sheet.encoding,
            delimiter=sheet.delimiter,
            ignored=sheet.ignored,
            is_everybody=is_everybody,
            is_ready=False,
            sends_mail=False,
            rows_total=len(rows),
            rows_done=0,
            counts=dict(counts),
            created_at=clock.now(),
        ),
        rows,
    )


def _line_of(member: judging.Known) -> Line:
    return Line(0, member.email_key, member.email_key, member.display_name)


def _row(line: Line, judged: Judged) -> dict[str, Any]:
    return dict(
        line=line.line or None,
        email=line.email,
        email_key=line.email_key,
        display_name=line.display_name,
        wanted=line.wanted,
        verdict=judged.verdict,
        changes=dict(judged.changes),
        problems=[list(problem) for problem in judged.problems],
        member_id=judged.member_id or new_id(),
    )


def begin(checked: Checked) -> None:
    """Write the import itself; its rows follow in chunks, each in a transaction of its own."""
    insert_many(PeopleImport, [checked.row])
    organization_id, until = checked.row["organization_id"], clock.now() + KEEP
    jobs.enqueue("accounts.forget_import", organization_id, checked.id.hex, due_at=until)


def put(rows: Sequence[dict[str, Any]]) -> None:
    """Write some of its rows."""
    insert_many(ImportRow, rows)


def make_ready(viewer: Viewer, import_id: UUID) -> None:
    """All rows are there."""
    mine = update(PeopleImport).where(
        PeopleImport.organization_id == viewer.organization_id, PeopleImport.id == import_id
    )
    db.session().execute(mine.values(is_ready=True))


def get_import(viewer: Viewer, import_id: UUID) -> PeopleImport:
    """An import of the viewer's organization. Raises NotFound.

    Who is limited to a team finds only what they brought themselves under that limit.
    """
    found = select(PeopleImport).where(
        PeopleImport.organization_id == viewer.organization_id,
        PeopleImport.id == import_id,
        *_visible(viewer),
    )
    brought = db.session().scalars(found).one_or_none()
    if brought is None:
        raise NotFound
    return brought


def list_imports(viewer: Viewer) -> Sequence[PeopleImport]:
    """The latest imports, the newest first."""
    found = select(PeopleImport).where(
        PeopleImport.organization_id == viewer.organization_id, *_visible(viewer)
    )
    newest = found.order_by(PeopleImport.created_at.desc(), PeopleImport.id.desc())
    return db.session().scalars(newest.limit(10)).all()


def _visible(viewer: Viewer) -> list[Any]:
    which: list[Any] = [PeopleImport.is_ready]
    if viewer.limited_to is not None:
        which += [
            PeopleImport.person_id == viewer.person_id,
            PeopleImport.limited_to == viewer.limited_to,
        ]
    return which


_SHOWN = (
    ImportRow.line,
    ImportRow.email,
    ImportRow.display_name,
    ImportRow.verdict,
    ImportRow.changes,
    ImportRow.problems,
    ImportRow.member_id,
)


def list_rows(
    viewer: Viewer, brought: PeopleImport, verdict: Verdict | None, after: str | None
) -> Page[Any]:
    """One page of an import's rows, in the order of the file. Raises Invalid for `after`."""
    query = select(ImportRow.number, *_SHOWN).where(
        ImportRow.organization_id == viewer.organization_id, ImportRow.import_id == brought.id
    )
    if verdict:
        query = query.where(ImportRow.verdict == verdict)
    order = [(ImportRow.number.expression, lambda row: row.number)]
    return paging.paginate(query, order, after, PAGE)


def export_rows(viewer: Viewer, brought: PeopleImport) -> Sequence[Any]:
    """All rows of an import, in one statement."""
    query = select(*_SHOWN).where(
        ImportRow.organization_id == viewer.organization_id, ImportRow.import_id == brought.id
    )
    return db.session().execute(query.order_by(ImportRow.number)).all()


def start(viewer: Viewer, import_id: UUID, sends_mail: bool) -> PeopleImport:
    """Let the worker do what was checked; a repeat changes nothing. Raises NotFound, Conflict."""
    require(viewer, Action.INVITE_PEOPLE)
    brought = get_import(viewer, import_id)
    if brought.started_at is not None:
        return brought
    if brought.person_id != viewer.person_id or brought.limited_to != viewer.limited_to:
        raise Conflict(_("Only who brought this file can start it. Bring it again yourself."))
    brought.started_at, brought.sends_mail = clock.now(), sends_mail
    audit.record(viewer, "import.started", f"people_import:{import_id}", after=brought.counts)
    db.session().flush()
    jobs.enqueue(WORK, viewer.organization_id, import_id.hex)
    return brought


def failed_among(viewer: Viewer, listed: Sequence[PeopleImport]) -> set[UUID]:
    """Which of these imports the worker gave up, with some of their lines undone."""
    begun = [one.id.hex for one in listed if one.started_at and not one.finished_at]
    return {UUID(key) for key in jobs.stopped_among(WORK, viewer.organization_id, begun)}


def try_again(viewer: Viewer, import_id: UUID) -> None:
    """Let the worker go on where it gave up. Raises NotFound, Conflict."""
    require(viewer, Action.INVITE_PEOPLE)
    brought = get_import(viewer, import_id)
    if not failed_among(viewer, [brought]):
        raise Conflict(_("This file is being worked through already."))
    audit.record(viewer, "import.tried_again", f"people_import:{import_id}")
    jobs.enqueue(WORK, viewer.organization_id, import_id.hex)


def discard(viewer: Viewer, import_id: UUID) -> None:
    """Forget a file that was not started. Raises NotFound, Conflict."""
    brought = get_import(viewer, import_id)
    if brought.started_at is not None:
        raise Conflict(_("This file is being worked through already."))
    _delete(viewer.organization_id, [brought.id])


def forget(organization_id: UUID, import_id: UUID) -> None:
    """Delete what was kept long enough: files name people."""
    _delete(organization_id, [import_id])


def _delete(organization_id: UUID, import_ids: Sequence[UUID]) -> None:
    db.session().execute(
        delete(ImportRow).where(
            ImportRow.organization_id == organization_id, ImportRow.import_id.in_(import_ids)
        )
    )
    db.session().execute(
        delete(PeopleImport).where(
            PeopleImport.organization_id == organization_id, PeopleImport.id.in_(import_ids)
        )
    )


def count_verdicts(organization_id: UUID, import_id: UUID) -> dict[str, int]:
    """Rows by verdict, as they stand now."""
    counted = (
        select(ImportRow.verdict, func.count())
        .where(ImportRow.organization_id == organization_id, ImportRow.import_id == import_id)
        .group_by(ImportRow.verdict)
    )
    return {str(verdict): number for verdict, number in db.session().execute(counted)}
