"""How the portal runs, on one page; and stopped work is tried again."""

import re
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import insert, select, update

from portal import __version__, clock, jobs, sweeping
from portal.audit import AuditEntry
from portal.backup.models import BackupRun
from portal.ids import new_id
from portal.jobs import Job, Work
from portal.messages.models import Message, MessageClass, MessageState
from tests.factories import World


def page(world: World, signed_in) -> str:
    answer = signed_in(world.admin).get("/operations")
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text))


def test_a_portal_that_runs_well_says_so(world: World, signed_in):
    said = page(world, signed_in)
    assert __version__ in said
    assert "Under a minute" in said
    assert "None yet" in said
    assert "No mail server is set" in said
    assert "None. Whatever is given up" in said


def test_work_that_waits_is_seen(world: World, signed_in, database):
    with database.writing(None) as session:
        late = clock.now() - timedelta(minutes=7, seconds=5)
        jobs.enqueue("tests.late", world.usm.organization_id, "", due_at=late)
        session.commit()
    assert "7 minutes" in page(world, signed_in)


def test_the_last_backup_is_named(world: World, signed_in, database):
    with database.writing(None) as session:
        for days, name in ((9, "old.zip"), (2, "new.zip")):
            made_at = clock.now() - timedelta(days=days)
            session.add(BackupRun(made_at=made_at, seconds=1.0, size=1_500_000, file=name))
        session.commit()
    said = page(world, signed_in)
    assert "new.zip, 1.5 MB" in said
    assert "2 days ago" in said
    assert "old.zip" not in said


@pytest.fixture
def stopped(world: World, database) -> UUID:
    """Work of a customer's that was given up."""
    id_ = new_id()
    with database.writing(None) as session:
        how = dict(due_at=clock.now(), attempts=jobs.MOST_ATTEMPTS, last_error="OSError: broken")
        row = dict(id=id_, kind="tests.stopped", key="", **how)
        session.execute(insert(Work).values(organization_id=world.usm.organization_id, **row))
        session.commit()
    return id_


def test_stopped_work_is_shown_with_its_error(world: World, signed_in, stopped):
    said = page(world, signed_in)
    assert "tests.stopped for Aurora" in said
    assert "OSError: broken" in said


def test_work_in_its_last_attempt_is_not_stopped_yet(world: World, signed_in, stopped, database):
    with database.writing(None) as session:
        session.execute(update(Work).values(claimed_until=clock.now() + timedelta(minutes=1)))
        session.commit()
    assert "tests.stopped" not in page(world, signed_in)


def test_it_is_tried_again_and_done_once(world, signed_in, stopped, database, monkeypatch):
    done = []
    job = Job(lambda *_: lambda: done.append(1), timedelta(minutes=1))
    monkeypatch.setitem(jobs.JOBS, "tests.stopped", job)
    assert sweeping.sweep(database) == 0
    admin = signed_in(world.admin)
    form = {"request_id": str(new_id())}
    for _press in range(2):
        answer = admin.post(f"/operations/work/{stopped}/again", data=form)
        assert answer.location == "/operations"
    assert sweeping.sweep(database) == 1
    assert sweeping.sweep(database) == 0
    assert done == [1]
    with database.across_organizations("a test reads the log") as session:
        entry = session.scalars(
            select(AuditEntry).where(AuditEntry.action == "work.tried_again")
        ).one()
    assert entry.before == {"error": "OSError: broken"}
    assert entry.person_id == world.admin.viewer.person_id


def test_what_is_not_stopped_is_not_there(world: World, signed_in, database):
    admin = signed_in(world.admin)
    assert admin.post(f"/operations/work/{new_id()}/again").status_code == 404
    with database.writing(None) as session:
        jobs.enqueue("tests.waiting", world.usm.organization_id, "")
        waiting = session.scalars(select(Work.id)).one()
        session.commit()
    assert admin.post(f"/operations/work/{waiting}/again").status_code == 404


@pytest.mark.parametrize("who", ["end_user", "usm", "owner", "author", "csm"])
def test_only_admins_look_and_try_again(world: World, signed_in, stopped, database, who: str):
    browser = signed_in(world.everybody[who])
    assert browser.get("/operations").status_code == 403
    assert browser.post(f"/operations/work/{stopped}/again").status_code == 403
    with database.reading(None) as session:
        assert session.scalars(select(Work.attempts)).one() == jobs.MOST_ATTEMPTS


def test_mails_that_failed_are_counted(world: World, signed_in, database, app, monkeypatch):
    settings = app.config["PORTAL"].model_copy(update={"smtp_host": "mail.example"})
    monkeypatch.setitem(app.config, "PORTAL", settings)
    assert "None failed in the last 7 days" in page(world, signed_in)
    with database.writing(world.usm.organization_id) as session:
        for days, error in ((1, "550 no such user"), (30, "too long ago"), (2, "earlier")):
            session.add(
                Message(
                    organization_id=world.usm.organization_id,
                    name="invitation",
                    message_class=MessageClass.SERVICE,
                    recipient="x@aurora.example",
                    subject="",
                    body_text="",
                    body_html="",
                    message_id="<1@x>",
                    state=MessageState.FAILED,
                    last_error=error,
                    created_at=clock.now() - timedelta(days=days),
                )
            )
        session.commit()
    said = page(world, signed_in)
    assert "2 could not be delivered" in said
    assert "last: 550 no such user" in said
