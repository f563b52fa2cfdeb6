"""Front matter against a schema: what its keys take, and each mistake with its line.

Shared by goals, guides and paths.
"""

import difflib
import hashlib
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Generic, TypeVar, cast

from pydantic import BaseModel, BeforeValidator, ConfigDict, StringConstraints, ValidationError
from pydantic_core import ErrorDetails

from portal.errors import Invalid
from portal.guides.files import (
    DEFAULT_LANGUAGE,
    Document,
    Place,
    Problem,
    documents,
    line_of,
    slugs,
)
from portal.guides.rendering import Renderer
from portal.guides.snippets import BadSnippet
from portal.i18n import gettext as _
from portal.markdown import Rendered


@dataclass(frozen=True, slots=True)
class Rule:
    """What a key takes, in words that follow "Write", and an example of it in YAML."""

    words: Any
    example: str


def _one_line(value: Any) -> Any:
    return " ".join(value.split()) if isinstance(value, str) else value


def _written_day(value: Any) -> Any:
    # Pydantic would take a bare number for seconds since 1970.
    if isinstance(value, str) and not re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        raise ValueError
    return value


_OneLine = BeforeValidator(_one_line)
Name = Annotated[str, _OneLine, StringConstraints(min_length=1, max_length=120)]
Title = Annotated[str, _OneLine, StringConstraints(min_length=1, max_length=180)]
Words = Annotated[str, _OneLine, StringConstraints(min_length=1, max_length=500)]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=80)]
Day = Annotated[date, BeforeValidator(_written_day)]


class FrontMatter(BaseModel):
    """The keys above a text. An unknown key is a mistake that would go unseen."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    @classmethod
    def keys_at(cls, place: Place) -> tuple[str, ...]:
        """The keys that may stand at a place."""
        return tuple(cls.model_fields)


class Written(BaseModel):
    """What a file holds beside its front matter."""

    model_config = ConfigDict(frozen=True)

    slug: str
    file: str
    """As people call it: `content/guides/close.md`."""
    path: Path
    source: str
    """The whole text, normalized."""
    sha256: str
    """Of `source`."""
    lines: Mapping[Place, int]
    """Where the values of the front matter stand."""
    body: str
    body_line: int
    rendered: Rendered
    uses: Mapping[str, str]
    """Snippets and media that the text shows, each with its hash."""
    render_key: str
    """Of all that `rendered` was made of."""
    problems: tuple[Problem, ...] = ()
    """What lint says about this file; empty as it was read."""

    def line(self, *place: str | int) -> int:
        """The line of a value of the front matter, or of the nearest thing around it."""
        return line_of(self.lines, place)


S = TypeVar("S", bound=Written)


@dataclass(frozen=True, slots=True)
class Reading(Generic[S]):
    """A folder as it was read: what is sound, and what is to be mended."""

    sources: tuple[S, ...]
    problems: tuple[Problem, ...]
    slugs: frozenset[str]
    """Of all files, broken ones too: what points at them is not wrong."""
    renderer: Renderer


def read(
    content_dir: Path,
    kind: str,
    front: type[FrontMatter],
    source: type[S],
    renderer: Renderer | None = None,
    where: Callable[[Document], bool] = lambda _document: True,
) -> Reading[S]:
    """Read `content_dir/kind`, of its files those `where` this holds.

    `source` joins the keys of `front` with `Written`. What can't be taken apart is a problem
    wherever it belongs.
    """
    renderer = renderer or Renderer(content_dir)
    sources: list[S] = []
    problems: list[Problem] = []
    for document in documents(content_dir, kind):
        if isinstance(document, Problem):
            problems.append(document)
            continue
        if not where(document):
            continue
        found = list(check(document, front))
        problems += found
        if not found:
            try:
                sources.append(_source(document, front, source, renderer))
            except Invalid as error:
                problems.append(Problem(document.file, document.body_line, error.message, ""))
            except BadSnippet as bad:
                line = document.body_line + bad.line
                problems.append(Problem(document.file, line, bad.what, bad.mend))
    return Reading(tuple(sources), tuple(problems), slugs(content_dir, kind), renderer)


def _source(
    document: Document,
    front: type[FrontMatter],
    source: type[S],
    renderer: Renderer,
) -> S:
    values = front.model_validate(_values(document, front))
    language = getattr(values, "language", document.language or DEFAULT_LANGUAGE)
    made = renderer.render(document.body, language)
    read = source.model_construct(
        **dict(values),
        slug=document.slug,
        file=document.file,
        path=document.path,
        source=document.source,
        sha256=hashlib.sha256(document.source.encode()).hexdigest(),
        lines=document.lines,
        body=document.body,
        body_line=document.body_line,
        rendered=made.rendered,
        uses=made.uses,
        render_key=made.key,
    )
    return cast("S", read)


def _values(document: Document, front: type[FrontMatter]) -> dict[str, Any]:
    values = dict(document.front)
    if "language" in front.model_fields:
        values.setdefault("language", document.language or DEFAULT_LANGUAGE)
    return values


def check(document: Document, front: type[FrontMatter]) -> Iterator[Problem]:
    """What is wrong with the values of a document."""
    if document.language and document.front.get("language", document.language) != (
        document.language
    ):
        what = _("The file's name says another language.")
        mend = _("Take “language” out: the name is enough.")
        yield Problem(document.file, line_of(document.lines, ("language",)), what, mend)
    try:
        front.model_validate(_values(document, front))
    except ValidationError as error:
        seen = set()
        for details in error.errors(include_url=False):
            problem = _problem(document, front, details)
            if (problem.line, problem.what) not in seen:
                seen.add((problem.line, problem.what))
                yield problem


def _problem(document: Document, front: type[FrontMatter], error: ErrorDetails) -> Problem:
    place = error["loc"]
    key = str(place[0]) if place else ""
    line = line_of(document.lines, place)
    if error["type"] == "extra_forbidden":
        return Problem(document.file, line, *_unknown(str(place[-1]), front.keys_at(place)))
    reason = str(error["ctx"]["error"]) if error["type"] == "value_error" else ""
    if error["type"] == "missing":
        what = _("“%(key)s” is missing.", key=".".join(str(part) for part in place))
    elif reason:
        what = _("“%(key)s” is not right: %(reason)s.", key=key, reason=reason)
    elif isinstance(error["input"], str):
        what = _("“%(key)s” can't be “%(value)s”.", key=key, value=error["input"][:60])
    else:
        what = _("“%(key)s” can't be this.", key=key)
    return Problem(document.file, line, what, _rule(front, key))


def _unknown(key: str, known: tuple[str, ...]) -> tuple[str, str]:
    what = _("“%(key)s” is not known here.", key=key[:60])
    near = difflib.get_close_matches(key[:60], known, n=1)
    if near:
        return what, _("Did you mean “%(key)s”?", key=near[0])
    return what, _("Take it out, or use one of: %(keys)s.", keys=", ".join(known))


def _rule(front: type[FrontMatter], key: str) -> str:
    found = front.model_fields.get(key)
    for rule in found.metadata if found else ():
        if isinstance(rule, Rule):
            return _(
                "Write %(words)s, for example: %(key)s: %(example)s",
                words=rule.words,
                key=key,
                example=rule.example,
            )
    return ""
