"""The few words of a text around what was looked for."""

from collections.abc import Sequence
from dataclasses import dataclass

from portal.stemming import Term, words_in

BEFORE = 60
LENGTH = 200


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a snippet; plain text, which the page escapes."""

    text: str
    is_found: bool


def snippet(text: str, terms: Sequence[Term], language: str) -> tuple[Piece, ...]:
    """The first place where one of the words stands, with the words marked; else the beginning."""
    start = _first(text, terms, language)
    begin = _word_start(text, max(0, start - BEFORE))
    shown = text[begin : begin + LENGTH]
    if begin + LENGTH < len(text):
        shown = shown.rpartition(" ")[0] or shown
    pieces = _marked(shown, terms, language)
    ahead = [Piece("… ", False)] if begin else []
    after = [Piece(" …", False)] if begin + len(shown) < len(text) else []
    return (*ahead, *pieces, *after)


def _first(text: str, terms: Sequence[Term], language: str) -> int:
    for start, _end, word in words_in(text):
        if any(term.fits(word, language) for term in terms):
            return start
    return 0


def _word_start(text: str, place: int) -> int:
    """The beginning of a word at or after a place."""
    if place == 0:
        return 0
    blank = text.find(" ", place, place + BEFORE)
    return blank + 1 if blank >= 0 else place


def _marked(text: str, terms: Sequence[Term], language: str) -> list[Piece]:
    pieces, done = [], 0
    for start, end, word in words_in(text):
        if any(term.fits(word, language) for term in terms):
            pieces += [Piece(text[done:start], False), Piece(text[start:end], True)]
            done = end
    return [piece for piece in [*pieces, Piece(text[done:], False)] if piece.text]
