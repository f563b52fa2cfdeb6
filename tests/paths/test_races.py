"""What two tabs, or a double click, do at the very same moment."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import func, select

from portal.errors import Conflict
from portal.paths.outcome_models import Answer, Outcome, OutcomeChange
from portal.paths.progress_models import Enrollment, StepPass
from portal.paths.service import goals, openings, outcomes, sessions
from portal.paths.step_models import SessionPlaces
from tests.all_kinds import CAPACITY, make_all_kinds
from tests.paths.rows import add_goal, add_path

pytestmark = pytest.mark.database


@pytest.fixture
def viewer(world):
    return world.end_user.viewer


@pytest.fixture
def at_once(at_once_as, viewer):
    """Run verbs at the same moment, each in an entry of its own."""

    def run(*verbs):
        at_once_as(lambda number: verbs[number](), range(len(verbs)), lambda _number: viewer)

    return run


@pytest.fixture
def at_once_as(database):
    """Run a verb for each of several at the same moment; what it returned is committed."""

    def run(verb, about, viewer_of=lambda viewer: viewer):
        start = Barrier(len(about))

        def entry(item):
            start.wait(10)
            with database.writing(viewer_of(item).organization_id) as session:
                returned = verb(item)
                if returned is not False:
                    session.commit()
                return returned

        with ThreadPoolExecutor(len(about)) as tabs:
            return list(tabs.map(entry, about))

    return run


@pytest.fixture
def count(database, viewer):
    def look(model, *where):
        with database.reading(viewer.organization_id) as session:
            query = select(func.count()).where(
                model.organization_id == viewer.organization_id, *where
            )
            return session.scalar(query)

    return look


def follow(database, viewer, slug):
    with database.writing(viewer.organization_id) as session:
        goals.choose_goal(viewer, slug)
        session.commit()


def test_a_double_click_is_one_answer(database, viewer, library, at_once, count):
    follow(database, viewer, library.goal_slug)
    at_once(*[lambda: outcomes.answer(viewer, library.guide_slugs[0], Answer.YES)] * 4)
    assert [count(model) for model in (Outcome, OutcomeChange, StepPass)] == [1, 1, 1]


def test_two_tabs_with_two_answers_leave_both_in_the_history(
    database, viewer, library, at_once, count
):
    at_once(
        lambda: outcomes.answer(viewer, library.guide_slugs[0], Answer.YES),
        lambda: outcomes.answer(viewer, library.guide_slugs[0], Answer.NO),
    )
    assert (count(Outcome), count(OutcomeChange)) == (1, 2)


def test_two_guides_answered_in_two_tabs_are_two_steps(database, viewer, library, at_once):
    follow(database, viewer, library.goal_slug)
    at_once(
        lambda: outcomes.answer(viewer, library.guide_slugs[0], Answer.YES),
        lambda: outcomes.answer(viewer, library.guide_slugs[1], Answer.YES),
    )
    with database.reading(viewer.organization_id) as session:
        query = select(Enrollment.steps_passed, Enrollment.next_step_id).where(
            Enrollment.organization_id == viewer.organization_id
        )
        assert session.execute(query).one() == (2, library.step_ids[2])


def test_two_goals_chosen_in_two_tabs_leave_one_current(database, viewer, library, at_once, count):
    with database.writing(viewer.organization_id) as session:
        add_path(add_goal("other"), "other")
        session.commit()
    at_once(
        lambda: goals.choose_goal(viewer, library.goal_slug),
        lambda: goals.choose_goal(viewer, "other"),
        lambda: goals.choose_goal(viewer, library.goal_slug),
    )
    assert count(Enrollment, Enrollment.is_current) == 1


def test_choosing_and_answering_at_once_stop_neither(database, viewer, library, at_once, count):
    follow(database, viewer, library.goal_slug)
    with database.writing(viewer.organization_id) as session:
        add_path(add_goal("other"), "other", guide_ids=[library.guide_ids[0]])
        session.commit()
    at_once(
        lambda: goals.choose_goal(viewer, "other"),
        lambda: outcomes.answer(viewer, library.guide_slugs[0], Answer.YES),
        lambda: openings.record_opening(viewer, library.revision_ids[0]),
    )
    assert (count(Outcome), count(Enrollment, Enrollment.is_current)) == (1, 1)


def test_of_two_at_the_last_place_one_gets_it(database, world, time, at_once_as):
    kinds = make_all_kinds(database)
    session_id, people = kinds.steps["session"], [world.end_user, world.team_mate, world.stranger]
    for persona in people:
        follow(database, persona.viewer, kinds.goal_slug)

    def take(viewer):
        try:
            sessions.take_place(viewer, session_id)
        except Conflict:
            return False
        return True

    got = at_once_as(take, [persona.viewer for persona in people])
    assert sorted(got) == [False, True, True]
    with database.reading(None) as session:
        assert session.scalars(select(SessionPlaces.taken)).one() == CAPACITY


def test_a_double_click_takes_one_place(database, viewer, time, at_once_as):
    kinds = make_all_kinds(database)
    follow(database, viewer, kinds.goal_slug)
    session_id = kinds.steps["session"]
    at_once_as(lambda who: sessions.take_place(who, session_id), [viewer] * 3)
    with database.reading(None) as session:
        assert session.scalars(select(SessionPlaces.taken)).one() == 1
