"""What readers see and post on tasks, checks, sessions, and at the end: requests and answers."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select, update

from portal import clock, lots
from portal.guides.models import Revision
from portal.paths.follow_up_models import FollowUp, GoalWord
from portal.paths.models import Step
from portal.paths.outcome_models import Ease, IfThen, Told
from portal.paths.progress_models import ObstacleNote
from portal.paths.step_models import CheckTry, SessionPlaces
from tests.all_kinds import make_all_kinds, session_details
from tests.paths.test_views import answer, page, request_id_of


@pytest.fixture
def kinds(database, library):
    return make_all_kinds(database)


@pytest.fixture
def browser(signed_in, world, kinds):
    """The end user's browser, on the path of every kind of step."""
    opened = signed_in(world.end_user)
    chosen = opened.post(f"/goals/{kinds.goal_slug}/choose")
    assert chosen.location == f"/paths/{kinds.path_slug}/obstacle"
    return opened


@pytest.fixture
def mine(database, world):
    """The rows that the end user's organization has in a table."""

    def look(model):
        organization_id = world.end_user.organization_id
        with database.reading(organization_id) as session:
            query = select(model.__table__).where(model.organization_id == organization_id)
            return session.execute(query).all()

    return look


def test_the_obstacle_leads_to_the_step_that_helps(browser, kinds, mine):
    text = page(browser.get(f"/paths/{kinds.path_slug}/obstacle"))
    assert (text.count('name="obstacle"'), "Skip this" in text) == (5, True)
    said = {"obstacle": "not_allowed", "request_id": request_id_of(text)}
    for _twice in range(2):
        posted = browser.post(f"/paths/{kinds.path_slug}/obstacle", data=said)
        assert posted.location == "/"
    assert len(mine(ObstacleNote)) == 1
    assert f'href="/steps/{kinds.steps["check"]}"' in page(browser.get("/"))
    text = page(browser.get(f"/paths/{kinds.path_slug}"))
    assert "helps with what stands in your way" in text
    assert "You said: I&#39;m not allowed to, or lack access" in text
    browser.post(f"/paths/{kinds.path_slug}/obstacle/gone")
    assert f'href="/steps/{kinds.steps["task"]}"' in page(browser.get("/"))


def test_a_task_is_done_and_leads_on(browser, kinds):
    task = f"/steps/{kinds.steps['task']}"
    text = page(browser.get(task))
    assert "Send the invitation two days before." in text
    assert text.index("Who sees this") < text.index("I have done it")
    form = request_id_of(text)
    for _twice in range(2):
        assert browser.post(f"{task}/done", data={"request_id": form}).location == "/"
    assert "Step 2 of 6" in page(browser.get("/"))
    assert "I have done it" not in page(browser.get(task))


def test_a_check_says_why_and_is_passed_once_all_is_right(browser, kinds, mine):
    check = f"/steps/{kinds.steps['check']}"
    form = request_id_of(page(browser.get(check)))
    wrong = {"question_0": "0", "question_1": "1", "request_id": form}
    for _twice in range(2):
        assert browser.post(f"{check}/check", data=wrong).location == check
    assert [row.tries for row in mine(CheckTry)] == [1]
    text = page(browser.get(check))
    assert ("Then nobody has read it." in text, "Check again" in text) == (True, True)
    browser.post(f"{check}/check", data={"question_0": "0", "question_1": "0"})
    assert "Done on" in page(browser.get(check))


def test_a_place_is_taken_given_back_and_put_into_the_calendar(browser, kinds, database):
    session = f"/steps/{kinds.steps['session']}"
    text = page(browser.get(session))
    assert ("2 places left" in text, "Take a place" in text) == (True, True)
    form = request_id_of(text)
    for _twice in range(2):
        browser.post(f"{session}/place", data={"request_id": form})
    assert "You have a place" in page(browser.get(session))
    file = browser.get(f"{session}/session.ics")
    assert (file.mimetype, b"BEGIN:VEVENT" in file.data) == ("text/calendar", True)
    # By the settings, whatever host the request names.
    assert f"URL:http://portal.example{session}\r\n" in file.text.replace("\r\n ", "")
    with database.reading(None) as opened:
        assert opened.scalars(select(SessionPlaces.taken)).one() == 1
    browser.post(f"{session}/place/give-up")
    assert "2 places left" in page(browser.get(session))


def test_only_a_session_has_a_file_for_calendars(browser, kinds):
    assert browser.get(f"/steps/{kinds.steps['task']}/session.ics").status_code == 404
    assert browser.get(f"/steps/{uuid4()}").status_code == 404


def test_after_the_date_the_page_asks_whether_one_was_there(browser, kinds, database):
    with database.writing(None) as opened:
        before = session_details(clock.now() - timedelta(days=1))
        opened.get_one(Step, kinds.steps["session"]).details = before
        opened.commit()
    session = f"/steps/{kinds.steps['session']}"
    assert "Were you there?" in page(browser.get(session))
    assert browser.post(f"{session}/place").status_code == 409
    assert browser.post(f"{session}/attended", data={"attended": "no"}).location == "/"
    assert "Done on" in page(browser.get(session))


def test_one_in_three_is_asked_how_easy_it_was(browser, library, mine, monkeypatch):
    monkeypatch.setattr(lots, "draw", lambda *_about: 0)
    ease = f"/guides/{library.guide_slugs[0]}/ease"
    assert answer(browser, library).location == ease
    assert page(browser.get(ease)).count('name="ease"') == 7
    assert browser.post(ease, data={"ease": "6"}).location == f"/guides/{library.guide_slugs[0]}"
    assert [row.ease for row in mine(Ease)] == [6]


def test_who_is_not_drawn_is_not_asked(browser, library, mine):
    answer(browser, library)
    ease, guide = f"/guides/{library.guide_slugs[0]}/ease", f"/guides/{library.guide_slugs[0]}"
    assert browser.get(ease).location == guide
    assert browser.post(ease, data={"ease": "6"}).location == guide
    assert [row.ease for row in mine(Ease)] == [None]


def test_ones_own_line_is_kept_and_taken_away(browser, library, mine):
    guide = f"/guides/{library.guide_slugs[0]}"
    browser.post(f"{guide}/if-then", data={"line": "When it is due, I will do it."})
    # The notice of the press stands at the top of the page, out of sight; so the box says it too.
    assert "Kept: “When it is due, I will do it.”" in page(browser.get(guide))
    browser.post(f"{guide}/if-then", data={"line": ""})
    assert mine(IfThen) == []
    assert "Kept:" not in page(browser.get(guide))


def test_the_authors_example_stands_beside_the_box_alone(browser, library, database):
    first, second = library.guide_slugs[:2]
    line = "When the file is in, I will match it."
    with database.writing(None) as session:
        mine = Revision.guide_id == library.guide_ids[0]
        session.execute(update(Revision).where(mine).values(if_then=line))
        session.commit()
    assert page(browser.get(f"/guides/{first}")).count(line) == 1
    assert "For example: When the next case comes in, I will …" in page(
        browser.get(f"/guides/{second}")
    )


def test_what_is_told_is_ticked_and_untold_without_the_tick(browser, library, mine):
    answer(browser, library, "no", tell="1")
    assert len(mine(Told)) == 1
    answer(browser, library, "no")
    assert mine(Told) == []


@pytest.fixture
def finisher(signed_in, world, library):
    """The team mate's browser, at the end of the library's path."""
    opened = signed_in(world.team_mate)
    opened.post(f"/goals/{library.goal_slug}/choose")
    answer(opened, library)
    answer(opened, library, number=1)
    reached = f"/paths/{library.path_slug}/reached"
    for _twice in range(2):
        assert opened.post(f"/paths/{library.path_slug}/finish").location == reached
    return opened


def test_the_end_asks_for_the_goal_and_says_what_comes(finisher, library, mine):
    said = {"said": "yes", "felt_speed": "quicker"}
    assert finisher.post(f"/paths/{library.path_slug}/reached", data=said).location == "/"
    assert [(row.said, row.felt_speed) for row in mine(GoalWord)] == [("yes", "quicker")]
    text = page(finisher.get("/"))
    for words in ("You said that you have reached it.", "on this page asks one thing"):
        assert words in text


def test_weeks_later_home_asks_one_question(finisher, database, world, mine):
    assert "Answer the question" not in page(finisher.get("/"))
    organization_id = world.team_mate.organization_id
    with database.writing(organization_id) as session:
        yesterday = clock.today("UTC") - timedelta(days=1)
        whose = FollowUp.organization_id == organization_id
        session.execute(update(FollowUp).where(whose).values(due_on=yesterday))
        session.commit()
    (row,) = mine(FollowUp)
    here = f"/follow-ups/{row.id}"
    assert f'href="{here}"' in page(finisher.get("/"))
    put_off = {"answer": "no_occasion", "request_id": request_id_of(page(finisher.get(here)))}
    for _twice in range(2):
        assert finisher.post(here, data=put_off).location == "/"
    (again,) = mine(FollowUp)
    assert (again.postponed, again.due_on > row.due_on) == (1, True)
    assert "You are asked on" in page(finisher.get(here))


def test_an_answered_follow_up_asks_for_the_goal(finisher, database, world, mine):
    organization_id = world.team_mate.organization_id
    with database.writing(organization_id) as session:
        whose = FollowUp.organization_id == organization_id
        session.execute(update(FollowUp).where(whose).values(due_on=clock.today("UTC")))
        session.commit()
    here = f"/follow-ups/{mine(FollowUp)[0].id}"
    assert finisher.post(here, data={"answer": "yes"}).location == here
    assert "have you reached it?" in page(finisher.get(here))
    finisher.post(f"{here}/goal", data={"said": "partly"})
    assert [(row.asked_at, row.said) for row in mine(GoalWord)] == [("follow_up", "partly")]


def test_releases_say_so_where_there_are_none(browser):
    assert "Nothing has changed for your work" in page(browser.get("/releases"))
