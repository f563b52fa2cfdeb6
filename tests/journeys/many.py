"""What readers said and looked for, in numbers and at lengths that pages must bear."""

from sqlalchemy import delete, insert, select

from portal import clock
from portal.access import Role
from portal.accounts.models import Organization
from portal.effectiveness.models import CommentReply, CommentState
from portal.guides.models import Guide
from portal.guides.search_models import SearchMiss
from portal.paths.models import Answer, Outcome, Reason
from portal.paths.service import outcomes
from tests.factories import Persona
from tests.journeys.scene import GUIDES, LARGE, LONG, Scene

COMMENTS = 33
"""More than stand on one page."""
MISSES = 101
"""More than are shown."""
PEOPLE = 5
"""Of one customer: so many must have looked for the same words."""


def forget_misses(scene: Scene) -> None:
    """Nobody looked for anything in vain."""
    with scene.portal.database.reading(None) as session:
        ids = list(session.scalars(select(Organization.id)))
    for organization_id in ids:
        with scene.portal.database.writing(organization_id) as session:
            ours = SearchMiss.organization_id == organization_id
            session.execute(delete(SearchMiss).where(ours))
            session.commit()


def miss_many_words(scene: Scene) -> None:
    """Five people looked for very many words, some of them very long."""
    people = _people(scene, PEOPLE)
    words = [f"{'x' * 96} {n:03}" if n % 2 else f"word {n:03}" for n in range(MISSES)]
    with scene.portal.database.writing(people[0].organization_id) as session:
        rows = [
            dict(
                organization_id=one.organization_id,
                member_id=one.member_id,
                words=missed,
                times=9_999,
                last_at=clock.now(),
            )
            for one in people
            for missed in words
        ]
        session.execute(insert(SearchMiss), rows)
        session.commit()


def comment_often_and_at_length(scene: Scene) -> None:
    """More comments than a page has, very long and hard to break, with answers as long."""
    people = _people(scene, COMMENTS)
    words = f"{LONG * 3} {'it does not go on, and ' * 60}"[:2000]
    with scene.portal.database.writing(people[0].organization_id) as session:
        for one in people:
            outcomes.answer(one.viewer, GUIDES[1], Answer.NO)
            outcomes.give_reason(one.viewer, GUIDES[1], Reason.MISSING, words)
        guide = select(Guide.id).where(Guide.slug == GUIDES[1]).scalar_subquery()
        said = (
            Outcome.organization_id == people[0].organization_id,
            Outcome.guide_id == guide,
            Outcome.member_id.in_([one.member_id for one in people]),
        )
        for outcome_id, member_id in session.execute(
            select(Outcome.id, Outcome.member_id).where(*said)
        ).all():
            session.add(
                CommentReply(
                    organization_id=people[0].organization_id,
                    outcome_id=outcome_id,
                    member_id=member_id,
                    state=CommentState.PLANNED,
                    reply=f"We mend it. {LONG * 30}"[:2000],
                    person_id=people[0].viewer.person_id,
                    changed_at=clock.now(),
                )
            )
        session.commit()


def _people(scene: Scene, number: int) -> list[Persona]:
    """New people of a customer."""
    return [scene.portal.add_member("Reader", Role.END_USER, LARGE) for _ in range(number)]
