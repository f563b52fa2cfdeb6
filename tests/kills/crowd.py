"""Ten people at work at once, each in a thread."""

import threading
from collections.abc import Callable, Iterator
from typing import Any

from benchmarks.seed import Seeded
from tests.kills.clients import Ledger, answer_guides, enroll_people, import_people, invite_people

READERS, INVITERS = 6, 2


def make_crowd(
    port: int,
    seeded: Seeded,
    guides: list[str],
    ledger: Ledger,
    done: threading.Event,
    usms: int,
) -> list[threading.Thread]:
    """Readers who answer and ask, USMs who invite and bring files in, until `done` or all is done.

    `usms` invite one after the other for each inviting client, one more brings files in and one
    puts people on paths; everybody else reads.
    """
    cookies = list(seeded.requests["home"][1])
    waiting, lock = iter(cookies[INVITERS * usms + 2 :]), threading.Lock()

    def next_cookie() -> Iterator[str]:
        while True:
            with lock:
                cookie = next(waiting, None)
            if cookie is None:
                return
            yield cookie

    def guarded(target: Callable[..., None], *arguments: Any) -> None:
        try:
            target(*arguments)
        except Exception as error:
            ledger.failures.append(repr(error))

    jobs: list[tuple[Any, ...]] = [
        (answer_guides, port, next_cookie(), guides, ledger, done) for _ in range(READERS)
    ]
    jobs += [
        (invite_people, port, cookies[n * usms : (n + 1) * usms], f"new{n}", ledger, done)
        for n in range(INVITERS)
    ]
    importer, enroller = cookies[INVITERS * usms :][:2]
    jobs.append((import_people, port, [importer], "file", ledger, done))
    jobs.append((enroll_people, port, enroller, ledger, done))
    return [threading.Thread(target=guarded, args=job) for job in jobs]
