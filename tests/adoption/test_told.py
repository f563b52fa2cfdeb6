"""Which answers reach the success manager with a name: those that were told, and no others."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from portal import clock, db
from portal.accounts.models import Member
from portal.accounts.team_models import Team
from portal.adoption.service import today
from portal.adoption.service.candidates import TOLD_WITHIN
from portal.adoption.service.today_shape import Kind
from portal.ids import new_id
from portal.paths.outcome_models import Answer, Reason
from portal.paths.service import outcomes, told
from tests.paths.conftest import reader, time  # noqa: F401 - fixtures


@pytest.fixture
def usm(world):
    return world.usm.viewer


@pytest.fixture
def said(reader, library):  # noqa: F811
    """An answer of the reader's with a reason, not told to anybody."""
    slug = library.guide_slugs[0]
    answered = outcomes.answer(reader, slug, Answer.NO)
    outcomes.give_reason(reader, slug, Reason.UNCLEAR, "Sentence three.")
    return answered.outcome_id


@pytest.fixture
def heard(said, reader):  # noqa: F811
    """The answer, told by the reader."""
    told.set_told(reader, said, tells=True)
    return said


def heard_by(viewer):
    return [item for item in today.get_today(viewer).items if item.kind is Kind.TOLD]


def test_an_answer_that_was_not_told_stays_without_a_name(said, usm):
    assert heard_by(usm) == []


def test_a_told_answer_reaches_the_usm_with_its_name(heard, reader, usm):  # noqa: F811
    (item,) = heard_by(usm)
    assert (item.subject_id, item.member_id) == (heard, reader.member_id)
    assert (item.name, item.what) == ("Alma Reader", "Do guide-1 (v1)")
    assert (item.word, item.more) == ("no", "Sentence three.")


def test_told_twice_is_told_once_at_the_first_time(heard, reader, usm, time):  # noqa: F811
    first = time.now
    time.pass_days(1)
    told.set_told(reader, heard, tells=True)
    assert [item.at for item in heard_by(usm)] == [first]


def test_it_may_be_taken_back(heard, reader, usm):  # noqa: F811
    told.set_told(reader, heard, tells=False)
    told.set_told(reader, heard, tells=False)
    assert heard_by(usm) == []


def test_nobody_takes_back_for_others(heard, usm, world):
    told.set_told(world.team_mate.viewer, heard, tells=False)
    assert len(heard_by(usm)) == 1


def test_what_was_told_long_ago_is_not_news(heard, usm, monkeypatch):
    later = clock.now() + TOLD_WITHIN
    monkeypatch.setattr(clock, "now", lambda: later)
    assert heard_by(usm) == []


def test_of_those_who_left_nothing_is_shown(heard, reader, usm):  # noqa: F811
    key = {"organization_id": reader.organization_id, "id": reader.member_id}
    db.session().get_one(Member, key).left_at = clock.now()
    db.session().flush()
    assert heard_by(usm) == []


def test_a_limited_usm_hears_their_own_people_alone(heard, usm):
    finance = (
        db.session()
        .scalars(select(Team.id).where(Team.organization_id == usm.organization_id))
        .one()
    )
    elsewhere = Team(
        organization_id=usm.organization_id,
        id=new_id(),
        name="Sales",
        starts_on=clock.now().date(),
    )
    db.session().add(elsewhere)
    db.session().flush()
    assert len(heard_by(replace(usm, limited_to=finance))) == 1
    assert heard_by(replace(usm, limited_to=elsewhere.id)) == []


def test_no_other_organization_hears_it(heard, world, acting):
    db.session().commit()
    acting(world.strange_usm)
    assert heard_by(world.strange_usm.viewer) == []
