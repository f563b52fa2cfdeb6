"""The scripts' environment: made once, made anew after an interruption, never half made."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
INSTALL = "import sys; sys.path.insert(0, 'script'); import _bootstrap; _bootstrap.install()"


def start_install(clone: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", INSTALL], cwd=clone, text=True, stderr=subprocess.PIPE
    )


def install(clone: Path) -> str:
    """Install, and return what was said about it."""
    _, said = (started := start_install(clone)).communicate(timeout=120)
    assert started.returncode == 0, said
    return said


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """The scripts in a folder of their own, with a lock file that locks nothing."""
    shutil.copytree(ROOT / "script", tmp_path / "script")
    (tmp_path / "requirements").mkdir()
    (tmp_path / "requirements/runtime.txt").touch()
    return tmp_path


def test_two_starts_at_once_make_it_once_and_later_ones_change_only_what_changed(
    clone: Path,
) -> None:
    first, second = start_install(clone), start_install(clone)
    said = [running.communicate(timeout=120)[1] for running in (first, second)]
    assert first.returncode == second.returncode == 0
    assert sum(text.count("Making a virtual environment") for text in said) == 1
    assert install(clone) == ""
    (clone / "requirements/runtime.txt").write_text("# something else is locked\n")
    said_later = install(clone)
    assert "Installing the dependencies" in said_later
    assert "Making a virtual environment" not in said_later


def test_an_interrupted_installation_is_begun_anew(clone: Path) -> None:
    # As it stands when the power goes while pip replaces a package.
    (clone / ".venv/bin").mkdir(parents=True)
    (clone / ".venv/bin/python").symlink_to(sys.executable)
    (clone / ".venv/changing").touch()
    (clone / ".venv/left-over").touch()
    assert "Making a virtual environment" in install(clone)
    assert not (clone / ".venv/left-over").exists()
