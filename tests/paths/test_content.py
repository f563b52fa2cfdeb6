"""Reading paths: their steps, and what is wrong with them."""

from pathlib import Path
from typing import Any

import pytest

from portal.guides.content import read_goals, read_guides
from portal.paths.content import PathFile, read_paths
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
    for path in reading.sources:
        assert path.goal in goals
        assert {of_guides[step.guide] for step in path.steps if step.guide} == {path.goal}


def test_promises_the_minutes_that_its_guides_take() -> None:
    minutes = {guide.slug: guide.minutes for guide in read_guides(SHIPPED).sources}
    for path in read_paths(SHIPPED).sources:
        total = sum(minutes[step.guide] for step in path.steps if step.guide)
        assert f"{total} minutes" in path.body


def test_explains_every_key_to_authors() -> None:
    readme = (SHIPPED / "README.md").read_text()
    for key in PathFile.model_fields:
        assert f"`{key}`" in readme
