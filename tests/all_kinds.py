"""A goal whose path has a step of every kind; published straight into the tables."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from portal import clock
from portal.db import Database
from portal.guides.models import Goal, GuideKind, Rhythm
from portal.ids import new_id
from portal.paths.models import Obstacle, Path, Step, StepKind
from tests.factories import make_guide

GOAL = "Lead a review that ends on time"
IF_THEN = "When the invitation goes out, I will …"
FOLLOW_UP = "Did the last review end on time?"
CAPACITY = 2


@dataclass(frozen=True)
class AllKinds:
    """What was made, by its ids and names in addresses."""

    goal_slug: str
    path_slug: str
    path_id: UUID
    guide_slug: str
    guide_id: UUID
    revision_id: UUID
    steps: dict[str, UUID]
    """By kind; the two milestones are `milestone` and `end`."""


def right_and_wrong(ask: str) -> dict[str, Any]:
    """A question whose first option is right."""
    return {
        "ask": ask,
        "options": [
            {"text": "Before", "right": True, "feedback": "So that everybody has read it."},
            {"text": "After", "right": False, "feedback": "Then nobody has read it."},
        ],
    }


def session_details(starts_at: datetime, capacity: int | None = CAPACITY) -> dict[str, Any]:
    """What is stored of a training."""
    details: dict[str, Any] = {"starts_at": starts_at.isoformat(), "minutes": 45}
    return details | {"capacity": capacity, "place": "https://rooms.example/review"}


def make_all_kinds(database: Database, **texts: str) -> AllKinds:
    """Task, guide, milestone, check, session, milestone; the check helps who is not allowed."""
    now = clock.now()
    task = texts.get("task", "Invite the team to a review")
    html = texts.get("html", "<p>Send the invitation two days before.</p>")
    questions = [right_and_wrong("When do you send it?"), right_and_wrong("When do they read?")]
    with database.writing(None) as session:
        goal = Goal(id=new_id(), slug="lead-reviews", title=GOAL, html="<p>It ends on time.</p>")
        goal.rhythm, goal.evidence, goal.source_hash = Rhythm.WEEK, "their own answer", ""
        session.add(goal)
        session.flush()
        guide, revision = make_guide(session, goal, 7, now)
        revision.if_then, revision.follow_up_question = IF_THEN, FOLLOW_UP
        lines: dict[str, tuple[StepKind, str, dict[str, Any]]] = {
            "task": (StepKind.TASK, task, {"html": html}),
            "guide": (StepKind.GUIDE, revision.title, {}),
            "milestone": (StepKind.MILESTONE, "First review led", {}),
            "check": (StepKind.CHECK, "Do you know the rules?", {"questions": questions}),
            "session": (
                StepKind.SESSION,
                "Practise together",
                session_details(now + timedelta(days=30)),
            ),
            "end": (StepKind.MILESTONE, "A review that ends on time", {}),
        }
        path = Path(id=new_id(), slug="lead-a-review", goal_id=goal.id, title="Lead a review")
        path.html, path.jobs, path.steps_total, path.source_hash = "", ["lead"], len(lines), ""
        session.add(path)
        session.flush()
        steps = {}
        for position, (name, (kind, title, details)) in enumerate(lines.items(), start=1):
            step = Step(id=new_id(), path_id=path.id, key=f"{kind}:{title}", position=position)
            step.kind, step.title, step.details = kind, title, details
            step.guide_id = guide.id if kind == StepKind.GUIDE else None
            step.helps_with = Obstacle.NOT_ALLOWED if kind == StepKind.CHECK else None
            session.add(step)
            steps[name] = step.id
        session.commit()
        return AllKinds(goal.slug, path.slug, path.id, guide.slug, guide.id, revision.id, steps)


def make_kind_of_guide(database: Database, kind: GuideKind, number: int, *jobs: str) -> str:
    """One more guide, of this kind and for these jobs; returns its name in addresses."""
    with database.writing(None) as session:
        goal_id = session.query(Goal.id).order_by(Goal.slug).limit(1).scalar()
        guide, revision = make_guide(session, session.get_one(Goal, goal_id), number, clock.now())
        guide.kind = revision.kind = kind
        revision.jobs = list(jobs)
        session.commit()
        return guide.slug
