"""What the forms of adoption refuse: in words, with what was typed kept, and nothing changed."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal import clock
from portal.adoption.models import BulkEnrolled, BulkEnrollment, TodayPutOff
from portal.messages.models import Message
from portal.paths.pin_models import PinnedNote
from portal.paths.progress_models import Enrollment

TABLES = (BulkEnrollment, BulkEnrolled, Enrollment, TodayPutOff, PinnedNote, Message)
LONG = "far too long " * 100
BROKEN = "a\0b"
NOBODY = UUID("0199a1b2-0000-7000-8000-000000000000")
"""Nobody's id; the same in each process, since it is part of tests' names."""


@pytest.fixture
def usm(signed_in, world, library):
    return signed_in(world.usm)


@pytest.fixture(autouse=True)
def unchanged(database, world):
    """Whatever a test posts, no row is written."""
    before = counts(database, world)
    yield
    assert counts(database, world) == before


def counts(database, world):
    found = {}
    for organization_id in (world.usm.organization_id, world.stranger.organization_id):
        with database.reading(organization_id) as session:
            found[organization_id] = [count(session, t, organization_id) for t in TABLES]
    return found


def count(session: Session, table, organization_id):
    counted = select(func.count()).where(table.organization_id == organization_id)
    return session.scalar(counted)


def day(days):
    return (clock.now().date() + timedelta(days=days)).isoformat()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"onto": ""}, "Choose a path."),
        ({"onto": "no id"}, "Not a valid choice"),
        ({"onto": str(NOBODY)}, "Not a valid choice"),
        ({"onto": "' OR 1=1 --"}, "Not a valid choice"),
        ({"due_on": day(-1)}, "Choose today or a later day."),
        ({"due_on": day(900)}, "Choose a day within the next two years."),
        ({"due_on": "31.12.2026"}, "Not a valid date value."),
        ({"due_on": "2026-02-30"}, "Not a valid date value."),
        ({"due_on": "9999-12-31"}, "Choose a day within the next two years."),
        ({"due_on": "tomorrow"}, "Not a valid date value."),
        ({"due_on": BROKEN}, "Not a valid date value."),
    ],
)
def test_a_path_or_day_is_refused_at_its_field(usm, world, library, change, said):
    form = {"who": world.end_user.member_id.hex, "onto": str(library.path_id)} | change
    answer = usm.post("/people/enroll", data=form)
    assert answer.status_code == 422
    assert said in answer.text
    assert 'aria-invalid="true"' in answer.text
    # Who is meant is not forgotten.
    assert world.end_user.member_id.hex in answer.text


@pytest.mark.parametrize(
    ("who", "said"),
    [
        ({}, "Nobody is selected."),
        ({"who": "no id"}, "The selection is not complete."),
        ({"who": BROKEN}, "The selection is not complete."),
        ({"who": NOBODY.hex}, "Nobody is selected."),
        ({"who": [NOBODY.hex] * 501}, "Too many people at once."),
        ({"everybody": "1", "team": "no id"}, "Clear its filter."),
        ({"everybody": "1", "state": "bored"}, "Clear its filter."),
        ({"everybody": "1", "path": "%00"}, "Clear its filter."),
        ({"everybody": "1", "words": "nobody is called so"}, "Nobody is selected."),
    ],
)
def test_people_who_are_none_are_refused(usm, library, who, said):
    form = who | {"onto": str(library.path_id)}
    answer = usm.post("/people/enroll", data=form)
    assert answer.status_code == 422
    assert said in answer.text


def test_people_of_another_organization_are_nobody(usm, world, library):
    form = {"who": world.stranger.member_id.hex, "onto": str(library.path_id)}
    answer = usm.post("/people/enroll", data=form)
    assert (answer.status_code, "Nobody is selected." in answer.text) == (422, True)


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"kind": "stuck"},
        {"kind": "bored", "subject": str(NOBODY), "until": "done"},
        {"kind": "stuck", "subject": "no id", "until": "done"},
        {"kind": "stuck", "subject": str(NOBODY), "until": "never"},
        {"kind": "stuck", "subject": str(NOBODY), "until": BROKEN},
        {"kind": "STUCK", "subject": str(NOBODY), "until": "done"},
    ],
)
def test_what_is_no_button_puts_nothing_off(usm, form):
    answer = usm.post("/today/put-off", data=form)
    assert answer.status_code == 422
    assert "The page was incomplete." in answer.text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "Write what your people should know here."),
        (" \n\t ", "Write what your people should know here."),
        (LONG, "Shorten this to 1000 characters."),
        (BROKEN, "This holds a character that cannot be kept."),
    ],
)
def test_a_note_is_refused_at_its_field(usm, library, text, said):
    for address in ("guides/" + library.guide_slugs[0], f"steps/{library.step_ids[0]}"):
        answer = usm.post(f"/notes/{address}", data={"text": text})
        assert answer.status_code == 422
        assert said in answer.text
        assert 'aria-invalid="true"' in answer.text
        assert text.strip() in answer.text or text == BROKEN


@pytest.mark.parametrize(
    "address",
    [
        "/notes/guides/no-such-guide",
        f"/notes/steps/{NOBODY}",
        f"/notes/{NOBODY}/remove",
        f"/notes/{NOBODY}/put-back",
        f"/people/{NOBODY}/nudge",
        f"/people/enroll/{NOBODY}/undo",
    ],
)
def test_what_is_not_there_is_not_found(usm, address):
    assert usm.post(address, data={"text": "Ask Ursula."}).status_code == 404


def test_a_stranger_is_not_found(usm, world):
    assert usm.post(f"/people/{world.stranger.member_id}/nudge").status_code == 404


@pytest.mark.parametrize(
    "address",
    [
        "/people/enroll",
        "/today/put-off",
        "/today/bring-back",
        "/notes/guides/guide-1",
        f"/people/{NOBODY}/nudge",
    ],
)
def test_a_reader_may_do_none_of_it(signed_in, world, library, address):
    assert signed_in(world.end_user).post(address, data={"text": "x"}).status_code == 403
