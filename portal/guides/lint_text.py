"""What is wrong with the text of a guide: links, pictures, structure."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from portal.guides.content import GuideSource
from portal.guides.files import Problem, nearest, split_name
from portal.guides.media import MediaFolder
from portal.guides.prose import Prose, Target, Title, read_prose
from portal.guides.rendering import Renderer
from portal.guides.snippets import LINE
from portal.i18n import gettext as _
from portal.markdown import ID_PREFIX

_SCHEMES = frozenset({"http", "https", "mailto", "tel"})
_REMOVED = re.compile(r"<(script|style|iframe|object|embed|form|button|svg|video|audio)\b", re.I)
_BOX = re.compile(r"( *)(?:={3}[+!]*|!!!)(?= )")
_BOX_LINE = re.compile(r""" *(?:={3}[+!]* +"[^"]+"|!!! +[\w-]+(?: +"[^"]*")?) *""")


@dataclass(frozen=True, slots=True)
class Shelf:
    """What a text may point at."""

    anchors: Mapping[str, frozenset[str]]
    """By guide, the ids of its headings; drafts and broken files are not among them."""
    guides: frozenset[str]
    """All files of guides."""
    drafts: frozenset[str]
    paths: frozenset[str]
    renderer: Renderer


def check_text(guide: GuideSource, prose: Prose, shelf: Shelf) -> Iterator[Problem]:
    """Problems of a guide's text, in no order."""
    yield from _structure(guide, prose)
    for target in prose.targets():
        yield from _target(guide, target, shelf)
    for number, _name, piece in shelf.renderer.snippets.used(guide.body):
        for target in read_prose(piece, 1).targets():
            here = Target(guide.body_line + number, target.address, target.is_picture, target.words)
            yield from _target(guide, here, shelf)


def warning(guide: GuideSource, line: int, what: str, mend: str) -> Problem:
    """Something that does not forbid publishing."""
    return Problem(guide.file, line, what, mend, "warning")


def _structure(guide: GuideSource, prose: Prose) -> Iterator[Problem]:
    if prose.open_fence:
        what = _("A block of code begins here and does not end.")
        yield Problem(guide.file, prose.open_fence, what, _("End it with a line of its own: ```"))
    yield from _titles(guide, prose.titles())
    for number in prose.badly_indented():
        what = _("This line will not belong to the list item above.")
        yield warning(guide, number, what, _("Indent it by four spaces."))
    yield from _boxes(guide, prose)
    for line in prose.lines:
        if "--8<--" in line.without_code and not LINE.fullmatch(line.text):
            what = _("A piece can't be put in here.")
            yield Problem(
                guide.file, line.number, what, _('Write --8<-- "name.md" on its own line.')
            )
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
            yield warning(guide, title.line, what, mend)
        level = title.level


def _boxes(guide: GuideSource, prose: Prose) -> Iterator[Problem]:
    """Tabs and boxes whose first line is not complete, or that hold nothing."""
    lines = prose.lines
    for index, line in enumerate(lines):
        match = _BOX.match(line.text)
        if not match:
            continue
        if not _BOX_LINE.fullmatch(line.text):
            what = _("This begins a tab or a box and is not complete.")
            mend = _('Write === "Title" or !!! note "Title", with both quotes.')
            yield Problem(guide.file, line.number, what, mend)
        # Code is taken out of the lines, so that a box of code alone looks empty.
        inside = next((after for after in lines[index + 1 :] if after.text.strip()), None)
        start = guide.body.split("\n")[index + 1 : index + 4]
        indent = " " * (len(match[1]) + 4)
        held = inside is not None and inside.text.startswith(indent)
        if not held and not any(row.startswith(indent) and row.strip() for row in start):
            what = _("This tab or box holds nothing.")
            yield Problem(guide.file, line.number, what, _("Indent its text by four spaces."))


def _target(guide: GuideSource, target: Target, shelf: Shelf) -> Iterator[Problem]:
    if target.is_picture:
        yield from _picture(guide, target, shelf.renderer.media)
        return
    wrong = _wrong_link(guide, target.address, shelf)
    if wrong:
        what = _("The link to “%(address)s” leads nowhere.", address=target.address[:80])
        yield Problem(guide.file, target.line, what, wrong)
    elif target.words == "":
        what = _("This link has no words.")
        yield Problem(guide.file, target.line, what, _("Say where it leads: [words](address)"))


def _wrong_link(guide: GuideSource, address: str, shelf: Shelf) -> str:
    """How to mend a link, or nothing if it is right as far as can be known here."""
    scheme = urlsplit(address).scheme if ":" in address else ""
    if scheme:
        return "" if scheme in _SCHEMES else _("Use an address that begins with https://")
    file, _hash, anchor = address.removeprefix("./").partition("#")
    if not file:
        ids = {heading.id for heading in guide.rendered.headings}
        return "" if _prefixed(anchor) in ids else _("Name one of this guide's headings.")
    if file.startswith("/guides/"):
        return _wrong_guide(file.removeprefix("/guides/"), anchor, shelf)
    if file.startswith("/paths/"):
        name = file.removeprefix("/paths/")
        return "" if name in shelf.paths else nearest(name[:80], shelf.paths)
    if file.startswith("/"):
        return ""
    name = split_name(file)[0] if file.endswith(".md") else ""
    if name:
        return _wrong_guide(name, anchor, shelf)
    return _("Link a guide by its file (name.md), or a page by its full address (https://…).")


def _wrong_guide(name: str, anchor: str, shelf: Shelf) -> str:
    if name not in shelf.guides:
        return nearest(name[:80], shelf.guides)
    if name in shelf.drafts:
        return _("That guide is a draft: publish it too, or take the link out.")
    if anchor and name in shelf.anchors and _prefixed(anchor) not in shelf.anchors[name]:
        return _("Name one of that guide's headings, or leave “#…” out.")
    return ""


def _prefixed(anchor: str) -> str:
    return ID_PREFIX + anchor.removeprefix(ID_PREFIX)


def _picture(guide: GuideSource, target: Target, media: MediaFolder) -> Iterator[Problem]:
    name = target.address[:80]
    if not target.words:
        what = _("The picture “%(name)s” has no words for those who can't see it.", name=name)
        yield Problem(guide.file, target.line, what, _("Say what it shows: ![words](address)"))
    if bad := media.problem(target.address):
        what = _("“%(name)s” can't be shown: %(reason)s.", name=name, reason=bad.what)
        yield Problem(guide.file, target.line, what, bad.mend)
