"""A real portal under the kill test: started again whenever all of it was killed."""

import contextlib
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from benchmarks.servers import wait_for
from portal.config import ROOT


class Portal:
    """Web and worker on a port that stays the same."""

    def __init__(self, environment: Mapping[str, str], log: Path, early: bool) -> None:
        self._log = log
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port: int = free.getsockname()[1]
        module = ["tests.kills.early", str(self.port)] if early else self._serve()
        self._command = [sys.executable, "-m", *module]
        self._environment = {**os.environ, **environment}
        self.outages: list[tuple[float, float]] = []
        """From each kill until the portal answered again."""
        self._start()

    def _serve(self) -> list[str]:
        return ["portal.cli", "serve", "--empty", "--port", str(self.port)]

    def _start(self) -> None:
        with self._log.open("ab") as log:
            self._supervisor = subprocess.Popen(
                self._command,
                cwd=ROOT,
                env=self._environment,
                start_new_session=True,
                stdout=log,
                stderr=log,
            )

    def kill_something(self, chance: random.Random) -> None:
        """SIGKILL one process, or all of them and start anew; returns when it answers again."""
        begun = time.monotonic()
        processes = [pid for pid in self._processes() if pid != self._supervisor.pid]
        if chance.random() < 0.25 or not processes:
            self._kill_all()
            self._start()
        else:
            with contextlib.suppress(ProcessLookupError):
                os.kill(chance.choice(processes), signal.SIGKILL)
            # Until its end is noticed, what it held is as lost as what it was asked.
            time.sleep(0.1)
        wait_for(f"http://127.0.0.1:{self.port}/healthz")
        self.outages.append((begun, time.monotonic()))

    def was_up(self, begun: float, ended: float) -> bool:
        """Whether nothing was dead or starting between two moments."""
        return all(ended < died or begun > back for died, back in self.outages)

    def _kill_all(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._supervisor.pid, signal.SIGKILL)
        self._supervisor.wait()

    def _processes(self) -> list[int]:
        """The living processes of the portal's group."""
        living = []
        for stat in Path("/proc").glob("[0-9]*/stat"):
            with contextlib.suppress(OSError):
                state, _, group = stat.read_text().rpartition(")")[2].split()[:3]
                if int(group) == self._supervisor.pid and state not in "ZX":
                    living.append(int(stat.parent.name))
        return living

    def stop(self) -> None:
        """End it politely."""
        self._supervisor.terminate()
        try:
            self._supervisor.wait(30)
        except subprocess.TimeoutExpired:
            self._kill_all()


@contextlib.contextmanager
def under_fire(portal: Portal, kills: int, pause: float, done: threading.Event) -> Iterator[None]:
    """Kill something every `pause` seconds while the block runs; sets `done` after the last."""

    def fire() -> None:
        chance = random.Random(7)
        for _ in range(kills):
            time.sleep(pause)
            portal.kill_something(chance)
        done.set()

    gunner = threading.Thread(target=fire)
    gunner.start()
    try:
        yield
    finally:
        gunner.join()
