"""Fixtures of the paths' tests: a clock that stands still, and readers at work."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from portal import clock, db
from portal.access import Viewer
from portal.db import Database
from portal.paths.outcome_models import Answer
from portal.paths.progress_models import Enrollment
from portal.paths.service import goals, journey, outcomes
from tests.all_kinds import AllKinds, make_all_kinds
from tests.factories import Library, Persona, World

START = datetime(2026, 3, 2, 9, tzinfo=UTC)


class Time:
    """The test's time; `pass_days` moves it."""

    def __init__(self) -> None:
        self.now = START

    def pass_days(self, days: float) -> datetime:
        self.now += timedelta(days=days)
        return self.now


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Time:
    """Time stands still at START until the test moves it."""
    moved = Time()
    monkeypatch.setattr(clock, "now", lambda: moved.now)
    return moved


@pytest.fixture
def reader(time: Time, world: World, library: Library, acting: Callable[[Persona], None]) -> Viewer:
    """An end user whose organization's session is open for writing."""
    acting(world.end_user)
    return world.end_user.viewer


@pytest.fixture
def enrollment() -> Callable[[Viewer], Any]:
    """Look up a viewer's current enrollment as a row."""

    def look_up(viewer: Viewer) -> Any:
        query = select(Enrollment.__table__).where(
            Enrollment.organization_id == viewer.organization_id,
            Enrollment.member_id == viewer.member_id,
            Enrollment.is_current,
        )
        return db.session().execute(query).one_or_none()

    return look_up


@pytest.fixture
def kinds(time: Time, database: Database) -> AllKinds:
    """A goal whose path has a step of every kind."""
    return make_all_kinds(database)


@pytest.fixture
def walker(kinds: AllKinds, reader: Viewer) -> Viewer:
    """The reader, on the path of every kind of step."""
    goals.choose_goal(reader, kinds.goal_slug)
    return reader


@pytest.fixture
def finisher(reader: Viewer, library: Library) -> Viewer:
    """The reader, at the end of the library's path: both guides worked."""
    goals.choose_goal(reader, library.goal_slug)
    for slug in library.guide_slugs:
        outcomes.answer(reader, slug, Answer.YES)
    journey.finish(reader, library.path_slug)
    return reader
