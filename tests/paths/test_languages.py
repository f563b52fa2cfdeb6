"""Paths in several languages: what lint refuses, what is stored, and what a reader gets of it."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path as File
from typing import Any

import pytest
from sqlalchemy import select

from portal import db, publishing
from portal.access import Viewer
from portal.db import Database
from portal.guides.models import Goal
from portal.guides.service import search
from portal.guides.service.reading import translated
from portal.paths.content import read_paths
from portal.paths.models import Path, Step
from portal.paths.service import checks, goals, journey, reading, steps
from portal.paths.service.home import get_home
from tests.content_folder import GOAL, ContentFolder
from tests.factories import Persona, World

RIGHT = {"text": "Before", "right": True, "feedback": "So that all have read it."}
WRONG = {"text": "After", "feedback": "Then nobody has read it."}
QUESTION = {"ask": "When do you send it?", "options": [RIGHT, WRONG]}
STEPS: list[dict[str, Any]] = [
    {"task": "Send the invitation", "text": "Send it **today**.", "minutes": 5, "optional": True},
    {"guide": "match-bank-file"},
    {"check": "Do you know when?", "questions": [QUESTION]},
    {
        "session": "Practise together",
        "starts": "2099-03-02 15:00",
        "minutes": 45,
        "place": "Room 1",
        "optional": True,
    },
    {"milestone": "First close with proof"},
]
FRAGE = {
    "ask": "Wann senden Sie sie?",
    "options": [
        {"text": "Vorher", "feedback": "Damit alle sie gelesen haben."},
        {"text": "Nachher", "feedback": "Dann hat sie niemand gelesen."},
    ],
}
ANDERE = {
    "ask": "Wo?",
    "options": [{"text": "Hier", "feedback": "Ja."}, {"text": "Da", "feedback": "Nein."}],
}
SCHRITTE: list[dict[str, Any]] = [
    {"task": "Die Einladung senden", "text": "**Heute** senden."},
    {"guide": "match-bank-file"},
    {"check": "Wissen Sie, wann?", "questions": [FRAGE]},
    {"session": "Gemeinsam üben", "place": "Raum 1"},
    {"milestone": "Erster belegter Abschluss"},
]


def translate(folder: ContentFolder, steps: list[dict[str, Any]], **front: Any) -> None:
    words = {"title": "Mit Nachweis abschließen", "steps": steps} | front
    folder._write(
        "paths/close-with-proof.de.md", words, "Zwei Anleitungen, und es ist geschafft.\n"
    )


@pytest.fixture
def folder(tmp_path: File) -> ContentFolder:
    made = ContentFolder(tmp_path / "content")
    made._write("goals/close-faster.de.md", GOAL | {"title": "Schneller fertig"}, "Am Tag 5.\n")
    made.guide("match-bank-file", file="match-bank-file.de", title="Die Bankdatei abgleichen")
    made.path("close-with-proof", steps=STEPS)
    translate(made, SCHRITTE)
    return made


def with_step(number: int, **changed: Any) -> list[dict[str, Any]]:
    return [step | changed if n == number else step for n, step in enumerate(SCHRITTE)]


# ---- What authors write ----


def test_reads_the_words_of_a_path_in_another_language(folder: ContentFolder) -> None:
    found = read_paths(folder.root)
    assert found.problems == ()
    (path,) = found.sources
    html = "<p>Zwei Anleitungen, und es ist geschafft.</p>"
    assert path.translations == {"de": {"title": "Mit Nachweis abschließen", "html": html}}
    assert path.step_titles[1] == {}
    assert path.step_titles[0] == {"de": "Die Einladung senden"}
    task, guide, check, session, end = path.step_translations
    assert task == {"de": {"html": "<p><strong>Heute</strong> senden.</p>"}}
    assert (guide, end) == ({}, {})
    assert session == {"de": {"place": "Raum 1"}}
    options = check["de"]["questions"][0]["options"]
    assert [(one["text"], one["right"]) for one in options] == [
        ("Vorher", True),
        ("Nachher", False),
    ]


def test_a_copy_with_its_words_translated_is_sound(folder: ContentFolder) -> None:
    whole = [own | said for own, said in zip(STEPS, SCHRITTE, strict=True)]
    translate(folder, whole, goal="close-faster", jobs=["accountant"])
    assert read_paths(folder.root).problems == ()


@pytest.mark.parametrize(
    ("steps", "front", "line", "what"),
    [
        (SCHRITTE[1:], {}, 3, "It has 4 steps; content/paths/close-with-proof.md has 5."),
        ([SCHRITTE[1], SCHRITTE[0], *SCHRITTE[2:]], {}, 4, "Step 1 is “guide: match-bank-file”;"),
        (with_step(1, guide="lock-period"), {}, 6, "Step 2 is “guide: lock-period”; in content/p"),
        (with_step(0, text=""), {}, 4, "“text” is missing here; it stands in content/paths/close"),
        (with_step(4, text="Mehr"), {}, 17, "“text” does not stand in content/paths/close-with"),
        (with_step(0, optional=False), {}, 6, "“optional” is not the same as in content/paths/"),
        (with_step(3, starts="2099-03-03 15:00"), {}, 17, "“starts” is not the same as in"),
        (with_step(2, questions=[FRAGE, ANDERE]), {}, 8, "This check has other questions than in"),
        (
            with_step(2, questions=[FRAGE | {"options": [*FRAGE["options"], WRONG]}]),
            {},
            10,
            "This question has other answers than in",
        ),
        (
            with_step(2, questions=[FRAGE | {"options": [FRAGE["options"][0], RIGHT]}]),
            {},
            14,
            "“right” is not the same as in",
        ),
        (SCHRITTE, {"goal": "lock-faster"}, 18, "“goal” is not the same as in content/paths/"),
        (SCHRITTE, {"title": None}, 1, "“title” is missing."),
        (SCHRITTE, {"gaol": "close-faster"}, 18, "“gaol” is not known here."),
    ],
)
def test_refuses_a_translation_with_other_steps(
    folder: ContentFolder, steps: list[Any], front: dict[str, Any], line: int, what: str
) -> None:
    translate(folder, steps, **front)
    problems = read_paths(folder.root).problems
    problem = problems[0]
    assert problem.what.startswith(what)
    assert (problem.file, problem.line, problem.severity) == (
        *("content/paths/close-with-proof.de.md", line, "error"),
    )
    assert problem.mend


def test_refuses_a_translation_of_nothing(folder: ContentFolder) -> None:
    folder.remove("paths/close-with-proof.md")
    (problem,) = read_paths(folder.root).problems
    assert problem.file == "content/paths/close-with-proof.de.md"
    assert problem.what.startswith("There is no close-with-proof.md")


def test_refuses_two_files_of_the_same_language(folder: ContentFolder) -> None:
    folder.path("close-with-proof", steps=STEPS, language="de")
    (problem,) = read_paths(folder.root).problems
    assert problem.what == "content/paths/close-with-proof.md is written in this language already."


def test_names_a_file_that_cannot_be_read_once(folder: ContentFolder) -> None:
    (folder.root / "paths/close-with-proof.de.md").write_text("no front matter")
    (problem,) = read_paths(folder.root).problems
    assert problem.line == 1


# ---- What is stored and read ----


@pytest.fixture
def published(database: Database, folder: ContentFolder) -> ContentFolder:
    report = publishing.publish(database, folder.root)
    assert report.is_published, report.problems
    return folder


@pytest.fixture
def on_path(
    published: ContentFolder, world: World, acting: Callable[[Persona], None]
) -> Callable[[str], Viewer]:
    acting(world.end_user)
    goals.choose_goal(world.end_user.viewer, "close-faster")
    return lambda locale: replace(world.end_user.viewer, locale=locale)


def step_id(kind: str) -> Any:
    return db.session().scalar(select(Step.id).where(Step.kind == kind))


@pytest.mark.database
def test_a_translation_alone_moves_nobody_and_is_published(
    database: Database, published: ContentFolder
) -> None:
    assert not publishing.publish(database, published.root).is_changed
    translate(published, with_step(0, text="Morgen."))
    assert publishing.publish(database, published.root).changed_paths == 1
    published.remove("paths/close-with-proof.de.md")
    publishing.publish(database, published.root)
    with database.reading(None) as session:
        found = session.execute(select(Path.titles, Path.translations)).one()
        assert tuple(found) == ({}, {})
        assert session.scalar(select(Step.titles).where(Step.kind == "task")) == {}


@pytest.mark.database
def test_home_and_the_guide_speak_the_readers_language(on_path: Callable[[str], Viewer]) -> None:
    home = get_home(on_path("de_AT"))
    assert (home.goal_title, home.path_title) == ("Schneller fertig", "Mit Nachweis abschließen")
    assert home.next is not None
    assert home.next.title == "Die Einladung senden"
    assert get_home(on_path("en")).path_title == "Close with proof"
    place = reading.get_reading(on_path("de"), "match-bank-file").place
    assert place is not None
    assert place.path_title == "Mit Nachweis abschließen"


@pytest.mark.database
def test_the_path_speaks_the_readers_language_or_names_its_own(
    on_path: Callable[[str], Viewer],
) -> None:
    page = journey.get_path(on_path("de"), "close-with-proof")
    assert (page.language, page.goal_title) == ("de", "Schneller fertig")
    assert [step.title for step in page.steps] == [
        *("Die Einladung senden", "Die Bankdatei abgleichen", "Wissen Sie, wann?"),
        *("Gemeinsam üben", "Erster belegter Abschluss"),
    ]
    assert "Anleitungen" in page.html
    other = journey.get_path(on_path("fr"), "close-with-proof")
    assert (other.language, other.title) == ("en", "Close with proof")
    assert "Two guides" in other.html


@pytest.mark.database
def test_steps_speak_the_readers_language_and_count_by_their_own_file(
    on_path: Callable[[str], Viewer],
) -> None:
    reader = on_path("de")
    task = steps.get_step(reader, step_id("task"))
    assert (task.language, task.title) == ("de", "Die Einladung senden")
    assert "Heute" in task.html
    check = step_id("check")
    checks.answer_check(reader, check, [0])
    page = steps.get_step(reader, check)
    assert page.questions[0].ask == "Wann senden Sie sie?"
    assert page.questions[0].options[0].feedback == "Damit alle sie gelesen haben."
    assert page.passed_at
    session = steps.get_session(reader, step_id("session")).session
    assert session is not None
    assert (session.place, session.minutes) == ("Raum 1", 45)
    assert steps.get_step(on_path("fr"), check).language == "en"


@pytest.mark.database
def test_goals_come_by_their_titles_in_the_readers_language(
    on_path: Callable[[str], Viewer],
) -> None:
    assert [offer.title for offer in goals.list_goals(on_path("de"))] == ["Schneller fertig"]
    assert [offer.title for offer in goals.list_goals(on_path("en"))] == [GOAL["title"]]


@pytest.mark.database
def test_search_finds_a_path_by_its_words_in_a_language(on_path: Callable[[str], Viewer]) -> None:
    found = search.search(on_path("de"), "Nachweis abschließen").hits
    assert [(hit.kind, hit.title) for hit in found if hit.kind == "path"] == [
        ("path", "Mit Nachweis abschließen")
    ]


@pytest.mark.database
def test_keeps_the_words_of_a_goal_beside_its_title(
    published: ContentFolder, database: Database
) -> None:
    with database.reading(None) as session:
        titles, words = session.execute(select(Goal.titles, Goal.translations)).one()
    assert titles == {"de": "Schneller fertig"}
    assert translated(words, "de")["html"] == "<p>Am Tag 5.</p>"
