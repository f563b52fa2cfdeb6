"""Everything stored about oneself: looked at, taken along, erased, each by its owner alone."""

import csv
import io
import json
import os
import re
import time
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from portal import clock, jobs, sweeping
from portal.accounts import jobs as accounts_jobs
from portal.accounts.models import Member, Person, WebSession
from portal.accounts.privacy_models import Erasure, Export
from portal.accounts.service import exports
from portal.accounts.service.passwords import hash_password
from portal.audit import AuditEntry
from portal.config import Settings
from portal.db import Database
from portal.ids import new_id
from portal.spreadsheets import plain
from tests.conftest import SignIn
from tests.factories import Persona, World
from tests.guards.scene import Scene, make_scene, open_browser
from tests.work import give_up

pytestmark = pytest.mark.database

assert accounts_jobs, "imported for what it registers"

PASSWORD = "a long enough password"


@pytest.fixture(autouse=True)
def _folder(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Jobs read their settings from the environment."""
    monkeypatch.setenv("WAYMARK_INSTANCE_DIR", str(settings.instance_dir))


@pytest.fixture
def scene(app: Flask, database: Database) -> Scene:
    return make_scene(app, database)


def export_of(database: Database, persona: Persona) -> Export:
    with database.reading(persona.organization_id) as session:
        mine = select(Export).where(
            Export.organization_id == persona.organization_id,
            Export.member_id == persona.member_id,
        )
        return session.scalars(mine).one()


def make_export(database: Database, browser: FlaskClient, persona: Persona) -> str:
    """Ask for a file and have it made; its address."""
    assert browser.post("/me/data/export").status_code == 302
    while sweeping.sweep(database, limit=1):
        pass
    return f"/me/data/export/{export_of(database, persona).id}"


def unpacked(content: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def test_the_page_counts_each_table_in_words(scene: Scene) -> None:
    page = scene.browser("end_user").get("/me/data").text
    for words in ("Your answers", "Guides you opened", "You as who signs in"):
        assert words in page


def test_the_file_holds_ones_own_rows_as_json_and_csv(scene: Scene, database: Database) -> None:
    persona = scene.persona("end_user")
    browser = scene.browser("end_user")
    with browser.get(make_export(database, browser, persona)) as answer:
        assert answer.headers["Content-Type"] == "application/zip"
        assert "attachment" in answer.headers["Content-Disposition"]
        files = unpacked(answer.data)
    (outcome,) = json.loads(files["outcome.json"])
    assert outcome["comment"] == "Λείπει μια εικόνα."
    (person,) = json.loads(files["person.json"])
    assert person["email"] == persona.email
    assert "password_hash" not in person
    (row,) = csv.DictReader(io.StringIO(files["outcome.csv"].removeprefix("\ufeff")))
    assert row["comment"] == "Λείπει μια εικόνα."
    assert "outcome: Your answers (1)" in files["README.txt"]


def test_the_file_names_nobody_else_and_no_other_organization(
    scene: Scene, database: Database
) -> None:
    browser = scene.browser("double")
    with browser.get(make_export(database, browser, scene.double)) as answer:
        files = unpacked(answer.data)
    everything = "\n".join(files.values())
    assert scene.double.email in everything
    others = [p for who, p in scene.world.everybody.items() if who != "double"]
    assert [p.email for p in others if p.email in everything] == []
    assert "Zyxomma" not in everything
    assert str(scene.other.organization_id) not in everything


def test_of_what_one_did_to_others_it_says_only_when(scene: Scene, database: Database) -> None:
    persona = scene.persona("usm")
    browser = scene.browser("usm")
    with browser.get(make_export(database, browser, persona)) as answer:
        files = unpacked(answer.data)
    for invited in json.loads(files["message-done.json"]):
        assert set(invited) == {"id", "created_at", "sent_at"}
    assert "Nora Newcomer" not in "\n".join(files.values())


@pytest.mark.parametrize("who", ["team_mate", "usm", "owner", "stranger", "admin", None])
def test_nobody_else_fetches_it(scene: Scene, database: Database, who: str | None) -> None:
    address = make_export(database, scene.browser("end_user"), scene.persona("end_user"))
    assert scene.browser(who).get(address).status_code in (302, 404)


def test_it_can_be_fetched_for_some_days(
    scene: Scene, database: Database, settings: Settings
) -> None:
    browser = scene.browser("end_user")
    address = make_export(database, browser, scene.persona("end_user"))
    with clock.standing_at(clock.now() + timedelta(days=6)), browser.get(address) as answer:
        assert answer.status_code == 200
    with clock.standing_at(clock.now() + timedelta(days=8)):
        assert browser.get(address).status_code == 404
        for file in files_of(settings, scene):
            os.utime(file, (time.time() - 9000,) * 2)
        jobs.JOBS["accounts.sweep_exports"].handler(database, new_id(), "")
    assert files_of(settings, scene) == []


def files_of(settings: Settings, scene: Scene) -> list[Path]:
    return list((settings.exports_dir / str(scene.own.organization_id)).glob("*"))


def test_asking_twice_makes_one_file(scene: Scene, database: Database) -> None:
    browser = scene.browser("end_user")
    browser.post("/me/data/export")
    browser.post("/me/data/export")
    assert export_of(database, scene.persona("end_user")).state == "waiting"


def test_the_page_tells_how_far_it_is(scene: Scene, database: Database) -> None:
    browser, persona = scene.browser("end_user"), scene.persona("end_user")
    browser.post("/me/data/export")
    with database.writing(persona.organization_id) as session:
        exports.note_progress(persona.organization_id, export_of(database, persona).id, 7)
        session.commit()
    assert f"7 of {export_of(database, persona).total} done" in browser.get("/me/data").text


def test_a_file_that_could_not_be_made_says_so_and_is_tried_again(
    scene: Scene, database: Database
) -> None:
    browser, persona = scene.browser("end_user"), scene.persona("end_user")
    browser.post("/me/data/export")
    give_up(database, exports.KIND)
    page = browser.get("/me/data").text
    assert "It could not be made." in page
    assert "Being made" not in page
    assert "no space left" not in page
    browser.post("/me/data/export")
    assert "Being made" in browser.get("/me/data").text
    with browser.get(make_export(database, browser, persona)) as answer:
        assert answer.status_code == 200


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_no_spreadsheet_takes_a_text_for_a_formula(text: str) -> None:
    files = unpacked(exports.write_zip(iter([("outcome", [{"comment": text}])]), lambda _n: None))
    assert plain(text).startswith(f"'{text[0]}")
    assert plain(text) in files["outcome.csv"]
    assert json.loads(files["outcome.json"]) == [{"comment": text}]


@pytest.mark.parametrize("value", ["plain", "a=b", -1, 0, None, True])
def test_other_values_stay(value: object) -> None:
    assert exports.cell(value) == value


def give_password(database: Database, persona: Persona) -> None:
    with database.writing(None) as session:
        mine = Person.id == persona.viewer.person_id
        hashed = hash_password(PASSWORD)
        session.execute(update(Person).where(mine).values(password_hash=hashed))
        session.commit()


def asked(database: Database, persona: Persona) -> list[Erasure]:
    with database.reading(persona.organization_id) as session:
        mine = select(Erasure).where(
            Erasure.organization_id == persona.organization_id,
            Erasure.member_id == persona.member_id,
        )
        return list(session.scalars(mine))


def test_it_takes_the_password_to_be_erased_and_a_press_to_undo(
    world: World, signed_in: SignIn, database: Database
) -> None:
    persona = world.end_user
    give_password(database, persona)
    browser = signed_in(persona)
    assert "(optional)" not in browser.get("/me/erase").text
    answer = browser.post("/me/erase", data={"password": PASSWORD}, follow_redirects=True)
    assert "You will be erased" in answer.text
    (erasure,) = asked(database, persona)
    assert erasure.due_at - erasure.asked_at == timedelta(days=7)
    browser.post("/me/erase/undo")
    assert asked(database, persona) == []
    assert "You will be erased" not in browser.get("/me/data").text


def test_a_fresh_link_does_as_well_and_an_older_one_does_not(
    world: World, signed_in: SignIn, database: Database
) -> None:
    persona = world.end_user
    browser = signed_in(persona)
    with database.writing(None) as session:
        session.execute(update(WebSession).values(by_link=True))
        session.commit()
    with clock.standing_at(clock.now() + timedelta(hours=2)):
        assert browser.post("/me/erase").status_code == 422
    assert asked(database, persona) == []
    assert browser.post("/me/erase").status_code == 302
    assert len(asked(database, persona)) == 1


BAD_PROOFS = (
    ("none", {}, "This is not your current password."),
    ("empty", {"password": ""}, "This is not your current password."),
    ("wrong", {"password": "guess"}, "This is not your current password."),
    ("another case", {"password": PASSWORD.upper()}, "This is not your current password."),
    ("very long", {"password": "x" * 100_000}, "This is not your current password."),
    ("a zero", {"password": f"{PASSWORD}\0"}, "cannot be kept"),
)


@pytest.mark.parametrize(("name", "form", "words"), BAD_PROOFS, ids=[b[0] for b in BAD_PROOFS])
def test_without_proof_nothing_is_asked_for(
    world: World, signed_in: SignIn, database: Database, name: str, form: dict, words: str
) -> None:
    give_password(database, world.end_user)
    answer = signed_in(world.end_user).post("/me/erase", data=form)
    assert answer.status_code == 422
    assert words in answer.text
    assert asked(database, world.end_user) == []


def test_who_has_neither_password_nor_fresh_link_is_told_what_to_do(
    world: World, signed_in: SignIn, database: Database
) -> None:
    browser = signed_in(world.end_user)
    assert "set a password" in browser.get("/me/erase").text
    assert browser.post("/me/erase").status_code == 422
    assert asked(database, world.end_user) == []


def test_a_usm_asks_for_who_has_left_and_undoes_it(
    world: World, signed_in: SignIn, database: Database
) -> None:
    address = f"/people/{world.end_user.member_id}/erase"
    browser = signed_in(world.usm)
    assert browser.get(address).status_code == 409
    with database.writing(world.usm.organization_id) as session:
        key = {"organization_id": world.usm.organization_id, "id": world.end_user.member_id}
        session.get_one(Member, key).left_at = clock.now()
        session.commit()
    assert "Erase Alma Reader" in browser.get(address).text
    assert browser.post(address).status_code == 302
    assert len(asked(database, world.end_user)) == 1
    assert browser.post(f"{address}/undo").status_code == 302
    assert asked(database, world.end_user) == []


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_stranger_finds_nobody_to_erase(
    world: World, signed_in: SignIn, database: Database, method: str
) -> None:
    address = f"/people/{world.end_user.member_id}/erase"
    assert signed_in(world.strange_usm).open(address, method=method).status_code == 404
    undo = signed_in(world.strange_usm).post(f"{address}/undo")
    assert undo.status_code == 404


BAD_ADDRESSES = (
    ("none", "", "Enter an e-mail address."),
    ("of nobody", "nobody@nowhere.example", "Nobody with this address"),
    ("of another organization", "zyxomma.reader@zyxomma.example", "Nobody with this address"),
    ("no address", "=cmd()", "Nobody with this address"),
    ("very long", "x" * 400, "320"),
    ("a zero", "a\0@b.example", "cannot be kept"),
)


@pytest.mark.parametrize(
    ("name", "email", "words"), BAD_ADDRESSES, ids=[b[0] for b in BAD_ADDRESSES]
)
def test_an_address_that_names_nobody_is_kept_and_explained(
    world: World, signed_in: SignIn, database: Database, name: str, email: str, words: str
) -> None:
    address = f"/organizations/{world.usm.organization_id}/erase"
    answer = signed_in(world.admin).post(address, data={"email": email})
    assert answer.status_code == 422
    assert words in answer.text
    assert asked(database, world.end_user) == []


def test_an_admin_erases_who_wrote_to_them(
    world: World, signed_in: SignIn, database: Database
) -> None:
    address = f"/organizations/{world.usm.organization_id}/erase"
    answer = signed_in(world.admin).post(address, data={"email": world.end_user.email})
    assert answer.status_code == 302
    assert len(asked(database, world.end_user)) == 1


def test_the_files_go_with_who_is_erased(
    scene: Scene, database: Database, settings: Settings, app: Flask
) -> None:
    persona = scene.persona("end_user")
    make_export(database, scene.browser("end_user"), persona)
    assert len(files_of(settings, scene)) == 1
    give_password(database, persona)
    browser = open_browser(app, database, persona)
    assert browser.post("/me/erase", data={"password": PASSWORD}).status_code == 302
    with clock.standing_at(clock.now() + timedelta(days=7, minutes=1)):
        while sweeping.sweep(database, limit=1):
            pass
    assert files_of(settings, scene) == []
    assert browser.get("/me").status_code == 302


def test_each_row_can_be_read_in_words(scene: Scene) -> None:
    page = scene.browser("end_user").get("/me/data/outcome").text
    for words in ("Your answers", "Λείπει μια εικόνα.", "Something is missing", "Last changed"):
        assert words in page
    assert scene.persona("end_user").email in scene.browser("end_user").get("/me/data/person").text


def test_ids_stand_in_the_file_alone(scene: Scene) -> None:
    page = scene.browser("usm").get("/me/data/audit_entry").text
    ids = re.compile(r"[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}")
    said = re.sub(r"<[^>]*>", "", page)
    assert "people.enrolled" in said
    assert not ids.search(said)


def test_rows_stand_the_newest_first_and_in_pages(scene: Scene, database: Database) -> None:
    persona, browser = scene.persona("end_user"), scene.browser("end_user")
    with database.writing(persona.organization_id) as session:
        for number in range(25):
            row = AuditEntry(organization_id=persona.organization_id, action=f"a{number:02}.b")
            row.at = clock.now() + timedelta(minutes=number)
            row.person_id, row.subject = persona.viewer.person_id, "member"
            session.add(row)
        session.commit()
    first = browser.get("/me/data/audit_entry").text
    assert re.findall(r"a\d\d\.b", first) == [f"a{n:02}.b" for n in range(24, 4, -1)]
    (after,) = re.findall(r'href="(/me/data/audit_entry\?after=[^"]+)"', first)
    second = browser.get(after).text
    assert re.findall(r"a\d\d\.b", second) == [f"a{n:02}.b" for n in range(4, -1, -1)]


def test_another_ones_rows_and_other_tables_are_not_shown(scene: Scene) -> None:
    assert "Λείπει μια εικόνα." not in scene.browser("usm").get("/me/data/outcome").text
    for name in ("organization", "work", "no_such_table"):
        assert scene.browser("end_user").get(f"/me/data/{name}").status_code == 404
