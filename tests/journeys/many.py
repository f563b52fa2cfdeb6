"""What readers said and looked for, in numbers and at lengths that pages must bear."""

from sqlalchemy import delete, insert, select

from portal import clock, jobs
from portal.access import Role
from portal.accounts.models import Member, Organization, Person
from portal.accounts.privacy_models import Export, ExportState
from portal.accounts.service import bouncing, exports
from portal.effectiveness.models import CommentReply, CommentState
from portal.guides.models import Guide
from portal.guides.search_models import SearchMiss
from portal.ids import new_id
from portal.inserts import upsert
from portal.messages.models import Bounce
from portal.paths.outcome_models import Answer, Outcome, Reason
from portal.paths.service import outcomes
from tests.factories import Persona
from tests.journeys.running import RunningPortal
from tests.journeys.scene import GUIDES, LARGE, LONG, OURS, Scene

COMMENTS = 33
"""More than stand on one page."""
MISSES = 101
"""More than are shown."""
PEOPLE = 5
"""Of one customer: so many must have looked for the same words."""


def forget_misses(scene: Scene) -> None:
    """Nobody looked for anything in vain."""
    forget_misses_in(scene.portal)


def forget_misses_in(portal: RunningPortal) -> None:
    """The same for a journey, which shares its portal with the pages' states."""
    with portal.database.reading(None) as session:
        ids = list(session.scalars(select(Organization.id)))
    for organization_id in ids:
        with portal.database.writing(organization_id) as session:
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


def give_up_a_file(scene: Scene) -> None:
    """The worker could not write everything about somebody into a file."""
    organization_id, id_ = scene.organization_ids[LONG], new_id()
    with scene.portal.database.writing(organization_id) as session:
        asked = dict(asked_at=clock.now(), state=ExportState.WAITING, done=3, total=40)
        whose = dict(organization_id=organization_id, member_id=scene.member_ids["long_member"])
        session.execute(insert(Export).values(id=id_, **whose, **asked))
        work = dict(id=new_id(), kind=exports.KIND, key=id_.hex, organization_id=organization_id)
        how = dict(due_at=clock.now(), attempts=jobs.MOST_ATTEMPTS, last_error="OSError: full")
        session.execute(insert(jobs.Work).values(**work, **how))
        session.commit()


def let_mail_come_back(scene: Scene) -> None:
    """The mail servers of a newcomer, and of whoever has a long name, refuse them at length."""
    for organization, member in ((OURS, "newcomer"), (LONG, "long_member")):
        organization_id = scene.organization_ids[organization]
        with scene.portal.database.writing(organization_id) as session:
            whose = Member.organization_id == organization_id, Member.id == scene.member_ids[member]
            person = session.execute(
                select(Person.id, Person.email_key)
                .join(Member, Member.person_id == Person.id)
                .where(*whose)
            ).one()
            row = dict(organization_id=organization_id, person_id=person.id)
            row |= dict(address_key=person.email_key, since=clock.now())
            upsert(Bounce, row | {"answer": f"550 5.1.1 no {LONG * 3}"[:300]}, on=tuple(row)[:3])
            bouncing.note(organization_id, person.id)
            session.commit()
