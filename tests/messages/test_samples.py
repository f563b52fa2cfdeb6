"""Nobody in a sample organization is real: what is written there never reaches a mail server."""

import re
from collections.abc import Callable
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from portal import sweeping
from portal.access import Role
from portal.accounts import jobs as accounts_jobs
from portal.accounts.models import Link, LinkPurpose, Member, Organization
from portal.accounts.service import sign_in
from portal.db import Database
from portal.messages import jobs as messages_jobs
from portal.messages.models import ContactLog, MessageState
from portal.messages.service import MailSettings, describe
from tests.factories import Persona, World, make_member
from tests.messages.conftest import MailServer, Outbox

pytestmark = pytest.mark.database

assert accounts_jobs, "imported for what it registers"
assert messages_jobs, "imported for what it registers"

SAID = "Not sent: this is a sample organization, and nobody in it is real"
SignedIn = Callable[[Persona], FlaskClient]


@pytest.fixture
def sample(database: Database, world: World) -> World:
    """The customer at hand is of the sample, with all its people."""
    ours = world.usm.organization_id
    with database.writing(ours) as session:
        session.execute(update(Organization).where(Organization.id == ours).values(is_sample=True))
        session.execute(update(Member).where(Member.organization_id == ours).values(is_sample=True))
        session.commit()
    return world


def sweep(database: Database) -> None:
    while sweeping.sweep(database):
        pass


def test_a_message_of_a_sample_organization_is_kept_and_never_sent(
    database: Database, sample: World, outbox: Outbox, mail_server: MailServer
) -> None:
    message = outbox.write(is_secret=False)
    sweep(database)
    kept = outbox.read(message)
    assert mail_server.received == []
    assert (kept.state, describe(kept)) == (MessageState.SAMPLE, SAID)
    assert "secret-token" in kept.body_text
    with database.reading(None) as session:
        assert session.scalars(select(ContactLog)).all() == []


def test_nothing_secret_is_kept_of_it(sample: World, outbox: Outbox) -> None:
    kept = outbox.read(outbox.write(is_secret=True))
    assert (kept.body_text, kept.body_html) == ("", "")


def test_what_a_version_before_had_queued_is_not_sent_either(
    database: Database, world: World, outbox: Outbox, mail_server: MailServer
) -> None:
    message = outbox.write()
    with database.writing(message.organization_id) as session:
        session.get_one(Organization, message.organization_id).is_sample = True
        session.commit()
    sweep(database)
    assert mail_server.received == []
    kept = outbox.read(message)
    assert (kept.state, kept.body_text) == (MessageState.SAMPLE, "")


def test_a_real_organization_goes_on_being_mailed(
    database: Database, sample: World, outbox: Outbox, mail_server: MailServer
) -> None:
    real = sample.strange_usm
    outbox.write(by=real, to=sample.stranger)
    sweep(database)
    assert [mail["To"] for mail in mail_server.received] == [sample.stranger.email]


@pytest.mark.parametrize("purpose", [LinkPurpose.SIGN_IN, LinkPurpose.RESET])
def test_the_vendor_mails_no_link_to_who_is_of_the_sample_alone(
    database: Database, sample: World, outbox: Outbox, mail_server: MailServer, purpose: LinkPurpose
) -> None:
    for persona in (sample.end_user, sample.stranger):
        with database.writing(sample.admin.organization_id) as session:
            sign_in.ask_for_link(persona.email, purpose)
            session.commit()
    sweep(database)
    assert [mail["To"] for mail in mail_server.received] == [sample.stranger.email]


def test_who_is_really_a_member_somewhere_gets_their_link(
    database: Database, sample: World, outbox: Outbox, mail_server: MailServer
) -> None:
    real = sample.stranger.organization_id
    with database.writing(real) as session:
        joined = session.get_one(Organization, real)
        other = make_member(session, joined, "Second Job", {Role.END_USER})
        session.execute(
            update(Member)
            .where(Member.organization_id == real, Member.id == other.member_id)
            .values(person_id=sample.end_user.viewer.person_id)
        )
        session.commit()
    with database.writing(sample.admin.organization_id) as session:
        sign_in.ask_for_link(sample.end_user.email, LinkPurpose.SIGN_IN)
        session.commit()
    sweep(database)
    assert [mail["To"] for mail in mail_server.received] == [sample.end_user.email]


def test_a_request_that_goes_up_is_not_mailed_to_invented_staff(
    database: Database, sample: World, outbox: Outbox, mail_server: MailServer
) -> None:
    vendor = sample.csm.organization_id
    with database.writing(vendor) as session:
        mine = Member.organization_id == vendor, Member.id == sample.csm.member_id
        session.execute(update(Member).where(*mine).values(is_sample=True))
        session.commit()
    outbox.write(by=sample.strange_usm, to=sample.csm)
    sweep(database)
    assert mail_server.received == []


def test_whoever_invites_reads_why_nothing_was_sent_and_gets_the_link(
    database: Database,
    app: Flask,
    sample: World,
    mail: MailSettings,
    mail_server: MailServer,
    monkeypatch: pytest.MonkeyPatch,
    signed_in: SignedIn,
) -> None:
    sending = app.config["PORTAL"].model_copy(update={"smtp_host": mail.host})
    monkeypatch.setitem(app.config, "PORTAL", sending)
    client = signed_in(sample.usm)
    form = {"request_id": uuid4().hex, "email": "new@sample.example", "display_name": "New One"}
    made = client.post("/people/invite", data=form | {"roles": "end_user"}, follow_redirects=True)
    assert SAID in made.text
    assert "/links/" in made.text
    sweep(database)
    assert mail_server.received == []
    with database.reading(None) as session:
        link = session.scalars(select(Link).where(Link.purpose == LinkPurpose.INVITATION)).one()
    # It was shown, so it proves nothing about who reads that mailbox.
    assert not link.is_mailed


def test_the_page_of_a_link_tells_its_maker_nothing_of_real_customers(
    database: Database,
    app: Flask,
    sample: World,
    mail: MailSettings,
    monkeypatch: pytest.MonkeyPatch,
    signed_in: SignedIn,
) -> None:
    """Whoever invites in the sample sees the link: its page reads as for an unknown address."""
    sending = app.config["PORTAL"].model_copy(update={"smtp_host": mail.host})
    monkeypatch.setitem(app.config, "PORTAL", sending)
    known, unknown = "invited@elsewhere.example", "nobody@elsewhere.example"
    where = {"display_name": "New One", "roles": "end_user"}
    there = signed_in(sample.strange_usm)
    there.post("/people/invite", data={"request_id": uuid4().hex, "email": known} | where)
    client, pages = signed_in(sample.usm), []
    for email in (known, unknown):
        form = {"request_id": uuid4().hex, "email": email}
        made = client.post("/people/invite", data=form | where, follow_redirects=True).text
        token = made.partition("/links/")[2].partition('"')[0]
        page = app.test_client().get(f"/links/{token}").text
        words = page.partition("<main")[2].partition("</main>")[0]
        pages.append(re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "", words.replace(token, "")))
    assert "New One" in pages[0]
    assert pages[0] == pages[1]
