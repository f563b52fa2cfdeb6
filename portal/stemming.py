"""Words reduced to their stems, so that "closing" finds "close"; the only importer of the stemmer.

A text is indexed by each of its words, folded, and by their stems in its language. Both databases
are given the same words and only compare them.
"""

import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import snowballstemmer

from portal.folding import strip_marks

LONGEST_WORD = 60
"""Characters; what is longer is cut, in the index as in a search."""
MOST_WORDS = 10
"""Of a search; further ones are left out."""
SHORTEST_PREFIX = 2

_WORD = re.compile(r"[^\W_]+")
_ALGORITHMS = {
    "da": "danish", "de": "german", "en": "english", "es": "spanish", "fi": "finnish",
    "fr": "french", "hu": "hungarian", "it": "italian", "nl": "dutch", "no": "norwegian",
    "nb": "norwegian", "pt": "portuguese", "ro": "romanian", "ru": "russian", "sv": "swedish",
    "tr": "turkish",
}  # fmt: skip
_LITTLE = {
    "en": "a an and are as at be by can do does for from how i in is it my of on or our the this to"
    " we what when where which who why with you your",
    "de": "als am an auf aus bei das dem den der die ein eine einen einer es fur ich im in ist kann"
    " man mein mit nach oder sich sie und unser von vom was wann wer wie wir wo zu zum zur",
}
_lock = threading.Lock()


@dataclass(frozen=True, slots=True)
class Term:
    """A word that is looked for: any of these."""

    exact: tuple[str, ...]
    prefix: str | None = None
    """Of the last word, which may not be finished yet."""

    def fits(self, word: str, language: str) -> bool:
        """Whether a folded word of a text is meant."""
        prefixed = self.prefix is not None and word.startswith(self.prefix)
        return prefixed or word in self.exact or stem(word, language) in self.exact


def words_in(text: str) -> Iterator[tuple[int, int, str]]:
    """Each word of a text: where it begins and ends, and how it reads folded."""
    for match in _WORD.finditer(text):
        if folded := fold_word(match.group()):
            yield match.start(), match.end(), folded


def index_words(text: str, language: str) -> list[str]:
    """What a text is found by, in order: its words, each with its stem where that differs."""
    found: list[str] = []
    for _start, _end, word in words_in(text):
        found.append(word)
        if (stemmed := stem(word, language)) != word:
            found.append(stemmed)
    return found


def terms(words: str, languages: tuple[str, ...]) -> list[Term]:
    """A search as terms that all have to be found; stems in each of the texts' languages.

    Little words ("how do I") are left out, unless there is nothing else. The last word may be the
    beginning of one.
    """
    all_words = list(dict.fromkeys(word for _start, _end, word in words_in(words)))
    little = {word for language in languages for word in _little(language)}
    kept = [word for word in all_words if word not in little] or all_words
    kept = kept[:MOST_WORDS]
    return [_term(word, languages, is_last=word == all_words[-1]) for word in kept]


def _term(word: str, languages: tuple[str, ...], is_last: bool) -> Term:
    exact = dict.fromkeys([word, *(stem(word, language) for language in languages)])
    prefix = word if is_last and len(word) >= SHORTEST_PREFIX else None
    return Term(tuple(exact), prefix)


@lru_cache(maxsize=20_000)
def fold_word(word: str) -> str:
    """A word without case and marks; nothing where only marks were left."""
    bare = "".join(sign for sign in strip_marks(word) if sign.isalnum())
    return bare[:LONGEST_WORD]


@lru_cache(maxsize=20_000)
def stem(word: str, language: str) -> str:
    """The stem of a folded word; the word itself where the language has no stemmer."""
    algorithm = _ALGORITHMS.get(language.partition("-")[0])
    if algorithm is None:
        return word
    with _lock:  # A stemmer holds the word that it works on.
        stemmed: str = _stemmer(algorithm).stemWord(word)
    return stemmed or word


@lru_cache(maxsize=8)
def _stemmer(algorithm: str) -> "snowballstemmer.stemmer":
    return snowballstemmer.stemmer(algorithm)


@lru_cache(maxsize=8)
def _little(language: str) -> frozenset[str]:
    return frozenset(_LITTLE.get(language.partition("-")[0], "").split())
