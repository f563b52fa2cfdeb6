"""A portal in which something has happened, and how to reach each of its addresses.

A new address is found by itself in the URL map; what its parameters and its form take has to be
said here, or the tests that visit every address fail.
"""

import re
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from io import BytesIO
from itertools import product
from typing import Any
from uuid import UUID

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import insert, select, update
from werkzeug.routing import Rule

from portal import clock, indexing, personal, pictures
from portal.access import Action, Role
from portal.accounts.models import LinkPurpose, Member, Organization, Person, QuietPeriod, Seats
from portal.accounts.privacy_models import Export
from portal.accounts.service import bouncing, branding, erasure, links, sign_in, staff_looks
from portal.accounts.service.branding import Look
from portal.accounts.team_models import Team, TeamLimit
from portal.adoption.models import BulkEnrollment, TodayPutOff
from portal.branding import Branding
from portal.db import Database
from portal.effectiveness.jobs import recount_all
from portal.effectiveness.service.comments import name_of
from portal.folding import email_key
from portal.guides.models import CurrentRevision, Goal, Guide
from portal.guides.service.search import put_text
from portal.ids import new_id
from portal.jobs import Work
from portal.media import MediaFolder
from portal.messages import unsubscribing
from portal.messages.models import Bounce, MessageClass
from portal.paging import encode_cursor
from portal.paths.follow_up_models import FollowUp
from portal.paths.models import Path, Step, StepKind
from portal.paths.outcome_models import Ease, Outcome
from portal.paths.pin_models import PinnedNote
from portal.paths.progress_models import Enrollment
from portal.style_sheets import style_sheet
from tests.factories import (
    Library,
    Persona,
    World,
    make_library,
    make_member,
    make_revision,
    make_upload,
    make_world,
)

FITTING = {
    "public": None,
    Action.HAVE_ACCOUNT: "end_user",
    Action.FOLLOW_PATHS: "end_user",
    Action.SEE_PEOPLE: "usm",
    Action.INVITE_PEOPLE: "usm",
    Action.ASK_HELP: "end_user",
    Action.READ_HELP: "usm",
    Action.ANSWER_HELP: "usm",
    Action.LEAD_PEOPLE: "usm",
    Action.CONSENT: "owner",
    Action.ERASE_PEOPLE: "usm",
    Action.SEE_CUSTOMERS: "csm",
    Action.MANAGE_TEAMS: "usm",
    Action.SET_UP_ORGANIZATION: "owner",
    Action.SEE_LIBRARY: "author",
    Action.MANAGE_ORGANIZATIONS: "admin",
    Action.MANAGE_STAFF: "admin",
    Action.OPERATE: "admin",
    Action.SEE_AUDIT: "owner",
}
"""Who opens a page, by its mark."""

SLUGS = (
    {"choose_goal": "goal"}
    | dict.fromkeys(("path", "finish", "obstacle_gone", "reached"), "path")
    | {"fit_path": "other path", "choose_path": "both paths", "obstacle": "both paths"}
    | dict.fromkeys(("kit", "kit_document", "ask_for_kit_pdf", "take_kit_away"), "kit")
)
"""What `<slug>` names, by view; a guide everywhere else."""
COLLEAGUES = frozenset(
    {"accounts.colleague", "accounts.deactivate_staff", "accounts.bring_staff_back"}
)
ASKED = frozenset({"adoption.nudge"})
PERSONAL = [table.name for table in personal.tables()]

EXPORT_ID = UUID(int=7)
"""An export of a reader's, which the other customer's twin has too."""

OUR_LOOK = Branding(name="Aurora at work", accent="#ffd400")
THEIR_LOOK = Branding(name="Zyxomma Holding", accent="#7a1fa2")
SHEETS = [style_sheet(look.accent or "").digest for look in (OUR_LOOK, THEIR_LOOK)]

NEWCOMER = "nora.newcomer@aurora.example"
NEW_TEAM = "Newcomers"
OTHER_PATH = "other-steps"
"""The path of a task, a check and a session."""
GIVEN_UP = "It broke."
KNOWN_ELSEWHERE = "known@elsewhere.example"
"""Address of the stranger, whom only the other customer knows."""


@dataclass(frozen=True)
class Side:
    """The ids of one organization, as they stand in addresses and forms."""

    organization_id: UUID
    member_id: UUID
    team_id: UUID
    request_id: UUID
    cursor: str
    media_id: UUID
    new_team_id: UUID = field(default_factory=new_id)
    """A team that nobody is limited to."""
    period_id: UUID = field(default_factory=new_id)
    """A quiet period."""
    import_id: UUID = field(default_factory=new_id)
    """A file of people that was checked."""
    help_id: UUID = field(default_factory=new_id)
    """A question that waits for its USM."""
    risen_id: UUID = field(default_factory=new_id)
    """One that has reached the vendor."""
    follow_up_id: UUID = field(default_factory=new_id)
    bulk_id: UUID = field(default_factory=new_id)
    note_id: UUID = field(default_factory=new_id)
    work_id: UUID = field(default_factory=new_id)
    comment_id: UUID = field(default_factory=new_id)
    """What somebody said of the first guide, as authors' addresses name it."""


@dataclass(frozen=True)
class Scene:
    """Two customers, the vendor, a library, and deeds of our customer's people."""

    app: Flask
    database: Database
    world: World
    library: Library
    double: Persona
    """A USM of ours who is an end user at the other customer too."""
    tokens: tuple[str, ...]
    step_ids: tuple[UUID, ...]
    """A task, a check and a session on another path than our reader's."""
    own: Side
    other: Side

    def persona(self, who: str) -> Persona:
        return self.double if who == "double" else self.world.everybody[who]

    def browser(self, who: str | None) -> FlaskClient:
        """A browser in which somebody is signed in, or nobody."""
        return open_browser(self.app, self.database, who and self.persona(who))

    def rules(self, method: str) -> list[Rule]:
        """Every address that takes a method, static files apart, in a steady order."""
        found = [rule for rule in self.app.url_map.iter_rules() if method in (rule.methods or ())]
        pages = (rule for rule in found if not rule.endpoint.endswith("static"))
        return sorted(pages, key=lambda rule: rule.rule)

    def fitting(self, rule: Rule) -> str | None:
        """Who opens a page."""
        if rule.endpoint == "accounts.choose_organization":
            return "double"
        return FITTING[self.app.view_functions[rule.endpoint].access]

    def addresses(self, rule: Rule, side: Side, with_queries: bool = True) -> list[str]:
        """Where a rule leads to, with the ids of one organization in each parameter."""
        names = sorted(rule.arguments)
        choices = [self._choices(rule.endpoint, name, side) for name in names]
        filled = [dict(zip(names, chosen, strict=True)) for chosen in product(*choices)]
        queries = [{}, *(self._queries(rule.endpoint, side) if with_queries else [])]
        return [
            self.url(rule.endpoint, values | query)
            for values in filled
            for query in (queries if values is filled[0] else [{}])
        ]

    def url(self, endpoint: str, values: dict[str, Any]) -> str:
        return self.app.url_map.bind("portal.example").build(endpoint, values)

    def _choices(self, endpoint: str, name: str, side: Side) -> list[Any]:
        known = {
            "organization_id": [side.organization_id],
            "follow_up_id": [side.follow_up_id],
            "step_id": list(self.step_ids),
            "bulk_id": [side.bulk_id],
            "note_id": [side.note_id],
            "media_id": [side.media_id],
            "export_id": [EXPORT_ID],
            "member_id": self._members(endpoint, side),
            "team_id": [side.team_id, side.new_team_id],
            "token": self._tokens(endpoint),
            "import_id": [side.import_id],
            "period_id": [side.period_id],
            "language": ["en"],
            "digest": SHEETS if endpoint == "branding.style_sheet" else ["0123456789ab"],
            "document": list(self.library.document_slugs),
            "name": PERSONAL if endpoint == "accounts.data_rows" else ["list.png"],
            "request_id": [side.help_id, side.risen_id],
            "number": [1, 2],
            "comment_id": [side.comment_id],
            "slug": self._slugs(endpoint),
            "work_id": [side.work_id],
        }
        return known[name]

    def _members(self, endpoint: str, side: Side) -> list[UUID]:
        if endpoint in COLLEAGUES:
            return [side.member_id, self.world.author.member_id]
        # Who has joined, and is asked to follow a path.
        return [side.member_id, *([self.world.owner.member_id] if endpoint in ASKED else [])]

    def _tokens(self, endpoint: str) -> list[str]:
        if endpoint not in ("accounts.unwanted", "accounts.stop"):
            return list(self.tokens)
        reader, keys = self.world.end_user, self.app.config["PORTAL"].secret_keys
        urls = (
            unsubscribing.make_url("", keys, reader.viewer.person_id, reader.email, of_class)
            for of_class in (MessageClass.SUCCESS, MessageClass.SERVICE)
        )
        return [url.rpartition("/")[2] for url in urls]

    def _slugs(self, endpoint: str) -> list[str]:
        kinds = {
            "goal": [self.library.goal_slug],
            "path": [self.library.path_slug],
            "kit": [self.library.kit_slug],
            "other path": [OTHER_PATH],
            "both paths": [self.library.path_slug, OTHER_PATH],
        }
        view = endpoint.rpartition(".")[2]
        return kinds.get(SLUGS.get(view, ""), list(self.library.guide_slugs))

    def _queries(self, endpoint: str, side: Side) -> list[dict[str, Any]]:
        if endpoint == "adoption.people_csv":
            return [{"team": side.team_id}, {"after": side.cursor}]
        if endpoint == "adoption.people":
            narrowed = [{"team": side.team_id}, {"path": self.library.path_id}, {"words": "om"}]
            states = ("invited", "no_goal", "on_path", "stuck", "finished", "overdue")
            return [*narrowed, *({"state": s} for s in states), {"after": side.cursor}]
        if endpoint == "adoption.enroll":
            narrowed = {"everybody": 1, "team": side.team_id}
            return [{"who": side.member_id.hex}, {"everybody": 1}, narrowed]
        if endpoint == "accounts.organizations":
            return [{"sample": 1}]
        if endpoint == "customers.customers":
            narrowed = [{"need": "help"}, {"experience": "high_touch"}, {"words": "aur"}]
            return [*narrowed, {"sample": 1}, {"after": side.organization_id.hex}]
        if endpoint == "help.ask":
            return [{"guide": self.library.guide_slugs[0]}, {"guide": "no-such-guide"}]
        if endpoint == "help.requests":
            last = encode_cursor([side.help_id])
            return [{"state": "answered"}, {"state": "closed"}, {"after": last}]
        if endpoint == "guides.search":
            return [{"q": "guide"}, {"q": "note"}, {"q": "unicorn horn"}]
        if endpoint.startswith("effectiveness."):
            return _library_queries(endpoint)
        return _audit_queries(side) if endpoint.startswith("operations.audit") else []


def _library_queries(endpoint: str) -> list[dict[str, Any]]:
    if endpoint == "effectiveness.answers":
        return [{"state": "planned"}, {"reason": "missing"}, {"state": "done"}]
    if endpoint != "effectiveness.library":
        return []
    orders = ("success", "opened", "review", "title", "comments")
    shown = [{"show": "due"}, {"show": "withdrawn"}, {"words": "guide"}]
    return [*shown, *({"sort": order} for order in orders)]


def _audit_queries(side: Side) -> list[dict[str, Any]]:
    days = {"since": "2026-01-01", "until": "2026-12-31"}
    after = {"after": encode_cursor([side.work_id])}
    return [{"what": "member.invited"}, days, {"organization": side.organization_id}, after]


def open_browser(app: Flask, database: Database, persona: Persona | None) -> FlaskClient:
    """A browser in which somebody is signed in, or nobody."""
    browser = app.test_client()
    if persona is None:
        return browser
    viewer = persona.viewer
    with database.writing(None) as session:
        token = sign_in.open_session(
            viewer.person_id, viewer.organization_id, viewer.member_id, "test", by_link=True
        )
        session.commit()
    with browser.session_transaction() as cookie:
        cookie["_user_id"] = token
        cookie["_fresh"] = True
    return browser


def make_scene(app: Flask, database: Database) -> Scene:
    """Fill a database through the portal itself."""
    app.extensions["database"] = database
    world, library = make_world(database), make_library(database)
    double = _make_double(database, world)
    scene = Scene(
        app,
        database,
        world,
        library,
        double,
        tokens=(),
        step_ids=_add_steps(database),
        own=_side(database, world.usm),
        other=_side(database, world.stranger),
    )
    deeds = (
        _read_and_answer,
        _finish,
        _work_on_steps,
        _ask_later,
        _mend,
        _invite,
        _limit,
        _plan,
        _assign,
        _keep_private,
        _fill_in,
        _fit,
        _let_mail_come_back,
    )
    for deed in (*deeds, _search, _put_away, _stop):
        deed(scene)
    newcomer = _newcomer(scene)
    help_id, risen_id = _ask(scene)
    own = replace(
        scene.own,
        member_id=newcomer,
        new_team_id=_new_team(scene),
        media_id=_upload(scene),
        import_id=_bring(scene),
        help_id=help_id,
        risen_id=risen_id,
        bulk_id=_enroll(scene),
        note_id=_pin(scene),
        comment_id=_comment(scene),
    )
    return replace(scene, tokens=_issue_links(scene, newcomer), own=own)


def _make_double(database: Database, world: World) -> Persona:
    with database.writing(world.usm.organization_id) as session:
        organization = session.get_one(Organization, world.usm.organization_id)
        double = make_member(session, organization, "Dora Double", {Role.USM, Role.END_USER})
        session.commit()
    with database.writing(world.stranger.organization_id) as session:
        now = clock.now()
        values = dict(
            organization_id=world.stranger.organization_id,
            id=new_id(),
            person_id=double.viewer.person_id,
            display_name="Zyxomma Dora",
            name_key="zyxomma dora",
            roles=frozenset({Role.END_USER}),
            invited_at=now,
            accepted_at=now,
        )
        session.execute(insert(Member.__table__).values(values))
        stranger = session.get_one(Person, world.stranger.viewer.person_id)
        stranger.email = stranger.email_key = KNOWN_ELSEWHERE
        session.commit()
    return double


def _side(database: Database, persona: Persona) -> Side:
    with database.reading(persona.organization_id) as session:
        found = select(Team.id).where(Team.organization_id == persona.organization_id)
        team_id = session.scalars(found.order_by(Team.id)).first()
    assert team_id
    cursor = encode_cursor([persona.viewer.display_name.casefold(), persona.member_id])
    return Side(
        persona.organization_id, persona.member_id, team_id, new_id(), cursor, new_id(), new_id()
    )


def _read_and_answer(scene: Scene) -> None:
    """One reader in the middle of the path, whose guide did not work."""
    browser, first = scene.browser("end_user"), scene.library.guide_slugs[0]
    revision = {"revision": str(scene.library.revision_ids[0])}
    post(browser, f"/goals/{scene.library.goal_slug}/choose", request_id=str(scene.own.request_id))
    for kind in ("opened", "shown"):
        post(browser, "/beacon", kind=kind, **revision)
    post(browser, f"/guides/{first}/ticks", ticks="0", **revision)
    post(browser, f"/guides/{first}/answer", answer="no", tell="1", **revision)
    post(browser, f"/guides/{first}/if-then", line="When the file is in, I will close.")
    post(browser, f"/paths/{scene.library.path_slug}/obstacle", obstacle="dont_know_how")
    post(
        browser,
        f"/guides/{first}/reason",
        reason="missing",
        comment="Λείπει μια εικόνα.",
        tell="1",
    )


def _search(scene: Scene) -> None:
    """A search that finds nothing, and a text of our customer's that can be found."""
    indexing.refresh(scene.database)
    assert scene.browser("end_user").get("/search?q=unicorn").status_code == 200
    organization_id = scene.own.organization_id
    with scene.database.writing(organization_id) as session:
        text = ("A note on closing", "Ask the guide first.", scene.library.guide_ids[0])
        put_text(organization_id, "test", new_id(), *text)
        session.commit()


def _finish(scene: Scene) -> None:
    """One reader at the end of the path."""
    browser, library = scene.browser("team_mate"), scene.library
    post(browser, f"/goals/{library.goal_slug}/choose")
    for slug, revision_id in zip(library.guide_slugs, library.revision_ids, strict=True):
        post(browser, f"/guides/{slug}/answer", answer="yes", revision=str(revision_id))
    post(browser, f"/paths/{library.path_slug}/finish")
    post(browser, f"/paths/{library.path_slug}/reached", said="yes", felt_speed="quicker")


def _add_steps(database: Database) -> tuple[UUID, ...]:
    """A path for another job, of the kinds of steps that are no guides."""
    options = [{"text": t, "right": r, "feedback": "γιατι"} for t, r in (("ναι", 1), ("οχι", 0))]
    starts_at = (clock.now() + timedelta(days=30)).isoformat()
    details = {
        StepKind.TASK: {"html": "<p>καν' το</p>"},
        StepKind.CHECK: {"questions": [{"ask": "τι;", "options": options}]},
        StepKind.SESSION: dict(starts_at=starts_at, minutes=45, capacity=5, place="εδω"),
        StepKind.MILESTONE: {},
    }
    with database.writing(None) as session:
        goal_id = session.scalars(select(Goal.id)).first()
        path = Path(id=new_id(), slug=OTHER_PATH, goal_id=goal_id, title="βηματα", html="")
        path.jobs, path.steps_total, path.source_hash = ["lead"], len(details), ""
        session.add(path)
        session.flush()
        steps = [
            Step(id=new_id(), path_id=path.id, key=kind, kind=kind, position=n, title="βημα")
            for n, kind in enumerate(details, start=1)
        ]
        steps[0].is_optional = True
        for step in steps:
            step.details = details[StepKind(step.kind)]
        session.add_all(steps)
        session.commit()
    return tuple(step.id for step in steps[:3])


def _work_on_steps(scene: Scene) -> None:
    """A USM who is on the path of tasks, checks and sessions."""
    browser = scene.browser("usm")
    task, check, session = scene.step_ids
    post(browser, f"/paths/{OTHER_PATH}/choose")
    post(browser, f"/steps/{task}/done")
    post(browser, f"/steps/{check}/check", question_0="1")
    post(browser, f"/steps/{session}/place")


def _ask_later(scene: Scene) -> None:
    """Our reader is asked how easy the guide was, and weeks later whether it is in use."""
    organization_id, reader = scene.own.organization_id, scene.world.end_user
    with scene.database.writing(organization_id) as session:
        mine = (Ease.organization_id == organization_id, Ease.member_id == reader.member_id)
        session.execute(update(Ease).where(*mine).values(is_drawn=True))
        enrollment_id = session.scalars(
            select(Enrollment.id).where(
                Enrollment.organization_id == organization_id,
                Enrollment.member_id == reader.member_id,
            )
        ).one()
        row = dict(
            organization_id=organization_id,
            id=scene.own.follow_up_id,
            member_id=reader.member_id,
            enrollment_id=enrollment_id,
            step_id=scene.library.step_ids[2],
            revision_id=scene.library.revision_ids[0],
            drawn_among=1,
            drawn_at=clock.now(),
            due_on=clock.today("UTC") - timedelta(days=1),
        )
        session.execute(insert(FollowUp).values(row))
        session.commit()


def _mend(scene: Scene) -> None:
    """A second revision of the guide that did not work."""
    guide_id = scene.library.guide_ids[0]
    with scene.database.writing(None) as session:
        revision = make_revision(session, session.get_one(Guide, guide_id), 2, clock.now())
        revision.source = "## Steps\n\nDo it again."
        current = session.get_one(CurrentRevision, {"guide_id": guide_id, "language": "en"})
        current.revision_id, current.title = revision.id, revision.title
        session.commit()


def _invite(scene: Scene) -> None:
    """Somebody who has yet to join."""
    who = dict(display_name="Nora Newcomer", email=NEWCOMER, roles="end_user", team_name=NEW_TEAM)
    post(scene.browser("usm"), "/people/invite", **who)


def _new_team(scene: Scene) -> UUID:
    ours = scene.own.organization_id
    with scene.database.reading(ours) as session:
        named = select(Team.id).where(Team.organization_id == ours, Team.name == NEW_TEAM)
        return session.scalars(named).one()


def _bring(scene: Scene) -> UUID:
    """A file of people that was checked, and one that is under way."""
    browser = scene.browser("usm")
    post(browser, f"{_bring_file(browser, 'started')}/start")
    return UUID(_bring_file(browser, "checked").rpartition("/")[2])


def _bring_file(browser: FlaskClient, who: str) -> str:
    words = f"E-mail address,Name,Team\n{who}@aurora.example,Fia File,Filers\nno address,,\n"
    form = {"file": (BytesIO(words.encode()), "people.csv"), "meaning": "these"}
    answer = browser.post("/people/import", data=form)
    assert answer.status_code == 302, answer.text
    return answer.location


def _limit(scene: Scene) -> None:
    """A USM who sees one team only."""
    organization_id = scene.own.organization_id
    with scene.database.writing(organization_id) as session:
        organization = session.get_one(Organization, organization_id)
        limited = make_member(session, organization, "Lina Limited", {Role.USM})
        row = dict(member_id=limited.member_id, team_id=scene.own.team_id)
        day = date(2026, 1, 1)
        session.execute(
            insert(TeamLimit).values(organization_id=organization_id, starts_on=day, **row)
        )
        session.commit()


def _plan(scene: Scene) -> None:
    """What has no page yet."""
    organization_id, day = scene.own.organization_id, date(2026, 12, 24)
    quiet = dict(
        id=scene.own.period_id, starts_on=day, ends_on=day, is_holiday=True, name="Christmas"
    )
    with scene.database.writing(organization_id) as session:
        session.execute(insert(QuietPeriod).values(organization_id=organization_id, **quiet))
        seats = dict(starts_on=day, number=20)
        session.execute(insert(Seats).values(organization_id=organization_id, **seats))
        off = dict(person_id=scene.world.usm.viewer.person_id, subject_id=new_id(), kind="stuck")
        put_off = insert(TodayPutOff).values(organization_id=organization_id, until=day, **off)
        session.execute(put_off)
        session.commit()


def _upload(scene: Scene) -> UUID:
    """A picture of our customer's: its logo, beside a name and a colour of its own."""
    organization_id = scene.own.organization_id
    folder = MediaFolder(scene.app.config["PORTAL"].media_dir)
    saved = folder.save(organization_id, pictures.read(make_upload(), "logo"))
    with scene.database.writing(organization_id) as session:
        owner, look = scene.world.owner.viewer, OUR_LOOK
        branding.set_look(owner, Look(look.name or "", look.accent or ""))
        branding.set_logo(owner, saved)
        session.commit()
    return saved.id


def _let_mail_come_back(scene: Scene) -> None:
    """The mail server refuses our reader's address."""
    ours, reader = scene.own.organization_id, scene.world.end_user
    person_id, now = reader.viewer.person_id, clock.now()
    with scene.database.writing(ours) as session:
        refused = dict(address_key=email_key(reader.email), since=now, answer="550 no such user")
        session.add(Bounce(organization_id=ours, person_id=person_id, **refused))
        session.flush()
        bouncing.note(ours, person_id)
        session.commit()


def _assign(scene: Scene) -> None:
    """A csm answers for our customer, and would like to stand in; another for the other one."""
    ours, vendor_id = scene.own.organization_id, scene.world.csm.organization_id
    with scene.database.writing(vendor_id) as session:
        vendor = session.get_one(Organization, vendor_id)
        other = make_member(session, vendor, "Cleo Other", {Role.CSM})
        session.commit()
    theirs = f"/organizations/{scene.other.organization_id}/csms"
    post(scene.browser("admin"), theirs, person_id=str(other.viewer.person_id))
    csm = str(scene.world.csm.viewer.person_id)
    post(scene.browser("admin"), f"/organizations/{ours}/csms", person_id=csm)
    post(scene.browser("csm"), f"/customers/{ours}/stand-in/ask")


def _keep_private(scene: Scene) -> None:
    """An owner lets staff read names, one of them does, and a reader asks for what is theirs."""
    ours, mate, now = scene.own.organization_id, scene.world.team_mate, clock.now()
    with scene.database.writing(ours) as session:
        staff_looks.allow_names(scene.world.owner.viewer)
        asked = dict(organization_id=ours, member_id=mate.member_id, asked_at=now)
        session.execute(insert(Export).values(**asked, id=EXPORT_ID, state="waiting"))
        erasure.ask_for_own(mate.viewer, 7)
        acting = replace(scene.world.csm.viewer, organization_id=ours)
        staff_looks.look(acting, [mate.member_id], "A test")
        session.commit()


def _comment(scene: Scene) -> UUID:
    """An author answers what our reader said of the first guide; the figures are counted."""
    slug, organization_id = scene.library.guide_slugs[0], scene.own.organization_id
    with scene.database.reading(organization_id) as session:
        mine = Outcome.organization_id == organization_id, Outcome.comment.is_not(None)
        outcome_id = session.scalars(select(Outcome.id).where(*mine)).one()
    comment_id = name_of(organization_id, outcome_id)
    form = {"state": "planned", "reply": "Η εικόνα έρχεται σύντομα."}
    post(scene.browser("author"), f"/library/{slug}/answers/{comment_id}", **form)
    recount_all(scene.database)
    return comment_id


def _ask(scene: Scene) -> tuple[UUID, UUID]:
    """Two questions: one waits for the USM, one was handed on to the vendor and answered."""
    reader, usm, csm = (scene.browser(who) for who in ("end_user", "usm", "csm"))
    slug, revision = scene.library.guide_slugs[0], str(scene.library.revision_ids[0])
    form = dict(words="Where is the button?", guide=slug, revision=revision)
    answers = [reader.post("/help/ask", data=form) for _ in range(2)]
    waiting, risen = (UUID(answer.location.rpartition("/")[2]) for answer in answers)
    post(usm, f"/help/{risen}", words="I do not know either.")
    post(usm, f"/help/{risen}/hand-on")
    post(csm, f"/customers/{scene.own.organization_id}/help/{risen}", words="Below the list.")
    return waiting, risen


def _fill_in(scene: Scene) -> None:
    browser = scene.browser("usm")
    for slug in scene.library.document_slugs:
        address = f"/kits/{scene.library.kit_slug}/{slug}"
        post(browser, address, number="0", field_hours="2")
        post(browser, f"{address}/pdf")


def _enroll(scene: Scene) -> UUID:
    """The owner is asked to follow the path until a day; the USM may undo it."""
    path_id = str(scene.library.path_id)
    asked = dict(who=scene.world.owner.member_id.hex, onto=path_id, due_on="2026-12-31")
    post(scene.browser("usm"), "/people/enroll", **asked)
    organization_id = scene.own.organization_id
    with scene.database.reading(organization_id) as session:
        found = select(BulkEnrollment.id).where(BulkEnrollment.organization_id == organization_id)
        return session.scalars(found).one()


def _pin(scene: Scene) -> UUID:
    """Notes on a guide and on a step."""
    browser, organization_id = scene.browser("usm"), scene.own.organization_id
    post(browser, f"/notes/guides/{scene.library.guide_slugs[0]}", text="Ask Ursula for access.")
    post(browser, f"/notes/steps/{scene.library.step_ids[0]}", text="Our name for it: close.")
    with scene.database.reading(organization_id) as session:
        found = select(PinnedNote.id).where(PinnedNote.organization_id == organization_id)
        return session.scalars(found.order_by(PinnedNote.id)).first()


def _fit(scene: Scene) -> None:
    """The other path is in the organization's own order, and one change can be undone."""
    address, browser = f"/paths/{OTHER_PATH}/fit", scene.browser("usm")
    for deed in ("down", "down", "up"):
        post(browser, address, change=f"{deed}:{scene.step_ids[0]}")


def _put_away(scene: Scene) -> None:
    """First steps that somebody wants to see no more."""
    post(scene.browser("owner"), "/first-steps/dismiss", kind="usm")


def _stop(scene: Scene) -> None:
    """Work that was given up."""
    where = dict(organization_id=scene.own.organization_id, key=str(scene.library.step_ids[0]))
    how = dict(id=scene.own.work_id, due_at=clock.now(), attempts=8, last_error=GIVEN_UP)
    with scene.database.writing(None) as session:
        session.execute(insert(Work).values(kind="paths.recount", **where, **how))
        session.commit()


def _newcomer(scene: Scene) -> UUID:
    with scene.database.reading(scene.own.organization_id) as session:
        found = select(Member.id).where(
            Member.organization_id == scene.own.organization_id,
            Member.display_name == "Nora Newcomer",
        )
        return session.scalars(found).one()


def _issue_links(scene: Scene, newcomer: UUID) -> tuple[str, ...]:
    """One link of each purpose, for a day."""
    day, ours = timedelta(hours=24), scene.own.organization_id
    reader, mate = scene.world.end_user.viewer, scene.world.team_mate.viewer
    with scene.database.writing(ours) as session:
        invited = session.get_one(Member, {"organization_id": ours, "id": newcomer})
        issued = (
            links.issue(LinkPurpose.SIGN_IN, reader.person_id, None, None, day, is_mailed=True),
            links.issue(LinkPurpose.INVITATION, invited.person_id, ours, newcomer, day),
            links.issue(LinkPurpose.FIRST_ADMIN, None, None, None, day),
            links.issue(LinkPurpose.RESET, mate.person_id, None, None, day, is_mailed=True),
            links.issue(
                LinkPurpose.NEW_ADDRESS,
                reader.person_id,
                None,
                None,
                day,
                is_mailed=True,
                email="new.alma@aurora.example",
            ),
        )
        session.commit()
    return issued


def post(browser: FlaskClient, address: str, **form: str) -> None:
    """Post a form that is expected to be accepted."""
    form = {"request_id": str(new_id())} | form
    answer = browser.post(address, data=form)
    assert answer.status_code in (204, 302, 303), f"{address}: {answer.status} {answer.text}"


def made_up(rule: Rule) -> str:
    """An address of a rule whose parameters name nothing that exists."""
    made = {"uuid": str(new_id()), "int": "1"}
    return PARAMETER.sub(lambda found: made.get(found["kind"], "x"), rule.rule)


PARAMETER = re.compile(r"<(?:(?P<kind>\w+)[^:>]*:)?\w+>")
