"""Lint finds what a reader would stumble over, and says in which line it stands."""

import time
from dataclasses import asdict
from datetime import date
from pathlib import Path

import pytest

from portal.guides.content import Problem, read_goals, read_guides
from portal.guides.lint import lint, with_problems
from tests.content_folder import ContentFolder

TODAY = date(2026, 11, 2)
FIRST = 18
"""The line on which the text of a guide begins."""


@pytest.fixture
def folder(tmp_path: Path) -> ContentFolder:
    return ContentFolder(tmp_path / "content")


def problems(folder: ContentFolder, body: str, **front: object) -> list[Problem]:
    """What lint says about a guide, but for its length."""
    folder.guide("checked", body=body, **front)
    found = lint(read_guides(folder.root), read_goals(folder.root), TODAY)
    return [
        problem
        for problem in found
        if problem.file == "content/guides/checked.md" and not problem.what.startswith("The text")
    ]


def texts(found: list[Problem]) -> list[tuple[int, str]]:
    return [(problem.line - FIRST, problem.what) for problem in found]


def test_says_nothing_about_a_good_guide(folder: ContentFolder) -> None:
    body = (
        "See [the other](lock-period.md), [its page](/guides/lock-period), [below](#steps),\n"
        "<https://example.com>, [mail](mailto:help@example.com), [goals](/goals).\n\n"
        "## Steps\n\n1. One.\n2. Two.\n\n    More of two.\n\n### Part\n\n"
        "```\n# no title\n[no link](gone.md)\n```\n\n`[code](gone.md)` and `<script>` in words.\n"
    )
    assert problems(folder, body) == []


# The front matter


def test_finds_an_unknown_goal(folder: ContentFolder) -> None:
    (problem,) = problems(folder, "x", goal="close-fast")
    assert problem.what == "There is no goal “close-fast”."
    assert problem.mend == "Did you mean “close-faster”?"
    assert problem.line == 5


def test_does_not_blame_a_guide_for_a_broken_goal(folder: ContentFolder) -> None:
    folder.goal("close-faster", rhythm="often")
    assert problems(folder, "x") == []


def test_finds_a_missing_purpose_and_evidence(folder: ContentFolder) -> None:
    found = problems(folder, "x", purpose=None, evidence=None)
    assert [problem.what for problem in found] == [
        "“purpose” is missing.",
        "“evidence” is missing.",
    ]


def test_warns_when_the_day_for_the_next_check_has_passed(folder: ContentFolder) -> None:
    (problem,) = problems(folder, "x", checked="2026-01-01", review="2026-11-01")
    assert (problem.severity, problem.line) == ("warning", 11)
    assert problems(folder, "x", checked="2026-01-01", review="2026-11-02") == []


def test_warns_of_a_purpose_with_several_things(folder: ContentFolder) -> None:
    purpose = "After this you can match and post and close."
    (problem,) = problems(folder, "x", purpose=purpose)
    assert problem.what == "The purpose holds more than one thing."


def test_finds_two_files_of_one_guide_and_language(folder: ContentFolder) -> None:
    folder.guide("x", file="lock-period.en", title="Again")
    found = lint(read_guides(folder.root), read_goals(folder.root), TODAY)
    doubled = [problem.file for problem in found if problem.what.startswith("There are two files")]
    assert doubled == ["content/guides/lock-period.en.md", "content/guides/lock-period.md"]


# Links and pictures


@pytest.mark.parametrize(
    "target",
    [
        "gone.md",
        "gone.md#steps",
        "/guides/gone",
        "../guides/lock-period.md",
        "lock-period",
        "lock-period.txt",
        "#nowhere",
        "javascript:alert",
        "data:text/html,x",
        "ftp://example.com/x",
    ],
)
def test_finds_a_link_that_leads_nowhere(folder: ContentFolder, target: str) -> None:
    (problem,) = problems(folder, f"One.\n\nTwo\n[three]({target}).\n")
    assert problem.what == f"The link to “{target}” leads nowhere."
    assert problem.line == FIRST + 3
    assert problem.severity == "error"


def test_says_which_guide_may_be_meant(folder: ContentFolder) -> None:
    (problem,) = problems(folder, "[x](lock-periods.md)")
    assert problem.mend == "Did you mean “lock-period”?"


@pytest.mark.parametrize("body", ["[x][1]\n\n[1]: gone.md", "x\n\n<a class=b href='gone.md'>y</a>"])
def test_finds_dead_links_of_other_forms(folder: ContentFolder, body: str) -> None:
    assert texts(problems(folder, body)) == [(2, "The link to “gone.md” leads nowhere.")]


def test_finds_a_link_whose_words_run_over_two_lines(folder: ContentFolder) -> None:
    assert [line for line, _ in texts(problems(folder, "a\n[b\nc](gone.md)"))] == [1]


def test_takes_no_footnote_for_a_link(folder: ContentFolder) -> None:
    body = "Ask early.[^1] Ask twice.[^two]\n\n[^1]: Prosci, 2020, page 4.\n[^two]: own count\n"
    assert problems(folder, body) == []
    (dead,) = problems(folder, f"{body}    See [it](gone.md).\n")
    assert dead.what == "The link to “gone.md” leads nowhere."


def test_knows_a_guide_whose_own_file_is_broken(folder: ContentFolder) -> None:
    (folder.root / "guides/broken.md").write_text("nothing")
    assert problems(folder, "[x](broken.md)") == []


def test_finds_a_missing_picture_and_missing_words_for_it(folder: ContentFolder) -> None:
    folder.picture("list.png")
    assert problems(folder, "![The list](../media/list.png)") == []
    (wordless,) = problems(folder, "![](../media/list.png)")
    assert "no words for those who can't see it" in wordless.what
    (missing,) = problems(folder, "\n![The list](../media/gone.png)")
    assert missing.what == "“../media/gone.png” can't be shown: there is no such file."
    assert missing.line == FIRST + 1
    (raw,) = problems(folder, "<img src='../media/list.png'>")
    assert "no words" in raw.what


@pytest.mark.parametrize(
    "target", ["https://example.com/a.png", "../../secret.png", "../media/../x.png", "media/x.txt"]
)
def test_takes_pictures_from_the_folder_only(folder: ContentFolder, target: str) -> None:
    folder.picture("list.png")
    for outside in ("x.png", "media/x.txt"):
        (folder.root / outside).write_bytes(b"png")
    (problem,) = problems(folder, f"![words]({target})")
    assert problem.severity == "error"


def test_finds_a_heading_that_another_guide_does_not_have(folder: ContentFolder) -> None:
    assert problems(folder, "[x](lock-period.md#steps)") == []
    (problem,) = problems(folder, "a\n[x](lock-period.md#stepps)")
    assert (problem.line, problem.severity) == (FIRST + 1, "error")
    assert problem.mend == "Name one of that guide's headings, or leave “#…” out."


def test_finds_a_path_that_is_not_there(folder: ContentFolder) -> None:
    assert problems(folder, "[x](/paths/close-with-proof)") == []
    (problem,) = problems(folder, "[x](/paths/close-with-prof)")
    assert problem.mend == "Did you mean “close-with-proof”?"


# What has to be done before


def test_finds_a_guide_that_is_required_and_not_there(folder: ContentFolder) -> None:
    (problem,) = problems(folder, "x", requires=["lock-periods"])
    assert problem.what == "There is no guide “lock-periods”."
    assert problem.mend == "Did you mean “lock-period”?"


def test_finds_a_circle_of_requirements_once(folder: ContentFolder) -> None:
    folder.guide("a", requires=["b"])
    folder.guide("b", requires=["c"])
    folder.guide("c", requires=["a", "lock-period"])
    folder.guide("d", requires=["a"])
    found = lint(read_guides(folder.root), read_goals(folder.root), TODAY)
    (circle,) = [problem for problem in found if problem.severity == "error"]
    assert circle.what == "These guides each require the next one: a → b → c → a"
    assert circle.file == "content/guides/a.md"
    folder.guide("self", requires=["self"])
    found = lint(read_guides(folder.root), read_goals(folder.root), TODAY)
    assert any("self → self" in problem.what for problem in found)


# Drafts


def test_forbids_nothing_because_of_a_draft(folder: ContentFolder) -> None:
    found = problems(folder, "[x](gone.md)", draft=True, goal="gone")
    assert [problem.severity for problem in found] == ["warning", "warning"]


def test_finds_a_link_to_a_draft(folder: ContentFolder) -> None:
    folder.guide("later", draft=True)
    (problem,) = problems(folder, "[x](later.md)")
    assert problem.severity == "error"
    assert "is a draft" in problem.mend
    assert problems(folder, "[x](later.md)", draft=True)[0].severity == "warning"


# Tabs, boxes, pieces


@pytest.mark.parametrize("line", ['=== "Windows', "=== Windows", '!!! note "Title', '=== ""'])
def test_finds_a_tab_or_box_that_is_not_complete(folder: ContentFolder, line: str) -> None:
    found = problems(folder, f"x\n\n{line}\n\n    Text.\n")
    assert texts(found) == [(2, "This begins a tab or a box and is not complete.")]


@pytest.mark.parametrize("line", ['=== "Windows"', "!!! note"])
def test_finds_a_tab_or_box_that_holds_nothing(folder: ContentFolder, line: str) -> None:
    assert texts(problems(folder, f"{line}\n\nText.\n")) == [(0, "This tab or box holds nothing.")]
    assert problems(folder, f"{line}\n\n    Text.\n\nMore.\n") == []
    assert problems(folder, f"{line}\n\n    ```\n    code\n    ```\n") == []
    assert problems(folder, "Text\n===\n\nMore\n")[0].what.startswith("This is a second title")


def test_looks_into_pieces(folder: ContentFolder) -> None:
    folder.snippet("note.md", "See [it](gone.md).\n")
    found = problems(folder, 'One.\n\n--8<-- "note.md"\n')
    assert texts(found) == [(2, "The link to “gone.md” leads nowhere.")]
    (inline,) = problems(folder, 'One --8<-- "note.md"\n')
    assert inline.what == "A piece can't be put in here."


# Structure


def test_finds_a_second_title(folder: ContentFolder) -> None:
    title = "This is a second title: the page's title is the one of the front matter."
    assert texts(problems(folder, "x\n\n# Mine\n")) == [(2, title)]
    assert texts(problems(folder, "Mine\n====\n")) == [(1, title)]


def test_warns_of_a_heading_that_skips_a_level(folder: ContentFolder) -> None:
    found = problems(folder, "## A\n\n#### B\n\n## C\n")
    assert texts(found) == [(2, "This heading skips a level.")]
    assert found[0].mend == "Begin it with ###"


def test_finds_code_without_an_end(folder: ContentFolder) -> None:
    found = problems(folder, "```\nok\n```\n\n~~~~ text\n~~~\n```\n# all code\n")
    assert texts(found) == [(4, "A block of code begins here and does not end.")]


def test_finds_html_that_readers_never_see(folder: ContentFolder) -> None:
    found = problems(folder, "x\n<iframe src='https://example.com'></iframe>\n")
    assert texts(found) == [(1, "<iframe> is taken out before readers see it.")]


@pytest.mark.parametrize(
    ("body", "line"),
    [("1. a\n   - b\n", 1), ("1. a\n\n   more\n\n2. b\n", 2), ("- a\n  - b\n", 1)],
)
def test_warns_of_lines_that_fall_out_of_their_list(
    folder: ContentFolder, body: str, line: int
) -> None:
    assert texts(problems(folder, body)) == [
        (line, "This line will not belong to the list item above.")
    ]


# Length


@pytest.mark.parametrize(
    ("words", "is_wrong"), [(299, True), (300, False), (900, False), (901, True)]
)
def test_warns_of_a_short_and_of_a_long_text(
    folder: ContentFolder, words: int, is_wrong: bool
) -> None:
    folder.guide(
        "checked", body="Six words stand in here now. " * (words // 6) + "a " * (words % 6)
    )
    found = lint(read_guides(folder.root), read_goals(folder.root), TODAY)
    mine = [problem for problem in found if problem.file.endswith("checked.md")]
    assert [problem.severity for problem in mine] == (["warning"] if is_wrong else [])


def test_warns_of_a_sentence_of_more_than_25_words(folder: ContentFolder) -> None:
    long = "Fine. " + "word " * 26 + "end. Short again."
    found = problems(folder, f"One.\n\n- {long}\n")
    assert texts(found) == [(2, "The sentence “word word word word …” has 27 words.")]
    assert found[0].severity == "warning"


# What becomes of it


def test_orders_problems_by_file_and_line(folder: ContentFolder) -> None:
    found = problems(folder, "[x](gone.md)\n\n# T\n", goal="gone")
    assert [problem.line for problem in found] == sorted(problem.line for problem in found)


def test_gives_each_guide_its_own_problems(folder: ContentFolder) -> None:
    folder.guide("checked", body="# T\n")
    reading = read_guides(folder.root)
    found = lint(reading, read_goals(folder.root), TODAY)
    guides = {guide.slug: guide for guide in with_problems(reading.sources, found)}
    assert {problem.severity for problem in guides["checked"].problems} == {"error", "warning"}
    assert {problem.severity for problem in guides["lock-period"].problems} == {"warning"}
    assert asdict(guides["checked"].problems[0]).keys() == {
        *("file", "line", "what", "mend", "severity", "rule")
    }


@pytest.mark.parametrize(
    "body",
    [
        *("`" * 60_000, "[a](" * 2_000, "a. " * 60_000, "<a " * 60_000, "- \n" * 5_000),
        *("[" * 3_000, "*a " * 40_000, "1. a\n" * 5_000, "USM " * 40_000, "*When, I will" * 9_000),
        *("![USM](" * 4_000, "**USM" * 20_000, "<abbr USM " * 9_000, '!!! note "' * 9_000),
    ],
)
def test_is_done_within_a_second_whatever_it_is_given(folder: ContentFolder, body: str) -> None:
    folder.guide("hostile", body=body)
    folder.conventions()
    begun = time.process_time()
    lint(read_guides(folder.root), read_goals(folder.root), TODAY)
    assert time.process_time() - begun < 2
