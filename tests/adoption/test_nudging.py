"""A success manager asks somebody how they get on, never more often than that person allows."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from portal import clock, db
from portal.accounts.models import Organization
from portal.adoption.service import nudging, today
from portal.adoption.service.today_shape import Kind
from portal.errors import Conflict, NotAllowed, NotFound
from portal.messages.models import ContactPreferences, Message, MessageState
from portal.paths.progress_models import Enrollment
from portal.paths.service import goals
from tests.mail import MAIL
from tests.paths.conftest import time  # noqa: F401 - a fixture


@pytest.fixture
def usm(time, world, library, acting):  # noqa: F811
    """Alma has come to a halt."""
    acting(world.usm)
    goals.choose_goal(world.end_user.viewer, library.goal_slug)
    time.pass_days(60)
    return world.usm.viewer


def test_it_names_path_and_step_and_who_asks(usm, world):
    message = nudging.nudge(usm, world.end_user.member_id, MAIL)
    assert message.recipient == world.end_user.email
    assert message.subject == "Ursula Lead asks how you get on with “Close with proof”"
    assert "Do guide-1 (v1)" in message.body_text
    assert "http://portal.example/" in message.body_text
    assert message.state == MessageState.QUEUED


def test_the_person_is_off_the_list_for_a_week(usm, world, time):  # noqa: F811
    def halted():
        return [i.name for i in today.get_today(usm).items if i.kind is Kind.STUCK]

    assert halted() == ["Alma Reader"]
    nudging.nudge(usm, world.end_user.member_id, MAIL)
    assert halted() == []
    time.pass_days(7)
    assert halted() == ["Alma Reader"]


def test_nobody_is_asked_twice_within_a_week(usm, world, time):  # noqa: F811
    nudging.nudge(usm, world.end_user.member_id, MAIL)
    with pytest.raises(Conflict):
        nudging.nudge(world.owner.viewer, world.end_user.member_id, MAIL)
    time.pass_days(7.1)
    nudging.nudge(usm, world.end_user.member_id, MAIL)
    messages = select(Message).where(Message.organization_id == usm.organization_id)
    assert len(db.session().scalars(messages).all()) == 2


def test_it_is_held_back_where_the_person_wants_none(usm, world, time):  # noqa: F811
    person_id = world.end_user.viewer.person_id
    db.session().add(ContactPreferences(person_id=person_id, success=False, changed_at=time.now))
    db.session().flush()
    message = nudging.nudge(usm, world.end_user.member_id, MAIL)
    assert (message.state, message.body_text) == (MessageState.HELD_BACK, "")


def test_it_asks_nobody_who_is_on_no_path(usm, world):
    with pytest.raises(Conflict):
        nudging.nudge(usm, world.team_mate.member_id, MAIL)


def test_it_reaches_nobody_of_another_organization(usm, world):
    with pytest.raises(NotFound):
        nudging.nudge(usm, world.stranger.member_id, MAIL)


def test_it_refuses_who_answers_for_nobody(usm, world):
    with pytest.raises(NotAllowed):
        nudging.nudge(world.team_mate.viewer, world.end_user.member_id, MAIL)


def test_without_a_mail_server_it_takes_nobody_off_the_list(usm, world):
    with pytest.raises(Conflict, match="No mail server is set"):
        nudging.nudge(usm, world.end_user.member_id, replace(MAIL, host=""))
    items = today.get_today(usm).items
    assert [item.name for item in items if item.kind is Kind.STUCK] == ["Alma Reader"]


def test_a_message_that_had_no_server_to_go_to_does_not_count_as_asked(usm, world):
    message = nudging.nudge(usm, world.end_user.member_id, MAIL)
    message.state = MessageState.NO_SERVER
    db.session().flush()
    assert nudging.nudge(usm, world.end_user.member_id, MAIL).state == MessageState.QUEUED


class TestItsButton:
    @pytest.fixture
    def browser(self, signed_in, database, world, library):
        with database.writing(world.end_user.organization_id) as session:
            goals.choose_goal(world.end_user.viewer, library.goal_slug)
            ours = Enrollment.organization_id == world.end_user.organization_id
            past = clock.now() - timedelta(days=20)
            session.execute(update(Enrollment).where(ours).values(stuck_at=past))
            session.commit()
        return signed_in(world.usm)

    def test_is_not_there_without_a_mail_server_and_the_page_says_why(self, browser, world):
        address = f"/people/{world.end_user.member_id}/nudge"
        page = browser.get("/today").text
        assert "Alma Reader has come to a halt" in page
        assert address not in page
        assert "the portal has no mail server to ask with" in page
        refused = browser.post(address)
        assert refused.status_code == 409
        assert "They stay on your list." in refused.text
        assert "Alma Reader has come to a halt" in browser.get("/today").text

    def test_asks_where_there_is_one(self, browser, world, app, monkeypatch):
        settings = app.config["PORTAL"].model_copy(update={"smtp_host": "mail.example"})
        monkeypatch.setitem(app.config, "PORTAL", settings)
        address = f"/people/{world.end_user.member_id}/nudge"
        assert address in browser.get("/today").text
        asked = browser.post(address, follow_redirects=True).text
        assert "Your mail is on its way." in asked
        assert "Alma Reader has come to a halt" not in asked

    def test_says_in_a_sample_that_nothing_was_sent(
        self, browser, database, world, app, monkeypatch
    ):
        settings = app.config["PORTAL"].model_copy(update={"smtp_host": "mail.example"})
        monkeypatch.setitem(app.config, "PORTAL", settings)
        with database.writing(None) as session:
            session.get_one(Organization, world.usm.organization_id).is_sample = True
            session.commit()
        address = f"/people/{world.end_user.member_id}/nudge"
        page = browser.post(address, follow_redirects=True).text
        assert "Not sent: this is a sample organization" in page
        with database.reading(world.usm.organization_id) as session:
            mine = Message.organization_id == world.usm.organization_id
            assert session.scalars(select(Message.state).where(mine)).all() == [MessageState.SAMPLE]
