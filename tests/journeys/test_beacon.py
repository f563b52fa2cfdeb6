"""What only the page can know: that a guide was read for a while, that the question was seen."""

import re
from uuid import UUID

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from portal.access import Role
from portal.paths.outcome_models import Asked, Opening
from tests.factories import Persona
from tests.journeys import steps
from tests.journeys.conftest import OpenPage
from tests.journeys.running import RunningPortal

pytestmark = pytest.mark.browser

HIDE = """() => {
  Object.defineProperty(document, "visibilityState", { value: "hidden", configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}"""
SHOW = """() => {
  delete document.visibilityState;
  document.dispatchEvent(new Event("visibilitychange"));
}"""


@pytest.fixture
def persona(portal: RunningPortal) -> Persona:
    return portal.add_member("Bea Reader", Role.END_USER)


@pytest.fixture
def page(portal: RunningPortal, browse: OpenPage, persona: Persona) -> Page:
    """A guide that was just opened, and a clock that stands in the test's hand."""
    # Not from the shelf, nor back onto it: the clock stays the test's.
    window = browse(portal, reduced_motion="reduce")
    steps.sign_in(window, persona.email)
    window.clock.install()
    window.goto("/guides/reconcile-with-proof")
    steps.sees(window, steps.FIRST_GUIDE)
    return window


def stored(portal: RunningPortal, persona: Persona, model: type[Opening] | type[Asked]) -> int:
    with portal.database.reading(persona.organization_id) as session:
        mine = select(model.revision_id).where(
            model.organization_id == persona.organization_id,
            model.member_id == persona.member_id,
        )
        found: list[UUID] = list(session.scalars(mine))
    return len(found)


def tells(kind: str) -> re.Pattern[str]:
    return re.compile(f"(^|&)kind={kind}(&|$)")


def test_it_counts_a_guide_as_opened_after_ten_seconds(
    portal: RunningPortal, page: Page, persona: Persona
) -> None:
    page.clock.run_for(9_000)
    assert stored(portal, persona, Opening) == 0
    with page.expect_response("**/beacon") as told:
        page.clock.run_for(1_500)
    assert told.value.status == 204
    assert tells("opened").search(told.value.request.post_data or "")
    assert stored(portal, persona, Opening) == 1


def test_it_counts_only_the_time_in_which_the_guide_could_be_seen(
    portal: RunningPortal, page: Page, persona: Persona
) -> None:
    page.clock.run_for(6_000)
    page.evaluate(HIDE)
    page.clock.run_for(60_000)
    page.evaluate(SHOW)
    page.clock.run_for(3_000)
    assert stored(portal, persona, Opening) == 0
    with page.expect_response("**/beacon"):
        page.clock.run_for(1_500)
    assert stored(portal, persona, Opening) == 1


def test_it_notes_the_question_when_it_comes_into_view(
    portal: RunningPortal, page: Page, persona: Persona
) -> None:
    assert stored(portal, persona, Asked) == 0
    question = page.get_by_role("button", name="It worked")
    expect(question).not_to_be_in_viewport()
    with page.expect_response("**/beacon") as told:
        question.scroll_into_view_if_needed()
    assert tells("shown").search(told.value.request.post_data or "")
    assert stored(portal, persona, Asked) == 1
