"""Publishing paths and their steps."""

from pathlib import Path as Folder
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from portal import publishing
from portal.db import Database
from portal.jobs import Work
from portal.paths.models import Path, Step
from portal.publishing import Report
from tests.content_folder import PATH, ContentFolder
from tests.factories import World

pytestmark = pytest.mark.database

STEPS: list[dict[str, Any]] = PATH["steps"]


@pytest.fixture
def folder(tmp_path: Folder) -> ContentFolder:
    return ContentFolder(tmp_path / "content")


class Publisher:
    """Publishes one folder and looks at what came of it."""

    def __init__(self, database: Database, folder: ContentFolder) -> None:
        self.database, self.folder = database, folder

    def __call__(self, **front: Any) -> Report:
        if front:
            self.folder.path("close-with-proof", **front)
        return publishing.publish(self.database, self.folder.root)

    def path(self) -> Path:
        with self.database.reading(None) as session:
            return session.scalars(select(Path)).one()

    def steps(self) -> dict[str, Step]:
        """Steps on offer in their order, by key."""
        query = select(Step).where(Step.withdrawn_at.is_(None)).order_by(Step.position)
        with self.database.reading(None) as session:
            return {step.key: step for step in session.scalars(query)}

    def ids(self) -> dict[str, UUID]:
        return {key: step.id for key, step in self.steps().items()}

    def asked(self) -> list[tuple[UUID, str]]:
        """Organizations and paths whose progress is to be counted anew."""
        query = select(Work.organization_id, Work.key).where(Work.kind == "paths.recount")
        with self.database.reading(None) as session:
            return [(row.organization_id, row.key) for row in session.execute(query)]


@pytest.fixture
def publish(world: World, database: Database, folder: ContentFolder) -> Publisher:
    return Publisher(database, folder)


def test_publishes_steps_in_order(publish: Publisher) -> None:
    publish()
    steps = publish.steps()
    assert list(steps) == [
        "guide:match-bank-file",
        "guide:lock-period",
        "milestone:First close with proof",
    ]
    assert [step.title for step in steps.values()] == [
        "Match the bank file",
        "Lock the period",
        "First close with proof",
    ]
    assert [step.position for step in steps.values()] == [1, 2, 3]
    assert [bool(step.is_optional) for step in steps.values()] == [False, True, False]
    assert publish.path().steps_total == 3


def test_asks_nobody_to_count_on_a_new_path(publish: Publisher) -> None:
    publish()
    assert publish.asked() == []


def test_keeps_the_identity_of_a_step_that_moves(publish: Publisher) -> None:
    publish()
    before = publish.ids()
    publish(steps=[STEPS[1], STEPS[0], STEPS[2]])
    assert publish.ids() == before
    assert list(publish.ids()) == [
        "guide:lock-period",
        "guide:match-bank-file",
        "milestone:First close with proof",
    ]


def test_withdraws_a_step_and_takes_it_back(publish: Publisher) -> None:
    publish()
    before = publish.ids()
    publish(steps=[STEPS[0], STEPS[2]])
    assert "guide:lock-period" not in publish.ids()
    assert publish.path().steps_total == 2
    publish(steps=STEPS)
    assert publish.ids() == before
    assert publish.path().steps_total == 3


def test_has_each_customer_counted_anew_when_steps_change(publish: Publisher, world: World) -> None:
    publish()
    publish(steps=[STEPS[0], STEPS[2]])
    path = str(publish.path().id)
    ours, theirs = world.end_user.organization_id, world.stranger.organization_id
    assert sorted(publish.asked()) == sorted([(ours, path), (theirs, path)])


def test_has_progress_counted_anew_when_the_rhythm_changes(publish: Publisher) -> None:
    publish()
    publish.folder.goal("close-faster", rhythm="week")
    publish()
    assert len(publish.asked()) == 2


def test_follows_a_guide_to_its_new_title_without_counting(publish: Publisher) -> None:
    publish()
    publish.folder.guide("lock-period", title="Lock the month")
    publish()
    assert publish.steps()["guide:lock-period"].title == "Lock the month"
    assert publish.asked() == []


def test_changes_nothing_when_nothing_changed(publish: Publisher) -> None:
    publish()
    assert not publish().is_changed
    assert publish.asked() == []


def test_withdraws_a_path_whose_file_is_gone_and_takes_it_back(publish: Publisher) -> None:
    publish()
    before = publish.path().id
    publish.folder.remove("paths/close-with-proof.md")
    publish()
    assert publish.path().withdrawn_at
    publish(steps=STEPS)
    assert publish.path().withdrawn_at is None
    assert publish.path().id == before


def test_refuses_a_path_with_a_guide_that_is_not_there(publish: Publisher) -> None:
    publish()
    report = publish(steps=[{"guide": "gone"}, STEPS[2]])
    assert not report.is_published
    assert len(publish.ids()) == 3
