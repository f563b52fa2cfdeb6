"""Inviting people, and joining."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from portal.access import Role
from portal.accounts.models import Member, Person
from portal.accounts.service import invitations, sign_in
from portal.accounts.service.invitations import Invitation, Invitee
from portal.accounts.team_models import Team, TeamMembership
from portal.audit import AuditEntry
from portal.db import Database
from portal.errors import Invalid, NotAllowed
from portal.messages.service import describe
from tests.accounts.conftest import NO_MAIL, PASSWORD, Records
from tests.conftest import SignIn
from tests.factories import Persona, World

pytestmark = pytest.mark.database

FORTNIGHT = timedelta(days=14)
NORA = {"display_name": "Nora New", "email": "nora@aurora.example", "roles": "end_user"}


def invite(
    database: Database,
    by: Persona,
    email: str = "nora@aurora.example",
    name: str = "Nora New",
    roles: frozenset[Role] = frozenset({Role.END_USER}),
    **more: str,
) -> Invitation:
    """Invite where no mail server is set, so that the inviter gets the link."""
    with database.writing(by.organization_id) as session:
        invitee = Invitee(email=email, display_name=name, roles=roles, **more)
        made = invitations.invite(by.viewer, invitee, NO_MAIL, FORTNIGHT)
        session.commit()
    return made


def path_of(made: Invitation) -> str:
    assert made.link_url is not None
    return made.link_url.removeprefix("http://portal.example")


def test_without_a_mail_server_the_inviter_gets_the_link(database: Database, world: World) -> None:
    made = invite(database, world.usm)
    assert path_of(made).startswith("/links/")


@pytest.mark.usefixtures("with_mail")
def test_with_a_mail_server_nobody_but_the_mailbox_gets_the_link(
    signed_in: SignIn, records: Records, world: World
) -> None:
    browser = signed_in(world.usm)
    answer = browser.post("/people/invite", data=NORA)
    page = browser.get(answer.location).text
    assert "Nora New is invited" in page
    assert "Waiting to be sent" in page
    link = records.mailed_link(world.usm.organization_id)
    assert link not in page
    with browser.session_transaction() as cookie:
        assert link not in str(dict(cookie))


def test_a_usm_invites_and_hands_over_the_link(
    signed_in: SignIn, records: Records, world: World
) -> None:
    browser = signed_in(world.usm)
    answer = browser.post("/people/invite", data=NORA | {"team_name": "Finance"})
    page = browser.get(answer.location).text
    assert "Not sent: no mail server is set; hand over the link yourself" in page
    assert "http://portal.example/links/" in page
    assert "Invite another" in page
    invited = records.member(world.usm.organization_id, "nora@aurora.example")
    assert invited.invited_by == world.usm.viewer.person_id
    assert invited.accepted_at is None


def test_the_link_is_shown_to_its_maker_alone(signed_in: SignIn, world: World) -> None:
    where = signed_in(world.usm).post("/people/invite", data=NORA).location
    page = signed_in(world.owner).get(where).text
    assert "Nora New is invited" in page
    assert "/links/" not in page


def test_a_double_press_invites_once(signed_in: SignIn, records: Records, world: World) -> None:
    browser = signed_in(world.usm)
    form = NORA | {"request_id": "0192f0c1-0000-7000-8000-000000000001"}
    first, second = (browser.post("/people/invite", data=form) for _ in range(2))
    assert first.location == second.location
    assert len(records.messages(world.usm.organization_id)) == 1


def test_an_invited_person_joins_with_a_password(
    client: FlaskClient, database: Database, records: Records, world: World
) -> None:
    link = path_of(invite(database, world.usm))
    page = client.get(link).text
    assert "Welcome, Nora New" in page
    assert "Aurora" in page
    assert client.post(link, data={"password": PASSWORD}).location == "/"
    assert "Nora New" in client.get("/me").text
    joined = records.member(world.usm.organization_id, "nora@aurora.example")
    assert joined.accepted_at is not None
    client.post("/sign-out")
    client.post("/sign-in", data={"email": "nora@aurora.example", "password": PASSWORD})
    assert "Nora New" in client.get("/me").text


def test_an_invited_person_joins_without_a_password(
    client: FlaskClient, database: Database, records: Records, world: World
) -> None:
    link = path_of(invite(database, world.usm))
    assert client.post(link).location == "/"
    joined = records.member(world.usm.organization_id, "nora@aurora.example")
    assert records.person(joined.person_id).password_hash is None


def test_a_short_password_leaves_the_invitation_as_it_was(
    client: FlaskClient, database: Database, world: World
) -> None:
    link = path_of(invite(database, world.usm))
    answer = client.post(link, data={"password": "short"})
    assert "at least 10 characters" in answer.text
    assert client.post(link, data={"password": PASSWORD}).location == "/"


def test_opening_an_invitation_changes_nothing(
    client: FlaskClient, database: Database, records: Records, world: World
) -> None:
    link = path_of(invite(database, world.usm))
    for _ in range(3):
        client.get(link)
    invited = records.member(world.usm.organization_id, "nora@aurora.example")
    assert invited.accepted_at is None


def test_an_invitation_works_once(client: FlaskClient, database: Database, world: World) -> None:
    link = path_of(invite(database, world.usm))
    client.post(link)
    answer = client.post(link)
    assert answer.status_code == 409
    assert "If you have joined, sign in" in answer.text


def test_inviting_again_ends_the_earlier_link(
    client: FlaskClient, database: Database, world: World
) -> None:
    earlier = path_of(invite(database, world.usm))
    later = path_of(invite(database, world.usm))
    assert client.get(earlier).status_code == 409
    assert client.get(later).status_code == 200


def test_nobody_is_invited_a_fourth_time(database: Database, world: World) -> None:
    for _ in range(3):
        invite(database, world.usm)
    with pytest.raises(Invalid, match="three times"):
        invite(database, world.usm)


def test_a_member_is_not_invited_again(signed_in: SignIn, world: World) -> None:
    form = NORA | {"email": world.team_mate.email.upper()}
    answer = signed_in(world.usm).post("/people/invite", data=form)
    assert "This person is already a member." in answer.text
    assert 'value="Nora New"' in answer.text


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("email", "nora", "This is not an e-mail address"),
        ("email", "", "Enter an e-mail address."),
        ("display_name", "   ", "Enter a name."),
        ("display_name", "n" * 121, "120 characters"),
        ("roles", "owner", "not a valid choice"),
        ("roles", "admin", "not a valid choice"),
    ],
)
def test_what_is_wrong_stands_at_its_field(
    signed_in: SignIn, world: World, field: str, value: str, words: str
) -> None:
    answer = signed_in(world.usm).post("/people/invite", data=NORA | {field: value})
    assert answer.status_code == 422
    assert words in answer.text


def test_a_usm_gives_no_role_above_their_own(database: Database, world: World) -> None:
    with pytest.raises(Invalid) as refused:
        invite(database, world.usm, roles=frozenset({Role.OWNER}))
    assert refused.value.field == "roles"


def test_nobody_gets_the_link_of_a_role_above_their_own(
    database: Database, client: FlaskClient, world: World
) -> None:
    with database.writing(world.usm.organization_id) as session:
        staff = replace(world.admin.viewer, organization_id=world.usm.organization_id)
        invitee = Invitee("nora@aurora.example", "Nora New", frozenset({Role.OWNER}))
        theirs = path_of(invitations.invite(staff, invitee, NO_MAIL, FORTNIGHT))
        session.commit()
    with pytest.raises(Invalid, match="The vendor invites") as refused:
        invite(database, world.usm)
    assert refused.value.field == "email"
    assert client.get(theirs).status_code == 200


def test_an_end_user_invites_nobody(database: Database, signed_in: SignIn, world: World) -> None:
    with pytest.raises(NotAllowed):
        invite(database, world.end_user)
    browser = signed_in(world.end_user)
    assert browser.get("/people/invite").status_code == 403
    assert browser.post("/people/invite", data=NORA).status_code == 403


def test_a_stranger_sees_no_invitation(database: Database, signed_in: SignIn, world: World) -> None:
    made = invite(database, world.usm)
    page = signed_in(world.strange_usm).get(f"/people/invited/{made.member_id}")
    assert page.status_code == 404


def test_a_new_team_is_founded_and_an_old_one_joined(database: Database, world: World) -> None:
    first = invite(database, world.usm, team_name="Finance")
    second = invite(database, world.usm, email="otto@aurora.example", team_name="Logistics")
    ours = world.usm.organization_id
    with database.reading(ours) as session:
        names = dict(
            session.execute(
                select(TeamMembership.member_id, Team.name).where(
                    TeamMembership.organization_id == ours,
                    Team.organization_id == ours,
                    Team.id == TeamMembership.team_id,
                )
            ).all()
        )
    assert names[first.member_id] == "Finance"
    assert names[second.member_id] == "Logistics"


def test_who_invited_whom_is_written_down(database: Database, world: World) -> None:
    made = invite(database, world.usm)
    ours = world.usm.organization_id
    with database.reading(ours) as session:
        deed = session.scalars(
            select(AuditEntry).where(
                AuditEntry.organization_id == ours, AuditEntry.action == "member.invited"
            )
        ).one()
    assert deed.person_id == world.usm.viewer.person_id
    assert deed.subject == f"member:{made.member_id}"
    assert deed.after == {"roles": ["end_user"]}


class TestSomeoneKnownElsewhere:
    """An address that is a member of another customer already."""

    def test_the_inviter_learns_nothing(
        self, signed_in: SignIn, database: Database, records: Records, world: World
    ) -> None:
        browser = signed_in(world.usm)
        pages = []
        for email in ("nora@aurora.example", world.stranger.email):
            answer = browser.post("/people/invite", data=NORA | {"email": email})
            pages.append(browser.get(answer.location))
        known, unknown = (page.text for page in pages)
        assert "Zyxomma" not in known + unknown
        assert known.count("\n") == unknown.count("\n")
        member = records.member(world.usm.organization_id, world.stranger.email)
        assert member.display_name == "Nora New"

    def test_a_link_that_was_handed_over_is_no_way_in(
        self, client: FlaskClient, database: Database, records: Records, world: World
    ) -> None:
        link = path_of(invite(database, world.usm, world.stranger.email))
        assert "Sign in with your address first" in client.get(link).text
        answer = client.post(link, data={"password": PASSWORD})
        assert answer.location.startswith("/sign-in")
        assert records.person(world.stranger.viewer.person_id).password_hash is None
        assert records.sessions(world.stranger.viewer.person_id) == []

    def test_they_sign_in_as_always_and_join(
        self, client: FlaskClient, database: Database, records: Records, world: World
    ) -> None:
        records.set_password(world.stranger)
        link = path_of(invite(database, world.usm, world.stranger.email))
        credentials = {"email": world.stranger.email, "password": PASSWORD, "next": link}
        assert client.post("/sign-in", data=credentials).location == link
        assert "Join Aurora" in client.get(link).text
        assert client.post(link).location == "/"
        assert "Under this name Aurora knows you" in client.get("/me").text

    def test_somebody_else_who_is_signed_in_cannot_join_as_them(
        self, signed_in: SignIn, database: Database, records: Records, world: World
    ) -> None:
        link = path_of(invite(database, world.usm, world.stranger.email))
        inviter = signed_in(world.usm)
        assert inviter.post(link).location.startswith("/sign-in")
        member = records.member(world.usm.organization_id, world.stranger.email)
        assert member.accepted_at is None

    @pytest.mark.usefixtures("with_mail")
    def test_a_mailed_invitation_joins_with_one_press_and_keeps_their_password(
        self, client: FlaskClient, signed_in: SignIn, records: Records, world: World
    ) -> None:
        records.set_password(world.stranger)
        before = records.person(world.stranger.viewer.person_id).password_hash
        signed_in(world.usm).post("/people/invite", data=NORA | {"email": world.stranger.email})
        link = records.mailed_link(world.usm.organization_id)
        assert 'name="password"' not in client.get(link).text
        assert client.post(link, data={"password": "an attempt to replace it"}).location == "/"
        assert records.person(world.stranger.viewer.person_id).password_hash == before


class TestWhoNeverShowedThatTheyReadTheirMail:
    """An inviter without a mail server can take up the invitation in somebody else's name."""

    @pytest.fixture
    def impostor(self, app: Flask, database: Database, world: World) -> FlaskClient:
        """The inviter's browser, signed in as Nora with a password that she does not know."""
        browser = app.test_client()
        browser.post(path_of(invite(database, world.usm)), data={"password": PASSWORD})
        return browser

    @pytest.mark.usefixtures("with_mail")
    def test_a_mailed_invitation_ends_what_was_set_up_before(
        self,
        impostor: FlaskClient,
        client: FlaskClient,
        signed_in: SignIn,
        records: Records,
        world: World,
    ) -> None:
        signed_in(world.strange_usm).post("/people/invite", data=NORA)
        link = records.mailed_link(world.stranger.organization_id)
        assert 'name="password"' in client.get(link).text
        assert client.post(link, data={"password": "one that Nora chose"}).location == "/"
        assert impostor.get("/me").location.startswith("/sign-in")
        credentials = {"email": NORA["email"], "password": PASSWORD}
        assert "is not right" in impostor.post("/sign-in", data=credentials).text
        client.post("/sign-out")
        credentials["password"] = "one that Nora chose"
        assert client.post("/sign-in", data=credentials).location == "/sign-in/organization"

    def test_a_sign_in_link_ends_it_as_well_and_says_so(
        self, impostor: FlaskClient, client: FlaskClient, database: Database, world: World
    ) -> None:
        invite(database, world.strange_usm)
        with database.writing(None) as session:
            token = sign_in.issue_link(NORA["email"], timedelta(minutes=30))
            session.commit()
        chosen = {"organization": str(world.stranger.organization_id)}
        client.post(f"/links/{token}")
        client.post("/sign-in/organization", data=chosen)
        assert "Nora New" in client.get("/me").text
        assert impostor.get("/me").location.startswith("/sign-in")
        impostor.post("/sign-in", data={"email": NORA["email"], "password": PASSWORD})
        assert impostor.get("/me").location.startswith("/sign-in")

    def test_what_they_set_up_afterwards_stays(
        self, client: FlaskClient, records: Records, world: World
    ) -> None:
        client.post(records.sign_in_link(world.end_user))
        client.post("/me/password", data={"password": PASSWORD})
        client.post(records.sign_in_link(world.end_user))
        client.post("/sign-out")
        credentials = {"email": world.end_user.email, "password": PASSWORD}
        assert client.post("/sign-in", data=credentials).location == "/"

    def test_a_link_that_was_handed_over_ends_nothing(
        self, client: FlaskClient, signed_in: SignIn, records: Records, world: World
    ) -> None:
        there = signed_in(world.end_user)
        client.post(records.sign_in_link(world.end_user, is_mailed=False))
        assert there.get("/me").status_code == 200

    def test_who_proved_it_once_is_not_taken_over_by_a_link_handed_over_later(
        self, client: FlaskClient, database: Database, records: Records, world: World
    ) -> None:
        client.post(records.sign_in_link(world.stranger))
        client.post("/sign-out")
        leave(database, world.stranger.organization_id, world.stranger.viewer.member_id)
        link = path_of(invite(database, world.usm, world.stranger.email))
        assert "Sign in with your address first" in client.get(link).text


def test_an_invitation_that_was_withdrawn_lets_nobody_in(
    client: FlaskClient, database: Database, records: Records, world: World
) -> None:
    made = invite(database, world.usm)
    leave(database, world.usm.organization_id, made.member_id)
    answer = client.get(path_of(made))
    assert answer.status_code == 409
    assert "withdrawn" in answer.text


def leave(database: Database, organization_id: UUID, member_id: UUID) -> None:
    with database.writing(organization_id) as session:
        key = {"organization_id": organization_id, "id": member_id}
        member = session.get_one(Member, key)
        member.left_at = member.invited_at
        session.commit()


def test_two_invitations_of_one_address_make_one_person(database: Database, world: World) -> None:
    invite(database, world.usm, "nora@aurora.example")
    invite(database, world.strange_usm, "NORA@aurora.example")
    with database.reading(None) as session:
        wanted = select(Person).where(Person.email_key == "nora@aurora.example")
        assert session.scalars(wanted).one()


def test_the_state_of_an_invitation_follows_the_message(
    database: Database, records: Records, world: World
) -> None:
    invite(database, world.usm)
    (message,) = records.messages(world.usm.organization_id)
    assert describe(message).startswith("Not sent")
