"""Work is an organization's own, though its table is everybody's and the same keys are in it."""

from uuid import UUID

import pytest
from sqlalchemy import select, update

from portal import clock, jobs
from portal.db import Database
from portal.jobs import Work
from tests.factories import World

pytestmark = pytest.mark.database

KIND = "tests.kernel.test_work"
WORD = "mia.menz@aurora.example"


@pytest.fixture
def both(world: World, database: Database) -> tuple[UUID, UUID]:
    """Two organizations with the same to do, whose errors tell of the same person."""
    places = world.usm.organization_id, world.stranger.organization_id
    for place in places:
        with database.writing(place) as session:
            jobs.enqueue(KIND, place, WORD)
            jobs.enqueue(KIND, place, "another")
            ours = update(Work).where(Work.organization_id == place, Work.key == "another")
            session.execute(ours.values(last_error=f"Could not be sent to {WORD}"))
            session.commit()
    return places


def work_of(database: Database, place: UUID) -> dict[str, str | None]:
    with database.reading(place) as session:
        found = select(Work.key, Work.last_error).where(Work.organization_id == place)
        return {row.key: row.last_error for row in session.execute(found.where(Work.kind == KIND))}


def test_words_are_forgotten_in_one_organization_alone(
    both: tuple[UUID, UUID], database: Database
) -> None:
    ours, theirs = both
    before = work_of(database, theirs)
    with database.writing(ours) as session:
        jobs.forget_words(ours, [WORD], "Mia Menz")
        session.commit()
    assert work_of(database, ours) == {"another": None}
    assert work_of(database, theirs) == before
    assert WORD in before


def test_what_waits_elsewhere_is_not_waiting_here(
    both: tuple[UUID, UUID], database: Database
) -> None:
    ours, theirs = both
    with database.writing(ours) as session:
        jobs.withdraw(KIND, ours, [WORD])
        session.commit()
    with database.reading(ours):
        assert not jobs.is_waiting(KIND, ours, WORD)
    with database.reading(theirs):
        assert jobs.is_waiting(KIND, theirs, WORD)


def test_what_was_due_here_is_withdrawn_here_alone(
    both: tuple[UUID, UUID], database: Database
) -> None:
    ours, theirs = both
    before = work_of(database, theirs)
    with database.writing(ours) as session:
        jobs.withdraw_past([KIND], ours, clock.now())
        session.commit()
    assert work_of(database, ours) == {}
    assert work_of(database, theirs) == before


def test_what_was_given_up_elsewhere_waits_here_still(
    both: tuple[UUID, UUID], database: Database
) -> None:
    ours, theirs = both
    with database.writing(theirs) as session:
        there = update(Work).where(Work.organization_id == theirs, Work.kind == KIND)
        session.execute(there.values(attempts=jobs.MOST_ATTEMPTS))
        session.commit()
    with database.reading(theirs):
        assert jobs.stopped_among(KIND, theirs, [WORD]) == {WORD}
    with database.reading(ours):
        assert jobs.stopped_among(KIND, ours, [WORD]) == set()
