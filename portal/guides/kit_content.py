"""What authors write about kits: the keys of the front matter, the fields in the text, reading it.

`content/kits/NAME.md` says what the kit is and which documents it has; they stand in
`content/kits/NAME/`. Other languages are files beside them: `NAME.de.md`, `NAME/why.de.md`.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field

from portal.guides.content import MAINTAINER, MINUTES, TITLE, each_once
from portal.guides.files import DEFAULT_LANGUAGE, Problem, nearest
from portal.guides.front_matter import FrontMatter, Name, Reading, Rule, Slug, Title, Words, Written
from portal.guides.front_matter import read as read_files
from portal.guides.kit_models import Audience, FilledBy
from portal.guides.rendering import Renderer
from portal.i18n import gettext as _
from portal.i18n import lazy_gettext as _later

KINDS = ("text", "long", "date", "number")
MOST_FIELDS = 60
OPEN, CLOSE = "\ue000", "\ue001"
"""Around a field's key in stored HTML; no text keeps these signs of its own."""

_FIELD = re.compile(r"\{\{\s*field:([^{}\n]*)\}\}")
_MARK = re.compile(f"{OPEN}([a-z0-9-]+){CLOSE}")
_TAG = re.compile(r"<[^<>]*>")


@dataclass(frozen=True, slots=True)
class KitField:
    """A place in a document to be filled in."""

    key: str
    label: str
    kind: str


class KitFile(FrontMatter):
    """The front matter of `content/kits/NAME.md`."""

    language: str = DEFAULT_LANGUAGE
    title: Annotated[Title, TITLE]
    purpose: Annotated[
        Words, Rule(_later("what one can do with it"), "After this you can start with champions.")
    ]
    audience: Annotated[Audience, Rule(_later("whom it is for: usm or champions"), "usm")]
    maintainer: Annotated[Name, MAINTAINER]
    documents: Annotated[
        tuple[Slug, ...],
        Field(min_length=1, max_length=40),
        Rule(_later("a list of its documents in their order"), "[why, role-card]"),
    ]


class KitDocumentFile(FrontMatter):
    """The front matter of `content/kits/NAME/DOCUMENT.md`."""

    language: str = DEFAULT_LANGUAGE
    title: Annotated[Title, TITLE]
    purpose: Annotated[
        Words, Rule(_later("what one can do with it"), "After this you can ask without a meeting.")
    ]
    minutes: Annotated[int, Field(ge=1, le=60), MINUTES]
    filled_by: Annotated[
        FilledBy,
        Rule(_later("whose it is once filled in: member or organization"), "organization"),
    ] = FilledBy.ORGANIZATION


class KitSource(KitFile, Written):
    """A kit's file in one language, read."""


class KitDocumentSource(KitDocumentFile, Written):
    """A document's file in one language, read."""


@dataclass(frozen=True, slots=True)
class KitDocumentLanguages:
    """A document in all its languages, the default one first."""

    sources: tuple[KitDocumentSource, ...]
    fields: tuple[tuple[KitField, ...], ...]
    html: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class KitLanguages:
    """A kit in all its languages, the default one first, with its documents in order."""

    sources: tuple[KitSource, ...]
    documents: tuple[KitDocumentLanguages, ...]


def read_kits(
    content_dir: Path, renderer: Renderer | None = None
) -> tuple[list[KitLanguages], list[Problem]]:
    """Read `content_dir/kits`: what is sound, and what is to be mended."""
    renderer = renderer or Renderer(content_dir)
    found = read_files(content_dir, "kits", KitFile, KitSource, renderer)
    problems = list(found.problems)
    kits = []
    for sources in _by_slug(found.sources):
        kit = sources[0]
        documents = read_files(
            content_dir, f"kits/{kit.slug}", KitDocumentFile, KitDocumentSource, renderer
        )
        wrong = [*documents.problems, *_wrong_list(kit, documents)]
        made, of_fields = _documents(kit, documents)
        problems += wrong + of_fields
        if not wrong and not of_fields:
            kits.append(KitLanguages(sources, made))
    return kits, problems


def _by_slug(sources: Sequence[Any]) -> list[tuple[Any, ...]]:
    """Files of the same name together, the default language first."""
    found: dict[str, list[Any]] = {}
    for source in sorted(sources, key=lambda s: (s.slug, s.language != DEFAULT_LANGUAGE, s.file)):
        found.setdefault(source.slug, []).append(source)
    return [tuple(group) for group in found.values()]


def _wrong_list(kit: KitSource, documents: Reading[KitDocumentSource]) -> Iterator[Problem]:
    try:
        each_once(kit.documents)
    except ValueError as error:
        yield Problem(kit.file, kit.line("documents"), str(error), _("Name each once."))
    for number, name in enumerate(kit.documents):
        if name not in documents.slugs:
            what = _("There is no document “%(name)s” in this kit.", name=name)
            yield Problem(
                kit.file, kit.line("documents", number), what, nearest(name, documents.slugs)
            )
    for document in documents.sources:
        if document.slug not in kit.documents:
            what = _("This document stands in no list of its kit.")
            mend = _("Name it under “documents” in %(file)s.", file=kit.file)
            yield Problem(document.file, 1, what, mend)


def _documents(
    kit: KitSource, documents: Reading[KitDocumentSource]
) -> tuple[tuple[KitDocumentLanguages, ...], list[Problem]]:
    problems: list[Problem] = []
    made = {}
    for sources in _by_slug(documents.sources):
        fields = tuple(_fields(source, problems) for source in sources)
        keys = {frozenset(field.key for field in found) for found in fields}
        if len(keys) > 1:
            what = _("The languages of this document have different fields.")
            problems.append(Problem(sources[0].file, 1, what, _("Use the same keys in each.")))
        html = tuple(_marked(s, documents.renderer) for s in sources)
        made[sources[0].slug] = KitDocumentLanguages(sources, fields, html)
    return tuple(made[name] for name in kit.documents if name in made), problems


def _fields(source: KitDocumentSource, problems: list[Problem]) -> tuple[KitField, ...]:
    found: dict[str, KitField] = {}
    for match in _FIELD.finditer(source.body):
        line = source.body_line + source.body.count("\n", 0, match.start())
        field = _field(match[1])
        if field is None or field.key in found or len(found) >= MOST_FIELDS:
            what = _("This field can't be used: “%(text)s”.", text=match[1].strip()[:80])
            mend = _(
                "Write {{ field: key | Label | text }}; the last is text, long, date or number, "
                "and each key stands once."
            )
            problems.append(Problem(source.file, line, what, mend))
        else:
            found[field.key] = field
    return tuple(found.values())


def _field(text: str) -> KitField | None:
    parts = [" ".join(part.split()) for part in text.split("|")]
    key, label, kind = (*parts, "text", "")[:3] if len(parts) == 2 else (*parts, "", "")[:3]
    fits = re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", key) and 0 < len(label) <= 200 and len(key) <= 40
    return KitField(key, label, kind) if fits and kind in KINDS and len(parts) <= 3 else None


def _marked(source: KitDocumentSource, renderer: Renderer) -> str:
    """The document's HTML with a mark where a field stands, and none inside of a tag."""
    body = source.body.replace(OPEN, "").replace(CLOSE, "")
    body = _FIELD.sub(lambda m: f"{OPEN}{m[1].split('|')[0].strip()}{CLOSE}", body)
    html = renderer.render(body, source.language).rendered.html
    return _TAG.sub(lambda m: m[0].replace(OPEN, "").replace(CLOSE, ""), html)


def pieces(html: str) -> list[tuple[str, str]]:
    """Stored HTML in pieces: (HTML, key of the field behind it); the last key is empty."""
    parts = _MARK.split(html)
    return [(parts[i], parts[i + 1] if i + 1 < len(parts) else "") for i in range(0, len(parts), 2)]
