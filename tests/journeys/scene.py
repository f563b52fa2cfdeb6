"""A portal in which every state of every page can be found: who is there, and what they did."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID, uuid4

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from portal import clock, db, pictures
from portal.access import Role
from portal.accounts.models import LinkPurpose, Member, Organization
from portal.accounts.service import branding, erasure, invitations, links, staff_looks, team_changes
from portal.accounts.service.branding import Look
from portal.accounts.service.invitations import Invitee
from portal.accounts.staffing_models import Assignment, StandIn
from portal.guides.models import CurrentRevision, Guide, GuideKind
from portal.help.models import Helped
from portal.help.service import answering, asking
from portal.ids import new_id
from portal.jobs import Work
from portal.media import MediaFolder
from portal.messages import contact, unsubscribing
from portal.messages.models import MessageClass
from portal.paths.follow_up_models import FollowUp, GoalSaid, InUse
from portal.paths.models import Obstacle, Path, Step, StepKind
from portal.paths.outcome_models import Answer, Ease, Opening, Reason
from portal.paths.service import (
    checks,
    follow_ups,
    goal_words,
    goals,
    journey,
    obstacles,
    openings,
    outcomes,
    plans,
    sessions,
)
from portal.paths.service.steps import do_task
from tests.accounts.conftest import NO_MAIL
from tests.all_kinds import AllKinds, make_all_kinds, make_kind_of_guide, session_details
from tests.factories import Library, Persona, make_library, make_member, make_revision, make_upload
from tests.journeys.running import RunningPortal

OURS = "Nordlicht Energie"
LARGE = "Large Group"
LONG = "Long Donaudampfschifffahrtselektrizitaetenhauptbetriebswerkbauunterbeamtengesellschaft"
"""A name that is hard to break."""
NEW = "Nobody Yet"
STILL = "Still Waters"
"""Where nobody does anything."""
VENDOR = "Waymark"
"""As it is called before its first admin names it."""
QUIET = "Quiet Company"
"""Where nothing needs anybody."""
NORA = "nora@nordlicht.example"

SAMPLE = {
    "admin": "mara.lind@tallybrook.example",
    "author": "jonas.reuter@tallybrook.example",
    "sample csm": "nadia.ferro@tallybrook.example",
    "sample usm": "ines.okafor@kranich.example",
}
"""People of the sample organizations who open pages here."""

GUIDES = ("reconcile-with-proof", "book-a-reversing-accrual", "explain-a-variance")
GOAL = "close-in-five-days"
PATH = "close-with-proof"

PROBLEMS = [
    {
        "severity": severity,
        "file": "content/guides/guide-2.md",
        "line": line,
        "what": what,
        "mend": mend,
    }
    for severity, line, what, mend in (
        ("warning", 12, "This sentence has 41 words.", "Make two of it."),
        ("error", 3, "The review lies before the check.", "Set a later day."),
    )
]


@dataclass(frozen=True)
class Scene:
    """The portal, and what addresses of its pages are made of."""

    portal: RunningPortal
    emails: dict[str, str]
    organization_ids: dict[str, UUID]
    joined_member_id: UUID
    team_id: UUID
    member_ids: dict[str, UUID]
    """Further members, by what their pages show."""
    questions: dict[str, UUID]
    tokens: dict[str, str]
    step_ids: dict[str, UUID]
    """Tasks, checks and sessions, by what their pages show."""
    follow_up_ids: dict[str, UUID]
    """Follow-ups by whose they are."""

    def address(self, template: str) -> str:
        """An address with the scene's ids and tokens in it."""
        ids = {name.split()[0].lower(): id_ for name, id_ in self.organization_ids.items()}
        steps = {f"step_{name}": id_ for name, id_ in self.step_ids.items()}
        follow_ups = {f"follow_up_{who}": id_ for who, id_ in self.follow_up_ids.items()}
        return template.format(
            **ids,
            **self.member_ids,
            **self.questions,
            **self.tokens,
            **steps,
            **follow_ups,
            joined=self.joined_member_id,
            team=self.team_id,
        )


def make_scene(portal: RunningPortal) -> Scene:
    """Fill the sample portal with what the sample lacks."""
    library = make_library(portal.database, path_slug="close-as-before")
    steps = _add_steps(portal)
    for name in (OURS, LARGE, LONG, NEW, QUIET, STILL):
        portal.add_organization(name)
    people = _add_readers(portal) | _add_leads(portal) | _add_staff(portal)
    _join_elsewhere(portal, people["double"])
    _withdraw(portal, library)
    _walk_other_steps(portal, people, steps)
    _move_time(portal, people)
    _stop_work(portal, people["long"])
    _brand(portal, people["long owner"])
    organization_ids = _organization_ids(portal)
    return Scene(
        portal,
        {who: persona.email for who, persona in people.items()} | SAMPLE,
        organization_ids,
        people["fresh"].member_id,
        _make_teams(portal, people["usm"]),
        {
            "newcomer": _bring_in(portal, people["usm"]),
            "long_member": people["long"].member_id,
            "csm": people["csm"].member_id,
        },
        _ask_for_help(portal, people),
        _issue_links(portal, organization_ids[OURS], people["usm"], people["double"]),
        steps,
        _find_follow_ups(portal, people),
    )


def _add_readers(portal: RunningPortal) -> dict[str, Persona]:
    people = {who: portal.add_member(who.title(), Role.END_USER, OURS) for who in READERS}
    for who, deeds in READERS.items():
        for deed in deeds:
            _do(portal, people[who], deed)
    portal.add_members((f"Person {number:02}" for number in range(60)), Role.END_USER, LARGE)
    return people | {"double": portal.add_member("Dora Double", Role.END_USER, OURS)}


def _add_leads(portal: RunningPortal) -> dict[str, Persona]:
    (long,) = portal.add_members([LONG], Role.USM, LONG)
    (long_owner,) = portal.add_members([f"II {LONG}"], Role.OWNER, LONG)
    return {
        "lonely owner": portal.add_member("Ole Owner", Role.OWNER, STILL),
        "long owner": long_owner,
        "usm": portal.add_member("Ulla Lead", Role.USM, OURS),
        "large": portal.add_member("Lars Lead", Role.USM, LARGE),
        "long": long,
        "owner": portal.add_member("Otto Owner", Role.OWNER, OURS),
        "other owner": portal.add_member("Olga Owner", Role.OWNER, LARGE),
        "quiet": portal.add_member("Quirin Lead", Role.USM, QUIET),
    }


def _add_staff(portal: RunningPortal) -> dict[str, Persona]:
    """A csm of three customers, who would like to stand in at one, and one of none."""
    names = ["Carl Success", "Cleo Newcomer"]
    csm, idle = portal.add_members(names, Role.CSM, VENDOR)
    ids = _organization_ids(portal)
    with portal.database.writing(None) as session:
        for name in (OURS, LONG, NEW):
            session.add(
                Assignment(
                    organization_id=ids[name],
                    person_id=csm.viewer.person_id,
                    caused_by=csm.viewer.person_id,
                    starts_at=clock.now(),
                )
            )
        session.commit()
    with portal.database.writing(ids[OURS]) as session:
        session.add(
            StandIn(
                organization_id=ids[OURS],
                person_id=csm.viewer.person_id,
                asked_at=clock.now(),
            )
        )
        session.commit()
    (owner,) = portal.add_members(["Ona Owner"], Role.OWNER, LONG)
    _do(portal, owner, lambda persona: staff_looks.allow_names(persona.viewer))
    return {"csm": csm, "idle csm": idle}


def _ask_for_help(portal: RunningPortal, people: dict[str, Persona]) -> dict[str, UUID]:
    """Questions by their state: waiting, answered, closed, come up to the vendor."""
    asked = {}
    with portal.database.writing(people["walker"].organization_id) as session:
        asker, usm = people["critic"].viewer, people["usm"].viewer
        for state in ("waiting", "answered", "closed", "risen"):
            words = f"Why is the button grey? I mean the {state} one."
            asked[state] = asking.ask(asker, words, GUIDES[0], None, NO_MAIL).id
        asking.ask(people["walker"].viewer, "long words " * 100, None, None, NO_MAIL)
        for state in ("answered", "closed"):
            answering.say(usm, asked[state], "Choose a period first.", NO_MAIL)
        answering.close(asker, asked["closed"], Helped.PARTLY)
        answering.hand_on(usm, asked["risen"], NO_MAIL)
        session.commit()
    return asked


Deed = Callable[[Persona], object]


def _choose(persona: Persona, slug: str = GOAL) -> None:
    goals.choose_goal(persona.viewer, slug)


def _say(persona: Persona, guide: str, answer: Answer) -> None:
    outcomes.answer(persona.viewer, guide, answer)


def _explain(persona: Persona) -> None:
    _say(persona, GUIDES[0], Answer.PARTLY)
    words = "The statement comes " + "late, and " * 40
    outcomes.give_reason(persona.viewer, GUIDES[0], Reason.DOES_NOT_FIT, words)


def _answer_all(persona: Persona) -> None:
    for guide in GUIDES:
        _say(persona, guide, Answer.YES)


def _finish(persona: Persona) -> None:
    line = "When the statement is in, I will " + "reconcile the account and " * 8
    for guide in GUIDES:
        plans.write_if_then(persona.viewer, guide, line)
    journey.finish(persona.viewer, PATH)


def _leave(persona: Persona) -> None:
    """Read a guide and go away without a word."""
    with_slug = select(CurrentRevision.revision_id).join(Guide, Guide.slug == GUIDES[0])
    revision_id = (
        db.session()
        .scalars(
            with_slug.where(CurrentRevision.guide_id == Guide.id, CurrentRevision.language == "en")
        )
        .one()
    )
    openings.record_opening(persona.viewer, revision_id)


def _delay_erasure(persona: Persona) -> None:
    """Ask to be erased, which then failed as often as it is tried."""
    asked = erasure.ask_for_own(persona.viewer, 7)
    asked.due_at = clock.now() - timedelta(days=1)
    values = dict(attempts=8, due_at=asked.due_at, last_error=LONG)
    mine = Work.kind == erasure.KIND, Work.key == asked.id.hex
    db.session().execute(update(Work).where(*mine).values(values))


READERS: dict[str, tuple[Deed, ...]] = {
    "fresh": (),
    "walker": (_choose,),
    "critic": (_choose, _explain),
    "ready": (_choose, _answer_all),
    "finished": (_choose, _answer_all, _finish),
    "delayed": (_choose, _delay_erasure),
    "leaving": (_choose, lambda persona: erasure.ask_for_own(persona.viewer, 7)),
    "happy": (
        _choose,
        _answer_all,
        _finish,
        lambda persona: goal_words.say_goal_at_path_end(persona.viewer, PATH, GoalSaid.YES, None),
    ),
    "asked": (_choose, _answer_all, _finish),
    "told": (_choose, _answer_all, _finish),
    "waiting": (_choose, _answer_all, _finish),
    "silent": (_choose, _leave),
    "stepper": (lambda persona: _choose(persona, "lead-reviews"),),
    "trier": (lambda persona: _choose(persona, "lead-reviews"),),
    "doer": (lambda persona: _choose(persona, "lead-reviews"),),
    "gone": (
        lambda persona: _choose(persona, "close-faster"),
        lambda persona: _say(persona, "guide-2", Answer.YES),
    ),
}
"""Readers by how far they are, and what they did to get there."""


def _do(portal: RunningPortal, persona: Persona, deed: Deed) -> None:
    with portal.database.writing(persona.organization_id) as session:
        deed(persona)
        session.commit()


def _add_steps(portal: RunningPortal) -> dict[str, UUID]:
    """A path of every kind of step, with a full session, one that is over, and a very long task."""
    kinds: AllKinds = make_all_kinds(portal.database)
    make_kind_of_guide(portal.database, GuideKind.CHALLENGE, 8)
    make_kind_of_guide(portal.database, GuideKind.RELEASE, 9, "lead")
    soon, before = clock.now() + timedelta(days=3), clock.now() - timedelta(days=3)
    further = {
        "full": (StepKind.SESSION, "Small session", session_details(soon, capacity=1)),
        "over": (StepKind.SESSION, "Past session", session_details(before)),
        "long": (StepKind.TASK, LONG, {"html": f"<p>{LONG} {'very ' * 300}{LONG}</p>"}),
    }
    steps = dict(kinds.steps)
    with portal.database.writing(None) as session:
        session.get_one(Path, kinds.path_id).steps_total += len(further)
        for position, (name, (kind, title, details)) in enumerate(further.items()):
            step = Step(id=new_id(), path_id=kinds.path_id, key=name, position=position + 10)
            step.kind, step.title, step.details, step.is_optional = kind, title, details, True
            session.add(step)
            steps[name] = step.id
        # The milestone is the path's end.
        session.get_one(Step, steps["end"]).position = 20
        session.commit()
    return steps


def _walk_other_steps(
    portal: RunningPortal, people: dict[str, Persona], steps: dict[str, UUID]
) -> None:
    """One tries a check in vain, another does it all and has places in sessions."""
    trier, doer = people["trier"].viewer, people["doer"].viewer
    for deed in (
        lambda _persona: checks.answer_check(trier, steps["check"], [0, 1]),
        lambda _persona: obstacles.say_obstacle(trier, "lead-a-review", Obstacle.NOT_ALLOWED),
    ):
        _do(portal, people["trier"], deed)
    for deed in (
        lambda _persona: do_task(doer, steps["task"]),
        lambda _persona: checks.answer_check(doer, steps["check"], [0, 0]),
        lambda _persona: sessions.take_place(doer, steps["session"]),
        lambda _persona: sessions.take_place(doer, steps["full"]),
    ):
        _do(portal, people["doer"], deed)


def _move_time(portal: RunningPortal, people: dict[str, Persona]) -> None:
    """Let weeks pass for those who are asked again, and have the draw fall on "ready"."""
    organization_id = people["asked"].organization_id
    due = clock.today("UTC") - timedelta(days=1)
    with portal.database.writing(organization_id) as session:
        for table, column, value, whose in (
            (Ease, Ease.is_drawn, True, "ready"),
            (Opening, Opening.opened_at, clock.now() - timedelta(hours=5), "silent"),
            (FollowUp, FollowUp.due_on, due, "asked"),
            (FollowUp, FollowUp.due_on, due, "told"),
        ):
            session.execute(
                update(table)
                .where(
                    table.organization_id == organization_id,
                    table.member_id == people[whose].member_id,
                )
                .values({column: value})
            )
        # A job that a release names, and one that none names.
        for whose, job in (("asked", "lead"), ("told", "auditor")):
            key = {"organization_id": organization_id, "id": people[whose].member_id}
            session.get_one(Member, key).job = job
        (told,) = session.scalars(
            select(FollowUp.id).where(
                FollowUp.organization_id == organization_id,
                FollowUp.member_id == people["told"].member_id,
            )
        )
        follow_ups.answer_follow_up(people["told"].viewer, told, InUse.PARTLY, "word " * 300)
        session.commit()


def _find_follow_ups(portal: RunningPortal, people: dict[str, Persona]) -> dict[str, UUID]:
    found = {}
    for who in ("asked", "told", "waiting"):
        persona = people[who]
        with portal.database.reading(persona.organization_id) as session:
            query = select(FollowUp.id).where(
                FollowUp.organization_id == persona.organization_id,
                FollowUp.member_id == persona.member_id,
            )
            found[who] = session.scalars(query).one()
    return found


def _bring_in(portal: RunningPortal, usm: Persona) -> UUID:
    """Somebody who is in the organization and has no link yet."""
    bert = Invitee("bert@nordlicht.example", "Bert Brought", frozenset({Role.END_USER}))
    with portal.database.writing(usm.organization_id) as session:
        member = invitations.add_member(usm.viewer, bert)
        session.commit()
    return member.id


def _make_teams(portal: RunningPortal, usm: Persona) -> UUID:
    """A team with one under it, and one that ended."""
    with portal.database.writing(usm.organization_id) as session:
        top = team_changes.create_team(usm.viewer, "Finance", None)
        team_changes.create_team(usm.viewer, LONG, top.id)
        ended = team_changes.create_team(usm.viewer, "Former", None)
        team_changes.end_team(usm.viewer, ended.id)
        session.commit()
    return top.id


def _brand(portal: RunningPortal, owner: Persona) -> None:
    """A colour that has to be moved on light pages, and a logo beside the name."""
    folder = MediaFolder(portal.media_dir)
    logo = folder.save(owner.viewer.organization_id, pictures.read(make_upload(), "logo"))
    with portal.database.writing(owner.viewer.organization_id) as session:
        branding.set_look(owner.viewer, Look("", "#ffd400"))
        branding.set_logo(owner.viewer, logo)
        session.commit()


def _stop_work(portal: RunningPortal, long: Persona) -> None:
    """Work that was given up, and a deed, both with names that are hard to break."""
    with portal.database.writing(long.organization_id) as session:
        team_changes.create_team(long.viewer, LONG, None)
        how = dict(id=uuid4(), key=str(uuid4()), due_at=clock.now(), attempts=8)
        work = insert(Work).values(
            kind="paths.recount", organization_id=long.organization_id, last_error=LONG * 3, **how
        )
        session.execute(work)
        session.commit()


def _join_elsewhere(portal: RunningPortal, persona: Persona) -> None:
    organization_id, now = _organization_ids(portal)[LARGE], clock.now()
    values = dict(
        organization_id=organization_id,
        id=uuid4(),
        person_id=persona.viewer.person_id,
        display_name="Dora Double",
        name_key="dora double",
        roles=frozenset({Role.END_USER}),
        invited_at=now,
        accepted_at=now,
    )
    with portal.database.writing(organization_id) as session:
        session.execute(insert(Member.__table__).values(values))
        session.commit()


def _withdraw(portal: RunningPortal, library: Library) -> None:
    """Take a path and its first guide back; change the other guide, which lint dislikes."""
    now = clock.now()
    with portal.database.writing(None) as session:
        session.get_one(Path, library.path_id).withdrawn_at = now
        session.get_one(Guide, library.guide_ids[0]).withdrawn_at = now
        guide = session.get_one(Guide, library.guide_ids[1])
        guide.review_on = clock.today("UTC") - timedelta(days=1)
        revision = make_revision(session, guide, 2, now)
        revision.source = "## Steps\n\nDo it, then look at it."
        current = session.get_one(CurrentRevision, {"guide_id": guide.id, "language": "en"})
        current.revision_id, current.title, current.problems = revision.id, revision.title, PROBLEMS
        session.commit()


def _organization_ids(portal: RunningPortal) -> dict[str, UUID]:
    with portal.database.reading(None) as session:
        return {
            row.name: row.id for row in session.execute(select(Organization.name, Organization.id))
        }


def _leave_for_good(session: Session, usm: Persona) -> dict[str, str]:
    """Three who have left: one is to be erased by the USM, one by their own wish."""
    organization_id = usm.organization_id
    ours = session.get_one(Organization, organization_id)
    members = [make_member(session, ours, f"Lea Left {n}", {Role.END_USER}) for n in range(3)]
    for member in members:
        key = {"organization_id": organization_id, "id": member.member_id}
        session.get_one(Member, key).left_at = clock.now()
    session.flush()
    left, going, willing = (str(member.member_id) for member in members)
    erasure.ask_for_leaver(usm.viewer, members[1].member_id, 7)
    erasure.ask_for_own(members[2].viewer, 7)
    return {"left": left, "going": going, "willing": willing}


def _unwanted(portal: RunningPortal, usm: Persona, double: Persona) -> dict[str, str]:
    """Where mails lead to whose readers want no more: one who says so yet, one who did."""
    contact.switch_off(double.viewer.person_id, MessageClass.NEWS)
    to = {"unwanted": (usm, MessageClass.SUCCESS), "stopped": (double, MessageClass.NEWS)}
    keys = portal.secret_keys
    return {
        name: unsubscribing.make_url("", keys, who.viewer.person_id, who.email, of_class)[10:]
        for name, (who, of_class) in to.items()
    }


def _issue_links(
    portal: RunningPortal, organization_id: UUID, usm: Persona, double: Persona
) -> dict[str, str]:
    """A link of each kind; `used` is spent, `known` invites somebody who signs in elsewhere."""
    day, nora = timedelta(days=1), Invitee(NORA, "Nora Newcomer", frozenset({Role.END_USER}))
    with portal.database.writing(organization_id) as session:
        newcomer = invitations.add_member(usm.viewer, nora)
        people = {
            "sign_in": (LinkPurpose.SIGN_IN, usm.viewer.person_id, None, None),
            "used": (LinkPurpose.SIGN_IN, usm.viewer.person_id, None, None),
            "first_admin": (LinkPurpose.FIRST_ADMIN, None, None, None),
            "reset": (LinkPurpose.RESET, usm.viewer.person_id, None, None),
            "new_address": (LinkPurpose.NEW_ADDRESS, usm.viewer.person_id, None, None),
            "invitation": (
                LinkPurpose.INVITATION,
                newcomer.person_id,
                organization_id,
                newcomer.id,
            ),
            "known": (
                LinkPurpose.INVITATION,
                double.viewer.person_id,
                organization_id,
                double.member_id,
            ),
        }
        email = "new@nordlicht.example"
        tokens = {name: links.issue(*whom, day, email=email) for name, whom in people.items()}
        tokens |= _unwanted(portal, usm, double)
        tokens |= _leave_for_good(session, usm)
        links.use(tokens["used"])
        session.commit()
    return tokens
