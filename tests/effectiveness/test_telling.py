"""Who commented on a guide hears of its author's answer: on the guide, and once by mail."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from portal import clock
from portal.accounts.models import Member, Person
from portal.db import Database
from portal.effectiveness.service.comments import name_of
from portal.messages.models import ContactPreferences, Message, MessageClass, MessageState
from tests.conftest import SignIn
from tests.effectiveness.conftest import Readers
from tests.factories import Persona, World

pytestmark = pytest.mark.database

WORDS = "Which <b>button</b>?"
REPLY = "The green one;\na picture comes."


@pytest.fixture
def author(
    app: Flask, monkeypatch: pytest.MonkeyPatch, signed_in: SignIn, world: World
) -> FlaskClient:
    """An author of a portal that has a mail server; messages stay in the outbox."""
    settings = app.config["PORTAL"].model_copy(update={"smtp_host": "127.0.0.1"})
    monkeypatch.setitem(app.config, "PORTAL", settings)
    return signed_in(world.author)


@pytest.fixture
def comment(readers: Readers, world: World) -> UUID:
    """Our end user said that it did not work; how authors' addresses name that."""
    how = dict(answer="no", reason="unclear", comment=WORDS, member=world.end_user)
    return name_of(world.end_user.organization_id, readers.add(**how))  # type: ignore[arg-type]


def reply(author: FlaskClient, comment: UUID, **form: str) -> Any:
    answer = author.post(f"/library/guide-1/answers/{comment}", data=form)
    assert answer.status_code == 302, answer.text
    return answer


def outbox(database: Database, who: Persona) -> list[Message]:
    with database.reading(who.organization_id) as session:
        mine = select(Message).where(Message.organization_id == who.organization_id)
        return list(session.scalars(mine.order_by(Message.id)))


def change(database: Database, who: Persona, table: Any, key: Any, **values: Any) -> None:
    with database.writing(who.organization_id) as session:
        row = session.get_one(table, key)
        for name, value in values.items():
            setattr(row, name, value)
        session.commit()


def test_the_mail_says_who_answered_what_and_to_which_words(
    author: FlaskClient, comment: UUID, world: World, database: Database
) -> None:
    reply(author, comment, state="planned", reply=REPLY)
    (mail,) = outbox(database, world.end_user)
    assert (mail.recipient, mail.state) == (world.end_user.email, MessageState.QUEUED)
    assert mail.message_class == MessageClass.SERVICE
    assert mail.subject == "An answer to what you said about “Do guide-1 (v1)”"
    assert "The author of “Do guide-1 (v1)” at Tallybrook answered you." in mail.body_text
    for said in (WORDS, REPLY, "/guides/guide-1"):
        assert said in mail.body_text
    assert "Which &lt;b&gt;button&lt;/b&gt;?" in mail.body_html
    assert "mended" not in mail.body_text
    # The author's page promises: without your name.
    assert world.author.viewer.display_name not in mail.body_text + mail.body_html
    assert mail.caused_by is None


def test_it_is_in_the_readers_language(
    author: FlaskClient, comment: UUID, world: World, database: Database
) -> None:
    change(database, world.end_user, Person, world.end_user.viewer.person_id, locale="de")
    reply(author, comment, state="done", reply="")
    (mail,) = outbox(database, world.end_user)
    assert mail.subject == "Antwort auf Ihre Rückmeldung zu „Do guide-1 (v1)“"
    assert "Die Anleitung wurde aufgrund Ihrer Rückmeldung verbessert." in mail.body_text


def test_it_goes_out_once_however_often_the_same_is_said_or_reworded(
    author: FlaskClient, comment: UUID, world: World, database: Database
) -> None:
    form = {"state": "planned", "reply": REPLY, "request_id": str(uuid4())}
    for _twice in range(2):
        reply(author, comment, **form)
    reply(author, comment, state="planned", reply=REPLY)
    reply(author, comment, state="seen", reply=f"{REPLY} Soon.")
    assert len(outbox(database, world.end_user)) == 1
    reply(author, comment, state="done", reply=f"{REPLY} Soon.")
    reply(author, comment, state="done", reply=REPLY)
    _first, second = outbox(database, world.end_user)
    assert "The guide was mended because of what you said." in second.body_text


def test_taking_back_and_saying_again_sends_none_either(
    author: FlaskClient, comment: UUID, world: World, database: Database
) -> None:
    """So that nobody is written to time and again past the contact policy's limits."""
    for _thrice in range(3):
        reply(author, comment, state="seen", reply=REPLY)
        reply(author, comment, state="seen", reply="")
        reply(author, comment, state="done", reply="")
    assert len(outbox(database, world.end_user)) == 2
    reply(author, comment, state="done", reply=REPLY)
    reply(author, comment, state="planned", reply="")
    assert len(outbox(database, world.end_user)) == 2


def test_what_only_authors_need_to_know_sends_none(
    author: FlaskClient, comment: UUID, world: World, database: Database
) -> None:
    reply(author, comment, state="seen", reply="")
    reply(author, comment, state="wont", reply="")
    assert outbox(database, world.end_user) == []


def test_it_is_held_back_from_who_wants_none(
    author: FlaskClient, comment: UUID, world: World, database: Database
) -> None:
    person_id = world.end_user.viewer.person_id
    with database.writing(None) as session:
        wishes = ContactPreferences(person_id=person_id, service=False, changed_at=clock.now())
        session.add(wishes)
        session.commit()
    reply(author, comment, state="planned", reply=REPLY)
    (mail,) = outbox(database, world.end_user)
    assert (mail.state, mail.body_text) == (MessageState.HELD_BACK, "")


def test_nobody_is_written_to_who_has_left(
    author: FlaskClient, comment: UUID, world: World, database: Database
) -> None:
    who = world.end_user
    key = {"organization_id": who.organization_id, "id": who.member_id}
    change(database, who, Member, key, left_at=clock.now())
    reply(author, comment, state="planned", reply=REPLY)
    assert outbox(database, who) == []


def test_nobody_is_written_to_who_was_erased(
    author: FlaskClient, readers: Readers, world: World, database: Database
) -> None:
    nobodys = readers.add(answer="no", comment=WORDS, erased=True)
    comment = name_of(world.end_user.organization_id, nobodys)
    reply(author, comment, state="planned", reply=REPLY)
    assert outbox(database, world.end_user) == []


def test_it_stands_on_the_guide_beside_the_answer_also_when_put_away(
    author: FlaskClient, comment: UUID, world: World, signed_in: SignIn
) -> None:
    reader, mate = signed_in(world.end_user), signed_in(world.team_mate)
    assert "The author answered" not in reader.get("/guides/guide-1").text
    reply(author, comment, state="done", reply=REPLY)
    _stands_there(reader)
    reader.post(f"/answers/{_outcome_of(reader)}/read")
    _stands_there(reader)
    assert "The author answered" not in reader.get("/").text
    assert "The author answered" not in reader.get("/guides/guide-2").text
    for other in (mate, signed_in(world.stranger)):
        assert REPLY not in other.get("/guides/guide-1").text


def _stands_there(reader: FlaskClient) -> None:
    page = reader.get("/guides/guide-1").text
    for said in (
        "The author answered",
        REPLY,
        "Which &lt;b&gt;button&lt;/b&gt;?",
        "Mended because",
    ):
        assert said in page


def _outcome_of(reader: FlaskClient) -> str:
    return reader.get("/").text.partition("/answers/")[2].partition("/read")[0]
