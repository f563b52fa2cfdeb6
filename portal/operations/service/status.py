"""How the portal runs: for the admin who looks after it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select, update

from portal import __version__, audit, clock, db, jobs
from portal.access import Action, Viewer, require
from portal.accounts.models import Organization
from portal.backup.models import BackupRun
from portal.errors import NotFound
from portal.jobs import Work
from portal.messages.models import Message, MessageState
from portal.migrations import head

FAILED_DAYS = 7
MOST_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Stopped:
    """Work that was given up after its last attempt."""

    id: UUID
    kind: str
    organization: str
    attempts: int
    due_at: datetime
    error: str


@dataclass(frozen=True, slots=True)
class Status:
    """How the portal runs at this moment."""

    version: str
    database: str
    """`sqlite` or `postgresql`."""
    schema: str | None
    waits: timedelta
    """How long the oldest due work has been waiting for a worker."""
    stopped: Sequence[Stopped]
    last_backup: BackupRun | None
    failed_mails: int
    """In the last `FAILED_DAYS` days."""
    last_mail_error: str | None


def get_status(viewer: Viewer) -> Status:
    """How the portal runs; the session must be open across organizations."""
    require(viewer, Action.OPERATE)
    waiting = jobs.waiting_since()
    failed, error = _failed_mails()
    return Status(
        version=__version__,
        database=db.connection().dialect.name,
        schema=head(),
        waits=clock.now() - waiting if waiting else timedelta(0),
        stopped=_list_stopped(),
        last_backup=db.session()
        .scalars(select(BackupRun).order_by(BackupRun.made_at.desc()).limit(1))
        .one_or_none(),
        failed_mails=failed,
        last_mail_error=error,
    )


def _list_stopped() -> list[Stopped]:
    found = (
        select(Work.id, Work.kind, Organization.name, Work.attempts, Work.due_at, Work.last_error)
        .join(Organization, Organization.id == Work.organization_id)
        .where(*jobs.is_stopped())
        .order_by(Work.due_at)
        .limit(MOST_SHOWN)
    )
    return [
        Stopped(id_, kind, name, attempts, due_at, error or "")
        for id_, kind, name, attempts, due_at, error in db.session().execute(found)
    ]


def _failed_mails() -> tuple[int, str | None]:
    """How many failed lately, and what the server said last."""
    since = clock.now() - timedelta(days=FAILED_DAYS)
    failed = Message.state == MessageState.FAILED, Message.created_at >= since
    last = select(Message.last_error).where(*failed).order_by(Message.created_at.desc()).limit(1)
    found = select(select(func.count()).where(*failed).scalar_subquery(), last.scalar_subquery())
    count, error = db.session().execute(found).one()
    return count, error


def try_again(viewer: Viewer, work_id: UUID) -> None:
    """Let a worker take up stopped work anew. Raises NotFound for what is not stopped."""
    require(viewer, Action.OPERATE)
    anew = (
        update(Work)
        .where(Work.id == work_id, *jobs.is_stopped())
        .values(attempts=0, due_at=clock.now(), claim=None, claimed_until=None)
        .execution_options(synchronize_session=False)
    )
    before = db.session().execute(select(Work.kind, Work.last_error).where(Work.id == work_id))
    found = before.one_or_none()
    if found is None or db.session().connection().execute(anew).rowcount == 0:
        raise NotFound
    audit.record(viewer, "work.tried_again", f"work:{work_id}", before={"error": found.last_error})
    db.session().flush()
