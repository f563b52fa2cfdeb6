"""A success manager puts many people on a path at once: nobody's goal or work is lost by it."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import event, insert, select, update

from portal import clock, db
from portal.access import Role
from portal.accounts.models import Member, Organization, Person
from portal.accounts.team_models import TeamMembership
from portal.adoption.service import enrolled, enrolling
from portal.adoption.service.enrolling import Chosen
from portal.adoption.service.people import PeopleFilter, State
from portal.audit import AuditEntry
from portal.errors import Conflict, Invalid, NotAllowed, NotFound
from portal.ids import new_id
from portal.jobs import Work
from portal.paths.outcome_models import Answer
from portal.paths.progress_models import Enrollment, Origin, StepPass
from portal.paths.service import enrollments, goals, outcomes, required
from tests.factories import make_member, make_organization
from tests.paths.conftest import time  # noqa: F401 - a fixture
from tests.paths.rows import add_goal, add_path

EVERYBODY = Chosen(narrowed=PeopleFilter())


@pytest.fixture
def usm(time, world, library, acting):  # noqa: F811
    """The session of our USM is open for writing."""
    acting(world.usm)
    return world.usm.viewer


def rows(viewer, **narrowed):
    found = select(Enrollment).where(Enrollment.organization_id == viewer.organization_id)
    return db.session().scalars(found.filter_by(**narrowed)).all()


def row(viewer, persona, path_id):
    (found,) = rows(viewer, member_id=persona.member_id, path_id=path_id)
    db.session().refresh(found)
    return found


def some(*personas):
    return Chosen(member_ids=frozenset(p.member_id for p in personas))


def due(days):
    return clock.now().date() + timedelta(days=days)


def other_path(library):
    return add_path(add_goal("other-goal"), "other-path", guide_ids=library.guide_ids)


def test_it_makes_the_path_the_goal_of_who_has_none(usm, world, library):
    done = enrolling.enroll(usm, some(world.end_user), library.path_id, due(10))
    made = row(usm, world.end_user, library.path_id)
    assert (made.is_current, made.origin, made.due_on) == (True, Origin.REQUIRED, due(10))
    assert made.next_step_id == library.step_ids[0]
    assert made.stuck_at == clock.now() + timedelta(days=45)
    assert (done.people, done.beside, done.known) == (1, 0, 0)


def test_it_stores_the_progress_that_a_recount_would(usm, world, library):
    enrolling.enroll(usm, EVERYBODY, library.path_id, None)
    columns = select(Enrollment.__table__).where(Enrollment.organization_id == usm.organization_id)
    before = db.session().execute(columns).all()
    assert enrollments.recount_chunk(usm.organization_id, library.path_id, None) is None
    assert db.session().execute(columns).all() == before
    assert len(before) == 4


def test_it_leaves_the_goal_that_someone_chose(usm, world, library):
    goals.choose_goal(world.end_user.viewer, library.goal_slug)
    path_id = other_path(library)
    done = enrolling.enroll(usm, some(world.end_user), path_id, None)
    assert row(usm, world.end_user, library.path_id).is_current
    beside = row(usm, world.end_user, path_id)
    assert (beside.is_current, beside.stuck_at) == (False, None)
    assert done.beside == 1


def test_it_shows_the_reader_what_they_are_asked_beside_their_goal(usm, world, library, time):  # noqa: F811
    goals.choose_goal(world.end_user.viewer, library.goal_slug)
    enrolling.enroll(usm, some(world.end_user), other_path(library), due(3))
    (asked,) = required.list_required(world.end_user.viewer)
    assert (asked.path_slug, asked.due_on, asked.is_overdue) == ("other-path", due(3), False)
    time.pass_days(4)
    (asked,) = required.list_required(world.end_user.viewer)
    assert asked.is_overdue
    goals.choose_path(world.end_user.viewer, "other-path")
    assert required.list_required(world.end_user.viewer) == []


def test_it_keeps_what_people_on_the_path_did(usm, world, library):
    goals.choose_goal(world.end_user.viewer, library.goal_slug)
    outcomes.answer(world.end_user.viewer, library.guide_slugs[0], Answer.YES)
    done = enrolling.enroll(usm, some(world.end_user), library.path_id, due(10))
    kept = row(usm, world.end_user, library.path_id)
    assert (kept.origin, kept.steps_passed, kept.due_on) == (Origin.CHOSEN, 1, due(10))
    assert done.known == 1


def test_it_gives_nobody_who_has_finished_a_date(usm, world, library):
    goals.choose_goal(world.end_user.viewer, library.goal_slug)
    row(usm, world.end_user, library.path_id).finished_at = clock.now()
    db.session().flush()
    enrolling.enroll(usm, some(world.end_user), library.path_id, due(10))
    assert row(usm, world.end_user, library.path_id).due_on is None


def test_it_puts_the_path_beside_for_who_has_yet_to_join(usm, world, library):
    db.session().execute(
        update(Member)
        .where(Member.organization_id == usm.organization_id, Member.id == world.end_user.member_id)
        .values(accepted_at=None)
    )
    enrolling.enroll(usm, some(world.end_user), library.path_id, None)
    assert not row(usm, world.end_user, library.path_id).is_current


def test_it_counts_answers_from_before_by_a_job(usm, world, library):
    goals.choose_goal(world.end_user.viewer, library.goal_slug)
    outcomes.answer(world.end_user.viewer, library.guide_slugs[0], Answer.YES)
    path_id = other_path(library)
    enrolling.enroll(usm, some(world.end_user), path_id, None)
    kinds = select(Work.key).where(
        Work.kind == "paths.recount", Work.organization_id == usm.organization_id
    )
    assert str(path_id) in db.session().scalars(kinds).all()
    enrollments.recount_chunk(usm.organization_id, path_id, None)
    assert row(usm, world.end_user, path_id).steps_passed == 1


def test_it_enrolls_exactly_whom_the_filter_shows(usm, world, library):
    goals.choose_goal(world.end_user.viewer, library.goal_slug)
    path_id = other_path(library)
    enrolling.enroll(usm, Chosen(narrowed=PeopleFilter(state=State.NO_GOAL)), path_id, None)
    assert {r.member_id for r in rows(usm, path_id=path_id)} == {
        p.member_id for p in (world.team_mate, world.usm, world.owner)
    }


def test_it_reaches_nobody_of_another_organization(usm, world, library):
    with pytest.raises(Invalid):
        enrolling.enroll(usm, some(world.stranger), library.path_id, None)
    enrolling.enroll(usm, some(world.stranger, world.end_user), library.path_id, None)
    assert {r.member_id for r in rows(usm)} == {world.end_user.member_id}


def test_a_usm_limited_to_a_team_reaches_that_team_alone(usm, world, library, limited):
    enrolling.enroll(limited, EVERYBODY, library.path_id, None)
    assert {r.member_id for r in rows(usm)} == {world.end_user.member_id, world.team_mate.member_id}


@pytest.fixture
def limited(usm, world):
    """Our USM, limited to the team of the readers."""
    team_id = db.session().scalar(
        select(TeamMembership.team_id).where(
            TeamMembership.organization_id == usm.organization_id,
            TeamMembership.member_id == world.end_user.member_id,
        )
    )
    return replace(usm, limited_to=team_id)


def test_it_refuses_who_answers_for_nobody(usm, world, library):
    with pytest.raises(NotAllowed):
        enrolling.enroll(world.end_user.viewer, EVERYBODY, library.path_id, None)


@pytest.mark.parametrize(("days", "field"), [(-1, "due_on"), (900, "due_on")])
def test_it_refuses_a_day_that_cannot_be_meant(usm, library, days, field):
    with pytest.raises(Invalid) as error:
        enrolling.enroll(usm, EVERYBODY, library.path_id, due(days))
    assert error.value.field == field
    assert rows(usm) == []


def test_it_refuses_a_path_that_is_not_offered(usm):
    with pytest.raises(Invalid) as error:
        enrolling.enroll(usm, EVERYBODY, uuid4(), None)
    assert error.value.field == "onto"


def test_it_is_one_audited_deed(usm, library):
    done = enrolling.enroll(usm, EVERYBODY, library.path_id, due(10))
    (entry,) = audited(usm, "people.enrolled")
    assert entry.after["people"] == 4
    enrolled.undo(usm, done.id)
    enrolled.undo(usm, done.id)
    assert len(audited(usm, "people.enrolled.undone")) == 1


def audited(viewer, action):
    found = select(AuditEntry).where(
        AuditEntry.organization_id == viewer.organization_id, AuditEntry.action == action
    )
    return db.session().scalars(found).all()


class TestUndo:
    def test_it_leaves_everything_as_it_was(self, usm, world, library):
        goals.choose_goal(world.end_user.viewer, library.goal_slug)
        row(usm, world.end_user, library.path_id).due_on = due(2)
        db.session().flush()
        everything = select(Enrollment.__table__).where(
            Enrollment.organization_id == usm.organization_id
        )
        before = db.session().execute(everything).all()
        done = enrolling.enroll(usm, EVERYBODY, library.path_id, due(10))
        assert db.session().execute(everything).all() != before
        assert enrolled.undo(usm, done.id) == 0
        assert db.session().execute(everything).all() == before

    def test_it_leaves_who_has_begun(self, usm, world, library, time):  # noqa: F811
        done = enrolling.enroll(usm, EVERYBODY, library.path_id, due(10))
        time.pass_days(0.1)
        outcomes.answer(world.end_user.viewer, library.guide_slugs[0], Answer.YES)
        assert enrolled.undo(usm, done.id) == 1
        stays = row(usm, world.end_user, library.path_id)
        assert (stays.steps_passed, stays.due_on) == (1, None)
        assert len(rows(usm)) == 1

    def test_it_leaves_who_has_chosen_it_since(self, usm, world, library, time):  # noqa: F811
        goals.choose_goal(world.end_user.viewer, library.goal_slug)
        path_id = other_path(library)
        done = enrolling.enroll(usm, some(world.end_user), path_id, None)
        time.pass_days(0.1)
        goals.choose_path(world.end_user.viewer, "other-path")
        assert enrolled.undo(usm, done.id) == 1
        assert row(usm, world.end_user, path_id).is_current

    def test_it_takes_answers_back_that_were_only_carried_over(self, usm, world, library, time):  # noqa: F811
        goals.choose_goal(world.end_user.viewer, library.goal_slug)
        outcomes.answer(world.end_user.viewer, library.guide_slugs[0], Answer.YES)
        time.pass_days(1)
        path_id = other_path(library)
        done = enrolling.enroll(usm, some(world.end_user), path_id, None)
        enrollments.recount_chunk(usm.organization_id, path_id, None)
        assert enrolled.undo(usm, done.id) == 0
        assert rows(usm, path_id=path_id) == []
        kept = select(StepPass).where(StepPass.organization_id == usm.organization_id)
        assert len(db.session().scalars(kept).all()) == 1

    def test_it_keeps_a_date_that_was_set_since(self, usm, world, library, time):  # noqa: F811
        goals.choose_goal(world.end_user.viewer, library.goal_slug)
        first = enrolling.enroll(usm, some(world.end_user), library.path_id, due(10))
        enrolling.enroll(usm, some(world.end_user), library.path_id, due(20))
        enrolled.undo(usm, first.id)
        assert row(usm, world.end_user, library.path_id).due_on == due(20)

    def test_it_ends_after_a_day(self, usm, library, time):  # noqa: F811
        done = enrolling.enroll(usm, EVERYBODY, library.path_id, None)
        assert enrolled.find_latest(usm).id == done.id
        time.pass_days(1.1)
        assert enrolled.find_latest(usm) is None
        with pytest.raises(Conflict):
            enrolled.undo(usm, done.id)
        assert len(rows(usm)) == 4

    def test_it_is_the_doers_alone(self, usm, world, library):
        done = enrolling.enroll(usm, EVERYBODY, library.path_id, None)
        with pytest.raises(NotFound):
            enrolled.undo(world.owner.viewer, done.id)
        assert enrolled.find_latest(world.owner.viewer) is None


def test_ten_thousand_take_few_statements(database, world, library):
    with database.writing(None) as session:
        organization = make_organization(session, "Many")
        session.commit()
    with database.writing(organization.id) as session:
        usm = make_member(session, session.get(Organization, organization.id), "U", {Role.USM})
        people = [
            {"id": new_id(), "email": f"{n}@many.example", "created_at": clock.now()}
            for n in range(10_000)
        ]
        session.execute(insert(Person.__table__), [p | {"email_key": p["email"]} for p in people])
        session.execute(
            insert(Member.__table__),
            [
                {
                    "organization_id": organization.id,
                    "id": new_id(),
                    "person_id": p["id"],
                    "display_name": p["email"],
                    "name_key": p["email"],
                    "roles": frozenset({Role.END_USER}),
                    "invited_at": clock.now(),
                    "accepted_at": clock.now(),
                    "is_sample": False,
                    "invitations": 1,
                }
                for p in people
            ],
        )
        session.commit()
    asked = []
    event.listen(database.engine, "before_cursor_execute", lambda *a: asked.append(a[2]))
    with database.writing(organization.id) as session:
        done = enrolling.enroll(usm.viewer, EVERYBODY, library.path_id, None)
        session.commit()
    assert done.people == 10_001
    assert len(asked) < 20
    with database.writing(organization.id) as session:
        assert enrolled.undo(usm.viewer, done.id) == 0
        session.commit()
