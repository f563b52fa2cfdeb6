"""Documents of others: hundreds of openly licensed Markdown files are imported, and read the same.

They come with packages that `script/test` unpacks into the environment, and with Playwright; none
is kept here. The referee is another renderer than those that import and show them.
"""

import html
import re
import sys
from collections import Counter
from pathlib import Path

import marko
import playwright
import pytest
import yaml
from bs4 import BeautifulSoup
from marko.ext.gfm import gfm

from portal.guides.importing.folder import Taken, import_folder
from portal.guides.rendering import Renderer

DOCUMENTS = Path(sys.prefix) / "documents"
FOLDERS = (DOCUMENTS, Path(playwright.__file__).parent)
FILES_AT_LEAST, PROJECTS_AT_LEAST = 300, 5
MOST_DIFFERENT = 0.01

NEVER_SEEN = "script style template noscript iframe object embed svg math canvas head nav".split()
BLOCKS = "p div li tr td th h1 h2 h3 h4 h5 h6 pre blockquote dt dd summary br hr table".split()


def words(page: str) -> Counter[str]:
    """The words that one sees, and those that stand for pictures; each with how often."""
    soup = BeautifulSoup(page, "html.parser")
    for element in soup.find_all(NEVER_SEEN):
        element.decompose()
    for picture in soup.find_all("img"):
        picture.replace_with(f" {picture.get('alt') or ''} ")
    for block in soup.find_all(BLOCKS):
        block.insert_before("\n")
        block.append("\n")
    return Counter(re.findall(r"\w+", soup.get_text().casefold()))


def before(file: Path) -> Counter[str]:
    """What the referee shows of the file as it is; what is above the text is no text."""
    text = file.read_bytes().decode("utf-8-sig")
    assert isinstance(gfm, marko.Markdown)
    return words(gfm.convert(re.sub(r"\A---\n.*?\n---\n", "", text, flags=re.S)))


def after(draft: Path, renderer: Renderer, original: Counter[str]) -> Counter[str]:
    """What the portal shows of the draft; with its title, unless a file's name had to do."""
    _start, front, body = draft.read_text().split("---\n", 2)
    shown = words(renderer.render(body.lstrip("\n"), "en").rendered.html)
    titled = shown + words(html.escape(yaml.safe_load(front)["title"]))
    return min(titled, shown, key=lambda found: apart(original, found))


def apart(one: Counter[str], other: Counter[str]) -> int:
    """Words that only one of both has."""
    return (one - other).total() + (other - one).total()


def project(file: str) -> str:
    """Whose a file is: the innermost package that it lies in."""
    inner = re.findall(r"node_modules/((?:@[^/]+/)?[^/]+)", file)
    return inner[-1] if inner else file.partition("/")[0]


@pytest.fixture(scope="module")
def taken(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[Taken, Path, Path]]:
    """What became of each Markdown file, with the folder it came from and the one it went to."""
    assert DOCUMENTS.is_dir(), "script/test unpacks the documents"
    found = []
    for folder in FOLDERS:
        content = tmp_path_factory.mktemp("content")
        report = import_folder(folder, content)
        found += [(file, folder, content) for file in report.files if file.file.endswith(".md")]
    return found


def test_takes_hundreds_of_files_of_many_projects(taken: list[tuple[Taken, Path, Path]]) -> None:
    drafts = [file for file, _folder, _content in taken if file.draft]
    assert len(drafts) >= FILES_AT_LEAST
    assert len({project(file.file) for file in drafts}) >= PROJECTS_AT_LEAST
    assert [file.refused for file, _folder, _content in taken if not file.draft] == []


def test_lets_readers_see_the_same_words(taken: list[tuple[Taken, Path, Path]]) -> None:
    different, lost, seen = [], 0, 0
    renderers: dict[Path, Renderer] = {}
    for file, folder, content in taken:
        renderer = renderers.setdefault(content, Renderer(content))
        original = before(folder / file.file)
        shown = after(content / "drafts" / Path(file.draft).name, renderer, original)
        lost, seen = lost + apart(original, shown), seen + original.total()
        if apart(original, shown) > MOST_DIFFERENT * original.total():
            different.append((file.file, original - shown, shown - original))
    assert different == []
    assert lost < MOST_DIFFERENT * seen
