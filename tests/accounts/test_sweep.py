"""What is forgotten, and what is not yet."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import delete, func, select, update

from portal import clock, jobs, sweeping
from portal.accounts.jobs import sweep
from portal.accounts.models import Link, LinkPurpose, WebSession
from portal.accounts.service import links, sign_in
from portal.db import Database
from portal.ids import new_id
from portal.jobs import Work
from portal.schema import Base
from portal.web.models import FormRequest, RateLimit
from tests.factories import World

pytestmark = pytest.mark.database

DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def count(database: Database, model: type[Base]) -> int:
    with database.across_organizations("test") as session:
        return session.execute(select(func.count()).select_from(model)).scalar_one()


def run(database: Database, world: World) -> None:
    sweep(database, world.admin.organization_id, "")()


def test_sessions_are_forgotten_when_they_end(database: Database, world: World) -> None:
    viewer = world.end_user.viewer
    ids = viewer.person_id, viewer.organization_id, viewer.member_id
    with database.writing(None) as session:
        sign_in.open_session(*ids, "ended", lifetime=-DAY)
        sign_in.open_session(*ids, "open")
        session.commit()
    run(database, world)
    assert count(database, WebSession) == 1


def test_links_are_forgotten_a_week_after_their_end(database: Database, world: World) -> None:
    with database.writing(None) as session:
        for days in (-8, -6, 1):
            person_id = world.end_user.viewer.person_id
            links.issue(LinkPurpose.SIGN_IN, person_id, None, None, timedelta(days=days))
        session.commit()
    run(database, world)
    assert count(database, Link) == 2


def test_results_of_forms_are_forgotten_after_a_week_in_every_organization(
    database: Database, world: World
) -> None:
    for persona in (world.end_user, world.stranger):
        with database.writing(persona.organization_id) as session:
            for days in (6, 8):
                session.add(
                    FormRequest(
                        organization_id=persona.organization_id,
                        request_id=new_id(),
                        person_id=persona.viewer.person_id,
                        location="/",
                        created_at=clock.now() - days * DAY,
                    )
                )
            session.commit()
    run(database, world)
    assert count(database, FormRequest) == 2


def test_rate_limits_are_forgotten_after_a_day(database: Database, world: World) -> None:
    with database.writing(None) as session:
        for key, hours in (("old", 25), ("new", 23)):
            changed_at = clock.now() - timedelta(hours=hours)
            session.add(RateLimit(key_hash=key, tokens=1.0, changed_at=changed_at))
        session.commit()
    run(database, world)
    assert count(database, RateLimit) == 1


def test_done_work_is_forgotten_after_a_week_and_other_work_never(
    database: Database, world: World
) -> None:
    with database.writing(None) as session:
        for key, days in (("old", 8), ("new", 6)):
            jobs.enqueue("test", world.admin.organization_id, key)
            work = session.scalars(select(Work).where(Work.key == key)).one()
            work.done_at = clock.now() - days * DAY
        jobs.enqueue("test", world.admin.organization_id, "waiting")
        session.commit()
    run(database, world)
    assert count(database, Work) == 2


def test_work_that_comes_round_is_never_given_up(
    database: Database, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> jobs.Effect:
        raise RuntimeError("the disk is full")

    known = jobs.JOBS["accounts.sweep"]
    monkeypatch.setattr(jobs, "JOBS", {"accounts.sweep": known})
    monkeypatch.setitem(jobs.JOBS, "accounts.sweep", replace(known, handler=broken))
    with database.writing(None) as session:
        jobs.schedule(world.admin.organization_id)
        session.execute(delete(Work).where(Work.kind != "accounts.sweep"))
        session.execute(update(Work).values(attempts=1000))
        session.commit()
    assert sweeping.sweep(database) == 1
    with database.writing(None) as session:
        assert clock.now() < session.scalars(select(Work.due_at)).one() < clock.now() + 2 * HOUR
        assert session.scalars(select(Work).where(*jobs.is_stopped())).all() == []
        session.execute(update(Work).values(due_at=clock.now()))
        session.commit()
    monkeypatch.setitem(jobs.JOBS, "accounts.sweep", known)
    assert sweeping.sweep(database) == 1
    with database.reading(None) as session:
        assert session.scalars(select(Work.attempts)).one() == 0
