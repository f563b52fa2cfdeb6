"""The first steps of an empty portal, worked out from what is there."""

import re
from pathlib import Path

import pytest
from sqlalchemy import delete, update

from portal import clock
from portal.access import Role
from portal.accounts.models import Member, Organization
from portal.backup.models import BackupRun
from portal.guides.models import CurrentRevision
from portal.ids import new_id
from portal.paths.models import Audience
from portal.paths.models import Path as LearningPath
from tests.factories import Persona, World, make_member, make_organization

TITLE = "First steps"


def steps(page: str) -> dict[str, str]:
    """Each step of the list with its state; nothing where there is no list."""
    _, _, panel = page.partition('aria-labelledby="first-steps-title"')
    found = re.findall(
        r'class="step step-(\w+)".*?class="step-title"[^>]*>(.*?)<',
        panel.partition("</section>")[0],
        re.DOTALL,
    )
    return {title.replace("&#39;", "'"): state for state, title in found}


@pytest.fixture
def admin(database) -> Persona:
    """The first admin of a portal in which nothing else is."""
    with database.writing(None) as session:
        vendor = make_organization(session, "Tallybrook", is_vendor=True)
        session.commit()
    with database.writing(vendor.id) as session:
        persona = make_member(session, vendor, "Ada Admin", {Role.ADMIN})
        session.commit()
    return persona


def add(database, organization: str, name: str, role: Role, **more) -> Persona:
    with database.writing(None) as session:
        made = make_organization(session, organization)
        session.commit()
    with database.writing(made.id) as session:
        persona = make_member(session, made, name, {role})
        session.commit()
    return persona


def test_an_admin_is_led_from_the_first_to_the_last(admin, signed_in, database, library):
    browser = signed_in(admin)
    found = steps(browser.get("/organizations").text)
    assert list(found.values()) == ["done", "done", "now", *["later"] * 5]
    with database.writing(admin.organization_id) as session:
        vendor = session.get_one(Organization, admin.organization_id)
        make_member(session, vendor, "Vera Author", {Role.AUTHOR})
        session.commit()
    add(database, "Aurora", "Ursula Lead", Role.USM)
    found = steps(browser.get("/organizations").text)
    assert found["Set up the first customer"] == "done"
    assert found["Invite the person there who will lead their colleagues"] == "done"
    assert found["Make a backup"] == "now"
    with database.writing(None) as session:
        session.add(BackupRun(made_at=clock.now(), seconds=1.0, size=1, file="backup.zip"))
        session.commit()
    assert steps(browser.get("/organizations").text) == {}


def test_only_an_author_of_the_vendor_counts(admin, signed_in, database):
    add(database, "Aurora", "Amber Author", Role.AUTHOR)
    found = steps(signed_in(admin).get("/organizations").text)
    assert list(found.values()) == ["done", "now", "later", "done", *["later"] * 4]


def test_samples_do_not_count_as_done(admin, signed_in, database):
    with database.writing(None) as session:
        make_organization(session, "Sample").is_sample = True
        session.commit()
    found = steps(signed_in(admin).get("/organizations").text)
    assert found["Set up the first customer"] == "later"


def test_the_usm_is_invited_into_the_customer(admin, signed_in, database):
    with database.writing(None) as session:
        customer = make_organization(session, "Aurora")
        session.commit()
    page = signed_in(admin).get("/organizations").text
    assert f'href="/organizations/{customer.id}/invite"' in page


def test_who_left_does_not_count(admin, signed_in, database):
    lead = add(database, "Aurora", "Ursula Lead", Role.USM)
    with database.writing(lead.organization_id) as session:
        left = update(Member).where(Member.organization_id == lead.organization_id)
        session.execute(left.values(left_at=clock.now()))
        session.commit()
    found = steps(signed_in(admin).get("/organizations").text)
    assert found["Invite the person there who will lead their colleagues"] == "later"


def test_an_author_is_told_what_is_missing(admin, signed_in, app, monkeypatch, tmp_path: Path):
    settings = app.config["PORTAL"].model_copy(update={"content_dir": tmp_path})
    monkeypatch.setitem(app.config, "PORTAL", settings)
    browser = signed_in(admin)
    page = browser.get("/library").text
    assert str(tmp_path) in page
    assert list(steps(page).values()) == ["now", "later", "later", "later"]
    (tmp_path / "guides").mkdir()
    (tmp_path / "guides" / "one.md").touch()
    assert steps(browser.get("/library").text)["Write a guide that leads there"] == "done"


def test_a_library_without_customers_speaks_of_no_sample_that_is_not_there(
    admin, signed_in, library, database
):
    browser = signed_in(admin)
    assert "sample organizations" not in browser.get("/library").text
    with database.writing(None) as session:
        make_organization(session, "Sample").is_sample = True
        session.commit()
    assert "sample organizations" in browser.get("/library").text


def test_what_ships_for_success_managers_is_no_step_of_the_vendor(
    admin, signed_in, library, database, app, monkeypatch, tmp_path: Path
):
    browser = signed_in(admin)
    settings = app.config["PORTAL"].model_copy(update={"content_dir": tmp_path})
    monkeypatch.setitem(app.config, "PORTAL", settings)
    with database.writing(None) as session:
        session.execute(update(LearningPath).values(audience=Audience.USM))
        session.commit()
    for kind, name in (
        ("goals", library.goal_slug),
        ("guides", library.guide_slugs[0]),
        ("paths", library.path_slug),
    ):
        (tmp_path / kind).mkdir()
        (tmp_path / kind / f"{name}.de.md").touch()
    assert list(steps(browser.get("/organizations").text).values())[1] == "now"
    assert list(steps(browser.get("/library").text).values()) == ["now", *["later"] * 3]
    (tmp_path / "goals" / "ours.md").touch()
    assert list(steps(browser.get("/library").text).values())[:2] == ["done", "now"]


def test_an_author_with_a_library_is_told_nothing(admin, signed_in, library, database):
    browser = signed_in(admin)
    assert steps(browser.get("/library").text) == {}
    with database.writing(None) as session:
        session.execute(delete(CurrentRevision))
        session.commit()
    assert steps(browser.get("/library").text)["Check, then publish"] in ("now", "later")


@pytest.fixture
def usm(database) -> Persona:
    return add(database, "Aurora", "Ursula Lead", Role.USM)


def test_a_first_usm_is_led_until_somebody_is_on_the_way(usm, signed_in, database, library):
    browser = signed_in(usm)
    first = {
        "Invite your first colleague": "now",
        "Choose a goal yourself": "later",
        "See the first progress": "later",
    }
    assert steps(browser.get("/").text) == first
    assert steps(browser.get("/people").text) == first
    who = {"display_name": "Rolf Reader", "email": "rolf@aurora.example", "roles": "end_user"}
    browser.post("/people/invite", data=who)
    browser.post(f"/goals/{library.goal_slug}/choose")
    assert list(steps(browser.get("/").text).values()) == ["done", "done", "now"]
    with database.writing(usm.organization_id) as session:
        organization = session.get_one(Organization, usm.organization_id)
        reader = make_member(session, organization, "Rita Reader", {Role.END_USER})
        session.commit()
    colleague = signed_in(reader)
    colleague.post(f"/goals/{library.goal_slug}/choose")
    revision = {"revision": str(library.revision_ids[0]), "answer": "yes"}
    colleague.post(f"/guides/{library.guide_slugs[0]}/answer", data=revision)
    assert steps(browser.get("/").text) == {}
    assert steps(colleague.get("/").text) == {}


def test_another_organizations_people_do_not_count(usm, signed_in, database, world_elsewhere):
    assert set(steps(signed_in(usm).get("/").text).values()) == {"now", "later"}


@pytest.fixture
def world_elsewhere(usm, database) -> Persona:
    with database.writing(None) as session:
        other = make_organization(session, "Zyxomma")
        session.commit()
    with database.writing(other.id) as session:
        persona = make_member(session, other, "Zyxomma Reader", {Role.END_USER})
        session.commit()
    return persona


def test_put_away_they_stay_away_for_this_person_alone(world: World, signed_in, database):
    usm, owner = signed_in(world.usm), signed_in(world.owner)
    assert steps(usm.get("/people").text)
    form = {"kind": "usm", "next": "/people", "request_id": str(new_id())}
    for _press in range(2):
        assert usm.post("/first-steps/dismiss", data=form).location == "/people"
    assert steps(usm.get("/people").text) == {}
    assert steps(owner.get("/people").text)


@pytest.mark.parametrize("kind", ["", "?", "usm\0", "csm"])
def test_what_is_no_list_cannot_be_put_away(world: World, signed_in, kind: str):
    answer = signed_in(world.usm).post("/first-steps/dismiss", data={"kind": kind})
    assert answer.status_code == 422


def test_it_leads_to_no_other_place_afterwards(world: World, signed_in):
    form = {"kind": "usm", "next": "https://elsewhere.example/"}
    assert signed_in(world.usm).post("/first-steps/dismiss", data=form).location == "/"
