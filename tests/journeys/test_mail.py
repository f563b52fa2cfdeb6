"""Mailed links, with a real mail server and the worker that sends."""

import pytest
from playwright.sync_api import Error, Page, expect

from portal.access import Role
from tests.journeys import checks, steps
from tests.journeys.conftest import MAILED, OpenPage, link_in
from tests.journeys.mailbox import UNKNOWN, Mailbox, text_of
from tests.journeys.running import RunningPortal

pytestmark = pytest.mark.browser


def ask_for_link(page: Page, email: str) -> None:
    page.goto("/sign-in")
    steps.follow(page, "Get a sign-in link by mail")
    page.get_by_label("E-mail address").fill(email)
    steps.press(page, "Send the link")
    steps.sees(page, "Look into your mailbox")


def reload_until(page: Page, words: str) -> None:
    """The worker notes what became of a message a moment after the mail server took it."""
    for _attempt in range(30):
        try:
            page.get_by_text(words).wait_for(timeout=1000)
            return
        except Error:
            page.reload()
    expect(page.get_by_text(words)).to_be_visible()


def test_it_signs_in_by_a_mailed_link_once(
    mailing_portal: RunningPortal, mailbox: Mailbox, browse: OpenPage
) -> None:
    page, scanner = browse(mailing_portal), browse(mailing_portal)
    email = mailing_portal.add_member("Lena Reader", Role.END_USER, MAILED).email
    ask_for_link(page, email)
    link = link_in(text_of(mailbox.next_to(email)))
    for _look in range(2):
        scanner.goto(link)
        steps.sees(scanner, "Welcome back")
    steps.use_sign_in_link(page, link)
    steps.sees(page, "What do you want to reach?")
    page.goto(link)
    expect(page.get_by_text("This link was used or replaced; each works once.")).to_be_visible()
    expect(page.get_by_text("Ask for a new one on the sign-in page.")).to_be_visible()


def test_it_says_the_same_to_an_address_that_nobody_has(
    mailing_portal: RunningPortal, mailbox: Mailbox, browse: OpenPage
) -> None:
    page = browse(mailing_portal)
    email = mailing_portal.add_member("Rui Reader", Role.END_USER, MAILED).email
    ask_for_link(page, "who.is.this@aalto-werk.example")
    ask_for_link(page, email)
    assert mailbox.next_to(email)
    assert "who.is.this@aalto-werk.example" not in mailbox.recipients


def test_it_tells_the_usm_what_became_of_an_invitation(
    mailing_portal: RunningPortal, mailbox: Mailbox, browse: OpenPage
) -> None:
    usm, reader = browse(mailing_portal), browse(mailing_portal)
    steps.sign_in(usm, mailing_portal.add_member("Ulla Lead", Role.USM, MAILED).email)
    usm.goto("/people/invite")
    steps.invite(usm, "Nils Neu", "nils.neu@aalto-werk.example")
    steps.join(reader, link_in(text_of(mailbox.next_to("nils.neu@aalto-werk.example"))), MAILED)
    steps.sees(reader, "What do you want to reach?")
    reload_until(usm, "Nils Neu has joined")


def test_it_tells_the_usm_of_mail_that_was_not_taken(
    mailing_portal: RunningPortal, browse: OpenPage
) -> None:
    usm = browse(mailing_portal)
    steps.sign_in(usm, mailing_portal.add_member("Uta Lead", Role.USM, MAILED).email)
    usm.goto("/people/invite")
    steps.invite(usm, "Nemo Niemand", UNKNOWN)
    reload_until(usm, "Could not be delivered")
    assert checks.barriers(usm) == []
    usm.goto("/people?words=Nemo")
    expect(steps.row_of(usm, "Nemo")).to_contain_text("their address refuses mail")


@pytest.mark.parametrize("address", ["/sign-in", "/sign-in/link"])
def test_it_offers_mail_without_barriers(
    mailing_portal: RunningPortal, browse: OpenPage, address: str
) -> None:
    page = browse(mailing_portal)
    page.goto(address)
    assert checks.barriers(page) == []
    steps.press(page, "Sign in" if address == "/sign-in" else "Send the link")
    expect(page.get_by_role("alert")).to_be_visible()
    assert checks.barriers(page) == []
    for width in checks.PHONES:
        assert checks.on_a_phone(page, width) == []
