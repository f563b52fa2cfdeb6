"""The command line: `portal COMMAND`. Each command is one entry and commits once."""

import sys
from datetime import timedelta

import click

from portal import (
    content_cli,
    doctor,
    import_cli,
    indexing,
    keys,
    migrations,
    occupied,
    publishing,
    sample_cli,
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

__all__ = ["main", "tables"]


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.pass_context
def portal(context: click.Context) -> None:
    """Waymark: a portal that leads your customers to their goals."""
    set_up(context)


portal.add_command(import_cli.content)
portal.add_command(backup_commands.backup)
portal.add_command(backup_commands.restore)
portal.add_command(sample_cli.sample)


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
            afterwards=sample_cli.load_meanwhile if with_sample and not (empty or few) else None,
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
        publish = sample_cli.publish_with_past if tells_past else publishing.publish
        report = publish(database, settings.content_dir)
        content_cli.show_problems(report.problems)
        if with_sample:
            sample_cli.load_at_once(database, settings)
        return sample_cli.is_there(database)


def _has_no_guides(database: Database) -> bool:
    with database.reading(None):
        return published.published_fingerprint() is None


def _make_vendor(database: Database) -> None:
    with database.writing(None) as session:
        organizations.ensure_vendor()
        session.commit()


def announce(settings: Settings, with_sample: bool) -> None:
    """Print where the portal is, and how to get in."""
    click.echo(f"\nWaymark is running: {settings.public_url}\n")
    if with_sample:
        sample_cli.print_people(settings)
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


def main() -> None:
    """Run a command; errors meant for people end it with their words instead of a trace."""
    say_errors(portal.main)


if __name__ == "__main__":
    main()
