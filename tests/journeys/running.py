"""A real portal for the browser: supervisor, web processes and worker, as they run in earnest."""

import contextlib
import itertools
import os
import signal
import subprocess
import sys
from collections.abc import Iterable
from datetime import timedelta
from functools import cached_property
from pathlib import Path

from sqlalchemy import select

from benchmarks.servers import free_port, wait_for
from portal.access import Role
from portal.accounts.models import Organization, Person
from portal.accounts.service import sign_in
from portal.accounts.service.passwords import hash_password
from portal.config import ROOT, Settings
from portal.db import Database
from tests.factories import Persona, make_member, make_organization

PASSWORD = "a long walk in the rain"
PATIENCE = 120
"""Seconds for a start on a busy machine."""
LIFETIME = 1800
"""Seconds after which a portal ends by itself: the test that started it may have been killed."""


class RunningPortal:
    """A portal on a free port, its database and its command line."""

    def __init__(self, folder: Path, *options: str, **settings: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        own = {"instance_dir": str(folder), "port": str(self.port)} | settings
        developers = {k: v for k, v in os.environ.items() if not k.startswith("WAYMARK_")}
        self._environment = developers | {f"WAYMARK_{k.upper()}": v for k, v in own.items()}
        self._folder = folder
        self._numbers = itertools.count(1)
        self._log = (folder / "log.txt").open("w")
        self._supervisor = self._start("serve", *options or ["--few"])
        wait_for(f"{self.url}/healthz", PATIENCE)

    def _start(self, *command: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "portal.cli", *command],
            cwd=ROOT,
            env=self._environment,
            start_new_session=True,
            stdout=self._log,
            stderr=subprocess.STDOUT,
            # An alarm outlives the exec, and the supervisor takes its children with it.
            preexec_fn=lambda: signal.alarm(LIFETIME),
        )

    @property
    def secret_keys(self) -> tuple[str, ...]:
        """What it signs with."""
        return Settings(instance_dir=self._folder).secret_keys

    @property
    def media_dir(self) -> Path:
        """Where it keeps files."""
        return Settings(instance_dir=self._folder).media_dir

    def stop(self) -> None:
        """End it at once: a polite end waits for the browser's open connections."""
        if "database" in vars(self):
            self.database.dispose()
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._supervisor.pid, signal.SIGKILL)
        self._supervisor.wait()
        self._log.close()

    def run(self, *command: str, expected: int = 0) -> str:
        """What a command of this portal prints; fails where it ends otherwise than expected."""
        ended = subprocess.run(
            [sys.executable, "-m", "portal.cli", *command],
            cwd=ROOT,
            env=self._environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert ended.returncode == expected, ended.stdout
        return ended.stdout

    @cached_property
    def database(self) -> Database:
        """The portal's database, from the side."""
        return Database(f"sqlite:///{self._folder / 'waymark.db'}", pool_size=1)

    def sign_in_link(self, email: str) -> str:
        """What `portal sign-in-link` prints, without the wait for a new process."""
        with self.database.writing(None) as session:
            token = sign_in.issue_link(email, timedelta(minutes=30))
            session.commit()
        return f"{self.url}/links/{token}"

    def add_organization(self, name: str) -> None:
        """A new customer."""
        with self.database.writing(None) as session:
            make_organization(session, name)
            session.commit()

    def add_member(self, name: str, role: Role, organization: str = "Kranich Logistik") -> Persona:
        """Somebody new who joined today and signs in with PASSWORD; nobody else has their name."""
        unique = f"{name} {next(self._numbers)}"
        return self.add_members([unique], role, organization)[0]

    def add_members(self, names: Iterable[str], role: Role, organization: str) -> list[Persona]:
        """Several of them."""
        with self.database.reading(None) as session:
            known = session.scalars(
                select(Organization).where(Organization.name == organization)
            ).one()
            session.expunge(known)
        with self.database.writing(known.id) as session:
            made = [
                make_member(
                    session, known, name, {role}, email=address(name, known), job="accountant"
                )
                for name in names
            ]
            for persona in made:
                person = session.get_one(Person, persona.viewer.person_id)
                person.password_hash, person.proved_at = _hash(), person.created_at
            session.commit()
        return made


def address(name: str, organization: Organization) -> str:
    """Somebody's mail address."""
    domain = organization.name.lower().replace(" ", "-")[:40]
    return f"{name.lower().replace(' ', '.')[:40]}@{domain}.example"


_hashes: list[str] = []


def _hash() -> str:
    """The hash of PASSWORD, made once: it is slow on purpose."""
    if not _hashes:
        _hashes.append(hash_password(PASSWORD))
    return _hashes[0]
