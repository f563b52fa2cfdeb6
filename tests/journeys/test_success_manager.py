"""A success manager's half hour: who needs them, many people at once, notes, and the figures."""

import re
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from portal import clock
from portal.access import Role
from portal.guides.models import Goal
from portal.ids import new_id
from portal.paths.models import Path as LearningPath
from portal.paths.models import Step, StepKind
from tests.factories import Persona
from tests.journeys import checks, steps
from tests.journeys.conftest import OpenPage
from tests.journeys.running import RunningPortal

pytestmark = pytest.mark.browser

PHONE: dict[str, Any] = {
    "has_touch": True,
    "is_mobile": True,
    "viewport": {"width": 390, "height": 800},
}
PLAIN = {**PHONE, "java_script_enabled": False}


class Company:
    """A customer of its own, so that no other test is in the way."""

    numbers = iter(range(1, 1000))

    def __init__(self, portal: RunningPortal) -> None:
        self.portal = portal
        self.name = f"Company {next(self.numbers)}"
        portal.add_organization(self.name)
        self.usm = self.add("Ulla Lead", Role.USM)
        self.readers = [self.add(f"Rita {letter}") for letter in "ABC"]

    def add(self, name: str, role: Role = Role.END_USER) -> Persona:
        return self.portal.add_member(name, role, self.name)


@pytest.fixture
def company(portal: RunningPortal) -> Company:
    return Company(portal)


def tick(page: Page, persona: Persona) -> None:
    page.get_by_label(f"Select {persona.viewer.display_name}").check()


def ask(page: Page, people: int) -> None:
    """From the page that says who is meant to the message with its undo."""
    steps.sees(page, "Put people on a path")
    page.get_by_label("Path", exact=True).select_option(label="Close with proof")
    page.get_by_role("button", name=f"Ask {people} p").click()
    expect(page.get_by_role("status").filter(has_text="asked to follow")).to_be_visible()


@pytest.mark.parametrize("options", [{}, PHONE, PLAIN], ids=["desktop", "phone", "no script"])
def test_many_are_put_on_a_path_and_taken_off_again(
    portal: RunningPortal, browse: OpenPage, company: Company, options: dict[str, Any]
) -> None:
    page = browse(portal, **options)
    steps.sign_in(page, company.usm.email)
    page.goto("/people")
    for reader in company.readers[:2]:
        tick(page, reader)
    if options.get("java_script_enabled", True):
        expect(page.get_by_text("2 selected")).to_be_visible()
    steps.press(page, "Put on a path")
    ask(page, 2)
    on_path = steps.row_of(page, company.readers[0].viewer.display_name)
    expect(on_path).to_contain_text("Close with proof")
    steps.press(page, "Undo")
    expect(page.get_by_text("Undone.")).to_be_visible()
    expect(on_path).to_contain_text("No goal chosen yet")


def test_everybody_whom_the_filter_shows_is_meant(
    portal: RunningPortal, browse: OpenPage, company: Company
) -> None:
    page = browse(portal)
    steps.sign_in(page, company.usm.email)
    page.goto("/people?words=rita")
    page.get_by_role("link", name="Choose all 3 people").click()
    ask(page, 3)
    ulla = steps.row_of(page, company.usm.viewer.display_name)
    expect(ulla).to_contain_text("No goal chosen yet")


def test_it_is_done_by_keyboard(portal: RunningPortal, browse: OpenPage, company: Company) -> None:
    page = browse(portal)
    steps.sign_in(page, company.usm.email)
    page.goto("/people")
    page.get_by_label(f"Select {company.readers[0].viewer.display_name}").focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name="Put on a path").focus()
    page.keyboard.press("Enter")
    steps.sees(page, "Put people on a path")
    page.get_by_label("Path", exact=True).focus()
    page.keyboard.type("Close with")
    page.get_by_role("button", name="Ask 1 person").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Undo")).to_be_visible()


def test_a_reader_finds_what_is_asked_beside_their_own_goal(
    portal: RunningPortal, browse: OpenPage, company: Company
) -> None:
    page = browse(portal)
    steps.sign_in(page, company.readers[0].email)
    steps.choose_goal(page)
    usm = browse(portal)
    steps.sign_in(usm, company.usm.email)
    usm.goto("/people")
    tick(usm, company.readers[0])
    steps.press(usm, "Put on a path")
    choices = usm.get_by_label("Path", exact=True).locator("option")
    others = [words for words in choices.all_inner_texts() if words != "Close with proof"]
    usm.get_by_label("Path", exact=True).select_option(label=others[1])
    usm.get_by_label("Until").fill((clock.today("UTC") + timedelta(days=60)).isoformat())
    usm.get_by_role("button", name="Ask 1 person").click()
    expect(usm.get_by_role("button", name="Undo")).to_be_visible()
    page.goto("/")
    steps.sees(page, steps.GOAL)
    expect(page.get_by_role("heading", name="What your success manager asks")).to_be_visible()
    expect(page.get_by_role("link", name=others[1])).to_be_visible()


@pytest.mark.parametrize("options", [{}, PHONE], ids=["desktop", "phone"])
def test_what_needs_somebody_today_is_done(
    portal: RunningPortal, browse: OpenPage, company: Company, options: dict[str, Any]
) -> None:
    reader = browse(portal)
    steps.sign_in(reader, company.readers[0].email)
    reader.goto("/help/ask")
    reader.get_by_role("textbox").fill("Where do I find the bank file?")
    reader.locator("main button[type=submit]").click()
    expect(reader.get_by_text("Your question is on its way.")).to_be_visible()
    page = browse(portal, **options)
    steps.sign_in(page, company.usm.email)
    steps.sees(page, "Today")
    item = page.get_by_role("listitem").filter(has_text="Where do I find the bank file?")
    expect(item).to_be_visible()
    assert not page.evaluate(checks.WIDER_THAN_THE_SCREEN, 1280 if not options else 390)
    item.get_by_role("button", name="tomorrow").click()
    expect(page.get_by_text("It comes back tomorrow.")).to_be_visible()
    expect(page.get_by_role("heading", name="Nothing needs you today")).to_be_visible()
    steps.press(page, "Show them again")
    steps.follow(page, "Answer")
    expect(page.get_by_text("Where do I find the bank file?").first).to_be_visible()


@pytest.mark.parametrize("options", [{}, PHONE, PLAIN], ids=["desktop", "phone", "no script"])
def test_a_pinned_note_is_read_and_taken_off(
    portal: RunningPortal, browse: OpenPage, company: Company, options: dict[str, Any]
) -> None:
    page = browse(portal, **options)
    steps.sign_in(page, company.usm.email)
    page.goto("/guides/reconcile-with-proof")
    steps.follow(page, "Pin a note for your people")
    page.get_by_label("The note").fill("Ask Ulla for access: https://wiki.example/close")
    steps.press(page, "Pin the note")
    reader = browse(portal, **options)
    steps.sign_in(reader, company.readers[0].email)
    reader.goto("/guides/reconcile-with-proof")
    note = reader.get_by_role("complementary", name="Note from your organization")
    expect(note).to_contain_text("Ask Ulla for access")
    expect(note.get_by_role("link", name="https://wiki.example/close")).to_be_visible()
    stranger = browse(portal, **options)
    steps.sign_in(stranger, portal.add_member("Sia Stranger", Role.END_USER).email)
    stranger.goto("/guides/reconcile-with-proof")
    expect(stranger.get_by_text("Ask Ulla for access")).to_have_count(0)
    page.goto("/notes")
    steps.press(page, "Take off")
    reader.reload()
    expect(note).to_have_count(0)
    steps.press(page, "Put back")
    reader.reload()
    expect(note).to_be_visible()


def add_path(portal: RunningPortal) -> tuple[str, str]:
    """A path of tasks, two of them optional; returns its name in addresses and its title."""
    titles = {"Ask": False, "Read aloud": True, "Write": False, "Draw": True, "Told": False}
    title = f"Tell it {new_id().hex}"
    with portal.database.writing(None) as session:
        goal_id = session.scalars(select(Goal.id)).first()
        path = LearningPath(id=new_id(), slug=new_id().hex, title=title, goal_id=goal_id, html="")
        path.jobs, path.steps_total, path.source_hash = ["teller"], len(titles), ""
        session.add(path)
        session.flush()
        for position, (name, optional) in enumerate(titles.items(), start=1):
            step = Step(id=new_id(), path_id=path.id, key=name, title=name, position=position)
            step.kind = StepKind.MILESTONE if name == "Told" else StepKind.TASK
            step.is_optional = optional
            session.add(step)
        session.commit()
        return path.slug, path.title


@pytest.mark.parametrize("options", [{}, PHONE, PLAIN], ids=["desktop", "phone", "no script"])
def test_a_path_is_fitted_for_everybody_and_that_is_undone(
    portal: RunningPortal, browse: OpenPage, company: Company, options: dict[str, Any]
) -> None:
    slug, title = add_path(portal)
    reader, page = browse(portal, **options), browse(portal, **options)
    steps.sign_in(reader, company.readers[0].email)
    reader.goto(f"/paths/{slug}")
    on_path = reader.locator(".steps .step-title")
    steps.press(reader, "Choose this path")
    steps.sign_in(page, company.usm.email)
    page.goto(f"/paths/{slug}")
    steps.follow(page, "Fit this path to your organization")
    expect(page.get_by_role("button", name=re.compile("Leave out.*Ask"))).to_have_count(0)
    page.get_by_role("button", name=re.compile("Leave out.*Draw")).click()
    expect(page.get_by_text("The step is left out.")).to_be_visible()
    page.get_by_role("button", name=re.compile("Move up.*Read aloud")).click()
    expect(page.get_by_text("The step is moved.")).to_be_visible()
    expect(page.get_by_text("Your people follow 4 steps.")).to_be_visible()
    reader.goto(f"/paths/{slug}")
    expect(on_path).to_have_text(["Read aloud", "Ask", "Write", "Told"])
    # The worker counts everybody anew.
    counted_anew(reader)
    steps.press(page, "Undo the last change")
    page.goto("/notes")
    expect(page.get_by_role("listitem").filter(has_text=title)).to_contain_text("1 step left out")
    steps.follow(page, title)
    steps.press(page, "All steps, in the vendor's order")
    reader.goto(f"/paths/{slug}")
    expect(on_path).to_have_text(["Ask", "Read aloud", "Write", "Draw", "Told"])


def counted_anew(reader: Page) -> None:
    """Home leads to the step that is first in the organization, of as many as it has."""
    for _attempt in range(40):
        reader.goto("/")
        if reader.get_by_role("heading", name="Read aloud").count():
            break
        reader.wait_for_timeout(500)
    expect(reader.get_by_text("Step 1 of 4")).to_be_visible()
    expect(reader.get_by_role("heading", name="Read aloud")).to_be_visible()


def test_the_overview_counts_them(
    portal: RunningPortal, browse: OpenPage, company: Company
) -> None:
    reader = browse(portal)
    steps.sign_in(reader, company.readers[0].email)
    steps.choose_goal(reader)
    page = browse(portal)
    steps.sign_in(page, company.usm.email)
    page.goto("/overview")
    figures = page.locator("dl.figures > div")
    expect(figures.filter(has_text="They accepted")).to_contain_text("4")
    steps.sees(page, "Are we getting there?")
    expect(page.get_by_role("heading", level=3, name="Close with proof")).to_be_visible()
    page.get_by_text("What stuck and stopped mean").click()
    expect(page.get_by_text("Stuck: not finished, and no step for 7 days")).to_be_visible()
