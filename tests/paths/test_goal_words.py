"""Whether a goal is reached, in the member's own word."""

import pytest
from sqlalchemy import select

from portal import db
from portal.errors import NotFound
from portal.paths.follow_up_models import FeltSpeed, FollowUp, GoalSaid, GoalSaidAt, GoalWord, InUse
from portal.paths.service import follow_ups, goal_words, goals


def words(viewer):
    query = select(GoalWord.__table__).where(GoalWord.organization_id == viewer.organization_id)
    return db.session().execute(query.order_by(GoalWord.asked_at)).all()


def test_it_is_asked_at_the_end_of_the_path(reader, library):
    goals.choose_goal(reader, library.goal_slug)
    with pytest.raises(NotFound):
        goal_words.get_goal_question(reader, library.path_slug)
    with pytest.raises(NotFound):
        goal_words.say_goal_at_path_end(reader, library.path_slug, GoalSaid.YES, None)


def test_it_keeps_the_word_and_how_quick_it_felt(finisher, library, time):
    speed = FeltSpeed.QUICKER
    goal_words.say_goal_at_path_end(finisher, library.path_slug, GoalSaid.YES, speed)
    (word,) = words(finisher)
    assert (word.asked_at, word.said, word.felt_speed) == (GoalSaidAt.PATH_END, "yes", speed)
    assert word.said_at == time.now
    question = goal_words.get_goal_question(finisher, library.path_slug)
    assert (question.said, question.felt_speed) == ("yes", speed)


@pytest.mark.parametrize("said", [GoalSaid.PARTLY, GoalSaid.NOT_YET, GoalSaid.DROPPED])
def test_how_quick_it_felt_is_kept_of_a_reached_goal_alone(finisher, library, said):
    goal_words.say_goal_at_path_end(finisher, library.path_slug, said, FeltSpeed.SLOWER)
    assert words(finisher)[0].felt_speed is None


def test_said_again_it_is_changed(finisher, library, time):
    say = goal_words.say_goal_at_path_end
    say(finisher, library.path_slug, GoalSaid.YES, FeltSpeed.QUICKER)
    time.pass_days(3)
    say(finisher, library.path_slug, GoalSaid.NOT_YET, None)
    (word,) = words(finisher)
    assert (word.said, word.felt_speed, word.said_at) == ("not_yet", None, time.now)
    assert goal_words.find_said(finisher, library.path_slug) == GoalSaid.NOT_YET


def test_weeks_later_it_is_a_second_word(finisher, library, time):
    goal_words.say_goal_at_path_end(finisher, library.path_slug, GoalSaid.PARTLY, None)
    time.pass_days(21)
    mine = select(FollowUp.id).where(FollowUp.organization_id == finisher.organization_id)
    follow_up_id = db.session().scalars(mine).one()
    with pytest.raises(NotFound):
        goal_words.say_goal_in_follow_up(finisher, follow_up_id, GoalSaid.YES)
    follow_ups.answer_follow_up(finisher, follow_up_id, InUse.YES)
    goal_words.say_goal_in_follow_up(finisher, follow_up_id, GoalSaid.YES)
    assert [(word.asked_at, word.said) for word in words(finisher)] == [
        ("follow_up", "yes"),
        ("path_end", "partly"),
    ]


def test_it_is_nobody_elses(finisher, library, world):
    goal_words.say_goal_at_path_end(finisher, library.path_slug, GoalSaid.YES, None)
    assert goal_words.find_said(world.team_mate.viewer, library.path_slug) is None
    with pytest.raises(NotFound):
        goal_words.get_goal_question(world.team_mate.viewer, library.path_slug)
