"""How long an author waits: a thousand guides published from nothing, and again unchanged.

Beside it `mkdocs build` of the same files, which renders the same Markdown to pages. Both are
measured as commands, from pressing enter to the prompt; runs take turns, so that a busy moment
hits both.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.results import Result
from portal.config import ROOT

GUIDES = 1_000
RUNS = 5
MKDOCS = "mkdocs build"
TITLE = re.compile(r'^title: "?([^"\n]*)"?$', re.MULTILINE)


def run() -> Iterator[Result]:
    """Seconds of a first publication, of one that changes nothing, and of mkdocs."""
    first, again, mkdocs = [], [], []
    with tempfile.TemporaryDirectory() as folder:
        content = _write_guides(Path(folder))
        for _ in range(RUNS):
            instance = Path(folder, "instance")
            shutil.rmtree(instance, ignore_errors=True)
            instance.mkdir()
            _portal(content, instance, "migrate")
            first.append(_portal(content, instance, "content", "publish"))
            again.append(_portal(content, instance, "content", "publish"))
            mkdocs.append(_mkdocs(Path(folder)))
    yield Result(MKDOCS, "s", mkdocs)
    ratios = [ours / theirs for ours, theirs in zip(first, mkdocs, strict=True)]
    yield Result(f"publish {GUIDES} guides", "s", first, MKDOCS, ratios)
    yield Result("publish again, unchanged", "s", again)


def _write_guides(folder: Path) -> Path:
    """The shipped content, its guides copied with words of their own until there are enough."""
    content = folder / "content"
    shutil.copytree(ROOT / "content", content)
    files = sorted((content / "guides").glob("*.md"))
    # A translation alone is no guide: those are counted, and not copied.
    shipped = [file for file in files if file.name.count(".") == 1]
    for number in range(GUIDES - len(files)):
        original = shipped[number % len(shipped)]
        text = TITLE.sub(rf'title: "{number} \1"', original.read_text(encoding="utf-8"), count=1)
        copy = original.with_name(f"{original.name.partition('.')[0]}-{number}.md")
        copy.write_text(f"{text}\nThis is number {number}.\n", encoding="utf-8")
    return content


def _portal(content: Path, instance: Path, *command: str) -> float:
    kept = {name: v for name, v in os.environ.items() if not name.startswith("WAYMARK_")}
    settings = {"WAYMARK_CONTENT_DIR": str(content), "WAYMARK_INSTANCE_DIR": str(instance)}
    return _timed([sys.executable, "-m", "portal.start", *command], ROOT, kept | settings)


def _mkdocs(folder: Path) -> float:
    config = folder / "mkdocs.yml"
    config.write_text("site_name: Guides\ndocs_dir: content/guides\nsite_dir: site\n")
    shutil.rmtree(folder / "site", ignore_errors=True)
    return _timed([sys.executable, "-m", "mkdocs", "build", "--quiet"], folder, dict(os.environ))


def _timed(command: list[str], folder: Path, environment: dict[str, str]) -> float:
    begun = time.monotonic()
    subprocess.run(
        command,
        cwd=folder,
        env=environment,
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    return time.monotonic() - begun
