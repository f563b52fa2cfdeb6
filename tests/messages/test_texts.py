"""Subjects, texts and headers as they leave the portal."""

from dataclasses import replace
from datetime import UTC, datetime

from portal.ids import new_id
from portal.messages.delivery import compose, in_ascii
from portal.messages.models import Message, MessageClass, MessageState
from portal.messages.service import Addressee, render
from tests.mail import MAIL

TO = Addressee("alma@aurora.example", new_id(), "en", "Europe/Berlin")
LINK = {"url": "http://portal.example/links/t", "minutes": 30, "vendor": "Tallybrook"}


def test_html_is_escaped_and_plain_text_is_not() -> None:
    subject, text, html = render("sign_in_link", TO, LINK | {"vendor": "Tally & <Brook>"})
    assert subject == "Your sign-in link for Tally & <Brook>"
    assert "<Brook>" not in html
    assert "&lt;Brook&gt;" in html
    assert "http://portal.example/links/t" in text


def test_a_subject_is_one_line() -> None:
    subject, _text, _html = render(
        "sign_in_link", TO, LINK | {"vendor": "Tally\r\nBcc: all@example.com"}
    )
    assert "\n" not in subject
    assert "\r" not in subject


def test_a_mail_fetches_nothing() -> None:
    _subject, _text, html = render("sign_in_link", TO, LINK)
    assert "<img" not in html
    assert "<link" not in html
    assert "url(" not in html


INVITATION = {
    "url": "http://portal.example/links/t",
    "works_until": datetime(2026, 11, 22, 10, 30, tzinfo=UTC),
    "name": "Alma",
    "inviter": "Ursula",
    "organization": "Aurora",
    "is_staff": False,
}


def test_times_are_the_readers() -> None:
    _subject, text, _html = render("invitation", TO, INVITATION)
    assert "11:30" in text
    _subject, text, _html = render("invitation", replace(TO, zone="UTC"), INVITATION)
    assert "10:30" in text


def test_colleagues_read_what_they_can_do_and_staff_what_they_are_asked_for() -> None:
    for is_staff, words in ((False, "want to reach at work"), (True, "to work on the portal")):
        _subject, text, html = render("invitation", TO, INVITATION | {"is_staff": is_staff})
        assert words in text
        assert words in html


def test_a_domain_is_written_as_mail_servers_know_it() -> None:
    assert in_ascii("alma@bücher.example") == "alma@xn--bcher-kva.example"


def test_a_mail_has_a_plain_text_for_those_who_want_no_html() -> None:
    mail = compose(_message(), MAIL)
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]


def _message() -> Message:
    return Message(
        recipient="alma@aurora.example",
        name="sign_in_link",
        message_class=MessageClass.SECURITY,
        subject="Your link",
        body_text="Text",
        body_html="<p>Text</p>",
        message_id="<1@tallybrook.example>",
        state=MessageState.QUEUED,
    )
