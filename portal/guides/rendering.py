"""Texts of the content folder to HTML: with their snippets, media and links, in their language."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from portal import i18n
from portal.guides.files import split_name
from portal.guides.media import MediaFolder
from portal.guides.snippets import SnippetFolder
from portal.markdown import ID_PREFIX, VERSION, Rendered, render


@dataclass(frozen=True, slots=True)
class Made:
    """A text made ready."""

    rendered: Rendered
    uses: Mapping[str, str]
    """Snippets and media that it shows, each with its hash."""
    key: str
    """Of all that the HTML was made of."""


class Renderer:
    """Renders the texts of one content folder.

    `kept` holds what was rendered before, by key: that is not rendered again.
    """

    def __init__(self, content_dir: Path, kept: Mapping[str, Rendered] | None = None) -> None:
        self.content_dir = content_dir
        self.media = MediaFolder(content_dir)
        self.snippets = SnippetFolder(content_dir)
        self._kept = kept or {}

    def render(self, body: str, language: str) -> Made:
        """Raises `BadSnippet`, and `Invalid` as `portal.markdown.render`."""
        expanded = self.snippets.expand(body)
        uses = expanded.uses | self.media.uses(expanded.text)
        key = _key(expanded.text, language, uses)
        rendered = self._kept.get(key) or self._render(expanded.text, language)
        return Made(rendered, uses, key)

    def _render(self, text: str, language: str) -> Rendered:
        with i18n.using(language, "UTC"):
            return render(text, address, self.media.find)


def _key(text: str, language: str, uses: Mapping[str, str]) -> str:
    plain = json.dumps([VERSION, language, text, uses], sort_keys=True)
    return hashlib.sha256(plain.encode()).hexdigest()


def address(target: str) -> str:
    """Where a link of a text leads on the pages: `close.md#steps` → `/guides/close#…`.

    What is no file beside the guide stays as it is.
    """
    file, _hash, anchor = target.removeprefix("./").partition("#")
    slug = split_name(file)[0] if file.endswith(".md") else ""
    if not slug:
        return target
    return f"/guides/{slug}#{ID_PREFIX}{anchor}" if anchor else f"/guides/{slug}"
