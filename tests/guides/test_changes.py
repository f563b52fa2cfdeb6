"""Comparing two texts."""

from portal.guides.service.changes import MOST_LINES, Mark, compare


def shown(before: str, after: str) -> list[tuple[str, str]]:
    places = compare(before, after).places
    return [(line.mark, "".join(p.text for p in line.parts)) for place in places for line in place]


def test_shows_nothing_for_equal_texts() -> None:
    assert compare("a\nb\n", "a\nb\n").places == ()


def test_shows_a_changed_line_as_removed_and_added_with_lines_around_it() -> None:
    before = "\n".join(["one", "two", "three", "Press save.", "five", "six", "seven"])
    after = before.replace("Press save.", "Press close.")
    assert shown(before, after) == [
        (Mark.SAME, "two"),
        (Mark.SAME, "three"),
        (Mark.REMOVED, "Press save."),
        (Mark.ADDED, "Press close."),
        (Mark.SAME, "five"),
        (Mark.SAME, "six"),
    ]


def test_marks_only_the_words_that_changed() -> None:
    comparison = compare("Open the old bank file.", "Open the new bank file.")
    removed, added = comparison.places[0]
    assert [p.text for p in removed.parts if p.changed] == ["old"]
    assert [p.text for p in added.parts if p.changed] == ["new"]


def test_marks_a_rewritten_line_as_a_whole() -> None:
    removed, added = compare("Lists of accounts", "Ask your bank first, please").places[0]
    assert len(removed.parts) == len(added.parts) == 1


def test_counts_lines_from_one_in_their_own_text() -> None:
    (place,) = compare("a\nb\nc", "x\ny\na\nb\nc").places
    assert [(line.mark, line.number) for line in place][:3] == [
        (Mark.ADDED, 1),
        (Mark.ADDED, 2),
        (Mark.SAME, 3),
    ]


def test_cuts_what_nobody_would_read() -> None:
    comparison = compare("", "\n".join(f"line {n}" for n in range(5_000)))
    assert comparison.is_cut
    assert sum(map(len, comparison.places)) == MOST_LINES
