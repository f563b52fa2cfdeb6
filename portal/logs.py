"""Structured logs: one line an event, with the request's or the job's id in each."""

import logging
import sys
from typing import TextIO, cast

import structlog

from portal.config import Settings


class _StandardError:
    """Whatever standard error is when a line is written; tests and forks exchange it."""

    def write(self, text: str) -> int:
        return sys.stderr.write(text)

    def flush(self) -> None:
        sys.stderr.flush()


_processors: list[structlog.typing.Processor] = []
"""One list for good: a logger that is in use already keeps what it was first given."""


def configure(settings: Settings) -> None:
    """Set the shape and the least level of log lines; they go to standard error."""
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer()
        if settings.log_format == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    _processors[:] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        renderer,
    ]
    structlog.configure(
        processors=_processors,
        wrapper_class=structlog.make_filtering_bound_logger(
            logging.getLevelNamesMapping()[settings.log_level.upper()]
        ),
        logger_factory=structlog.PrintLoggerFactory(cast(TextIO, _StandardError())),
        cache_logger_on_first_use=True,
    )
