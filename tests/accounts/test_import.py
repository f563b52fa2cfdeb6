"""Many people come in from a file: checked first, then done in the background, once."""

import csv
import io
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from portal import jobs, sweeping, worker
from portal.access import Role
from portal.accounts.import_models import ImportRow, PeopleImport
from portal.accounts.models import Member, Organization, Person
from portal.accounts.service import reach, team_changes, teams
from portal.accounts.service.imports import applying, staging
from portal.accounts.team_models import Team, TeamMembership
from portal.db import Database
from portal.messages.models import Message
from tests.accounts.conftest import NO_MAIL, Records
from tests.conftest import SignIn
from tests.factories import Persona, World, make_member
from tests.work import give_up

pytestmark = pytest.mark.database

assert worker.HANDLERS, "imported for the jobs that it registers"

ALMA = "alma.reader@aurora.example"
HEAD = "E-mail address,Name,Team,Roles,External ID,Job"


def upload(browser: FlaskClient, content: str | bytes, meaning: str = "these", **more: str) -> str:
    """Bring a file; returns where its check stands."""
    data = content.encode() if isinstance(content, str) else content
    form = {"file": (io.BytesIO(data), "people.csv"), "meaning": meaning} | more
    answer = browser.post("/people/import", data=form, content_type="multipart/form-data")
    assert answer.status_code == 302, answer.text
    return answer.location


def do(browser: FlaskClient, database: Database, where: str, **form: str) -> str:
    """Start what was checked and let the worker do it; returns the page."""
    assert browser.post(f"{where}/start", data=form).location == where
    while sweeping.sweep(database, limit=1):
        pass
    return browser.get(where).text


def results(browser: FlaskClient, where: str) -> list[tuple[str, ...]]:
    """Address, result and details of each line, as the file of results has them."""
    text = browser.get(f"{where}/result.csv").get_data(as_text=True).removeprefix("\ufeff")
    return [(row[1], row[3], row[4]) for row in csv.reader(io.StringIO(text))][1:]


def members(database: Database, world: World) -> dict[str, Member]:
    with database.reading(world.usm.organization_id) as session:
        found = select(Member).where(Member.organization_id == world.usm.organization_id)
        return {member.display_name: member for member in session.scalars(found)}


@pytest.fixture
def browser(signed_in: SignIn, world: World) -> FlaskClient:
    return signed_in(world.usm)


def test_a_check_says_line_by_line_what_would_happen_and_does_nothing(
    browser: FlaskClient, database: Database, world: World
) -> None:
    before = members(database, world)
    where = upload(
        browser,
        f"{HEAD}\n"
        "nora@aurora.example,Nora New,Finance,,N-1,\n"
        f"{ALMA},Alma Renamed,,,,controller\n"
        "amir.mate@aurora.example,Amir Mate,Finance,end user,,\n"
        "not an address,Nobody,,,,\n"
        "oskar.owner@aurora.example,Oskar Owner,,end user,,\n",
    )
    assert results(browser, where) == [
        ("nora@aurora.example", "Would be added", ""),
        (
            ALMA,
            "Would be changed",
            "job: accountant → controller; name: Alma Reader → Alma Renamed",
        ),
        ("amir.mate@aurora.example", "Stays as it is", ""),
        (
            "not an address",
            "Refused",
            "“not an address” is not an e-mail address: it should look like name@company.com.",
        ),
        (
            "oskar.owner@aurora.example",
            "Refused",
            "You cannot give or take the role “owner”. The vendor can.",
        ),
    ]
    page = browser.get(where).text
    assert "Nothing has changed yet" in page
    assert "Would be added" in page
    assert set(members(database, world)) == set(before)


def test_what_stopped_on_the_way_says_so_and_goes_on(
    browser: FlaskClient, database: Database, world: World, records: Records
) -> None:
    where = upload(browser, f"{HEAD}\nnora@aurora.example,Nora New,,,,\n")
    assert browser.post(f"{where}/again").status_code == 409
    browser.post(f"{where}/start")
    give_up(database, staging.WORK)
    assert "It stopped on the way" in browser.get(where).text
    assert "stopped on the way" in browser.get("/people/import").text
    for status in (302, 409):
        assert browser.post(f"{where}/again").status_code == status
    assert "We are working through it" in browser.get(where).text
    while sweeping.sweep(database, limit=1):
        pass
    assert "Everything is done." in browser.get(where).text
    assert records.member(world.usm.organization_id, "nora@aurora.example").invited_at


def test_what_was_checked_is_done_in_the_background(
    browser: FlaskClient, database: Database, world: World, records: Records
) -> None:
    where = upload(
        browser,
        f"{HEAD}\nnora@aurora.example,Nora New,Payroll,usm,N-1,clerk\n"
        f"{ALMA},Alma Renamed,Payroll,end user + USM,A-1,controller\n",
    )
    page = do(browser, database, where)
    assert "Everything is done." in page
    nora = records.member(world.usm.organization_id, "nora@aurora.example")
    assert (nora.display_name, nora.roles, nora.external_id, nora.job) == (
        "Nora New",
        {Role.USM},
        "N-1",
        "clerk",
    )
    assert nora.invited_at is not None
    assert nora.invited_by == world.usm.viewer.person_id
    alma = records.member(world.usm.organization_id, ALMA)
    assert (alma.display_name, alma.roles, alma.job) == (
        "Alma Renamed",
        {Role.USM, Role.END_USER},
        "controller",
    )
    with database.reading(world.usm.organization_id) as session:
        team = select(TeamMembership.member_id).where(
            TeamMembership.organization_id == world.usm.organization_id,
            Team.organization_id == TeamMembership.organization_id,
            Team.id == TeamMembership.team_id,
            Team.name == "Payroll",
            TeamMembership.ends_on.is_(None),
        )
        assert set(session.scalars(team)) == {nora.id, alma.id}


def test_the_downloaded_list_brought_again_changes_nothing(
    browser: FlaskClient, database: Database, world: World
) -> None:
    where = upload(
        browser,
        f"{HEAD}\n=cmd@aurora.example,=1+1,-Team,,+N,@job\n'q@aurora.example,'Quoted,,,,\n",
    )
    do(browser, database, where)
    exported = browser.get("/people.csv").data
    assert b"'=1+1" in exported
    for meaning in ("these", "everybody"):
        where = upload(browser, exported, meaning)
        assert {result for _email, result, _why in results(browser, where)} == {"Stays as it is"}
        assert "There is nothing to do" in browser.get(where).text


def test_a_file_of_everybody_lets_leave_who_is_not_in_it(
    browser: FlaskClient, database: Database, world: World, signed_in: SignIn
) -> None:
    amir = signed_in(world.team_mate)
    assert amir.get("/").status_code == 200
    where = upload(browser, f"{HEAD}\n{ALMA},,,,,\n", "everybody")
    assert {e: (r, w) for e, r, w in results(browser, where)} == {
        ALMA: ("Stays as it is", ""),
        "amir.mate@aurora.example": ("Would leave", ""),
        "oskar.owner@aurora.example": ("Refused", "An owner never leaves by a file."),
        "ursula.lead@aurora.example": ("Refused", "The file does not name you. You stay."),
    }
    assert "1 person leaves" in browser.get(where).text
    do(browser, database, where)
    after = members(database, world)
    assert after["Amir Mate"].left_at is not None
    assert after["Oskar Owner"].left_at is None
    assert after["Ursula Lead"].left_at is None
    assert amir.get("/").status_code == 302
    # Who comes back in a later file is taken back.
    where = upload(browser, f"{HEAD}\namir.mate@aurora.example,,,,,\n")
    assert results(browser, where) == [
        ("amir.mate@aurora.example", "Would be changed", "comes back")
    ]
    do(browser, database, where)
    assert members(database, world)["Amir Mate"].left_at is None


def test_an_address_known_elsewhere_behaves_as_an_unknown_one(
    browser: FlaskClient, database: Database, world: World, records: Records
) -> None:
    known, unknown = world.stranger.email, "unknown@zyxomma.example"
    where = upload(browser, f"{HEAD}\n{known.upper()},Known,,,,\n{unknown.upper()},Unknown,,,,\n")
    told = results(browser, where)
    do(browser, database, where)
    told += results(browser, where)
    assert [(result, why) for _email, result, why in told] == [
        ("Would be added", ""),
        ("Would be added", ""),
        ("Added", ""),
        ("Added", ""),
    ]
    exported = browser.get("/people.csv").text.splitlines()
    lines = {line.replace("Unknown", "Known").replace(unknown, known) for line in exported}
    assert len(exported) == len(lines) + 1, "two lines differ in their names alone"
    mine = [m for m in members(database, world).values() if m.display_name in ("Known", "Unknown")]
    assert {(m.roles, m.left_at, m.accepted_at, m.job) for m in mine} == {
        (frozenset({Role.END_USER}), None, None, None)
    }


@pytest.mark.parametrize("chunk", [1, 3])
def test_an_import_that_is_killed_goes_on_where_it_ended(
    browser: FlaskClient,
    database: Database,
    world: World,
    monkeypatch: pytest.MonkeyPatch,
    chunk: int,
) -> None:
    monkeypatch.setattr(applying, "CHUNK", chunk)
    lines = [f"p{n}@aurora.example,Person {n},Team {n % 2},,," for n in range(7)]
    where = upload(browser, "\n".join([HEAD, *lines]))
    browser.post(f"{where}/start")
    organization_id, import_id = world.usm.organization_id, UUID(where.rpartition("/")[2])
    week = timedelta(days=7)
    # Killed between two chunks, and in the middle of one.
    with database.writing(organization_id) as session:
        applying.apply_next(organization_id, import_id, NO_MAIL, week)
        session.commit()
    with database.writing(organization_id):
        applying.apply_next(organization_id, import_id, NO_MAIL, week)
    while sweeping.sweep(database, limit=1):
        pass
    found = members(database, world)
    assert sum(name.startswith("Person ") for name in found) == 7
    # A worker that lost its claim comes too late and does nothing.
    with database.writing(organization_id) as session:
        assert not applying.apply_next(organization_id, import_id, NO_MAIL, week)
        applying.finish(organization_id, import_id)
        session.commit()
    assert "Everything is done." in browser.get(where).text


def test_what_changed_since_the_check_is_judged_anew(
    browser: FlaskClient, database: Database, world: World
) -> None:
    where = upload(browser, f"{HEAD}\nnora@aurora.example,Nora New,,,,\n")
    invited = {"display_name": "Nora Invited", "email": "nora@aurora.example", "roles": "end_user"}
    browser.post("/people/invite", data=invited)
    do(browser, database, where)
    assert results(browser, where) == [
        ("nora@aurora.example", "Changed", "name: Nora Invited → Nora New")
    ]
    assert "Nora New" in members(database, world)


@pytest.mark.usefixtures("with_mail")
def test_who_is_added_gets_a_mail_if_that_was_chosen(
    browser: FlaskClient, database: Database, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    mail = replace(NO_MAIL, host="127.0.0.1")
    monkeypatch.setattr("portal.accounts.jobs.MailSettings.of", lambda _settings: mail)
    monkeypatch.delitem(jobs.JOBS, "messages.send")
    monkeypatch.setattr(applying, "CHUNK_WITH_MAIL", 2)
    lines = [f"p{n}@aurora.example,Person {n},,,," for n in range(5)]
    where = upload(browser, "\n".join([HEAD, *lines, f"{ALMA},,,,,"]))
    do(browser, database, where, sends_mail="y")
    with database.reading(world.usm.organization_id) as session:
        found = select(Message.recipient).where(
            Message.organization_id == world.usm.organization_id
        )
        assert sorted(session.scalars(found)) == [f"p{n}@aurora.example" for n in range(5)]
    assert members(database, world)["Person 0"].invitations == 1
    # The same file again writes to nobody.
    where = upload(browser, "\n".join([HEAD, *lines]))
    assert "There is nothing to do" in browser.get(where).text


def test_a_double_press_brings_one_file_and_does_it_once(
    browser: FlaskClient, database: Database, world: World
) -> None:
    request_id = "0192f0c1-0000-7000-8000-000000000007"
    content = f"{HEAD}\nnora@aurora.example,Nora New,,,,\n"
    first, second = (upload(browser, content, request_id=request_id) for _ in range(2))
    assert first == second
    assert browser.get("/people/import").text.count("not started") == 1
    do(browser, database, first)
    do(browser, database, first)
    assert results(browser, first) == [("nora@aurora.example", "Added", "")]


def test_a_forgotten_file_does_nothing(
    browser: FlaskClient, database: Database, world: World
) -> None:
    where = upload(browser, f"{HEAD}\nnora@aurora.example,Nora New,,,,\n")
    browser.post(f"{where}/discard")
    assert browser.get(where).status_code == 404
    assert browser.post(f"{where}/start").status_code == 404
    with database.reading(world.usm.organization_id) as session:
        for model in (PeopleImport, ImportRow):
            counted = select(func.count()).where(model.organization_id == world.usm.organization_id)
            assert session.scalar(counted) == 0


def test_nobody_else_starts_or_sees_it(
    browser: FlaskClient, signed_in: SignIn, world: World
) -> None:
    where = upload(browser, f"{HEAD}\nnora@aurora.example,Nora New,,,,\n")
    assert signed_in(world.strange_usm).get(where).status_code == 404
    assert signed_in(world.strange_usm).post(f"{where}/start").status_code == 404
    assert signed_in(world.end_user).get(where).status_code == 403
    owner = signed_in(world.owner)
    assert "Only who brought this file can start it." in owner.get(where).text
    assert owner.post(f"{where}/start").status_code == 409


@pytest.fixture
def lina(database: Database, world: World) -> Persona:
    """A USM who is limited to Finance; Payroll stands beside it."""
    with database.writing(world.usm.organization_id) as session:
        organization = session.get_one(Organization, world.usm.organization_id)
        persona = make_member(session, organization, "Lina Limited", {Role.USM})
        finance = teams.list_teams(world.usm.viewer)[0]
        reach.limit_to_team(world.owner.viewer, persona.member_id, finance.id)
        team_changes.create_team(world.usm.viewer, "Payroll", None)
        session.commit()
    return persona


def test_a_limited_usm_brings_people_into_their_own_teams_only(
    signed_in: SignIn, database: Database, world: World, lina: Persona
) -> None:
    browser = signed_in(lina)
    where = upload(
        browser,
        f"{HEAD}\na@aurora.example,A,Finance,,,\nb@aurora.example,B,,,,\n"
        "c@aurora.example,C,Payroll,,,\nd@aurora.example,D,Finance,usm,,\n"
        "oskar.owner@aurora.example,X,Finance,,,\n",
        "everybody",
    )
    found = results(browser, where)
    assert [(email, result) for email, result, _why in found] == [
        ("a@aurora.example", "Would be added"),
        ("b@aurora.example", "Refused"),
        ("c@aurora.example", "Refused"),
        ("d@aurora.example", "Refused"),
        ("oskar.owner@aurora.example", "Refused"),
        (ALMA, "Would leave"),
        ("amir.mate@aurora.example", "Would leave"),
    ]
    do(browser, database, where)
    after = members(database, world)
    assert {"A"} == {"A", "B", "C", "D", "X"} & set(after)
    assert after["Ursula Lead"].left_at is None
    assert after["Alma Reader"].left_at is not None


def test_a_file_is_forgotten_after_its_time(
    browser: FlaskClient, database: Database, world: World
) -> None:
    where = upload(browser, f"{HEAD}\nnora@aurora.example,Nora New,,,,\n")
    with database.writing(world.usm.organization_id) as session:
        staging.forget(world.usm.organization_id, UUID(where.rpartition("/")[2]))
        session.commit()
    assert browser.get(where).status_code == 404


def test_ten_thousand_lines_are_shown_page_by_page(
    browser: FlaskClient, database: Database, world: World
) -> None:
    lines = [f"p{n}@aurora.example,Person {n},,,," for n in range(200)]
    where = upload(browser, "\n".join([HEAD, *lines]))
    page = browser.get(where).text
    assert "p59@aurora.example" in page
    assert "p60@aurora.example" not in page
    assert "Next 60" in page
    assert browser.get(f"{where}?show=refuse").status_code == 200
    assert browser.get(f"{where}?show=nonsense").status_code == 422
    with database.reading(None) as session:
        assert session.scalar(select(func.count()).select_from(Person)) < 50
