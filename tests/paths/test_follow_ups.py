"""Follow-ups: drawn at a milestone and kept, asked when due, put off, ended."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from portal import db, lots
from portal.accounts.models import QuietPeriod
from portal.errors import Conflict, Invalid, NotFound
from portal.paths.follow_up_models import FollowUp, InUse
from portal.paths.outcome_models import Answer
from portal.paths.service import checks, follow_ups, goals, journey, outcomes, plans
from portal.paths.service.steps import do_task
from tests.paths.rows import publish_again

DUE = date(2026, 3, 23)
"""Three weeks after the milestone on a Monday: the goal's rhythm is the month."""


def planned(viewer):
    query = select(FollowUp.__table__).where(FollowUp.organization_id == viewer.organization_id)
    return db.session().execute(query.order_by(FollowUp.drawn_at)).all()


def finish_with(viewer, library, *answers):
    goals.choose_goal(viewer, library.goal_slug)
    for slug, answer in zip(library.guide_slugs, answers, strict=True):
        outcomes.answer(viewer, slug, answer)
    journey.finish(viewer, library.path_slug)
    return planned(viewer)


@pytest.fixture
def due(finisher, time):
    """The finisher's follow-up, on its day."""
    time.pass_days(21)
    return planned(finisher)[0].id


def test_one_guide_is_drawn_at_the_milestone_and_kept(finisher, library):
    (row,) = planned(finisher)
    assert (row.revision_id, row.drawn_among) == (library.revision_ids[1], 2)
    assert (row.due_on, row.step_id) == (DUE, library.step_ids[2])
    assert (row.answer, row.closed_at, row.postponed) == (None, None, 0)
    publish_again(library.guide_ids[1])
    journey.finish(finisher, library.path_slug)
    assert planned(finisher) == [row]


def test_the_draw_decides_which(reader, library, monkeypatch):
    monkeypatch.setattr(lots, "draw", lambda *_about: 0)
    (row,) = finish_with(reader, library, Answer.YES, Answer.PARTLY)
    assert (row.revision_id, row.drawn_among) == (library.revision_ids[0], 2)


def test_only_completed_guides_are_drawn(reader, library):
    (row,) = finish_with(reader, library, Answer.PARTLY, Answer.NO)
    assert (row.revision_id, row.drawn_among) == (library.revision_ids[0], 1)


def test_nothing_is_planned_where_nothing_was_completed(reader, library):
    assert finish_with(reader, library, Answer.ALREADY, Answer.NOT_FOR_ME) == []


def test_the_latest_answer_says_whether_it_was_completed(reader, library):
    goals.choose_goal(reader, library.goal_slug)
    outcomes.answer(reader, library.guide_slugs[0], Answer.YES)
    outcomes.answer(reader, library.guide_slugs[0], Answer.NO)
    outcomes.answer(reader, library.guide_slugs[1], Answer.NOT_FOR_ME)
    journey.finish(reader, library.path_slug)
    assert planned(reader) == []


def test_each_milestone_asks_about_the_guides_since_the_one_before(walker, kinds):
    do_task(walker, kinds.steps["task"])
    outcomes.answer(walker, kinds.guide_slug, Answer.YES)
    assert not journey.finish(walker, kinds.path_slug)
    (row,) = planned(walker)
    assert (row.step_id, row.revision_id) == (kinds.steps["milestone"], kinds.revision_id)
    assert row.due_on == date(2026, 3, 16)
    checks.answer_check(walker, kinds.steps["check"], [0, 0])
    assert planned(walker) == [row]


def test_it_never_falls_into_a_quiet_period(reader, library):
    audit = QuietPeriod(organization_id=reader.organization_id, name="Audit", starts_on=DUE)
    audit.ends_on = DUE + timedelta(days=1)
    db.session().add(audit)
    db.session().flush()
    (row,) = finish_with(reader, library, Answer.YES, Answer.YES)
    assert row.due_on == date(2026, 3, 25)


def test_nobody_is_asked_before_the_day(finisher, time):
    (row,) = planned(finisher)
    time.pass_days(20)
    assert not follow_ups.get_follow_up(finisher, row.id).is_due
    with pytest.raises(Conflict):
        follow_ups.answer_follow_up(finisher, row.id, InUse.YES)
    time.pass_days(1)
    assert follow_ups.get_follow_up(finisher, row.id).is_due


def test_the_question_shows_ones_own_line(finisher, library, due):
    plans.write_if_then(finisher, library.guide_slugs[1], "When the file is in, I will match it.")
    page = follow_ups.get_follow_up(finisher, due)
    assert page.if_then == "When the file is in, I will match it."
    assert (page.guide_slug, page.path_slug) == (library.guide_slugs[1], library.path_slug)


@pytest.mark.parametrize("said", [InUse.YES, InUse.PARTLY, InUse.NO, InUse.NOT_NEEDED])
def test_an_answer_closes_it(finisher, due, said, time):
    assert follow_ups.answer_follow_up(finisher, due, said, "  In words.  ") is None
    (row,) = planned(finisher)
    assert (row.answer, row.comment, row.closed_at) == (said, "In words.", time.now)


def test_a_closed_one_may_be_changed(finisher, due, time):
    follow_ups.answer_follow_up(finisher, due, InUse.YES)
    time.pass_days(1)
    follow_ups.answer_follow_up(finisher, due, InUse.NO)
    (row,) = planned(finisher)
    assert (row.answer, row.answered_at) == (InUse.NO, time.now)


def test_without_an_occasion_it_is_asked_again_a_period_later(finisher, due):
    again_on = follow_ups.answer_follow_up(finisher, due, InUse.NO_OCCASION)
    (row,) = planned(finisher)
    assert again_on == row.due_on == date(2026, 4, 22)
    assert (row.closed_at, row.postponed) == (None, 1)
    with pytest.raises(Conflict):
        follow_ups.answer_follow_up(finisher, due, InUse.YES)


def test_one_may_name_the_day_oneself(finisher, due):
    wanted = date(2026, 5, 2)
    said = follow_ups.answer_follow_up(finisher, due, InUse.NO_OCCASION, again_on=wanted)
    assert (said, planned(finisher)[0].due_on) == (wanted, wanted)


@pytest.mark.parametrize("days", [-1, 0, 367])
def test_the_day_lies_after_today_within_a_year(finisher, due, days):
    with pytest.raises(Invalid) as refused:
        follow_ups.answer_follow_up(
            finisher, due, InUse.NO_OCCASION, again_on=DUE + timedelta(days=days)
        )
    assert refused.value.field == "again_on"
    assert planned(finisher)[0].answer is None


def test_a_comment_has_an_end(finisher, due):
    with pytest.raises(Invalid) as refused:
        follow_ups.answer_follow_up(finisher, due, InUse.YES, "x" * 2001)
    assert refused.value.field == "comment"


def test_it_is_nobody_elses(finisher, due, world, acting):
    with pytest.raises(NotFound):
        follow_ups.get_follow_up(world.team_mate.viewer, due)
    with pytest.raises(NotFound):
        follow_ups.answer_follow_up(world.usm.viewer, due, InUse.YES)
    db.session().commit()
    acting(world.stranger)
    with pytest.raises(NotFound):
        follow_ups.get_follow_up(world.stranger.viewer, due)


def test_home_knows_the_next_one_of_a_path(finisher, library, due):
    assert follow_ups.find_planned(finisher, library.path_slug).due_on == DUE
    follow_ups.answer_follow_up(finisher, due, InUse.YES)
    assert follow_ups.find_planned(finisher, library.path_slug) is None
