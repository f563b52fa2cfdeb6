"""Where sentences end; the only importer of sentencex.

The library knows the abbreviations and numbers of many languages ("e.g.", "3.5", "z. B."). What it
leaves open is closed here: abbreviations of the vendor's own, German ordinals ("am 1. Arbeitstag"),
and sentences inside of quotes, which it takes for one.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from sentencex import segment

from portal.guides.prose import Block, count_words

_MARKS = '"“”„‟«»‹›'
_QUOTES = str.maketrans(dict.fromkeys(_MARKS, " "))
_BEFORE_END = re.compile(rf"([{_MARKS}])([.!?])")
_ENDS = re.compile(rf"[.!?…][)\]{_MARKS}]*$")
_DAY = r"am|vom|zum|beim|bis|ab|seit|der|die|das|den|dem|des|im|und|oder|jeden?|jede"
_ORDINAL = {"de": re.compile(rf"\b(?:{_DAY})\s+\d{{1,2}}\.$", re.IGNORECASE)}
"""By language, the end of a text whose number with a dot is no end of a sentence."""
_WHOLE = {
    "de": re.compile(r"\b(art|dir|mag|mich)\.(?=\s)", re.IGNORECASE),
    "en": re.compile(r"\b(hr|ill|may|me|no(?=\.\s+\D))\.(?=\s)", re.IGNORECASE),
}
"""By language, words that the library takes for abbreviations, so that no sentence would end."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence without markup, and the line on which it begins."""

    line: int
    text: str

    @property
    def words(self) -> int:
        """How many words it has; `18 of 21` has three, `Close > Variances` two."""
        return count_words(self.text)


def sentences(
    block: Block, language: str, abbreviations: Collection[str] = ()
) -> Iterator[Sentence]:
    """The sentences of a paragraph. Of an item only what ends like one: items may be mere words;
    table rows and footnotes hold none."""
    if block.kind in ("row", "note"):
        return
    text, language = block.text, language.partition("-")[0]
    position = 0
    for piece in _pieces(text, language, abbreviations):
        begin = position + len(piece) - len(piece.lstrip())
        position += len(piece)
        if piece.strip() and (block.kind == "paragraph" or _ENDS.search(piece.rstrip())):
            yield Sentence(block.line_at(begin, text), " ".join(text[begin:position].split()))


def _pieces(text: str, language: str, abbreviations: Collection[str]) -> Iterator[str]:
    """The text taken apart; together the pieces are the text."""
    shorter = {word.casefold() for word in abbreviations}
    plain = _BEFORE_END.sub(r"\2 ", text).translate(_QUOTES).replace("\n", " ")
    if whole := _WHOLE.get(language):
        plain = whole.sub(r"\1!", plain)
    begin = end = 0
    for piece in segment(language, plain):
        if begin < end and not _goes_on(text[begin:end].rstrip(), piece, language, shorter):
            yield text[begin:end]
            begin = end
        end += len(piece)
    yield text[begin:]


def _goes_on(before: str, after: str, language: str, shorter: Collection[str]) -> bool:
    """Whether two pieces are one sentence."""
    if before[-1:] in _MARKS and after.lstrip()[:1].islower():
        return True
    last = before.rpartition(" ")[2].lstrip("(").casefold()
    ordinal = _ORDINAL.get(language)
    return last in shorter or (ordinal is not None and ordinal.search(before) is not None)
