"""An organization shows itself under a name, a colour and a logo of its own."""

import re
from io import BytesIO
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import delete, event, select
from werkzeug.test import TestResponse

from portal import colors, pictures
from portal.accounts.models import Organization
from portal.accounts.service import assignments, sign_in
from portal.audit import AuditEntry
from portal.branding import NONE, Branding
from portal.db import Database
from portal.media import Media
from portal.style_sheets import style_sheet
from tests.conftest import SignIn
from tests.factories import World, make_upload

pytestmark = pytest.mark.database

YELLOW = {"name": "Aurora at work", "accent": "#FFD400"}


@pytest.fixture
def here(world: World) -> str:
    return f"/organizations/{world.owner.organization_id}/branding"


@pytest.fixture
def browser(signed_in: SignIn, world: World) -> FlaskClient:
    return signed_in(world.owner)


def branding_of(database: Database, world: World) -> Branding:
    with database.reading(None) as session:
        return session.get_one(Organization, world.owner.organization_id).branding


def audited(database: Database, world: World) -> list[AuditEntry]:
    ours = AuditEntry.organization_id == world.owner.organization_id
    with database.reading(world.owner.organization_id) as session:
        return list(session.scalars(select(AuditEntry).where(ours).order_by(AuditEntry.id)))


def upload(browser: FlaskClient, here: str, content: bytes, **more: Any) -> TestResponse:
    form = {"logo": (BytesIO(content), "logo.png"), **more}
    return browser.post(f"{here}/logo", data=form)


def sheet_of(page: str) -> str | None:
    found = re.search(r'href="(/branding/[^"]+)"', page)
    return found[1] if found else None


def test_an_owner_gives_it_a_name_and_a_colour(
    browser: FlaskClient, database: Database, world: World, here: str
) -> None:
    assert sheet_of(browser.get("/people").text) is None
    assert browser.post(here, data=YELLOW).status_code == 302
    assert branding_of(database, world) == Branding("Aurora at work", "#ffd400")
    page = browser.get("/people").text
    assert '<span class="brand-name">Aurora at work</span>' in page
    assert "– Aurora at work" in page
    (entry,) = audited(database, world)
    assert entry.action == "branding.changed"
    assert entry.before == {"shown_name": None, "accent": None}
    assert entry.after == {"shown_name": "Aurora at work", "accent": "#ffd400"}


def test_the_same_again_is_no_change(
    browser: FlaskClient, database: Database, world: World, here: str
) -> None:
    for _twice in range(2):
        browser.post(here, data=YELLOW)
    assert len(audited(database, world)) == 1


def test_empty_fields_give_the_portals_own_look_back(
    browser: FlaskClient, database: Database, world: World, here: str
) -> None:
    browser.post(here, data=YELLOW)
    browser.post(here, data={"name": " ", "accent": ""})
    assert branding_of(database, world) == NONE
    page = browser.get("/people").text
    assert '<span class="brand-name">Aurora</span>' in page
    assert sheet_of(page) is None


def test_its_own_name_is_no_other_name(
    browser: FlaskClient, database: Database, world: World, here: str
) -> None:
    browser.post(here, data={"name": "Aurora", "accent": ""})
    assert branding_of(database, world) == NONE


def test_a_look_before_saving_shows_both_appearances_and_saves_nothing(
    browser: FlaskClient, database: Database, world: World, here: str
) -> None:
    answer = browser.post(here, data=YELLOW | {"preview": "1"})
    assert answer.status_code == 200
    made = colors.accent("#ffd400")
    assert f'fill="{made.light.accent}"' in answer.text
    assert f'fill="{made.dark.accent}"' in answer.text
    assert "Moved as little as needed" in answer.text
    assert "Contrast 4.51:1" in answer.text
    assert 'value="#FFD400"' in answer.text
    assert 'value="Aurora at work"' in answer.text
    assert branding_of(database, world) == NONE
    assert "style=" not in answer.text


@pytest.mark.parametrize(
    ("form", "message", "kept"),
    [
        ({"name": "x" * 121, "accent": "#ffd400"}, "Shorten this to 120 characters.", "#ffd400"),
        ({"name": "A", "accent": "teal"}, "Write the colour as six digits", 'value="teal"'),
        ({"name": "A", "accent": "#12345"}, "Write the colour as six digits", "#12345"),
        ({"name": "A", "accent": "#fff;}*{color:red"}, "Write the colour as", "color:red"),
        ({"name": "A\0B", "accent": ""}, "a character that cannot be kept", ""),
    ],
)
@pytest.mark.parametrize("button", [{}, {"preview": "1"}])
def test_what_is_wrong_is_said_at_its_field_and_changes_nothing(
    browser: FlaskClient,
    database: Database,
    world: World,
    here: str,
    form: dict[str, str],
    message: str,
    kept: str,
    button: dict[str, str],
) -> None:
    answer = browser.post(here, data=form | button)
    assert answer.status_code == 422
    assert message in answer.text
    assert kept in answer.text
    assert branding_of(database, world) == NONE


def test_the_style_sheet_holds_what_can_be_read_and_is_kept_for_ever(
    browser: FlaskClient, here: str
) -> None:
    browser.post(here, data=YELLOW)
    address = sheet_of(browser.get("/people").text)
    assert address is not None
    answer = browser.get(address)
    assert answer.mimetype == "text/css"
    assert answer.headers["Cache-Control"] == "private, max-age=31536000, immutable"
    made = colors.accent("#ffd400")
    assert f"--accent-light: {made.light.accent};" in answer.text
    assert f"--accent-dark: {made.dark.accent};" in answer.text
    browser.post(here, data=YELLOW | {"accent": "#0a5"})
    assert sheet_of(browser.get("/people").text) != address
    assert browser.get(address).status_code == 404


def test_it_costs_no_statement(
    browser: FlaskClient, database: Database, here: str, signed_in: SignIn, world: World
) -> None:
    reader = signed_in(world.end_user)
    plain = _count(database, reader, "/")
    browser.post(here, data=YELLOW)
    upload(browser, here, make_upload())
    address = sheet_of(reader.get("/").text)
    assert address is not None
    assert _count(database, reader, "/") == plain
    assert _count(database, reader, address) == 1


def _count(database: Database, browser: FlaskClient, address: str) -> int:
    sent: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if statement.lstrip().upper().startswith(("SELECT", "WITH")):
            sent.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        assert browser.get(address).status_code == 200
    finally:
        event.remove(database.engine, "before_cursor_execute", note)
    return len(sent)


def test_strangers_get_neither_style_sheet_nor_logo(
    browser: FlaskClient, database: Database, signed_in: SignIn, world: World, here: str
) -> None:
    browser.post(here, data=YELLOW)
    upload(browser, here, make_upload())
    logo = branding_of(database, world).logo
    assert logo is not None
    sheet = sheet_of(browser.get("/people").text)
    picture = f"/media/{world.owner.organization_id}/{logo.media_id}"
    mate = signed_in(world.end_user)
    assert [mate.get(a).status_code for a in (sheet, picture)] == [200, 200]
    stranger = signed_in(world.stranger)
    assert [stranger.get(a).status_code for a in (sheet, picture)] == [404, 404]
    theirs = f"/branding/{world.stranger.organization_id}/{style_sheet('#ffd400').digest}.css"
    assert stranger.get(theirs).status_code == 404, "they have no accent"
    assert signed_in(world.csm).get(sheet).status_code == 404, "answers for nobody yet"


def test_a_logo_that_was_removed_is_put_back(
    browser: FlaskClient, database: Database, world: World, here: str
) -> None:
    assert "Put the last logo back" not in browser.get(here).text
    upload(browser, here, make_upload())
    shown = branding_of(database, world).logo
    browser.post(f"{here}/logo/remove")
    assert "Put the last logo back" in browser.get(here).text
    for _twice in range(2):
        assert browser.post(f"{here}/logo/back").status_code == 302
    assert branding_of(database, world).logo == shown
    assert "Put the last logo back" not in browser.get(here).text
    assert audited(database, world)[-1].action == "branding.logo_put_back"
    assert shown is not None
    picture = browser.get(f"/media/{world.owner.organization_id}/{shown.media_id}")
    assert picture.status_code == 200


def test_what_was_swept_away_cannot_be_put_back(
    browser: FlaskClient, database: Database, world: World, here: str
) -> None:
    upload(browser, here, make_upload())
    browser.post(f"{here}/logo/remove")
    with database.writing(world.owner.organization_id) as session:
        ours = Media.organization_id == world.owner.organization_id
        session.execute(delete(Media).where(ours))
        session.commit()
    assert "Put the last logo back" not in browser.get(here).text
    assert browser.post(f"{here}/logo/back").status_code == 404


def test_a_logo_is_encoded_anew_shown_replaced_and_removed(
    browser: FlaskClient, database: Database, world: World, here: str
) -> None:
    assert upload(browser, here, make_upload(size=(1200, 300))).status_code == 302
    first = branding_of(database, world).logo
    assert first is not None
    assert (first.width, first.height) == (480, 120)
    page = browser.get("/people").text
    assert f"/media/{world.owner.organization_id}/{first.media_id}" in page
    assert 'alt="Aurora"' in page
    assert "brand-name" not in page, "a word mark stands for the name"
    upload(browser, here, make_upload(size=(64, 64)))
    second = branding_of(database, world).logo
    assert second is not None
    page = browser.get("/people").text
    assert '<span class="brand-name">Aurora</span>' in page
    assert 'alt=""' in page, "the name beside a small mark is said once"
    assert browser.get(f"/media/{world.owner.organization_id}/{first.media_id}").status_code == 404
    for _twice in range(2):
        assert browser.post(f"{here}/logo/remove").status_code == 302
    assert branding_of(database, world).logo is None
    with database.reading(world.owner.organization_id) as session:
        ours = Media.organization_id == world.owner.organization_id
        kept = session.scalars(select(Media).where(ours)).all()
    assert all(row.removed_at for row in kept)
    actions = [entry.action for entry in audited(database, world)]
    assert actions == ["branding.logo_set"] * 2 + ["branding.logo_removed"]


def test_a_file_that_is_too_large_is_told_so_at_its_field(
    browser: FlaskClient, here: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pictures, "LARGEST_FILE", 100)
    answer = upload(browser, here, make_upload(size=(200, 200)))
    assert answer.status_code == 422
    assert 'id="logo-error"' in answer.text
    assert "This file is too large." in answer.text


def test_the_logo_stays_when_name_and_colour_change(
    browser: FlaskClient, database: Database, world: World, here: str
) -> None:
    upload(browser, here, make_upload())
    logo = branding_of(database, world).logo
    browser.post(here, data=YELLOW)
    assert branding_of(database, world) == Branding("Aurora at work", "#ffd400", logo)


def test_a_form_sent_twice_keeps_one_logo(
    browser: FlaskClient, database: Database, world: World, here: str
) -> None:
    request_id = "0192d3a0-0000-7000-8000-000000000001"
    for _twice in range(2):
        answer = upload(browser, here, make_upload(), request_id=request_id)
        assert answer.status_code == 302
    with database.reading(world.owner.organization_id) as session:
        ours = Media.organization_id == world.owner.organization_id
        assert len(session.scalars(select(Media).where(ours)).all()) == 1


def test_signed_out_it_is_waymark(browser: FlaskClient, here: str, app: Any) -> None:
    browser.post(here, data=YELLOW)
    page = app.test_client().get("/sign-in").text
    assert '<span class="brand-name">Waymark</span>' in page
    assert sheet_of(page) is None


def test_only_owners_admins_and_the_csm_who_answers_for_it_may(
    signed_in: SignIn, database: Database, world: World, here: str
) -> None:
    for who, status in (
        ("admin", 200),
        ("owner", 200),
        ("csm", 404),
        ("usm", 403),
        ("end_user", 403),
        ("author", 403),
        ("stranger", 403),
    ):
        browser = signed_in(world.everybody[who])
        assert browser.get(here).status_code == status, who
        assert browser.post(here, data=YELLOW).status_code == (302 if status == 200 else status)
        answer = browser.post(f"{here}/logo/remove")
        assert answer.status_code == (302 if status == 200 else status), who
    theirs = f"/organizations/{world.stranger.organization_id}/branding"
    assert signed_in(world.owner).post(theirs, data=YELLOW).status_code == 404
    assert upload(signed_in(world.owner), theirs, make_upload()).status_code == 404


def test_how_the_vendor_looks_is_its_admins_matter(signed_in: SignIn, world: World) -> None:
    vendor = f"/organizations/{world.admin.organization_id}/branding"
    assert signed_in(world.csm).get(vendor).status_code == 403
    admin = signed_in(world.admin)
    assert vendor in admin.get("/organizations").text
    assert admin.post(vendor, data=YELLOW).status_code == 302
    assert "Aurora at work" in signed_in(world.author).get("/library").text


def test_staff_at_work_there_see_its_look_under_the_name_they_know(
    signed_in: SignIn, database: Database, world: World, browser: FlaskClient, here: str
) -> None:
    browser.post(here, data=YELLOW)
    admin = world.admin.viewer.acting_in(world.owner.organization_id, "Aurora", "UTC", False)
    with database.writing(world.owner.organization_id) as session:
        assignments.assign(admin, world.csm.viewer.person_id)
        session.commit()
    csm = signed_in(world.csm)
    page = csm.get(f"/customers/{world.owner.organization_id}").text
    assert '<span class="brand-name">Aurora</span>' in page
    sheet = sheet_of(page)
    assert sheet is not None
    assert csm.get(sheet).status_code == 200


def test_a_member_of_two_chooses_between_the_names_shown(
    browser: FlaskClient, database: Database, world: World, here: str
) -> None:
    browser.post(here, data=YELLOW)
    with database.reading(None):
        found = sign_in.list_memberships(world.end_user.viewer.person_id)
    assert [m.organization_name for m in found] == ["Aurora at work"]
