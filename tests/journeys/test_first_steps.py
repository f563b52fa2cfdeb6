"""From an empty portal to the first member's answer, and what an empty portal says."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from portal.access import Role
from tests.journeys import checks, steps
from tests.journeys.conftest import OpenPage, link_in
from tests.journeys.running import RunningPortal

pytestmark = pytest.mark.browser

CUSTOMER = "Halden Fiskeri"


@pytest.fixture
def empty_portal(tmp_path: Path) -> Iterator[RunningPortal]:
    running = RunningPortal(tmp_path / "instance", "--empty")
    yield running
    running.stop()


def test_it_leads_from_init_to_the_first_answer(
    empty_portal: RunningPortal, browse: OpenPage
) -> None:
    admin, usm, reader = (browse(empty_portal) for _ in range(3))
    steps.become_first_admin(admin, link_in(empty_portal.run("init")))
    steps.set_up_organization(admin, CUSTOMER)
    steps.invite(admin, "Uma Lead", "uma@halden.example")
    steps.join(usm, steps.shown_link(admin, "Uma Lead"), CUSTOMER)
    steps.follow(usm, "People")
    steps.follow(usm, "Invite a person")
    steps.invite(usm, "Rolf Reader", "rolf@halden.example")
    steps.join(reader, steps.shown_link(usm, "Rolf Reader"), CUSTOMER)
    steps.choose_goal(reader)
    steps.open_next_guide(reader, steps.FIRST_GUIDE)
    steps.tick_all(reader)
    steps.answer(reader, "It worked")
    expect(reader.get_by_text("Thank you. Your answer is noted.")).to_be_visible()
    steps.follow(usm, "People")
    expect(steps.row_of(usm, "Rolf Reader")).to_contain_text("1/4")
    expect(steps.row_of(usm, "Rolf Reader")).to_contain_text(steps.SECOND_GUIDE)


@pytest.fixture
def bare_portal(tmp_path: Path) -> Iterator[RunningPortal]:
    """Nobody is in it, and nothing to read."""
    content = tmp_path / "content"
    content.mkdir()
    running = RunningPortal(tmp_path / "instance", "--empty", content_dir=str(content))
    yield running
    running.stop()


def test_it_says_what_to_do_while_there_is_nothing(
    bare_portal: RunningPortal, browse: OpenPage
) -> None:
    admin, usm, reader = (browse(bare_portal) for _ in range(3))
    steps.become_first_admin(admin, link_in(bare_portal.run("init")))
    says(admin, "/organizations", "No customers yet")
    bare_portal.add_organization(CUSTOMER)
    steps.sign_in(usm, bare_portal.add_member("Uma Lead", Role.USM, CUSTOMER).email)
    steps.sign_in(reader, bare_portal.add_member("Rolf Reader", Role.END_USER, CUSTOMER).email)
    says(admin, "/library", "No guides yet")
    says(reader, "/", "There is no goal to choose yet")
    says(reader, "/goals", "There is no goal to choose yet")
    says(usm, "/people", "Rolf Reader")


def says(page: Page, address: str, words: str) -> None:
    """A page without barriers that fits a phone, and what it says."""
    page.goto(address)
    expect(page.get_by_text(words).first).to_be_visible()
    assert checks.barriers(page) == []
    assert [fault for width in checks.PHONES for fault in checks.on_a_phone(page, width)] == []
