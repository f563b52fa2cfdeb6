"""Many rows for a scene: every list that a page shows becomes as long as a test wants it."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from portal import clock, indexing
from portal.accounts.import_models import ImportRow, PeopleImport
from portal.accounts.models import Member, Organization, Person, QuietPeriod, Seats, WebSession
from portal.accounts.privacy_models import StaffLook
from portal.accounts.staffing_models import Assignment
from portal.accounts.team_models import Team, TeamMembership
from portal.audit import AuditEntry
from portal.effectiveness.models import CommentReply, GuideFigure, RevisionFigure
from portal.guides.models import CurrentRevision, Goal, Guide, Revision
from portal.guides.search_models import SearchMiss
from portal.help.models import HelpMessage, HelpRequest
from portal.ids import new_id
from portal.jobs import Work
from portal.messages.models import Message
from portal.paths.models import Path, Step
from portal.paths.outcome_models import Outcome, Told
from portal.paths.progress_models import Enrollment
from portal.schema import Base
from portal.small_groups import SMALLEST
from tests.guards.scene import Scene

Row = dict[str, Any]


def grow(scene: Scene, size: int) -> None:
    """Add rows until every list has `size` of them."""
    with scene.database.writing(None) as session:
        rows = Rows(session, size)
        grow_library(rows, scene)
        grow_organizations(rows)
        grow_assignments(rows, scene)
        grow_browsers(rows, scene)
        grow_work(rows, scene)
        session.commit()
    indexing.refresh(scene.database)
    with scene.database.writing(scene.own.organization_id) as session:
        grow_members(Rows(session, size), {"organization_id": scene.own.organization_id})
        grow_imports(Rows(session, size), scene)
        grow_settings(Rows(session, size), {"organization_id": scene.own.organization_id})
        grow_questions(Rows(session, size), scene)
        grow_answers(Rows(session, size), scene)
        grow_misses(Rows(session, size), scene)
        session.commit()


class Rows:
    """Copies of rows that are there already, each with something of its own."""

    def __init__(self, session: Session, size: int) -> None:
        self.session = session
        self.size = size

    def first(self, model: type[Base], like: Row) -> Row:
        found = select(model.__table__).filter_by(**like).limit(1)
        return dict(self.session.execute(found).one()._mapping)

    def add(self, model: type[Base], like: Row, make: Callable[[int], Row]) -> list[Row]:
        """Copy the first row that is like that, until there are enough of them."""
        counted = select(func.count()).select_from(model.__table__).filter_by(**like)
        there = self.session.scalar(counted) or 0
        return self.put(model, like, [make(n) for n in range(there + 1, self.size + 1)])

    def put(self, model: type[Base], like: Row, made: list[Row]) -> list[Row]:
        """Copies of the first row that is like that, one for each of `made`."""
        if not made:
            return []
        first = self.first(model, like)
        rows = [first | row for row in made]
        self.session.execute(insert(model.__table__), rows)
        return rows


def grow_library(rows: Rows, scene: Scene) -> None:
    """Goals with a path each, steps of one path, guides, and revisions of one guide."""
    goals = rows.add(Goal, {}, lambda n: {"id": new_id(), "slug": f"goal-{n}"})
    of_goals = [{"id": new_id(), "slug": goal["slug"], "goal_id": goal["id"]} for goal in goals]
    rows.put(Path, {}, of_goals)
    step = {"path_id": scene.library.path_id, "kind": "guide"}
    rows.add(Step, step, lambda n: {"id": new_id(), "key": f"guide:{n}", "position": n})
    guides = rows.add(
        Guide, {}, lambda n: {"id": new_id(), "slug": f"more-{n}", "title_key": f"more {n:05}"}
    )
    revisions = rows.put(Revision, {}, [{"id": new_id(), "guide_id": g["id"]} for g in guides])
    current = [{"guide_id": r["guide_id"], "revision_id": r["id"]} for r in revisions]
    rows.put(CurrentRevision, {}, current)
    of_first = {"guide_id": scene.library.guide_ids[0]}
    earlier = rows.add(Revision, of_first, lambda n: {"id": new_id(), "number": n})
    rows.put(GuideFigure, {}, [{"guide_id": guide["id"]} for guide in guides])
    chains = [{"revision_id": revision["id"]} | of_first for revision in earlier]
    rows.put(RevisionFigure, {}, chains)


def grow_organizations(rows: Rows) -> None:
    rows.add(
        Organization, {"is_vendor": False}, lambda n: {"id": new_id(), "name": f"Customer {n}"}
    )


def grow_questions(rows: Rows, scene: Scene) -> None:
    """Questions in each state, and the words of one."""
    ours = {"organization_id": scene.own.organization_id}
    for state in ("open", "answered"):
        rows.add(HelpRequest, ours | {"state": state}, lambda _n: {"id": new_id()})
    of_one = ours | {"help_request_id": scene.own.risen_id}
    rows.add(HelpMessage, of_one, lambda _n: {"id": new_id()})


def grow_answers(rows: Rows, scene: Scene) -> None:
    """Comments on one guide, answers to them for one reader, and what success managers are told."""
    ours = {"organization_id": scene.own.organization_id}
    said = Outcome.organization_id == scene.own.organization_id, Outcome.comment.is_not(None)
    first = rows.session.execute(select(Outcome.id, Outcome.revision_id).where(*said)).first()
    assert first, "let the scene have a comment"
    answered = select(Outcome.member_id).where(
        said[0], Outcome.revision_id == first.revision_id, Outcome.member_id.is_not(None)
    )
    silent = select(Member.id).where(
        Member.organization_id == scene.own.organization_id, Member.id.not_in(answered)
    )
    made = [{"id": new_id(), "member_id": one} for one in rows.session.scalars(silent)]
    rows.put(Outcome, ours | {"id": first.id}, made)
    told = [{"outcome_id": one["id"], "told_at": clock.now(), "read_at": None} for one in made[::2]]
    rows.put(CommentReply, ours | {"outcome_id": first.id}, told)
    to_usm = [{"outcome_id": one["id"], "member_id": one["member_id"]} for one in made]
    rows.put(Told, ours, to_usm)


def grow_misses(rows: Rows, scene: Scene) -> None:
    """Words that five people looked for in vain, so that they are shown."""
    who = scene.world.end_user
    mine = {"organization_id": who.organization_id, "member_id": who.member_id}
    missed = rows.add(SearchMiss, mine, lambda n: {"words": f"no such word {n}"})
    others = select(Member.id).where(
        Member.organization_id == who.organization_id, Member.id != who.member_id
    )
    for member_id in rows.session.scalars(others.limit(SMALLEST - 1)).all():
        made = [{"member_id": member_id, "words": row["words"]} for row in missed]
        rows.put(SearchMiss, mine, made)


def grow_assignments(rows: Rows, scene: Scene) -> None:
    """Let one csm answer for many."""
    person_id = scene.world.csm.viewer.person_id
    running = select(Assignment.organization_id).where(Assignment.person_id == person_id)
    found = select(Organization.id).where(
        Organization.is_vendor.is_(False),
        Organization.id != scene.other.organization_id,
        Organization.id.not_in(running),
    )
    made = [
        {"id": new_id(), "organization_id": organization_id}
        for organization_id in rows.session.scalars(found)
    ]
    rows.put(Assignment, {"person_id": person_id}, made)


def grow_work(rows: Rows, scene: Scene) -> None:
    """Work that was given up."""
    stopped = {"kind": "paths.recount", "organization_id": scene.own.organization_id}
    rows.add(Work, stopped, lambda n: {"id": new_id(), "key": str(n)})


def grow_browsers(rows: Rows, scene: Scene) -> None:
    """Browsers in which one person is signed in."""
    expires_at = clock.now() + timedelta(days=1)
    of_reader = {"person_id": scene.world.end_user.viewer.person_id}
    rows.add(WebSession, of_reader, lambda n: {"token_hash": f"{n:064}", "expires_at": expires_at})


def grow_imports(rows: Rows, scene: Scene) -> None:
    """Lines of a file of people, and files."""
    ours = {"organization_id": scene.own.organization_id}
    lines = ours | {"import_id": scene.own.import_id}
    rows.add(ImportRow, lines, lambda n: {"number": n, "line": n, "member_id": new_id()})
    rows.add(PeopleImport, ours, lambda _n: {"id": new_id()})


def grow_settings(rows: Rows, ours: Row) -> None:
    """Quiet periods and dated seats."""
    rows.add(QuietPeriod, ours, lambda _n: {"id": new_id()})
    rows.add(Seats, ours, lambda n: {"starts_on": date(2030, 1, 1) + timedelta(days=n)})


def grow_members(rows: Rows, ours: Row) -> None:
    """Teams, and members with a message, a team and a path; leads as well as readers."""
    rows.add(Team, ours, lambda n: {"id": new_id(), "name": f"Team {n}"})
    rows.add(AuditEntry, ours, lambda n: {"id": new_id()})
    counted = select(func.count()).select_from(Member).filter_by(**ours)
    numbers = range((rows.session.scalar(counted) or 0) + 1, rows.size + 1)
    people = [{"id": new_id(), "email": f"{n}@x.example"} for n in numbers]
    rows.put(Person, {}, [person | {"email_key": person["email"]} for person in people])
    messages = rows.put(Message, ours, [{"id": new_id()} for _ in people])
    members = [
        {
            "id": new_id(),
            "person_id": person["id"],
            "name_key": person["email"],
            "roles": frozenset({"usm" if n % 2 else "end_user"}),
            "external_id": None,
            "invitation_message_id": message["id"],
        }
        for n, person, message in zip(numbers, people, messages, strict=True)
    ]
    rows.put(Member, ours, members)
    of_members = [{"member_id": member["id"]} for member in members]
    rows.put(TeamMembership, ours, of_members)
    rows.put(Enrollment, ours, [row | {"id": new_id()} for row in of_members])
    rows.put(StaffLook, ours, [row | {"look_id": new_id()} for row in of_members])
