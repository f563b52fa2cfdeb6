from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from portal.guides.models import Rhythm
from portal.paths.service.progress import (
    Standing,
    StepFact,
    may_finish,
    next_of,
    patience,
    work_out,
)

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
A, B, C, MILESTONE = (UUID(int=number) for number in range(1, 5))
STEPS = [StepFact(A, False), StepFact(B, True), StepFact(C, False), StepFact(MILESTONE, False)]


def day(number):
    return START + timedelta(days=number)


def standing(**changes):
    known = dict(
        enrolled_at=START,
        current_since=START,
        is_current=True,
        obstacle=None,
        started_at=None,
        finished_at=None,
    )
    return Standing(**known | changes)


@pytest.mark.parametrize(
    ("rhythm", "days"), [(Rhythm.DAY, 7), (Rhythm.WEEK, 10.5), (Rhythm.MONTH, 45)]
)
def test_it_waits_a_week_or_one_and_a_half_periods_of_the_goals_rhythm(rhythm, days):
    assert patience(rhythm) == timedelta(days=days)


def test_a_newcomer_stands_before_the_first_step():
    progress = work_out(STEPS, {}, standing(), Rhythm.DAY)
    assert (progress.steps_passed, progress.next_step_id) == (0, A)
    assert (progress.last_step_at, progress.stuck_at) == (START, day(7))
    assert (progress.started_at, progress.finished_at) == (None, None)


def test_each_step_moves_the_moment_from_which_someone_is_stuck():
    progress = work_out(STEPS, {A: day(3)}, standing(), Rhythm.DAY)
    assert (progress.steps_passed, progress.next_step_id) == (1, B)
    assert (progress.last_step_at, progress.stuck_at) == (day(3), day(10))


def test_whoever_passes_a_step_has_started():
    assert work_out(STEPS, {A: day(3)}, standing(), Rhythm.DAY).started_at == day(3)
    earlier = standing(started_at=day(1))
    assert work_out(STEPS, {A: day(3)}, earlier, Rhythm.DAY).started_at == day(1)


def test_an_optional_step_is_offered_until_a_later_one_is_passed():
    assert next_of(STEPS, {A: START}) == STEPS[1]
    assert next_of(STEPS, {A: START, C: START}) == STEPS[3]


def test_a_required_step_left_out_is_the_next_one():
    assert next_of(STEPS, {C: START}) == STEPS[0]


def test_passing_all_that_is_required_finishes_at_the_last_pass():
    progress = work_out(STEPS, {A: day(1), C: day(2), MILESTONE: day(4)}, standing(), Rhythm.MONTH)
    assert (progress.finished_at, progress.next_step_id, progress.stuck_at) == (day(4), None, None)
    assert progress.steps_passed == 3


def test_who_has_finished_stays_finished_when_the_path_grows():
    progress = work_out(STEPS, {A: day(1)}, standing(finished_at=day(1)), Rhythm.DAY)
    assert (progress.finished_at, progress.next_step_id, progress.stuck_at) == (day(1), None, None)
    assert progress.steps_passed == 1


def test_a_step_that_left_the_path_counts_as_a_sign_of_life_only():
    gone = UUID(int=9)
    progress = work_out(STEPS, {gone: day(5)}, standing(), Rhythm.DAY)
    assert (progress.steps_passed, progress.last_step_at) == (0, day(5))


def test_nobody_is_stuck_on_a_path_that_they_left_for_another():
    assert work_out(STEPS, {}, standing(is_current=False), Rhythm.DAY).stuck_at is None


def test_whoever_comes_back_to_a_path_is_not_stuck_at_once():
    progress = work_out(STEPS, {A: day(1)}, standing(current_since=day(90)), Rhythm.DAY)
    assert (progress.last_step_at, progress.stuck_at) == (day(1), day(97))


def test_a_path_without_steps_is_not_finished():
    progress = work_out([], {}, standing(), Rhythm.DAY)
    assert (progress.next_step_id, progress.finished_at) == (None, None)


def test_the_milestone_opens_once_every_required_step_is_passed():
    assert not may_finish(STEPS, {A: START})
    assert may_finish(STEPS, {A: START, C: START})
    assert not may_finish([], {})


def test_what_helps_comes_first_and_passing_it_skips_no_optional_step():
    steps = [*STEPS[:2], StepFact(C, False, "no_time"), STEPS[3]]
    assert next_of(steps, {}, "no_time") == steps[2]
    assert next_of(steps, {}, "other") == steps[0]
    assert next_of(steps, {C: START}, "no_time") == steps[0]
    assert next_of(steps, {A: START, C: START}, "no_time") == steps[1]


def test_who_waits_for_a_date_is_not_stuck_before_it():
    waiting = work_out(STEPS, {A: day(1)}, standing(), Rhythm.DAY, waits_until=day(20))
    assert (waiting.stuck_at, waiting.last_step_at) == (day(27), day(1))
    past = work_out(STEPS, {A: day(3)}, standing(), Rhythm.DAY, waits_until=day(2))
    assert past.stuck_at == day(10)
