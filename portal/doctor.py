"""What this installation needs, whether it is there, and how to mend what is not."""

import os
import platform
import smtplib
import ssl
import stat
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from sqlalchemy import URL, create_engine, func, make_url, select
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from portal import clock, db, jobs, migrations
from portal.config import ROOT, Settings
from portal.db import Database
from portal.jobs import Work

TIMEOUT_SECONDS = 10
LONGEST_WAIT = timedelta(minutes=5)
"""Of due work: beyond it no worker runs, or one is not enough."""

_DRAW = """
from portal.drawing import html_to_pdf
assert html_to_pdf("<p>Waymark</p>").startswith(b"%PDF")
"""


@dataclass(frozen=True)
class Check:
    """One thing that was looked at; `mend` says what to do where it is not ok."""

    name: str
    ok: bool
    detail: str
    mend: str = ""


def checks(settings: Settings) -> list[Check]:
    """Look at everything; takes seconds, changes nothing and raises nothing."""
    database = _database(settings.database)
    return [
        _python(),
        _instance_folder(settings.instance_dir),
        _secret_key(settings.secret_key_file),
        database,
        *(_work(settings.database) if database.ok else []),
        _content(settings.content_dir),
        _mail(settings),
        _pdf(),
    ]


def _python() -> Check:
    return Check(
        "Python",
        sys.version_info >= (3, 11),
        f"{platform.python_version()} ({sys.executable})",
        "Install Python 3.11 or newer and run script/server with it.",
    )


def _instance_folder(folder: Path) -> Check:
    name, mend = "Instance folder", f"Make {folder} writable for the user who runs the portal."
    nearest = next(place for place in (folder, *folder.resolve().parents) if place.exists())
    try:
        tempfile.TemporaryFile(dir=nearest).close()
    except OSError as error:
        return Check(name, False, f"{folder} can't be written: {error.strerror}", mend)
    return Check(name, True, f"{folder}{'' if folder.exists() else ' (made at the first start)'}")


def _secret_key(file: Path) -> Check:
    name, mend = "Secret key", f"Give it to its owner alone: chmod 600 {file}"
    try:
        mode = file.stat().st_mode
    except FileNotFoundError:
        return Check(name, True, f"{file} (made at the first start)")
    except OSError as error:
        return Check(name, False, f"{file} can't be read: {error.strerror}", mend)
    if not os.access(file, os.R_OK):
        return Check(name, False, f"{file} can't be read", mend)
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        return Check(name, False, f"others may read {file}", mend)
    return Check(name, True, str(file))


def _database(address: str) -> Check:
    name = "Database"
    try:
        url = make_url(address)
    except ArgumentError:
        return Check(name, False, "WAYMARK_DATABASE_URL is no database URL", "Correct the setting.")
    shown = url.render_as_string(hide_password=True)
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").exists():
        return Check(name, False, f"{shown} is not there yet", "Run: script/server")
    try:
        is_current = _has_current_schema(url)
    except (SQLAlchemyError, OSError) as error:
        mend = "Start the database server, or correct WAYMARK_DATABASE_URL."
        return Check(name, False, f"{shown} does not answer: {_first_line(error)}", mend)
    detail = shown if is_current else f"{shown} has the schema of another version"
    return Check(name, is_current, detail, "Run: portal migrate")


def _has_current_schema(url: URL) -> bool:
    options = {} if url.get_backend_name() == "sqlite" else {"connect_timeout": TIMEOUT_SECONDS}
    engine = create_engine(url, connect_args=options)
    try:
        with engine.connect() as connection:
            return migrations.is_current(connection)
    finally:
        engine.dispose()


def _work(address: str) -> list[Check]:
    """How long the oldest due work waits, and what was tried in vain as often as it may be."""
    database = Database(address, pool_size=1)
    try:
        with database.reading(None):
            since, given_up = jobs.waiting_since(), _given_up()
    finally:
        database.dispose()
    age = clock.now() - since if since else timedelta(0)
    mend = "See whether a worker runs; if one does, it has too much to do: start another."
    waits = f"the oldest due work has been waiting for {age.total_seconds():.0f} s"
    return [
        Check("Queue", age <= LONGEST_WAIT, waits if since else "nothing waits for a worker", mend),
        Check(
            "Stopped work",
            not given_up,
            "; ".join(given_up) or f"nothing was tried {jobs.MOST_ATTEMPTS} times in vain",
            "Mend what the error says, then press “Try again” on the page Operations.",
        ),
    ]


def _given_up() -> list[str]:
    """Kinds of work that failed as often as work is tried, each with how many rows and an error.

    Work that comes round goes on being tried, but somebody must know that it never succeeds.
    """
    found = (
        select(Work.kind, func.count(), func.max(Work.last_error))
        .where(Work.done_at.is_(None), Work.attempts >= jobs.MOST_ATTEMPTS)
        .where(Work.last_error.is_not(None))
        .group_by(Work.kind)
        .order_by(Work.kind)
    )
    rows = db.session().execute(found)
    return [f"{kind} ({number}): {error}" for kind, number, error in rows]


def _content(folder: Path) -> Check:
    name, found = "Content", sum(1 for _ in folder.rglob("*.md"))
    if not found:
        mend = "Set WAYMARK_CONTENT_DIR to the folder with goals/, paths/ and guides/."
        return Check(name, False, f"{folder} has no Markdown files", mend)
    return Check(name, True, f"{folder}: {found} Markdown files")


def _mail(settings: Settings) -> Check:
    name = "Mail"
    if not settings.smtp_host:
        detail = "no mail server is set: no mail is sent, links are shown to those who made them"
        return Check(name, False, detail, "Set WAYMARK_SMTP_HOST and its companions (README).")
    server = f"{settings.smtp_host}, port {settings.smtp_port}"
    try:
        _greet_mail_server(settings)
    except (OSError, smtplib.SMTPException) as error:
        mend = "Start the mail server, or correct the WAYMARK_SMTP_… settings."
        return Check(name, False, f"{server}: {_first_line(error)}", mend)
    return Check(name, True, server)


def _greet_mail_server(settings: Settings) -> None:
    """Connect and sign in as for a mail, but send none."""
    host, port = settings.smtp_host, settings.smtp_port
    context = ssl.create_default_context()
    connected = (
        smtplib.SMTP_SSL(host, port, timeout=TIMEOUT_SECONDS, context=context)
        if settings.smtp_security == "tls"
        else smtplib.SMTP(host, port, timeout=TIMEOUT_SECONDS)
    )
    with connected as server:
        if settings.smtp_security == "starttls":
            server.starttls(context=context)
        if settings.smtp_user:
            server.login(settings.smtp_user, settings.smtp_password)
        server.noop()


def _pdf() -> Check:
    name = "PDF"
    mend = "Install Pango; on Debian and Ubuntu: apt-get install libpango-1.0-0 libpangoft2-1.0-0"
    # In a process of its own: a broken library can't take the doctor with it.
    command = [sys.executable, "-c", _DRAW]
    try:
        drawn = subprocess.run(
            command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
        )
    except subprocess.TimeoutExpired:
        return Check(name, False, "drawing one line took more than a minute", mend)
    if drawn.returncode != 0:
        reason = _last_line(drawn.stderr) or f"the drawing process ended with {drawn.returncode}"
        return Check(name, False, f"WeasyPrint can't draw: {reason}", mend)
    return Check(name, True, "WeasyPrint draws")


def _first_line(error: Exception) -> str:
    # SQLAlchemy wraps the driver's error in advice for programmers.
    cause = getattr(error, "orig", None) or error
    return next(iter(str(cause).splitlines()), type(cause).__name__)


def _last_line(trace: str) -> str:
    return next(reversed(trace.strip().splitlines()), "")
