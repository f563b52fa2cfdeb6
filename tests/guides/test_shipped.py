"""What ships keeps the rules for writing that it tells others to keep, warnings included."""

import shutil
import subprocess
from datetime import UTC, datetime

import pytest

from portal import clock, content_cli, publishing
from portal.config import ROOT
from portal.guides.content import read_guides
from portal.guides.files import Problem
from portal.guides.kit_content import read_kits
from portal.guides.models import GuideKind
from portal.guides.prose import count_words
from portal.guides.writing import rules
from portal.guides.writing.conventions import read_conventions
from tests.content_folder import ContentFolder

SHIPPED = ROOT / "content"
WRITTEN = datetime(2026, 11, 30, tzinfo=UTC)
"""Later the days for the next checks pass, which is no fault of the texts."""


def test_a_strict_lint_finds_nothing():
    with clock.standing_at(WRITTEN):
        assert [*map(str, publishing.lint(SHIPPED))] == []


@pytest.mark.database
def test_a_first_start_says_nothing_of_what_ships(database):
    with clock.standing_at(WRITTEN):
        report = publishing.publish(database, SHIPPED)
    assert report.is_published
    assert [*map(str, report.problems)] == []


def test_it_is_looked_at_in_every_language():
    agreed = read_conventions(SHIPPED)
    assert agreed.problems == ()
    languages = {guide.language for guide in read_guides(SHIPPED).sources}
    assert languages == set(agreed.conventions.languages)
    assert agreed.conventions.leave_out == ()
    for language in agreed.conventions.languages.values():
        assert len(language.terms) >= 5


def test_what_is_left_without_the_sample_product_is_clean_too(tmp_path):
    shutil.copytree(SHIPPED, tmp_path / "content")
    steps = (SHIPPED / "README.md").read_text("utf-8").split("### 1. Copy the folder")[1]
    commands = steps.split("```sh\n")[1].split("```")[0].replace("$HOME", str(tmp_path))
    subprocess.run(["bash", "-euc", commands], cwd=tmp_path, check=True)
    with clock.standing_at(WRITTEN):
        assert [*map(str, publishing.lint(tmp_path / "our-content"))] == []
    assert len(read_guides(tmp_path / "our-content").sources) >= 6


def test_the_conventions_in_the_readme_can_be_used(tmp_path):
    example = (SHIPPED / "README.md").read_text("utf-8").split("```yaml\nwords_at_least")[1]
    (tmp_path / "writing.yml").write_text("words_at_least" + example.split("```")[0], "utf-8")
    agreed = read_conventions(tmp_path)
    assert agreed.problems == ()
    assert agreed.conventions.leave_out == ("repeats",)
    assert agreed.conventions.languages["en"].worked[1] == "Did it work?"


def test_every_guide_that_leads_somewhere_has_an_example_of_the_readers_line():
    for guide in read_guides(SHIPPED).sources:
        if guide.kind in (GuideKind.GUIDE, GuideKind.CRAFT, GuideKind.CHALLENGE):
            assert guide.if_then, guide.file


def test_minutes_of_kit_documents_hold_reading_at_least():
    """Lint asks it of guides alone, since the rules for writing are about them."""
    kits, _problems = read_kits(SHIPPED)
    rate = read_conventions(SHIPPED).conventions.words_a_minute
    documents = [document for kit in kits for document in kit.documents]
    assert len(documents) > 20
    for document in documents:
        for source in document.sources:
            assert count_words(source.rendered.text) <= source.minutes * rate, source.file


def test_advice_forbids_no_publication(database, tmp_path):
    folder = ContentFolder(tmp_path / "content")
    folder.conventions()
    folder.guide("old", body="A USM " + "knows " * 40 + "it.\n\n" + "1. Do it.\n" * 9)
    report = publishing.publish(database, folder.root)
    assert report.is_published
    said = " ".join(problem.what for problem in report.problems if "old" in problem.file)
    for words in ("has 43 words", "9 steps", "USM", "mistake", "own line"):
        assert words in said


def test_changed_conventions_are_looked_at_when_nothing_else_changed(database, tmp_path):
    folder = ContentFolder(tmp_path / "content")
    publishing.publish(database, folder.root)
    folder.conventions("leave_out: [words]\n")
    assert publishing.publish(database, folder.root).problems == []
    folder.conventions("words_at_least: 2\n")
    assert publishing.publish(database, folder.root).problems == []
    folder.conventions("words_at_least: 301\n")
    assert len(publishing.publish(database, folder.root).problems) == 2


def test_publishing_looks_again_at_what_changed_alone(database, tmp_path, monkeypatch):
    looked: list[str] = []
    words = rules._RULES["words"]
    counting = {"words": lambda guide, *rest: looked.append(guide.slug) or words(guide, *rest)}
    monkeypatch.setattr(rules, "_RULES", rules._RULES | counting)
    folder = ContentFolder(tmp_path / "content")
    folder.conventions()
    first = publishing.publish(database, folder.root).problems
    looked.clear()
    folder.guide("lock-period", title="Lock it", body="Lock it now.")
    second = publishing.publish(database, folder.root).problems
    assert looked == ["lock-period"]
    kept = [problem for problem in second if "match-bank" in problem.file]
    assert kept
    assert kept == [problem for problem in first if "match-bank" in problem.file]
    looked.clear()
    folder.conventions("words_at_least: 2\n")
    assert publishing.publish(database, folder.root).problems == []
    assert len(looked) == 2


def test_repeats_are_looked_for_by_lint_alone(database, tmp_path):
    folder = ContentFolder(tmp_path / "content")
    folder.conventions("leave_out: [words]\n")
    for name in ("match-bank-file", "lock-period"):
        folder.guide(name, body="Twelve words that stand in two guides are mended in one alone.\n")
    assert publishing.publish(database, folder.root).problems == []
    assert [problem.rule for problem in publishing.lint(folder.root)] == ["repeats"]


def test_what_a_shared_piece_changes_is_looked_at_again(database, tmp_path):
    folder = ContentFolder(tmp_path / "content")
    folder.guide("match-bank-file", body='--8<-- "much.md"\n')
    folder.guide("lock-period", body="x\n\n" * 300)
    folder.snippet("much.md", "x\n\n" * 300)
    assert publishing.publish(database, folder.root).problems == []
    folder.snippet("much.md", "x\n\n" * 299)
    (problem,) = publishing.publish(database, folder.root).problems
    assert (problem.what, problem.rule) == ("The text has 299 words.", "words")


def test_publishing_prints_a_screenful_of_warnings_and_every_error(capsys):
    warning = [Problem("a.md", line, "Long.", "Split it.", "warning") for line in range(100)]
    error = Problem("z.md", 1, "Wrong.", "Mend it.")
    content_cli.show_problems([*warning, error])
    said = capsys.readouterr().err.splitlines()
    assert said[-2:] == [str(error), "80 more warnings: portal content lint"]
    assert len(said) == 22
