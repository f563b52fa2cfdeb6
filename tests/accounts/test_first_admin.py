"""From an empty portal to its first admin."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update

from portal.accounts.models import Member, Organization
from portal.accounts.service import first_admin, organizations
from portal.db import Database
from portal.errors import Conflict
from tests.accounts.conftest import PASSWORD, Records
from tests.factories import World

pytestmark = pytest.mark.database

FORM = {
    "vendor_name": "Tallybrook",
    "display_name": "Ada First",
    "email": "ada@tallybrook.example",
    "password": PASSWORD,
    "zone": "Europe/Berlin",
}


@pytest.fixture
def link(database: Database) -> str:
    """What `portal init` prints, in a portal with nobody in it."""
    with database.writing(None) as session:
        organizations.ensure_vendor()
        token = first_admin.issue_link()
        session.commit()
    return f"/links/{token}"


def test_the_link_leads_to_the_admins_start(client: FlaskClient, link: str) -> None:
    assert "Set up the portal" in client.get(link).text
    assert client.post(link, data=FORM).location == "/"
    page = client.get("/organizations").text
    assert "No customers yet" in page
    assert "Tallybrook" in page


def test_the_first_admin_signs_in_again(client: FlaskClient, link: str) -> None:
    client.post(link, data=FORM)
    client.post("/sign-out")
    client.post("/sign-in", data={"email": FORM["email"], "password": PASSWORD})
    assert "Ada First" in client.get("/me").text


def test_there_is_one_vendor_however_often_it_is_ensured(database: Database, link: str) -> None:
    with database.writing(None) as session:
        first, second = organizations.ensure_vendor(), organizations.ensure_vendor()
        session.commit()
    assert first.id == second.id


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("vendor_name", "", "Enter your company&#39;s name."),
        ("display_name", "", "Enter your name."),
        ("email", "ada", "This is not an e-mail address"),
        ("password", "short", "at least 10 characters"),
        ("zone", "Europe/Atlantis", "Not a valid choice"),
    ],
)
def test_what_is_wrong_is_said_and_the_link_still_works(
    client: FlaskClient, link: str, field: str, value: str, words: str
) -> None:
    assert words in client.post(link, data=FORM | {field: value}).text
    assert client.post(link, data=FORM).location == "/"


def test_there_is_no_second_first_admin(client: FlaskClient, database: Database, link: str) -> None:
    with database.writing(None) as session:
        another = first_admin.issue_link()
        session.commit()
    client.post(link, data=FORM)
    assert first_admin.exists(database)
    assert client.post(f"/links/{another}", data=FORM).status_code == 409
    with database.writing(None), pytest.raises(Conflict, match="admin already"):
        first_admin.issue_link()


def test_a_sample_admin_does_not_count(database: Database, world: World, records: Records) -> None:
    assert first_admin.exists(database)
    vendor_id = world.admin.organization_id
    with database.writing(vendor_id) as session:
        session.execute(
            update(Member).where(Member.organization_id == vendor_id).values(is_sample=True)
        )
        session.commit()
    assert not first_admin.exists(database)


def test_the_vendor_takes_the_name_and_the_zone(
    client: FlaskClient, database: Database, link: str
) -> None:
    client.post(link, data=FORM)
    with database.reading(None):
        vendor = organizations.get_vendor()
    assert isinstance(vendor, Organization)
    assert (vendor.name, vendor.zone) == ("Tallybrook", "Europe/Berlin")
