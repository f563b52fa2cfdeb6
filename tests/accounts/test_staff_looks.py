"""Looks of the vendor's staff at names, and the owner who allows and reads them."""

from dataclasses import replace

import pytest

from portal.access import Viewer
from portal.accounts.service import staff_looks
from portal.db import Database
from portal.errors import NotAllowed
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
    assert (noted.person_id, noted.names) == (world.csm.viewer.person_id, 2)
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


def test_nobody_reads_looks_at_another_organizations_names(
    world: World, acting, database: Database
) -> None:
    acting(world.owner)
    staff_looks.look(in_ours(world), [world.stranger.member_id], "Guessed")
    assert staff_looks.list_looks(world.owner.viewer) == []
