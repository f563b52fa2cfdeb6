"""`portal content`: check, publish and watch what authors write.

Apart from the other commands, because authors run these all day and wait for them.
"""

import json
import sys
from dataclasses import asdict

import click
import structlog
from sqlalchemy.exc import OperationalError, ProgrammingError
from watchfiles import watch as changes_of

from portal import publishing, tables
from portal.commands import in_words, opened, say_errors, set_up
from portal.config import Settings
from portal.db import Database
from portal.errors import PortalError
from portal.guides.files import Problem
from portal.i18n import ngettext

__all__ = ["content", "main", "tables"]

SETTLE_MILLISECONDS = 100
"""After a change, for the editor to write its other files."""
MOST_WARNINGS = 20
"""Printed when publishing, which forbids none of them; `lint` prints all."""
LOOK_MILLISECONDS = 300
"""Until the first publication, and between looks at whether to stop."""


@click.group("content")
@click.pass_context
def content(context: click.Context) -> None:
    """Check, publish and import the Markdown in the content folder."""


@content.command("lint")
@click.option("--json", "as_json", is_flag=True, help="A JSON object a line, for an editor.")
@click.option("--strict", is_flag=True, help="End with 1 for warnings as well.")
@click.pass_obj
def lint(settings: Settings, as_json: bool, strict: bool) -> None:
    """Say what is wrong in the content folder, where, and how to mend it.

    Ends with 1 if there is an error. Warnings forbid no publication; with --strict they count too.
    """
    problems = publishing.lint(settings.content_dir)
    for problem in problems:
        if as_json:
            click.echo(json.dumps(asdict(problem), ensure_ascii=False))
        else:
            click.echo(str(problem), err=True)
    if not problems and not as_json:
        click.echo("Nothing to mend.")
    counted = [problem for problem in problems if strict or problem.severity == "error"]
    sys.exit(1 if counted else 0)


@content.command("publish")
@click.pass_obj
def publish(settings: Settings) -> None:
    """Publish what changed in the content folder; refuses all of it if anything is wrong."""
    with opened(settings) as database:
        report = publishing.publish(database, settings.content_dir)
    show_problems(report.problems)
    click.echo(report.summary())
    sys.exit(0 if report.is_published else 1)


@content.command("watch")
@click.pass_obj
def watch(settings: Settings) -> None:
    """Publish whenever a file of the content folder changes, until stopped with Ctrl-C."""
    if not settings.content_dir.is_dir():
        raise click.ClickException(f"There is no folder {settings.content_dir}.")
    changes = changes_of(
        settings.content_dir,
        step=SETTLE_MILLISECONDS,
        rust_timeout=LOOK_MILLISECONDS,
        yield_on_timeout=True,
        raise_interrupt=False,
    )
    is_first = True
    with opened(settings) as database:
        for found in changes:
            # The first time nothing need have changed: no save is missed from here on.
            if found or is_first:
                _publish_and_say(database, settings)
            if is_first:
                click.echo(f"Watching {settings.content_dir}. Stop with Ctrl-C.")
                is_first = False


def _publish_and_say(database: Database, settings: Settings) -> None:
    """Publish; whatever is wrong is said and ends nothing: the next change may mend it."""
    try:
        report = publishing.publish(database, settings.content_dir)
    except PortalError as error:
        click.echo(f"Not published: {error.message}", err=True)
    except (OperationalError, ProgrammingError) as error:
        click.echo(f"Not published: {in_words(error)}", err=True)
    except Exception as error:
        structlog.get_logger().exception("content.watch_failed")
        click.echo(f"Not published: {error}", err=True)
    else:
        show_problems(report.problems if report.is_changed or not report.is_published else [])
        click.echo(report.summary())


def show_problems(problems: list[Problem]) -> None:
    """Print problems where errors go: all errors, and warnings up to a screenful."""
    warnings = [problem for problem in problems if problem.severity == "warning"]
    hidden = warnings[MOST_WARNINGS:]
    for problem in problems:
        if problem not in hidden:
            click.echo(str(problem), err=True)
    if hidden:
        more = ngettext("%(num)s more warning", "%(num)s more warnings", len(hidden))
        click.echo(f"{more}: portal content lint", err=True)


def main() -> None:
    """Run a command of this group alone."""
    alone = click.Group("portal", {"content": content}, callback=click.pass_context(set_up))
    say_errors(alone.main)
