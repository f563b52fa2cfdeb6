"""A PostgreSQL server for tests: started from the system's programs, thrown away at the end.

    python -m tests.postgres [--durable] COMMAND...

runs COMMAND with its URL in WAYMARK_TEST_POSTGRES_URL. Standard library only: script/test uses it
before anything is installed.
"""

import argparse
import contextlib
import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

OLDEST = 13
SPEED = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class PostgresMissing(Exception):
    """No PostgreSQL server of a supported version is installed."""


def find_programs() -> Path:
    """The folder of the newest installed server's programs. Raises PostgresMissing."""
    folders = [*Path("/usr/lib/postgresql").glob("*/bin")]
    if on_path := shutil.which("postgres"):
        folders.append(Path(on_path).resolve().parent)
    found = [(_version(folder), folder) for folder in folders if (folder / "initdb").exists()]
    usable = sorted((version, folder) for version, folder in found if version >= OLDEST)
    if not usable:
        raise PostgresMissing(f"PostgreSQL {OLDEST} or newer is not installed (server programs).")
    return usable[-1][1]


@contextlib.contextmanager
def cluster(*, durable: bool = False) -> Iterator[str]:
    """Run a fresh server on a free loopback port; yields the URL of its superuser.

    `durable` keeps every promise that production makes (fsync); without it the server is faster
    and would lose data in a power cut, though not when it is killed.
    """
    programs = find_programs()
    owner = _owner()
    with tempfile.TemporaryDirectory(prefix="waymark-postgres-") as name:
        folder = Path(name)
        if owner:
            os.chown(folder, owner.pw_uid, owner.pw_gid)
        data = _make_data(programs, folder, owner)
        port = _free_port()
        server = _start(programs, data, port, owner, {} if durable else SPEED)
        try:
            _wait_until_ready(programs, port, server, folder / "log")
            yield f"postgresql+psycopg://postgres@127.0.0.1:{port}/postgres"
        finally:
            _stop(server)


def _version(programs: Path) -> int:
    said = subprocess.run(
        [programs / "postgres", "--version"], capture_output=True, text=True, check=False
    )
    number = re.search(r"(\d+)", said.stdout)
    return int(number[1]) if number else 0


def _owner() -> pwd.struct_passwd | None:
    """Who the server runs as: it refuses to be root."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise PostgresMissing("PostgreSQL refuses to run as root, and there is no user `nobody`.")


def _as(owner: pwd.struct_passwd | None) -> dict[str, Any]:
    """Options of subprocess that make a program run as `owner`."""
    if owner is None:
        return {}
    return {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}


def _make_data(programs: Path, folder: Path, owner: pwd.struct_passwd | None) -> Path:
    data = folder / "data"
    command = [programs / "initdb", "--pgdata", data, "--username", "postgres", "--auth", "trust"]
    made = subprocess.run(
        [*command, "--no-locale", "--encoding", "UTF8", "--no-sync"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        **_as(owner),
    )
    if made.returncode != 0:
        raise RuntimeError(f"initdb failed:\n{made.stderr}")
    return data


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
        return port


def _start(
    programs: Path,
    data: Path,
    port: int,
    owner: pwd.struct_passwd | None,
    options: dict[str, str],
) -> subprocess.Popen[bytes]:
    options = {
        "listen_addresses": "127.0.0.1",
        "port": str(port),
        "unix_socket_directories": "",
        "max_connections": "200",
        **options,
    }
    settings = [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
    with (data.parent / "log").open("wb") as log:
        # Its own session: Ctrl-C at the terminal ends the tests, which then end the server.
        return subprocess.Popen(
            [programs / "postgres", "-D", data, *settings],
            cwd=data.parent,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            **_as(owner),
        )


def _wait_until_ready(
    programs: Path, port: int, server: subprocess.Popen[bytes], log: Path, seconds: float = 30
) -> None:
    ask = [programs / "pg_isready", "--quiet", "--host", "127.0.0.1", "--port", str(port)]
    deadline = time.monotonic() + seconds
    while subprocess.run(ask, check=False).returncode != 0:
        if server.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"PostgreSQL did not start:\n{log.read_text()}")
        time.sleep(0.05)


def _stop(server: subprocess.Popen[bytes]) -> None:
    # SIGINT disconnects everyone and shuts down; SIGQUIT asks nobody.
    for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
        if server.poll() is None:
            server.send_signal(number)
            with contextlib.suppress(subprocess.TimeoutExpired):
                server.wait(timeout=10)


def main() -> int:
    """Run a command beside a server; return the command's exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--durable", action="store_true")
    parser.add_argument("command", nargs=argparse.REMAINDER)
    chosen = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    signal.signal(signal.SIGHUP, lambda *_: sys.exit(129))
    with cluster(durable=chosen.durable) as url:
        environment = {**os.environ, "WAYMARK_TEST_POSTGRES_URL": url}
        return subprocess.run(chosen.command, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
