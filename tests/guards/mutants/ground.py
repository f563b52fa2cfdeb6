"""Two portals made once, with the other customer and without, and short walks through them."""

import os
import shutil
import socket
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from aiosmtpd.controller import Controller
from argon2 import PasswordHasher
from flask import Flask
from sqlalchemy import create_engine
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from portal import clock, i18n, lots, tables
from portal.accounts.service import passwords
from portal.app import create_app
from portal.config import Settings
from portal.db import Database
from portal.guard import Guard, TenancyError
from tests.guards.scene import Scene
from tests.guards.tenants import (
    Before,
    Result,
    changes,
    differences,
    leaks,
    prepare,
    result_of,
    shown_to_staff,
)
from tests.guards.walk import Clock, Walk, text_of, walk, work_off
from tests.mail import MAIL
from tests.messages.conftest import MailServer

STAFF = ("author", "csm", "admin")
WORK = "WORK"

Visits = Mapping[str, Sequence[str]]
"""By person, what they visit: `GET paths.home`, or `WORK` for what is due afterwards."""


class Ground:
    """The two portals, as files that each walk copies."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        settings = Settings(
            instance_dir=folder / "instance", base_url="http://portal.example", log_level="error"
        )
        os.environ["WAYMARK_INSTANCE_DIR"] = str(settings.instance_dir)
        settings.instance_dir.mkdir(parents=True, exist_ok=True)
        quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
        passwords._hasher, passwords.NOBODYS = quick, quick.hash("nobody's")
        lots.draw = lambda among, *_about: among - 1
        i18n.use("en", "UTC")
        self._app = _make_app(settings)
        self._before = {is_there: self._make(is_there) for is_there in (True, False)}

    def _file(self, with_others: bool) -> Path:
        return self._folder / f"{'two' if with_others else 'one'}.db"

    def _make(self, with_others: bool) -> Before:
        time = Clock()
        clock.now = time.now
        url = f"sqlite:///{self._file(with_others)}"
        engine, database = create_engine(url), Database(url, pool_size=2)
        tables.metadata.create_all(engine)
        before = prepare(self._app, database, engine, with_others)
        database.dispose()
        with engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        engine.dispose()
        return before

    def notices(self, visits: Visits) -> str:
        """What a short walk of each person finds amiss, the first of it; empty for nothing."""
        with _mail_server(self._app) as server:
            for who, wanted in visits.items():
                person = None if who == "nobody" else who
                if found := self._notices(person, wanted, server):
                    return f"{who}: {found}"
        return ""

    def _notices(self, who: str | None, wanted: Sequence[str], server: MailServer) -> str:
        result = self._walk(who, True, wanted, server)
        found = [*result.faults, *leaks(result, who), *changes(result, who)]
        if who in STAFF:
            found += [f"{name} {asked}" for name, asked in shown_to_staff(result)]
        if not found:
            found = differences(result, self._walk(who, False, wanted, server), who)
        return found[0] if found else ""

    def _walk(
        self, who: str | None, with_others: bool, wanted: Sequence[str], server: MailServer
    ) -> Result:
        copy = self._folder / f"walk-{os.getpid()}.db"
        shutil.copy(self._file(with_others), copy)
        url = f"sqlite:///{copy}"
        database, engine = Database(url, pool_size=2), create_engine(url)
        self._app.extensions["database"] = database
        before = self._before[with_others]
        before = replace(before, scene=replace(before.scene, database=database))
        time = Clock()
        clock.now = time.now
        time.set_out()
        server.received.clear()
        try:
            with _only(wanted), _looking(before, who):
                walked = walk(before.scene, who)
            if WORK in wanted:
                walked.faults += work_off(before.scene, time, who)
            mails = [text_of(mail) for mail in server.received]
            return result_of(before, walked, mails, engine)
        finally:
            database.dispose()
            engine.dispose()
            for file in self._folder.glob(f"{copy.name}*"):
                file.unlink()


def _make_app(settings: Settings) -> Flask:
    app = create_app(settings, Database(f"sqlite:///{settings.instance_dir / 'unused.db'}"))
    app.testing = True
    app.config.update(PROPAGATE_EXCEPTIONS=False, WTF_CSRF_ENABLED=False)
    return app


@contextmanager
def _mail_server(app: Flask) -> Iterator[MailServer]:
    """A mail server that the portal's jobs find."""
    server = MailServer()
    with socket.create_server(("127.0.0.1", 0)) as free:
        server.port = free.getsockname()[1]
    controller = Controller(server, hostname="127.0.0.1", port=server.port)
    controller.start()
    mail = replace(MAIL, port=server.port)
    for name, value in {
        "SMTP_HOST": mail.host,
        "SMTP_PORT": str(mail.port),
        "SMTP_SECURITY": mail.security,
        "MAIL_FROM": mail.sender,
        "REPLY_TO": mail.reply_to,
    }.items():
        os.environ[f"WAYMARK_{name}"] = value
    sending = {"smtp_host": mail.host, "smtp_port": mail.port, "smtp_security": mail.security}
    app.config["PORTAL"] = app.config["PORTAL"].model_copy(update=sending)
    yield server
    controller.stop()


@contextmanager
def _only(wanted: Sequence[str]) -> Iterator[None]:
    """Walk through some addresses alone."""
    rules = Scene.rules

    def chosen(scene: Scene, method: str) -> list[Rule]:
        return [r for r in rules(scene, method) if f"{method} {r.endpoint}" in wanted]

    Scene.rules = chosen
    try:
        yield
    finally:
        Scene.rules = rules


@contextmanager
def _looking(before: Before, who: str | None) -> Iterator[None]:
    """Stop at the first answer that holds what it may not."""
    note = Walk.note

    def looking(made: Walk, scene: Scene, endpoint: str, asked: str, answer: TestResponse) -> None:
        note(made, scene, endpoint, asked, answer)
        here = Result(made.seen[-1:], made.faults, [], {}, {}, {}, *before.shown)
        if found := [*here.faults, *leaks(here, who)]:
            raise Enough(found[0])

    Walk.note = looking
    try:
        yield
    finally:
        Walk.note = note


refused: list[str] = []
"""What the guard said since the last look."""


class Enough(BaseException):
    """Something was noticed, so nothing more is looked at; no handler of the portal takes it."""


def watch_guard() -> None:
    """Note what the guard refuses, and stop there."""
    check = Guard.check

    def watched(guard: Guard, statement: str, *rest: object) -> None:
        try:
            check(guard, statement, *rest)
        except TenancyError as error:
            refused.append(str(error))
            raise Enough from error

    Guard.check = watched


def switch_guard_off() -> None:
    """Let every statement pass."""
    Guard.check = lambda *_: None
