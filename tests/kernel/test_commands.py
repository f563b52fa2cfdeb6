"""A command says in a sentence why it could not do its work."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from portal.config import ROOT


def run(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith("WAYMARK_")}
    return subprocess.run(
        [sys.executable, "-m", "portal.cli", *command],
        cwd=ROOT,
        env=kept | {"WAYMARK_INSTANCE_DIR": str(folder)},
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
