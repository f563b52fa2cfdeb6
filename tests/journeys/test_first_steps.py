"""From an empty portal to the first member's answer."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.journeys import steps
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
