"""The command line: `portal COMMAND`. Each command is one entry and commits once."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import click
import structlog
from pydantic import ValidationError
from sqlalchemy.exc import OperationalError, ProgrammingError

from portal import (
    doctor,
    keys,
    logs,
    migrations,
    occupied,
    publishing,
    serve,
    tables,
    webserver,
    worker,
)
from portal.accounts.service import first_admin, organizations, sign_in
from portal.app import create_app
from portal.backup import commands as backup_commands
from portal.config import Settings, load_settings
from portal.db import Database
from portal.errors import PortalError
from portal.guides.content import Problem
from portal.sample import service as sample

__all__ = ["main", "tables"]


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.pass_context
def portal(context: click.Context) -> None:
    """Waymark: a portal that leads your customers to their goals."""
    context.obj = load_settings()
    logs.configure(context.obj)
    structlog.contextvars.bind_contextvars(entry=f"portal {context.invoked_subcommand}")


portal.add_command(backup_commands.backup)
portal.add_command(backup_commands.restore)


@portal.command("serve")
@click.option("--host", help="Address to listen on.")
@click.option("--port", type=click.IntRange(1, 65535), help="Port to listen on.")
@click.option("--empty", is_flag=True, help="Load no sample organizations.")
@click.pass_obj
def serve_all(settings: Settings, host: str | None, port: int | None, empty: bool) -> None:
    """Prepare the database, then run web and worker until stopped."""
    chosen = {"host": host, "port": port}
    settings = settings.model_copy(update={k: v for k, v in chosen.items() if v is not None})
    listener = webserver.listen(settings)
    with occupied.shared(settings):
        settings.note_address()
        with_sample = prepare(settings, empty)
        code = serve.run(
            settings,
            listener,
            app_factory=create_app,
            work=worker.run,
            on_ready=lambda: announce(settings, with_sample),
        )
    sys.exit(code)


def prepare(settings: Settings, empty: bool) -> bool:
    """Migrate, publish and load the sample; each step finds out what is already there.

    Returns whether the sample organizations are in the portal.
    """
    migrations.migrate(settings.database)
    with opened(settings) as database:
        _make_vendor(database)
        report = publishing.publish(database, settings.content_dir)
        _show_problems(report.problems)
        if not empty and not first_admin.exists(database):
            sample.load(database)
        return sample.is_loaded(database)


def _make_vendor(database: Database) -> None:
    with database.writing(None) as session:
        organizations.ensure_vendor()
        session.commit()


def announce(settings: Settings, with_sample: bool) -> None:
    """Print where the portal is, and how to get in."""
    click.echo(f"\nWaymark is running: {settings.public_url}\n")
    if with_sample:
        _print_sample_people(settings)
    else:
        click.echo("To make the first admin, run in another window:\n\n  .venv/bin/portal init\n")
    click.echo("Stop it with Ctrl-C.")


@portal.command("web")
@click.pass_obj
def web_only(settings: Settings) -> None:
    """Run the web processes alone; the database must be migrated."""
    listener = webserver.listen(settings)
    with occupied.shared(settings):
        webserver.run_web(settings, listener, create_app)


@portal.command("worker")
@click.pass_obj
def worker_only(settings: Settings) -> None:
    """Run a worker alone; the database must be migrated."""
    with occupied.shared(settings):
        worker.run(settings)


@portal.command("migrate")
@click.pass_obj
def migrate(settings: Settings) -> None:
    """Bring the database to this version's schema."""
    migrations.migrate(settings.database)
    with opened(settings) as database:
        _make_vendor(database)
    click.echo("The database is up to date.")


@portal.command("init")
@click.pass_obj
def init(settings: Settings) -> None:
    """Print a one-time link with which the first admin is made."""
    with opened(settings) as database, database.writing(None) as session:
        token = first_admin.issue_link()
        session.commit()
    click.echo("Open this link to become the first admin. It works once, for 24 hours:\n")
    click.echo(f"  {settings.public_url}/links/{token}\n")


@portal.command("sign-in-link")
@click.argument("email")
@click.pass_obj
def sign_in_link(settings: Settings, email: str) -> None:
    """Print a link that signs the person with this address in, once: to hand over to them."""
    lifetime = timedelta(minutes=settings.link_minutes)
    with opened(settings) as database, database.writing(None) as session:
        token = sign_in.issue_link(email, lifetime)
        session.commit()
    click.echo(f"It works once, for {settings.link_minutes} minutes. Give it to nobody but them:\n")
    click.echo(f"  {settings.public_url}/links/{token}\n")


@portal.command("doctor")
@click.pass_obj
def examine(settings: Settings) -> None:
    """Say what is missing and how to mend it; ends with 1 if anything is."""
    checks = doctor.checks(settings)
    for check in checks:
        click.echo(f"{'ok     ' if check.ok else 'MISSING'}  {check.name}: {check.detail}")
        if not check.ok:
            click.echo(f"         {check.mend}")
    sys.exit(0 if all(check.ok for check in checks) else 1)


@portal.group("keys")
def key_commands() -> None:
    """The keys that sign cookies and forms."""


@key_commands.command("rotate")
@click.option("--prepare", is_flag=True, help="Only accept the new key for now: see the manual.")
@click.pass_obj
def rotate_keys(settings: Settings, prepare: bool) -> None:
    """Let a new key sign; older ones stay accepted until what they signed has run out."""
    lifetime = timedelta(days=settings.session_days)
    kept = keys.rotate(settings.secret_key_file, lifetime, prepare=prepare)
    click.echo(
        f"{settings.secret_key_file} has {len(kept)} keys. Restart the web processes now; nobody"
        " is signed out."
    )
    if prepare:
        click.echo("When all have started anew, run `portal keys rotate` and restart them again.")


@portal.group("content")
def content() -> None:
    """Check and publish the Markdown in the content folder."""


@content.command("lint")
@click.pass_obj
def lint(settings: Settings) -> None:
    """Say what is wrong in the content folder, where, and how to mend it."""
    problems = publishing.lint(settings.content_dir)
    _show_problems(problems)
    sys.exit(1 if any(problem.severity == "error" for problem in problems) else 0)


@content.command("publish")
@click.pass_obj
def publish(settings: Settings) -> None:
    """Publish what changed in the content folder; refuses all of it if anything is wrong."""
    with opened(settings) as database:
        report = publishing.publish(database, settings.content_dir)
    _show_problems(report.problems)
    click.echo(report.summary())
    sys.exit(0 if report.is_published else 1)


@portal.group("sample")
def sample_commands() -> None:
    """The sample organizations."""


@sample_commands.command("people")
@click.pass_obj
def sample_people(settings: Settings) -> None:
    """Print fresh sign-in links for one sample person of each role."""
    with opened(settings) as database:
        if not sample.is_loaded(database):
            raise click.ClickException("There are no sample organizations in this portal.")
    _print_sample_people(settings)


def _print_sample_people(settings: Settings) -> None:
    with opened(settings) as database, database.writing(None) as session:
        people = sample.issue_links(settings.public_url)
        session.commit()
    click.echo("Sign in as (each link works once, for 24 hours;")
    click.echo("`.venv/bin/portal sample people` prints fresh ones):\n")
    for person in people:
        click.echo(f"  {person.role:<9} {person.name:<16} {person.organization:<18} {person.url}")
    click.echo("")


def _show_problems(problems: list[Problem]) -> None:
    for problem in problems:
        click.echo(str(problem), err=True)


@contextmanager
def opened(settings: Settings) -> Iterator[Database]:
    """The database for one command; no connection is left, so that a fork inherits none."""
    database = Database(settings.database, pool_size=1)
    try:
        yield database
    finally:
        database.dispose()


def main() -> None:
    """Run a command; errors meant for people end it with their words instead of a trace."""
    _say_errors(portal.main)


def _say_errors(run: Callable[..., Any]) -> None:
    try:
        run(prog_name="portal")
    except PortalError as error:
        raise SystemExit(f"portal: {error.message}") from None
    except (OperationalError, ProgrammingError) as error:
        said = str(error.orig).strip().splitlines()[0]
        hint = "`portal migrate` prepares the database; `portal doctor` says what else is missing."
        raise SystemExit(f"portal: the database cannot be used ({said}). {hint}") from None
    except ValidationError as error:
        wrong = (
            f"\n  WAYMARK_{'_'.join(map(str, e['loc'])).upper()}: {e['msg']}"
            for e in error.errors()
        )
        raise SystemExit("portal: mend these settings:" + "".join(wrong)) from None


if __name__ == "__main__":
    main()
