"""Taking along everything stored about oneself: a ZIP of JSON and CSV, kept for some days."""

import io
import json
import zipfile
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from portal import clock, db, jobs, spreadsheets
from portal.access import Viewer
from portal.accounts.models import Member, Organization, Person
from portal.accounts.privacy_models import Export, ExportState
from portal.accounts.service import stored
from portal.accounts.service.labels import LABELS
from portal.errors import NotFound
from portal.i18n import gettext as _
from portal.ids import new_id
from portal.personal import Whom

KIND = "accounts.export"


def file_of(folder: Path, organization_id: UUID, export_id: UUID) -> Path:
    """Where an export's file is, below the folder of all exports."""
    return folder / str(organization_id) / f"{export_id}.zip"


def ask(viewer: Viewer) -> Export:
    """Ask for an export; one that is being made already is begun anew."""
    for export in list_exports(viewer):
        if export.state == ExportState.WAITING:
            jobs.enqueue(KIND, viewer.organization_id, export.id.hex)
            return export
    export = Export(
        organization_id=viewer.organization_id,
        id=new_id(),
        member_id=viewer.member_id,
        state=ExportState.WAITING,
        total=len(stored.table_names(stored.whom(viewer))),
        asked_at=clock.now(),
    )
    db.session().add(export)
    db.session().flush()
    jobs.enqueue(KIND, viewer.organization_id, export.id.hex)
    return export


def list_exports(viewer: Viewer) -> Sequence[Export]:
    """The viewer's exports that can still be fetched or are being made, the latest first."""
    mine = select(Export).where(
        Export.organization_id == viewer.organization_id, Export.member_id == viewer.member_id
    )
    found = db.session().scalars(mine.order_by(Export.id.desc()).limit(10))
    return [one for one in found if one.expires_at is None or one.expires_at > clock.now()]


def failed_among(viewer: Viewer, listed: Sequence[Export]) -> set[UUID]:
    """Which of these exports were given up; asking again begins them anew."""
    waiting = [one.id.hex for one in listed if one.state == ExportState.WAITING]
    return {UUID(key) for key in jobs.stopped_among(KIND, viewer.organization_id, waiting)}


def get_ready(viewer: Viewer, export_id: UUID) -> Export:
    """An export of the viewer's own that can be fetched. Raises NotFound."""
    for export in list_exports(viewer):
        if export.id == export_id and export.state == ExportState.READY:
            return export
    raise NotFound(_("This file is gone. Ask for a new one."))


def list_files(organization_id: UUID) -> set[str]:
    """Names of the files that an organization's exports have."""
    found = select(Export.id).where(Export.organization_id == organization_id)
    return {f"{id_}.zip" for id_ in db.session().scalars(found)}


def find_waiting(organization_id: UUID, export_id: UUID) -> tuple[Whom, str] | None:
    """For whom an export is to be made, in which language; None where it was made or is gone."""
    found = (
        select(Member.id, Member.person_id, Person.locale, Organization.locale)
        .join(
            Export,
            (Export.organization_id == Member.organization_id) & (Export.member_id == Member.id),
        )
        .join(Person, Person.id == Member.person_id)
        .join(Organization, Organization.id == Member.organization_id)
        .where(
            Member.organization_id == organization_id,
            Export.organization_id == organization_id,
            Export.id == export_id,
            Export.state == ExportState.WAITING,
        )
    )
    row = db.session().execute(found).one_or_none()
    if row is None:
        return None
    member_id, person_id, own, theirs = row
    return Whom(organization_id, member_id, person_id), own or theirs


def note_progress(organization_id: UUID, export_id: UUID, done: int) -> None:
    """Write down how many tables are written."""
    mine = Export.organization_id == organization_id, Export.id == export_id
    db.session().execute(update(Export).where(*mine).values(done=done))


def finish(organization_id: UUID, export_id: UUID, size: int, days: int) -> None:
    """Write down that the file can be fetched, for a number of days."""
    now = clock.now()
    mine = Export.organization_id == organization_id, Export.id == export_id
    values = dict(state=ExportState.READY, size=size, ready_at=now, done=Export.total)
    until = now + timedelta(days=days)
    db.session().execute(update(Export).where(*mine).values(**values, expires_at=until))


def forget_expired(organization_id: UUID, now: datetime) -> None:
    """Delete the rows of exports whose days are over."""
    db.session().execute(
        Export.__table__.delete().where(  # type: ignore[attr-defined]
            Export.organization_id == organization_id, Export.expires_at < now
        )
    )


def write_zip(
    tables: Iterator[tuple[str, list[dict[str, Any]]]], progress: Callable[[int], None]
) -> bytes:
    """A ZIP with a JSON and a CSV file for each table that has rows, and a list in words."""
    made, said = io.BytesIO(), []
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, (name, rows) in enumerate(tables, start=1):
            if rows:
                said.append(f"{name}: {label(name)} ({len(rows)})")
                archive.writestr(f"{name}.json", json.dumps(rows, ensure_ascii=False, indent=2))
                archive.writestr(f"{name}.csv", _csv(rows))
            progress(number)
        archive.writestr("README.txt", "\n".join([_("What is in this file"), "", *said, ""]))
    return made.getvalue()


def label(name: str) -> str:
    """A table in words; of deeds, that they are deeds."""
    words = str(LABELS[name.removesuffix("-done")][0])
    return _("%(what)s: what you did there", what=words) if name.endswith("-done") else words


def _csv(rows: list[dict[str, Any]]) -> str:
    return spreadsheets.write([list(rows[0]), *(map(cell, row.values()) for row in rows)])


def cell(value: Any) -> Any:
    """A value as one cell."""
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list | dict) else value
