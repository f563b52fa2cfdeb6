"""Looks of the vendor's staff at names, and the owner who allows and reads them."""

from dataclasses import replace

import pytest

from portal import clock
from portal.access import Role, Viewer
from portal.accounts.models import Member
from portal.accounts.service import staff_looks
from portal.db import Database
from portal.errors import NotAllowed
from portal.ids import new_id
from tests.conftest import SignIn
from tests.factories import World

pytestmark = pytest.mark.database


def in_ours(world: World) -> Viewer:
    return replace(world.csm.viewer, organization_id=world.owner.organization_id)


def test_names_are_closed_to_staff_until_an_owner_says_so(world: World, acting) -> None:
    acting(world.owner)
    ours = world.owner.organization_id
    assert not staff_looks.may_see_names(ours)
    staff_looks.allow_names(world.owner.viewer)
    staff_looks.allow_names(world.owner.viewer)
    assert staff_looks.may_see_names(ours)
    staff_looks.forbid_names(world.owner.viewer)
    assert not staff_looks.may_see_names(ours)


def test_a_usm_may_not_open_names_to_staff(world: World, acting) -> None:
    acting(world.usm)
    with pytest.raises(NotAllowed):
        staff_looks.allow_names(world.usm.viewer)


def test_a_look_is_noted_with_who_looked_and_why_but_not_for_leads(world: World, acting) -> None:
    acting(world.owner)
    seen = [world.end_user.member_id, world.team_mate.member_id, world.usm.member_id]
    staff_looks.look(in_ours(world), seen, "People who fell silent")
    (noted,) = staff_looks.list_looks(world.owner.viewer)
    assert (noted.who, noted.names) == ("Carl Success", ("Alma Reader", "Amir Mate"))
    assert noted.why == "People who fell silent"


def test_a_look_at_leads_alone_is_not_noted(world: World, acting) -> None:
    acting(world.owner)
    staff_looks.look(in_ours(world), [world.usm.member_id, world.owner.member_id], "Leads")
    assert staff_looks.list_looks(world.owner.viewer) == []


def test_an_owner_reads_older_looks_page_by_page(world: World, acting) -> None:
    acting(world.owner)
    for number in range(staff_looks.PAGE + 2):
        staff_looks.look(in_ours(world), [world.end_user.member_id], f"Look {number}")
    first = staff_looks.list_looks(world.owner.viewer)
    assert first[0].why == f"Look {staff_looks.PAGE + 1}"
    older = staff_looks.list_looks(world.owner.viewer, first[-1].look_id)
    assert [look.why for look in older] == ["Look 1", "Look 0"]


def test_staff_is_called_as_the_vendor_calls_them_though_they_are_known_elsewhere(
    world: World, acting, database: Database
) -> None:
    with database.writing(world.stranger.organization_id) as session:
        session.add(
            Member(
                organization_id=world.stranger.organization_id,
                id=new_id(),
                person_id=world.csm.viewer.person_id,
                display_name="Zyxomma Guest",
                name_key="zyxomma guest",
                roles=frozenset({Role.END_USER}),
                invited_at=clock.now(),
                accepted_at=clock.now(),
            )
        )
        session.commit()
    acting(world.owner)
    staff_looks.look(in_ours(world), [world.end_user.member_id], "A question")
    (noted,) = staff_looks.list_looks(world.owner.viewer)
    assert noted.who == "Carl Success"


def test_nobody_reads_looks_at_another_organizations_names(
    world: World, acting, database: Database
) -> None:
    acting(world.owner)
    staff_looks.look(in_ours(world), [world.stranger.member_id], "Guessed")
    assert staff_looks.list_looks(world.owner.viewer) == []


def test_the_owners_page_opens_and_closes_names(
    world: World, signed_in: SignIn, database: Database
) -> None:
    browser = signed_in(world.owner)
    assert "They read no names." in browser.get("/organization/privacy").text
    for _press in range(2):
        assert browser.post("/organization/privacy/names").status_code == 302
    assert "they may read names" in browser.get("/organization/privacy").text
    browser.post("/organization/privacy/names/forbid")
    assert "They read no names." in browser.get("/organization/privacy").text


def test_the_owners_page_says_who_looked_at_whom_and_why(
    world: World, signed_in: SignIn, database: Database
) -> None:
    with database.writing(world.owner.organization_id) as session:
        seen = [world.end_user.member_id, world.team_mate.member_id]
        staff_looks.look(in_ours(world), seen, "People who fell silent")
        session.commit()
    page = signed_in(world.owner).get("/organization/privacy").text
    assert "Carl Success: People who fell silent" in page
    assert "Alma Reader, Amir Mate" in page


@pytest.mark.parametrize("who", ["end_user", "usm", "csm", "admin"])
def test_the_page_is_the_owners(world: World, signed_in: SignIn, who: str) -> None:
    browser = signed_in(world.everybody[who])
    assert browser.get("/organization/privacy").status_code == 403
    assert browser.post("/organization/privacy/names").status_code == 403


@pytest.mark.parametrize("before", ["x", "", "0", "%00", "' OR 1=1", "9" * 4000])
def test_a_mark_that_is_none_leads_to_the_start(
    world: World, signed_in: SignIn, before: str
) -> None:
    answer = signed_in(world.owner).get("/organization/privacy", query_string={"before": before})
    assert "Nobody has looked at a name yet." in answer.text
