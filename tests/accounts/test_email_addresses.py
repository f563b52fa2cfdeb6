"""What an address is, and when two are one mailbox."""

import pytest

from portal.accounts.service.email_addresses import email_key, parse
from portal.errors import Invalid


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Alma@Aurora.example", "alma@aurora.example"),
        (" alma@aurora.example ", "alma@aurora.example"),
        ("alma@BÜCHER.example", "alma@xn--bcher-kva.example"),
        ("ａlma@aurora.example", "alma@aurora.example"),
        ("straße@aurora.example", "STRASSE@aurora.example"),
    ],
)
def test_two_spellings_of_a_mailbox_share_a_key(one: str, other: str) -> None:
    assert email_key(one) == email_key(other)


@pytest.mark.parametrize("text", ["", "@", "no address", "a@b@c", "a@" + "ü" * 400, "a@-.-"])
def test_a_key_is_made_of_anything_at_all(text: str) -> None:
    assert isinstance(email_key(text), str)


@pytest.mark.parametrize(
    "text", ["", "alma", "alma@", "alma@aurora", "<a@b.example>", "a b@c.example"]
)
def test_what_is_no_address_is_refused_at_the_field(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        parse(text)
    assert refused.value.field == "email"


def test_an_address_keeps_its_spelling_but_for_the_domain() -> None:
    assert parse(" Alma.Reader@AURORA.example ") == "Alma.Reader@aurora.example"
