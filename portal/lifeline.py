"""How the processes that a supervisor started end with it, however it ends."""

import os
import threading
from typing import NoReturn


class Lifeline:
    """A pipe on which nobody writes: reading it ends when the supervisor has ended."""

    def __init__(self) -> None:
        self.supervisor = os.getpid()
        self._reading, self._writing = os.pipe()

    def hold(self) -> None:
        """In a child, first of all: keep the reading end alone."""
        os.close(self._writing)

    def end_with_supervisor(self) -> None:
        """In a process that forks no more: watch for the end, and end at once."""
        threading.Thread(target=self._watch, name="lifeline", daemon=True).start()

    def _watch(self) -> NoReturn:
        os.read(self._reading, 1)
        os._exit(1)
