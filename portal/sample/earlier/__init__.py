"""Two guides as they were before they were rewritten, and a release that was not there yet."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from portal.guides.files import DEFAULT_LANGUAGE

HERE = Path(__file__).parent
VARIANCE = ("explain-a-variance.md",)
MATCH_RULE = ("write-a-match-rule.md", "write-a-match-rule.de.md")
VERSIONS = ((125, VARIANCE + MATCH_RULE), (45, MATCH_RULE))
"""Days ago, and which guides were as they were; all others as they are today."""
RELEASE = ("match-rules-by-payee.md", "match-rules-by-payee.de.md")
"""Came with the last of them: until then nobody could read it."""
LATEST = 9
"""Days ago that all were as they are: too few have read the last of them."""


def is_told_of(content_dir: Path) -> bool:
    """Whether a content folder has these guides."""
    return all((content_dir / "guides" / name).is_file() for name in VARIANCE + MATCH_RULE)


def list_sources() -> dict[tuple[str, str], str]:
    """Their texts, by guide and language."""
    found = {}
    for name in VARIANCE + MATCH_RULE:
        slug, _dot, language = name.removesuffix(".md").partition(".")
        found[slug, language or DEFAULT_LANGUAGE] = (HERE / name).read_text("utf-8")
    return found


@contextmanager
def folder_with(content_dir: Path, names: tuple[str, ...]) -> Iterator[Path]:
    """A copy of a content folder in which these guides are as they were, without the release."""
    with TemporaryDirectory() as temporary:
        copy = Path(temporary) / "content"
        shutil.copytree(content_dir, copy)
        for name in names:
            shutil.copy(HERE / name, copy / "guides" / name)
        for name in RELEASE:
            (copy / "guides" / name).unlink(missing_ok=True)
        yield copy
