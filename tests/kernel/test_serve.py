"""Web and worker live and die together, whoever is killed."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SMALL_PORTAL = [sys.executable, "-m", "tests.kernel.small_portal"]


def wait_until(condition: Callable[[], bool], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


class Running:
    """A small portal in a process group of its own."""

    def __init__(self, folder: Path, how: str = "") -> None:
        self.folder = folder
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        command = [*SMALL_PORTAL, str(self.port), str(folder), *([how] if how else [])]
        self.supervisor = subprocess.Popen(
            command,
            cwd=ROOT,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def first_line(self) -> str:
        assert self.supervisor.stdout
        return self.supervisor.stdout.readline()

    def page(self) -> list[int]:
        """The process that answers and its master."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request("GET", "/")
            return [int(word) for word in connection.getresponse().read().split()]
        finally:
            connection.close()

    def worker(self) -> int:
        return int((self.folder / "worker").read_text() or 0)

    def processes(self) -> list[int]:
        """The living processes of the group."""
        living = []
        for entry in Path("/proc").glob("[0-9]*/stat"):
            try:
                state, _, group = entry.read_text().rpartition(")")[2].split()[:3]
            except OSError:
                continue
            if int(group) == self.supervisor.pid and state not in "ZX":
                living.append(int(entry.parent.name))
        return living

    def is_gone(self) -> bool:
        return self.supervisor.poll() is not None and not self.processes()

    def kill_all(self) -> None:
        if self.supervisor.poll() is None or self.processes():
            os.killpg(self.supervisor.pid, signal.SIGKILL)
        self.supervisor.wait()
        assert self.supervisor.stdout
        self.supervisor.stdout.close()


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    portal = Running(tmp_path)
    try:
        assert portal.first_line() == "ready\n"
        assert wait_until((tmp_path / "worker").exists, 30)
        # The supervisor, the web server's master and two workers, the worker.
        assert wait_until(lambda: len(portal.processes()) == 5, 30)
        yield portal
    finally:
        portal.kill_all()


def test_all_are_gone_soon_after_the_supervisor_is_killed(running: Running) -> None:
    os.kill(running.supervisor.pid, signal.SIGKILL)
    assert wait_until(running.is_gone, 3)


def test_a_killed_worker_is_started_again(running: Running) -> None:
    before = running.worker()
    os.kill(before, signal.SIGKILL)
    assert wait_until(lambda: running.worker() not in (0, before), 30)
    assert wait_until(lambda: len(running.processes()) == 5, 30)


def test_a_killed_web_server_is_started_again_and_no_request_is_refused(running: Running) -> None:
    _, master = running.page()
    os.kill(master, signal.SIGKILL)
    assert wait_until(lambda: running.page()[1] != master, 30)
    assert wait_until(lambda: len(running.processes()) == 5, 30)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_asked_to_stop_it_stops_all_gently(running: Running, number: signal.Signals) -> None:
    # As a terminal does it: the whole group gets the signal at once.
    who = os.kill if number is signal.SIGTERM else os.killpg
    who(running.supervisor.pid, number)
    assert running.supervisor.wait(timeout=20) == 0
    assert running.is_gone()
    assert (running.folder / "worker-ended-well").exists()


def test_what_is_done_afterwards_is_done_once(tmp_path: Path) -> None:
    portal = Running(tmp_path, "short")
    try:
        assert portal.first_line() == "ready\n"
        done = tmp_path / "afterwards"
        assert wait_until(lambda: done.exists() and len(portal.processes()) == 5, 30)
        time.sleep(0.5)
        assert len(done.read_text().split()) == 1
        assert portal.page()
    finally:
        portal.kill_all()


def test_what_is_done_afterwards_ends_with_the_supervisor(tmp_path: Path) -> None:
    portal = Running(tmp_path, "long")
    try:
        assert portal.first_line() == "ready\n"
        assert wait_until(lambda: len(portal.processes()) == 6, 30)
        os.kill(portal.supervisor.pid, signal.SIGKILL)
        assert wait_until(portal.is_gone, 3)
    finally:
        portal.kill_all()


def test_a_worker_that_keeps_failing_stops_the_portal(tmp_path: Path) -> None:
    portal = Running(tmp_path, "broken")
    try:
        assert portal.supervisor.wait(timeout=100) == 1
        assert portal.is_gone()
        assert portal.supervisor.stdout
        assert "supervisor.gave_up" in portal.supervisor.stdout.read()
    finally:
        portal.kill_all()


def test_a_port_in_use_is_one_clear_line(running: Running, tmp_path: Path) -> None:
    second = subprocess.run(
        [*SMALL_PORTAL, str(running.port), str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert second.returncode == 3
    line = f"Cannot listen on 127.0.0.1, port {running.port}: Address already in use."
    assert second.stdout.splitlines() == [line]
    assert second.stderr == ""
