"""A folder of foreign files, taken as drafts. What is there already is left alone."""

import os
import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit

import yaml
from bs4 import Tag

from portal.errors import Invalid
from portal.guides import reasons
from portal.guides.files import MAX_SLUG
from portal.guides.importing.dialect import to_markdown
from portal.guides.importing.foreign import HTML, MARKDOWN, Refused, read_foreign
from portal.guides.media import FOLDER as MEDIA
from portal.guides.pictures import PICTURES, BadPicture, look_at
from portal.guides.rendering import Renderer
from portal.guides.snippets import BadSnippet
from portal.i18n import gettext as _

TO_FILL = ("purpose", "kind", "goal", "minutes", "maintainer", "checked", "review", "evidence")
"""What nobody but the author can say; lint asks for each."""


@dataclass(slots=True)
class Taken:
    """What became of one file."""

    file: str
    """Below the folder."""
    draft: str = ""
    """The draft's file; empty if it was not taken."""
    refused: str = ""
    """Why it was not taken."""
    to_mend: list[str] = field(default_factory=list)
    """What got lost or leads nowhere, in words."""


@dataclass(slots=True)
class ImportReport:
    """What became of a folder."""

    files: list[Taken] = field(default_factory=list)

    @property
    def taken(self) -> int:
        """How many files are drafts now."""
        return sum(bool(found.draft) for found in self.files)


@dataclass(frozen=True, slots=True)
class _Source:
    path: Path
    file: str
    slug: str


def import_folder(
    folder: Path, content_dir: Path, said: Callable[[Taken], None] | None = None
) -> ImportReport:
    """Write a draft into `content_dir/drafts` for each Markdown and HTML file below `folder`.

    `said` hears of each file as it is done. Raises `Invalid` where there is no such folder.
    """
    if not folder.is_dir():
        raise Invalid("folder", _("There is no folder “%(name)s”.", name=str(folder)))
    report = ImportReport()
    sources = list(_sources(folder))
    slugs = {source.path: source.slug for source in sources}
    for source in sources:
        taken = _take(source, folder.resolve(), content_dir, slugs)
        report.files.append(taken)
        if said:
            said(taken)
    return report


def _sources(folder: Path) -> Iterator[_Source]:
    """The files in a steady order, each with a name of its own; no link leads out of the folder."""
    names: set[str] = set()
    root = folder.resolve()
    for place, folders, files in os.walk(root):
        folders[:] = sorted(name for name in folders if not name.startswith((".", "__")))
        for name in sorted(files):
            path = Path(place) / name
            if path.suffix.lower() not in MARKDOWN | HTML or name.startswith("."):
                continue
            if not path.is_file() or not path.resolve().is_relative_to(root):
                continue
            below = path.relative_to(root)
            slug = _slug(below, names)
            names.add(slug)
            yield _Source(path, below.as_posix(), slug)


def _slug(below: Path, taken: set[str]) -> str:
    """A name from the file's; with its folders before it where that is taken."""
    parts = [_word(part) for part in below.with_suffix("").parts]
    if parts[-1] in ("index", "readme") and len(parts) > 1:
        parts.pop()
    words = [part for part in parts if part]
    for number in range(1, len(words) + 1):
        slug = "-".join(words[-number:])[:MAX_SLUG].strip("-")
        if slug and slug not in taken:
            return slug
    base = "-".join(words)[: MAX_SLUG - 6].strip("-") or "page"
    free, number = base, 1
    while free in taken:
        number += 1
        free = f"{base}-{number}"
    return free


def _word(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name.casefold().replace("ß", "ss"))
    letters = "".join(c for c in plain if not unicodedata.combining(c))
    return re.sub(r"[^a-z0-9]+", "-", letters).strip("-")


def _take(source: _Source, root: Path, content_dir: Path, slugs: dict[Path, str]) -> Taken:
    taken = Taken(source.file)
    target = content_dir / "drafts" / f"{source.slug}.md"
    others = (content_dir / kind / target.name for kind in ("guides", "drafts"))
    if existing := next((path for path in others if path.exists()), None):
        taken.refused = _("%(name)s is there already and was left alone", name=_label(existing))
        return taken
    try:
        text = _draft(source, root, content_dir, slugs, taken)
    except Refused as refused:
        taken.refused = str(refused)
        return taken
    except RecursionError:
        taken.refused = _("its parts stand too deep inside each other")
        return taken
    try:
        _write(target, text)
    except OSError as error:
        taken.refused = _("its draft can't be written: %(reason)s", reason=reasons.of_system(error))
        return taken
    taken.draft = _label(target)
    return taken


def _write(target: Path, text: str) -> None:
    """Write a new file; one that appeared meanwhile stays as it is."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("x", encoding="utf-8") as stream:
        stream.write(text)


def _label(path: Path) -> str:
    return "/".join(path.parts[-3:])


def _draft(
    source: _Source, root: Path, content_dir: Path, slugs: dict[Path, str], taken: Taken
) -> str:
    foreign = read_foreign(source.path)
    for name in foreign.dropped:
        taken.to_mend.append(_("<%(tag)s> is left out", tag=name))
    _point_links(foreign.body, source, slugs, taken)
    _bring_pictures(foreign.body, source, root, content_dir, taken)
    body = to_markdown(foreign.body)
    try:
        Renderer(content_dir).render(body, "en")
    except (Invalid, BadSnippet) as error:
        words = error.message if isinstance(error, Invalid) else error.what
        raise Refused(words) from None
    title = foreign.title or source.slug.replace("-", " ").capitalize()
    front = yaml.safe_dump({"title": title}, allow_unicode=True, width=1000)
    fill = "".join(f"{key}:\n" for key in TO_FILL)
    return f"---\n{front}draft: true\n{fill}checklist: []\n---\n\n{body}"


def _point_links(body: Tag, source: _Source, slugs: dict[Path, str], taken: Taken) -> None:
    """Links between the files lead to their drafts."""
    for link in body.find_all("a", href=True):
        href = str(link["href"]).strip()
        parts = _split(href)
        if parts and parts.scheme.lower() in ("javascript", "data", "file"):
            del link["href"]
            taken.to_mend.append(_("the link to “%(address)s” leads nowhere", address=href[:80]))
            continue
        if parts is None or parts.scheme or parts.netloc or not parts.path:
            continue
        path = (source.path.parent / unquote(parts.path)).resolve()
        slug = slugs.get(path) or slugs.get(path / "index.md") or slugs.get(path.with_suffix(".md"))
        if slug:
            anchor = f"#{parts.fragment}" if parts.fragment else ""
            link["href"] = f"{slug}.md{anchor}"
        else:
            taken.to_mend.append(_("the link to “%(address)s” leads nowhere", address=href[:80]))


def _split(address: str) -> SplitResult | None:
    try:
        return urlsplit(address)
    except ValueError:
        return None


def _bring_pictures(
    body: Tag, source: _Source, root: Path, content_dir: Path, taken: Taken
) -> None:
    """Copy pictures that are in the folder; say which are not."""
    for picture in body.find_all("img"):
        name = str(picture.get("src") or "").strip()
        path = _picture_file(name, source, root)
        if path is None:
            taken.to_mend.append(_("the picture “%(name)s” is not in the folder", name=name[:80]))
            continue
        below = "/".join(filter(None, map(_word, path.relative_to(root).with_suffix("").parts)))
        target = content_dir / MEDIA / "imported" / f"{below}{path.suffix.lower()}"
        try:
            look_at(path)
            if not target.exists():
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(path.read_bytes())
        except BadPicture as bad:
            taken.to_mend.append(
                _("the picture “%(name)s” is left out: %(reason)s", name=name[:80], reason=bad.what)
            )
            continue
        picture["src"] = f"../{MEDIA}/imported/{below}{target.suffix}"
        if not picture.get("alt"):
            taken.to_mend.append(_("the picture “%(name)s” has no words", name=name[:80]))


def _picture_file(name: str, source: _Source, root: Path) -> Path | None:
    parts = _split(name)
    if parts is None or parts.scheme or parts.netloc or not parts.path:
        return None
    path = (source.path.parent / unquote(parts.path)).resolve()
    is_there = path.suffix.lower() in PICTURES and path.is_relative_to(root) and path.is_file()
    return path if is_there else None
