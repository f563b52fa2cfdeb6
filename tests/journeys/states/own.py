"""What a person sees of themselves: account, contact, data, erasure, password."""

from playwright.sync_api import Page

from tests.journeys import many, steps
from tests.journeys.states.kinds import LOOK_AGAIN, State, fill_and_press, press


def leave_alone(page: Page) -> None:
    """Be left alone, unless an earlier visit saw to that."""
    button = page.get_by_role("button", name="Leave me alone")
    if button.count():
        steps.press(page, "Leave me alone")


STATES = (
    State(
        "accounts.me",
        "mail comes back",
        "long",
        "/me",
        "this address refuses mail",
        arrange=many.let_mail_come_back,
    ),
    State("accounts.own_address_page", "no mail", "walker", "/me/address", "cannot send mail"),
    State("accounts.me", "own", "double", "/me", "Go to another organization"),
    State(
        "accounts.me",
        "mistakes",
        "walker",
        "/me",
        LOOK_AGAIN,
        fill_and_press("Save", display_name=""),
        422,
    ),
    State("accounts.me", "long names", "long", "/me", "My account"),
    State("accounts.contact", "as it is", "walker", "/me/contact", "Rather not at all?"),
    State(
        "accounts.contact",
        "mistakes",
        "walker",
        "/me/contact",
        LOOK_AGAIN,
        fill_and_press("Save", quiet_from="22:00"),
        422,
    ),
    State(
        "accounts.contact",
        "left alone",
        "finished",
        "/me/contact",
        "You are left alone",
        leave_alone,
    ),
    State(
        "accounts.unwanted", "follow-ups", "nobody", "/unwanted/{unwanted}", "Nothing has changed"
    ),
    State("accounts.data", "as it is", "walker", "/me/data", "Take it along"),
    State("accounts.data", "long names", "long", "/me/data", "Take it along"),
    State(
        "accounts.data",
        "file being made",
        "critic",
        "/me/data",
        "Your file is being made",
        press("Make a file of everything"),
    ),
    State(
        "accounts.data",
        "file could not be made",
        "long",
        "/me/data",
        "It could not be made.",
        arrange=many.give_up_a_file,
    ),
    State("accounts.data_rows", "as it is", "walker", "/me/data/outcome", "Your answers"),
    State(
        "accounts.data_rows", "long names", "long", "/me/data/member", "You in this organization"
    ),
    State(
        "accounts.data_rows", "nothing there", "walker", "/me/data/stand_in", "Nothing about you"
    ),
    State("accounts.data", "to be erased", "leaving", "/me/data", "You will be erased"),
    State("accounts.data", "erasure delayed", "delayed", "/me/data", "could not be carried out"),
    State("accounts.erase_me", "by link", "walker", "/me/erase", "Erase me"),
    State(
        "accounts.erase_me",
        "wrong password",
        "by password",
        "/me/erase",
        LOOK_AGAIN,
        fill_and_press("Erase me", password="wrong"),
        422,
    ),
    State("accounts.unwanted", "stopped", "nobody", "/unwanted/{stopped}", "You get no more"),
    State("accounts.password", "by link", "walker", "/me/password", "Set a password"),
    State(
        "accounts.password",
        "mistakes",
        "walker",
        "/me/password",
        LOOK_AGAIN,
        press("Set the password"),
        422,
    ),
    State("accounts.password", "asked", "by password", "/me/password", "Current password"),
)
