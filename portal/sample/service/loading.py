"""Loading the sample: a story after the other, in short transactions that note how far they came.

A loader that is killed is run again and goes on where its last whole transaction ended. Whoever
does the same deeds at the same moments gets the same rows: ids and lots follow from the story.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update

from portal import clock, db, ids, jobs
from portal.accounts.models import Organization
from portal.accounts.service import organizations
from portal.db import Database
from portal.effectiveness.service import counting
from portal.guides.service.once_read import Shelf, list_shelf
from portal.inserts import upsert
from portal.messages.service import MailSettings
from portal.paths.service import goals
from portal.sample import acts
from portal.sample.crowd import Someone, people_of
from portal.sample.days import Days
from portal.sample.deeds import carry_out
from portal.sample.living import LEADING
from portal.sample.models import SampleLoad
from portal.sample.place import Place, Staff
from portal.sample.schedule import Deed, chunks, deeds_of
from portal.sample.service.staff import ensure_staff
from portal.sample.stories import GOALS, STORIES
from portal.sample.story import Story
from portal.sample.visit import Do

PAUSE_SECONDS = 0.008
"""Between transactions: on SQLite whoever waits to write looks every few milliseconds."""
WITHOUT_PAUSE = 0.1
"""Seconds after which one is due."""
STEPS = 4
"""How often is told how far an organization is."""
MAY_TAKE = 500
"""Milliseconds of one transaction before it is logged as slow: a file of people takes some."""
DONE_AT_ITS_TIME = (
    "accounts.import",
    "effectiveness.count",
    "help.count_anew",
    "help.go_up",
    "paths.recount",
)
"""Work that the story does itself; a worker would do it today."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the loading is, for whoever waits."""

    organization: str
    number: int
    """Of `total`, from 1."""
    total: int
    people: int
    share: float
    """Of the organization's deeds, from 0 to 1."""


Say = Callable[[Progress], None]


@dataclass(frozen=True, slots=True)
class Report:
    """What loading came to."""

    organizations: int = 0
    people: int = 0
    missing_goals: tuple[str, ...] = ()
    """Of those that the stories need; where there are any, nothing was loaded."""
    is_new: bool = False
    """False where everything was there already."""
    has_versions: bool = True
    """Guides were rewritten in the time that is told, as the stories say."""


def load(
    database: Database,
    mail: MailSettings,
    stories: Sequence[Story] = STORIES,
    say: Say = lambda progress: None,
    do: Do = acts.perform,
) -> Report:
    """Add what is missing of these stories; nothing changes once they are there.

    `mail` says under which address the portal is reached; nothing is sent.
    """
    missing = _missing_goals(database)
    if missing:
        return Report(missing_goals=missing)
    crowds = {story: people_of(story) for story in stories}
    people = sum(map(len, crowds.values()))
    report = Report(len(stories), people)
    if are_loaded(database, stories):
        return report
    begun, staff = _begin(database)
    with database.reading(None):
        shelf = list_shelf()
    for number, story in enumerate(stories, start=1):
        place = _found(database, story, crowds[story], begun, staff, shelf, mail, do)
        told = Progress(story.name, number, len(stories), len(crowds[story]), 0.0)
        _tell(database, place, told, say)
    _count(database)
    return Report(len(stories), people, is_new=True, has_versions=_has_versions(shelf))


def are_loaded(database: Database, stories: Sequence[Story]) -> bool:
    """Whether these stories are in the portal to their ends."""
    with database.reading(None):
        query = (
            select(Organization.name)
            .join(SampleLoad, SampleLoad.organization_id == Organization.id)
            .where(Organization.is_sample, SampleLoad.finished_at.is_not(None))
        )
        told = set(db.session().scalars(query))
    return told >= {story.name for story in stories}


def _missing_goals(database: Database) -> tuple[str, ...]:
    needed = {goal for shares in GOALS.values() for goal in shares} | {LEADING}
    with database.reading(None):
        return tuple(sorted(needed - goals.list_slugs()))


def _begin(database: Database) -> tuple[datetime, Staff]:
    """The moment at which the sample was begun, and the vendor's people in it."""
    with database.reading(None):
        vendor = organizations.get_vendor()
    with database.writing(vendor.id) as session:
        row = dict(organization_id=vendor.id, begun_at=clock.now(), chunks_done=0)
        upsert(SampleLoad, row, on=("organization_id",))
        begun = session.get_one(SampleLoad, vendor.id).begun_at
        with ids.following("staff"):
            staff = ensure_staff(vendor.id, begun)
        session.commit()
    return begun, staff


def _found(
    database: Database,
    story: Story,
    people: Sequence[Someone],
    begun: datetime,
    staff: Staff,
    shelf: Shelf,
    mail: MailSettings,
    do: Do,
) -> Place:
    """The organization of a story, made where there is none."""
    with database.writing(staff.admin.organization_id) as session:
        same = select(Organization).where(Organization.is_sample, Organization.name == story.name)
        known = session.scalars(same).one_or_none()
        # What a version before this one had loaded is told already.
        finished_at = clock.now() if known else None
        if known is None:
            with (
                ids.following(f"{story.domain}/founded"),
                clock.standing_at(Days(story, begun).came),
            ):
                wanted = staff.admin, story.name, story.zone, story.locale
                known = organizations.create_organization(*wanted, is_sample=True)
                session.flush()
        row = dict(organization_id=known.id, begun_at=begun, chunks_done=0)
        upsert(SampleLoad, row | {"finished_at": finished_at}, on=("organization_id",))
        session.commit()
    return Place(story, known, people, begun, staff, shelf, mail, do)


def _tell(database: Database, place: Place, progress: Progress, say: Say) -> None:
    """Do what is left of a story."""
    if _is_finished(database, place.id):
        say(replace(progress, share=1.0))
        return
    parts = chunks(deeds_of(place.story, place.people, place.begun))
    done = _chunks_done(database, place.id)
    said, paused = -1, time.monotonic()
    while done < len(parts):
        done = _do_next(database, place, parts, done)
        if (now := done * STEPS // len(parts)) != said:
            said = now
            say(replace(progress, share=done / len(parts)))
        if time.monotonic() - paused > WITHOUT_PAUSE:
            time.sleep(PAUSE_SECONDS)
            paused = time.monotonic()
    with database.writing(None) as session:
        mine = SampleLoad.organization_id == place.id, SampleLoad.finished_at.is_(None)
        session.execute(update(SampleLoad).where(*mine).values(finished_at=clock.now()))
        session.commit()


def _is_finished(database: Database, organization_id: UUID) -> bool:
    with database.reading(None) as session:
        return session.get_one(SampleLoad, organization_id).finished_at is not None


def _chunks_done(database: Database, organization_id: UUID) -> int:
    with database.reading(None) as session:
        return session.get_one(SampleLoad, organization_id).chunks_done


def _do_next(database: Database, place: Place, parts: Sequence[Sequence[Deed]], done: int) -> int:
    """Do the next part, unless another loader did it meanwhile; how many are done then."""
    with database.writing(place.id) as session:
        session.info["may_take"] = MAY_TAKE
        next_one = SampleLoad.organization_id == place.id, SampleLoad.chunks_done == done
        taken = update(SampleLoad).where(*next_one).values(chunks_done=done + 1)
        if not session.connection().execute(taken).rowcount:
            session.rollback()
            return _chunks_done(database, place.id)
        with ids.following(f"{place.story.domain}/{done}"):
            for deed in parts[done]:
                carry_out(place, deed)
        jobs.withdraw_past(DONE_AT_ITS_TIME, place.id, place.begun)
        session.commit()
    return done + 1


def _count(database: Database) -> None:
    """Count the figures of all guides, as the worker does from time to time."""
    for guide_id in counting.list_counted(database):
        figures = counting.count_guide(database, guide_id)
        with database.writing(None) as session:
            counting.write(figures)
            session.commit()


def _has_versions(shelf: Shelf) -> bool:
    return any(not revision.is_latest for revision in shelf.by_id.values())
