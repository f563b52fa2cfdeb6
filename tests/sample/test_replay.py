"""One member's 120 days, done once more in a browser, leave the same rows and figures."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from portal import clock, lots, personal
from portal.access import Viewer
from portal.accounts.models import LinkPurpose, Member, Person
from portal.accounts.service import links, viewers
from portal.db import Database
from portal.effectiveness.jobs import recount_all
from portal.effectiveness.models import GuideFigure
from portal.paths.follow_up_models import FollowUp
from portal.paths.outcome_models import Given, Question
from portal.personal import Whom
from portal.sample import acts
from portal.sample.schedule import What
from portal.sample.service import loading
from portal.sample.story import READER
from tests.factories import Persona
from tests.sample.conftest import FEW, NOW, keep

pytestmark = pytest.mark.database

STORY = FEW[2]
OF_THE_BROWSER = frozenset({"web_session", "link", "form_request", "last_seen"})
"""What only a browser leaves, or the loader notes in its stead."""
CONTENT = frozenset({"guide_id", "revision_id", "path_id", "step_id", "goal_id", "next_step_id"})
"""Ids that are the same whoever did it."""


@dataclass
class Recorder:
    """Does what the loader asks for, and remembers what each member did and when."""

    done: dict[str, list[tuple[datetime, str, Mapping[str, Any]]]] = field(default_factory=dict)

    def __call__(self, viewer: Viewer, name: str, values: Mapping[str, Any]) -> Any:
        if viewer.roles == READER:
            self.done.setdefault(viewer.display_name, []).append((clock.now(), name, values))
        return acts.perform(viewer, name, values)

    def busiest(self) -> str:
        """The reader who did the most different things, and asked nobody: answers are others'."""
        kinds = {who: {name for _at, name, _values in done} for who, done in self.done.items()}
        silent = [who for who in kinds if "ask" not in kinds[who]]
        return max(silent, key=lambda who: len(kinds[who]))


def load(database: Database, mail: Any, do: Any = acts.perform) -> None:
    with clock.standing_at(NOW):
        loading.load(database, mail, [STORY], do=do)


def find_member(database: Database, name: str) -> tuple[Whom, str]:
    with database.across_organizations("a test looks") as session:
        member = session.scalars(select(Member).where(Member.display_name == name)).one()
        email = session.get_one(Person, member.person_id).email
    return Whom(member.organization_id, member.id, member.person_id), email


def rows_about(database: Database, whom: Whom) -> dict[str, list[Any]]:
    """What stands about a member in each table, without ids that only tell rows apart."""
    found = {}
    with database.reading(whom.organization_id) as session:
        for table in personal.tables():
            if table.name in OF_THE_BROWSER:
                continue
            rows = session.execute(select(table).where(personal.about(table, whom)))
            if told := sorted((_plain(row._mapping) for row in rows), key=repr):
                found[table.name] = told
    return found


def _plain(row: Mapping[Any, Any]) -> dict[str, Any]:
    kept = {name: value for name, value in row.items() if not isinstance(value, UUID)}
    kept |= {name: value for name, value in row.items() if name in CONTENT}
    if ":" in str(kept.get("subject", "")):
        kept["subject"] = kept["subject"].partition(":")[0]
    return kept


def figures(database: Database) -> list[Any]:
    with clock.standing_at(NOW):
        recount_all(database)
    with database.reading(None) as session:
        rows = session.execute(select(GuideFigure.__table__))
        return sorted((tuple(row) for row in rows), key=repr)


class Browser:
    """The member's browser: each act is the form behind which the service stands."""

    def __init__(self, database: Database, app: Any, signed_in: Any, whom: Whom) -> None:
        self.database, self.app, self.whom = database, app, whom
        self.signed_in = signed_in
        self.client: FlaskClient | None = None
        self.seen = NOW - timedelta(days=1000)

    def do(self, at: datetime, name: str, values: Mapping[str, Any]) -> None:
        with clock.standing_at(at):
            if name == "accept":
                self._join()
                return
            if self.client is None or at - self.seen > timedelta(hours=1):
                self.client = self.signed_in(self._persona())
            self.seen = at
            if name == "search":
                self.client.get("/search", query_string={"q": values["words"]})
                return
            address, form = getattr(self, f"_{name}")(**values)
            answer = self.client.post(address, data={"request_id": uuid4().hex, **form})
            assert answer.status_code in (204, 302, 303), (name, answer.status_code, answer.text)

    def _persona(self) -> Persona:
        with self.database.reading(self.whom.organization_id):
            viewer = viewers.get_viewer(self.whom.organization_id, self.whom.member_id)
        return Persona(viewer, "")

    def _join(self) -> None:
        with self.database.writing(self.whom.organization_id) as session:
            token = links.issue(
                LinkPurpose.INVITATION,
                self.whom.person_id,
                self.whom.organization_id,
                self.whom.member_id,
                timedelta(days=14),
            )
            session.commit()
        answer = self.app.test_client().post(f"/links/{token}", data={"request_id": uuid4().hex})
        assert answer.status_code in (302, 303), answer.text

    def _choose_goal(self, slug):
        return f"/goals/{slug}/choose", {}

    def _say_obstacle(self, path_slug, obstacle):
        return f"/paths/{path_slug}/obstacle", {"obstacle": obstacle}

    def _open(self, revision_id):
        return "/beacon", {"kind": "opened", "revision": revision_id}

    def _tick(self, slug, items, revision_id):
        return f"/guides/{slug}/ticks", {"ticks": items, "revision": revision_id}

    def _answer(self, slug, answer, revision_id, given=Given.ON_GUIDE):
        later = {"later": "1"} if given == Given.LATER else {}
        return f"/guides/{slug}/answer", {"answer": answer, "revision": revision_id, **later}

    def _dismiss(self, slug, revision_id, question):
        later = {"later": "1"} if question == Question.LATER else {}
        return f"/guides/{slug}/dismiss", {"revision": revision_id, **later}

    def _give_reason(self, slug, reason, comment, failed_at):
        why = {"reason": reason, "comment": comment or "", "failed_at": failed_at or ""}
        return f"/guides/{slug}/reason", why

    def _give_ease(self, slug, ease):
        return f"/guides/{slug}/ease", {"ease": ease}

    def _write_plan(self, slug, line):
        return f"/guides/{slug}/if-then", {"line": line}

    def _do_task(self, step_id):
        return f"/steps/{step_id}/done", {}

    def _answer_check(self, step_id, chosen):
        said = {f"question_{number}": place for number, place in enumerate(chosen)}
        return f"/steps/{step_id}/check", said

    def _finish(self, slug):
        return f"/paths/{slug}/finish", {}

    def _say_goal(self, path_slug, said, felt_speed):
        return f"/paths/{path_slug}/reached", {"said": said, "felt_speed": felt_speed or ""}

    def _answer_follow_up(self, follow_up_id, answer, comment):
        answered = {"answer": answer, "comment": comment or ""}
        return f"/follow-ups/{self._follow_up()}", answered

    def _say_goal_later(self, follow_up_id, said):
        return f"/follow-ups/{self._follow_up()}/goal", {"said": said}

    def _follow_up(self) -> UUID:
        """The one whose turn it is; here it has another id."""
        with self.database.reading(self.whom.organization_id) as session:
            mine = select(FollowUp).where(
                FollowUp.organization_id == self.whom.organization_id,
                FollowUp.member_id == self.whom.member_id,
                FollowUp.due_on <= clock.today(STORY.zone),
            )
            due = session.scalars(mine.order_by(FollowUp.due_on, FollowUp.id)).all()
        still_open = [one for one in due if one.closed_at is None]
        return (still_open or due[::-1])[0].id


def test_the_same_days_in_a_browser_leave_the_same(ready, mail, app, signed_in, monkeypatch):
    monkeypatch.setattr(lots, "draw", lambda among, *_about: 0)
    put_back, told = keep(ready), Recorder()
    load(ready, mail, told)
    name = told.busiest()
    whom, email = find_member(ready, name)
    expected, expected_figures = rows_about(ready, whom), figures(ready)
    assert len({act for _at, act, _values in told.done[name]}) >= 8

    put_back()
    everything = loading.deeds_of

    def without_them(story, people, begun):
        (number,) = (one.number for one in people if one.email == email)
        deeds = everything(story, people, begun)
        return [deed for deed in deeds if (deed.what, deed.who) != (What.VISIT, number)]

    monkeypatch.setattr(loading, "deeds_of", without_them)
    load(ready, mail)
    whom, _email = find_member(ready, name)
    browser = Browser(ready, app, signed_in, whom)
    for at, act, values in told.done[name]:
        browser.do(at, act, values)
    assert rows_about(ready, whom) == expected
    assert figures(ready) == expected_figures
