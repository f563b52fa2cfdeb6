"""No text reaches a reader around gettext: not on a page, in a mail, in a file or in an error."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import create_engine, select
from werkzeug.test import TestResponse

from portal import i18n
from portal.accounts import zones
from portal.db import Database
from portal.messages.models import Message
from portal.messages.service import MailSettings
from portal.web import errors
from tests.accounts.conftest import mail_links
from tests.factories import make_world
from tests.guards import pseudo
from tests.guards.scene import Scene, make_scene, open_browser

SAME_EVERYWHERE = (
    frozenset({"Waymark", "en", "English", "New", "Zealand"})
    | {word for zone in zones.names() for word in pseudo.words(zone.replace("_", " "))}
    | {word for name in i18n.available() for word in pseudo.words(i18n.own_name(name))}
)
"""The product's name, codes and names of languages, names of time zones."""

AS_STORED = frozenset(
    "accountant test Below do either know list not the no such user asked help request".split()
)
"""Of a person's rows, shown as they were stored: a job's code, a browser, a mail, a deed."""


@pytest.fixture(autouse=True)
def _pseudo(monkeypatch: pytest.MonkeyPatch) -> None:
    pseudo.install(monkeypatch)


@pytest.fixture
def scene(app: Flask, database: Database, database_url: str) -> Scene:
    """The filled portal, its people's words in Greek."""
    made = make_scene(app, database)
    _write_in_greek(database_url)
    return made


def _write_in_greek(url: str) -> None:
    engine = create_engine(url)
    with engine.begin() as connection:
        pseudo.write_in_greek(connection)
    engine.dispose()


def said(answer: TestResponse) -> list[str]:
    """What an answer says around gettext; nothing where it only leads on."""
    if answer.location or answer.mimetype.startswith("image/"):
        return []
    if answer.mimetype in ("text/calendar", "text/css"):
        return []  # Words of a file format are nobody's language.
    assert answer.status_code < 500, answer.text
    return bare(answer.text, answer.mimetype)


def bare(text: str, mimetype: str = "text/html") -> list[str]:
    found = pseudo.bare_texts(text) if mimetype == "text/html" else pseudo.lines(text)
    return [word for word in found if word not in SAME_EVERYWHERE]


def test_every_page_is_translated(scene: Scene) -> None:
    found = {}
    for rule in scene.rules("GET"):
        if rule.endpoint.startswith("health."):
            continue  # for machines, and the test's database was not migrated
        browser = scene.browser(scene.fitting(rule))
        for address in scene.addresses(rule, scene.own):
            found[address] = said(browser.get(address))
            if rule.endpoint == "accounts.data_rows":
                found[address] = [word for word in found[address] if word not in AS_STORED]
    assert {address: words for address, words in found.items() if words} == {}


def test_every_empty_page_is_translated(app: Flask, database: Database, database_url: str) -> None:
    world = make_world(database)
    _write_in_greek(database_url)
    found = {}
    for who in ("end_user", "usm", "author", "admin"):
        browser = open_browser(app, database, world.everybody[who])
        for address in _without_parameters(app):
            found[f"{who} {address}"] = said(browser.get(address))
    assert {address: words for address, words in found.items() if words} == {}


def _without_parameters(app: Flask) -> Iterator[str]:
    for rule in app.url_map.iter_rules():
        if not rule.arguments and "GET" in (rule.methods or ()) and "health" not in rule.endpoint:
            yield rule.rule


def test_every_complaint_of_a_form_is_translated(scene: Scene) -> None:
    found = {}
    for rule in scene.rules("POST"):
        who = scene.fitting(rule)
        for address in scene.addresses(rule, scene.own):
            for form in ({}, WRONG):
                found[f"{address} {form}"] = said(scene.browser(who).post(address, data=form))
    assert {address: words for address, words in found.items() if words} == {}


WRONG = {
    "answer": "?",
    "comment": "β" * 3_000,
    "display_name": "β" * 300,
    "email": "β",
    "kind": "?",
    "name": "β" * 300,
    "organization": "?",
    "password": "β",
    "reason": "missing",
    "revision": "?",
    "roles": "?",
    "team_name": "β" * 300,
    "vendor_name": "β" * 300,
    "zone": "?",
    "words": "β" * 5_000,
    "helped": "?",
    "last_day": "?",
    "person_id": "?",
}
"""Something wrong for every field that any form has."""


def test_what_a_form_answers_is_translated(scene: Scene, mail: MailSettings) -> None:
    """The messages that a page shows once, after what was posted went well."""
    browser = scene.browser("end_user")
    guide, revision = scene.library.guide_slugs[1], str(scene.library.revision_ids[1])
    for address, form in (
        (f"/goals/{scene.library.goal_slug}/choose", {}),
        (f"/guides/{guide}/answer", {"revision": revision, "answer": "partly"}),
        (f"/guides/{guide}/reason", {"reason": "missing"}),
        (f"/guides/{guide}/answer", {"revision": revision, "answer": "yes"}),
        (f"/guides/{guide}/dismiss", {"revision": revision}),
        (f"/paths/{scene.library.path_slug}/choose", {}),
        ("/me", {"display_name": "Αλμα", "zone": "UTC"}),
    ):
        answer = browser.post(address, data=form, follow_redirects=True)
        assert answer.history, address
        assert bare(answer.text) == [], address


@pytest.mark.parametrize("status", [400, 403, 404, 405, 409, 413, 422, 429, 500, 503])
def test_every_error_page_is_translated(app: Flask, status: int) -> None:
    with app.test_request_context("/"):
        i18n.use("en", "UTC")
        assert bare(errors.page(status).get_data(as_text=True)) == []


def test_every_mail_is_translated(
    app: Flask,
    database: Database,
    database_url: str,
    mail: MailSettings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sending = {"smtp_host": mail.host, "smtp_port": mail.port}
    settings = app.config["PORTAL"].model_copy(update=sending)
    monkeypatch.setitem(app.config, "PORTAL", settings)
    world = make_world(database)
    _write_in_greek(database_url)
    usm = open_browser(app, database, world.usm)
    who = {"display_name": "Νορα", "email": "nora@aurora.example", "roles": "end_user"}
    usm.post("/people/invite", data=who)
    app.test_client().post("/sign-in/link", data={"email": world.end_user.email})
    monkeypatch.setenv("WAYMARK_SMTP_HOST", mail.host)
    mail_links(database)
    reader = open_browser(app, database, world.end_user)
    asked = reader.post("/help/ask", data={"words": "βββ"}).location
    usm.post(asked, data={"words": "βββ"})
    usm.post(f"{asked}/hand-on")
    names = set()
    for message in _messages(database):
        names.add(message.name)
        assert bare(message.subject, "text/plain") == []
        assert bare(message.body_text, "text/plain") == []
        assert bare(message.body_html) == []
    assert names == {
        "help_answer",
        "help_request",
        "help_went_up",
        "invitation",
        "sign_in_link",
    }


def _messages(database: Database) -> list[Message]:
    with database.across_organizations("all that was written") as session:
        return list(session.scalars(select(Message)))


def test_a_text_around_gettext_is_found() -> None:
    page = '<p>⟦Hello <b>Αλμα</b>, you have ⟦3⟧ steps⟧ left</p><img alt="A cat"><a title="⟦Go⟧">'
    assert pseudo.bare_texts(page) == ["left", "cat"]
