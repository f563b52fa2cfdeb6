"""Web and worker as one process group under a supervisor: they live and die together.

The supervisor has no threads and holds no connection when it forks. It owns the listening socket,
so a web server that is started again finds the requests that came meanwhile waiting. How the
processes watch each other: the supervisor reaps its two children and starts them again; all others
hold the reading end of a pipe whose writing end only the supervisor has, so that the end of the
supervisor, however it comes, ends them within a moment. Gunicorn's workers watch their master too.
"""

import contextlib
import os
import select
import signal
import socket
import sys
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import NoReturn

import structlog

from portal.config import Settings
from portal.lifeline import Lifeline
from portal.webserver import GRACE_SECONDS, AppFactory, WebServer, answers

Worker = Callable[[Settings], None]

MAX_FAILURES = 5
FAILURE_SECONDS = 60.0
"""After so many failures of its children within so many seconds the supervisor gives up."""

_STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)

log = structlog.get_logger(__name__)


def run(
    settings: Settings,
    listener: socket.socket,
    *,
    app_factory: AppFactory,
    work: Worker,
    on_ready: Callable[[], None],
    afterwards: Worker | None = None,
) -> int:
    """Run web and worker until SIGTERM, SIGINT or SIGHUP; return the exit code.

    `on_ready` is called once, when the first page answers; `afterwards` then runs beside them, once
    and until it is done. The caller holds no thread and no open database connection. A child that
    ends is started again; when they keep failing, all is stopped and 1 returned.
    """
    return _Supervisor(settings, listener, app_factory, work, on_ready, afterwards).run()


@dataclass
class _Child:
    name: str
    live: Callable[[], None]
    pid: int | None = None
    due: float = 0.0
    is_once: bool = False
    """It has an end of its own, and is not started again."""


class _Supervisor:
    def __init__(
        self,
        settings: Settings,
        listener: socket.socket,
        app_factory: AppFactory,
        work: Worker,
        on_ready: Callable[[], None],
        afterwards: Worker | None,
    ) -> None:
        self._settings = settings
        self._listener = listener
        self._on_ready = on_ready
        self._lifeline = Lifeline()
        self._children = [
            _Child("web", lambda: WebServer(settings, listener, app_factory, self._lifeline).run()),
            _Child("worker", lambda: self._work(work)),
        ]
        self._afterwards = afterwards
        self._failures: deque[float] = deque(maxlen=MAX_FAILURES)
        self._ready = False
        self._stop_requests = 0
        self._bell, self._bell_rope = os.pipe()
        self._signals_before: set[int | signal.Signals] = set()

    def run(self) -> int:
        self._take_signals()
        try:
            while not self._stop_requests:
                if len(self._recent_failures()) >= MAX_FAILURES:
                    log.error("supervisor.gave_up", failures=MAX_FAILURES)
                    self._stop_requests += 1
                    return 1
                self._start_what_is_due()
                self._greet()
                self._wait()
                for child in self._reap():
                    self._schedule(child)
            return 0
        finally:
            self._stop_children()

    def _take_signals(self) -> None:
        os.set_blocking(self._bell, False)
        os.set_blocking(self._bell_rope, False)
        signal.set_wakeup_fd(self._bell_rope, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        for number in _STOP_SIGNALS:
            # What nohup told us to ignore stays ignored.
            if signal.getsignal(number) is not signal.SIG_IGN:
                signal.signal(number, self._ask_to_stop)

    def _ask_to_stop(self, _number: int, _frame: object) -> None:
        self._stop_requests += 1

    def _start_what_is_due(self) -> None:
        for child in self._children:
            if child.pid is None and child.due <= time.monotonic():
                self._fork(child)

    def _fork(self, child: _Child) -> None:
        # A signal between the fork and the child's own handlers would be lost: it waits instead.
        taken = {*_STOP_SIGNALS, signal.SIGCHLD}
        self._signals_before = signal.pthread_sigmask(signal.SIG_BLOCK, taken)
        sys.stdout.flush()
        sys.stderr.flush()
        child.pid = os.fork()
        if child.pid == 0:
            self._be(child)
        signal.pthread_sigmask(signal.SIG_SETMASK, self._signals_before)

    def _be(self, child: _Child) -> NoReturn:
        """Live as the child: nothing above this frame runs in it, not even at its end."""
        code = 1
        try:
            signal.set_wakeup_fd(-1)
            os.close(self._bell)
            os.close(self._bell_rope)
            self._lifeline.hold()
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            # A terminal sends these to the whole group; the supervisor decides what they mean.
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            signal.signal(signal.SIGHUP, signal.SIG_IGN)
            signal.pthread_sigmask(signal.SIG_SETMASK, self._signals_before)
            child.live()
            code = 0
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else int(end.code is not None)
        except BaseException:
            log.exception("process.failed", process=child.name)
        finally:
            with contextlib.suppress(OSError, ValueError):
                sys.stdout.flush()
                sys.stderr.flush()
            os._exit(code)

    def _work(self, work: Worker) -> None:
        self._lifeline.end_with_supervisor()
        work(self._settings)

    def _greet(self) -> None:
        if not self._ready and answers(self._listener):
            self._ready = True
            self._on_ready()
            if (work := self._afterwards) is not None:
                self._children.append(_Child("afterwards", lambda: self._work(work), is_once=True))
                self._start_what_is_due()

    def _wait(self) -> None:
        """Sleep until a signal comes, a child is due or the first page is worth another try."""
        now = time.monotonic()
        waits = [child.due - now for child in self._children if child.pid is None]
        if not self._ready:
            waits.append(0.05)
        timeout = max(0.0, min(waits)) if waits else None
        select.select([self._bell], [], [], timeout)
        with contextlib.suppress(BlockingIOError):
            os.read(self._bell, 1024)

    def _reap(self) -> list[_Child]:
        """The children that have ended; as the first process of a container it reaps any other."""
        ended = []
        with contextlib.suppress(ChildProcessError):
            while (found := os.waitpid(-1, os.WNOHANG))[0]:
                for child in self._children:
                    if child.pid == found[0]:
                        ended.append(child)
                        self._note_end(child, os.waitstatus_to_exitcode(found[1]))
        return ended

    def _note_end(self, child: _Child, code: int) -> None:
        pid, child.pid = child.pid, None
        if child.is_once and code == 0:
            return
        if not self._stop_requests:
            log.warning("process.ended", process=child.name, pid=pid, code=code)
            # SIGKILL is not its own doing: somebody's hand, or a machine short of memory.
            if code != -signal.SIGKILL and not child.is_once:
                self._failures.append(time.monotonic())

    def _schedule(self, child: _Child) -> None:
        if child.is_once:
            self._children.remove(child)
            return
        child.due = time.monotonic() + 0.1 * 2 ** len(self._recent_failures())

    def _recent_failures(self) -> list[float]:
        since = time.monotonic() - FAILURE_SECONDS
        return [moment for moment in self._failures if moment > since]

    def _stop_children(self) -> None:
        self._signal_children(signal.SIGTERM)
        requests, deadline = self._stop_requests, time.monotonic() + GRACE_SECONDS + 5
        while any(child.pid for child in self._children):
            # Asked once more, or too slow: no more patience.
            if self._stop_requests > requests or time.monotonic() > deadline:
                self._signal_children(signal.SIGKILL)
            select.select([self._bell], [], [], 0.05)
            with contextlib.suppress(BlockingIOError):
                os.read(self._bell, 1024)
            self._reap()

    def _signal_children(self, number: signal.Signals) -> None:
        for child in self._children:
            if child.pid:
                os.kill(child.pid, number)
