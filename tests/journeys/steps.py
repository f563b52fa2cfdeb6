"""What people do on the pages, in the words that they read there."""

import re

from playwright.sync_api import Locator, Page, expect

from tests.journeys.running import PASSWORD

GOAL = "Close the month in five working days"
FIRST_GUIDE = "Reconcile an account with proof"
SECOND_GUIDE = "Book an accrual that reverses itself"


def sees(page: Page, heading: str | re.Pattern[str]) -> None:
    """The page under this heading has come."""
    expect(page.get_by_role("heading", level=1, name=heading)).to_be_visible()


def press(page: Page, name: str) -> None:
    """Press a button, by its words."""
    page.get_by_role("button", name=name, exact=True).click()


def follow(page: Page, name: str) -> None:
    """Follow a link, by its words."""
    page.get_by_role("link", name=name, exact=True).first.click()


def sign_in(page: Page, email: str) -> None:
    """With address and password."""
    _give_password(page, email)
    expect(page).not_to_have_url(re.compile("/sign-in"))


def sign_in_to(page: Page, email: str, organization: str) -> None:
    """With address and password, to one of several organizations."""
    _give_password(page, email)
    sees(page, "Where do you want to go?")
    page.get_by_text(organization).click()
    press(page, "Continue")
    expect(page).not_to_have_url(re.compile("/sign-in"))


def _give_password(page: Page, email: str) -> None:
    page.goto("/sign-in")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    press(page, "Sign in")


def use_sign_in_link(page: Page, link: str) -> None:
    """Open a sign-in link and press its button."""
    page.goto(link)
    page.get_by_role("button", name="Sign in as").click()
    expect(page).not_to_have_url(re.compile("/links/"))


def bring_file(page: Page, words: str) -> None:
    """Bring a file of people, on the page for that."""
    data = {"name": "people.csv", "mimeType": "text/csv", "buffer": words.encode()}
    page.get_by_label("File", exact=True).set_input_files(data)
    press(page, "Check the file")
    expect(page.get_by_role("heading", name="Line by line")).to_be_visible()


def become_first_admin(page: Page, link: str) -> None:
    """Set up an empty portal."""
    page.goto(link)
    page.get_by_label("Your company").fill("Tallybrook")
    page.get_by_label("Your name").fill("Ada Admin")
    page.get_by_label("Your e-mail address").fill("ada@tallybrook.example")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_label("Time zone").select_option("Europe/Berlin")
    press(page, "Become admin")
    sees(page, "Organizations")


def set_up_organization(page: Page, name: str) -> None:
    """From the list of organizations to the invitation of the first person."""
    follow(page, "Set up an organization")
    page.get_by_label("Name").fill(name)
    press(page, "Set up the organization")
    sees(page, f"Invite a person to {name}")


def invite(page: Page, name: str, email: str) -> None:
    """Fill the invitation and send it, with the role that is offered."""
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("E-mail address").fill(email)
    press(page, "Invite")
    sees(page, f"{name} is invited")


def shown_link(page: Page, name: str) -> str:
    """The invitation's link, which is shown where no mail goes out."""
    return page.get_by_label(f"The link for {name}").input_value()


def join(page: Page, link: str, organization: str) -> None:
    """Take up an invitation with a password."""
    page.goto(link)
    page.get_by_label("Password").fill(PASSWORD)
    press(page, f"Join {organization}")
    expect(page).not_to_have_url(re.compile("/links/"))


def choose_goal(page: Page) -> None:
    """From a home without a goal to the first step."""
    sees(page, "What do you want to reach?")
    goal = page.get_by_role("article", name=GOAL)
    goal.get_by_role("button", name="Choose this goal").click()
    sees(page, GOAL)


def open_next_guide(page: Page, title: str) -> None:
    """From home to the guide that it offers."""
    expect(page.get_by_role("heading", level=2, name=title)).to_be_visible()
    follow(page, "Read this guide")
    sees(page, title)


def tick_all(page: Page) -> None:
    """Tick the checklist; each tick is saved before the next."""
    for box in page.locator(".checklist").get_by_role("checkbox").all():
        with page.expect_response("**/ticks"):
            box.check()


def answer(page: Page, words: str) -> None:
    """Press one of the five answers; whoever is drawn also says how easy it was."""
    with page.expect_navigation():
        page.get_by_role("button", name=words).click()
    say_how_easy(page)


def send_reason(page: Page) -> None:
    """Send what stood in the way; whoever is drawn also says how easy it was."""
    with page.expect_navigation():
        press(page, "Send and go on")
    expect(page.get_by_text("Thank you. This helps to mend the guide.")).to_be_visible()
    say_how_easy(page)


def say_how_easy(page: Page) -> None:
    """Answer the question that one guide in three is drawn for, if it is asked."""
    if page.url.endswith("/ease"):
        page.get_by_text("5", exact=True).click()
        press(page, "Send and go on")
        expect(page).not_to_have_url(re.compile("/ease$"))


def row_of(page: Page, name: str) -> Locator:
    """Somebody's row on the people page."""
    return page.get_by_role("row").filter(has_text=re.compile(rf"{name}\b"))
