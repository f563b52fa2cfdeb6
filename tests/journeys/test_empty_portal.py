"""From `portal init` to the first answer, led by the hand: at a desk, by phone, by keys."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from portal.access import Role
from tests.journeys import checks, steps
from tests.journeys.conftest import OpenPage, link_in
from tests.journeys.hands import WAYS, Hand, become_first_admin, join, say_how_easy
from tests.journeys.running import RunningPortal

pytestmark = pytest.mark.browser

CUSTOMER = "Halden Fiskeri"


@pytest.fixture
def empty_portal(tmp_path: Path) -> Iterator[RunningPortal]:
    running = RunningPortal(tmp_path / "instance", "--empty")
    yield running
    running.stop()


def panel(page: Page, title: str) -> Locator:
    """The list of first steps."""
    return page.get_by_role("region", name=title)


def is_done(page: Page, title: str, step: str) -> None:
    row = panel(page, title).get_by_role("listitem").filter(has_text=step)
    expect(row).to_contain_text("Done")


@pytest.mark.parametrize("way", WAYS)
def test_each_is_led_by_the_hand(
    empty_portal: RunningPortal, browse: OpenPage, tmp_path: Path, way: str
) -> None:
    make, window = WAYS[way]
    admin, author, usm, reader = (make(browse(empty_portal, **window)) for _ in range(4))
    become_first_admin(admin, link_in(empty_portal.run("init")))
    title = "First steps in your portal"
    is_done(admin.page, title, "Give the portal your company's name")
    is_done(admin.page, title, "Publish the first goal")
    assert checks.barriers(admin.page) == []

    admin.follow("Invite an author")
    _invite(admin, "Vera Author", "vera@tallybrook.example", role="Author: writes and mends")
    join(author, steps.shown_link(admin.page, "Vera Author"), "Tallybrook")
    steps.sees(author.page, "Library")

    admin.page.goto("/organizations")
    is_done(admin.page, title, "Invite an author")
    admin.follow("Set up the first customer")
    admin.write("Name", CUSTOMER)
    admin.press("Set up the organization")
    steps.sees(admin.page, f"Invite a person to {CUSTOMER}")
    admin.page.goto("/organizations")
    admin.follow("Invite the person there who will lead their colleagues")
    _invite(admin, "Uma Lead", "uma@halden.example")
    join(usm, steps.shown_link(admin.page, "Uma Lead"), CUSTOMER)

    title = "First steps with your colleagues"
    assert checks.barriers(usm.page) == []
    usm.follow("Invite your first colleague")
    _invite(usm, "Rolf Reader", "rolf@halden.example")
    join(reader, steps.shown_link(usm.page, "Rolf Reader"), CUSTOMER)
    expect(panel(reader.page, title)).to_have_count(0)

    reader.choose_goal(steps.GOAL)
    reader.follow("Read this guide")
    steps.sees(reader.page, steps.FIRST_GUIDE)
    reader.tick_all()
    reader.press_and_go("It worked")
    say_how_easy(reader)
    expect(reader.page.get_by_text("Thank you. Your answer is noted.")).to_be_visible()
    expect(reader.page.get_by_text("1 of 4 done")).to_be_visible()

    usm.page.goto("/people")
    expect(steps.row_of(usm.page, "Rolf Reader")).to_contain_text("1/4")
    expect(steps.row_of(usm.page, "Rolf Reader")).to_contain_text(steps.SECOND_GUIDE)
    usm.follow("Invite a person")
    steps.sees(usm.page, "Invite a person")
    usm.page.goto("/")
    is_done(usm.page, title, "Invite your first colleague")
    is_done(usm.page, title, "See the first progress")
    usm.choose_goal(steps.GOAL)
    expect(panel(usm.page, title)).to_have_count(0)

    empty_portal.run("backup", str(tmp_path / "backup.zip"))
    admin.page.goto("/organizations")
    expect(admin.page.get_by_role("heading", level=1, name="Organizations")).to_be_visible()
    expect(panel(admin.page, "First steps in your portal")).to_have_count(0)


def _invite(hand: Hand, name: str, email: str, role: str = "") -> None:
    hand.write("Name", name)
    hand.write("E-mail address", email)
    if role:
        hand.tick(role)
    hand.press("Invite")
    steps.sees(hand.page, f"{name} is invited")


def test_who_puts_the_steps_away_sees_them_no_more(
    empty_portal: RunningPortal, browse: OpenPage
) -> None:
    page = browse(empty_portal)
    steps.become_first_admin(page, link_in(empty_portal.run("init")))
    steps.press(page, "Put away")
    expect(page.get_by_text("Put away. The pages themselves say")).to_be_visible()
    steps.sees(page, "Organizations")
    expect(panel(page, "First steps in your portal")).to_have_count(0)
    # The pages themselves lead on.
    steps.set_up_organization(page, CUSTOMER)
    steps.invite(page, "Uma Lead", "uma@halden.example")


def test_an_author_without_content_is_told_where_it_lives(tmp_path: Path, browse: OpenPage) -> None:
    content = tmp_path / "content"
    (content / "goals").mkdir(parents=True)
    running = RunningPortal(tmp_path / "instance", "--empty", content_dir=str(content))
    try:
        page = browse(running)
        steps.become_first_admin(page, link_in(running.run("init")))
        page.goto("/library")
        title = "First steps with your guides"
        expect(panel(page, title)).to_contain_text(str(content))
        assert checks.barriers(page) == []
        (content / "goals" / "close.md").write_text("Close the month in five days.")
        page.reload()
        is_done(page, title, "Write down a goal")
    finally:
        running.stop()


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
