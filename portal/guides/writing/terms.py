"""Words that have to be explained where they first stand in a guide."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from portal.folding import strip_marks
from portal.guides.prose import Block, Prose
from portal.guides.writing.conventions import Language, Term

_UNSEEN = re.compile(
    r"(`+)[^`\n]+\1"  # code
    r"|\*\*[^*\n]+\*\*"  # what the screen calls it
    r"|!\[[^\[\]]*\]\([^()]*\)"  # pictures
    r"|(?<=\])\([^()]*\)|<[^<>]*>"  # where links lead, tags
)
_EXPLAINING = re.compile(r"\[[^\[\]]*\](?=[(\[])|<abbr\b[^<>]*>[^<>]*</abbr>", re.IGNORECASE)
"""Links, and what a tag explains."""


@dataclass(frozen=True, slots=True)
class Unexplained:
    """The first use of a term, which nothing explains."""

    line: int
    word: str
    term: Term


def find_unexplained(prose: Prose, language: Language) -> Iterator[Unexplained]:
    """Terms whose first paragraph neither links nor explains them.

    Headings, code, bold words (names on the screen) and addresses are no use of a term. It is
    explained by one of the words of its entry in the same paragraph, or by brackets behind it.
    """
    if language.used is None:
        return
    pattern, terms = language.used
    met: set[int] = set()
    for block in prose.blocks:
        if not pattern.search(block.raw):
            continue
        text = _UNSEEN.sub(_blank, block.raw)
        for match in pattern.finditer(text):
            term = terms[match[0].casefold()]
            if id(term) in met:
                continue
            met.add(id(term))
            if not _is_explained(term, block, text, match):
                yield Unexplained(block.line_at(match.start(), text), match[0], term)


def _is_explained(term: Term, block: Block, text: str, match: re.Match[str]) -> bool:
    if text[match.end() : match.end() + 2] == " (":
        return True
    inside = (found.span() for found in _EXPLAINING.finditer(block.raw))
    if any(start <= match.start() < end for start, end in inside):
        return True
    said = " ".join(strip_marks(block.text).split())
    return any(mark in said for mark in term.marks)


def _blank(match: re.Match[str]) -> str:
    """As long as what it replaces, so that all stands where it stood."""
    return re.sub(r"[^\n]", " ", match[0])
