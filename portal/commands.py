"""What commands share: settings, a database for each, and errors in words instead of a trace."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import click
import structlog
from pydantic import ValidationError
from sqlalchemy.exc import OperationalError, ProgrammingError

from portal import logs
from portal.config import Settings, load_settings
from portal.db import Database
from portal.errors import PortalError


def set_up(context: click.Context) -> None:
    """Load the settings for the command in hand, and begin its log."""
    context.obj = load_settings()
    logs.configure(context.obj)
    structlog.contextvars.bind_contextvars(entry=f"portal {context.invoked_subcommand}")


@contextmanager
def opened(settings: Settings) -> Iterator[Database]:
    """The database for one command; no connection is left, so that a fork inherits none."""
    database = Database(settings.database, pool_size=1)
    try:
        yield database
    finally:
        database.dispose()


def say_errors(run: Callable[..., Any]) -> None:
    """Run a command; what is meant for people ends it with its words."""
    try:
        run(prog_name="portal")
    except PortalError as error:
        raise SystemExit(f"portal: {error.message}") from None
    except (OperationalError, ProgrammingError) as error:
        raise SystemExit(f"portal: {in_words(error)}") from None
    except ValidationError as error:
        wrong = (
            f"\n  WAYMARK_{'_'.join(map(str, e['loc'])).upper()}: {e['msg']}"
            for e in error.errors()
        )
        raise SystemExit("portal: mend these settings:" + "".join(wrong)) from None


def in_words(error: OperationalError | ProgrammingError) -> str:
    """What is wrong with the database."""
    said = str(error.orig).strip().splitlines()[0]
    hint = "`portal migrate` prepares the database; `portal doctor` says what else is missing."
    return f"the database cannot be used ({said}). {hint}"
