"""Help asked, answered, gone up and closed: at a desk, on a phone, by keyboard alone."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from uuid import UUID

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select, update

from portal import clock
from portal.access import Role
from portal.accounts.models import Organization
from portal.accounts.staffing_models import Assignment
from portal.help.models import HelpRequest
from portal.jobs import Work
from tests.factories import Persona
from tests.journeys import checks, steps
from tests.journeys.conftest import OpenPage
from tests.journeys.hands import EVERY_WAY, Hand
from tests.journeys.running import RunningPortal

pytestmark = pytest.mark.browser

WORDS = "The button is grey, whatever I choose."
ANSWER = "Choose a period first."
GUIDE = "/guides/reconcile-with-proof"
NAMES = (f"Help Company {number}" for number in count(1))


Enter = Callable[[Persona], Hand]


@dataclass
class Company:
    """A customer of this test alone: who asks, who answers, and the csm."""

    portal: RunningPortal
    name: str
    organization_id: UUID
    asker: Persona
    usm: Persona
    csm: Persona


@pytest.fixture
def company(portal: RunningPortal) -> Company:
    name = next(NAMES)
    portal.add_organization(name)
    asker = portal.add_member("Alma Reader", Role.END_USER, name)
    usm = portal.add_member("Ursula Lead", Role.USM, name)
    csm = portal.add_member("Carl Success", Role.CSM, "Waymark")
    with portal.database.writing(None) as session:
        known = select(Organization.id).where(Organization.name == name)
        organization_id = session.scalars(known).one()
        session.add(
            Assignment(
                organization_id=organization_id,
                person_id=csm.viewer.person_id,
                caused_by=csm.viewer.person_id,
                starts_at=clock.now(),
            )
        )
        session.commit()
    return Company(portal, name, organization_id, asker, usm, csm)


def ask(hand: Hand) -> None:
    """From a guide to a question on its way."""
    page = hand.page
    page.goto(GUIDE)
    hand.follow("Get help")
    steps.sees(page, "Get help")
    expect(page.get_by_text("Who sees this: Ursula Lead")).to_be_visible()
    hand.write("Your words", WORDS)
    hand.press("Ask for help")
    steps.sees(page, "Your question")
    expect(page.get_by_text("Goes to the vendor on").first).to_be_visible()


def answer(hand: Hand) -> None:
    """From the USM's list to an answer that is sent."""
    hand.page.goto("/help")
    steps.sees(hand.page, "Help")
    hand.follow(WORDS)
    expect(hand.page.get_by_text("Reconcile an account with proof").first).to_be_visible()
    send_answer(hand)


def send_answer(hand: Hand) -> None:
    hand.write("Your words", ANSWER)
    hand.press("Send the answer")
    expect(hand.page.get_by_text("Your answer is sent.")).to_be_visible()


def close_as_solved(asker: Hand) -> None:
    asker.press("Yes, solved")
    expect(asker.page.get_by_text("Closed. Thank you.")).to_be_visible()


def let_hours_pass(company: Company) -> None:
    """As if it had been asked long ago; the portal's own worker does what is then due."""
    before = clock.now() - timedelta(minutes=1)
    ours = HelpRequest.organization_id == company.organization_id
    with company.portal.database.writing(company.organization_id) as session:
        session.execute(update(HelpRequest).where(ours).values(goes_up_at=before))
        session.execute(
            update(Work)
            .where(Work.kind == "help.go_up", Work.organization_id == company.organization_id)
            .values(due_at=before)
        )
        session.commit()


def wait_until_risen(page: Page) -> None:
    """The worker looks every half second."""
    for _look in range(60):
        page.reload()
        if page.get_by_text("It went to the vendor on").count():
            return
        page.wait_for_timeout(250)
    pytest.fail("it did not go up")


@pytest.fixture(params=EVERY_WAY)
def enter(request: pytest.FixtureRequest, browse: OpenPage, company: Company) -> Enter:
    """Sign somebody in, in a window of this kind."""
    make, window = EVERY_WAY[request.param]

    def enter(persona: Persona) -> Hand:
        hand = make(browse(company.portal, **window))
        steps.use_sign_in_link(hand.page, company.portal.sign_in_link(persona.email))
        return hand

    return enter


def test_a_question_is_asked_answered_and_closed(enter: Enter, company: Company) -> None:
    asker, usm = enter(company.asker), enter(company.usm)
    ask(asker)
    answer(usm)
    asker.page.goto("/")
    expect(asker.page.get_by_text("There is an answer. Did it help?")).to_be_visible()
    asker.follow(WORDS)
    expect(asker.page.get_by_text(ANSWER)).to_be_visible()
    close_as_solved(asker)
    usm.page.goto("/help?state=closed")
    usm.follow(WORDS)
    expect(usm.page.get_by_text("It helped.")).to_be_visible()
    fits(usm.page)


def test_unanswered_it_goes_up_and_the_csm_answers(enter: Enter, company: Company) -> None:
    asker, csm = enter(company.asker), enter(company.csm)
    ask(asker)
    let_hours_pass(company)
    wait_until_risen(asker.page)
    csm.page.goto("/customers")
    expect(csm.page.get_by_text("Help waits").last).to_be_visible()
    csm.follow(company.name)
    csm.follow(WORDS)
    expect(csm.page.get_by_label("Your words", exact=True)).to_be_visible()
    fits(csm.page)
    send_answer(csm)
    asker.page.reload()
    expect(asker.page.get_by_text(ANSWER)).to_be_visible()
    close_as_solved(asker)
    csm.page.reload()
    expect(csm.page.get_by_text("It helped.")).to_be_visible()


def fits(page: Page) -> None:
    assert page.viewport_size is not None
    assert page.evaluate(checks.WIDER_THAN_THE_SCREEN, page.viewport_size["width"]) == []


def test_an_owner_lets_the_csm_stand_in_and_takes_it_back(
    browse: OpenPage, company: Company
) -> None:
    owner = company.portal.add_member("Oskar Owner", Role.OWNER, company.name)
    lead, csm = browse(company.portal), browse(company.portal)
    steps.use_sign_in_link(lead, company.portal.sign_in_link(owner.email))
    steps.use_sign_in_link(csm, company.portal.sign_in_link(company.csm.email))
    csm.goto(f"/customers/{company.organization_id}")
    steps.press(csm, "Ask the owners")
    lead.goto("/organization/stand-in")
    expect(lead.get_by_text("to stand in.").first).to_be_visible()
    lead.get_by_label("Until the end of").fill(str(clock.today("UTC") + timedelta(days=7)))
    steps.press(lead, "Let them stand in")
    expect(lead.get_by_text("May act for your USM until the end of")).to_be_visible()
    csm.reload()
    steps.press(csm, "Act for their USM")
    steps.sees(csm, "People")
    expect(
        csm.get_by_text(f"You stand in for the user success manager of {company.name}")
    ).to_be_visible()
    assert checks.barriers(csm) == []
    steps.press(lead, "End it now")
    csm.reload()
    steps.sees(csm, "This is not open to you")
