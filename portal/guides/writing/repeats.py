"""Paragraphs that stand in two guides: one of them will not be mended when the other is."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from portal.guides.content import GuideSource
from portal.guides.files import Problem
from portal.guides.prose import Block, Prose
from portal.i18n import gettext as _
from portal.i18n import ngettext

_SIGNS = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class _Place:
    guide: GuideSource
    line: int


def find_repeats(texts: Iterable[tuple[GuideSource, Prose]], words: int) -> Iterator[Problem]:
    """Paragraphs of at least so many words that a guide before has in the same language.

    Each pair of guides is named once, however much they share.
    """
    first: dict[tuple[str, str], _Place] = {}
    for guide, prose in sorted(texts, key=lambda text: text[0].file):
        shared: dict[str, list[tuple[int, _Place]]] = {}
        for block in prose.blocks:
            if block.kind == "row" or block.words < words:
                continue
            line = block.lines[0].number
            before = first.setdefault((guide.language, _key(block)), _Place(guide, line))
            if before.guide.slug != guide.slug:
                shared.setdefault(before.guide.file, []).append((line, before))
        for places in shared.values():
            yield _problem(guide, places)


def _problem(guide: GuideSource, places: list[tuple[int, _Place]]) -> Problem:
    line, before = places[0]
    what = ngettext(
        "This paragraph stands in %(place)s too.",
        "%(num)s paragraphs stand in another guide too, the first of them here and in %(place)s.",
        len(places),
        place=f"{before.guide.file}:{before.line}",
    )
    mend = _('Say it once and link to it, or share it as a piece: --8<-- "name.md"')
    return Problem(guide.file, line, what, mend, "warning", "repeats")


def _key(block: Block) -> str:
    """What two paragraphs share that read the same: words without signs and case."""
    return _SIGNS.sub(" ", block.text.casefold()).strip()
