import pytest
from sqlalchemy import event

from portal import db
from portal.errors import Conflict, NotAllowed, NotFound
from portal.guides.models import CurrentRevision
from portal.paths.models import Path, Step
from portal.paths.outcome_models import Answer
from portal.paths.service import goals, journey, outcomes, reading
from portal.paths.service.home import HomeState, get_home
from tests.paths.conftest import START
from tests.paths.rows import add_goal, add_path, add_step, publish_again, withdraw_step


@pytest.fixture
def on_path(reader, library):
    """The reader, on the library's path."""
    goals.choose_goal(reader, library.goal_slug)
    return reader


@pytest.fixture
def statements(database):
    """The statements sent to the database so far."""
    sent = []
    event.listen(
        database.engine, "before_cursor_execute", lambda *arguments: sent.append(arguments[2])
    )
    return sent


def answer_all(viewer, library):
    for slug in library.guide_slugs:
        outcomes.answer(viewer, slug, Answer.YES)


# ---- Home ----


def test_home_asks_for_a_goal_first(reader):
    assert get_home(reader).state is HomeState.NO_GOAL


def test_home_shows_the_one_next_step(on_path, library):
    home = get_home(on_path)
    assert (home.state, home.steps_passed, home.steps_total) == (HomeState.STEP, 0, 3)
    assert home.path_slug == library.path_slug
    assert (home.next.guide_slug, home.next.minutes) == (library.guide_slugs[0], 5)
    assert home.next.purpose == "After this you can do it."


def test_home_goes_on_after_each_answer(on_path, library):
    outcomes.answer(on_path, library.guide_slugs[0], Answer.NOT_FOR_ME)
    home = get_home(on_path)
    assert (home.steps_passed, home.next.guide_slug) == (1, library.guide_slugs[1])


def test_home_ends_at_the_milestone(on_path, library):
    answer_all(on_path, library)
    home = get_home(on_path)
    assert (home.state, home.steps_passed) == (HomeState.MILESTONE, 2)
    assert (home.next.title, home.next.guide_slug) == ("First close with proof", None)


def test_home_says_that_the_path_is_finished(on_path, library, time):
    answer_all(on_path, library)
    journey.finish(on_path, library.path_slug)
    home = get_home(on_path)
    assert (home.state, home.finished_at, home.next) == (HomeState.FINISHED, START, None)


def test_home_shows_the_title_that_is_read_today(on_path, library):
    publish_again(library.guide_ids[0])
    assert get_home(on_path).next.title == "Do guide-1 (v2)"


def test_home_says_that_a_path_is_gone(on_path, library):
    db.session().get_one(Path, library.path_id).withdrawn_at = START
    db.session().flush()
    assert get_home(on_path).state is HomeState.GONE


def test_home_never_leads_to_a_step_that_was_withdrawn_a_moment_ago(on_path, library):
    withdraw_step(library.step_ids[0])
    home = get_home(on_path)
    assert (home.state, home.next.guide_slug) == (HomeState.STEP, library.guide_slugs[1])


def test_home_is_one_statement(on_path, library, statements):
    get_home(on_path)
    assert len(statements) == 1


def test_staff_have_no_such_home(world, acting):
    acting(world.author)
    with pytest.raises(NotAllowed):
        get_home(world.author.viewer)


# ---- The path ----


def states(page):
    return [step.state for step in page.steps]


def test_the_path_shows_what_is_done_now_and_later(on_path, library):
    outcomes.answer(on_path, library.guide_slugs[0], Answer.YES)
    page = journey.get_path(on_path, library.path_slug)
    assert states(page) == ["done", "now", "later"]
    assert (page.steps[0].passed_at, page.steps_passed) == (START, 1)
    assert (page.is_current, page.is_known, page.may_finish) == (True, True, False)


def test_anybody_may_look_at_a_path_before_choosing_it(reader, library):
    page = journey.get_path(reader, library.path_slug)
    assert states(page) == ["later"] * 3
    assert (page.is_current, page.is_known) == (False, False)


def test_an_optional_step_may_be_left_out(on_path, library):
    db.session().get_one(Step, library.step_ids[0]).is_optional = True
    db.session().flush()
    assert states(journey.get_path(on_path, library.path_slug)) == ["now", "later", "later"]
    outcomes.answer(on_path, library.guide_slugs[1], Answer.YES)
    page = journey.get_path(on_path, library.path_slug)
    assert states(page) == ["later", "done", "now"]
    assert page.may_finish


def test_a_withdrawn_path_stays_open_to_those_who_were_on_it(on_path, world, library):
    db.session().get_one(Path, library.path_id).withdrawn_at = START
    db.session().flush()
    assert not journey.get_path(on_path, library.path_slug).is_offered
    with pytest.raises(NotFound):
        journey.get_path(world.team_mate.viewer, library.path_slug)


def test_a_stranger_sees_the_path_without_anybodys_progress(on_path, world, library, acting):
    answer_all(on_path, library)
    db.session().commit()
    acting(world.stranger)
    page = journey.get_path(world.stranger.viewer, library.path_slug)
    assert (states(page), page.is_known) == (["later"] * 3, False)


def test_passed_guides_say_what_one_can_do_now(on_path, library):
    outcomes.answer(on_path, library.guide_slugs[1], Answer.YES)
    (passed,) = journey.list_passed(on_path, library.path_slug)
    assert (passed.slug, passed.purpose) == (library.guide_slugs[1], "After this you can do it.")


# ---- The end ----


def test_finishing_needs_every_required_step(on_path, library):
    outcomes.answer(on_path, library.guide_slugs[0], Answer.YES)
    with pytest.raises(Conflict):
        journey.finish(on_path, library.path_slug)


def test_finishing_twice_is_finishing_once(on_path, library, time, enrollment):
    answer_all(on_path, library)
    journey.finish(on_path, library.path_slug)
    time.pass_days(1)
    journey.finish(on_path, library.path_slug)
    mine = enrollment(on_path)
    assert (mine.finished_at, mine.steps_passed) == (START, 3)
    assert (mine.stuck_at, mine.next_step_id) == (None, None)


def test_nobody_finishes_a_path_that_they_are_not_on(reader, library):
    with pytest.raises(NotFound):
        journey.finish(reader, library.path_slug)
    with pytest.raises(NotFound):
        journey.finish(reader, "unheard-of")


# ---- Reading ----


def test_a_guide_on_the_path_knows_its_place(on_path, library):
    outcomes.answer(on_path, library.guide_slugs[0], Answer.YES)
    place = reading.get_reading(on_path, library.guide_slugs[1]).place
    assert (place.number, place.steps_passed, place.steps_total) == (2, 1, 3)
    assert (place.previous_slug, place.next_slug) == (library.guide_slugs[0], None)
    first = reading.get_reading(on_path, library.guide_slugs[0]).place
    assert (first.previous_slug, first.next_slug) == (None, library.guide_slugs[1])


def test_a_guide_off_the_path_has_no_place(reader, library):
    assert reading.get_reading(reader, library.guide_slugs[0]).place is None
    add_path(add_goal("other"), "other", guide_ids=[library.guide_ids[1]])
    goals.choose_goal(reader, "other")
    assert reading.get_reading(reader, library.guide_slugs[0]).place is None


def test_it_remembers_what_was_said_and_when(on_path, library, time):
    slug = library.guide_slugs[0]
    assert reading.get_reading(on_path, slug).said is None
    outcomes.answer(on_path, slug, Answer.NO)
    time.pass_days(20)
    outcomes.answer(on_path, slug, Answer.YES)
    said = reading.get_reading(on_path, slug).said
    assert (said.answer, said.at, said.of_this_revision) == ("yes", time.now, True)


def test_it_asks_again_when_the_guide_has_changed(on_path, library):
    outcomes.answer(on_path, library.guide_slugs[0], Answer.NO)
    publish_again(library.guide_ids[0])
    said = reading.get_reading(on_path, library.guide_slugs[0]).said
    assert (said.answer, said.of_this_revision) == ("no", False)


def test_nobody_reads_anothers_answer(on_path, world, library, acting):
    outcomes.answer(on_path, library.guide_slugs[0], Answer.NO)
    assert reading.get_reading(world.team_mate.viewer, library.guide_slugs[0]).said is None
    db.session().commit()
    acting(world.stranger)
    found = reading.get_reading(world.stranger.viewer, library.guide_slugs[0])
    assert (found.said, found.place) == (None, None)


def test_reading_is_one_statement_once_the_text_is_in_memory(on_path, library, statements):
    reading.get_reading(on_path, library.guide_slugs[0])
    assert len(statements) == 2
    statements.clear()
    reading.get_reading(on_path, library.guide_slugs[0])
    assert len(statements) == 1


def test_a_withdrawn_or_unknown_guide_is_not_found(reader):
    with pytest.raises(NotFound):
        reading.get_reading(reader, "unheard-of")


def test_the_milestone_may_come_without_guides(reader, library):
    path_id = add_path(add_goal("other"), "other")
    add_step(path_id, None)
    goals.choose_goal(reader, "other")
    assert get_home(reader).state is HomeState.MILESTONE
    journey.finish(reader, "other")
    assert get_home(reader).state is HomeState.FINISHED


def test_a_guide_without_a_revision_in_ones_language_is_read_in_its_own(on_path, library):
    assert db.session().get(CurrentRevision, (library.guide_ids[0], "de")) is None
    assert get_home(on_path).next.title == "Do guide-1 (v1)"
