"""Those who answer for others do so: nobody's first page is one that was left alone for months."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from portal import clock
from portal.accounts.models import Organization
from portal.adoption import emails
from portal.adoption.models import TodayPutOff
from portal.customers.service import leads
from portal.customers.service.attention import Need
from portal.effectiveness.models import CommentReply, CommentState
from portal.effectiveness.service import comments
from portal.help.models import HelpRequest, State
from portal.messages.models import Message, MessageState
from portal.paths.outcome_models import Outcome
from portal.sample.service import loading
from portal.sample.small import KRANICH
from portal.sample.stories import STORIES
from tests.sample.conftest import NOW, small

pytestmark = pytest.mark.database


@pytest.fixture
def load(ready, mail):
    def load_stories(*stories):
        with clock.standing_at(NOW):
            loading.load(ready, mail, stories)
        return ready

    return load_stories


def organization(session, name):
    return session.scalars(select(Organization).where(Organization.name == name)).one()


def test_where_everybody_is_told_the_lead_was_here_lately_and_somebody_waits(load):
    with load(KRANICH).across_organizations("a test looks") as session:
        here = organization(session, KRANICH.name).id
        (lead,) = leads.list_leads([here])[here]
        assert lead.needs(NOW) is Need.NOTHING
        asked = session.scalars(select(HelpRequest).order_by(HelpRequest.asked_at)).all()
        assert [one.state for one in asked] == [State.ANSWERED, State.OPEN]
        assert NOW - asked[-1].asked_at < timedelta(days=5)


def test_the_author_looks_after_comments_that_the_guide_could_mend(load):
    database = load(small("Northgate Clinics", 40, rewritten=None))
    with database.across_organizations("a test looks") as session:
        query = select(CommentReply, Outcome.reason, Outcome.changed_at).join(
            Outcome,
            (Outcome.organization_id == CommentReply.organization_id)
            & (Outcome.id == CommentReply.outcome_id),
        )
        found = session.execute(query).all()
    assert {reply.state for reply, _reason, _at in found} >= {CommentState.SEEN, CommentState.WONT}
    assert not {reason for _reply, reason, _at in found} & comments.VENDORS
    assert all(said_at < reply.changed_at for reply, _reason, said_at in found)


def test_who_leads_well_has_worked_on_the_list_of_today(load):
    with load(small("Lindqvist Energi", 40)).across_organizations("a test looks") as session:
        assert len(session.scalars(select(TodayPutOff)).all()) > 5
        nudges = session.scalars(select(Message.state).where(Message.name == emails.NUDGE)).all()
        assert set(nudges) == {MessageState.SAMPLE}


def test_the_vendor_sets_customers_up_while_it_works(load):
    few = [small(story.name, 4, required=None) for story in STORIES[2:6]]
    with load(KRANICH, *few).across_organizations("a test looks") as session:
        made = session.scalars(select(Organization.created_at).where(Organization.is_sample)).all()
    assert len(made) == 5
    assert all(at.isoweekday() <= 5 for at in made)
