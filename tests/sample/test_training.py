"""How far success managers have come on their own path: to its end, half-way, or not at all."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from portal import clock
from portal.accounts.models import Member, Organization
from portal.accounts.service import viewers
from portal.customers.service import leads
from portal.paths.follow_up_models import FollowUp
from portal.paths.progress_models import Enrollment, StepPass
from portal.paths.service import home, journey
from portal.paths.service.home import HomeState
from portal.sample.service import loading
from portal.sample.stories import STORIES
from portal.sample.story import Training
from tests.sample.conftest import NOW, small

pytestmark = pytest.mark.database

TRAINED, HALF_WAY, NOT_BEGUN = "Lindqvist Energi", "Kestrel Insurance", "Sandpiper Retail"
PATH = "lead-your-colleagues"
WEEK = timedelta(weeks=1)


@pytest.fixture
def led(ready, mail):
    few = [replace(small(name, 6), required=None) for name in (TRAINED, HALF_WAY, NOT_BEGUN)]
    with clock.standing_at(NOW):
        loading.load(ready, mail, few)
    return ready


def lead_of(database, name):
    with database.across_organizations("a test looks") as session:
        (place,) = session.scalars(select(Organization.id).where(Organization.name == name))
        first = small(name, 6).people[0].name
        mine = Member.organization_id == place, Member.display_name == first
        (member_id,) = session.scalars(select(Member.id).where(*mine))
        return viewers.get_viewer(place, member_id)


def path_of(database, name):
    lead = lead_of(database, name)
    with clock.standing_at(NOW), database.reading(lead.organization_id):
        return home.get_home(lead), journey.get_path(lead, PATH)


def passed_at(database, lead):
    with database.reading(lead.organization_id) as session:
        mine = (
            Enrollment.organization_id == lead.organization_id,
            Enrollment.member_id == lead.member_id,
            StepPass.organization_id == lead.organization_id,
            StepPass.enrollment_id == Enrollment.id,
        )
        return session.scalars(select(StepPass.passed_at).where(*mine)).all()


def trained_at(database, name):
    lead = lead_of(database, name)
    with database.across_organizations("a test looks"):
        (found,) = leads.list_leads([lead.organization_id])[lead.organization_id]
    return found.trained_at


def test_one_took_every_step_in_eight_weeks_or_more_and_said_what_became_of_it(led):
    page, path = path_of(led, TRAINED)
    assert page.state is HomeState.FINISHED
    assert {step.state for step in path.steps} == {"done"}
    lead = lead_of(led, TRAINED)
    with led.reading(lead.organization_id) as session:
        mine = (
            FollowUp.organization_id == lead.organization_id,
            FollowUp.member_id == lead.member_id,
        )
        asked = session.scalars(select(FollowUp).where(*mine)).all()
    assert len(asked) >= 2
    assert any(one.answered_at for one in asked)
    passed = passed_at(led, lead)
    assert 7 * WEEK < max(passed) - min(passed) < 15 * WEEK


def test_one_stopped_half_way(led):
    page, path = path_of(led, HALF_WAY)
    assert page.state in (HomeState.STEP, HomeState.MILESTONE)
    assert page.path_slug == PATH
    assert 0.4 < page.steps_passed / len(path.steps) < 0.65
    assert max(passed_at(led, lead_of(led, HALF_WAY))) < NOW - 3 * WEEK


def test_one_has_not_begun(led):
    page, _path = path_of(led, NOT_BEGUN)
    assert page.state is HomeState.NO_GOAL


def test_the_vendor_sees_who_is_trained(led):
    assert trained_at(led, TRAINED) is not None
    assert (trained_at(led, HALF_WAY), trained_at(led, NOT_BEGUN)) == (None, None)


def test_all_three_are_among_the_stories():
    shares = {story.training.share for story in STORIES}
    assert shares == {0.0, 0.5, 1.0}
    assert sum(story.training.share == 1 for story in STORIES) >= 4


def test_a_longer_path_only_makes_each_visit_longer():
    all_of_it = Training()
    assert [all_of_it.share_at(n) for n in (1, 8, 16, 20)] == [1 / 16, 0.5, 1.0, 1.0]
    assert (Training(share=0.5).visits, Training(share=0.0).visits) == (8, 0)
