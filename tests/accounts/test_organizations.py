"""Organizations, as the vendor's admins see them."""

import pytest
from flask.testing import FlaskClient

from portal.access import Role
from portal.accounts.models import Experience, Organization
from portal.db import Database
from tests.accounts.conftest import Records
from tests.conftest import SignIn
from tests.factories import World, make_organization

pytestmark = pytest.mark.database


@pytest.fixture
def admin(signed_in: SignIn, world: World) -> FlaskClient:
    return signed_in(world.admin)


def test_the_list_counts_people_and_says_whether_someone_leads(
    admin: FlaskClient, database: Database
) -> None:
    with database.writing(None) as session:
        make_organization(session, "Borealis")
        session.commit()
    page = " ".join(admin.get("/organizations").text.split())
    aurora, borealis = page[page.index("Aurora<") :], page[page.index("Borealis<") :]
    assert 'data-label="Invited">4<' in aurora
    assert "Named" in aurora[: aurora.index("</tr>")]
    assert 'data-label="Invited">0<' in borealis
    assert "Nobody yet" in borealis[: borealis.index("</tr>")]
    assert "Tallybrook<" not in page[page.index("<table") : page.index("</table>")]


def test_the_list_says_what_each_needs_and_who_answers_for_it(
    admin: FlaskClient, database: Database, world: World
) -> None:
    where = f"/organizations/{world.usm.organization_id}"
    admin.post(f"{where}/csms", data={"person_id": str(world.csm.viewer.person_id)})
    with database.writing(None) as session:
        aurora = session.get_one(Organization, world.usm.organization_id)
        aurora.experience = Experience.HIGH_TOUCH
        make_organization(session, "Borealis")
        session.commit()
    page = " ".join(admin.get("/organizations").text.split())
    aurora, borealis = (page[page.index(f"{name}<") :] for name in ("Aurora", "Borealis"))
    assert "High touch" in aurora[: aurora.index("</tr>")]
    assert world.csm.viewer.display_name in aurora[: aurora.index("</tr>")]
    assert "nobody" in borealis[: borealis.index("</tr>")]


def test_real_customers_and_samples_are_never_mixed(admin: FlaskClient, database: Database) -> None:
    with database.writing(None) as session:
        make_organization(session, "Samplewood", is_sample=True)
        session.commit()
    assert "Samplewood" not in admin.get("/organizations").text
    samples = admin.get("/organizations?sample=1").text
    assert "Samplewood" in samples
    assert "Aurora" not in samples


def test_while_there_are_only_samples_they_are_shown_as_such(
    admin: FlaskClient, database: Database, world: World
) -> None:
    with database.writing(None) as session:
        for persona in (world.end_user, world.stranger):
            session.get_one(Organization, persona.organization_id).is_sample = True
        session.commit()
    page = admin.get("/organizations").text
    assert "Aurora" in page
    assert "These are samples to look around in." in page


def test_a_long_list_has_pages(admin: FlaskClient, database: Database) -> None:
    with database.writing(None) as session:
        for number in range(61):
            make_organization(session, f"Customer {number:03}")
        session.commit()
    first = admin.get("/organizations").text
    assert "Customer 000" in first
    assert "Customer 060" not in first
    start = first.index("/organizations?after=")
    second = admin.get(first[start : first.index('"', start)]).text
    assert "Customer 060" in second
    assert "Customer 000" not in second


def test_an_admin_sets_up_a_customer_and_invites_its_first_person(
    admin: FlaskClient, client: FlaskClient, records: Records
) -> None:
    answer = admin.post("/organizations/new", data={"name": "Borealis", "zone": "Europe/Oslo"})
    assert answer.location.endswith("/invite")
    assert "Borealis is set up. Now invite the first person." in admin.get(answer.location).text
    form = {
        "display_name": "Ulla Lead",
        "email": "ulla@borealis.example",
        "roles": ["usm", "owner"],
    }
    invited = admin.post(answer.location, data=form)
    page = admin.get(invited.location).text
    assert "Ulla Lead is invited" in page
    start = page.index("/links/")
    client.post(page[start : page.index('"', start)])
    assert "Under this name Borealis knows you" in client.get("/me").text


def test_a_new_customer_says_what_to_do_next(admin: FlaskClient) -> None:
    where = admin.post("/organizations/new", data={"name": "Borealis", "zone": "UTC"}).location
    page = admin.get(where.removesuffix("/invite")).text
    assert "Nobody is here yet" in page
    assert "Invite the first person" in page


@pytest.mark.parametrize("name", ["", "aurora"])
def test_a_name_must_be_there_and_new(admin: FlaskClient, name: str) -> None:
    answer = admin.post("/organizations/new", data={"name": name, "zone": "UTC"})
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.text


def test_staff_sees_the_names_of_those_who_lead_and_of_nobody_else(
    admin: FlaskClient, world: World
) -> None:
    page = admin.get(f"/organizations/{world.usm.organization_id}").text
    assert "Ursula Lead" in page
    assert "Oskar Owner" in page
    assert "Alma Reader" not in page
    assert "And 2 others" in page


def test_staff_does_not_learn_the_name_of_whom_a_usm_invited(
    admin: FlaskClient, signed_in: SignIn, world: World
) -> None:
    form = {"display_name": "Nora New", "email": "nora@aurora.example", "roles": "end_user"}
    where = signed_in(world.usm).post("/people/invite", data=form).location
    page = admin.get(f"/organizations/{world.usm.organization_id}/invited/{where.split('/')[-1]}")
    assert page.status_code == 404


def test_the_vendor_is_no_customer(admin: FlaskClient, world: World) -> None:
    ours = world.admin.organization_id
    assert admin.get(f"/organizations/{ours}").status_code == 404
    assert admin.get(f"/organizations/{ours}/invite").status_code == 404


def test_a_role_of_the_vendors_is_not_given_to_a_customers_person(
    admin: FlaskClient, world: World
) -> None:
    form = {"display_name": "Eve", "email": "eve@aurora.example", "roles": Role.ADMIN}
    answer = admin.post(f"/organizations/{world.usm.organization_id}/invite", data=form)
    assert answer.status_code == 422
    assert "not a valid choice" in answer.text


@pytest.mark.parametrize("persona", ["end_user", "usm", "owner", "author", "csm"])
def test_nobody_but_an_admin_comes_here(signed_in: SignIn, world: World, persona: str) -> None:
    browser = signed_in(world.everybody[persona])
    for path in (
        "/organizations",
        "/organizations/new",
        f"/organizations/{world.usm.organization_id}",
        f"/organizations/{world.stranger.organization_id}/invite",
    ):
        assert browser.get(path).status_code == 403
