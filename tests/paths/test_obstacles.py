"""What stands in the way: it picks the first step, and may change at any time."""

import pytest
from sqlalchemy import select

from portal import db
from portal.errors import NotFound
from portal.paths.models import Obstacle, Path
from portal.paths.progress_models import ObstacleNote
from portal.paths.service import goals, obstacles
from portal.paths.service.checks import answer_check
from portal.paths.service.home import get_home
from portal.paths.service.journey import get_path
from portal.paths.service.steps import do_task


def notes(viewer):
    query = select(ObstacleNote.obstacle).where(
        ObstacleNote.organization_id == viewer.organization_id
    )
    return list(db.session().scalars(query.order_by(ObstacleNote.noted_at)))


def next_id(viewer):
    return get_home(viewer).next.id


def test_it_is_asked_before_the_first_step_of_a_path_that_has_an_answer(walker, kinds):
    assert obstacles.find_first_question(walker) == kinds.path_slug
    do_task(walker, kinds.steps["task"])
    assert obstacles.find_first_question(walker) is None


def test_it_is_not_asked_where_no_step_helps(reader, library):
    assert obstacles.find_first_question(reader) is None
    goals.choose_goal(reader, library.goal_slug)
    assert obstacles.find_first_question(reader) is None


def test_what_helps_comes_first(walker, kinds, enrollment):
    assert next_id(walker) == kinds.steps["task"]
    obstacles.say_obstacle(walker, kinds.path_slug, Obstacle.NOT_ALLOWED)
    assert next_id(walker) == kinds.steps["check"]
    assert enrollment(walker).obstacle == Obstacle.NOT_ALLOWED
    page = get_path(walker, kinds.path_slug)
    assert [step.state for step in page.steps][:4] == ["later", "later", "later", "now"]
    assert obstacles.find_first_question(walker) is None


def test_home_says_that_it_comes_first_because_it_helps(walker, kinds):
    assert not get_home(walker).next.helps
    obstacles.say_obstacle(walker, kinds.path_slug, Obstacle.NOT_ALLOWED)
    assert get_home(walker).next.helps
    answer_check(walker, kinds.steps["check"], [0, 0])
    assert not get_home(walker).next.helps


def test_passing_it_skips_nothing(walker, kinds):
    obstacles.say_obstacle(walker, kinds.path_slug, Obstacle.NOT_ALLOWED)
    answer_check(walker, kinds.steps["check"], [0, 0])
    assert next_id(walker) == kinds.steps["task"]


def test_an_obstacle_for_which_there_is_no_step_keeps_the_order(walker, kinds):
    obstacles.say_obstacle(walker, kinds.path_slug, Obstacle.NO_TIME)
    assert next_id(walker) == kinds.steps["task"]


def test_its_history_is_kept_and_the_same_word_is_no_news(walker, kinds, time):
    for word in (Obstacle.NO_TIME, Obstacle.NO_TIME, Obstacle.NOT_ALLOWED, None, None):
        obstacles.say_obstacle(walker, kinds.path_slug, word)
        time.pass_days(1)
    assert notes(walker) == ["no_time", "not_allowed", None]
    assert next_id(walker) == kinds.steps["task"]
    assert obstacles.get_obstacle_page(walker, kinds.path_slug).obstacle is None


def test_it_is_said_of_the_current_path_alone(walker, kinds, library):
    with pytest.raises(NotFound):
        obstacles.say_obstacle(walker, library.path_slug, Obstacle.OTHER)
    goals.choose_goal(walker, library.goal_slug)
    with pytest.raises(NotFound):
        obstacles.get_obstacle_page(walker, kinds.path_slug)


def test_of_a_withdrawn_path_nothing_is_asked(walker, kinds, time):
    db.session().get_one(Path, kinds.path_id).withdrawn_at = time.now
    db.session().flush()
    with pytest.raises(NotFound):
        obstacles.get_obstacle_page(walker, kinds.path_slug)


def test_nobody_says_it_for_others(walker, kinds, world):
    obstacles.say_obstacle(walker, kinds.path_slug, Obstacle.OTHER)
    with pytest.raises(NotFound):
        obstacles.get_obstacle_page(world.team_mate.viewer, kinds.path_slug)
