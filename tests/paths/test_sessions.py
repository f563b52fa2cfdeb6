"""Sessions: places over all organizations, given back, taken again, and whether one was there."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from portal import db
from portal.errors import Conflict, NotFound
from portal.paths.models import Step
from portal.paths.service import goals, sessions
from portal.paths.service.steps import get_step
from portal.paths.step_models import SessionPlace, SessionPlaces
from tests.all_kinds import session_details


@pytest.fixture
def session_id(kinds):
    return kinds.steps["session"]


def taken():
    return db.session().scalars(select(SessionPlaces.taken)).one_or_none()


def places(viewer):
    query = select(SessionPlace.__table__).where(
        SessionPlace.organization_id == viewer.organization_id
    )
    return db.session().execute(query).all()


def seen(viewer, session_id):
    session = get_step(viewer, session_id).session
    return session.has_place, session.places_left


def test_a_place_is_taken_once(walker, session_id):
    assert seen(walker, session_id) == (False, 2)
    sessions.take_place(walker, session_id)
    sessions.take_place(walker, session_id)
    assert (seen(walker, session_id), taken()) == ((True, 1), 1)


def test_who_has_a_place_is_not_stuck_before_the_date(walker, session_id, time, enrollment):
    before = enrollment(walker).stuck_at
    sessions.take_place(walker, session_id)
    assert enrollment(walker).stuck_at == before + timedelta(days=30)
    sessions.give_up_place(walker, session_id)
    assert enrollment(walker).stuck_at == before


def test_a_place_is_given_back_once_and_taken_again(walker, session_id, time):
    sessions.take_place(walker, session_id)
    sessions.give_up_place(walker, session_id)
    sessions.give_up_place(walker, session_id)
    assert (seen(walker, session_id), taken()) == ((False, 2), 0)
    assert places(walker)[0].given_up_at == time.now
    sessions.take_place(walker, session_id)
    assert (seen(walker, session_id), taken(), len(places(walker))) == ((True, 1), 1, 1)


def test_who_never_had_a_place_gives_none_back(walker, session_id):
    sessions.give_up_place(walker, session_id)
    assert (places(walker), taken()) == ([], None)


def test_places_are_counted_over_all_organizations(walker, kinds, session_id, world, acting):
    sessions.take_place(walker, session_id)
    db.session().commit()
    acting(world.stranger)
    stranger = world.stranger.viewer
    goals.choose_goal(stranger, kinds.goal_slug)
    assert seen(stranger, session_id) == (False, 1)
    sessions.take_place(stranger, session_id)
    db.session().commit()
    acting(world.team_mate)
    mate = world.team_mate.viewer
    goals.choose_goal(mate, kinds.goal_slug)
    assert seen(mate, session_id) == (False, 0)
    with pytest.raises(Conflict):
        sessions.take_place(mate, session_id)
    assert taken() == 2


def test_without_a_capacity_there_is_always_room(walker, kinds, session_id, time):
    step = db.session().get_one(Step, session_id)
    step.details = session_details(time.now + timedelta(days=3), capacity=None)
    db.session().flush()
    sessions.take_place(walker, session_id)
    assert (seen(walker, session_id), taken()) == ((True, None), 1)


def test_off_the_path_nobody_takes_a_place(reader, session_id):
    with pytest.raises(Conflict):
        sessions.take_place(reader, session_id)
    assert places(reader) == []


def test_once_it_has_begun_places_stay_as_they_are(walker, session_id, time):
    sessions.take_place(walker, session_id)
    time.pass_days(30)
    with pytest.raises(Conflict):
        sessions.give_up_place(walker, session_id)
    assert get_step(walker, session_id).session.is_over


@pytest.mark.parametrize("attended", [True, False])
def test_after_it_either_word_passes_the_step(walker, session_id, time, attended):
    sessions.take_place(walker, session_id)
    with pytest.raises(Conflict):
        sessions.say_attended(walker, session_id, attended)
    time.pass_days(31)
    sessions.say_attended(walker, session_id, attended)
    page = get_step(walker, session_id)
    assert (page.passed_at, page.session.attended) == (time.now, attended)


def test_also_who_came_without_a_place_may_say_so(walker, session_id, time):
    time.pass_days(31)
    sessions.say_attended(walker, session_id, attended=True)
    sessions.say_attended(walker, session_id, attended=False)
    (place,) = places(walker)
    assert (bool(place.attended), taken()) == (False, None)


def test_another_date_is_another_session(walker, session_id, time):
    sessions.take_place(walker, session_id)
    db.session().get_one(Step, session_id).details = session_details(time.now + timedelta(days=60))
    db.session().flush()
    assert seen(walker, session_id) == (False, 2)


def test_only_a_session_has_places(walker, kinds):
    for verb in (sessions.take_place, sessions.give_up_place):
        with pytest.raises(NotFound):
            verb(walker, kinds.steps["task"])
    with pytest.raises(NotFound):
        sessions.say_attended(walker, kinds.steps["check"], attended=True)
