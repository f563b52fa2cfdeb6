"""An address that refuses mail: its organization learns it, no other, until mail arrives again."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select, update

from portal import clock, sweeping
from portal.accounts import jobs as accounts_jobs
from portal.accounts.models import LinkPurpose, Member
from portal.accounts.service import links, own_address
from portal.db import Database
from portal.ids import new_id
from portal.jobs import Work
from portal.messages import jobs as messages_jobs
from portal.messages.delivery import is_of_address
from portal.messages.models import Bounce
from tests.conftest import SignIn
from tests.factories import Persona, World
from tests.messages.conftest import MailServer, Outbox

pytestmark = pytest.mark.database

assert accounts_jobs, "imported for what it registers"
assert messages_jobs, "imported for what it registers"

NO_SUCH_USER = "550 5.1.1 no such user here"


@pytest.fixture
def send(database: Database, outbox: Outbox) -> Callable[..., None]:
    """One message to the reader, and all that follows from it."""

    def sent(**values: object) -> None:
        outbox.write(**values)  # type: ignore[arg-type]
        work_off(database)

    return sent


def work_off(database: Database) -> None:
    while sweeping.sweep(database):
        pass


def bounced_at(database: Database, of: Persona, where: Persona | None = None) -> datetime | None:
    """What an organization (their own) knows of somebody's address."""
    organization_id = (where or of).organization_id
    with database.reading(organization_id) as session:
        theirs = Member.organization_id == organization_id, Member.person_id == of.viewer.person_id
        return session.execute(select(Member.bounced_at).where(*theirs)).scalar_one()


def make_member_of_both(database: Database, world: World) -> None:
    """The reader is a member of the other customer, too."""
    there = world.strange_usm.organization_id
    with database.writing(there) as session:
        session.add(
            Member(
                organization_id=there,
                id=new_id(),
                person_id=world.end_user.viewer.person_id,
                display_name="Alma too",
                name_key="alma too",
                roles=world.end_user.viewer.roles,
                invited_at=clock.now(),
            )
        )
        session.commit()


def test_a_refused_address_is_known_to_whoever_sees_the_people(
    database: Database,
    send: Callable[..., None],
    mail_server: MailServer,
    world: World,
    signed_in: SignIn,
) -> None:
    mail_server.at_recipient = NO_SUCH_USER
    send()
    assert bounced_at(database, world.end_user) is not None
    usm = signed_in(world.usm)
    assert "their address refuses mail" in usm.get("/people").text
    page = usm.get(f"/people/{world.end_user.member_id}").text
    assert "Comes back" in page
    assert "550 5.1.1 no such user here" in page
    assert "they choose another address under “My account”" in page
    assert "this address refuses mail from here" in signed_in(world.end_user).get("/me").text


def test_one_organization_learns_nothing_from_the_mail_of_another(
    database: Database, send: Callable[..., None], mail_server: MailServer, world: World
) -> None:
    make_member_of_both(database, world)
    mail_server.at_recipient = NO_SUCH_USER
    send()
    assert bounced_at(database, world.end_user) is not None
    assert bounced_at(database, world.end_user, world.strange_usm) is None
    send(by=world.strange_usm)
    assert bounced_at(database, world.end_user, world.strange_usm) is not None
    mail_server.at_recipient = None
    send()
    assert bounced_at(database, world.end_user) is None
    assert bounced_at(database, world.end_user, world.strange_usm) is not None


def test_the_vendors_own_mail_tells_no_customer_anything(
    database: Database, send: Callable[..., None], mail_server: MailServer, world: World
) -> None:
    mail_server.at_recipient = NO_SUCH_USER
    send(by=world.admin)
    assert bounced_at(database, world.end_user) is None


def test_the_first_day_is_kept_and_the_latest_answer(
    database: Database, send: Callable[..., None], mail_server: MailServer, world: World
) -> None:
    mail_server.at_recipient = NO_SUCH_USER
    send()
    first = bounced_at(database, world.end_user)
    mail_server.at_recipient = "550 5.2.1 mailbox disabled"
    send()
    assert bounced_at(database, world.end_user) == first
    with database.reading(world.usm.organization_id) as session:
        here = Bounce.organization_id == world.usm.organization_id
        assert "mailbox disabled" in session.execute(select(Bounce.answer).where(here)).scalar_one()


@pytest.mark.parametrize(
    ("at_recipient", "at_data"),
    [
        ("451 4.2.1 try later", None),
        ("550 5.7.1 relaying denied", None),
        ("552 5.2.2 mailbox full", None),
        ("530 authentication required", None),
        (None, "554 5.7.1 this looks like spam"),
    ],
)
def test_what_is_not_about_the_address_is_not_held_against_it(
    at_recipient: str | None,
    at_data: str | None,
    database: Database,
    send: Callable[..., None],
    mail_server: MailServer,
    world: World,
) -> None:
    mail_server.at_recipient, mail_server.at_data = at_recipient, at_data
    send()
    assert bounced_at(database, world.end_user) is None


@pytest.mark.parametrize(
    ("code", "answer", "is_so"),
    [
        (550, b"5.1.1 no such user", True),
        (550, b"no such user", True),
        (556, b"domain takes no mail", True),
        (554, b"5.2.1 disabled", True),
        (554, b"no", False),
        (550, b"5.7.1 relaying denied", False),
        (550, b"5.2.2 full", False),
        (552, b"too much", False),
    ],
)
def test_the_numbers_of_an_answer_say_what_it_is_about(
    code: int, answer: bytes, is_so: bool
) -> None:
    assert is_of_address(code, answer) is is_so


def test_a_new_address_ends_it_in_every_organization(
    database: Database, send: Callable[..., None], mail_server: MailServer, world: World
) -> None:
    make_member_of_both(database, world)
    mail_server.at_recipient = NO_SUCH_USER
    send()
    send(by=world.strange_usm)
    with database.writing(world.usm.organization_id) as session:
        who = world.end_user.viewer
        made = links.issue(
            LinkPurpose.NEW_ADDRESS,
            who.person_id,
            who.organization_id,
            None,
            timedelta(hours=1),
            is_mailed=True,
            email="alma@elsewhere.example",
        )
        own_address.change(links.use(made))
        session.commit()
    work_off(database)
    assert bounced_at(database, world.end_user) is None
    assert bounced_at(database, world.end_user, world.strange_usm) is None
    with database.across_organizations("what is left of refused addresses") as session:
        assert session.scalar(select(func.count()).select_from(Bounce)) == 0


def test_a_wrong_new_address_says_nothing_of_the_one_that_holds(
    database: Database, send: Callable[..., None], mail_server: MailServer, world: World
) -> None:
    mail_server.at_recipient = NO_SUCH_USER
    send(address="mistyped@aurora.example")
    assert bounced_at(database, world.end_user) is None


def test_who_comes_in_by_a_mailed_link_reads_their_mail(
    database: Database,
    send: Callable[..., None],
    mail_server: MailServer,
    world: World,
    client: FlaskClient,
) -> None:
    mail_server.at_recipient = NO_SUCH_USER
    send()
    with database.writing(world.admin.organization_id) as session:
        person_id = world.end_user.viewer.person_id
        token = links.issue(
            LinkPurpose.SIGN_IN, person_id, None, None, timedelta(hours=1), is_mailed=True
        )
        session.commit()
    client.post(f"/links/{token}")
    assert bounced_at(database, world.end_user) is None


def test_told_twice_it_is_known_once(
    database: Database, send: Callable[..., None], mail_server: MailServer, world: World
) -> None:
    mail_server.at_recipient = NO_SUCH_USER
    send()
    first = bounced_at(database, world.end_user)
    with database.writing(None) as session:
        noted = update(Work).where(Work.kind == "accounts.note_bounce")
        session.execute(noted.values(done_at=None, due_at=clock.now()))
        session.commit()
    work_off(database)
    assert bounced_at(database, world.end_user) == first
