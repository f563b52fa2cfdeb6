"""Erasing a person: no row anywhere names them afterwards, and nobody else loses anything."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from portal import audit, clock, db, jobs, sweeping
from portal.access import Role
from portal.accounts import jobs as accounts_jobs
from portal.accounts.models import Member, Organization, Person
from portal.accounts.privacy_models import Erasure
from portal.accounts.service import erasure
from portal.audit import AuditEntry
from portal.db import Database
from portal.effectiveness.jobs import recount_all
from portal.effectiveness.models import GuideFigure
from portal.errors import Conflict, Invalid, NotAllowed, NotFound
from portal.ids import new_id
from portal.jobs import Work
from portal.paths.follow_up_models import FollowUp, GoalWord
from portal.paths.models import Path
from portal.paths.outcome_models import Opening, Outcome, OutcomeChange
from portal.paths.progress_models import Enrollment
from portal.tables import metadata
from tests.conftest import SignIn
from tests.factories import Library, Persona, World, make_member
from tests.guards.scene import Scene, make_scene
from tests.work import give_up

pytestmark = pytest.mark.database

assert accounts_jobs, "imported for what it registers"


@pytest.fixture
def scene(app: Flask, database: Database) -> Scene:
    """A full portal, in which nobody else waits to be erased."""
    made = make_scene(app, database)
    mate = made.world.team_mate
    with database.writing(mate.organization_id) as session:
        erasure.undo(mate.viewer, mate.member_id)
        session.commit()
    return made


def erase(database: Database, persona: Persona, days: int = 7) -> None:
    """Ask, wait and carry it out."""
    with database.writing(persona.organization_id) as session:
        erasure.ask_for_own(persona.viewer, days)
        session.commit()
    with clock.standing_at(clock.now() + timedelta(days=days, minutes=1)):
        work_off(database)


def work_off(database: Database) -> None:
    while sweeping.sweep(database, limit=1):
        pass
    with database.reading(None) as session:
        failed = select(Work.last_error).where(Work.kind == erasure.KIND)
        assert set(session.scalars(failed)) <= {None}


def everything(database: Database) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every row of every table, as it can be searched."""
    with database.across_organizations("a test looks for a name") as session:
        for table in metadata.sorted_tables:
            for row in session.execute(select(table)):
                yield table.name, dict(row._mapping)


def naming(database: Database, persona: Persona) -> list[str]:
    """Rows that name somebody, by id, address or name."""
    viewer = persona.viewer
    ids = {viewer.member_id, viewer.person_id}
    words = [persona.email, viewer.display_name, *map(str, ids), *(id_.hex for id_ in ids)]
    found = []
    for table, row in everything(database):
        for column, value in row.items():
            text = json.dumps(value, default=str) if not isinstance(value, str) else value
            if value in ids if isinstance(value, UUID) else any(w in text for w in words):
                found.append(f"{table}.{column}: {text[:120]}")
    return found


def test_before_it_the_person_is_found_in_many_places(scene: Scene, database: Database) -> None:
    """So that the next tests search where there is something to find."""
    tables = {row.partition(".")[0] for row in naming(database, scene.world.end_user)}
    assert {"member", "person", "outcome", "audit_entry", "web_session", "link"} <= tables


@pytest.mark.parametrize("who", ["end_user", "usm", "csm", "author"])
def test_after_it_no_row_anywhere_names_the_person(
    scene: Scene, database: Database, who: str
) -> None:
    persona = scene.persona(who)
    erase(database, persona)
    # Who maintains a guide or kit stands in its file, which its authors change.
    left = [row for row in naming(database, persona) if ".maintainer: " not in row]
    assert left == []


def test_nobody_else_loses_a_row(scene: Scene, database: Database) -> None:
    mine = scene.persona("end_user").viewer
    # What others' deeds have set going, such as counting a path anew, is none of the erasure's.
    work_off(database)
    before = _others(database, mine.member_id, mine.person_id)
    erase(database, scene.persona("end_user"))
    after = _others(database, mine.member_id, mine.person_id)
    assert {row for row in before if row not in after} == set()


def _others(database: Database, *ids: UUID) -> set[str]:
    """Rows of members and what hangs on them, without this one's."""
    told = ("member", "person", "enrollment", "outcome", "opening", "tick", "team_membership")
    rows = [
        (table, row)
        for table, row in everything(database)
        if table in told and not set(ids) & {v for v in row.values() if isinstance(v, UUID)}
    ]
    return {f"{table} {row}" for table, row in rows}


@pytest.mark.parametrize("name", ["E", "a"])
def test_a_name_that_stands_in_every_id_takes_no_work_of_others_along(
    database: Database, world: World, name: str
) -> None:
    """Work is keyed by ids in hexadecimal: who is called Ed would be found in some of them."""
    persona, ours = world.end_user, world.usm.organization_id
    others = [f"{n:x}{name.lower()}" for n in range(4)]
    with database.writing(ours) as session:
        session.get_one(Member, (ours, persona.member_id)).display_name = name
        for key in others:
            jobs.enqueue("tests.waits", ours, key)
        session.commit()
    erase(database, persona)
    with database.reading(ours) as session:
        waiting = select(Work.key).where(Work.kind == "tests.waits").order_by(Work.key)
        assert list(session.scalars(waiting)) == others
        assert session.get(Member, (ours, persona.member_id)) is None
        carried_out = select(Work.done_at).where(Work.kind == erasure.KIND)
        assert session.scalars(carried_out).one() is not None


@pytest.mark.parametrize(
    ("name", "is_forgotten"), [("Jürgen Groß", True), ("usm", False), ("roles", False)]
)
def test_the_audit_forgets_a_name_and_no_word_that_reads_the_same(
    database: Database, world: World, name: str, is_forgotten: bool
) -> None:
    persona, ours = world.end_user, world.usm.organization_id
    said = {"asks": name} if is_forgotten else {"roles": ["end_user", "usm"]}
    with database.writing(ours) as session:
        session.get_one(Member, (ours, persona.member_id)).display_name = name
        audit.record(world.usm.viewer, "tests.said", "member:another", None, said)
        session.commit()
    erase(database, persona)
    with database.reading(ours) as session:
        mine = AuditEntry.organization_id == ours, AuditEntry.action == "tests.said"
        kept = session.scalars(select(AuditEntry.after).where(*mine)).one()
    assert kept == (None if is_forgotten else said)


def test_who_is_a_member_elsewhere_stays_there_and_can_sign_in(
    scene: Scene, database: Database
) -> None:
    double = scene.double
    erase(database, double)
    with database.reading(scene.other.organization_id) as session:
        theirs = session.scalars(
            select(Member).where(
                Member.organization_id == scene.other.organization_id,
                Member.person_id == double.viewer.person_id,
            )
        ).one()
        assert theirs.display_name == "Zyxomma Dora"
        assert session.get_one(Person, double.viewer.person_id).email == double.email
    with database.reading(scene.own.organization_id) as session:
        key = {"organization_id": scene.own.organization_id, "id": double.member_id}
        assert session.get(Member, key) is None


def answer_as(database: Database, library: Library, personas: list[Persona]) -> None:
    """One answer each, with words, on the first guide."""
    for persona in personas:
        ours = dict(organization_id=persona.organization_id)
        read = dict(
            **ours,
            member_id=persona.member_id,
            guide_id=library.guide_ids[0],
            revision_id=library.revision_ids[0],
            language="en",
            experience="medium_touch",
            job="accountant",
            importance=4,
        )
        now = clock.now()
        said = dict(answer="no", reason="other", comment=f"I am {persona.viewer.display_name}")
        with database.writing(persona.organization_id) as session:
            session.add(Opening(**read, opened_at=now))
            outcome = Outcome(**read, **said, id=new_id(), latest_answer="no", given="on_guide")
            outcome.answered_at = outcome.changed_at = now
            session.add(outcome)
            session.flush()
            session.add(
                OutcomeChange(**ours, **said, outcome_id=outcome.id, counts=True, changed_at=now)
            )
            session.commit()


def colleagues(database: Database, world: World, number: int) -> list[Persona]:
    with database.writing(world.usm.organization_id) as session:
        organization = session.get_one(Organization, world.usm.organization_id)
        made = [
            make_member(session, organization, f"Colleague {n}", {Role.END_USER})
            for n in range(number)
        ]
        session.commit()
    return made


def rows(database: Database, world: World, model: Any) -> list[Any]:
    ours = world.usm.organization_id
    with database.reading(ours) as session:
        return list(session.scalars(select(model).where(model.organization_id == ours)))


def test_answers_stay_as_a_count_among_five(
    database: Database, world: World, library: Library
) -> None:
    persona = world.end_user
    answer_as(database, library, [persona, *colleagues(database, world, 4)])
    erase(database, persona)
    outcomes = rows(database, world, Outcome)
    assert len(outcomes) == 5
    (unnamed,) = [o for o in outcomes if o.member_id is None]
    assert (unnamed.answer, unnamed.reason) == ("no", "other")
    assert (unnamed.comment, unnamed.job, unnamed.importance) == (None, None, None)
    (opening,) = [o for o in rows(database, world, Opening) if o.member_id is None]
    assert opening.job is None
    changes = rows(database, world, OutcomeChange)
    assert [c.comment for c in changes if c.outcome_id == unnamed.id] == [None]
    assert sum(c.comment is not None for c in changes) == 4


def test_among_fewer_they_go(database: Database, world: World, library: Library) -> None:
    persona = world.end_user
    answer_as(database, library, [persona, *colleagues(database, world, 3)])
    erase(database, persona)
    assert len(rows(database, world, Outcome)) == 3
    assert len(rows(database, world, Opening)) == 3
    assert len(rows(database, world, OutcomeChange)) == 3


def test_the_figures_of_what_they_read_are_counted_anew(
    database: Database, world: World, library: Library
) -> None:
    persona = world.end_user
    answer_as(database, library, [persona, *colleagues(database, world, 3)])
    recount_all(database)
    assert counted_no(database, library) == 4
    erase(database, persona)
    assert counted_no(database, library) == 3


def counted_no(database: Database, library: Library) -> int:
    with database.reading(None) as session:
        ours = GuideFigure.guide_id == library.guide_ids[0], GuideFigure.is_sample.is_(False)
        return session.execute(select(GuideFigure.no).where(*ours)).scalar_one()


def follow_up_as(
    database: Database, library: Library, personas: list[Persona], times: int = 1
) -> None:
    """An answer weeks later, and whether the goal is reached, of everybody."""
    now = clock.now()
    for persona in personas:
        ours = dict(organization_id=persona.organization_id, member_id=persona.member_id)
        with database.writing(persona.organization_id) as session:
            enrolled = make_enrollment(session, persona, library)
            followed = dict(**ours, enrollment_id=enrolled, revision_id=library.revision_ids[0])
            followed |= dict(drawn_among=1, drawn_at=now, due_on=now.date(), answer="yes")
            for step_id in library.step_ids[:times]:
                row = FollowUp(**followed, step_id=step_id, comment="Mine", answered_at=now)
                session.add(row)
            for asked_at in ("path_end", "follow_up")[:times]:
                said = dict(asked_at=asked_at, said="yes", said_at=now)
                goal = session.get_one(Path, library.path_id).goal_id
                session.add(GoalWord(**ours, enrollment_id=enrolled, goal_id=goal, **said))
            session.commit()


def make_enrollment(session: Session, persona: Persona, library: Library) -> UUID:
    now, id_ = clock.now(), new_id()
    moments = dict(enrolled_at=now, current_since=now, last_step_at=now)
    owner = dict(organization_id=persona.organization_id, member_id=persona.member_id)
    row = Enrollment(**owner, id=id_, path_id=library.path_id, origin="chosen", **moments)
    row.is_current = True
    session.add(row)
    session.flush()
    return id_


@pytest.mark.parametrize(("others", "stay"), [(4, 1), (3, 0)])
def test_follow_ups_and_words_about_goals_stay_likewise(
    database: Database, world: World, library: Library, others: int, stay: int
) -> None:
    persona = world.end_user
    follow_up_as(database, library, [persona, *colleagues(database, world, others)])
    erase(database, persona)
    for model, answer in ((FollowUp, "answer"), (GoalWord, "said")):
        found = rows(database, world, model)
        assert len(found) == others + stay
        unnamed = [row for row in found if row.member_id is None]
        assert [getattr(row, answer) for row in unnamed] == ["yes"] * stay
        assert [row.enrollment_id for row in unnamed] == [None] * stay
    assert sum(row.comment is None for row in rows(database, world, FollowUp)) == stay


def test_several_answers_of_one_person_make_no_larger_group(
    database: Database, world: World, library: Library
) -> None:
    persona = world.end_user
    follow_up_as(database, library, [persona, *colleagues(database, world, 2)], times=2)
    assert len(rows(database, world, FollowUp)) == 6
    erase(database, persona)
    assert len(rows(database, world, FollowUp)) == 4
    assert len(rows(database, world, GoalWord)) == 4


def test_the_group_is_the_organizations_own(
    database: Database, world: World, library: Library
) -> None:
    """Ten answers of another customer make four of ours no larger group."""
    persona = world.end_user
    answer_as(database, library, [persona, world.stranger, *colleagues(database, world, 3)])
    erase(database, persona)
    assert all(outcome.member_id for outcome in rows(database, world, Outcome))


def test_the_audit_says_that_it_happened_without_the_name(scene: Scene, database: Database) -> None:
    erase(database, scene.persona("end_user"))
    ours = scene.own.organization_id
    with database.reading(ours) as session:
        (entry,) = session.scalars(
            select(AuditEntry).where(
                AuditEntry.organization_id == ours, AuditEntry.action == "member.erased"
            )
        )
    assert (entry.person_id, entry.subject, entry.before, entry.after) == (
        None,
        "member",
        None,
        None,
    )


def test_until_the_day_it_can_be_undone(database: Database, world: World) -> None:
    persona = world.end_user
    with database.writing(persona.organization_id) as session:
        erasure.ask_for_own(persona.viewer, 7)
        session.commit()
    with clock.standing_at(clock.now() + timedelta(days=6)):
        work_off(database)
    with database.writing(persona.organization_id) as session:
        assert erasure.find_erasure(persona.viewer, persona.member_id) is not None
        erasure.undo(persona.viewer, persona.member_id)
        erasure.undo(persona.viewer, persona.member_id)
        session.commit()
    with clock.standing_at(clock.now() + timedelta(days=8)):
        work_off(database)
    assert naming(database, persona) != []


def test_asking_again_does_not_move_the_day(world: World, acting) -> None:
    acting(world.end_user)
    first = erasure.ask_for_own(world.end_user.viewer, 7)
    assert erasure.ask_for_own(world.end_user.viewer, 0).id == first.id


@pytest.mark.parametrize(("who", "words"), [("owner", "only owner"), ("admin", "only admin")])
def test_the_last_one_must_first_let_somebody_else_in(
    world: World, acting, who: str, words: str
) -> None:
    persona = world.everybody[who]
    acting(persona)
    with pytest.raises(Conflict, match=words):
        erasure.ask_for_own(persona.viewer, 7)


def test_of_two_owners_only_one_may_go(database: Database, world: World) -> None:
    ours = world.owner.organization_id
    with database.writing(ours) as session:
        second = make_member(
            session, session.get_one(Organization, ours), "Olga Owner", {Role.OWNER}
        )
        erasure.ask_for_own(world.owner.viewer, 7)
        with pytest.raises(Conflict):
            erasure.ask_for_own(second.viewer, 7)
        session.commit()


def test_a_usm_erases_who_has_left_and_nobody_else(world: World, acting) -> None:
    acting(world.usm)
    with pytest.raises(Conflict):
        erasure.ask_for_leaver(world.usm.viewer, world.end_user.member_id, 7)
    leave(world.end_user)
    asked = erasure.ask_for_leaver(world.usm.viewer, world.end_user.member_id, 7)
    assert asked.caused_by == world.usm.viewer.person_id
    with pytest.raises(NotFound):
        erasure.ask_for_leaver(world.usm.viewer, world.stranger.member_id, 7)
    with pytest.raises(NotAllowed):
        erasure.ask_for_leaver(world.team_mate.viewer, world.end_user.member_id, 7)
    with pytest.raises(NotAllowed):
        erasure.undo(world.team_mate.viewer, world.end_user.member_id)


def leave(persona: Persona) -> None:
    mine = Member.organization_id == persona.organization_id, Member.id == persona.member_id
    db.session().execute(update(Member).where(*mine).values(left_at=clock.now()))


def test_nobody_else_undoes_what_somebody_asked_for_themselves(world: World, acting) -> None:
    acting(world.usm)
    erasure.ask_for_own(world.end_user.viewer, 7)
    for has_left in (False, True):
        if has_left:
            leave(world.end_user)
        with pytest.raises(Conflict, match="themselves"):
            erasure.undo(world.usm.viewer, world.end_user.member_id)
    assert erasure.find_erasure(world.usm.viewer, world.end_user.member_id) is not None


def test_nobody_of_the_customers_undoes_what_an_admin_was_asked_for(world: World, acting) -> None:
    acting(world.usm)
    admin = replace(world.admin.viewer, organization_id=world.usm.organization_id)
    erasure.ask_by_address(admin, world.end_user.email, 7)
    with pytest.raises(Conflict):
        erasure.undo(world.owner.viewer, world.end_user.member_id)
    erasure.undo(world.end_user.viewer, world.end_user.member_id)
    assert erasure.find_erasure(world.usm.viewer, world.end_user.member_id) is None


def test_a_success_manager_undoes_what_another_asked_for(world: World, acting) -> None:
    acting(world.usm)
    leave(world.end_user)
    erasure.ask_for_leaver(world.owner.viewer, world.end_user.member_id, 7)
    erasure.undo(world.usm.viewer, world.end_user.member_id)
    assert erasure.find_erasure(world.usm.viewer, world.end_user.member_id) is None


def test_an_admin_erases_by_address(world: World, acting) -> None:
    acting(world.usm)
    admin = replace(world.admin.viewer, organization_id=world.usm.organization_id)
    with pytest.raises(Invalid, match="Nobody with this address"):
        erasure.ask_by_address(admin, world.stranger.email, 7)
    asked = erasure.ask_by_address(admin, f" {world.end_user.email.upper()}", 7)
    assert asked.member_id == world.end_user.member_id


def test_it_happens_once_however_often_the_work_is_done(scene: Scene, database: Database) -> None:
    persona = scene.persona("end_user")
    erase(database, persona)
    with database.writing(None) as session:
        session.execute(
            update(Work).where(Work.kind == erasure.KIND).values(done_at=None, due_at=clock.now())
        )
        session.commit()
    work_off(database)
    ours = scene.own.organization_id
    with database.reading(ours) as session:
        counted = select(func.count()).where(
            AuditEntry.organization_id == ours, AuditEntry.action == "member.erased"
        )
        assert session.scalars(counted).one() == 1
        left = select(func.count()).where(
            Erasure.organization_id == ours, Erasure.member_id == persona.member_id
        )
        assert session.scalars(left).one() == 0


def ask_for_a_day_gone_by(database: Database, persona: Persona) -> None:
    """Somebody's own wish, whose day was yesterday."""
    with database.writing(persona.organization_id) as session:
        asked = erasure.ask_for_own(persona.viewer, 7)
        asked.due_at = clock.now() - timedelta(days=1)
        session.commit()


def test_a_day_that_has_gone_by_is_not_promised(
    database: Database, world: World, signed_in: SignIn
) -> None:
    ask_for_a_day_gone_by(database, world.end_user)
    page = signed_in(world.end_user).get("/me/data").text
    assert "is being carried out now" in page
    assert "Until then you may undo it" not in page


def test_what_failed_for_good_is_said_to_the_person_and_to_whoever_runs_the_portal(
    database: Database, world: World, signed_in: SignIn
) -> None:
    ask_for_a_day_gone_by(database, world.end_user)
    give_up(database, erasure.KIND)
    page = signed_in(world.end_user).get("/me/data").text
    assert "Delayed" in page
    assert "could not be carried out" in page
    assert "Undo: I stay" in page
    assert "accounts.erase for Aurora" in signed_in(world.admin).get("/operations").text
