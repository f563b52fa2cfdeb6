"""Reading goals and guides: what is sound is taken, each mistake has its file and its line."""

import hashlib
import re
from datetime import date
from pathlib import Path

import pytest

from portal.guides.content import (
    GoalFile,
    GuideFile,
    GuideSource,
    Problem,
    address,
    read_goals,
    read_guides,
)
from portal.guides.files import MAX_FILE_BYTES
from portal.guides.models import GuideKind, Rhythm
from tests.content_folder import BODY, GUIDE, ContentFolder

ROOT = Path(__file__).parents[2]
SHIPPED = ROOT / "content"


@pytest.fixture
def folder(tmp_path: Path) -> ContentFolder:
    return ContentFolder(tmp_path / "content")


def write(folder: ContentFolder, name: str, text: str | bytes) -> None:
    data = text if isinstance(text, bytes) else text.encode()
    (folder.root / name).write_bytes(data)


def guide(folder: ContentFolder, slug: str) -> GuideSource:
    return next(found for found in read_guides(folder.root).sources if found.slug == slug)


def problem_of(folder: ContentFolder, name: str) -> Problem:
    """The only problem of a guide's file."""
    file = f"content/guides/{name}"
    (problem,) = [found for found in read_guides(folder.root).problems if found.file == file]
    return problem


# What is read


def test_reads_a_goal(folder: ContentFolder) -> None:
    (goal,) = read_goals(folder.root).sources
    assert (goal.slug, goal.rhythm) == ("close-faster", Rhythm.MONTH)
    assert goal.feature_sets == ("closing",)
    assert goal.rendered.html == "<p>The books close on day five.</p>"


def test_reads_a_guide(folder: ContentFolder) -> None:
    found = guide(folder, "match-bank-file")
    assert found.file == "content/guides/match-bank-file.md"
    assert (found.kind, found.minutes, found.goal) == (GuideKind.GUIDE, 5, "close-faster")
    assert (found.checked, found.review) == (date(2026, 10, 1), date(2099, 10, 1))
    assert found.checklist == ("The file is in", "Nothing is left open")
    assert found.body == BODY
    assert found.source.startswith("---\ntitle: Match the bank file\n")
    assert found.source.splitlines()[found.body_line - 1] == BODY.splitlines()[0]
    assert found.line("minutes") == 6


def test_wants_a_release_to_name_what_it_changes(folder: ContentFolder) -> None:
    folder.guide("news", kind="release")
    problem = problem_of(folder, "news.md")
    assert "a release names the features that it changes" in problem.what
    assert "features: [answers]" in problem.mend
    folder.guide("news", kind="release", features=["bank-import"])
    assert guide(folder, "news").features == ("bank-import",)


def test_can_not_be_changed_after_reading(folder: ContentFolder) -> None:
    with pytest.raises(ValueError, match="frozen"):
        guide(folder, "match-bank-file").title = "Another"


def test_takes_the_language_from_the_files_name(folder: ContentFolder) -> None:
    folder.guide("x", file="match-bank-file.de", title="Bankdatei", purpose="Danach geht es.")
    languages = {(found.slug, found.language) for found in read_guides(folder.root).sources}
    assert ("match-bank-file", "de") in languages
    assert ("match-bank-file", "en") in languages


def test_reads_every_value_as_it_was_written(folder: ContentFolder) -> None:
    folder.guide("norwegian", language="no", title="2026", maintainer="yes", purpose="Etterpå …")
    found = guide(folder, "norwegian")
    assert (found.language, found.title, found.maintainer) == ("no", "2026", "yes")


def test_hashes_the_text_not_the_bytes(folder: ContentFolder) -> None:
    before = guide(folder, "match-bank-file")
    path = folder.root / "guides/match-bank-file.md"
    text = path.read_text()
    write(
        folder, "guides/match-bank-file.md", b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode()
    )
    after = guide(folder, "match-bank-file")
    assert after.sha256 == before.sha256 == hashlib.sha256(text.encode()).hexdigest()
    write(folder, "guides/match-bank-file.md", text.replace("yesterday", "today"))
    assert guide(folder, "match-bank-file").sha256 != before.sha256


def test_joins_a_text_of_several_lines(folder: ContentFolder) -> None:
    folder.guide("folded", purpose="After this you can\n  close   the month.")
    assert guide(folder, "folded").purpose == "After this you can close the month."


def test_keeps_a_rule_of_dashes_in_the_body(folder: ContentFolder) -> None:
    folder.guide("ruled", body="One.\n\n---\n\nTwo.\n")
    assert guide(folder, "ruled").body == "One.\n\n---\n\nTwo.\n"


def test_finds_nothing_in_a_folder_that_is_not_there(tmp_path: Path) -> None:
    reading = read_guides(tmp_path / "nowhere")
    assert (reading.sources, reading.problems) == ((), ())


def test_ignores_other_files(folder: ContentFolder) -> None:
    write(folder, "guides/.draft.md", "not yet")
    write(folder, "guides/notes.txt", "not for readers")
    assert read_guides(folder.root).problems == ()


@pytest.mark.parametrize(
    "purpose",
    [
        "After this you can close the month.",
        "After this you have a list of open items.",
        "After this, you can close the month.",
        "After this your team closes on day five.",
    ],
)
def test_accepts_a_purpose_that_says_what_one_can_do(folder: ContentFolder, purpose: str) -> None:
    folder.guide("aim", purpose=purpose)
    assert guide(folder, "aim").purpose == purpose


def test_points_links_between_files_at_pages() -> None:
    assert address("close.md") == "/guides/close"
    assert address("./close.de.md") == "/guides/close"
    assert address("close.md#steps") == "/guides/close#part-steps"
    for other in ("https://example.com/close.md", "/paths/close", "media/x.png", "Close.md"):
        assert address(other) == other


# What has to be mended


@pytest.mark.parametrize(
    ("front", "what", "mend"),
    [
        ({"titel": "x"}, "“titel” is not known here.", "Did you mean “title”?"),
        ({"colour": "x"}, "“colour” is not known here.", "Take it out, or use one of: lang"),
        ({"goal": None}, "“goal” is missing.", "Write the name of a goal's file"),
        ({"evidence": ""}, "“evidence” is missing.", "Write an event, a value measure, or"),
        ({"maintainer": None}, "“maintainer” is missing.", "Write who answers"),
        ({"kind": "course"}, "“kind” can't be “course”.", "Write one of: guide, craft"),
        ({"minutes": "six"}, "“minutes” can't be “six”.", "Write a whole number from 1 to 60"),
        ({"minutes": 0}, "“minutes” can't be “0”.", "Write a whole number from 1 to 60"),
        ({"minutes": 61}, "“minutes” can't be “61”.", "Write a whole number from 1 to 60"),
        ({"minutes": "9" * 5000}, "“minutes” can't be “9999", "Write a whole number"),
        ({"checked": "1.10.2026"}, "“checked” can't be “1.10.2026”.", "Write the day of"),
        ({"checked": "20261001"}, "“checked” can't be “20261001”.", "Write the day of"),
        ({"review": "2026-02-30"}, "“review” can't be “2026-02-30”.", "Write the day of"),
        ({"review": "2026-10-01"}, "“review” is not right: it is not after", "Write the day"),
        ({"checklist": []}, "“checklist” can't be this.", "Write a list of one to nine lines"),
        ({"checklist": list("abcdefghij")}, "“checklist” can't be this.", "Write a list"),
        ({"checklist": ["a", "A"]}, "“checklist” is not right: the same", "Write a list"),
        ({"jobs": "accountant"}, "“jobs” can't be “accountant”.", "Write a list of the jobs"),
        ({"title": ["a"]}, "“title” can't be this.", "Write a title"),
        ({"title": "x" * 181}, "“title” can't be “xxx", "Write a title of up to 180"),
        ({"goal": "../goals/x"}, "“goal” can't be “../goals/x”.", "Write the name of a goal"),
        ({"correction": "perhaps"}, "“correction” can't be “perhaps”.", "Write true where"),
        ({"language": "english"}, "“language” can't be “english”.", "Write a language"),
        ({"purpose": "Learn it all"}, "“purpose” is not right: it does not say", "Write “After"),
        ({"purpose": "After this you"}, "“purpose” is not right", "Write “After this you can"),
    ],
)
def test_says_what_is_wrong_with_a_key(
    folder: ContentFolder, front: dict[str, object], what: str, mend: str
) -> None:
    folder.guide("bad", **front)
    problem = problem_of(folder, "bad.md")
    assert problem.what.startswith(what)
    assert problem.mend.startswith(mend)
    assert problem.severity == "error"
    key = next(iter(front))
    if front[key] is not None:
        lines = (folder.root / "guides/bad.md").read_text().splitlines()
        assert lines[problem.line - 1].startswith((f"{key}:", "- "))
    else:
        assert problem.line == 1


def test_shows_all_mistakes_at_once_and_still_takes_what_is_sound(folder: ContentFolder) -> None:
    folder.guide("bad", minutes="six", kind="course", evidence=None)
    reading = read_guides(folder.root)
    assert len(reading.problems) == 3
    assert {found.slug for found in reading.sources} == {"match-bank-file", "lock-period"}
    assert "bad" in reading.slugs


def test_prints_a_problem_so_that_an_editor_can_jump_to_it(folder: ContentFolder) -> None:
    folder.guide("bad", minutes="six")
    assert str(problem_of(folder, "bad.md")) == (
        "content/guides/bad.md:6: error: “minutes” can't be “six”. "
        "Write a whole number from 1 to 60, honestly timed, for example: minutes: 6"
    )


@pytest.mark.parametrize(
    "name", ["Upper.md", "two words.md", "under_score.md", "x.german.md", "a--b.md", "a.de.en.md"]
)
def test_refuses_a_name_that_makes_no_address(folder: ContentFolder, name: str) -> None:
    folder.guide("x", file=name.removesuffix(".md"))
    assert problem_of(folder, name).what == "The name of this file can't be part of an address."


def test_refuses_a_language_that_the_name_contradicts(folder: ContentFolder) -> None:
    folder.guide("x", file="x.de", language="fr")
    assert problem_of(folder, "x.de.md").what == "The file's name says another language."


def test_refuses_a_text_that_can_not_be_rendered(folder: ContentFolder) -> None:
    folder.guide("deep", body="> " * 5_000 + "a")
    problem = problem_of(folder, "deep.md")
    assert "deep inside each other" in problem.what
    assert problem.line == 18


# Hostile files


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("", 1, "The front matter is missing."),
        ("Just words.", 1, "The front matter is missing."),
        ("---\ntitle: never closed\n", 1, "The front matter is missing."),
        ("---\n---\nbody", 1, "The front matter is empty."),
        ("---\n- a\n- list\n---\nbody", 1, "The front matter can't be read: it is not a list of"),
        ("---\ntitle: a: b\n---\nbody", 2, "The front matter can't be read: a “: ” or “- ” stands"),
        ("---\ntitle: [a\n---\nbody", 3, "The front matter can't be read"),
        ("---\ntitle: a\n\ntitle: b\n---\n", 4, "The front matter can't be read: “title” stands"),
        ("---\na: 1\n? [x]\n: 2\n---\n", 3, "The front matter can't be read: a key must be a word"),
        ("---\na: &x 1\nb: *x\n---\n", 3, "The front matter can't be read: aliases"),
        ("---\na: \x07\n---\n", 1, "The front matter can't be read"),
        ("---\na: " + "[" * 9_000 + "\n---\n", 2, "The front matter can't be read: it is nested"),
        ("---\na: " + "x" * 20_000 + "\n---\n", 1, "The front matter is too long."),
        (b"---\ntitle: a\n---\n\nok\n\xff\n", 6, "This is not UTF-8."),
        (b"\x00" * 1_000, 1, "The front matter is missing."),
        (b"x" * (MAX_FILE_BYTES + 1), 1, "This file is larger than 250 KB."),
    ],
)
def test_takes_no_harm_from_a_hostile_file(
    folder: ContentFolder, text: str | bytes, line: int, what: str
) -> None:
    write(folder, "guides/hostile.md", text)
    problem = problem_of(folder, "hostile.md")
    assert problem.what.startswith(what)
    assert problem.line == line
    assert len(read_guides(folder.root).sources) == 2


def test_refuses_the_billion_laughs(folder: ContentFolder) -> None:
    lines = ['a0: &a0 ["ha", "ha"]']
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 20)]
    write(folder, "guides/laughs.md", "---\n" + "\n".join(lines) + "\n---\n")
    assert "aliases" in problem_of(folder, "laughs.md").what


def test_constructs_nothing_from_yaml_tags(folder: ContentFolder) -> None:
    path = folder.guide("tagged")
    text = path.read_text().replace("title: Match", "title: !!python/name:os.system Match")
    path.write_text(text)
    assert guide(folder, "tagged").title == "Match the bank file"


def test_reports_a_folder_that_looks_like_a_file(folder: ContentFolder) -> None:
    (folder.root / "guides/folder.md").mkdir()
    assert problem_of(folder, "folder.md").what.startswith("This file can't be read")


def test_reports_a_link_that_leads_nowhere(folder: ContentFolder) -> None:
    (folder.root / "guides/gone.md").symlink_to(folder.root / "nowhere.md")
    assert problem_of(folder, "gone.md").what.startswith("This file can't be read")


# What ships


@pytest.mark.parametrize(
    "found",
    [found for found in read_guides(SHIPPED).sources if found.language == "en"],
    ids=lambda found: found.slug,
)
def test_ships_guides_that_show_steps_and_both_examples(found: GuideSource) -> None:
    steps = found.body.split("## Steps")[1].split("\n## ")[0]
    assert 1 <= len(re.findall(r"^\d+\. ", steps, re.MULTILINE)) <= 7
    assert {"!!! wrong", "!!! right"} <= set(found.body.splitlines())
    assert found.if_then


def test_explains_every_key_to_authors() -> None:
    readme = (SHIPPED / "README.md").read_text()
    for model in (GoalFile, GuideFile):
        for key in model.model_fields:
            assert f"`{key}`" in readme


def test_shows_authors_an_example_that_passes(tmp_path: Path) -> None:
    example = (SHIPPED / "README.md").read_text().split("```markdown\n")[1].split("```")[0]
    (tmp_path / "guides").mkdir()
    (tmp_path / "guides/post-a-payment.md").write_text(example)
    assert read_guides(tmp_path).problems == ()
    assert set(GUIDE) <= set(GuideFile.model_fields)
