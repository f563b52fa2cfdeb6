"""The list for today: what needs a success manager, why, and nothing that they put off."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, update

from portal import clock, db
from portal.access import Role
from portal.accounts.models import Member, Organization
from portal.accounts.team_models import TeamMembership
from portal.adoption.service import enrolling, today
from portal.adoption.service.enrolling import Chosen
from portal.adoption.service.today import MOST, MOST_OF_A_KIND, Item, Until, choose
from portal.adoption.service.today_shape import Kind
from portal.errors import NotAllowed
from portal.help.models import HelpRequest, Level
from portal.help.models import State as HelpState
from portal.ids import new_id
from portal.messages.models import Message, MessageClass, MessageState
from portal.paths.outcome_models import Answer, Outcome
from portal.paths.progress_models import Enrollment
from portal.paths.service import goals, outcomes, told
from tests.factories import make_member
from tests.paths.conftest import time  # noqa: F401 - a fixture


@pytest.fixture
def usm(time, world, library, acting):  # noqa: F811
    """The session of our USM is open for writing; nothing has happened yet."""
    acting(world.usm)
    for persona in (world.end_user, world.team_mate, world.owner):
        goals.choose_goal(persona.viewer, library.goal_slug)
    return world.usm.viewer


def items(viewer):
    return list(today.get_today(viewer).items)


def kinds(viewer):
    return [item.kind for item in items(viewer)]


def ask(persona, words="Where is the button?", **values):
    request = HelpRequest(
        organization_id=persona.organization_id,
        id=new_id(),
        member_id=persona.member_id,
        words=words,
        asked_at=clock.now(),
        state=HelpState.OPEN,
        level=Level.USM,
        waiting_since=clock.now(),
        **values,
    )
    db.session().add(request)
    db.session().flush()
    return request


def change_member(persona, **values):
    mine = Member.organization_id == persona.organization_id, Member.id == persona.member_id
    db.session().execute(update(Member).where(*mine).values(**values))


def add_invited(viewer, name="Nora", state=MessageState.SENT, **values):
    organization = db.session().get_one(Organization, viewer.organization_id)
    values = {"accepted_at": None, "invitations": 1} | values
    invited = make_member(db.session(), organization, name, {Role.END_USER}, **values)
    message = Message(
        organization_id=viewer.organization_id,
        id=new_id(),
        name="invitation",
        message_class=MessageClass.SERVICE,
        recipient=invited.email,
        subject="",
        body_text="",
        body_html="",
        message_id="<1@x>",
        state=state,
        created_at=clock.now(),
    )
    db.session().add(message)
    db.session().flush()
    change_member(invited, invitation_message_id=message.id)
    return invited


def tell(persona, library):
    outcomes.answer(persona.viewer, library.guide_slugs[0], Answer.NO)
    outcome_id = db.session().scalar(
        select(Outcome.id).where(
            Outcome.organization_id == persona.organization_id,
            Outcome.member_id == persona.member_id,
        )
    )
    told.set_told(persona.viewer, outcome_id, True)


def test_it_is_empty_where_nothing_needs_anybody(usm):
    found = today.get_today(usm)
    assert (found.items, found.more, found.put_off, found.next_on) == ([], {}, 0, None)


def test_it_shows_who_waits_for_an_answer(usm, world):
    request = ask(world.end_user)
    (item,) = items(usm)
    assert (item.kind, item.subject_id, item.name) == (Kind.HELP, request.id, "Alma Reader")


def test_it_shows_owners_no_question_that_they_may_not_answer(usm, world):
    ask(world.end_user)
    assert kinds(world.owner.viewer) == []


def test_it_shows_no_question_that_is_answered(usm, world):
    ask(world.end_user).state = HelpState.ANSWERED
    db.session().flush()
    assert kinds(usm) == []


def test_it_shows_an_answer_that_was_told_and_no_other(usm, world, library):
    outcomes.answer(world.team_mate.viewer, library.guide_slugs[0], Answer.NO)
    assert kinds(usm) == []
    tell(world.end_user, library)
    (item,) = items(usm)
    assert (item.kind, item.name, item.word) == (Kind.TOLD, "Alma Reader", Answer.NO)


def test_it_shows_who_has_come_to_a_halt(usm, world, library, time):  # noqa: F811
    time.pass_days(44)
    assert kinds(usm) == []
    time.pass_days(2)
    assert kinds(usm) == [Kind.STUCK] * 3


def test_it_shows_who_is_past_a_date(usm, world, library, time):  # noqa: F811
    due = clock.now().date() + timedelta(days=1)
    chosen = Chosen(member_ids=frozenset({world.end_user.member_id}))
    enrolling.enroll(usm, chosen, library.path_id, due)
    time.pass_days(1)
    assert kinds(usm) == []
    time.pass_days(1)
    (item,) = items(usm)
    assert (item.kind, item.due_on) == (Kind.OVERDUE, due)


def test_it_shows_nobody_who_has_finished(usm, world, time):  # noqa: F811
    values = {"finished_at": clock.now(), "due_on": clock.now().date()}
    db.session().execute(
        update(Enrollment).where(Enrollment.organization_id == usm.organization_id).values(**values)
    )
    time.pass_days(60)
    assert kinds(usm) == []


def test_it_shows_who_was_invited_a_while_ago(usm, time):  # noqa: F811
    add_invited(usm)
    time.pass_days(4)
    assert kinds(usm) == []
    time.pass_days(2)
    (item,) = items(usm)
    assert (item.kind, item.number) == (Kind.INVITED, 1)


def test_it_waits_anew_after_another_invitation(usm, time):  # noqa: F811
    invited = add_invited(usm)
    time.pass_days(6)
    message_id = db.session().scalar(
        select(Member.invitation_message_id).where(
            Member.organization_id == usm.organization_id, Member.id == invited.member_id
        )
    )
    key = {"organization_id": usm.organization_id, "id": message_id}
    db.session().get_one(Message, key).created_at = clock.now()
    db.session().flush()
    assert kinds(usm) == []


@pytest.mark.parametrize("how", [{"state": MessageState.FAILED}, {"bounced_at": clock.now()}])
def test_it_shows_an_invitation_that_did_not_arrive_at_once_and_once(usm, how, time):  # noqa: F811
    add_invited(usm, **how)
    assert kinds(usm) == [Kind.FAILED]
    time.pass_days(10)
    assert kinds(usm) == [Kind.FAILED]


def test_it_shows_as_one_thing_who_is_on_no_path(usm, time):  # noqa: F811
    organization = db.session().get_one(Organization, usm.organization_id)
    for name in "AB":
        make_member(db.session(), organization, name, {Role.END_USER})
    time.pass_days(3)
    (item,) = items(usm)
    assert (item.kind, item.number) == (Kind.NO_GOAL, 2)


@pytest.mark.parametrize(
    ("people", "leads", "shown"), [(10, 1, True), (9, 1, False), (10, 2, False)]
)
def test_it_says_where_one_success_manager_is_too_few(usm, library, people, leads, shown):
    organization = db.session().get_one(Organization, usm.organization_id)
    for number in range(people - 4):
        roles = {Role.USM} if number < leads - 1 else {Role.END_USER}
        more = make_member(db.session(), organization, f"More {number}", roles)
        goals.choose_goal(more.viewer, library.goal_slug)
    assert (Kind.ALONE in kinds(usm)) is shown


def test_it_shows_nobody_of_another_organization(usm, world, time):  # noqa: F811
    time.pass_days(60)
    assert all("Zyxomma" not in (item.name or "") for item in items(usm))


def test_it_shows_a_limited_usm_their_team_alone(usm, world, time):  # noqa: F811
    team_id = db.session().scalar(
        select(TeamMembership.team_id).where(
            TeamMembership.organization_id == usm.organization_id,
            TeamMembership.member_id == world.end_user.member_id,
        )
    )
    time.pass_days(60)
    assert {item.name for item in items(replace(usm, limited_to=team_id))} == {
        "Alma Reader",
        "Amir Mate",
    }


def test_it_refuses_who_answers_for_nobody(usm, world):
    with pytest.raises(NotAllowed):
        today.get_today(world.end_user.viewer)


class TestPutOff:
    def test_it_hides_an_item_until_the_day(self, usm, world, time):  # noqa: F811
        request = ask(world.end_user)
        today.put_off(usm, Kind.HELP, request.id, Until.TOMORROW)
        found = today.get_today(usm)
        assert (found.items, found.put_off) == ([], 1)
        assert found.next_on == clock.today(usm.zone) + timedelta(days=1)
        time.pass_days(1)
        assert kinds(usm) == [Kind.HELP]

    def test_next_week_is_monday(self, usm, world, time):  # noqa: F811
        # START is a Monday.
        request = ask(world.end_user)
        today.put_off(usm, Kind.HELP, request.id, Until.NEXT_WEEK)
        time.pass_days(6)
        assert kinds(usm) == []
        time.pass_days(1)
        assert kinds(usm) == [Kind.HELP]

    def test_what_is_done_comes_back_while_there_is_reason(self, usm, world, time):  # noqa: F811
        request = ask(world.end_user)
        today.put_off(usm, Kind.HELP, request.id, Until.DONE)
        time.pass_days(13)
        assert kinds(usm) == []
        time.pass_days(1)
        assert kinds(usm) == [Kind.HELP]

    def test_a_told_answer_is_done_for_good(self, usm, world, library, time):  # noqa: F811
        tell(world.end_user, library)
        (item,) = items(usm)
        today.put_off(usm, Kind.TOLD, item.subject_id, Until.DONE)
        today.put_off(usm, Kind.TOLD, item.subject_id, Until.DONE)
        time.pass_days(20)
        assert kinds(usm) == []
        today.bring_back(usm)
        assert kinds(usm) == []

    def test_it_is_the_viewers_own(self, usm, world, time):  # noqa: F811
        add_invited(usm)
        time.pass_days(6)
        (item,) = items(usm)
        today.put_off(usm, Kind.INVITED, item.subject_id, Until.TOMORROW)
        assert Kind.INVITED not in kinds(usm)
        assert Kind.INVITED in kinds(world.owner.viewer)

    def test_it_can_be_brought_back(self, usm, world):
        request = ask(world.end_user)
        today.put_off(usm, Kind.HELP, request.id, Until.TOMORROW)
        today.bring_back(usm)
        assert kinds(usm) == [Kind.HELP]

    def test_one_press_for_both_reasons_is_one_thing(self, usm):
        member = new_id()
        for kind in (Kind.STUCK, Kind.OVERDUE):
            today.let_rest(usm, kind, member, timedelta(days=7))
        for kind in (Kind.NO_GOAL, Kind.ALONE):
            today.let_rest(usm, kind, usm.organization_id, timedelta(days=7))
        assert today.get_today(usm).put_off == 3


def test_it_says_when_the_next_date_passes(usm, world, library):
    due = clock.now().date() + timedelta(days=5)
    chosen = Chosen(member_ids=frozenset({world.end_user.member_id}))
    enrolling.enroll(usm, chosen, library.path_id, due)
    assert today.get_today(usm).next_on == due + timedelta(days=1)


def made(kind, number):
    blank = dict.fromkeys(("member_id", "name", "what", "where", "more", "word", "number", "due"))
    return Item(kind=kind, subject_id=UUID(int=number), at=None, due_on=None, **blank)


def test_it_lets_no_kind_hide_another():
    found = [made(Kind.STUCK, n) for n in range(7)] + [made(Kind.INVITED, n) for n in range(7)]
    chosen = [item.kind for item in choose(found)]
    assert chosen == [Kind.STUCK] * 4 + [Kind.INVITED] * MOST_OF_A_KIND


def test_it_holds_seven_at_most_with_the_longest_waiting_first():
    found = [made(Kind.STUCK, n) for n in range(7)]
    assert choose(found) == found
    many = [made(kind, n) for kind in Kind for n in range(7)]
    assert len(choose(many)) == MOST
    assert choose(many)[0].kind is Kind.HELP


def test_it_counts_what_waits_behind(usm, world):
    for number in range(9):
        ask(world.end_user, words=f"Question {number}")
    found = today.get_today(usm)
    assert len(found.items) == 7
    assert found.more == {Kind.HELP: 2}


def test_the_page_has_words_for_every_kind_that_waits_behind(signed_in, world, monkeypatch):
    waiting = today.Today(items=[], more=dict.fromkeys(Kind, 2), put_off=0, next_on=None)
    monkeypatch.setattr(today, "get_today", lambda _viewer: waiting)
    answer = signed_in(world.usm).get("/today")
    assert answer.status_code == 200
    assert answer.text.count('class="list-row"') == len(Kind)


def test_who_is_past_a_date_and_at_a_halt_stands_there_once(usm, world, library, time):  # noqa: F811
    due = clock.now().date() + timedelta(days=1)
    chosen = Chosen(member_ids=frozenset({world.end_user.member_id}))
    enrolling.enroll(usm, chosen, library.path_id, due)
    time.pass_days(60)
    found = today.get_today(usm)
    assert [item.kind for item in found.items] == [Kind.OVERDUE] + [Kind.STUCK] * 2
    assert len({item.name for item in found.items}) == 3
    assert found.more == {}


@pytest.mark.parametrize(("invitations", "said"), [(0, "ago."), (1, "ago. Invited 1 time so far.")])
def test_it_counts_invitations_that_were_sent(signed_in, world, monkeypatch, invitations, said):
    asked = replace(
        made(Kind.INVITED, 1),
        member_id=world.usm.member_id,
        name="Nora",
        at=clock.now() - timedelta(days=9),
        number=invitations,
    )
    waiting = today.Today(items=[asked], more={}, put_off=0, next_on=None)
    monkeypatch.setattr(today, "get_today", lambda _viewer: waiting)
    text = " ".join(signed_in(world.usm).get("/today").text.split())
    assert f"{said} </p>" in text or f"{said}</p>" in text


def test_each_sentence_of_a_reason_stands_apart(signed_in, world, library, monkeypatch):
    asked = replace(made(Kind.HELP, 1), name="Alma", what="Where?", where="Here", at=clock.now())
    waiting = today.Today(items=[asked], more={}, put_off=0, next_on=None)
    monkeypatch.setattr(today, "get_today", lambda _viewer: waiting)
    text = signed_in(world.usm).get("/today").text
    assert "“Where?” At “Here”. Asked" in text
