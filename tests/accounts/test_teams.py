"""Teams form a tree, and some success managers see only a part of it."""

from dataclasses import replace
from uuid import UUID

import pytest
from sqlalchemy import select

from portal import db
from portal.access import Role
from portal.accounts.models import Member, Organization
from portal.accounts.service import reach, team_changes, team_tree, teams
from portal.accounts.service.team_tree import DEEPEST, Node
from portal.accounts.team_models import Team, TeamLimit, TeamMembership
from portal.audit import AuditEntry
from portal.db import Database
from portal.errors import Invalid, NotAllowed, NotFound
from portal.ids import new_id
from tests.conftest import SignIn
from tests.factories import Persona, World, make_member

pytestmark = pytest.mark.database


@pytest.fixture
def act(acting, world: World) -> World:
    """Write in our customer's organization for the rest of the test."""
    acting(world.usm)
    return world


def new_team(world: World, name: str, parent: Team | None = None) -> Team:
    return team_changes.create_team(world.usm.viewer, name, parent.id if parent else None)


def finance(world: World) -> Team:
    return teams.list_teams(world.usm.viewer)[0]


def names(world: World) -> list[tuple[str, int]]:
    return [(branch.node.name, branch.level) for branch in teams.list_tree(world.usm.viewer)]


def test_a_tree_shows_each_team_under_its_parent_by_name(act: World) -> None:
    ledger = new_team(act, "Ledger", finance(act))
    new_team(act, "Assets", finance(act))
    new_team(act, "Accruals", ledger)
    new_team(act, "Beauty")
    assert names(act) == [
        ("Beauty", 0),
        ("Finance", 0),
        ("Assets", 1),
        ("Ledger", 1),
        ("Accruals", 2),
    ]


def test_a_team_whose_parent_is_not_shown_stands_at_the_top() -> None:
    alone = Node(new_id(), new_id(), "Alone")
    assert [branch.level for branch in team_tree.in_order([alone])] == [0]


def test_a_name_is_used_once(act: World) -> None:
    with pytest.raises(Invalid, match="already a team"):
        new_team(act, " Finance ")


def test_a_team_moves_with_all_that_is_under_it(act: World) -> None:
    ledger = new_team(act, "Ledger", finance(act))
    new_team(act, "Accruals", ledger)
    team_changes.change_team(act.usm.viewer, ledger.id, "General ledger", None)
    assert names(act) == [("Finance", 0), ("General ledger", 0), ("Accruals", 1)]


def test_a_team_never_comes_to_stand_under_itself(act: World) -> None:
    top = finance(act)
    ledger = new_team(act, "Ledger", top)
    accruals = new_team(act, "Accruals", ledger)
    for parent in (top, ledger, accruals):
        with pytest.raises(Invalid, match="circle"):
            team_changes.change_team(act.usm.viewer, top.id, "Finance", parent.id)


def test_a_tree_has_a_depth(act: World) -> None:
    deepest = finance(act)
    for level in range(1, DEEPEST):
        deepest = new_team(act, f"Level {level}", deepest)
    with pytest.raises(Invalid, match="levels"):
        new_team(act, "Too deep", deepest)
    short = new_team(act, "Short")
    new_team(act, "Shorter", short)
    # Two levels do not fit where one would.
    with pytest.raises(Invalid, match="levels"):
        team_changes.change_team(act.usm.viewer, short.id, "Short", deepest.parent_id)


def test_a_team_of_another_customer_is_no_parent_and_cannot_be_changed(
    act: World, database: Database
) -> None:
    with database.reading(act.stranger.organization_id):
        theirs = teams.list_teams(act.strange_usm.viewer)[0]
    with pytest.raises(Invalid, match="Choose one of the teams"):
        new_team(act, "Ours", theirs)
    with pytest.raises(NotFound):
        team_changes.change_team(act.usm.viewer, theirs.id, "Ours", None)
    with pytest.raises(NotFound):
        team_changes.end_team(act.usm.viewer, theirs.id)


def current_team(world: World, persona: Persona) -> UUID | None:
    found = teams.current_membership(world.usm.viewer, persona.member_id)
    return found.team_id if found else None


def test_a_team_that_ends_leaves_its_people_without_a_team_and_its_teams_one_level_up(
    act: World,
) -> None:
    top = finance(act)
    new_team(act, "Ledger", top)
    team_changes.end_team(act.usm.viewer, top.id)
    assert names(act) == [("Ledger", 0)]
    assert current_team(act, act.end_user) is None
    assert [team.name for team in teams.list_ended(act.usm.viewer)] == ["Finance"]


def test_the_end_of_a_team_is_taken_back_with_its_people_but_not_those_who_went_on(
    act: World,
) -> None:
    top, other = finance(act), new_team(act, "Other")
    team_changes.end_team(act.usm.viewer, top.id)
    teams.put_in_team(act.usm.viewer, act.team_mate.member_id, other)
    team_changes.reopen_team(act.usm.viewer, top.id)
    assert current_team(act, act.end_user) == top.id
    assert current_team(act, act.team_mate) == other.id
    # And once more changes nothing.
    team_changes.reopen_team(act.usm.viewer, top.id)
    assert current_team(act, act.end_user) == top.id


def test_a_new_member_of_an_ended_team_makes_it_begin_again(act: World) -> None:
    top = finance(act)
    team_changes.end_team(act.usm.viewer, top.id)
    assert team_changes.ensure_team(act.usm.viewer, "Finance").id == top.id
    assert names(act) == [("Finance", 0)]


def test_a_member_goes_out_of_a_team_and_back_on_one_day(act: World) -> None:
    top, other = finance(act), new_team(act, "Other")
    for team in (other, None, top, other, None, other):
        teams.put_in_team(act.usm.viewer, act.end_user.member_id, team)
        assert current_team(act, act.end_user) == (team.id if team else None)


def test_every_change_of_a_team_is_audited(act: World) -> None:
    team = new_team(act, "Ledger")
    team_changes.change_team(act.usm.viewer, team.id, "Ledgers", None)
    team_changes.end_team(act.usm.viewer, team.id)
    team_changes.reopen_team(act.usm.viewer, team.id)
    found = select(AuditEntry.action).where(
        AuditEntry.organization_id == act.usm.organization_id,
        AuditEntry.subject == f"team:{team.id}",
    )
    actions = db.session().scalars(found.order_by(AuditEntry.at, AuditEntry.id)).all()
    assert actions == ["team.created", "team.changed", "team.ended", "team.reopened"]


# ---- Limits ----


@pytest.fixture
def limited(act: World) -> Persona:
    """A USM who sees Finance and what is under it."""
    session = db.session()
    organization = session.get_one(Organization, act.usm.organization_id)
    persona = make_member(session, organization, "Lina Limited", {Role.USM})
    reach.limit_to_team(act.owner.viewer, persona.member_id, finance(act).id)
    viewer = replace(persona.viewer, limited_to=finance(act).id)
    return replace(persona, viewer=viewer)


def reached(viewer) -> set[str]:
    found = select(Member.display_name).where(
        Member.organization_id == viewer.organization_id, reach.within(viewer)
    )
    return set(db.session().scalars(found))


def test_who_is_not_limited_reaches_everybody_without_a_further_condition(act: World) -> None:
    assert "Oskar Owner" in reached(act.usm.viewer)
    assert "team" not in str(select(Member.id).where(reach.within(act.usm.viewer)))


def test_who_is_limited_reaches_a_team_and_those_under_it(act: World, limited: Persona) -> None:
    below = new_team(act, "Ledger", finance(act))
    beside = new_team(act, "Beside")
    teams.put_in_team(act.usm.viewer, act.owner.member_id, below)
    teams.put_in_team(act.usm.viewer, act.usm.member_id, beside)
    assert reached(limited.viewer) == {"Alma Reader", "Amir Mate", "Oskar Owner"}
    assert reach.reaches(limited.viewer, act.owner.member_id)
    assert not reach.reaches(limited.viewer, act.stranger.member_id)
    assert reach.get_member_in_reach(limited.viewer, act.owner.member_id)
    for persona in (act.usm, act.stranger):
        with pytest.raises(NotFound):
            reach.get_member_in_reach(limited.viewer, persona.member_id)


def test_who_left_a_team_is_out_of_reach(act: World, limited: Persona) -> None:
    teams.put_in_team(act.usm.viewer, act.end_user.member_id, None)
    assert reached(limited.viewer) == {"Amir Mate"}


def test_a_limit_is_dated_and_can_be_lifted_and_set_again_on_one_day(
    act: World, limited: Persona
) -> None:
    other = new_team(act, "Other")
    reach.limit_to_team(act.owner.viewer, limited.member_id, other.id)
    assert [m.id for m in reach.list_limited(act.owner.viewer, other.id)] == [limited.member_id]
    reach.lift_limit(act.owner.viewer, limited.member_id)
    assert reach.list_limited(act.owner.viewer, other.id) == []
    reach.limit_to_team(act.owner.viewer, limited.member_id, other.id)
    found = select(TeamLimit).where(TeamLimit.organization_id == act.usm.organization_id)
    (row,) = db.session().scalars(found)
    assert (row.ends_on, row.team_id) == (None, other.id)


@pytest.mark.parametrize("who", ["owner", "end_user", "stranger", "usm"])
def test_only_another_usm_can_be_limited(act: World, who: str) -> None:
    persona = act.everybody[who]
    with pytest.raises(Invalid) as caught:
        reach.limit_to_team(act.usm.viewer, persona.member_id, finance(act).id)
    assert caught.value.field == "member"


def test_who_is_limited_changes_nothing_above_or_beside(act: World, limited: Persona) -> None:
    top, beside = finance(act), new_team(act, "Beside")
    with pytest.raises(NotAllowed):
        team_changes.end_team(limited.viewer, top.id)
    with pytest.raises(NotFound):
        team_changes.change_team(limited.viewer, beside.id, "Mine", top.id)
    with pytest.raises(Invalid, match="Choose one of the teams"):
        team_changes.create_team(limited.viewer, "Free", None)
    with pytest.raises(NotAllowed):
        reach.lift_limit(limited.viewer, limited.member_id)
    with pytest.raises(NotAllowed):
        reach.limit_to_team(limited.viewer, act.usm.member_id, top.id)
    mine = team_changes.create_team(limited.viewer, "Mine", top.id)
    assert [team.name for team in teams.list_teams(limited.viewer)] == ["Finance", "Mine"]
    with pytest.raises(Invalid, match="not one of yours"):
        team_changes.ensure_team(limited.viewer, "Beside")
    assert team_changes.ensure_team(limited.viewer, "Newest").parent_id == top.id
    team_changes.end_team(limited.viewer, mine.id)


def test_a_team_that_limits_somebody_does_not_end(act: World, limited: Persona) -> None:
    with pytest.raises(Invalid, match="sees only this team"):
        team_changes.end_team(act.usm.viewer, finance(act).id)


# ---- Pages ----


@pytest.fixture
def lina(database: Database, world: World) -> Persona:
    """A USM who is limited to Finance."""
    with database.writing(world.usm.organization_id) as session:
        organization = session.get_one(Organization, world.usm.organization_id)
        persona = make_member(session, organization, "Lina Limited", {Role.USM})
        reach.limit_to_team(world.owner.viewer, persona.member_id, finance(world).id)
        session.commit()
    return persona


def test_a_limited_usm_sees_and_exports_only_their_people(
    signed_in: SignIn, world: World, lina: Persona
) -> None:
    for address in ("/people", "/people.csv"):
        text = signed_in(lina).get(address).text
        assert "Alma Reader" in text
        assert "Oskar Owner" not in text
        assert "Oskar Owner" in signed_in(world.usm).get(address).text


INVITED = {"display_name": "Nora New", "email": "nora@aurora.example", "roles": "end_user"}


def test_a_limited_usm_invites_into_their_own_teams_only(
    signed_in: SignIn, database: Database, world: World, lina: Persona
) -> None:
    with database.writing(world.usm.organization_id) as session:
        new_team(world, "Beside")
        session.commit()
    browser = signed_in(lina)
    answer = browser.post("/people/invite", data=INVITED)
    assert "Choose one of your teams" in answer.text
    answer = browser.post("/people/invite", data=INVITED | {"team_name": "Beside"})
    assert "not one of yours" in answer.text
    answer = browser.post("/people/invite", data=INVITED | {"team_name": "Finance", "roles": "usm"})
    assert "nora@aurora.example" in answer.text
    with database.reading(world.usm.organization_id) as session:
        found = select(Member).where(
            Member.organization_id == world.usm.organization_id, Member.display_name == "Nora New"
        )
        assert session.scalars(found).all() == []
    answer = browser.post("/people/invite", data=INVITED | {"team_name": "Payroll"})
    assert answer.status_code == 302
    assert "Nora New" in browser.get("/people").text
    assert browser.get(answer.location).status_code == 200


def test_a_limited_usm_invites_nobody_again_whom_they_do_not_reach(
    signed_in: SignIn, world: World, lina: Persona
) -> None:
    where = signed_in(world.usm).post("/people/invite", data=INVITED).location
    assert signed_in(lina).get(where).status_code == 404
    answer = signed_in(lina).post("/people/invite", data=INVITED | {"team_name": "Finance"})
    assert "is in another team" in answer.text


def test_a_team_is_added_changed_ended_and_taken_back(signed_in: SignIn, world: World) -> None:
    browser = signed_in(world.usm)
    assert browser.post("/people/teams/new", data={"name": "Ledger"}).status_code == 302
    page = browser.get("/people/teams").text
    where = next(
        part.split('"')[0]
        for part in page.split('href="')
        if part.startswith("/people/teams/") and ">Ledger<" in part
    )
    answer = browser.post(where, data={"name": "", "parent": ""})
    assert answer.status_code == 422
    assert "Enter a name." in answer.text
    assert browser.post(where, data={"name": "Ledgers", "parent": ""}).status_code == 302
    assert "Ledgers" in browser.get(where).text
    browser.post(f"{where}/end")
    assert browser.get(where).status_code == 404
    browser.post(f"{where}/reopen")
    assert browser.get(where).status_code == 200


def test_a_usm_is_limited_on_the_teams_page_at_once(
    signed_in: SignIn, database: Database, world: World, lina: Persona
) -> None:
    with database.reading(world.usm.organization_id):
        where = f"/people/teams/{finance(world).id}"
    browser, theirs = signed_in(world.owner), signed_in(lina)
    assert "Oskar Owner" not in theirs.get("/people").text
    browser.post(f"/people/{lina.member_id}/unlimited")
    assert "Oskar Owner" in theirs.get("/people").text
    assert browser.post(f"{where}/limit", data={"member": "x"}).status_code == 422
    answer = browser.post(f"{where}/limit", data={"member": str(lina.member_id)})
    assert answer.location == where
    assert "Lina Limited" in browser.get(where).text
    assert "Oskar Owner" not in theirs.get("/people").text
    assert theirs.post(f"{where}/limit", data={"member": "x"}).status_code == 403
    answer = browser.post(f"{where}/end")
    assert answer.status_code == 422
    assert "sees only this team" in answer.text


def test_memberships_stay_with_their_days(database: Database, world: World) -> None:
    with database.writing(world.usm.organization_id) as session:
        team_changes.end_team(world.usm.viewer, finance(world).id)
        found = select(TeamMembership).where(
            TeamMembership.organization_id == world.usm.organization_id
        )
        assert all(row.ends_on and row.ends_on > row.starts_on for row in session.scalars(found))
