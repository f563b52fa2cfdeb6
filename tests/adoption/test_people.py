"""The people page shows a USM who is where, and nothing of what anyone answered."""

import csv
import io
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import event, update

from portal import clock
from portal.access import Role
from portal.accounts.models import Member, Organization, Person
from portal.accounts.service import viewers
from portal.adoption.service import people as service
from portal.adoption.service.people import PeopleFilter, State
from portal.adoption.service.today import get_today
from portal.adoption.service.today_shape import Kind
from portal.errors import Invalid, NotAllowed
from portal.paths.outcome_models import Answer
from portal.paths.progress_models import Enrollment
from portal.paths.service import goals, outcomes
from portal.spreadsheets import plain, unmarked
from tests.factories import make_member, make_organization


@pytest.fixture
def progress(database, world, library):
    """Alma is one step along, Amir is stuck at the first, Ursula has begun; Oskar chose nothing."""
    for persona, days in ((world.end_user, 0), (world.team_mate, 60), (world.usm, 0)):
        with (
            database.writing(persona.organization_id) as session,
            clock.standing_at(clock.now() - timedelta(days=days)),
        ):
            goals.choose_goal(persona.viewer, library.goal_slug)
            session.commit()
    with database.writing(world.end_user.organization_id) as session:
        outcomes.answer(world.end_user.viewer, library.guide_slugs[0], Answer.NO)
        session.commit()


EVERYBODY = PeopleFilter()


def people(database, persona, narrowed=EVERYBODY):
    with database.reading(persona.organization_id):
        return {row.name: row for row in service.list_people(persona.viewer, narrowed, None).rows}


def test_it_shows_team_path_step_and_progress(database, world, library, progress):
    row = people(database, world.usm)["Alma Reader"]
    assert (row.team, row.path, row.steps_passed, row.steps_total) == (
        "Finance",
        "Close with proof",
        1,
        3,
    )
    assert row.state is State.ON_PATH
    assert row.step == "Do guide-2 (v1)"


def test_it_shows_since_when_someone_is_stuck(database, world, progress):
    row = people(database, world.usm)["Amir Mate"]
    assert row.state is State.STUCK
    assert clock.now() - row.stuck_since > timedelta(days=59)


def test_it_shows_who_has_no_goal_yet(database, world, progress):
    assert people(database, world.usm)["Oskar Owner"].state is State.NO_GOAL


@pytest.mark.parametrize("state", State)
def test_its_filter_finds_exactly_the_rows_that_it_labels(database, world, progress, state):
    # Add the two states that the fixture lacks.
    with database.writing(world.usm.organization_id) as session:
        organization = session.get(Organization, world.usm.organization_id)
        make_member(session, organization, "Invited", {Role.END_USER}, accepted_at=None)
        session.execute(
            update(Enrollment)
            .where(
                Enrollment.organization_id == world.usm.organization_id,
                Enrollment.member_id == world.end_user.member_id,
            )
            .values(finished_at=clock.now())
        )
        session.commit()
    everybody = people(database, world.usm)
    labelled = {name for name, row in everybody.items() if row.state is state}
    assert set(people(database, world.usm, PeopleFilter(state=state))) == labelled
    assert labelled, "the test's world has nobody in this state"


def test_it_finds_names_without_case_and_accents(database, world, progress):
    assert list(people(database, world.usm, PeopleFilter(words="ÁLMA"))) == ["Alma Reader"]


def test_it_shows_nobody_of_another_organization(database, world, progress):
    assert not any("Zyxomma" in name for name in people(database, world.usm))


def test_it_refuses_who_answers_for_nobody(database, world):
    with pytest.raises(NotAllowed):
        people(database, world.end_user)


def test_it_leaves_out_who_has_left(database, world):
    with database.writing(world.usm.organization_id) as session:
        session.execute(
            update(Member)
            .where(
                Member.organization_id == world.usm.organization_id,
                Member.id == world.end_user.member_id,
            )
            .values(left_at=clock.now())
        )
        session.commit()
    assert "Alma Reader" not in people(database, world.usm)


@pytest.fixture
def crowd(database):
    """A USM of 150 people, some of one name."""
    with database.writing(None) as session:
        organization = make_organization(session, "Crowd")
        session.commit()
    with database.writing(organization.id) as session:
        usm = make_member(session, organization, "Usm", {Role.USM})
        for number in range(150):
            name, email = f"Same {number // 50}", f"m{number}@crowd.example"
            make_member(session, organization, name, {Role.END_USER}, email=email)
        session.commit()
    return usm


def test_its_pages_hold_everybody_once(database, crowd):
    seen, after = [], None
    with database.reading(crowd.organization_id):
        while True:
            page = service.list_people(crowd.viewer, PeopleFilter(), after)
            seen += [row.member_id for row in page.rows]
            assert len(page.rows) <= service.PAGE_SIZE
            if page.next is None:
                break
            after = page.next
    assert len(seen) == len(set(seen)) == 151


def test_its_export_holds_the_same_people_in_one_statement(database, crowd):
    asked = []

    def note(_connection, _cursor, statement, *_rest):
        asked.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    with database.reading(crowd.organization_id):
        exported = service.export_people(crowd.viewer, PeopleFilter())
    event.remove(database.engine, "before_cursor_execute", note)
    assert len(exported) == 151
    assert len([statement for statement in asked if statement.startswith("SELECT")]) == 1


@pytest.mark.parametrize("after", ["x", "W10", "bnVsbA", "WyJhIl0", "!"])
def test_it_refuses_a_page_marker_that_it_did_not_make(database, world, after):
    with database.reading(world.usm.organization_id), pytest.raises(Invalid):
        service.list_people(world.usm.viewer, PeopleFilter(), after)


def test_its_csv_has_the_figures_of_the_page(signed_in, database, world, progress):
    answer = signed_in(world.usm).get("/people.csv")
    rows = list(csv.reader(io.StringIO(answer.get_data(as_text=True).lstrip("\ufeff"))))
    shown = people(database, world.usm)
    assert len(rows) - 1 == len(shown)
    for name, *_who, _team, _state, path, step, passed, total, _since, _due in rows[1:]:
        row = shown[name]
        assert (path, step, int(passed), int(total)) == (
            row.path or "",
            row.step or "",
            row.steps_passed,
            row.steps_total,
        )


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\t=1"])
def test_its_csv_holds_no_formulas(text):
    assert plain(text).startswith(f"'{text[0]}")
    assert unmarked(plain(text)) == text


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("Anna;=HYPERLINK(A1)", "Anna;'=HYPERLINK(A1)"),
        ("Anna; @x;+1", "Anna; '@x;'+1"),
        ("Anna\t=1", "Anna\t'=1"),
        ("Anna\n-1", "Anna\n'-1"),
        ("'=1", "''=1"),
        ("＝1", "'＝1"),
        ("Anna-Lena; 3 = 3", "Anna-Lena; 3 = 3"),
    ],
)
def test_its_csv_holds_none_either_where_cells_end_at_other_signs(text, marked):
    assert plain(text) == marked
    assert unmarked(marked) == text


def test_its_page_keeps_the_filter_in_the_address(signed_in, world, progress):
    page = signed_in(world.usm).get("/people?state=stuck").get_data(as_text=True)
    assert "Amir Mate" in page
    assert "Alma Reader" not in page
    assert "/people.csv?state=stuck" in page


@pytest.mark.parametrize("query", ["state=bored", "team=1", "path=%00"])
def test_it_says_what_is_wrong_with_an_address(signed_in, world, query):
    answer = signed_in(world.usm).get(f"/people?{query}")
    assert answer.status_code == 422
    assert "Clear its filter" in answer.get_data(as_text=True)


def test_its_page_tells_nothing_of_answers(signed_in, world, progress):
    page = signed_in(world.usm).get("/people").get_data(as_text=True)
    assert "didn&#39;t work" not in page.lower()
    assert "Answer" not in page


def test_a_date_passes_when_the_organizations_day_ends_wherever_the_viewer_sits(
    database, world, progress
):
    organization_id = world.usm.organization_id
    with database.writing(organization_id) as session:
        asked = Enrollment.organization_id == organization_id
        session.execute(update(Enrollment).where(asked).values(due_on=date(2026, 11, 25)))
        session.execute(
            update(Person)
            .where(Person.id == world.usm.viewer.person_id)
            .values(zone="Pacific/Auckland")
        )
        session.commit()
    for hour, is_late in ((20, False), (23, True)):
        # At 20:00 UTC it is the 26th in Auckland already, and in Berlin at 23:00.
        with (
            database.reading(organization_id),
            clock.standing_at(datetime(2026, 11, 25, hour, 30, tzinfo=UTC)),
        ):
            viewer = viewers.get_viewer(organization_id, world.usm.member_id)
            rows = service.list_people(viewer, EVERYBODY, None).rows
            late = service.list_people(viewer, PeopleFilter(is_overdue=True), None).rows
            today = get_today(viewer).items
        assert {row.is_overdue for row in rows if row.due_on} == {is_late}
        assert bool(late) is is_late
        assert any(item.kind is Kind.OVERDUE for item in today) is is_late
