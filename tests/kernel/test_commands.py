"""A command says in a sentence why it could not do its work."""

import json
import os
import subprocess
import sys
from pathlib import Path
from queue import Queue
from signal import SIG_DFL, SIGINT, signal
from subprocess import PIPE, STDOUT
from threading import Thread
from time import monotonic

import pytest

from portal.config import ROOT
from tests.content_folder import ContentFolder

SOON = 3
"""Seconds; a save takes one of them on a machine that does nothing else."""


def surroundings(folder: Path, more: dict[str, str]) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith("WAYMARK_")}
    return kept | {"WAYMARK_INSTANCE_DIR": str(folder), **more}


def run(folder: Path, *command: str, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "portal.start", *command],
        cwd=ROOT,
        env=surroundings(folder, more),
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("is_empty", [False, True], ids=["no database", "no tables"])
def test_it_names_the_command_that_prepares_the_database(tmp_path, is_empty):
    if is_empty:
        (tmp_path / "waymark.db").touch()
    done = run(tmp_path if is_empty else tmp_path / "nowhere", "sample", "people")
    assert done.returncode == 1
    assert done.stderr.startswith("portal: the database cannot be used (")
    assert "`portal migrate`" in done.stderr
    assert "Traceback" not in done.stderr


def test_it_lints_for_people_and_for_editors(tmp_path):
    folder = ContentFolder(tmp_path / "content")
    folder.guide("wrong", goal="gone")
    environment = {"WAYMARK_CONTENT_DIR": str(folder.root)}
    done = run(tmp_path, "content", "lint", **environment)
    assert done.returncode == 1
    assert "content/guides/wrong.md:5: error: There is no goal “gone”." in done.stderr
    done = run(tmp_path, "content", "lint", "--json", **environment)
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert {"file": "content/guides/wrong.md", "line": 5, "severity": "error"}.items() <= next(
        problem.items() for problem in found if problem["severity"] == "error"
    )


def test_it_fails_for_warnings_where_they_are_to_count(tmp_path):
    folder = ContentFolder(tmp_path / "content")
    environment = {"WAYMARK_CONTENT_DIR": str(folder.root)}
    done = run(tmp_path, "content", "lint", **environment)
    assert (done.returncode, "warning: The text has" in done.stderr) == (0, True)
    assert run(tmp_path, "content", "lint", "--strict", **environment).returncode == 1
    (folder.root / "writing.yml").write_text("leave_out: [words, repeats]\n")
    done = run(tmp_path, "content", "lint", "--strict", **environment)
    assert (done.returncode, done.stderr, done.stdout) == (0, "", "Nothing to mend.\n")


def test_it_publishes_within_a_second_of_a_save_and_survives_mistakes(tmp_path):
    folder = ContentFolder(tmp_path / "content")
    environment = {"WAYMARK_CONTENT_DIR": str(folder.root)}
    assert run(tmp_path, "migrate", **environment).returncode == 0
    command = [sys.executable, "-u", "-m", "portal.start", "content", "watch"]
    said: Queue[tuple[float, str]] = Queue()
    with subprocess.Popen(
        command, cwd=ROOT, env=surroundings(tmp_path, environment), stdout=PIPE, stderr=STDOUT,
        text=True,
        # Tests that run in the background of a shell hand down that they ignore it.
        preexec_fn=lambda: signal(SIGINT, SIG_DFL),
    ) as watching:  # fmt: skip
        listener = Thread(
            target=lambda: [said.put((monotonic(), line)) for line in watching.stdout]
        )
        listener.start()
        try:
            hear(said, "Watching")
            begun = monotonic()
            folder.guide("wrong", goal="gone")
            assert hear(said, "There is no goal “gone”") - begun < SOON
            hear(said, "Nothing was published")
            folder.guide("wrong")
            hear(said, "Published: 1 new guide")
            (folder.root / "guides/wrong.md").write_bytes(b"\xff\xfe\0")
            hear(said, "not UTF-8")
            folder.remove("guides/wrong.md")
            hear(said, "1 guide withdrawn")
        finally:
            watching.send_signal(SIGINT)
            listener.join(20)
        assert watching.wait(10) == 0


def hear(said, words):
    """Wait until the command says something; the moment at which it did."""
    end = monotonic() + 30
    while (left := end - monotonic()) > 0:
        moment, line = said.get(timeout=left)
        if words in line:
            return moment
    raise AssertionError(words)


def test_it_imports_a_folder_and_says_what_is_missing(tmp_path):
    (tmp_path / "foreign").mkdir()
    (tmp_path / "foreign/Close.md").write_text("# Close\n\n[x](gone.md)\n")
    environment = {"WAYMARK_CONTENT_DIR": str(tmp_path / "content")}
    done = run(tmp_path, "content", "import", str(tmp_path / "foreign"), **environment)
    assert done.returncode == 0, done.stderr
    assert "Close.md → content/drafts/close.md" in done.stdout
    assert "the link to “gone.md” leads nowhere" in done.stdout
    assert "1 of 1 files are drafts now." in done.stdout
    again = run(tmp_path, "content", "import", str(tmp_path / "foreign"), **environment)
    assert again.returncode == 1
    assert "was left alone" in again.stdout
