"""The sample organizations: loaded once, finished where loading was stopped, the same each time."""

from dataclasses import replace

import pytest
from sqlalchemy import delete, func, select

from portal import clock, publishing
from portal.access import Role
from portal.accounts.models import Member, Organization
from portal.accounts.service import assignments, organizations
from portal.db import Database
from portal.effectiveness.models import GuideFigure
from portal.help.models import HelpRequest, Level, Why
from portal.jobs import Work
from portal.messages.models import Message, MessageState
from portal.paths.outcome_models import Outcome
from portal.sample.models import SampleLoad
from portal.sample.service import loading, staff
from portal.sample.small import KRANICH
from portal.sample.stories import CSM, STORIES
from tests.sample.conftest import FEW, NOW, every_row, keep, past_the_guard

pytestmark = pytest.mark.database

(TALVIK,) = (story for story in STORIES if story.name == "Talvik Seafood")


def load(database, mail, stories=FEW, **how):
    with clock.standing_at(NOW):
        return loading.load(database, mail, stories, **how)


def people_of(database: Database) -> dict[str, int]:
    with database.across_organizations("a test counts") as session:
        counted = select(Organization.name, func.count(Member.id)).where(
            Organization.is_sample, Member.organization_id == Organization.id
        )
        return dict(session.execute(counted.group_by(Organization.name)).all())


def test_there_are_twelve_from_four_people_to_four_thousand():
    sizes = [story.size or len(story.people) for story in STORIES]
    assert (len(STORIES), min(sizes), max(sizes)) == (12, 4, 4000)


def test_it_adds_everybody(ready, mail):
    report = load(ready, mail)
    assert people_of(ready) == {"Kranich Logistik": 8, "Talvik Seafood": 9, "Northgate Clinics": 16}
    assert (report.organizations, report.people, report.is_new) == (3, 33, True)


def test_loading_again_changes_nothing(ready, mail):
    load(ready, mail)
    before = every_row(ready)
    assert not load(ready, mail).is_new
    assert every_row(ready) == before


class KilledError(BaseException):
    """The loader ends at once, as by SIGKILL."""


def test_killed_in_the_middle_and_loaded_again_it_is_as_if_nothing_had_been(
    ready, mail, monkeypatch
):
    put_back = keep(ready)
    load(ready, mail)
    undisturbed = every_row(ready)
    put_back()
    deed = loading.carry_out
    done = 0

    def killed_at_times(place, what):
        nonlocal done
        deed(place, what)
        done += 1
        if done % 97 == 0:
            raise KilledError

    monkeypatch.setattr(loading, "carry_out", killed_at_times)
    for _ in range(30):
        try:
            load(ready, mail)
            break
        except KilledError:
            continue
    else:
        pytest.fail("it never ended")
    assert done > 200
    assert every_row(ready) == undisturbed


def test_organizations_from_before_there_was_a_loader_stay_as_they_are(ready, mail):
    load(ready, mail, [KRANICH])
    with past_the_guard(ready) as connection:
        connection.execute(delete(SampleLoad))
    before = every_row(ready)
    load(ready, mail, [KRANICH])
    after = every_row(ready)
    assert {table: rows for table, rows in after.items() if table != "sample_load"} == {
        table: rows for table, rows in before.items() if table != "sample_load"
    }
    assert not load(ready, mail, [KRANICH]).is_new


def test_nothing_is_sent_be_there_a_mail_server(ready, mail):
    load(ready, replace(mail, host="mail.example"), [TALVIK])
    with ready.across_organizations("a test looks") as session:
        assert set(session.scalars(select(Message.state))) == {MessageState.SAMPLE}
        assert "messages.send" not in set(session.scalars(select(Work.kind)))


def test_at_no_time_a_worker_finds_something_of_the_past_to_do(ready, mail, monkeypatch):
    def look(_seconds):
        with ready.reading(None) as session:
            waiting = set(session.scalars(select(Work.kind).where(Work.due_at <= NOW)))
        assert waiting <= {"accounts.forget_import"}

    monkeypatch.setattr(loading, "WITHOUT_PAUSE", -1)
    monkeypatch.setattr(loading.time, "sleep", look)
    load(ready, mail, [TALVIK])


def test_figures_are_counted_and_flagged(ready, mail):
    load(ready, mail)
    with ready.across_organizations("a test looks") as session:
        said = session.scalar(select(func.count()).select_from(Outcome))
        figures = session.execute(select(GuideFigure)).scalars().all()
    assert said > 30
    assert figures
    assert all(figure.is_sample for figure in figures)
    assert sum(f.yes + f.partly + f.no + f.already + f.not_for_me for f in figures) == said


def test_each_customer_has_its_csm_who_can_sign_in(ready, mail):
    load(ready, mail)
    with ready.across_organizations("a test reads") as session:
        customers = session.scalars(select(Organization.id).where(Organization.is_sample)).all()
        for customer_id in customers:
            assert [csm.name for csm in assignments.list_csms(customer_id)] == [CSM.name]
    with ready.writing(None):
        links = {link.role: link.name for link in staff.issue_links("http://portal")}
    assert links.keys() == {Role.END_USER, Role.USM, Role.AUTHOR, Role.CSM, Role.ADMIN}


def test_where_the_success_manager_left_requests_go_up(ready, mail):
    load(ready, mail, [TALVIK])
    with ready.across_organizations("a test looks") as session:
        risen = session.scalars(select(HelpRequest).where(HelpRequest.level == Level.VENDOR)).all()
        left = session.scalars(select(Member.display_name).where(Member.left_at.is_not(None))).all()
    assert left == ["Siri Haugland"]
    assert risen
    assert {request.went_up_why for request in risen} == {Why.UNANSWERED}


def test_with_other_content_it_loads_nothing_and_says_so(database, mail, tmp_path):
    with database.writing(None) as session:
        organizations.ensure_vendor()
        session.commit()
    publishing.publish(database, tmp_path)
    report = load(database, mail, [KRANICH])
    assert "close-in-five-days" in report.missing_goals
    assert people_of(database) == {}
