"""Publish the content folder: everything that is sound, or nothing.

Reading, rendering and lint come first and touch no database. What differs from the stored rows is
then written in one short transaction, so that nobody ever sees half of it; a folder that is
published already opens none. Of two publications at once one waits for the other and then finds
its work done.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import func, select

from portal import clock, indexing
from portal.db import Database
from portal.guides.content import GuideSource, Problem, read_drafts, read_goals, read_guides
from portal.guides.fingerprint import fingerprint, same_rules
from portal.guides.kit_content import KitLanguages, read_kits
from portal.guides.lint import lint as check_guides
from portal.guides.lint import with_drafts, with_problems
from portal.guides.rendering import Renderer
from portal.guides.service import kit_publishing as kits
from portal.guides.service import published
from portal.guides.service import publishing as guides
from portal.guides.service.kit_publishing import KitsPlan
from portal.guides.service.prepared import ReadyGuides, prepare, reminders
from portal.guides.service.publishing import GuidesPlan
from portal.guides.writing.rules import Known
from portal.i18n import gettext as _
from portal.i18n import ngettext
from portal.markdown import Rendered
from portal.paths.content import PathSource, read_paths
from portal.paths.service import publishing as paths
from portal.paths.service.publishing import PathsPlan

LOCK = 0x7075626C697368
"""Key of PostgreSQL's advisory lock: any number that nothing else in the database uses."""


@dataclass(frozen=True, slots=True)
class Content:
    """The content folder, read, checked and made ready."""

    guides: ReadyGuides
    paths: tuple[PathSource, ...]
    kits: tuple[KitLanguages, ...]
    problems: list[Problem]

    @property
    def is_sound(self) -> bool:
        """Whether no problem forbids publishing."""
        return all(problem.severity != "error" for problem in self.problems)


@dataclass(frozen=True, slots=True)
class Plan:
    """What a publication has to write; false if that is nothing."""

    guides: GuidesPlan
    paths: PathsPlan
    kits: KitsPlan

    def __bool__(self) -> bool:
        return bool(self.guides or self.paths or self.kits)


@dataclass(frozen=True, slots=True)
class Report:
    """What became of a publication."""

    problems: list[Problem]
    is_published: bool
    """False if an error of lint forbade it: people go on reading what was there before."""
    is_changed: bool = False
    new_guides: int = 0
    new_revisions: int = 0
    """Of guides that were there before."""
    returned_guides: int = 0
    withdrawn_guides: int = 0
    changed_goals: int = 0
    """New, changed, withdrawn or taken back."""
    changed_paths: int = 0
    """New, changed, withdrawn or taken back, or with other steps."""
    changed_kits: int = 0
    """New, changed, withdrawn or taken back, or with other documents."""

    def summary(self) -> str:
        """One line for whoever publishes."""
        if not self.is_published:
            return _("Nothing was published. Mend the errors, then publish again.")
        if not self.is_changed:
            return _("Nothing has changed since the last publication.")
        counts = (
            (self.new_guides, ngettext("%(num)s new guide", "%(num)s new guides", self.new_guides)),
            (
                self.new_revisions,
                ngettext("%(num)s new revision", "%(num)s new revisions", self.new_revisions),
            ),
            (
                self.returned_guides,
                ngettext("%(num)s guide is back", "%(num)s guides are back", self.returned_guides),
            ),
            (
                self.withdrawn_guides,
                ngettext(
                    "%(num)s guide withdrawn", "%(num)s guides withdrawn", self.withdrawn_guides
                ),
            ),
            (
                self.changed_goals,
                ngettext("%(num)s goal changed", "%(num)s goals changed", self.changed_goals),
            ),
            (
                self.changed_paths,
                ngettext("%(num)s path changed", "%(num)s paths changed", self.changed_paths),
            ),
            (
                self.changed_kits,
                ngettext("%(num)s kit changed", "%(num)s kits changed", self.changed_kits),
            ),
        )
        words = ", ".join(words for number, words in counts if number)
        return _("Published: %(words)s.", words=words or _("details of goals and guides"))


def publish(database: Database, content_dir: Path, at: datetime | None = None) -> Report:
    """Publish what changed in the content folder; nothing of it if lint finds an error.

    The same folder again is known by its fingerprint, and not even read as Markdown. `at` says when
    it was published, for whoever tells a past; None: now.
    """
    report = _publish(database, content_dir, at)
    if report.is_published:
        indexing.refresh(database)
    return report


def publish_past(database: Database, content_dir: Path, at: datetime) -> Report:
    """Publish what readers had before: the next publication follows at once, and indexes."""
    return _publish(database, content_dir, at)


def _publish(database: Database, content_dir: Path, at: datetime | None) -> Report:
    mark = fingerprint(content_dir, clock.today("UTC"))
    with database.reading(None):
        before = published.published_fingerprint()
        if before == mark:
            return Report(published.list_problems(), is_published=True)
        kept = published.kept_renderings()
        known = published.known_advice() if same_rules(before, mark) else {}
    content = _read(content_dir, kept, known)
    if not content.is_sound:
        return Report(content.problems, is_published=False)
    with database.reading(None):
        plan = _plan(content)
    if not content.guides.guides and plan.guides.guides.withdrawn:
        return Report([*content.problems, _no_guides(content_dir)], is_published=False)
    return _report(_write(database, content, mark, at or clock.now()), content.problems)


def lint(content_dir: Path) -> list[Problem]:
    """What is wrong in the content folder, errors and warnings; nothing is published."""
    return _read(content_dir).problems


def _read(
    content_dir: Path, kept: Mapping[str, Rendered] | None = None, known: Known | None = None
) -> Content:
    renderer = Renderer(content_dir, kept)
    goals, of_paths = read_goals(content_dir, renderer), read_paths(content_dir, renderer)
    found = with_drafts(read_guides(content_dir, renderer), read_drafts(content_dir, renderer))
    of_kits, wrong_kits = read_kits(content_dir, renderer)
    problems = check_guides(found, goals, clock.today("UTC"), known) + reminders(found.sources)
    if not content_dir.is_dir():
        problems.append(_no_folder(content_dir))
    return Content(
        prepare(goals.sources, with_problems(_for_readers(found.sources), problems)),
        of_paths.sources,
        tuple(of_kits),
        [*problems, *of_paths.problems, *wrong_kits],
    )


def _for_readers(guides: Iterable[GuideSource]) -> list[GuideSource]:
    return [guide for guide in guides if not guide.draft]


def _no_folder(content_dir: Path) -> Problem:
    what = _("There is no content folder.")
    return Problem(str(content_dir), 1, what, _("Make it, or set WAYMARK_CONTENT_DIR."))


def _no_guides(content_dir: Path) -> Problem:
    """A folder that was not mounted must not take everything from the readers."""
    what = _("There is no guide any more, though guides were published.")
    mend = _("Check WAYMARK_CONTENT_DIR. To withdraw guides, leave at least one.")
    return Problem(str(content_dir), 1, what, mend)


def _write(database: Database, content: Content, mark: str, now: datetime) -> Plan:
    """Plan again, now that nobody else writes, and write; false if nothing differs any more."""
    with database.writing(None) as session:
        if not database.is_sqlite:
            session.execute(select(func.pg_advisory_xact_lock(LOCK)))
        plan = _plan(content)
        guides.write(plan.guides, now)
        paths.write(plan.paths, now)
        kits.write(plan.kits, now)
        published.note_fingerprint(mark)
        session.commit()
    return plan


def _plan(content: Content) -> Plan:
    of_guides = guides.plan(content.guides)
    return Plan(of_guides, paths.plan(content.paths, of_guides), kits.plan(content.kits))


def _report(plan: Plan, problems: list[Problem]) -> Report:
    of_guides, of_paths = plan.guides.guides, plan.paths.paths
    moved = {slug for slug, _key in plan.paths.steps.names}
    return Report(
        problems,
        is_published=True,
        is_changed=bool(plan),
        new_guides=len(of_guides.added),
        new_revisions=plan.guides.revised,
        returned_guides=len(of_guides.returned),
        withdrawn_guides=len(of_guides.withdrawn),
        changed_goals=len(plan.guides.goals.names),
        changed_paths=len(of_paths.names | moved),
        changed_kits=len(plan.kits.kits.names | {kit for kit, _slug in plan.kits.documents.names}),
    )
