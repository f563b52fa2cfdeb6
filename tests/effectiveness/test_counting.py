"""Counting: who counts, when, and once; the same by a second, naive implementation."""

import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update

from portal import clock, sweeping
from portal.accounts.models import Organization
from portal.db import Database
from portal.effectiveness.jobs import recount_all
from portal.effectiveness.models import GuideFigure, RevisionFigure
from portal.effectiveness.service import counting
from portal.effectiveness.service.figures import Basis, Counts, success_of
from portal.guides.models import CurrentRevision, Guide
from portal.paths.outcome_models import Answer, Opening, Outcome
from portal.paths.service import outcomes
from tests.effectiveness.conftest import Readers, Time
from tests.factories import Library, World, make_revision

pytestmark = pytest.mark.database


@pytest.fixture
def figure(database: Database, library: Library) -> Callable[..., Any]:
    """Count anew, and read the stored figure of the first guide."""

    def read(is_sample: bool = False) -> Any:
        recount_all(database)
        query = select(GuideFigure.__table__).where(
            GuideFigure.guide_id == library.guide_ids[0], GuideFigure.is_sample.is_(is_sample)
        )
        with database.reading(None) as session:
            return session.execute(query).one_or_none()

    return read


def test_openings_count_after_fourteen_days_and_answers_at_once(
    readers: Readers, figure: Callable[..., Any], time: Time
) -> None:
    readers.many(3, days_ago=20)
    readers.add(days_ago=1)
    readers.add(days_ago=2, answer="yes")
    found = figure()
    assert (found.opened, found.opened_lately, found.yes, found.on_guide) == (3, 2, 1, 0)
    time.pass_days(13.5)
    found = figure()
    assert (found.opened, found.opened_lately, found.yes, found.on_guide_yes) == (5, 0, 1, 1)


def test_staff_samples_and_strangers_to_the_audience_never_count(
    database: Database,
    readers: Readers,
    figure: Callable[..., Any],
    world: World,
    new_organization: Callable[..., UUID],
) -> None:
    readers.add(answer="yes")
    readers.add(answer="yes", job=None)
    readers.add(answer="no", job="warehouse clerk")
    readers.add(answer="no", organization_id=world.author.organization_id)
    sample = new_organization("Sample", is_sample=True)
    readers.many(2, answer="partly", organization_id=sample)
    assert (figure().opened, figure().yes, figure().no, figure().partly) == (2, 2, 0, 0)
    assert (figure(is_sample=True).opened, figure(is_sample=True).partly) == (2, 2)


def test_erased_people_stay_as_counts(readers: Readers, figure: Callable[..., Any]) -> None:
    readers.add(erased=True)
    readers.add(erased=True, answer="yes")
    readers.add(erased=True, answer="no", given="later")
    found = figure()
    assert (found.opened, found.yes, found.no) == (3, 1, 1)
    assert (found.on_guide, found.later) == (1, 1)


def test_a_correction_continues_the_figures_and_a_new_revision_begins_its_own(
    database: Database, readers: Readers, figure: Callable[..., Any], library: Library, world: World
) -> None:
    first = library.revision_ids[0]
    second = add_revision(database, library, 2, measured_with=first)
    readers.add(answer="no", member=world.end_user, days_ago=40)
    readers.add(answer="yes", member=world.end_user, days_ago=20, revision_id=second)
    readers.add(answer="yes", revision_id=second)
    found = figure()
    assert (found.opened, found.yes, found.no) == (2, 2, 0), "a person counts once in a chain"
    third = add_revision(database, library, 3, measured_with=None)
    readers.add(answer="partly", revision_id=third)
    found = figure()
    assert (found.opened, found.yes, found.partly) == (1, 0, 1)
    with database.reading(None) as session:
        rows = session.execute(select(RevisionFigure.revision_id, RevisionFigure.opened))
        assert dict(map(tuple, rows)) == {first: 2, third: 1}


def test_another_kind_is_never_mixed_in(
    database: Database, readers: Readers, figure: Callable[..., Any], library: Library
) -> None:
    readers.many(3, answer="yes")
    second = add_revision(database, library, 2, kind="challenge")
    readers.add(answer="no", revision_id=second)
    with database.writing(None) as session:
        guide = update(Guide).where(Guide.id == library.guide_ids[0])
        session.execute(guide.values(kind="challenge"))
        session.commit()
    found = figure()
    assert (found.opened, found.yes, found.no) == (1, 0, 1)


def add_revision(database: Database, library: Library, number: int, **values: Any) -> UUID:
    """A newer revision of the first guide, which is read from now on."""
    with database.writing(None) as session:
        guide = session.get_one(Guide, library.guide_ids[0])
        revision = make_revision(session, guide, number, clock.now())
        for name, value in values.items():
            setattr(revision, name, value)
        current = session.get_one(CurrentRevision, {"guide_id": guide.id, "language": "en"})
        current.revision_id = revision.id
        session.commit()
        return revision.id


def naive(database: Database, library: Library, now: Any) -> dict[str, int]:
    """The same by loops over rows, sharing no line with the portal's way: one revision only."""
    with database.across_organizations("a test counts by hand") as session:
        customers = {
            o.id
            for o in session.scalars(select(Organization))
            if not o.is_vendor and not o.is_sample
        }
        openings = [o for o in session.scalars(select(Opening)) if o.organization_id in customers]
        said = {(o.organization_id, o.member_id): o for o in session.scalars(select(Outcome))}
        found = dict.fromkeys(Counts.__slots__, 0)
        for opening in openings:
            if opening.job not in (None, "accountant"):
                continue
            outcome = said.get((opening.organization_id, opening.member_id))
            old = now - opening.opened_at >= timedelta(days=14)
            found["opened" if old else "opened_lately"] += 1
            if outcome is None:
                continue
            found[outcome.answer] += 1
            if outcome.answer in ("no", "partly") and (outcome.comment or outcome.reason):
                found["comments"] += 1
                found["comments_open"] += 1
            if not old:
                continue
            phase = "later" if outcome.given == "later" else "on_guide"
            found[phase] += 1
            found[f"{phase}_needed"] += outcome.answer in ("yes", "partly", "no")
            found[f"{phase}_yes"] += outcome.answer == "yes"
        return found


def test_the_stored_figure_is_what_counting_by_hand_gives(
    database: Database, readers: Readers, figure: Callable[..., Any], library: Library, world: World
) -> None:
    draw = random.Random(3)
    homes = [world.end_user.organization_id, world.stranger.organization_id]
    for _ in range(120):
        answer = draw.choice([None, None, "yes", "yes", "partly", "no", "already", "not_for_me"])
        words = "Where?" if answer in ("no", "partly") and draw.random() < 0.5 else None
        readers.add(
            days_ago=draw.uniform(0, 40),
            answer=answer,
            given=draw.choice(["on_guide", "on_guide", "later"]),
            job=draw.choice([None, "accountant", "accountant", "clerk"]),
            organization_id=draw.choice(homes),
            comment=words,
        )
    found = figure()
    by_hand = naive(database, library, clock.now())
    assert {name: getattr(found, name) for name in Counts.__slots__} == by_hand
    shown = success_of(Counts(**by_hand))
    assert found.success == (shown.estimate.value if shown.estimate else None)


def test_an_answer_moves_the_figures_by_the_next_sweep_and_a_rebuild_agrees(
    database: Database, readers: Readers, library: Library, world: World, time: Time
) -> None:
    readers.many(9, answer="yes")
    viewer = world.end_user.viewer
    with database.writing(viewer.organization_id) as session:
        outcomes.answer(viewer, library.guide_slugs[0], Answer.NO)
        session.commit()
    while sweeping.sweep(database):
        pass
    kept = stored(database)
    ((success, no),) = [(row["success"], row["no"]) for row in kept]
    assert (success, no) == (0.9, 1)
    recount_all(database)
    assert stored(database) == kept


def stored(database: Database) -> list[dict[str, Any]]:
    with database.reading(None) as session:
        rows = session.execute(select(GuideFigure.__table__)).mappings().all()
    return [{k: v for k, v in row.items() if k != "counted_at"} for row in rows]


def test_an_older_count_never_replaces_a_newer_one(
    database: Database, readers: Readers, library: Library, time: Time
) -> None:
    readers.add(answer="yes")
    older = counting.count_guide(database, library.guide_ids[0])
    time.pass_days(1)
    readers.add(answer="yes")
    newer = counting.count_guide(database, library.guide_ids[0])
    for figures in (newer, older):
        with database.writing(None) as session:
            counting.write(figures)
            session.commit()
    assert [row["yes"] for row in stored(database)] == [2]


FIGURES = {
    "too few": (Counts(opened=50, yes=9), Basis.TOO_FEW, None),
    "among answers": (
        Counts(opened=20, yes=9, no=1, on_guide=10, on_guide_needed=10),
        "answers",
        0.9,
    ),
    "two groups": (
        Counts(
            **dict(opened=100, yes=50, partly=6, no=6, already=8),
            **dict(on_guide=60, on_guide_needed=54, on_guide_yes=48),
            **dict(later=10, later_needed=8, later_yes=2),
        ),
        Basis.TWO_GROUPS,
        56 / 86,
    ),
    "four later answers": (
        Counts(
            **dict(opened=30, yes=12, no=2),
            **dict(on_guide=10, on_guide_needed=10, on_guide_yes=10),
            **dict(later=4, later_needed=4, later_yes=2),
        ),
        Basis.ANSWERS,
        12 / 14,
    ),
}


@pytest.mark.parametrize(("counts", "basis", "value"), FIGURES.values(), ids=FIGURES.keys())
def test_the_headline_is(counts: Counts, basis: str, value: float | None) -> None:
    found = success_of(counts)
    assert found.basis == basis
    assert (found.estimate.value if found.estimate else None) == (value and pytest.approx(value))


def test_what_rests_on_openings_is_about_those_that_count() -> None:
    counts = FIGURES["two groups"][0]
    found = success_of(counts)
    assert found.response == 0.7
    assert found.at_least == 0.5
    assert found.bounds == (50 / 92, 80 / 92)
    young = success_of(Counts(opened_lately=40, yes=10, no=2))
    assert (young.response, young.at_least, young.bounds) == (None, None, None)
