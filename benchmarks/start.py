"""How long a stranger waits: a fresh clone to the first page, and the second start."""

import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.results import Result
from benchmarks.servers import free_port, wait_for
from portal.config import ROOT

SECOND_STARTS = 5
INSTALLATION_SECONDS = 900


def run() -> Iterator[Result]:
    """Seconds to the first page and resident memory, fresh (once) and from the second start on."""
    with tempfile.TemporaryDirectory() as folder:
        clone = Path(folder, "waymark")
        subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
        fresh, memory = _start(clone)
        second = [_start(clone) for _ in range(SECOND_STARTS)]
    yield Result("fresh start", "s", [fresh])
    yield Result("fresh start memory", "MB", [memory])
    yield Result("second start", "s", [seconds for seconds, _ in second])
    yield Result("second start memory", "MB", [megabytes for _, megabytes in second])


def _start(clone: Path) -> tuple[float, float]:
    """(seconds to the first page, megabytes of all its processes)."""
    port = free_port()
    environment = {name: v for name, v in os.environ.items() if not name.startswith("WAYMARK_")}
    begun = time.monotonic()
    server = subprocess.Popen(
        ["script/server", "--port", str(port)],
        cwd=clone,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        wait_for(f"http://127.0.0.1:{port}/sign-in", INSTALLATION_SECONDS)
        seconds = time.monotonic() - begun
        return seconds, _resident(server.pid) / 1024
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait()


def _resident(group: int) -> float:
    """Kilobytes of a process group; pages shared after a fork count once in each process."""
    listing = subprocess.run(
        ["ps", "-eo", "pgid=,rss="], capture_output=True, text=True, check=True
    )
    rows = (line.split() for line in listing.stdout.splitlines())
    return sum(float(size) for pgid, size in rows if int(pgid) == group)
