"""Who answers a mail reaches a person: the colleague who caused it, or the portal's mailbox."""

from datetime import timedelta
from typing import Any

import pytest

from portal import clock, sweeping
from portal.access import Role
from portal.accounts.models import Member, Person
from portal.db import Database
from portal.folding import email_key
from portal.messages import jobs as messages_jobs
from portal.messages.models import Message
from tests.factories import Persona
from tests.messages.conftest import MailServer, Outbox

pytestmark = pytest.mark.database

assert messages_jobs, "imported for what it registers"

MAILBOX = "help@tallybrook.example"


@pytest.fixture(autouse=True)
def proved(outbox: Outbox) -> None:
    """Everybody here once signed in by a mailed link."""
    for persona in outbox.world.everybody.values():
        change(outbox.database, persona, Person, proved_at=clock.now())


def change(database: Database, who: Persona, table: Any, **values: Any) -> None:
    person_id = who.viewer.person_id
    key = {"organization_id": who.organization_id, "id": who.member_id}
    with database.writing(who.organization_id) as session:
        row = session.get_one(table, person_id if table is Person else key)
        for name, value in values.items():
            setattr(row, name, value)
        session.commit()


def answered_to(outbox: Outbox, server: MailServer) -> str:
    assert sweeping.sweep(outbox.database) == 1
    return str(server.received[-1]["Reply-To"])


@pytest.mark.parametrize("who", ["usm", "owner"])
def test_what_a_success_manager_or_owner_sends_their_people_is_answered_to_them(
    outbox: Outbox, mail_server: MailServer, who: str
) -> None:
    sender = outbox.world.everybody[who]
    outbox.write(by=sender)
    assert answered_to(outbox, mail_server) == sender.email
    assert mail_server.received[-1]["From"] == "Tallybrook <portal@tallybrook.example>"


def test_an_address_with_other_letters_is_written_as_mail_servers_do(
    outbox: Outbox, mail_server: MailServer
) -> None:
    rename(outbox, "ursula@bücher.example")
    outbox.write()
    assert answered_to(outbox, mail_server) == "ursula@xn--bcher-kva.example"


def test_it_is_spelt_as_colleagues_see_it_not_as_elsewhere(
    outbox: Outbox, mail_server: MailServer
) -> None:
    rename(outbox, "Ursula.Uhl@Aurora.example")
    outbox.write()
    assert answered_to(outbox, mail_server) == "ursula.uhl@aurora.example"


def test_a_name_that_no_header_holds_is_left_out(outbox: Outbox, mail_server: MailServer) -> None:
    rename(outbox, "groß@aurora.example")
    outbox.write()
    assert answered_to(outbox, mail_server) == MAILBOX


def rename(outbox: Outbox, email: str) -> None:
    """Let the USM have another address."""
    change(outbox.database, outbox.world.usm, Person, email=email, email_key=email_key(email))


def test_a_colleague_without_that_role_is_not_answered_by_mail(
    outbox: Outbox, mail_server: MailServer
) -> None:
    outbox.write(by=outbox.world.team_mate)
    assert answered_to(outbox, mail_server) == MAILBOX


def test_to_somebody_outside_the_portals_mailbox_is_named(
    outbox: Outbox, mail_server: MailServer
) -> None:
    outbox.write(to=outbox.world.csm)
    assert answered_to(outbox, mail_server) == MAILBOX


def test_staff_are_answered_at_the_portals_mailbox(outbox: Outbox, mail_server: MailServer) -> None:
    outbox.write(by=outbox.world.admin, to=outbox.world.author)
    assert answered_to(outbox, mail_server) == MAILBOX


def test_what_staff_cause_at_a_customers_is_answered_there_too(
    outbox: Outbox, mail_server: MailServer
) -> None:
    message = outbox.write()
    key = {"organization_id": message.organization_id, "id": message.id}
    with outbox.database.writing(message.organization_id) as session:
        session.get_one(Message, key).caused_by = outbox.world.csm.viewer.person_id
        session.commit()
    assert answered_to(outbox, mail_server) == MAILBOX


@pytest.mark.parametrize(
    ("table", "values"),
    [
        (Person, {"proved_at": None}),
        (Member, {"left_at": clock.now() - timedelta(days=1)}),
        (Member, {"roles": frozenset({Role.END_USER})}),
        (Member, {"bounced_at": clock.now()}),
    ],
    ids=["unproved", "left", "no longer one", "mail comes back"],
)
def test_who_is_not_sure_to_be_reached_is_not_named(
    outbox: Outbox, mail_server: MailServer, table: Any, values: dict[str, Any]
) -> None:
    change(outbox.database, outbox.world.usm, table, **values)
    outbox.write()
    assert answered_to(outbox, mail_server) == MAILBOX
