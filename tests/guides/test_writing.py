"""The rules for writing: each has a text that breaks it and one that keeps it, in two languages."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from portal.guides.content import Problem, read_goals, read_guides
from portal.guides.lint import lint
from portal.guides.prose import read_prose
from portal.guides.writing.sentences import sentences
from tests.content_folder import ContentFolder

TODAY = date(2026, 11, 30)
FILLER = "Six plain words stand here now.\n"
PARTS = {
    "en": "## How you see that it worked\n\nx\n\n## The commonest mistake\n\nx\n\n"
    "## Where this ends\n\nx\n\n",
    "de": "## Woran Sie sehen, dass es geklappt hat\n\nx\n\n## Der häufigste Fehler\n\nx\n\n"
    '!!! note "Wo das endet"\n    x\n\n',
}
LINE = {
    "en": "When the file is in, I will match it.",
    "de": "Wenn die Datei da ist, ordne ich sie zu.",
}
Check = Callable[..., list[Problem]]


@pytest.fixture
def folder(tmp_path: Path) -> ContentFolder:
    folder = ContentFolder(tmp_path / "content")
    folder.conventions()
    folder.picture("a.png")
    return folder


@pytest.fixture
def check(folder: ContentFolder) -> Check:
    """What lint says about one guide that is complete but for `body` and `front`."""

    def run(body: str = "", language: str = "en", parts: str | None = None, **front: object):
        whole = body + "\n\n" + (PARTS[language] if parts is None else parts) + FILLER * 60
        purpose = "After this you can close." if language == "en" else "Danach können Sie es."
        front = {"if_then": LINE[language], "purpose": purpose} | front
        folder.guide("checked", file=f"checked.{language}", body=whole, **front)
        found = lint(read_guides(folder.root), read_goals(folder.root), TODAY)
        assert {problem.severity for problem in found} <= {"warning"}
        return [problem for problem in found if f"/checked.{language}.md" in problem.file]

    return run


def says(found: list[Problem]) -> list[str]:
    return [problem.what for problem in found]


@pytest.mark.parametrize("language", ["en", "de"])
def test_a_complete_guide_is_left_alone(check: Check, language: str) -> None:
    assert check(language=language) == []


# Length


@pytest.mark.parametrize("kind", ["guide", "craft", "challenge"])
def test_a_guide_that_leads_somewhere_has_300_words(folder: ContentFolder, kind: str) -> None:
    folder.guide("short", kind=kind, body="Too short.")
    folder.guide("told", kind="story", body="As short as it likes.")
    found = lint(read_guides(folder.root), read_goals(folder.root), TODAY)
    short = [problem.file for problem in found if "words." in problem.what]
    assert "content/guides/short.md" in short
    assert "content/guides/told.md" not in short


@pytest.mark.parametrize("language", ["en", "de"])
def test_a_guide_has_at_most_900_words(check: Check, language: str) -> None:
    found = check(FILLER * 150, language, minutes=10)
    assert [problem.mend for problem in found] == ["Split it: more than 900 are seldom read."]


# Minutes


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("kind", ["guide", "craft", "challenge", "story"])
def test_minutes_hold_reading_at_least(
    folder: ContentFolder, check: Check, language: str, kind: str
) -> None:
    example = "!!! wrong\n    x\n\n!!! right\n    x\n\n"
    found = check(example + FILLER * 60, language, kind=kind, minutes=3)
    assert says(found) == ["Reading alone takes 4 minutes, and “minutes” says 3."]
    (problem,) = found
    lines = (folder.root / "guides" / f"checked.{language}.md").read_text("utf-8").split("\n")
    assert (lines[problem.line - 1], problem.rule) == ("minutes: 3", "minutes")
    assert problem.mend == "Count reading and doing; 238 words a minute are usual."
    assert check(example + FILLER * 60, language, kind=kind, minutes=4) == []


def test_how_fast_people_read_is_the_vendors(folder: ContentFolder, check: Check) -> None:
    folder.conventions("words_a_minute: 60\nleave_out: [words, parts]\n")
    (problem,) = check(minutes=5)
    assert problem.what.startswith("Reading alone takes 7 minutes")
    folder.conventions("words_a_minute: 60\nleave_out: [minutes]\n")
    assert check(minutes=5) == []


# Sentences


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "word " * 24 + "end."),
        ("en", "word " * 12 + "e.g. " + "word " * 13 + "end."),
        ("en", "word " * 12 + "approx. Twenty " + "word " * 13 + "end."),
        ("en", '"' + "word " * 26 + 'end." Short.'),
        ("en", "- Short.\n- " + "word " * 26 + "end.\n"),
        ("de", "Wort " * 12 + "z. B. " + "Wort " * 13 + "Ende."),
        ("de", "Wort " * 12 + "am 1. Arbeitstag " + "Wort " * 13 + "Ende."),
    ],
)
def test_a_long_sentence_is_found(check: Check, language: str, text: str) -> None:
    (problem,) = check(text, language)
    assert problem.what.startswith("The sentence “")
    assert problem.mend == "Split it: under 25 read well."


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", ("word " * 23 + "end. ") * 3),
        ("en", 'She said: "' + ("word " * 20 + "end. ") * 3 + '" He left.'),
        ("en", "- " + "word, " * 40),
        ("en", "| " + "word " * 40 + "|\n|---|\n"),
        ("en", "## " + "word " * 40),
        ("en", "```\n" + "word " * 40 + ".\n```\n"),
        ("en", "Seen.[^1]\n\n[^1]: " + "word " * 40 + ".\n"),
        ("en", "See [it](https://example.com/" + "word-" * 40 + ")."),
        ("de", ("Wort " * 20 + "mag. ") * 3),
        ("de", ("Wort " * 20 + "8 von 100. ") * 3),
    ],
)
def test_what_is_no_long_sentence_is_left_alone(check: Check, language: str, text: str) -> None:
    assert check(text, language) == []


@pytest.mark.parametrize(
    ("language", "text", "count"),
    [
        ("en", "Take 3.5 of 10, e.g. one. See p. 55. Ms. Lind agrees at 9 a.m. every day.", 3),
        ("en", 'Ask "why?" once more. What would help? Do that … then go.', 3),
        ("de", "Nutzen Sie z. B. den 31. März, d. h. Nr. 5. Am 3. Tag endet es.", 2),
        ("de", "Rund 3,5 Mio. Euro bzw. 18 %. „Und jetzt?“ Dann geht sie.", 3),
        ("en", 'The text says "belongs to May". Irena exports. Is it "late"? Yes.', 4),
        ("en", "They said no. A play ends. See no. 5. It may. Irena stops.", 5),
        ("fr", "Il coûte 3,5 euros. Voir p. 5. C'est tout !", 3),
    ],
)
def test_abbreviations_and_numbers_end_no_sentence(language: str, text: str, count: int) -> None:
    (block,) = read_prose(text, 1).blocks
    found = list(sentences(block, language, ["ms."]))
    assert len(found) == count, [sentence.text for sentence in found]


def test_counts_a_sentence_over_several_lines_from_its_first(check: Check) -> None:
    half = "word " * 13
    (problem,) = check(f"Done.\n{half}\n{half}.\n")
    (later,) = check(f"First of all.\nDone. {half}\n{half}.\n")
    assert later.line == problem.line


def test_counts_words_and_no_markup() -> None:
    body = "In **Close > Calendar**, open [the 2nd list](a.md) of 18.5 – it's `new`.\n"
    (block,) = read_prose(body, 1).blocks
    (sentence,) = sentences(block, "en")
    assert sentence.words == 11


# Steps


STEPS = "".join(f"{number}. Do it.\n" for number in range(1, 9))


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        (STEPS, 8),
        ("1. Do it.\n" * 8, 8),
        ("\n\n    More.\n\n".join(STEPS.split("\n")), 8),
        (STEPS.replace("5.", "\n![A list](../media/a.png)\n\n5."), 8),
        ("1. One\n" + "".join(f"    {n}. Inner\n" for n in range(1, 10)), 9),
    ],
)
def test_a_procedure_has_at_most_seven_steps(check: Check, text: str, steps: int) -> None:
    found = [problem for problem in check(text) if "procedure" in problem.what]
    assert says(found) == [f"This procedure has {steps} steps."]


@pytest.mark.parametrize(
    "text",
    [
        STEPS.replace("8. Do it.\n", ""),
        STEPS.replace("5.", "\n## Then\n\n5."),
        "1. A\n2. B\n3. C\n4. D\n\nThen:\n\n1. A\n2. B\n3. C\n4. D\n",
        "1. A\n    1. x\n    2. x\n2. B\n    1. x\n    2. x\n    3. x\n    4. x\n",
        "- A\n" * 12,
    ],
)
def test_seven_steps_and_two_procedures_are_left_alone(check: Check, text: str) -> None:
    assert check(text) == []


# Parts


@pytest.mark.parametrize(
    ("language", "part", "what"),
    [
        ("en", "How you see that it worked", "Nothing says how one sees that it worked."),
        ("en", "The commonest mistake", "The commonest mistake is missing."),
        ("en", "Where this ends", "Nothing says where the guide ends"),
        ("de", "Woran Sie sehen, dass es geklappt hat", "Nothing says how one sees"),
        ("de", "Der häufigste Fehler", "The commonest mistake is missing."),
        ("de", "Wo das endet", "Nothing says where the guide ends"),
    ],
)
def test_a_missing_part_is_found(check: Check, language: str, part: str, what: str) -> None:
    (problem,) = check(parts=PARTS[language].replace(part, "Other"), language=language)
    assert problem.what.startswith(what)
    assert problem.mend == f"Add a heading or a box “{part}”."


def test_a_story_has_parts_of_its_own(check: Check) -> None:
    assert check(parts="", kind="story", if_then=None) == []


def test_the_names_of_parts_change_in_one_place(folder: ContentFolder, check: Check) -> None:
    text = folder.conventions().read_text("utf-8")
    folder.conventions(text.replace("mistake: The commonest mistake", "mistake: [Slips, Traps]"))
    assert says(check()) == ["The commonest mistake is missing."]
    assert check(parts=PARTS["en"].replace("The commonest mistake", "traps:")) == []


def test_a_language_without_names_is_said_once(folder: ContentFolder) -> None:
    folder.guide("x", file="lock-period.fr", title="Clore")
    folder.guide("y", file="match-bank-file.fr", title="Lire")
    found = lint(read_guides(folder.root), read_goals(folder.root), TODAY)
    nameless = [problem for problem in found if "no names" in problem.what]
    assert [(problem.file, problem.severity) for problem in nameless] == [
        ("content/writing.yml", "warning")
    ]
    assert not [problem for problem in found if ".fr" in problem.file and "missing" in problem.what]


# The reader's own line


@pytest.mark.parametrize(
    ("language", "line"),
    [("en", "I will match it."), ("de", "Wenn die Frage kommt, dann …"), ("en", "When it is due.")],
)
def test_an_example_without_if_and_then_is_found(check: Check, language: str, line: str) -> None:
    (problem,) = check(language=language, if_then=line)
    assert problem.what == "The example of the reader's own line has no “if” and “then”."


@pytest.mark.parametrize("language", ["en", "de"])
def test_a_guide_without_an_example_is_found(check: Check, language: str) -> None:
    (problem,) = check(language=language, if_then=None)
    assert problem.what == "An example of the reader's own line is missing."


@pytest.mark.parametrize("language", ["en", "de"])
def test_a_text_that_asks_for_the_line_again_is_found(check: Check, language: str) -> None:
    (problem,) = check(f"Note it:\n*{LINE[language]}*\n", language)
    assert problem.what.startswith("The text asks for the reader's own line")
    assert check(f"- *{LINE[language]}* somebody said.\n", language) == []


# Examples


@pytest.mark.parametrize("language", ["en", "de"])
def test_a_craft_shows_a_wrong_and_a_right_example(check: Check, language: str) -> None:
    wrong, right = "!!! wrong\n    So.\n\n", '!!! right "Better"\n    So.\n\n'
    assert check(wrong + right, language, kind="craft") == []
    assert says(check(wrong, language, kind="craft")) == [
        "A guide to a craft shows how it is done right."
    ]
    assert len(check("", language, kind="craft")) == 2
    assert check("", language, kind="guide") == []


# Terms


@pytest.mark.parametrize(
    ("language", "text", "line"),
    [
        ("en", "Ask.\n\nThe USM knows.\n\nA USM works for your success.", 2),
        ("en", "Book an accrual.", 0),
        ("en", "| Accruals |\n|---|", 0),
        ("de", "Erst lesen.\nEine Abweichung ist eine Frage.", 1),
        ("de", "Der Champion hilft. [Der Champion](lock-period.md) hilft.", 0),
    ],
)
def test_a_term_that_is_not_explained_is_found(
    folder: ContentFolder, check: Check, language: str, text: str, line: int
) -> None:
    (problem,) = check(text, language)
    assert problem.what.endswith("is not explained where it first stands.")
    assert "Link it, or say what it means: " in problem.mend
    written = (folder.root / problem.file.removeprefix("content/")).read_text("utf-8")
    assert problem.line == written[: written.index(text)].count("\n") + 1 + line


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "A user success manager (USM) answers for your success. Ask the USM."),
        ("en", "The USM (success manager) knows."),
        ("en", "An [accrual](lock-period.md) waits.\n\nThe accrual goes."),
        ("en", '<abbr title="a cost of the month">Accruals</abbr> wait.'),
        ("en", "Open **Accruals**, `accrual` and ![accruals](../media/a.png)."),
        (
            "en",
            "## An accrual\n\nAn accrual puts a cost into a month, though the invoice comes later.",
        ),
        ("en", "See [it](https://example.com/accrual) and the accrual-list."),
        ("de", "Eine Abweichung ist der Abstand zwischen Plan und Ist."),
        ("de", "Ein Champion, der anderen zeigt, wie es geht, hilft."),
    ],
)
def test_a_term_that_is_explained_is_left_alone(check: Check, language: str, text: str) -> None:
    assert not [problem for problem in check(text, language) if "explained" in problem.what]


# Repeats


REPEATED = {
    "en": "The same twelve words stand in two guides, which nobody will mend twice.",
    "de": "Dieselben zwölf Wörter stehen in zwei Anleitungen, und niemand ändert sie je zweimal.",
}


@pytest.mark.parametrize("language", ["en", "de"])
def test_a_paragraph_of_another_guide_is_found(
    folder: ContentFolder, check: Check, language: str
) -> None:
    text = REPEATED[language]
    folder.guide("a", file=f"another.{language}", body=f"One.\n\n{text}\n\n- {text.upper()}\n")
    (problem,) = check(f"- **{text[:-1]}**\n", language)
    assert problem.what == f"This paragraph stands in content/guides/another.{language}.md:20 too."
    assert "--8<--" in problem.mend


def test_several_shared_paragraphs_are_one_problem(folder: ContentFolder, check: Check) -> None:
    other = "Another twelve words that stand in two guides and are mended in one."
    folder.guide("a", file="another", body=f"{REPEATED['en']}\n\n{other}\n")
    (problem,) = check(f"{other}\n\n{REPEATED['en']}\n")
    assert problem.what.startswith("2 paragraphs stand in another guide too")


def test_short_paragraphs_languages_and_pieces_may_be_shared(
    folder: ContentFolder, check: Check
) -> None:
    folder.guide("a", file="another.de", body=REPEATED["en"])
    folder.guide("b", file="b-third", body="Ask your administrator.\n\n" + '--8<-- "note.md"\n')
    folder.snippet("note.md", f"{REPEATED['en']}\n")
    assert check('Ask your administrator.\n\n--8<-- "note.md"\n') == []


# What a vendor agrees on


def test_without_the_file_no_names_are_asked_for(folder: ContentFolder, check: Check) -> None:
    (folder.root / "writing.yml").unlink()
    assert check("The USM books an accrual.", parts="", if_then=None) == []


def test_limits_are_the_vendors_and_rules_may_be_left_out(
    folder: ContentFolder, check: Check
) -> None:
    folder.conventions("sentence_words: 3\nleave_out: [words]\n")
    assert {problem.mend for problem in check()} == {"Split it: under 3 read well."}
    folder.conventions("sentence_words: 3\nleave_out: [words, sentences]\n")
    assert check() == []


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("sentence_word: 3", "“sentence_word” is not known here."),
        ("sentence_words: many", "“sentence_words” can't be “many”."),
        ("languages:\n  en:\n    worked: So", "“languages.en.mistake” is missing."),
        ("languages:\n  en:\n    worke: So", "“worke” is not known here."),
        ("steps: [1", "This file can't be read: a “[” or “{” is opened and not closed."),
    ],
)
def test_a_file_that_is_wrong_is_advice_and_the_defaults_hold(
    folder: ContentFolder, check: Check, text: str, what: str
) -> None:
    folder.conventions(text)
    assert check(parts="", if_then=None) == []
    found = lint(read_guides(folder.root), read_goals(folder.root), TODAY)
    wrong = [problem for problem in found if problem.file == "content/writing.yml"]
    assert what in says(wrong)
    assert {problem.severity for problem in wrong} == {"warning"}


def test_a_key_that_is_wrong_inside_of_a_language_is_compared_with_its_neighbours(
    folder: ContentFolder,
) -> None:
    folder.conventions("languages:\n  en:\n    terms:\n      - mean: x\n    mistakes: y\n")
    found = lint(read_guides(folder.root), read_goals(folder.root), TODAY)
    mends = {problem.what: (problem.line, problem.mend) for problem in found}
    assert mends["“mean” is not known here."] == (4, "Did you mean “means”?")
    assert mends["“mistakes” is not known here."] == (5, "Did you mean “mistake”?")
