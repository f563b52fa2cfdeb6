"""A question: asked, answered, gone up, closed."""

from datetime import UTC, date, datetime, timedelta
from threading import Thread

import pytest

from portal import erase_rules
from portal.access import Role
from portal.accounts.models import Member, Organization, QuietPeriod
from portal.accounts.service import calendars
from portal.accounts.team_models import Team, TeamLimit
from portal.help.models import Helped, Level, State, Why
from portal.help.service import people
from portal.ids import new_id
from portal.personal import Whom
from tests.factories import Persona, World, make_member
from tests.help.conftest import WORDS, Desk, Time

pytestmark = pytest.mark.database

NEXT_DAY = datetime(2026, 11, 26, 9, 30, tzinfo=UTC)


def test_the_page_says_above_its_button_who_will_see_it_and_when_it_goes_up(desk: Desk) -> None:
    page = desk.asker.get(f"/help/ask?guide={desk.library.guide_slugs[0]}").text
    button = page.index("Ask for help</button>")
    for words in ("Ursula Lead", "Nov 26, 2026, 10:30", "Do guide-1 (v1)"):
        assert words in page[:button]


def test_the_usm_reads_guide_step_words_and_since_when(desk: Desk) -> None:
    desk.asker.post(f"/goals/{desk.library.goal_slug}/choose")
    address = desk.ask()
    listed = desk.usm.get("/help").text
    assert WORDS in listed
    assert "Alma Reader" in listed
    assert "Guide “Do guide-1 (v1)” on the path “Close with proof”" in listed
    page = desk.usm.get(address).text
    assert "Version 1" in page
    assert desk.request(address).step_id == desk.library.step_ids[0]


def test_the_revision_that_was_read_is_kept(desk: Desk) -> None:
    address = desk.ask(revision=str(desk.library.revision_ids[0]))
    assert desk.request(address).revision_id == desk.library.revision_ids[0]


def test_help_is_asked_from_anywhere_too(desk: Desk) -> None:
    address = desk.ask(guide="")
    assert "Not about a certain guide" in desk.usm.get(address).text


def test_an_answer_reaches_the_asker_on_home_and_on_the_questions_page(desk: Desk) -> None:
    address = desk.ask()
    assert "Goes to the vendor on Nov 26, 2026, 10:30" in desk.asker.get("/").text
    assert "Did it help?" not in desk.asker.get(address).text
    desk.usm.post(address, data={"words": "Choose a period first."})
    assert "Did it help?" in desk.asker.get(address).text
    assert "There is an answer. Did it help?" in desk.asker.get("/").text
    assert "Choose a period first." in desk.asker.get(address).text
    assert desk.request(address).state == State.ANSWERED


@pytest.mark.parametrize("helped", list(Helped))
def test_the_asker_closes_it_and_says_whether_it_helped(desk: Desk, helped: Helped) -> None:
    address = desk.ask()
    desk.asker.post(f"{address}/close", data={"helped": helped})
    request = desk.request(address)
    assert (request.state, request.helped, request.goes_up_at) == (State.CLOSED, helped, None)
    assert WORDS not in desk.asker.get("/").text
    assert WORDS in desk.usm.get("/help?state=closed").text


def test_whoever_finds_it_unsolved_opens_it_again_and_waits_anew(desk: Desk, time: Time) -> None:
    address = desk.ask()
    desk.usm.post(address, data={"words": "Done."})
    desk.asker.post(f"{address}/close", data={"helped": "no"})
    time.now += timedelta(hours=1)
    desk.asker.post(address, data={"words": "It is grey again."})
    request = desk.request(address)
    assert (request.state, request.helped, request.closed_at) == (State.OPEN, None, None)
    assert request.goes_up_at == NEXT_DAY + timedelta(hours=1)


def test_unanswered_it_goes_up_after_eight_working_hours_and_the_asker_sees_when(
    desk: Desk, time: Time
) -> None:
    desk.assign()
    address = desk.ask()
    time.now = NEXT_DAY - timedelta(seconds=1)
    desk.work()
    assert desk.request(address).level == Level.USM
    assert desk.csm.get(desk.as_staff(address)).status_code == 404
    time.now = NEXT_DAY
    desk.work()
    request = desk.request(address)
    assert (request.level, request.went_up_why) == (Level.VENDOR, Why.UNANSWERED)
    page = desk.asker.get(address).text
    assert "It went to the vendor on Nov 26, 2026, 10:30" in page
    assert "after eight working hours without an answer" in page
    assert WORDS in desk.csm.get(desk.as_staff(address)).text


def test_what_was_answered_never_goes_up(desk: Desk, time: Time) -> None:
    address = desk.ask()
    desk.usm.post(address, data={"words": "Done."})
    time.now = NEXT_DAY + timedelta(days=9)
    desk.work()
    assert desk.request(address).level == Level.USM


def test_after_a_question_more_the_eight_hours_begin_anew(desk: Desk, time: Time) -> None:
    address = desk.ask()
    desk.usm.post(address, data={"words": "Done."})
    time.now += timedelta(hours=2)
    desk.asker.post(address, data={"words": "Still grey."})
    time.now = NEXT_DAY + timedelta(minutes=119)
    desk.work()
    assert desk.request(address).level == Level.USM
    time.now += timedelta(minutes=1)
    desk.work()
    assert desk.request(address).level == Level.VENDOR


def test_more_words_while_it_waits_put_nothing_off(desk: Desk, time: Time) -> None:
    address = desk.ask()
    time.now += timedelta(hours=3)
    desk.asker.post(address, data={"words": "And the list is empty."})
    assert desk.request(address).goes_up_at == NEXT_DAY


def test_a_changed_calendar_counts_anew(desk: Desk, time: Time) -> None:
    address = desk.ask()
    with desk.database.writing(desk.organization_id) as session:
        holiday = dict(id=new_id(), is_holiday=True, name="Founding day")
        day = dict(starts_on=date(2026, 11, 26), ends_on=date(2026, 11, 26))
        session.add(QuietPeriod(organization_id=desk.organization_id, **holiday, **day))
        session.flush()
        calendars.changed(desk.organization_id)
        session.commit()
    desk.work()
    assert desk.request(address).goes_up_at == NEXT_DAY + timedelta(days=1)
    time.now = NEXT_DAY
    desk.work()
    assert desk.request(address).level == Level.USM
    time.now = NEXT_DAY + timedelta(days=1)
    desk.work()
    assert desk.request(address).level == Level.VENDOR


def test_a_holiday_entered_on_the_settings_page_counts_anew(desk: Desk) -> None:
    address = desk.ask()
    desk.assign()
    day = {"name": "Founding day", "starts_on": "2026-11-26", "ends_on": "2026-11-26"}
    where = f"/organizations/{desk.organization_id}/quiet"
    answer = desk.csm.post(where, data=day | {"is_holiday": "y"})
    assert answer.status_code == 302, answer.text
    desk.work()
    assert desk.request(address).goes_up_at == NEXT_DAY + timedelta(days=1)


def test_without_a_usm_it_goes_to_the_csm_at_once_and_says_so_before(desk: Desk) -> None:
    desk.assign()
    _leave(desk, desk.world.usm.member_id)
    page = desk.asker.get("/help/ask").text
    assert "goes to your vendor at once: Carl Success will see it" in page
    address = desk.ask()
    assert desk.request(address).went_up_why == Why.NO_USM
    assert WORDS in desk.csm.get(desk.as_staff(address)).text


def test_the_only_usm_asks_the_vendor(desk: Desk) -> None:
    address = desk.ask(desk.usm)
    assert desk.request(address).went_up_why == Why.NO_USM


def test_without_a_csm_it_goes_to_the_admins_until_one_is_assigned(desk: Desk) -> None:
    _leave(desk, desk.world.usm.member_id)
    address = desk.ask()
    assert WORDS in desk.admin.get(desk.as_staff(address)).text
    assert desk.csm.get(desk.as_staff(address)).status_code == 404
    desk.assign()
    assert WORDS in desk.csm.get(desk.as_staff(address)).text
    assert desk.admin.get(desk.as_staff(address)).status_code == 404


def _leave(desk: Desk, member_id) -> None:
    with desk.database.writing(desk.organization_id) as session:
        key = {"organization_id": desk.organization_id, "id": member_id}
        session.get_one(Member, key).left_at = datetime(2026, 11, 1, tzinfo=UTC)
        session.commit()


def test_a_usm_hands_it_on_by_hand(desk: Desk) -> None:
    desk.assign()
    address = desk.ask()
    desk.usm.post(f"{address}/hand-on")
    desk.usm.post(f"{address}/hand-on")
    assert desk.request(address).went_up_why == Why.BY_HAND
    assert "It was handed on to the vendor" in desk.asker.get(address).text
    desk.csm.post(desk.as_staff(address), data={"words": "Ask your admin for the right."})
    page = desk.asker.get(address).text
    assert "Carl Success" in page
    assert "Vendor" in page


def test_a_usm_still_reads_what_went_up_and_may_answer_it(desk: Desk) -> None:
    address = desk.ask()
    desk.usm.post(f"{address}/hand-on")
    desk.usm.post(address, data={"words": "I found it."})
    assert desk.request(address).state == State.ANSWERED


@pytest.mark.parametrize("who", ["team_mate", "owner", "stranger", "strange_usm", "author"])
def test_nobody_else_reads_or_changes_it(desk: Desk, who: str) -> None:
    address = desk.ask()
    browser = desk.signed_in(desk.world.everybody[who])
    shut = (403, 404)
    assert browser.get(address).status_code in shut
    assert browser.post(address, data={"words": "Mine."}).status_code in shut
    assert browser.post(f"{address}/close", data={"helped": "yes"}).status_code in shut
    assert browser.post(f"{address}/hand-on").status_code in shut
    assert WORDS not in browser.get("/help").text
    assert desk.words() == []
    assert desk.request(address).state == State.OPEN


def test_only_the_asker_closes(desk: Desk) -> None:
    address = desk.ask()
    assert desk.usm.post(f"{address}/close", data={"helped": "yes"}).status_code == 404
    assert desk.request(address).state == State.OPEN


def test_staff_reads_nothing_before_it_reaches_them(desk: Desk) -> None:
    desk.assign()
    address = desk.ask()
    for browser in (desk.csm, desk.admin):
        assert browser.get(desk.as_staff(address)).status_code == 404
        assert browser.post(desk.as_staff(address), data={"words": "?"}).status_code == 404


def test_a_limited_usm_answers_their_teams_only(desk: Desk) -> None:
    with desk.database.writing(desk.organization_id) as session:
        organization = session.get_one(Organization, desk.organization_id)
        sales = Team(
            organization_id=desk.organization_id,
            id=new_id(),
            name="Sales",
            starts_on=date(2026, 1, 1),
        )
        session.add(sales)
        session.flush()
        lina = make_member(session, organization, "Lina Limited", {Role.USM})
        session.add(
            TeamLimit(
                organization_id=desk.organization_id,
                member_id=lina.member_id,
                team_id=sales.id,
                starts_on=date(2026, 1, 1),
            )
        )
        session.commit()
    browser = desk.signed_in(lina)
    address = desk.ask()
    assert browser.get(address).status_code == 404
    assert WORDS not in browser.get("/help").text
    with desk.database.reading(desk.organization_id):
        asker = desk.world.end_user.member_id
        names = [helper.name for helper in people.list_usms(desk.organization_id, asker)]
    assert names == ["Ursula Lead"]


def test_mails_go_to_the_usm_to_the_asker_and_up_to_the_csm(
    desk: Desk, time: Time, with_mail: None
) -> None:
    desk.assign()
    address = desk.ask()
    assert desk.mails() == [("help_request", desk.world.usm.email)]
    desk.usm.post(address, data={"words": "Choose a period."})
    assert desk.mails()[1:] == [("help_answer", desk.world.end_user.email)]
    desk.asker.post(address, data={"words": "Still grey."})
    assert desk.mails()[2:] == [("help_request", desk.world.usm.email)]
    desk.usm.post(f"{address}/hand-on")
    assert desk.mails()[3:] == [("help_went_up", desk.world.csm.email)]


def test_a_double_click_asks_and_answers_once(desk: Desk) -> None:
    asked = {"request_id": str(new_id())}
    address = desk.ask(**asked)
    assert desk.ask(**asked) == address
    said = {"words": "Choose a period first.", "request_id": str(new_id())}
    for _ in range(2):
        assert desk.usm.post(address, data=said).location == address
    assert desk.words() == ["Choose a period first."]


def test_two_answers_at_once_are_both_kept(desk: Desk) -> None:
    address = desk.ask()
    desk.usm.post(f"{address}/hand-on")
    desk.assign()
    answers = (
        Thread(target=desk.usm.post, args=(address,), kwargs={"data": {"words": "One."}}),
        Thread(
            target=desk.csm.post,
            args=(desk.as_staff(address),),
            kwargs={"data": {"words": "Two."}},
        ),
    )
    for thread in answers:
        thread.start()
    for thread in answers:
        thread.join()
    assert sorted(desk.words()) == ["One.", "Two."]
    assert desk.request(address).state == State.ANSWERED


def test_an_answer_to_what_was_closed_meanwhile_is_kept_and_leaves_it_closed(desk: Desk) -> None:
    address = desk.ask()
    desk.asker.post(f"{address}/close", data={"helped": "yes"})
    answer = desk.usm.post(address, data={"words": "Too late?"}, follow_redirects=True)
    assert "It was closed meanwhile. Your answer stands in it all the same." in answer.text
    assert desk.request(address).state == State.CLOSED
    assert desk.words() == ["Too late?"]


def test_what_was_closed_is_not_handed_on(desk: Desk) -> None:
    address = desk.ask()
    desk.asker.post(f"{address}/close", data={"helped": "yes"})
    assert desk.usm.post(f"{address}/hand-on").status_code == 409
    assert desk.request(address).level == Level.USM


def test_empty_lists_say_what_comes_here(desk: Desk) -> None:
    assert "Nobody waits for you" in desk.usm.get("/help").text
    assert "You have not asked anything yet" in desk.asker.get("/help").text


def test_a_long_list_has_pages_the_oldest_open_first_and_the_latest_closed_first(
    desk: Desk,
) -> None:
    for number in range(61):
        desk.ask(guide="", words=f"Question {number:02}")
    first = desk.usm.get("/help").text
    assert "Question 00" in first
    assert "Question 60" not in first
    start = first.index("/help?after=")
    assert "Question 60" in desk.usm.get(first[start : first.index('"', start)]).text
    own = desk.asker.get("/help").text
    assert own.index("Question 60") < own.index("Question 59")


def test_an_erased_askers_question_goes_with_its_answers(desk: Desk) -> None:
    address = desk.ask()
    desk.usm.post(address, data={"words": "Done."})
    _erase(desk, desk.world.end_user)
    assert desk.words() == []
    assert "Nobody waits for you" in desk.usm.get("/help").text


def test_an_erased_usms_answer_stays_without_their_name(desk: Desk) -> None:
    address = desk.ask()
    desk.usm.post(address, data={"words": "Done."})
    _erase(desk, desk.world.usm)
    page = desk.asker.get(address).text
    assert "Done." in page
    assert "Ursula Lead" not in page
    assert "Somebody who is gone" in page


def _erase(desk: Desk, persona: Persona) -> None:
    whom = Whom(persona.organization_id, persona.member_id, persona.viewer.person_id)
    with desk.database.writing(persona.organization_id) as session:
        erase_rules.erase_rows(whom, everywhere=True)
        session.commit()


def test_a_question_goes_up_to_staff_of_the_vendor_alone(desk: Desk, world: World) -> None:
    theirs = world.stranger.organization_id
    with desk.database.writing(theirs) as session:
        organization = session.get_one(Organization, theirs)
        make_member(session, organization, "Zyxomma Admin", {Role.ADMIN})
        session.commit()
    ours = world.usm.organization_id
    with desk.database.reading(ours):
        assert [one.name for one in people.list_staff(ours)] == ["Ada Admin"]
