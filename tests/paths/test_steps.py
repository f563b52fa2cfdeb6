"""Tasks, and what the pages of steps that are no guides show."""

import pytest

from portal import db
from portal.errors import Conflict, NotAllowed, NotFound
from portal.paths.models import Path, StepKind
from portal.paths.service import goals, sessions, steps
from portal.paths.service.calendars import session_file
from portal.paths.service.checks import answer_check
from portal.paths.service.home import HomeState, get_home
from tests.paths.rows import withdraw_step


def test_home_leads_to_a_task_first(walker, kinds):
    home = get_home(walker)
    assert (home.state, home.next.kind) == (HomeState.STEP, StepKind.TASK)
    assert (home.next.id, home.next.guide_slug) == (kinds.steps["task"], None)


def test_a_task_is_done_by_ones_own_word(walker, kinds, time, enrollment):
    steps.do_task(walker, kinds.steps["task"])
    page = steps.get_step(walker, kinds.steps["task"])
    assert (page.passed_at, page.steps_passed, page.is_on_path) == (time.now, 1, True)
    assert page.html == "<p>Send the invitation two days before.</p>"
    assert enrollment(walker).next_step_id == kinds.steps["guide"]


def test_done_twice_is_done_once(walker, kinds, time, enrollment):
    steps.do_task(walker, kinds.steps["task"])
    first = time.now
    time.pass_days(1)
    steps.do_task(walker, kinds.steps["task"])
    assert steps.get_step(walker, kinds.steps["task"]).passed_at == first
    assert enrollment(walker).steps_passed == 1


def test_off_the_path_it_can_be_read_and_not_done(reader, kinds):
    page = steps.get_step(reader, kinds.steps["task"])
    assert (page.is_on_path, page.passed_at) == (False, None)
    with pytest.raises(Conflict):
        steps.do_task(reader, kinds.steps["task"])


def test_on_another_path_it_is_not_done_either(walker, kinds, library):
    goals.choose_goal(walker, library.goal_slug)
    with pytest.raises(Conflict):
        steps.do_task(walker, kinds.steps["task"])


@pytest.mark.parametrize("name", ["check", "session", "guide", "milestone"])
def test_only_a_task_is_done_that_way(walker, kinds, name):
    with pytest.raises(NotFound):
        steps.do_task(walker, kinds.steps[name])


@pytest.mark.parametrize("name", ["guide", "milestone", "end"])
def test_guides_and_milestones_have_no_page_of_a_step(walker, kinds, name):
    with pytest.raises(NotFound):
        steps.get_step(walker, kinds.steps[name])


def test_a_withdrawn_step_is_open_to_who_has_passed_it(walker, kinds, world):
    steps.do_task(walker, kinds.steps["task"])
    withdraw_step(kinds.steps["task"])
    assert steps.get_step(walker, kinds.steps["task"]).passed_at
    with pytest.raises(NotFound):
        steps.get_step(world.team_mate.viewer, kinds.steps["task"])


def test_a_step_of_a_withdrawn_path_is_gone(walker, kinds, time):
    db.session().get_one(Path, kinds.path_id).withdrawn_at = time.now
    db.session().flush()
    with pytest.raises(NotFound):
        steps.get_step(walker, kinds.steps["task"])


def test_nobody_sees_what_others_did(walker, kinds, world, acting):
    steps.do_task(walker, kinds.steps["task"])
    answer_check(walker, kinds.steps["check"], [1, 1])
    sessions.take_place(walker, kinds.steps["session"])
    db.session().commit()
    for other in (world.team_mate, world.stranger):
        acting(other)
        viewer = other.viewer
        assert steps.get_step(viewer, kinds.steps["task"]).passed_at is None
        assert steps.get_step(viewer, kinds.steps["check"]).tries == 0
        session = steps.get_step(viewer, kinds.steps["session"]).session
        assert (session.has_place, session.places_left) == (False, 1)
        db.session().commit()


def test_staff_have_no_steps(world, kinds, acting):
    acting(world.author)
    with pytest.raises(NotAllowed):
        steps.get_step(world.author.viewer, kinds.steps["task"])


def test_a_session_becomes_an_entry_of_a_calendar(walker, kinds):
    page = steps.get_session(walker, kinds.steps["session"])
    file = session_file(page, "https://portal.example/steps/1").decode()
    assert "DTSTART:20260401T090000Z" in file
    assert "DTEND:20260401T094500Z" in file
    assert "SUMMARY:Practise together" in file
    assert "LOCATION:https://rooms.example/review" in file


def test_what_is_no_session_has_no_entry(walker, kinds):
    with pytest.raises(NotFound):
        steps.get_session(walker, kinds.steps["task"])
    with pytest.raises(ValueError, match="no session"):
        session_file(steps.get_step(walker, kinds.steps["task"]), "https://portal.example/")
