"""What changed between two texts, line by line and, inside a changed line, word by word."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from itertools import zip_longest

AROUND = 2
"""Unchanged lines shown before and after a change."""
MOST_LINES = 300
"""Shown of a comparison; whoever changed more reads the new text instead."""
LONGEST_LINE = 2_000
"""Characters up to which a changed line is compared word by word."""
SIMILAR = 0.4
"""Share of words in common from which on two lines count as one that was changed."""
WORD = re.compile(r"\s*(?:\w+|[^\w\s])|\s+")
"""With the space before it: spaces alone are alike everywhere and would slow the comparison."""


class Mark(StrEnum):
    """What became of a line."""

    SAME = "same"
    REMOVED = "removed"
    ADDED = "added"


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a line; `changed` if the other text has it not."""

    text: str
    changed: bool


@dataclass(frozen=True, slots=True)
class Line:
    """A line of either text; `number` counts from 1 in the text that it is taken from."""

    mark: Mark
    number: int
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Changed places with some lines around, in order; `is_cut` if there are more."""

    places: tuple[tuple[Line, ...], ...]
    is_cut: bool


def compare(before: str, after: str) -> Comparison:
    """Compare two texts; at most `MOST_LINES` lines are handed out."""
    old, new = before.splitlines(), after.splitlines()
    places: list[tuple[Line, ...]] = []
    room = MOST_LINES
    for group in SequenceMatcher(None, old, new).get_grouped_opcodes(AROUND):
        lines = tuple(_lines(group, old, new))
        places.append(lines[:room])
        room -= len(lines)
        if room <= 0:
            return Comparison(tuple(places), is_cut=room < 0)
    return Comparison(tuple(places), is_cut=False)


def _lines(
    group: Sequence[tuple[str, int, int, int, int]], old: list[str], new: list[str]
) -> Iterator[Line]:
    for tag, old_from, old_to, new_from, new_to in group:
        if tag == "equal":
            for number in range(new_from, new_to):
                yield Line(Mark.SAME, number + 1, (Part(new[number], False),))
        else:
            yield from _changed(old, range(old_from, old_to), new, range(new_from, new_to))


def _changed(old: list[str], gone: range, new: list[str], come: range) -> Iterator[Line]:
    """The removed lines, then the added ones; pairs of them that are alike show their words."""
    removed, added = [], []
    shown = MOST_LINES + 1  # One more than fits, so that it is noticed what is left out.
    for before, after in zip_longest(gone[:shown], come[:shown]):
        was, now = _words(
            None if before is None else old[before], None if after is None else new[after]
        )
        if before is not None:
            removed.append(Line(Mark.REMOVED, before + 1, was))
        if after is not None:
            added.append(Line(Mark.ADDED, after + 1, now))
    yield from removed
    yield from added


def _words(before: str | None, after: str | None) -> tuple[tuple[Part, ...], tuple[Part, ...]]:
    whole = (Part(before or "", True),), (Part(after or "", True),)
    if before is None or after is None or max(len(before), len(after)) > LONGEST_LINE:
        return whole
    old, new = WORD.findall(before), WORD.findall(after)
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    if matcher.ratio() < SIMILAR:
        return whole
    steps = matcher.get_opcodes()
    return (
        _parts((old[a:b], tag != "equal") for tag, a, b, _, _ in steps),
        _parts((new[c:d], tag != "equal") for tag, _, _, c, d in steps),
    )


def _parts(runs: Iterator[tuple[list[str], bool]]) -> tuple[Part, ...]:
    parts = []
    for words, changed in runs:
        text = "".join(words)
        # The space before a changed word is not worth marking.
        bare = text.lstrip() if changed else ""
        parts += [Part(text[: len(text) - len(bare)], changed and not bare), Part(bare, changed)]
    return tuple(part for part in parts if part.text)
