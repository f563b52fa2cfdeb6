"""Each address needs sign-in unless it is on the closed list of public ones, and none gets lost."""

from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from portal.access import Action
from tests.guards.scene import made_up

LIST = Path(__file__).with_name("urls.txt")

PUBLIC = {
    "accounts.sign_in": "who signs in is not yet signed in",
    "accounts.sign_in_link": "the same, by mail",
    "accounts.reset_password": "who forgot their password is not signed in",
    "accounts.link_sent": "says only where to look",
    "accounts.choose_organization": "after the password, before an organization is chosen",
    "accounts.link": "the token in the address is the proof",
    "accounts.use_link": "the token in the address is the proof",
    "accounts.stop": "the token in the address, which only the mail's reader has, is the proof",
    "accounts.unwanted": "the same; it changes nothing",
    "health.healthz": "watched by machines; says one word",
    "health.readyz": "watched by machines; says one word",
    "static": "our style sheet and behaviours",
    "bootstrap.static": "Bootstrap's style sheet",
    "icon_static": "the portal's icon, for tabs that show no page",
}
"""Every endpoint that answers without sign-in, and why it may."""


def rules(app: Flask) -> list[Rule]:
    return sorted(app.url_map.iter_rules(), key=lambda rule: (rule.rule, rule.endpoint))


def methods(rule: Rule) -> list[str]:
    return sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})


def test_no_address_is_lost_and_none_is_added_unseen(wired_app: Flask) -> None:
    """Add and remove lines of urls.txt by hand: people keep these addresses as bookmarks."""
    found = [f"{' '.join(methods(rule))} {rule.rule}" for rule in rules(wired_app)]
    assert found == LIST.read_text().splitlines()


def test_each_view_has_exactly_one_mark(wired_app: Flask) -> None:
    marks = {
        endpoint: getattr(view, "access", None)
        for endpoint, view in wired_app.view_functions.items()
        if not endpoint.endswith("static")
    }
    unmarked = [e for e, mark in marks.items() if mark != "public" and mark not in set(Action)]
    assert unmarked == []


def test_the_public_addresses_are_the_known_ones(wired_app: Flask) -> None:
    found = {
        endpoint
        for endpoint, view in wired_app.view_functions.items()
        if endpoint.endswith("static") or getattr(view, "access", None) == "public"
    }
    assert found == set(PUBLIC)


@pytest.mark.database
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"])
def test_a_stranger_is_led_to_sign_in_everywhere_else(client: FlaskClient, method: str) -> None:
    for rule in rules(client.application):
        if rule.endpoint in PUBLIC or method not in (rule.methods or set()):
            continue
        answer = client.open(made_up(rule), method=method)
        assert answer.status_code in (302, 303), f"{method} {rule.rule}: {answer.status}"
        assert answer.location.partition("?")[0] == "/sign-in", f"{method} {rule.rule}"
