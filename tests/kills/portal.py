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

from portal.config import ROOT


class Portal:
    """Web and worker on a port that stays the same."""

    def __init__(self, environment: Mapping[str, str], early: bool) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port: int = free.getsockname()[1]
        module = ["tests.kills.early", str(self.port)] if early else self._serve()
        self._command = [sys.executable, "-m", *module]
        self._environment = {**os.environ, **environment}
        self._start()

    def _serve(self) -> list[str]:
        return ["portal.cli", "serve", "--empty", "--port", str(self.port)]

    def _start(self) -> None:
        self._supervisor = subprocess.Popen(
            self._command,
            cwd=ROOT,
            env=self._environment,
            start_new_session=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def kill_something(self, chance: random.Random) -> str:
        """SIGKILL one process, or all of them; returns which kind."""
        processes = self._processes()
        if chance.random() < 0.25 or len(processes) < 2:
            self._kill_all()
            self._start()
            return "everything"
        victim = chance.choice([pid for pid in processes if pid != self._supervisor.pid])
        with contextlib.suppress(ProcessLookupError):
            os.kill(victim, signal.SIGKILL)
        return "one process"

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
