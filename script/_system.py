"""What the scripts need of the system itself: programs and libraries that pip does not bring."""

# An older Python must come as far as being told that it is too old.
from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

# What WeasyPrint draws PDFs with. The packages' names are Debian's and Ubuntu's.
PDF_PACKAGES = ("libpango-1.0-0", "libpangoft2-1.0-0")
_PDF_LIBRARIES = (
    ("libpango-1.0.so.0", "libpango-1.0.dylib"),
    ("libpangoft2-1.0.so.0", "libpangoft2-1.0.dylib"),
)


def say(text: str) -> None:
    """Tell the person what happens now; on stderr, so that a script's results stay clean."""
    print(text, file=sys.stderr, flush=True)


def can_draw() -> bool:
    """Whether the libraries that WeasyPrint loads are here."""
    return all(any(map(_can_load, names)) for names in _PDF_LIBRARIES)


def find_chromium() -> str | None:
    """Path of the system's Chromium."""
    names = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
    return next(filter(None, map(shutil.which, names)), None)


def install_packages(names: Sequence[str]) -> bool:
    """Install Debian or Ubuntu packages where that needs no question; False where it can't be."""
    root = _as_root()
    if root is None or shutil.which("apt-get") is None:
        return False
    say(f"Installing system packages: {' '.join(names)}")
    apt = [*root, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get"]
    install_command = [*apt, "install", "-y", "--no-install-recommends", *names]
    # A list of packages that is missing or old is refreshed only when it turns out to be.
    for command in (install_command, [*apt, "update"], install_command):
        done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=sys.stderr, check=False)
        if command is install_command and done.returncode == 0:
            return True
    return False


def _as_root() -> list[str] | None:
    """The words to put before a command that needs root, or None."""
    if os.geteuid() == 0:
        return []
    sudo = shutil.which("sudo")
    if sudo is None:
        return None
    quiet = subprocess.run([sudo, "-n", "true"], capture_output=True, check=False)
    return [sudo, "-n"] if quiet.returncode == 0 else None


def _can_load(name: str) -> bool:
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True
