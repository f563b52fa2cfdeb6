"""The command line: `portal COMMAND`. Each command is one entry and commits once."""

import os
import sys
import time
from datetime import timedelta
from pathlib import Path

import click
import structlog

from portal import (
    clock,
    content_cli,
    doctor,
    import_cli,
    indexing,
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
from portal.commands import opened, say_errors, set_up
from portal.config import Settings
from portal.db import Database
from portal.effectiveness.jobs import recount_all
from portal.guides.service import published
from portal.messages.service import MailSettings
from portal.sample import earlier
from portal.sample.service import dropping, loading, staff
from portal.sample.service.loading import Progress, Report
from portal.sample.stories import AT_ONCE

__all__ = ["main", "tables"]

log = structlog.get_logger()
POLITE = 10
"""How much later than pages the loading of the sample gets the processor."""


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.pass_context
def portal(context: click.Context) -> None:
    """Waymark: a portal that leads your customers to their goals."""
    set_up(context)


portal.add_command(import_cli.content)
portal.add_command(backup_commands.backup)
portal.add_command(backup_commands.restore)


@portal.command("serve")
@click.option("--host", help="Address to listen on.")
@click.option("--port", type=click.IntRange(1, 65535), help="Port to listen on.")
@click.option("--empty", is_flag=True, help="Load no sample organizations.")
@click.option("--few", is_flag=True, help="Load the two smallest sample organizations alone.")
@click.pass_obj
def serve_all(
    settings: Settings, host: str | None, port: int | None, empty: bool, few: bool
) -> None:
    """Prepare the database, then run web and worker until stopped.

    Two sample organizations are there with the first page, the others come meanwhile.
    """
    chosen = {"host": host, "port": port}
    settings = settings.model_copy(update={k: v for k, v in chosen.items() if v is not None})
    listener = webserver.listen(settings)
    with occupied.shared(settings):
        settings.note_address()
        with_sample = prepare(settings, empty=empty, few=few)
        code = serve.run(
            settings,
            listener,
            app_factory=create_app,
            work=worker.run,
            on_ready=lambda: announce(settings, with_sample),
            afterwards=load_meanwhile if with_sample and not (empty or few) else None,
        )
    sys.exit(code)


def prepare(settings: Settings, *, empty: bool, few: bool) -> bool:
    """Migrate, publish and load the sample; each step finds out what is already there.

    Returns whether the sample organizations are in the portal.
    """
    migrations.migrate(settings.database)
    with opened(settings) as database:
        _make_vendor(database)
        with_sample = not empty and not first_admin.exists(database)
        tells_past = with_sample and not few and _has_no_guides(database)
        report = _publish(database, settings.content_dir, tells_past=tells_past)
        content_cli.show_problems(report.problems)
        if with_sample:
            _say_what_is_missing(loading.load(database, MailSettings.of(settings), AT_ONCE))
        return loading.are_loaded(database, AT_ONCE)


def _has_no_guides(database: Database) -> bool:
    with database.reading(None):
        return published.published_fingerprint() is None


def _publish(database: Database, content_dir: Path, *, tells_past: bool) -> publishing.Report:
    """Publish; for the sample first what its people read before guides were rewritten."""
    if not (tells_past and earlier.is_told_of(content_dir)):
        return publishing.publish(database, content_dir)
    now = clock.now()
    for days_ago, names in earlier.VERSIONS:
        with earlier.folder_with(content_dir, names) as folder:
            publishing.publish_past(database, folder, now - timedelta(days=days_ago))
    return publishing.publish(database, content_dir, now - timedelta(days=earlier.LATEST))


def load_meanwhile(settings: Settings) -> None:
    """Load what is missing of the sample beside the portal; the next start goes on with it."""
    os.nice(POLITE)
    logs.configure(settings)
    database = Database(settings.database, pool_size=1)
    if not first_admin.exists(database):
        report = loading.load(database, MailSettings.of(settings), say=_log_progress)
        if report.is_new:
            log.info("sample.loaded", organizations=report.organizations, people=report.people)
    database.dispose()


def _log_progress(progress: Progress) -> None:
    done = {"number": progress.number, "of": progress.total, "people": progress.people}
    share = f"{progress.share:.0%}"
    log.info("sample.loading", organization=progress.organization, done=share, **done)


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


@portal.group("search")
def search_commands() -> None:
    """The search index."""


@search_commands.command("rebuild")
@click.pass_obj
def rebuild_search(settings: Settings) -> None:
    """Make the search index anew from what is published."""
    with opened(settings) as database:
        number = indexing.refresh(database, anew=True)
    click.echo(f"Indexed: {number} documents.")


@portal.group("figures")
def figures_commands() -> None:
    """What readers did and said, counted."""


@figures_commands.command("rebuild")
@click.pass_obj
def rebuild_figures(settings: Settings) -> None:
    """Count the figures of all guides anew from what readers did and said."""
    with opened(settings) as database:
        number = recount_all(database)
    click.echo(f"Counted: {number} guides.")


@portal.group("sample")
def sample_commands() -> None:
    """The sample organizations."""


@sample_commands.command("load")
@click.pass_obj
def sample_load(settings: Settings) -> None:
    """Add twelve sample organizations with 120 days of history; what is there stays as it is."""
    started = time.monotonic()
    with opened(settings) as database:
        report = loading.load(database, MailSettings.of(settings), say=_Told(started))
    seconds = time.monotonic() - started
    _say_what_is_missing(report)
    if report.missing_goals:
        sys.exit(1)
    if not report.is_new:
        click.echo("The sample is already there; nothing was changed.")
        return
    click.echo(
        f"Loaded {report.organizations} sample organizations with {report.people:,} people in"
        f" {seconds:.0f} s. `portal sample people` prints links to sign in."
    )
    if not report.has_versions:
        click.echo(
            "The guides had been published before, each in one version: the sample's comparison of"
            " two versions is left out."
        )


class _Told:
    """Prints how far loading is, once an organization."""

    def __init__(self, started: float) -> None:
        self._started = started

    def __call__(self, progress: Progress) -> None:
        if progress.share == 1:
            seconds = time.monotonic() - self._started
            click.echo(
                f"{progress.number:>2} of {progress.total}  {progress.organization:<22}"
                f" {progress.people:>6,} people  {seconds:>4.0f} s"
            )


def _say_what_is_missing(report: Report) -> None:
    if report.missing_goals:
        click.echo(
            "No sample was loaded: it needs goals that the content folder does not have"
            f" ({', '.join(report.missing_goals)}). `portal serve --empty` goes without it."
        )


@sample_commands.command("drop")
@click.pass_obj
def sample_drop(settings: Settings) -> None:
    """Take the sample organizations and their people away; what is real stays."""
    started = time.monotonic()
    folders = settings.media_dir, settings.exports_dir
    with opened(settings) as database:
        gone = dropping.drop(database, folders, say=lambda name: click.echo(f"Gone: {name}"))
    seconds = time.monotonic() - started
    click.echo(f"Took {gone.organizations} sample organizations away in {seconds:.0f} s.")
    for told, versions in (
        ("Gone with them", gone.versions),
        ("Stays, since somebody real read it", gone.still_named),
    ):
        for one in versions:
            click.echo(f"{told}: version {one.number} ({one.language}) of the guide {one.slug}")


@sample_commands.command("people")
@click.pass_obj
def sample_people(settings: Settings) -> None:
    """Print fresh sign-in links for one sample person of each role."""
    with opened(settings) as database:
        if not loading.are_loaded(database, AT_ONCE):
            raise click.ClickException("There are no sample organizations in this portal.")
    _print_sample_people(settings)


def _print_sample_people(settings: Settings) -> None:
    with opened(settings) as database, database.writing(None) as session:
        people = staff.issue_links(settings.public_url)
        session.commit()
    click.echo("Sign in as (each link works once, for 24 hours;")
    click.echo("`.venv/bin/portal sample people` prints fresh ones):\n")
    for person in people:
        click.echo(f"  {person.role:<9} {person.name:<16} {person.organization:<18} {person.url}")
    click.echo("")


def main() -> None:
    """Run a command; errors meant for people end it with their words instead of a trace."""
    say_errors(portal.main)


if __name__ == "__main__":
    main()
