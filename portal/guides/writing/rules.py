"""The rules for writing, one function each: a guide's text against what the vendor agreed on."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from math import ceil

from portal.folding import fold
from portal.guides.content import GuideSource
from portal.guides.files import Problem
from portal.guides.models import GuideKind
from portal.guides.prose import Prose, count_words
from portal.guides.writing.conventions import PARTS, Agreed, Conventions, RuleName
from portal.guides.writing.repeats import find_repeats
from portal.guides.writing.sentences import Sentence, sentences
from portal.guides.writing.terms import find_unexplained
from portal.i18n import gettext as _
from portal.i18n import lazy_gettext as _later

LEADING = frozenset({GuideKind.GUIDE, GuideKind.CRAFT, GuideKind.CHALLENGE})
"""Kinds that lead somebody to something. The others tell: how long and in which parts is theirs."""
_EMPHASIZED = re.compile(r"(?<![\w*_])([*_]{1,3})(?=\S)([^*_]+)\1(?![\w*_])")
_MISSING = {
    "worked": _later("Nothing says how one sees that it worked."),
    "mistake": _later("The commonest mistake is missing."),
    "limit": _later("Nothing says where the guide ends: what it does not decide, and who does."),
}

Text = tuple[GuideSource, Prose]


@dataclass(frozen=True, slots=True)
class Checked:
    """What the rules said of a text; as long as it is the same they say it again."""

    sha256: str
    render_key: str | None
    problems: tuple[Problem, ...]

    def is_of(self, guide: GuideSource) -> bool:
        """Whether the file still holds that text, with the same pieces in it."""
        return (self.sha256, self.render_key) == (guide.sha256, guide.render_key)


Known = Mapping[tuple[str, str], Checked]
"""By guide and language."""


def check_writing(
    texts: Iterable[Text], agreed: Agreed, known: Known | None = None
) -> Iterator[Problem]:
    """What is to be mended in texts, in no order; all of it are warnings.

    With `known`, the texts that it holds are not looked at again, and no repeats are looked for,
    since these take all texts at once.
    """
    texts = list(texts)
    yield from agreed.problems
    if agreed.conventions.languages:
        yield from _nameless(texts, agreed)
    for guide, prose in texts:
        checked = (known or {}).get((guide.slug, guide.language))
        if checked and checked.is_of(guide):
            yield from checked.problems
        else:
            yield from _check(guide, prose, agreed.conventions)
    if known is None and "repeats" not in agreed.conventions.leave_out:
        yield from find_repeats(texts, agreed.conventions.paragraph_words)


def _check(guide: GuideSource, prose: Prose, agreed: Conventions) -> Iterator[Problem]:
    for name, rule in _RULES.items():
        if name not in agreed.leave_out:
            for problem in rule(guide, prose, agreed):
                yield replace(problem, rule=name)


def _nameless(texts: Iterable[Text], agreed: Agreed) -> Iterator[Problem]:
    """Languages in which the parts have no names yet, each said once."""
    known = agreed.conventions
    for language in sorted({guide.language for guide, _prose in texts}):
        if known.of(language) is None:
            what = _(
                "The parts of a guide have no names in the language “%(name)s”.", name=language
            )
            mend = _("Add it to “languages”; until then its texts are not searched for them.")
            yield Problem(agreed.file, 1, what, mend, "warning")


def _words(guide: GuideSource, _prose: Prose, agreed: Conventions) -> Iterator[Problem]:
    if guide.kind not in LEADING:
        return
    words = count_words(guide.rendered.text)
    what = _("The text has %(words)s words.", words=words)
    if words < agreed.words_at_least:
        mend = _("Fewer than %(least)s seldom lead anybody there.", least=agreed.words_at_least)
        yield _advice(guide, guide.body_line, what, mend)
    if words > agreed.words_at_most:
        mend = _("Split it: more than %(most)s are seldom read.", most=agreed.words_at_most)
        yield _advice(guide, guide.body_line, what, mend)


def _minutes(guide: GuideSource, _prose: Prose, agreed: Conventions) -> Iterator[Problem]:
    reading = ceil(count_words(guide.rendered.text) / agreed.words_a_minute)
    if reading > guide.minutes:
        what = _(
            "Reading alone takes %(reading)s minutes, and “minutes” says %(stated)s.",
            reading=reading,
            stated=guide.minutes,
        )
        mend = _(
            "Count reading and doing; %(rate)s words a minute are usual.",
            rate=agreed.words_a_minute,
        )
        yield _advice(guide, guide.line("minutes"), what, mend)


def _sentences(guide: GuideSource, prose: Prose, agreed: Conventions) -> Iterator[Problem]:
    language = agreed.of(guide.language)
    shorter = language.abbreviations if language else ()
    for block in prose.blocks:
        # A block that is short as a whole holds no long sentence.
        if block.words >= agreed.sentence_words:
            for sentence in sentences(block, guide.language, shorter):
                if sentence.words >= agreed.sentence_words:
                    yield _long(guide, sentence, agreed.sentence_words)


def _long(guide: GuideSource, sentence: Sentence, limit: int) -> Problem:
    what = _(
        "The sentence “%(start)s …” has %(words)s words.",
        start=" ".join(sentence.text.split()[:4]),
        words=sentence.words,
    )
    return _advice(
        guide, sentence.line, what, _("Split it: under %(limit)s read well.", limit=limit)
    )


def _steps(guide: GuideSource, prose: Prose, agreed: Conventions) -> Iterator[Problem]:
    for procedure in prose.procedures():
        if procedure.steps > agreed.steps:
            what = _("This procedure has %(steps)s steps.", steps=procedure.steps)
            mend = _(
                "Give it a second heading: up to %(most)s are kept in mind.", most=agreed.steps
            )
            yield _advice(guide, procedure.line, what, mend)


def _parts(guide: GuideSource, prose: Prose, agreed: Conventions) -> Iterator[Problem]:
    language = agreed.of(guide.language)
    if language is None or guide.kind not in LEADING:
        return
    titles = [*prose.titles(), *(title for _kind, title in prose.boxes())]
    said = {_key(title.text) for title in titles}
    for part in PARTS:
        names = language.names(part)
        if not said & {_key(name) for name in names}:
            mend = _("Add a heading or a box “%(name)s”.", name=names[0])
            yield _advice(guide, guide.body_line, str(_MISSING[part]), mend)


def _if_then(guide: GuideSource, prose: Prose, agreed: Conventions) -> Iterator[Problem]:
    language = agreed.of(guide.language)
    if language is None:
        return
    mend = _("Write “if_then” like this: %(example)s", example=language.if_then)
    if guide.if_then is None:
        if guide.kind in LEADING:
            what = _("An example of the reader's own line is missing.")
            yield _advice(guide, guide.line("if_then"), what, mend)
    elif not language.plan.fullmatch(guide.if_then):
        what = _("The example of the reader's own line has no “if” and “then”.")
        yield _advice(guide, guide.line("if_then"), what, mend)
    for block in prose.blocks:
        for match in _EMPHASIZED.finditer(block.raw) if block.kind == "paragraph" else ():
            if language.plan.match(match[2]):
                what = _("The text asks for the reader's own line, as the page does below it.")
                line = block.line_at(match.start(), block.raw)
                yield _advice(guide, line, what, _("Move the line to “if_then”."))


def _examples(guide: GuideSource, prose: Prose, _agreed: Conventions) -> Iterator[Problem]:
    if guide.kind != GuideKind.CRAFT:
        return
    kinds = {kind for kind, _title in prose.boxes()}
    for kind, what in (
        ("wrong", _("A guide to a craft shows how it is done wrong.")),
        ("right", _("A guide to a craft shows how it is done right.")),
    ):
        if kind not in kinds:
            yield _advice(guide, guide.body_line, what, _("Add a box: !!! %(kind)s", kind=kind))


def _terms(guide: GuideSource, prose: Prose, agreed: Conventions) -> Iterator[Problem]:
    language = agreed.of(guide.language)
    for found in find_unexplained(prose, language) if language else ():
        what = _("“%(word)s” is not explained where it first stands.", word=found.word)
        mend = _("Link it, or say what it means: %(means)s", means=found.term.means)
        yield _advice(guide, found.line, what, mend)


_RULES: Mapping[RuleName, Callable[[GuideSource, Prose, Conventions], Iterator[Problem]]] = {
    "words": _words,
    "minutes": _minutes,
    "sentences": _sentences,
    "steps": _steps,
    "parts": _parts,
    "if_then": _if_then,
    "examples": _examples,
    "terms": _terms,
}


def _key(title: str) -> str:
    return fold(title).rstrip(".:!? ")


def _advice(guide: GuideSource, line: int, what: str, mend: str) -> Problem:
    return Problem(guide.file, line, what, mend, "warning")
