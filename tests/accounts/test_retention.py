"""What is kept in time: answers lose their names, messages go, and nothing else does."""

from datetime import timedelta

import pytest
from sqlalchemy import func, insert, select

from portal import audit, clock, jobs, sweeping
from portal.accounts import jobs as accounts_jobs
from portal.accounts.privacy_models import StaffLook
from portal.accounts.service import retention
from portal.audit import AuditEntry
from portal.db import Database
from portal.effectiveness.jobs import recount_all
from portal.effectiveness.models import GuideFigure
from portal.ids import new_id
from portal.messages.models import ContactLog, Message
from portal.paths.follow_up_models import FollowUp, GoalWord
from portal.paths.outcome_models import Opening, Outcome, OutcomeChange
from tests.accounts.test_erasing import answer_as, colleagues, counted_no, follow_up_as, rows
from tests.factories import Library, World

pytestmark = pytest.mark.database

assert accounts_jobs, "imported for what it registers"


def retain(database: Database, world: World) -> None:
    effect = jobs.JOBS["accounts.retain"].handler(database, world.admin.organization_id, "")
    with database.writing(None) as session:
        effect()
        session.commit()


def write(database: Database, world: World, state: str = "sent") -> None:
    ours, now = world.usm.organization_id, clock.now()
    texts = dict(name="x", recipient="x", subject="x", body_text="x", body_html="x", message_id="x")
    with database.writing(ours) as session:
        row = dict(organization_id=ours, id=new_id(), message_class="service", state=state)
        session.execute(insert(Message).values(**row, **texts, attempts=0, created_at=now))
        person_id = world.end_user.viewer.person_id
        contact = dict(id=new_id(), person_id=person_id, message_class="success")
        session.execute(insert(ContactLog).values(**contact, is_question=False, at=now))
        session.commit()


def counted(database: Database, world: World, model: type) -> int:
    with database.across_organizations("a test counts") as session:
        return session.scalars(select(func.count()).select_from(model)).one()


def test_answers_of_five_lose_their_names_after_24_months(
    database: Database, world: World, library: Library
) -> None:
    answer_as(database, library, [world.end_user, *colleagues(database, world, 4)])
    with clock.standing_at(clock.now() + timedelta(days=729)):
        retain(database, world)
        assert all(outcome.member_id for outcome in rows(database, world, Outcome))
    with clock.standing_at(clock.now() + timedelta(days=731)):
        retain(database, world)
        retain(database, world)
    outcomes = rows(database, world, Outcome)
    assert len(outcomes) == 5
    assert {(o.member_id, o.comment, o.job, o.answer) for o in outcomes} == {
        (None, None, None, "no")
    }
    assert {o.member_id for o in rows(database, world, Opening)} == {None}
    assert {c.comment for c in rows(database, world, OutcomeChange)} == {None}


def test_so_do_follow_ups_and_words_about_goals(
    database: Database, world: World, library: Library
) -> None:
    follow_up_as(database, library, [world.end_user, *colleagues(database, world, 4)])
    with clock.standing_at(clock.now() + timedelta(days=731)):
        retain(database, world)
    for model in (FollowUp, GoalWord):
        found = rows(database, world, model)
        assert {(row.member_id, row.enrollment_id) for row in found} == {(None, None)}
        assert len(found) == 5


def test_answers_of_fewer_go(database: Database, world: World, library: Library) -> None:
    answer_as(database, library, [world.end_user, *colleagues(database, world, 3)])
    with clock.standing_at(clock.now() + timedelta(days=731)):
        retain(database, world)
    for model in (Outcome, Opening, OutcomeChange):
        assert rows(database, world, model) == []


def test_figures_do_not_count_answers_that_went(
    database: Database, world: World, library: Library
) -> None:
    answer_as(database, library, [world.end_user, *colleagues(database, world, 3)])
    recount_all(database)
    assert counted_no(database, library) == 4
    with clock.standing_at(clock.now() + timedelta(days=731)):
        retain(database, world)
        while sweeping.sweep(database):
            pass
    with database.reading(None) as session:
        assert session.scalars(select(GuideFigure)).all() == []


def test_a_young_answer_keeps_its_name_beside_old_ones(
    database: Database, world: World, library: Library
) -> None:
    answer_as(database, library, colleagues(database, world, 5))
    with clock.standing_at(clock.now() + timedelta(days=700)):
        answer_as(database, library, [world.end_user])
    with clock.standing_at(clock.now() + timedelta(days=731)):
        retain(database, world)
    named = [o.member_id for o in rows(database, world, Outcome) if o.member_id]
    assert named == [world.end_user.member_id]
    assert len(rows(database, world, Outcome)) == 6


def test_more_than_a_chunk_is_forgotten_in_one_run(
    database: Database, world: World, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "CHUNK", 2)
    answer_as(database, library, colleagues(database, world, 7))
    with clock.standing_at(clock.now() + timedelta(days=731)):
        retain(database, world)
    assert {o.member_id for o in rows(database, world, Outcome)} == {None}


def test_messages_go_after_12_months_unless_they_still_wait(
    database: Database, world: World
) -> None:
    write(database, world)
    write(database, world, state="queued")
    with clock.standing_at(clock.now() + timedelta(days=364)):
        retain(database, world)
        assert counted(database, world, Message) == 2
    with clock.standing_at(clock.now() + timedelta(days=366)):
        retain(database, world)
    (left,) = rows(database, world, Message)
    assert left.state == "queued"


def test_looks_of_staff_and_the_audit_log_go_after_24_months(
    database: Database, world: World
) -> None:
    ours, usm = world.usm.organization_id, world.usm.viewer
    looked = dict(organization_id=ours, member_id=world.end_user.member_id, why="to help")
    with database.writing(ours) as session:
        for _look in range(3):
            session.execute(insert(StaffLook).values(look_id=new_id(), at=clock.now(), **looked))
            audit.record(usm, "team.created", "team")
        session.commit()
    for days, left in ((729, 3), (731, 0)):
        with clock.standing_at(clock.now() + timedelta(days=days)):
            retain(database, world)
        assert counted(database, world, StaffLook) == left
        assert counted(database, world, AuditEntry) == left


def test_each_is_kept_for_as_long_as_its_setting_says(
    database: Database, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WAYMARK_KEEP_AUDIT_MONTHS", "3")
    monkeypatch.setattr(retention, "CHUNK", 2)
    with database.writing(world.usm.organization_id) as session:
        for _deed in range(5):
            audit.record(world.usm.viewer, "team.created", "team")
        session.commit()
    with clock.standing_at(clock.now() + timedelta(days=92)):
        retain(database, world)
    assert counted(database, world, AuditEntry) == 0


def test_contacts_are_counted_for_as_long_as_a_limit_asks(database: Database, world: World) -> None:
    write(database, world)
    with clock.standing_at(clock.now() + timedelta(days=30)):
        retain(database, world)
        assert counted(database, world, ContactLog) == 1
    with clock.standing_at(clock.now() + timedelta(days=32)):
        retain(database, world)
    assert counted(database, world, ContactLog) == 0


def test_every_table_of_answers_has_an_age() -> None:
    assert {"opening", "outcome"} <= {table.name for table, _age in retention.answers()}
