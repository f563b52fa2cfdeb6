"""What is wrong with guides, where, and how to mend it. Errors forbid publishing."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

from portal.guides.content import GoalSource, GuideSource
from portal.guides.files import Problem, nearest, split_name
from portal.guides.front_matter import Reading
from portal.guides.prose import Prose, Sentence, Target, Title, count_words, read_prose
from portal.i18n import gettext as _
from portal.markdown import ID_PREFIX

WORDS_AT_LEAST, WORDS_AT_MOST = 300, 900
SENTENCE_WORDS = 25
PICTURES = frozenset({".png", ".jpg", ".jpeg", ".gif", ".webp"})
_SCHEMES = frozenset({"http", "https", "mailto", "tel"})
_REMOVED = re.compile(r"<(script|style|iframe|object|embed|form|button|svg|video|audio)\b", re.I)


def lint(guides: Reading[GuideSource], goals: Reading[GoalSource], today: date) -> list[Problem]:
    """Problems of what was read, and those that reading found, by file and line."""
    problems = [*goals.problems, *guides.problems, *_doubled(guides.sources)]
    for guide in guides.sources:
        prose = read_prose(guide.body, guide.body_line)
        problems += _front_matter(guide, goals.slugs, today)
        problems += _structure(guide, prose)
        for target in prose.targets():
            problems += _target(guide, target, guides.slugs)
        problems += _length(guide, prose)
    return sorted(problems, key=lambda problem: (problem.file, problem.line))


def with_problems(guides: Iterable[GuideSource], problems: Iterable[Problem]) -> list[GuideSource]:
    """The guides, each with what was found in its file."""
    found: dict[str, list[Problem]] = {}
    for problem in problems:
        found.setdefault(problem.file, []).append(problem)
    return [
        guide.model_copy(update={"problems": tuple(found.get(guide.file, ()))}) for guide in guides
    ]


def _warning(guide: GuideSource, line: int, what: str, mend: str) -> Problem:
    return Problem(guide.file, line, what, mend, "warning")


def _doubled(guides: Iterable[GuideSource]) -> Iterator[Problem]:
    guides = tuple(guides)
    files = Counter((guide.slug, guide.language) for guide in guides)
    for guide in guides:
        if files[guide.slug, guide.language] > 1:
            what = _(
                "There are two files of the guide “%(name)s” in the language “%(language)s”.",
                name=guide.slug,
                language=guide.language,
            )
            yield Problem(guide.file, guide.line("language"), what, _("Keep one of them."))


def _front_matter(guide: GuideSource, goals: frozenset[str], today: date) -> Iterator[Problem]:
    if guide.goal not in goals:
        what = _("There is no goal “%(name)s”.", name=guide.goal)
        yield Problem(guide.file, guide.line("goal"), what, nearest(guide.goal, goals))
    if guide.review < today:
        what = _("The day for the next check has passed.")
        mend = _("Check the guide, then set “checked” and “review” anew.")
        yield _warning(guide, guide.line("review"), what, mend)
    if guide.purpose.count(" and ") > 1:
        what = _("The purpose holds more than one thing.")
        yield _warning(guide, guide.line("purpose"), what, _("Split the guide: one task each."))


def _structure(guide: GuideSource, prose: Prose) -> Iterator[Problem]:
    if prose.open_fence:
        what = _("A block of code begins here and does not end.")
        yield Problem(guide.file, prose.open_fence, what, _("End it with a line of its own: ```"))
    yield from _titles(guide, prose.titles())
    for number in prose.badly_indented():
        what = _("This line will not belong to the list item above.")
        yield _warning(guide, number, what, _("Indent it by four spaces."))
    for line in prose.lines:
        if match := _REMOVED.search(line.without_code):
            what = _("<%(tag)s> is taken out before readers see it.", tag=match[1].lower())
            yield Problem(guide.file, line.number, what, _("Say it in Markdown."))


def _titles(guide: GuideSource, titles: Iterable[Title]) -> Iterator[Problem]:
    level = 1
    for title in titles:
        if title.level == 1:
            what = _("This is a second title: the page's title is the one of the front matter.")
            yield Problem(guide.file, title.line, what, _("Begin headings with ##"))
        elif title.level > level + 1:
            what = _("This heading skips a level.")
            mend = _("Begin it with %(signs)s", signs="#" * (level + 1))
            yield _warning(guide, title.line, what, mend)
        level = title.level


def _target(guide: GuideSource, target: Target, guides: frozenset[str]) -> Iterator[Problem]:
    if target.is_picture:
        yield from _picture(guide, target)
        return
    wrong = _wrong_link(guide, target.address, guides)
    if wrong:
        what = _("The link to “%(address)s” leads nowhere.", address=target.address[:80])
        yield Problem(guide.file, target.line, what, wrong)
    elif target.words == "":
        what = _("This link has no words.")
        yield Problem(guide.file, target.line, what, _("Say where it leads: [words](address)"))


def _wrong_link(guide: GuideSource, address: str, guides: frozenset[str]) -> str:
    """How to mend a link, or nothing if it is right as far as can be known here."""
    scheme = urlsplit(address).scheme if ":" in address else ""
    if scheme:
        return "" if scheme in _SCHEMES else _("Use an address that begins with https://")
    file, _hash, anchor = address.removeprefix("./").partition("#")
    if not file:
        ids = {heading.id for heading in guide.rendered.headings}
        known = ID_PREFIX + anchor.removeprefix(ID_PREFIX) in ids
        return "" if known else _("Name one of this guide's headings.")
    if file.startswith("/guides/"):
        name = file.removeprefix("/guides/")
        return "" if name in guides else nearest(name[:80], guides)
    if file.startswith("/"):
        return ""
    name = split_name(file)[0] if file.endswith(".md") else ""
    if name:
        return "" if name in guides else nearest(name, guides)
    return _("Link a guide by its file (name.md), or a page by its full address (https://…).")


def _picture(guide: GuideSource, target: Target) -> Iterator[Problem]:
    if not target.words:
        what = _(
            "The picture “%(name)s” has no words for those who can't see it.", name=target.address
        )
        yield Problem(guide.file, target.line, what, _("Say what it shows: ![words](address)"))
    name = target.address.removeprefix("./")
    folder = guide.path.parent / "images"
    mend = _("Put it into images/ beside the guides and write ![words](images/name.png)")
    if not name.startswith("images/") or Path(name).suffix.lower() not in PICTURES:
        what = _("The picture “%(name)s” can't be shown.", name=name[:80])
        yield Problem(guide.file, target.line, what, mend)
    elif not _is_inside(folder, guide.path.parent / name):
        what = _("There is no picture “%(name)s”.", name=name[:80])
        yield Problem(guide.file, target.line, what, mend)


def _is_inside(folder: Path, file: Path) -> bool:
    return file.is_file() and file.resolve().is_relative_to(folder.resolve())


def _length(guide: GuideSource, prose: Prose) -> Iterator[Problem]:
    words = count_words(guide.rendered.text)
    if words < WORDS_AT_LEAST:
        what = _("The text has %(words)s words.", words=words)
        mend = _("Fewer than %(least)s seldom lead anybody there.", least=WORDS_AT_LEAST)
        yield _warning(guide, guide.body_line, what, mend)
    if words > WORDS_AT_MOST:
        what = _("The text has %(words)s words.", words=words)
        mend = _("Split it: more than %(most)s are seldom read.", most=WORDS_AT_MOST)
        yield _warning(guide, guide.body_line, what, mend)
    for sentence in prose.sentences():
        if sentence.words > SENTENCE_WORDS:
            yield _long(guide, sentence)


def _long(guide: GuideSource, sentence: Sentence) -> Problem:
    what = _(
        "The sentence “%(start)s …” has %(words)s words.",
        start=" ".join(sentence.text.split()[:4]),
        words=sentence.words,
    )
    mend = _("Split it: up to %(most)s read well.", most=SENTENCE_WORDS)
    return _warning(guide, sentence.line, what, mend)
