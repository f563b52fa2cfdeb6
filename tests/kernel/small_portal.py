"""A portal as small as can be, for the supervisor's tests: `small_portal.py PORT FOLDER [HOW]`.

The page says which process answered and which is its master; the worker writes its process id into
FOLDER/worker. HOW: `broken` makes the worker fail at once; `short` and `long` have something done
afterwards, which adds a line to FOLDER/afterwards and then ends, or does not.
"""

import os
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path

from portal import serve, webserver
from portal.config import Settings

Start = Callable[[str, list[tuple[str, str]]], None]


def small_app(_settings: Settings) -> Callable[[dict[str, str], Start], list[bytes]]:
    def answer(environ: dict[str, str], start_response: Start) -> list[bytes]:
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [f"{os.getpid()} {os.getppid()}".encode()]

    return answer


def small_worker(folder: Path, how: str) -> Callable[[Settings], None]:
    def work(_settings: Settings) -> None:
        if how == "broken":
            raise RuntimeError("this worker can't start")
        stopped = threading.Event()
        signal.signal(signal.SIGTERM, lambda *_: stopped.set())
        (folder / "worker").write_text(str(os.getpid()))
        while not stopped.wait(0.1):
            pass
        (folder / "worker-ended-well").touch()

    return work


def small_afterwards(folder: Path, how: str) -> Callable[[Settings], None]:
    def work(_settings: Settings) -> None:
        with (folder / "afterwards").open("a") as file:
            file.write(f"{os.getpid()}\n")
        if how == "long":
            threading.Event().wait()

    return work


def main(port: str, folder: str, how: str = "") -> int:
    # When the test that started it was killed itself, nobody else ends this process.
    signal.alarm(120)
    # Tests that run in the background of a shell hand down that they ignore these.
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)
    settings = Settings(port=int(port), instance_dir=Path(folder))
    try:
        listener = webserver.listen(settings)
    except webserver.CannotListen as error:
        print(error)
        return 3
    return serve.run(
        settings,
        listener,
        app_factory=small_app,
        work=small_worker(Path(folder), how),
        on_ready=lambda: print("ready", flush=True),
        afterwards=small_afterwards(Path(folder), how) if how in ("short", "long") else None,
    )


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
