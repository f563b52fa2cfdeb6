"""What every script does first: a virtual environment with exactly the locked dependencies.

Standard library only, since nothing is installed yet when this runs. A script may be stopped at
any moment, and two may start at once: the work is done under a lock, and a stamp that names the
lock file and the Python is written last, so that a half-made environment is never used.
"""

# An older Python must come as far as being told that it is too old.
from __future__ import annotations

import contextlib
import fcntl
import hashlib
import importlib.util
import os
import platform
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from _system import install_packages, say

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
_LOCK = ROOT / ".venv.lock"
_CHANGING = VENV / "changing"


def require_python() -> None:
    """Leave with a clear sentence when this Python is too old."""
    if sys.version_info < (3, 11):  # noqa: UP036 - this is the place that says so
        sys.exit(
            f"Waymark needs Python 3.11 or newer; {sys.executable} is {platform.python_version()}. "
            f"Run this script with a newer one, for example: python3.11 {sys.argv[0]}"
        )


def install(*, tests: bool = False) -> Path:
    """Make the environment match its lock file and return its Python.

    Takes some milliseconds when nothing changed. Leaves the program with pip's own message when
    something could not be installed.
    """
    require_python()
    os.chdir(ROOT)
    wanted = "test" if tests else "runtime"
    if _is_current(wanted):
        return PYTHON
    # Ctrl-C ends an installation at once and without a traceback.
    former = signal.signal(signal.SIGINT, signal.SIG_DFL)
    with _one_at_a_time() as held:
        if not _is_current(wanted):
            _install(wanted, held)
    signal.signal(signal.SIGINT, former)
    return PYTHON


@contextlib.contextmanager
def _one_at_a_time() -> Iterator[int]:
    """Hold the lock of this folder's environment; the system releases it whatever happens.

    The programs started meanwhile inherit its descriptor: when this script alone is killed, the
    next one waits until they have ended too.
    """
    with _LOCK.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Another script is installing the dependencies; waiting for it.")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield file.fileno()


def _lock_file(wanted: str) -> Path:
    return ROOT / "requirements" / f"{wanted}.txt"


def _stamp(wanted: str) -> Path:
    return VENV / f"installed-{wanted}"


def _expected(wanted: str) -> str:
    """What the stamp says when the environment is right: the lock file, the Python, the place.

    The place counts because an environment's programs carry its absolute path.
    """
    digest = hashlib.sha256(_lock_file(wanted).read_bytes()).hexdigest()
    return f"{digest} {platform.python_implementation()} {platform.python_version()} {VENV}\n"


def _is_current(wanted: str) -> bool:
    try:
        return _stamp(wanted).read_text() == _expected(wanted) and PYTHON.exists()
    except OSError:
        return False


def _install(wanted: str, held: int) -> None:
    started = time.monotonic()
    if _CHANGING.exists() or not _can_be_changed():
        _make_environment(held)
    _CHANGING.touch()
    for stamp in VENV.glob("installed-*"):
        stamp.unlink()
    say(f"Installing the dependencies of requirements/{wanted}.txt")
    # The lock file is complete, so pip has nothing to resolve.
    pip = [PYTHON, "-m", "pip", "--disable-pip-version-check", "install", "--require-hashes"]
    command = [*pip, "--no-deps", "-r", _lock_file(wanted)]
    if subprocess.run(command, pass_fds=[held], stdout=sys.stderr, check=False).returncode != 0:
        sys.exit("The dependencies could not be installed; pip says why above.")
    _add_portal()
    _CHANGING.unlink()
    _stamp(wanted).write_text(_expected(wanted))
    if wanted == "test":
        # What the tests need contains what the portal needs, in the same versions (script/lock).
        _stamp("runtime").write_text(_expected("runtime"))
    say(f"Installed in {time.monotonic() - started:.0f} s.")


def unpack_documents() -> None:
    """Unpack the packages whose documents the tests import, beside the environment's own.

    Leaves the program with pip's own message when that could not be done.
    """
    lock = ROOT / "requirements" / "documents.txt"
    wanted = hashlib.sha256(lock.read_bytes()).hexdigest()
    folder = VENV / "documents"
    stamp = folder / "unpacked"
    if stamp.exists() and stamp.read_text() == wanted:
        return
    say("Unpacking the documents of requirements/documents.txt")
    pip = [PYTHON, "-m", "pip", "--disable-pip-version-check", "install", "--require-hashes"]
    where = ["--no-deps", "--only-binary", ":all:", "--upgrade", "--target", folder, "-r", lock]
    if subprocess.run([*pip, *where], stdout=sys.stderr, check=False).returncode != 0:
        sys.exit("The documents could not be unpacked; pip says why above.")
    stamp.write_text(wanted)


def _add_portal() -> None:
    """Make this folder importable, and `portal` a command, as an editable installation does."""
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    (VENV / "lib" / version / "site-packages" / "waymark.pth").write_text(f"{ROOT}\n")
    command = VENV / "bin" / "portal"
    command.write_text(f"#!{PYTHON}\nfrom portal.start import main\n\nmain()\n")
    command.chmod(0o755)


def _can_be_changed() -> bool:
    """Whether the environment was once made completely, by this Python, in this place."""
    made = (_stamp(name) for name in ("runtime", "test"))
    place = f"{platform.python_implementation()} {platform.python_version()} {VENV}\n"
    return PYTHON.exists() and any(
        stamp.exists() and stamp.read_text().partition(" ")[2] == place for stamp in made
    )


def _make_environment(held: int) -> None:
    if importlib.util.find_spec("ensurepip") is None:
        # Debian and Ubuntu keep this part of the standard library in a package of its own.
        package = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
        if not install_packages([package]):
            sys.exit(f"Python's venv module is missing. Install it: apt-get install {package}")
    say(f"Making a virtual environment in {VENV}")
    # Symbolic links are not followed: what stands behind one is not ours to clear.
    if VENV.is_symlink():
        VENV.unlink()
    command = [sys.executable, "-m", "venv", "--clear", VENV]
    if subprocess.run(command, pass_fds=[held], stdout=sys.stderr, check=False).returncode != 0:
        sys.exit(f"No virtual environment could be made in {VENV}.")
