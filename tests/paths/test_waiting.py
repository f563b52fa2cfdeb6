"""What waits on home: one question at most, asked once, on another visit."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from portal import db
from portal.guides.models import Guide
from portal.paths.follow_up_models import FollowUp, InUse
from portal.paths.outcome_models import Answer, Given, Outcome, Question
from portal.paths.service import follow_ups, openings, outcomes
from portal.paths.service.home import get_home
from portal.paths.service.waiting import ASKED_WITHIN, VISIT, find_waiting
from tests.paths.rows import publish_again

A_VISIT = VISIT / timedelta(days=1) * 1.1
"""In days: longer than a visit."""


@pytest.fixture
def left(reader, library, time):
    """The reader, who read the first guide and left without a word; it is the next visit."""
    openings.record_opening(reader, library.revision_ids[0])
    time.pass_days(A_VISIT)
    return reader


def later_of(viewer):
    found = find_waiting(viewer).later
    return found and found.slug


def test_nothing_waits_for_a_newcomer(reader):
    waiting = find_waiting(reader)
    assert (waiting.later, waiting.follow_up) == (None, None)
    assert get_home(reader).new_releases == 0


def test_who_left_without_a_word_is_asked_on_the_next_visit(left, library):
    later = find_waiting(left).later
    assert (later.slug, later.revision_id) == (library.guide_slugs[0], library.revision_ids[0])
    assert (later.title, later.kind) == ("Do guide-1 (v1)", "guide")


def test_during_the_visit_nobody_is_asked(reader, library, time):
    openings.record_opening(reader, library.revision_ids[0])
    time.pass_days(A_VISIT / 2)
    assert later_of(reader) is None


def test_it_stays_for_the_visit_on_which_it_is_shown_and_goes_with_it(left, library, time):
    openings.record_shown(left, library.revision_ids[0], Question.LATER)
    time.pass_days(A_VISIT / 2)
    assert later_of(left) == library.guide_slugs[0]
    time.pass_days(A_VISIT)
    assert later_of(left) is None


def test_who_puts_it_off_is_not_asked_again(left, library):
    openings.dismiss(left, library.guide_slugs[0], library.revision_ids[0], Question.LATER)
    assert later_of(left) is None


def test_having_seen_it_on_the_guide_does_not_count_as_asked_later(left, library):
    openings.dismiss(left, library.guide_slugs[0], library.revision_ids[0], Question.OUTCOME)
    assert later_of(left) == library.guide_slugs[0]


def test_who_has_answered_is_not_asked(left, library):
    outcomes.answer(left, library.guide_slugs[0], Answer.NO)
    assert later_of(left) is None


def test_the_answer_is_known_as_a_later_one(left, library):
    given = Given.LATER
    outcomes.answer(left, library.guide_slugs[0], Answer.YES, library.revision_ids[0], given)
    mine = Outcome.organization_id == left.organization_id
    assert db.session().scalars(select(Outcome.given).where(mine)).one() == "later"


def test_an_answer_to_an_older_text_is_an_answer(reader, library, time):
    outcomes.answer(reader, library.guide_slugs[0], Answer.YES)
    newer = publish_again(library.guide_ids[0])
    openings.record_opening(reader, newer)
    time.pass_days(A_VISIT)
    assert later_of(reader) is None


def test_one_is_asked_about_the_guide_left_last(left, library, time):
    openings.record_opening(left, library.revision_ids[1])
    time.pass_days(A_VISIT)
    assert later_of(left) == library.guide_slugs[1]


def test_nobody_is_asked_about_a_text_that_is_no_longer_read(left, library):
    publish_again(library.guide_ids[0])
    assert later_of(left) is None


def test_nobody_is_asked_about_a_withdrawn_guide(left, library, time):
    db.session().get_one(Guide, library.guide_ids[0]).withdrawn_at = time.now
    db.session().flush()
    assert later_of(left) is None


def test_after_two_weeks_it_is_forgotten(left, time):
    time.pass_days(ASKED_WITHIN / timedelta(days=1))
    assert later_of(left) is None


def test_nobody_is_asked_about_what_others_read(left, world, acting):
    assert later_of(world.team_mate.viewer) is None
    db.session().commit()
    acting(world.stranger)
    assert later_of(world.stranger.viewer) is None


def test_a_follow_up_waits_from_its_day_until_its_answer(finisher, time):
    time.pass_days(20)
    assert find_waiting(finisher).follow_up is None
    time.pass_days(1)
    due = find_waiting(finisher).follow_up
    assert due.title == "Do guide-2 (v1)"
    follow_ups.answer_follow_up(finisher, due.id, InUse.YES)
    assert find_waiting(finisher).follow_up is None


def test_without_an_occasion_it_waits_for_the_next(finisher, time):
    time.pass_days(21)
    follow_ups.answer_follow_up(finisher, find_waiting(finisher).follow_up.id, InUse.NO_OCCASION)
    assert find_waiting(finisher).follow_up is None
    time.pass_days(30)
    assert find_waiting(finisher).follow_up is not None


def test_the_follow_up_comes_first_and_alone(finisher, library, time):
    newer = publish_again(library.guide_ids[0])
    query = select(FollowUp.id).where(FollowUp.organization_id == finisher.organization_id)
    db.session().get_one(
        FollowUp,
        {"organization_id": finisher.organization_id, "id": db.session().scalars(query).one()},
    ).due_on = time.now.date()
    mine = select(Outcome).where(Outcome.organization_id == finisher.organization_id)
    for outcome in db.session().scalars(mine):
        outcome.member_id = None
    db.session().flush()
    openings.record_opening(finisher, newer)
    time.pass_days(A_VISIT)
    waiting = find_waiting(finisher)
    assert (waiting.later, waiting.follow_up is not None) == (None, True)
    follow_ups.answer_follow_up(finisher, waiting.follow_up.id, InUse.YES)
    assert later_of(finisher) == library.guide_slugs[0]
