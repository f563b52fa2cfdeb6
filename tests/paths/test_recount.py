import pytest
from sqlalchemy import select

from portal import db
from portal.guides.models import Goal, Rhythm
from portal.paths import jobs
from portal.paths.outcome_models import Answer
from portal.paths.progress_models import Enrollment, StepPass
from portal.paths.service import enrollments, goals, journey, outcomes
from tests.paths.conftest import START
from tests.paths.rows import add_goal, add_path, add_step, withdraw_step


@pytest.fixture
def on_path(reader, library):
    """The reader, on the library's path with the first of two guides done."""
    goals.choose_goal(reader, library.goal_slug)
    outcomes.answer(reader, library.guide_slugs[0], Answer.YES)
    return reader


def recount(viewer, library):
    assert enrollments.recount_chunk(viewer.organization_id, library.path_id, None) is None


def test_it_changes_nothing_where_nothing_changed(on_path, library, enrollment):
    before = enrollment(on_path)
    recount(on_path, library)
    assert enrollment(on_path) == before


def test_a_withdrawn_step_is_passed_over(on_path, library, enrollment):
    withdraw_step(library.step_ids[1])
    recount(on_path, library)
    assert enrollment(on_path).next_step_id == library.step_ids[2]


def test_a_withdrawn_step_no_longer_counts_as_passed_but_its_pass_is_kept(
    on_path, library, enrollment
):
    withdraw_step(library.step_ids[0])
    recount(on_path, library)
    mine = enrollment(on_path)
    assert (mine.steps_passed, mine.last_step_at) == (0, START)
    assert db.session().get(StepPass, (on_path.organization_id, mine.id, library.step_ids[0]))


def test_a_new_step_in_front_becomes_the_next_one(on_path, library, enrollment):
    step_id = add_step(library.path_id, None, position=0)
    recount(on_path, library)
    assert enrollment(on_path).next_step_id == step_id


def test_a_new_step_whose_guide_was_answered_before_counts_as_passed(
    reader, library, time, enrollment
):
    path_id = add_path(add_goal("other"), "other", guide_ids=[library.guide_ids[0]])
    goals.choose_goal(reader, "other")
    outcomes.answer(reader, library.guide_slugs[1], Answer.ALREADY)
    add_step(path_id, library.guide_ids[1])
    time.pass_days(3)
    enrollments.recount_chunk(reader.organization_id, path_id, None)
    mine = enrollment(reader)
    assert (mine.steps_passed, mine.last_step_at) == (1, START)


def test_who_has_finished_stays_finished_when_a_step_is_added(on_path, library, enrollment):
    outcomes.answer(on_path, library.guide_slugs[1], Answer.YES)
    journey.finish(on_path, library.path_slug)
    add_step(library.path_id, None, position=0)
    recount(on_path, library)
    mine = enrollment(on_path)
    assert (mine.finished_at, mine.next_step_id, mine.steps_passed) == (START, None, 3)


def test_another_rhythm_of_the_goal_moves_the_moment_of_being_stuck(on_path, library, enrollment):
    db.session().scalars(select(Goal)).one().rhythm = Rhythm.DAY
    db.session().flush()
    recount(on_path, library)
    assert (enrollment(on_path).stuck_at - START).days == 7


def test_it_goes_on_chunk_by_chunk(on_path, world, library, monkeypatch):
    goals.choose_goal(world.team_mate.viewer, library.goal_slug)
    goals.choose_goal(world.usm.viewer, library.goal_slug)
    withdraw_step(library.step_ids[1])
    monkeypatch.setattr(enrollments, "CHUNK", 2)
    after = enrollments.recount_chunk(on_path.organization_id, library.path_id, None)
    assert enrollments.recount_chunk(on_path.organization_id, library.path_id, after) is None
    stored = select(Enrollment.next_step_id).where(
        Enrollment.organization_id == on_path.organization_id
    )
    assert library.step_ids[1] not in set(db.session().scalars(stored))


def test_the_job_recounts_its_own_organization_and_no_other(
    on_path, world, library, database, acting
):
    db.session().commit()
    acting(world.stranger)
    goals.choose_goal(world.stranger.viewer, library.goal_slug)
    outcomes.answer(world.stranger.viewer, library.guide_slugs[0], Answer.YES)
    withdraw_step(library.step_ids[0])
    db.session().commit()
    jobs.recount(database, on_path.organization_id, str(library.path_id))()
    assert _passed(database, on_path) == 0
    assert _passed(database, world.stranger.viewer) == 1


def _passed(database, viewer):
    with database.reading(viewer.organization_id) as session:
        query = select(Enrollment.steps_passed).where(
            Enrollment.organization_id == viewer.organization_id
        )
        return session.scalars(query).one()
