"""What success managers see of paths is in their language; mails speak the addressee's."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from portal import clock, db
from portal.accounts.models import Person
from portal.accounts.service.stored_rows import read_rows
from portal.adoption.service import enrolling, nudging, overview, people, today
from portal.adoption.service.people import PeopleFilter
from portal.paths.models import Path, Step
from portal.paths.progress_models import Enrollment
from portal.paths.service import fitting, goals, obstacles, pins, required
from tests.mail import MAIL
from tests.paths.test_languages import folder, published  # noqa: F401 - fixtures

PATH, TASK = "Mit Nachweis abschließen", "Die Einladung senden"


@pytest.fixture
def usm(published, world, acting):  # noqa: F811
    """A success manager who reads German; Alma follows the path and has come to a halt."""
    acting(world.usm)
    goals.choose_goal(world.end_user.viewer, "close-faster")
    db.session().execute(
        update(Enrollment)
        .where(Enrollment.organization_id == world.usm.organization_id)
        .values(stuck_at=clock.now() - timedelta(days=1))
    )
    return replace(world.usm.viewer, locale="de")


def test_the_people_page_names_path_and_step(usm):
    rows = people.list_people(usm, PeopleFilter(), None).rows
    assert [(row.path, row.step) for row in rows if row.path] == [(PATH, TASK)]
    assert [choice.name for choice in people.list_paths(usm)] == [PATH]


def test_today_names_path_and_step(usm):
    (item,) = (item for item in today.get_today(usm).items if item.kind == "stuck")
    assert PATH in str(item)
    assert TASK in str(item)


def test_the_overview_names_paths_and_steps(usm):
    (path,) = overview.get_overview(usm).paths
    assert path.title == PATH
    assert TASK in [step.title for step in path.steps]


def test_the_pages_to_fit_and_to_pin_name_them(usm):
    assert [path.title for path in fitting.list_paths_to_fit(usm)] == [PATH]
    page = fitting.get_fit_page(usm, "close-with-proof")
    titles = [place.step.title for place in page.places]
    assert (page.title, titles[:2]) == (PATH, [TASK, "Die Bankdatei abgleichen"])
    step_id = db.session().scalar(select(Step.id).where(Step.kind == "task"))
    place = pins.get_step_place(usm, step_id)
    assert place.title == TASK
    pins.pin(usm, place, "Bei uns heißt das anders.")
    pins.pin(usm, pins.get_guide_place(usm, "match-bank-file"), "Fragt Ina.")
    found = {(note.title, note.path_title) for note in pins.list_all(usm)}
    assert found == {(TASK, PATH), ("Die Bankdatei abgleichen", None)}


def test_a_bulk_enrollment_tells_of_it(usm, world):
    path_id = db.session().scalar(select(Path.id))
    chosen = enrolling.Chosen(member_ids=[world.owner.member_id])
    done = enrolling.enroll(usm, chosen, path_id, None)
    assert done.path_title == PATH


def test_a_nudge_speaks_the_addressees_language(usm, world):
    person = db.session().get_one(Person, world.end_user.viewer.person_id)
    person.locale = "de"
    db.session().flush()
    english = replace(usm, locale="en")
    message = nudging.nudge(english, world.end_user.member_id, MAIL)
    assert PATH in message.subject
    assert TASK in message.body_text


def test_what_is_asked_and_what_stands_in_the_way_name_it(usm, world):
    reader = replace(world.end_user.viewer, locale="de")
    assert obstacles.get_obstacle_page(reader, "close-with-proof").path_title == PATH
    db.session().execute(
        update(Enrollment)
        .where(Enrollment.organization_id == usm.organization_id)
        .values(is_current=False, origin="required")
    )
    assert [one.path_title for one in required.list_required(reader)] == [PATH]


def test_what_is_stored_about_oneself_names_it(usm, world):
    reader = replace(world.end_user.viewer, locale="de")
    (row,) = read_rows(reader, "enrollment", None).rows
    assert PATH in [said for _label, said in row]
