"""`portal sample`, and what a first start does for the sample: the only ones that load it."""

import os
import sys
import time
from datetime import timedelta
from pathlib import Path

import click
import structlog

from portal import clock, logs, publishing
from portal.accounts.service import first_admin
from portal.commands import opened
from portal.config import Settings
from portal.db import Database
from portal.messages.service import MailSettings
from portal.sample import earlier
from portal.sample.service import dropping, loading, staff
from portal.sample.service.loading import Progress, Report
from portal.sample.stories import AT_ONCE

log = structlog.get_logger()
POLITE = 10
"""How much later than pages the loading of the sample gets the processor."""


@click.group("sample")
def sample() -> None:
    """The sample organizations."""


@sample.command("load")
@click.pass_obj
def load(settings: Settings) -> None:
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


@sample.command("drop")
@click.pass_obj
def drop(settings: Settings) -> None:
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


@sample.command("people")
@click.pass_obj
def people(settings: Settings) -> None:
    """Print fresh sign-in links for one sample person of each role."""
    with opened(settings) as database:
        if not is_there(database):
            raise click.ClickException("There are no sample organizations in this portal.")
    print_people(settings)


def print_people(settings: Settings) -> None:
    """Print fresh sign-in links for one sample person of each role."""
    with opened(settings) as database, database.writing(None) as session:
        links = staff.issue_links(settings.public_url)
        session.commit()
    click.echo("Sign in as (each link works once, for 24 hours;")
    click.echo("`.venv/bin/portal sample people` prints fresh ones):\n")
    for person in links:
        click.echo(f"  {person.role:<9} {person.name:<16} {person.organization:<18} {person.url}")
    click.echo("")


def is_there(database: Database) -> bool:
    """Whether the sample organizations that a first page needs are in the portal."""
    return loading.are_loaded(database, AT_ONCE)


def load_at_once(database: Database, settings: Settings) -> None:
    """Load the sample organizations that a first page needs; says what is missing for them."""
    _say_what_is_missing(loading.load(database, MailSettings.of(settings), AT_ONCE))


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


def publish_with_past(database: Database, content_dir: Path) -> publishing.Report:
    """Publish, and before it what the sample's people read before guides were rewritten."""
    if not earlier.is_told_of(content_dir):
        return publishing.publish(database, content_dir)
    now = clock.now()
    for days_ago, names in earlier.VERSIONS:
        with earlier.folder_with(content_dir, names) as folder:
            publishing.publish_past(database, folder, now - timedelta(days=days_ago))
    return publishing.publish(database, content_dir, now - timedelta(days=earlier.LATEST))
