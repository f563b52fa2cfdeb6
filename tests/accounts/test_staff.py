"""The vendor's own people: invited, given roles, taken out, brought back."""

from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient

from portal.access import Role
from portal.accounts.models import Member
from portal.accounts.service import assignments
from portal.db import Database
from tests.conftest import SignIn
from tests.factories import Persona, World

pytestmark = pytest.mark.database


@pytest.fixture
def admin(signed_in: SignIn, world: World) -> FlaskClient:
    return signed_in(world.admin)


def of(persona: Persona) -> str:
    return f"/staff/{persona.member_id}"


def member(database: Database, persona: Persona) -> Member:
    with database.reading(persona.organization_id) as session:
        key = {"organization_id": persona.organization_id, "id": persona.member_id}
        return session.get_one(Member, key)


def test_everybody_of_the_vendors_is_listed_and_nobody_else(
    admin: FlaskClient, world: World
) -> None:
    admin.post(
        f"/organizations/{world.usm.organization_id}/csms",
        data={"person_id": str(world.csm.viewer.person_id)},
    )
    page = " ".join(admin.get("/staff").text.split())
    for name in ("Vera Author", "Carl Success", "Ada Admin"):
        assert name in page
    assert "Ursula Lead" not in page
    carl = page[page.index("Carl Success") :]
    assert 'data-label="Organizations"> 1 <' in carl[: carl.index("</tr>")]


def test_somebody_is_invited_with_a_role_of_the_vendors(
    admin: FlaskClient, client: FlaskClient
) -> None:
    form = {"display_name": "Nils New", "email": "nils@tallybrook.example", "roles": "csm"}
    answer = admin.post("/staff/invite", data=form)
    page = admin.get(answer.location).text
    assert "Nils New is invited" in page
    start = page.index("/links/")
    client.post(page[start : page.index('"', start)])
    assert client.get("/customers").status_code == 200


@pytest.mark.parametrize("role", ["usm", "owner", "end_user", "stand_in", ""])
def test_nobody_gets_a_role_of_a_customers(
    admin: FlaskClient, database: Database, world: World, role: str
) -> None:
    form = {"display_name": "Nils New", "email": "nils@tallybrook.example", "roles": role}
    assert admin.post("/staff/invite", data=form).status_code == 422
    assert admin.post(of(world.csm), data={"roles": role}).status_code == 422
    assert member(database, world.csm).roles == {Role.CSM}


def test_a_role_holds_from_the_next_page_on(
    admin: FlaskClient, signed_in: SignIn, world: World
) -> None:
    csm = signed_in(world.csm)
    assert csm.get("/library").status_code == 403
    admin.post(of(world.csm), data={"roles": ["csm", "author"]})
    assert csm.get("/library").status_code == 200


def test_who_is_taken_out_is_signed_out_and_answers_for_nobody(
    admin: FlaskClient, signed_in: SignIn, database: Database, world: World
) -> None:
    csm, ours = signed_in(world.csm), world.usm.organization_id
    admin.post(f"/organizations/{ours}/csms", data={"person_id": str(world.csm.viewer.person_id)})
    admin.post(f"{of(world.csm)}/deactivate")
    assert csm.get("/customers").status_code == 302
    with database.reading(None):
        assert not assignments.has_csm(ours)
    admin.post(f"{of(world.csm)}/return")
    assert member(database, world.csm).left_at is None


def test_taking_out_twice_keeps_the_first_day(
    admin: FlaskClient, database: Database, world: World
) -> None:
    admin.post(f"{of(world.csm)}/deactivate")
    first = member(database, world.csm).left_at
    assert isinstance(first, datetime)
    assert first.tzinfo is UTC
    admin.post(f"{of(world.csm)}/deactivate")
    assert member(database, world.csm).left_at == first


def test_there_is_always_an_admin(admin: FlaskClient, database: Database, world: World) -> None:
    assert admin.post(f"{of(world.admin)}/deactivate").status_code == 409
    answer = admin.post(of(world.admin), data={"roles": "author"})
    assert answer.status_code == 409
    assert "No admin would be left." in answer.text
    assert member(database, world.admin).roles == {Role.ADMIN}


def test_who_has_left_is_no_admin_to_count_on(
    admin: FlaskClient, signed_in: SignIn, world: World
) -> None:
    admin.post(of(world.csm), data={"roles": ["csm", "admin"]})
    admin.post(f"{of(world.csm)}/deactivate")
    assert admin.post(of(world.admin), data={"roles": "author"}).status_code == 409


@pytest.mark.parametrize("who", ["author", "csm", "usm", "owner"])
def test_only_admins_come_here(signed_in: SignIn, world: World, who: str) -> None:
    browser = signed_in(world.everybody[who])
    assert browser.get("/staff").status_code == 403
    assert browser.post(f"{of(world.csm)}/deactivate").status_code == 403


def test_a_customers_people_are_no_staff(admin: FlaskClient, world: World) -> None:
    assert admin.get(of(world.usm)).status_code == 404
    assert admin.post(f"{of(world.usm)}/deactivate").status_code == 404
