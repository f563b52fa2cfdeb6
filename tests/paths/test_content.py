"""Reading paths: their steps, and what is wrong with them."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from portal.guides.content import read_goals, read_guides
from portal.guides.front_matter import Reading
from portal.paths.content import PathFile, PathSource, read_paths
from portal.paths.models import Obstacle, StepKind
from portal.paths.step_content import StepLine
from tests.content_folder import ContentFolder

SHIPPED = Path(__file__).parents[2] / "content"


@pytest.fixture
def folder(tmp_path: Path) -> ContentFolder:
    return ContentFolder(tmp_path / "content")


def test_reads_a_path_with_its_steps_in_order(folder: ContentFolder) -> None:
    (path,) = read_paths(folder.root).sources
    assert (path.slug, path.goal, path.jobs) == (
        *("close-with-proof", "close-faster", ("accountant",)),
    )
    assert [(step.guide, step.milestone, step.optional) for step in path.steps] == [
        ("match-bank-file", None, False),
        ("lock-period", None, True),
        (None, "First close with proof", False),
    ]
    assert path.rendered.html == "<p>Two guides and you are there.</p>"


def test_a_goal_that_no_path_leads_to_is_named(folder: ContentFolder) -> None:
    assert not read_paths(folder.root).problems
    folder.goal("nobody-gets-here")
    (problem,) = read_paths(folder.root).problems
    assert (problem.file, problem.severity) == ("content/goals/nobody-gets-here.md", "warning")
    assert problem.what == "No path leads to this goal: nobody can choose it."


END = {"milestone": "Done"}


@pytest.mark.parametrize(
    ("front", "line", "what"),
    [
        ({"goal": "close-fast"}, 3, "There is no goal “close-fast”."),
        ({"steps": [{"guide": "lock-perio"}, END]}, 7, "There is no guide “lock-perio”."),
        (
            {"steps": [{"guide": "lock-period"}, {"guide": "lock-period"}, END]},
            8,
            "“lock-period” is on this path twice.",
        ),
        (
            {"steps": [{"guide": "lock-period"}, END, {"milestone": "done"}]},
            9,
            "“done” is on this path twice.",
        ),
        ({"steps": [{"guide": "lock-period"}, {"guide": "match-bank-file"}]}, 6, "“steps” is not"),
        ({"steps": [END, {"milestone": "Again"}]}, 6, "“steps” is not right: there is no guide"),
        ({"steps": [END]}, 6, "“steps” can't be this."),
        ({"steps": [{"guide": "lock-period", **END}, END]}, 7, "“steps” is not right: a step is"),
        ({"steps": [{"optional": True}, END]}, 7, "“steps” is not right: a step is one of"),
        (
            {"steps": [{"guide": "lock-period"}, END | {"optional": True}]},
            8,
            "“steps” is not right: a milestone can't be optional.",
        ),
        ({"steps": ["lock-period", END]}, 7, "“steps” can't be “lock-period”."),
        ({"steps": [{"guide": "lock-period", "optional": "maybe"}, END]}, 8, "“steps” can't be"),
        ({"steps": [{"giude": "lock-period"}, END]}, 7, "“giude” is not known here."),
        ({"steps": "lock-period"}, 6, "“steps” can't be “lock-period”."),
        ({"steps": None}, 1, "“steps” is missing."),
        ({"minutes": 5}, 11, "“minutes” is not known here."),
    ],
)
def test_says_what_is_wrong_and_where(
    folder: ContentFolder, front: dict[str, Any], line: int, what: str
) -> None:
    folder.path("close-with-proof", **front)
    reading = read_paths(folder.root)
    assert reading.sources == ()
    problem = reading.problems[0]
    assert problem.what.startswith(what)
    assert (problem.file, problem.line) == ("content/paths/close-with-proof.md", line)
    assert problem.mend


RIGHT = {"text": "Before", "right": True, "feedback": "So that all have read it."}
WRONG = {"text": "After", "feedback": "Then nobody has read it."}
QUESTION = {"ask": "When do you send it?", "options": [RIGHT, WRONG]}
TASK = {"task": "Send the invitation", "text": "Send it **today**."}
CHECK = {"check": "Do you know when?", "questions": [QUESTION]}
SESSION = {
    "session": "Practise together",
    "starts": "2027-03-02 15:00",
    "zone": "Europe/Berlin",
    "minutes": 45,
    "place": "Room 1",
}


def reads(folder: ContentFolder, step: dict[str, Any]) -> Reading[PathSource]:
    folder.path("close-with-proof", steps=[{"guide": "lock-period"}, step, END])
    return read_paths(folder.root)


@pytest.mark.parametrize(
    ("step", "details"),
    [
        (TASK, {"html": "<p>Send it <strong>today</strong>.</p>"}),
        (
            TASK | {"minutes": 10, "helps_with": "no_time"},
            {"html": "<p>Send it <strong>today</strong>.</p>", "minutes": 10},
        ),
        (CHECK, {"questions": [QUESTION | {"options": [RIGHT, WRONG | {"right": False}]}]}),
        (
            SESSION,
            {
                "starts_at": "2027-03-02T14:00:00+00:00",
                "minutes": 45,
                "capacity": None,
                "place": "Room 1",
            },
        ),
        (
            SESSION | {"starts": "2027-07-02 15:00", "capacity": 12, "text": "Bring a laptop."},
            {
                "html": "<p>Bring a laptop.</p>",
                "starts_at": "2027-07-02T13:00:00+00:00",
                "minutes": 45,
                "capacity": 12,
                "place": "Room 1",
            },
        ),
        ({"milestone": "Halfway"}, {}),
        ({"guide": "match-bank-file", "helps_with": "dont_know_how"}, {}),
    ],
)
def test_reads_every_kind_of_step(
    folder: ContentFolder, step: dict[str, Any], details: dict[str, Any]
) -> None:
    reading = reads(folder, step)
    assert reading.problems == ()
    (path,) = reading.sources
    assert path.step_details == ({}, details, {})
    assert path.steps[1].helps_with == step.get("helps_with")


def without(step: dict[str, Any], key: str) -> dict[str, Any]:
    return {name: value for name, value in step.items() if name != key}


@pytest.mark.parametrize(
    ("step", "line", "what"),
    [
        (without(TASK, "text"), 8, "a task says in “text” what to do."),
        (TASK | {"questions": [QUESTION]}, 8, "a check has “questions”, and nothing else has."),
        (TASK | {"place": "Room 1"}, 8, "only a session has “starts”,"),
        (TASK | {"check": "Both"}, 8, "a step is one of: guide, task, check, session, milestone."),
        (without(CHECK, "questions"), 8, "a check has “questions”, and nothing else has."),
        (
            CHECK | {"questions": [QUESTION | {"options": [WRONG, dict(WRONG)]}]},
            10,
            "a question needs exactly one option that is right.",
        ),
        (
            CHECK | {"questions": [QUESTION | {"options": [RIGHT, dict(RIGHT)]}]},
            10,
            "a question needs exactly one option that is right.",
        ),
        (without(SESSION, "place"), 8, "a session has “starts”, “minutes” and “place”."),
        (without(SESSION, "starts"), 8, "a session has “starts”, “minutes” and “place”."),
        (without(SESSION, "minutes"), 8, "a session has “starts”, “minutes” and “place”."),
        (SESSION | {"starts": "soon"}, 9, "write a moment as 2027-03-02 15:00."),
        (SESSION | {"starts": 5}, 9, "write a moment as 2027-03-02 15:00."),
        (
            SESSION | {"starts": "2027-03-02 15:00+05:00"},
            9,
            "write a moment as 2027-03-02 15:00.",
        ),
        (SESSION | {"zone": "Mars"}, 10, "write a time zone as Europe/Berlin."),
        (
            {"milestone": "Halfway", "helps_with": "no_time"},
            8,
            "a milestone helps with nothing; let a step before it do so.",
        ),
        (
            {"guide": "match-bank-file", "minutes": 5},
            8,
            "guides and milestones have no “text” and no “minutes” here.",
        ),
    ],
)
def test_says_what_a_kind_of_step_lacks(
    folder: ContentFolder, step: dict[str, Any], line: int, what: str
) -> None:
    reading = reads(folder, step)
    assert reading.sources == ()
    (problem,) = reading.problems
    assert problem.what.startswith(f"“steps” is not right: {what}")
    assert (problem.line, bool(problem.mend)) == (line, True)


@pytest.mark.parametrize(
    ("step", "line"),
    [
        ({"guide": "match-bank-file", "helps_with": "laziness"}, 9),
        (CHECK | {"questions": [QUESTION | {"options": [RIGHT]}]}, 11),
        (CHECK | {"questions": [QUESTION | {"options": [RIGHT, {"text": "After"}]}]}, 15),
        (SESSION | {"minutes": 0}, 11),
        (SESSION | {"capacity": 0}, 13),
        (TASK | {"task": "x" * 190}, 8),
    ],
)
def test_says_where_a_value_of_a_step_cannot_be(
    folder: ContentFolder, step: dict[str, Any], line: int
) -> None:
    reading = reads(folder, step)
    assert reading.sources == ()
    assert reading.problems[0].line == line


def test_two_steps_of_different_kinds_may_share_a_name(folder: ContentFolder) -> None:
    steps = [{"guide": "lock-period"}, TASK, CHECK | {"check": TASK["task"]}, END]
    folder.path("close-with-proof", steps=steps)
    (path,) = read_paths(folder.root).sources
    assert len({step.key for step in path.steps}) == 4


def test_suggests_the_guide_that_may_be_meant(folder: ContentFolder) -> None:
    folder.path("close-with-proof", steps=[{"guide": "lock-perio"}, END])
    (problem,) = read_paths(folder.root).problems
    assert problem.mend == "Did you mean “lock-period”?"


def test_does_not_blame_a_path_for_a_broken_guide(folder: ContentFolder) -> None:
    folder.guide("lock-period", minutes="long")
    folder.goal("close-faster", rhythm="often")
    assert read_paths(folder.root).problems == ()


def test_ships_a_path_whose_guides_serve_its_goal() -> None:
    reading = read_paths(SHIPPED)
    assert reading.problems == ()
    goals = {goal.slug for goal in read_goals(SHIPPED).sources}
    of_guides = {guide.slug: guide.goal for guide in read_guides(SHIPPED).sources}
    on_paths = {
        (path.goal, step.guide) for path in reading.sources for step in path.steps if step.guide
    }
    for goal, guide in on_paths:
        assert goal in goals
        # A guide may help towards a second goal, once a path of its own goal has it.
        assert (of_guides[guide], guide) in on_paths
    for path in reading.sources:
        assert path.goal in {of_guides[step.guide] for step in path.steps if step.guide}


def test_promises_the_minutes_that_its_guides_take() -> None:
    minutes = {guide.slug: guide.minutes for guide in read_guides(SHIPPED).sources}
    for path in read_paths(SHIPPED).sources:
        total = sum(minutes[step.guide] for step in path.steps if step.guide)
        assert f"{total} minutes" in path.body
        assert f"{total} Minuten" in path.translations["de"]["html"]


def test_ships_every_text_in_both_languages() -> None:
    for path in read_paths(SHIPPED).sources:
        assert set(path.translations) == {"de"}, path.slug
    kinds = (SHIPPED / name for name in ("goals", "guides", "paths", "kits"))
    shipped = {
        file.relative_to(SHIPPED).as_posix() for kind in kinds for file in kind.rglob("*.md")
    }
    own = {name.removesuffix(".md") for name in shipped if not name.endswith(".de.md")}
    assert {f"{name}.de.md" for name in own} == {n for n in shipped if n.endswith(".de.md")}


def test_explains_every_key_to_authors() -> None:
    readme = (SHIPPED / "README.md").read_text()
    for key in (*PathFile.model_fields, *StepLine.model_fields):
        assert f"`{key}`" in readme
    for obstacle in Obstacle:
        assert f"`{obstacle}`" in readme


def test_its_examples_are_sound(folder: ContentFolder) -> None:
    readme = (SHIPPED / "README.md").read_text()
    (example,) = re.findall(r"```yaml\n(steps:.*?)```", readme, re.DOTALL)
    steps = yaml.load(example, yaml.BaseLoader)["steps"]
    for step in steps:
        if name := step.get("guide"):
            folder.guide(name)
    folder.path("close-with-proof", steps=steps)
    reading = read_paths(folder.root)
    assert reading.problems == ()
    (path,) = reading.sources
    assert {step.kind for step in path.steps} == set(StepKind)
