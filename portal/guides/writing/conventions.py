"""What a vendor agrees on for its texts: `content/writing.yml`.

How long texts and sentences are, how each language names the parts that every guide has, which
words have to be explained. Without the file the numbers below hold, and no names are asked for.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from portal.folding import fold
from portal.guides.files import Place, Problem, read_values
from portal.guides.front_matter import FrontMatter, Name, Rule, Title, Words, check
from portal.i18n import lazy_gettext as _later

FILE = "writing.yml"
RuleName = Literal[
    "words", "minutes", "sentences", "steps", "parts", "if_then", "examples", "terms", "repeats"
]
PARTS = ("worked", "mistake", "limit")
"""What every guide shows: that it worked, the commonest mistake, where it ends."""


def _several(value: Any) -> Any:
    return (value,) if isinstance(value, str) else value


Names = Annotated[tuple[Title, ...], BeforeValidator(_several), Field(min_length=1, max_length=20)]
Number = Annotated[int, Field(ge=1, le=10_000)]
NAMES = Rule(_later("a heading or a list of them"), "[How you see that it worked]")
NUMBER = Rule(_later("a whole number"), "25")


class Term(FrontMatter):
    """A word that not every reader knows."""

    words: Names
    """Its forms as they stand in texts."""
    means: Words
    """An explanation that an author may take over."""
    explained_by: Names
    """Words of which one stands in every paragraph that explains it."""

    @cached_property
    def marks(self) -> tuple[str, ...]:
        """`explained_by`, folded."""
        return tuple(fold(words) for words in self.explained_by)


class Language(FrontMatter):
    """How one language says it."""

    worked: Annotated[Names, NAMES]
    mistake: Annotated[Names, NAMES]
    limit: Annotated[Names, NAMES]
    if_then: Annotated[
        Words, Rule(_later("how the reader's line runs, “…” for what differs"), "When …, I will …")
    ]
    abbreviations: Annotated[
        tuple[Name, ...], Field(max_length=200), Rule(_later("a list"), '["approx."]')
    ] = ()
    terms: Annotated[
        tuple[Term, ...],
        Field(max_length=200),
        Rule(_later("a list of “words”, “means” and “explained_by”"), "…"),
    ] = ()

    def names(self, part: str) -> tuple[str, ...]:
        """How headings and boxes call a part."""
        found: tuple[str, ...] = getattr(self, part)
        return found

    @cached_property
    def plan(self) -> re.Pattern[str]:
        """What an if-then line looks like: `When …, I will …`."""
        pieces = [piece.strip() for piece in re.split(r"…|\.\.\.", self.if_then)]
        return re.compile(".+".join(_bounded(piece) for piece in pieces), re.IGNORECASE)

    @cached_property
    def used(self) -> tuple[re.Pattern[str], Mapping[str, Term]] | None:
        """What finds the terms in a text, and which one a form found belongs to."""
        forms = {form.casefold(): term for term in self.terms for form in term.words}
        if not forms:
            return None
        longest_first = sorted(forms, key=len, reverse=True)
        pattern = rf"(?<![\w-])(?:{'|'.join(map(re.escape, longest_first))})(?![\w-])"
        return re.compile(pattern, re.IGNORECASE), forms


class Conventions(FrontMatter):
    """The whole file."""

    words_at_least: Annotated[Number, NUMBER] = 300
    words_at_most: Annotated[Number, NUMBER] = 900
    words_a_minute: Annotated[Number, NUMBER] = 238
    """What adults read of English non-fiction (Brysbaert 2019, J. Memory and Language 109; 190
    studies). German had 260, so that one number for both is mild."""
    sentence_words: Annotated[Number, NUMBER] = 25
    """A sentence has fewer."""
    steps: Annotated[Number, NUMBER] = 7
    paragraph_words: Annotated[Number, NUMBER] = 12
    """From which on a paragraph should stand in one guide only."""
    leave_out: Annotated[
        tuple[RuleName, ...],
        Rule(
            _later(
                "a list of: words, minutes, sentences, steps, parts, if_then, examples, terms,"
                " repeats"
            ),
            "[repeats]",
        ),
    ] = ()
    languages: Annotated[
        Mapping[str, Language],
        Rule(_later("“worked”, “mistake”, “limit” and “if_then” for each language"), "…"),
    ] = Field(default_factory=dict)

    @classmethod
    def keys_at(cls, place: Place) -> tuple[str, ...]:
        """The keys of the file, of a language (`languages.en.…`), or of a term in it."""
        inner: dict[int, type[FrontMatter]] = {3: Language, 5: Term}
        return tuple(inner.get(len(place), cls).model_fields)

    def of(self, language: str) -> Language | None:
        """The names in a language (`de-AT` takes those of `de`); None where there are none."""
        return self.languages.get(language) or self.languages.get(language.partition("-")[0])


@dataclass(frozen=True, slots=True)
class Agreed:
    """The conventions of a folder, and what is wrong with their file."""

    conventions: Conventions
    problems: tuple[Problem, ...]
    file: str


def read_conventions(content_dir: Path) -> Agreed:
    """Read `writing.yml`; what can't be used is a warning, and the defaults hold instead."""
    path, file = content_dir / FILE, f"{content_dir.resolve().name}/{FILE}"
    if not path.exists():
        return Agreed(Conventions(), (), file)
    found = read_values(path, file)
    problems = [found] if isinstance(found, Problem) else list(check(found, Conventions))
    if problems or isinstance(found, Problem):
        advice = tuple(replace(problem, severity="warning") for problem in problems)
        return Agreed(Conventions(), advice, file)
    return Agreed(Conventions.model_validate(found.front), (), file)


def _bounded(piece: str) -> str:
    """A piece of a pattern that begins and ends with whole words."""
    words = r"\s+".join(re.escape(word) for word in piece.split())
    before = r"\b" if piece[:1].isalnum() else ""
    after = r"\b" if piece[-1:].isalnum() else ""
    return f"{before}{words}{after}"
