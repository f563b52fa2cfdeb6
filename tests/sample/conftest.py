"""A portal as `portal serve` makes it, before the sample; what its rows are."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import Connection, create_engine, delete, insert, select, text

from portal import clock, publishing, tables
from portal.accounts.service import organizations
from portal.config import ROOT, Settings
from portal.db import Database
from portal.messages.service import MailSettings
from portal.sample.small import KRANICH
from portal.sample.stories import BY_LOT
from portal.sample.story import Story, Wave

NOW = datetime(2026, 11, 30, 9, 30, tzinfo=UTC)
"""The Monday on which the tests load."""
Rows = dict[str, list[tuple[object, ...]]]


def small(name: str, size: int, **changes: object) -> Story:
    """A story with few people, so that its tests are quick."""
    (story,) = (story for story in BY_LOT if story.name == name)
    return replace(story, size=size, **changes)


FEW = (
    KRANICH,
    small("Talvik Seafood", 9),
    small("Northgate Clinics", 16, waves=(Wave(115, 0.8), Wave(60, 0.2))),
)
"""The stories of most tests."""


@pytest.fixture
def mail(settings: Settings) -> MailSettings:
    return MailSettings.of(settings)


@pytest.fixture
def ready(database: Database) -> Database:
    """A portal whose guides were published before anybody came."""
    with database.writing(None) as session:
        organizations.ensure_vendor()
        session.commit()
    with clock.standing_at(datetime(2026, 7, 1, tzinfo=UTC)):
        publishing.publish(database, ROOT / "content")
    return database


@contextmanager
def past_the_guard(database: Database) -> Iterator[Connection]:
    """Every row of every organization, and no rule about their order."""
    engine = create_engine(database.engine.url)
    with engine.begin() as connection:
        if not database.is_sqlite:
            connection.execute(text("SET session_replication_role = replica"))
        yield connection
    engine.dispose()


CHANGES_BY_ITSELF = frozenset({"finished_at", "counted_at"})
"""Columns of what the loader notes of itself, which say when it really happened."""


def every_row(database: Database) -> Rows:
    """What stands in each table, in an order that does not hang on when it was written."""
    found = {}
    with past_the_guard(database) as connection:
        for table in tables.metadata.sorted_tables:
            itself = CHANGES_BY_ITSELF if table.name.endswith(("_load", "_figure")) else ()
            told = [column for column in table.c if column.name not in itself]
            if rows := sorted(map(tuple, connection.execute(select(*told))), key=repr):
                found[table.name] = rows
    return found


def keep(database: Database) -> Callable[[], None]:
    """Remember every row; what is returned puts them back."""
    with past_the_guard(database) as connection:
        kept = {
            table: [dict(row._mapping) for row in connection.execute(select(table))]
            for table in tables.metadata.sorted_tables
        }

    def put_back() -> None:
        with past_the_guard(database) as connection:
            for table in reversed(kept):
                connection.execute(delete(table))
            for table, rows in kept.items():
                if rows:
                    connection.execute(insert(table), rows)

    return put_back
