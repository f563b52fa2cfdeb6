"""Which answers reach the success manager with a name: those that were told, and no others."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from portal import db
from portal.accounts.models import Member
from portal.accounts.team_models import Team
from portal.errors import NotAllowed
from portal.ids import new_id
from portal.paths.outcome_models import Answer, Reason
from portal.paths.service import outcomes, told


@pytest.fixture
def usm(world):
    return world.usm.viewer


@pytest.fixture
def said(reader, library):
    """An answer of the reader's with a reason, not told to anybody."""
    slug = library.guide_slugs[0]
    answered = outcomes.answer(reader, slug, Answer.NO)
    outcomes.give_reason(reader, slug, Reason.UNCLEAR, "Sentence three.")
    return answered.outcome_id


def test_an_answer_that_was_not_told_stays_without_a_name(said, usm, time):
    assert told.list_told(usm, time.now - timedelta(days=1)) == []


def test_a_told_answer_reaches_the_usm_with_its_name(said, reader, usm, time, library):
    told.set_told(reader, said, tells=True)
    (heard,) = told.list_told(usm, time.now)
    assert (heard.outcome_id, heard.member_id) == (said, reader.member_id)
    assert (heard.name, heard.guide_title) == ("Alma Reader", "Do guide-1 (v1)")
    assert (heard.answer, heard.reason, heard.comment) == ("no", "unclear", "Sentence three.")


def test_told_twice_is_told_once_at_the_first_time(said, reader, usm, time):
    told.set_told(reader, said, tells=True)
    first = time.now
    time.pass_days(1)
    told.set_told(reader, said, tells=True)
    assert [heard.told_at for heard in told.list_told(usm, first)] == [first]


def test_it_may_be_taken_back(said, reader, usm, time):
    told.set_told(reader, said, tells=True)
    told.set_told(reader, said, tells=False)
    told.set_told(reader, said, tells=False)
    assert told.list_told(usm, time.now) == []


def test_nobody_takes_back_for_others(said, reader, usm, time, world):
    told.set_told(reader, said, tells=True)
    told.set_told(world.team_mate.viewer, said, tells=False)
    assert len(told.list_told(usm, time.now)) == 1


def test_what_was_told_before_is_not_news(said, reader, usm, time):
    told.set_told(reader, said, tells=True)
    assert told.list_told(usm, time.now + timedelta(seconds=1)) == []


def test_of_those_who_left_nothing_is_shown(said, reader, usm, time):
    told.set_told(reader, said, tells=True)
    key = {"organization_id": reader.organization_id, "id": reader.member_id}
    db.session().get_one(Member, key).left_at = time.now
    db.session().flush()
    assert told.list_told(usm, time.now) == []


def test_a_limited_usm_hears_their_own_people_alone(said, reader, usm, time):
    told.set_told(reader, said, tells=True)
    finance = (
        db.session()
        .scalars(select(Team.id).where(Team.organization_id == usm.organization_id))
        .one()
    )
    elsewhere = Team(
        organization_id=usm.organization_id, id=new_id(), name="Sales", starts_on=time.now.date()
    )
    db.session().add(elsewhere)
    db.session().flush()
    assert len(told.list_told(replace(usm, limited_to=finance), time.now)) == 1
    assert told.list_told(replace(usm, limited_to=elsewhere.id), time.now) == []


def test_only_success_managers_hear_it(said, reader, time):
    told.set_told(reader, said, tells=True)
    with pytest.raises(NotAllowed):
        told.list_told(reader, time.now)


def test_no_other_organization_hears_it(said, reader, time, world, acting):
    told.set_told(reader, said, tells=True)
    db.session().commit()
    acting(world.strange_usm)
    assert told.list_told(world.strange_usm.viewer, time.now) == []
