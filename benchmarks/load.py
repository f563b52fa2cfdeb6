"""A small load generator: a few connections that are kept open, each asking as fast as it can."""

import itertools
import multiprocessing
import socket
import threading
import time
from collections.abc import Sequence
from multiprocessing.connection import Connection


def throughput(port: int, path: str, cookies: Sequence[str], seconds: float) -> float:
    """Pages a second over four connections, each request by the next of `cookies`.

    Runs in a process of its own. Raises RuntimeError if any answer is not a 200.
    """
    receiving, sending = multiprocessing.Pipe(duplex=False)
    asking = multiprocessing.Process(target=_ask, args=(sending, port, path, cookies, seconds))
    asking.start()
    answered, failures = receiving.recv()
    asking.join()
    if failures:
        raise RuntimeError(f"{path}: {failures[0]}")
    return float(answered) / seconds


def _ask(result: Connection, port: int, path: str, cookies: Sequence[str], seconds: float) -> None:
    requests = itertools.cycle(
        f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n{_cookie(cookie)}\r\n".encode()
        for cookie in cookies or [""]
    )
    lock = threading.Lock()
    counts: list[int] = []
    failures: list[str] = []
    end = time.monotonic() + seconds

    def keep_asking() -> None:
        count = 0
        with socket.create_connection(("127.0.0.1", port)) as connection:
            while time.monotonic() < end and not failures:
                with lock:
                    request = next(requests)
                connection.sendall(request)
                head = _read_answer(connection)
                if not head.startswith(b"HTTP/1.1 200"):
                    failures.append(head[:200].decode(errors="replace"))
                count += 1
        counts.append(count)

    threads = [threading.Thread(target=keep_asking) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    result.send((sum(counts), failures))


def _cookie(cookie: str) -> str:
    return f"Cookie: {cookie}\r\n" if cookie else ""


def _read_answer(connection: socket.socket) -> bytes:
    data = b""
    while b"\r\n\r\n" not in data:
        piece = connection.recv(65536)
        if not piece:
            raise RuntimeError("the server closed the connection")
        data += piece
    head, _, body = data.partition(b"\r\n\r\n")
    length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
    while len(body) < length:
        body += connection.recv(65536)
    return head
