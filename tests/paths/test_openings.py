from uuid import uuid4

import pytest
from sqlalchemy import select

from portal import db
from portal.errors import Invalid, NotAllowed, NotFound
from portal.paths.outcome_models import Asked, Opening
from portal.paths.service import goals, openings, outcomes, ticks
from portal.paths.step_models import Tick
from tests.paths.conftest import START
from tests.paths.rows import publish_again


def stored(viewer, model):
    query = select(model).where(model.organization_id == viewer.organization_id)
    return list(db.session().scalars(query.execution_options(populate_existing=True)))


# ---- Opened ----


def test_an_opening_is_stored_with_its_context_and_starts_the_path(reader, library, enrollment):
    goals.choose_goal(reader, library.goal_slug)
    openings.record_opening(reader, library.revision_ids[0])
    (opening,) = stored(reader, Opening)
    assert (opening.opened_at, opening.revision_id) == (START, library.revision_ids[0])
    assert (opening.step_id, opening.job) == (library.step_ids[0], "accountant")
    assert enrollment(reader).started_at == START


def test_it_counts_once_for_a_member_and_revision(reader, library, time, enrollment):
    goals.choose_goal(reader, library.goal_slug)
    openings.record_opening(reader, library.revision_ids[0])
    time.pass_days(1)
    openings.record_opening(reader, library.revision_ids[0])
    openings.record_opening(reader, library.revision_ids[1])
    assert [opening.opened_at for opening in stored(reader, Opening)] == [START, time.now]
    assert enrollment(reader).started_at == START


def test_a_new_revision_is_opened_anew(reader, library):
    openings.record_opening(reader, library.revision_ids[0])
    openings.record_opening(reader, publish_again(library.guide_ids[0]))
    assert len(stored(reader, Opening)) == 2


def test_a_guide_off_the_path_starts_nothing(reader, library, enrollment):
    openings.record_opening(reader, library.revision_ids[0])
    (opening,) = stored(reader, Opening)
    assert (opening.enrollment_id, opening.path_id, opening.step_id) == (None, None, None)
    goals.choose_goal(reader, library.goal_slug)
    # It was a step of this path all along, so whoever chooses the path has started it.
    assert enrollment(reader).started_at == START


def test_two_organizations_open_apart(reader, world, library, acting):
    openings.record_opening(reader, library.revision_ids[0])
    db.session().commit()
    acting(world.stranger)
    openings.record_opening(world.stranger.viewer, library.revision_ids[0])
    (theirs,) = stored(world.stranger.viewer, Opening)
    assert theirs.member_id == world.stranger.member_id


def test_it_knows_no_revision_that_was_never_published(reader):
    with pytest.raises(NotFound):
        openings.record_opening(reader, uuid4())
    with pytest.raises(NotFound):
        openings.record_shown(reader, uuid4())


def test_staff_open_nothing_that_counts(world, library, acting):
    acting(world.author)
    with pytest.raises(NotAllowed):
        openings.record_opening(world.author.viewer, library.revision_ids[0])


# ---- Shown and put off ----


def test_a_question_is_shown_once(reader, library, time):
    openings.record_shown(reader, library.revision_ids[0])
    time.pass_days(1)
    openings.record_shown(reader, library.revision_ids[0])
    (asked,) = stored(reader, Asked)
    assert (asked.shown_at, asked.dismissed_at, asked.answered_at) == (START, None, None)


def test_a_question_may_be_put_off_and_answered_later(reader, library, time):
    slug = library.guide_slugs[0]
    openings.record_shown(reader, library.revision_ids[0])
    put_off = time.pass_days(1)
    openings.dismiss(reader, slug, library.revision_ids[0])
    answered = time.pass_days(1)
    outcomes.answer(reader, slug, "yes")
    (asked,) = stored(reader, Asked)
    assert (asked.shown_at, asked.dismissed_at, asked.answered_at) == (START, put_off, answered)


def test_putting_off_passes_no_step(reader, library, enrollment):
    goals.choose_goal(reader, library.goal_slug)
    openings.dismiss(reader, library.guide_slugs[0], library.revision_ids[0])
    assert enrollment(reader).steps_passed == 0


def test_what_was_answered_is_not_put_off_afterwards(reader, library, time):
    outcomes.answer(reader, library.guide_slugs[0], "yes")
    time.pass_days(1)
    openings.dismiss(reader, library.guide_slugs[0], library.revision_ids[0])
    (asked,) = stored(reader, Asked)
    assert asked.dismissed_at is None


def test_it_refuses_to_put_off_another_guides_question(reader, library):
    with pytest.raises(NotFound):
        openings.dismiss(reader, library.guide_slugs[0], library.revision_ids[1])


# ---- Ticks ----


def ticked(viewer):
    return {tick.item: tick.ticked_at for tick in stored(viewer, Tick)}


def test_the_first_tick_counts_as_opened(reader, library):
    ticks.set_ticks(reader, library.guide_slugs[0], [])
    assert stored(reader, Opening) == []
    ticks.set_ticks(reader, library.guide_slugs[0], [1])
    assert len(stored(reader, Opening)) == 1


def test_ticks_are_what_the_list_shows(reader, library, time):
    slug = library.guide_slugs[0]
    ticks.set_ticks(reader, slug, [0])
    later = time.pass_days(1)
    ticks.set_ticks(reader, slug, [0, 1])
    assert ticked(reader) == {0: START, 1: later}
    ticks.set_ticks(reader, slug, [1])
    assert ticked(reader) == {1: later}
    ticks.set_ticks(reader, slug, [])
    assert ticked(reader) == {}


def test_ticks_belong_to_the_revision_that_was_read(reader, library):
    ticks.set_ticks(reader, library.guide_slugs[0], [0])
    publish_again(library.guide_ids[0])
    ticks.set_ticks(reader, library.guide_slugs[0], [1], library.revision_ids[0])
    assert list(ticked(reader)) == [1]


def test_ones_ticks_leave_those_of_a_team_mate_alone(reader, world, library):
    ticks.set_ticks(world.team_mate.viewer, library.guide_slugs[0], [0, 1])
    ticks.set_ticks(reader, library.guide_slugs[0], [])
    assert len(stored(reader, Tick)) == 2


@pytest.mark.parametrize("items", [[2], [-1], [0, 99]])
def test_it_refuses_a_line_that_the_checklist_does_not_have(reader, library, items):
    with pytest.raises(Invalid) as refused:
        ticks.set_ticks(reader, library.guide_slugs[0], items)
    assert refused.value.field == "ticks"
