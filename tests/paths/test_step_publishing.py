"""Publishing what steps ask for: tasks, checks, sessions; and what of it moves nobody."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, select

from portal import publishing
from portal.db import Database
from portal.jobs import Work
from portal.paths.models import Step
from portal.publishing import Report
from tests.content_folder import ContentFolder
from tests.factories import make_organization

pytestmark = pytest.mark.database

GUIDE = {"guide": "match-bank-file"}
DONE = {"milestone": "Done"}
QUESTION = {
    "ask": "When?",
    "options": [
        {"text": "Before", "right": True, "feedback": "Yes."},
        {"text": "After", "right": False, "feedback": "No."},
    ],
}
CHECK = {"check": "Know it", "questions": [QUESTION]}
SESSION = {
    "session": "Live",
    "starts": "2027-03-02 15:00",
    "zone": "Europe/Berlin",
    "minutes": 45,
    "place": "Room 1",
}


@pytest.fixture
def folder(tmp_path: Path) -> ContentFolder:
    return ContentFolder(tmp_path / "content")


def publish(database: Database, folder: ContentFolder, *steps: dict[str, Any]) -> Report:
    folder.path("close-with-proof", steps=[GUIDE, *steps, DONE])
    report = publishing.publish(database, folder.root)
    assert report.is_published, report.problems
    return report


def steps_of(database: Database) -> dict[str, tuple[Any, ...]]:
    """What stands in the steps on offer, by their key."""
    columns = Step.key, Step.kind, Step.position, Step.helps_with, Step.details
    with database.reading(None) as session:
        found = session.execute(select(*columns).where(Step.withdrawn_at.is_(None)))
        return {row.key: tuple(row[1:]) for row in found}


def test_it_keeps_what_tasks_checks_and_sessions_ask_for(
    database: Database, folder: ContentFolder
) -> None:
    task = {"task": "Send it", "text": "Send it **today**.", "helps_with": "no_time"}
    publish(database, folder, task, CHECK, SESSION)
    begin = {"starts_at": "2027-03-02T14:00:00+00:00", "minutes": 45}
    html = "<p>Send it <strong>today</strong>.</p>"
    assert steps_of(database) == {
        "guide:match-bank-file": ("guide", 1, None, {}),
        "task:Send it": ("task", 2, "no_time", {"html": html}),
        "check:Know it": ("check", 3, None, {"questions": [QUESTION]}),
        "session:Live": ("session", 4, None, begin | {"capacity": None, "place": "Room 1"}),
        "milestone:Done": ("milestone", 5, None, {}),
    }


def test_another_text_or_date_keeps_the_step_and_counts_nobody_anew(
    database: Database, folder: ContentFolder
) -> None:
    publish(database, folder, {"task": "Send it", "text": "Today."}, SESSION)
    with database.writing(None) as session:
        make_organization(session, "Aurora")
        session.execute(delete(Work))
        session.commit()
    before = ids(database)
    later = SESSION | {"starts": "2027-04-02 15:00", "capacity": 12}
    task = {"task": "Send it", "text": "Tomorrow."}
    assert publish(database, folder, task, later).is_changed
    assert ids(database) == before
    known = steps_of(database)
    assert known["task:Send it"][3] == {"html": "<p>Tomorrow.</p>"}
    assert known["session:Live"][3]["starts_at"] == "2027-04-02T13:00:00+00:00"
    assert known["session:Live"][3]["capacity"] == 12
    assert work(database) == []
    assert not publish(database, folder, task, later).is_changed


def test_a_step_more_or_less_counts_everybody_anew(
    database: Database, folder: ContentFolder
) -> None:
    publish(database, folder, SESSION)
    with database.writing(None) as session:
        make_organization(session, "Aurora")
        session.execute(delete(Work))
        session.commit()
    publish(database, folder, CHECK, SESSION)
    assert work(database) == ["paths.recount"]
    assert steps_of(database)["session:Live"][1] == 3


def ids(database: Database) -> dict[str, Any]:
    with database.reading(None) as session:
        return {row.key: row.id for row in session.execute(select(Step.key, Step.id))}


def work(database: Database) -> list[str]:
    """The kinds of work about paths that wait."""
    with database.reading(None) as session:
        waiting = select(Work.kind).where(Work.kind.startswith("paths."))
        return list(session.scalars(waiting))
