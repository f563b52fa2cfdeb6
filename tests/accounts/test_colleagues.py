"""A success manager changes what is known of one person, lets them leave and takes them back."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from portal.access import Role
from portal.accounts.models import LinkPurpose, Member, Organization
from portal.accounts.service import colleagues, leaving, links, teams
from portal.accounts.service.colleagues import Wanted
from portal.audit import AuditEntry
from portal.db import Database
from portal.errors import Invalid, NotAllowed, NotFound
from tests.accounts.conftest import Records
from tests.conftest import SignIn
from tests.factories import Persona, World, make_member

pytestmark = pytest.mark.database

Change = Callable[..., Member]


@pytest.fixture
def change(database: Database) -> Change:
    """Change a member as somebody; what is not named stays."""

    def change_as(by: Persona, whom: Persona, **wanted: object) -> Member:
        with database.writing(by.organization_id) as session:
            found = colleagues.get_colleague(by.viewer, whom.member_id)
            before = dict(display_name=found.name, job=found.job, roles=None, team_id=found.team_id)
            member = colleagues.change_colleague(
                by.viewer, whom.member_id, Wanted(**(before | wanted))
            )
            session.commit()
        return member

    return change_as


def test_name_job_and_team_are_changed(change: Change, database: Database, world: World) -> None:
    change(world.usm, world.end_user, display_name=" Alma  Neu ", job="controller", team_id=None)
    with database.reading(world.usm.organization_id):
        found = colleagues.get_colleague(world.usm.viewer, world.end_user.member_id)
    assert (found.name, found.job, found.team) == ("Alma Neu", "controller", None)


def test_a_stranger_is_not_found(database: Database, world: World) -> None:
    with database.writing(world.usm.organization_id):
        for deed in (colleagues.get_colleague, colleagues.let_leave, colleagues.take_back):
            with pytest.raises(NotFound):
                deed(world.usm.viewer, world.stranger.member_id)


def test_a_reader_changes_nobody(database: Database, world: World) -> None:
    with database.writing(world.usm.organization_id), pytest.raises(NotAllowed):
        colleagues.let_leave(world.end_user.viewer, world.team_mate.member_id)


def test_a_strangers_team_is_none(change: Change, database: Database, world: World) -> None:
    with database.reading(world.stranger.organization_id):
        theirs = teams.list_teams(world.strange_usm.viewer)[0].id
    with pytest.raises(Invalid, match="Choose one of the teams"):
        change(world.usm, world.end_user, team_id=theirs)


def test_a_usm_makes_another_one_but_no_owner(change: Change, world: World) -> None:
    both = frozenset({Role.USM, Role.END_USER})
    assert change(world.usm, world.end_user, roles=both).roles == both
    everything = both | {Role.OWNER}
    assert change(world.usm, world.end_user, roles=everything).roles == both


def test_an_owner_makes_one_more_owner_and_no_third(change: Change, world: World) -> None:
    change(world.owner, world.end_user, roles=frozenset({Role.END_USER, Role.OWNER}))
    with pytest.raises(Invalid, match="2 owners already"):
        change(world.owner, world.team_mate, roles=frozenset({Role.OWNER}))


def test_what_one_may_not_change_stays(change: Change, world: World) -> None:
    changed = change(world.usm, world.owner, roles=frozenset({Role.END_USER}))
    assert changed.roles == {Role.END_USER, Role.OWNER}


def test_nobody_changes_their_own_roles(change: Change, world: World) -> None:
    with pytest.raises(Invalid, match="changed by somebody else"):
        change(world.usm, world.usm, roles=frozenset({Role.END_USER}))


def test_the_last_success_manager_stays_one(change: Change, world: World) -> None:
    with pytest.raises(Invalid, match="only success manager"):
        change(world.owner, world.usm, roles=frozenset({Role.END_USER}))
    change(world.owner, world.end_user, roles=frozenset({Role.USM}))
    change(world.owner, world.usm, roles=frozenset({Role.END_USER}))


def test_everybody_keeps_a_role(change: Change, world: World) -> None:
    with pytest.raises(Invalid, match="at least one"):
        change(world.usm, world.end_user, roles=frozenset())


@pytest.fixture
def browser(signed_in: SignIn, world: World) -> FlaskClient:
    return signed_in(world.usm)


def test_who_left_is_signed_out_at_once_and_comes_back_with_what_they_did(
    browser: FlaskClient, signed_in: SignIn, world: World
) -> None:
    where = f"/people/{world.end_user.member_id}"
    alma = signed_in(world.end_user)
    assert alma.get("/").status_code == 200
    assert browser.post(f"{where}/leave").location == where
    assert alma.get("/").status_code == 302
    assert "Take back" in browser.get(where).text
    assert "Alma Reader" not in browser.get("/people").text
    for _twice in range(2):
        assert browser.post(f"{where}/return").location == where
    assert "Alma Reader" in browser.get("/people").text
    assert signed_in(world.end_user).get("/").status_code == 200


def test_nobody_lets_themselves_an_owner_or_the_last_usm_go(
    browser: FlaskClient, signed_in: SignIn, world: World
) -> None:
    answer = browser.post(f"/people/{world.usm.member_id}/leave")
    assert (answer.status_code, "Somebody else has to note" in answer.text) == (422, True)
    answer = browser.post(f"/people/{world.owner.member_id}/leave")
    assert (answer.status_code, "Only an owner" in answer.text) == (422, True)
    answer = signed_in(world.owner).post(f"/people/{world.usm.member_id}/leave")
    assert (answer.status_code, "only success manager" in answer.text) == (422, True)


def test_who_has_not_joined_gets_a_link_three_times(
    browser: FlaskClient, database: Database, world: World, client: FlaskClient
) -> None:
    with database.writing(world.usm.organization_id) as session:
        organization = session.get_one(Organization, world.usm.organization_id)
        nora = make_member(session, organization, "Nora New", {Role.END_USER}, accepted_at=None)
        session.commit()
    where = f"/people/{nora.member_id}"
    assert "Invite now" in browser.get(where).text
    for _time in range(3):
        answer = browser.post(f"{where}/invite")
        page = browser.get(answer.location).text
    link = page[page.index("/links/") :].partition('"')[0]
    assert "invited three times" in browser.get(where).text
    answer = browser.post(f"{where}/invite")
    assert (answer.status_code, "three times already" in answer.text) == (422, True)
    assert client.post(link).location == "/"
    assert "Joined" in browser.get(where).text


def test_the_page_saves_and_says_what_is_wrong(
    browser: FlaskClient, records: Records, world: World
) -> None:
    where = f"/people/{world.end_user.member_id}"
    form = {"display_name": "Alma Neu", "job": "", "team": "", "roles": ["end_user", "usm"]}
    assert browser.post(where, data=form).location == where
    changed = records.member(world.usm.organization_id, world.end_user.email)
    assert (changed.display_name, changed.job) == ("Alma Neu", None)
    assert changed.roles == {Role.END_USER, Role.USM}
    answer = browser.post(where, data=form | {"job": "x" * 61})
    assert (answer.status_code, "Shorten this to 60" in answer.text) == (422, True)
    answer = browser.post(where, data=form | {"team": "nonsense"})
    assert answer.status_code == 422


def test_each_change_is_audited_once(change: Change, database: Database, world: World) -> None:
    for _twice in range(2):
        change(world.usm, world.end_user, job="controller")
    with database.reading(world.usm.organization_id) as session:
        found = select(AuditEntry).where(
            AuditEntry.organization_id == world.usm.organization_id,
            AuditEntry.action == "member.changed",
        )
        (entry,) = session.scalars(found)
    assert entry.before["job"] == "accountant"
    assert entry.after["job"] == "controller"


def test_who_is_elsewhere_stays_signed_in_and_invited(
    database: Database, world: World, signed_in: SignIn
) -> None:
    strange = world.stranger
    browser = signed_in(strange)
    with database.writing(None) as session:
        token = links.issue(
            LinkPurpose.INVITATION,
            strange.viewer.person_id,
            strange.organization_id,
            strange.member_id,
            timedelta(hours=1),
        )
        session.commit()
    with database.writing(world.usm.organization_id) as session:
        leaving.mark_left(world.usm.viewer, [world.end_user.member_id, strange.member_id])
        session.commit()
    assert browser.get("/me").status_code == 200
    with database.reading(None):
        assert links.peek(token)
