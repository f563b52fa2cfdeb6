"""An organization leaves optional steps of a path out and moves them: its own people's path."""

from dataclasses import replace
from types import SimpleNamespace

import pytest
from sqlalchemy import select

from portal import db, sweeping
from portal.adoption.service import enrolling, overview, people
from portal.adoption.service.enrolling import Chosen
from portal.adoption.service.people import PeopleFilter
from portal.audit import AuditEntry
from portal.errors import Conflict, Invalid, NotAllowed, NotFound
from portal.ids import new_id
from portal.jobs import Work
from portal.paths import jobs as paths_jobs
from portal.paths.fit_models import FittedPath, FittedStep
from portal.paths.models import Obstacle, Path, Step
from portal.paths.outcome_models import Answer, Outcome
from portal.paths.progress_models import Enrollment, StepPass
from portal.paths.service import (
    enrollments,
    fitting,
    goals,
    home,
    journey,
    obstacles,
    outcomes,
    reading,
    required,
    whole,
)
from portal.paths.service import steps as step_service
from tests.paths.rows import add_step, withdraw_step

assert paths_jobs, "imported for what it registers"


@pytest.fixture
def path(kinds, library, reader, world):
    """Task, guide, milestone, check, session, end: what is neither milestone nor task is optional.

    A second guide, required, stands behind the first one.
    """
    for name in ("guide", "check", "session"):
        db.session().get_one(Step, kinds.steps[name]).is_optional = True
    for place, name in enumerate(kinds.steps, start=1):
        db.session().get_one(Step, kinds.steps[name]).position = place * 10
    second = add_step(kinds.path_id, library.guide_ids[1], position=25)
    db.session().get_one(Path, kinds.path_id).steps_total = 7
    db.session().flush()
    goals.choose_goal(reader, kinds.goal_slug)
    return SimpleNamespace(
        slug=kinds.path_slug,
        id=kinds.path_id,
        goal=kinds.goal_slug,
        guide=kinds.guide_slug,
        second_guide=library.guide_slugs[1],
        steps=kinds.steps | {"second": second},
        usm=world.usm.viewer,
        reader=reader,
    )


def recount(path):
    enrollments.recount_chunk(path.usm.organization_id, path.id, None)


def leave_out(path, *names):
    for name in names:
        fitting.leave_out(path.usm, path.slug, path.steps[name])
    recount(path)


def move(path, name, *, up):
    fitting.move(path.usm, path.slug, path.steps[name], up=up)
    recount(path)


def names(path, steps):
    by_id = {step_id: name for name, step_id in path.steps.items()}
    return [by_id[step.id] for step in steps]


def on_path(path, viewer=None):
    return names(path, journey.get_path(viewer or path.reader, path.slug).steps)


ALL = ["task", "guide", "second", "milestone", "check", "session", "end"]


class TestWhatReadersSee:
    def test_a_step_left_out_is_on_nobodys_path(self, path, world):
        leave_out(path, "guide", "session")
        assert on_path(path) == ["task", "second", "milestone", "check", "end"]
        assert on_path(path, world.team_mate.viewer) == on_path(path)

    def test_home_counts_without_it_and_leads_past_it(self, path, enrollment):
        leave_out(path, "guide")
        assert home.get_home(path.reader).steps_total == 6
        step_service.do_task(path.reader, path.steps["task"])
        found = home.get_home(path.reader)
        assert (found.next.id, found.steps_passed) == (path.steps["second"], 1)
        mine = enrollment(path.reader)
        assert (mine.steps_total, mine.next_number) == (6, 2)

    def test_a_moved_step_comes_next_in_its_new_place(self, path, enrollment):
        move(path, "guide", up=True)
        assert on_path(path) == ["guide", "task", *ALL[2:]]
        found = home.get_home(path.reader)
        assert (found.next.id, found.next.guide_slug) == (path.steps["guide"], path.guide)
        assert enrollment(path.reader).next_number == 1

    def test_the_guides_page_knows_its_neighbours_and_its_number(self, path):
        fitting.move(path.usm, path.slug, path.steps["guide"], up=False)
        move(path, "check", up=True)
        assert on_path(path)[:4] == ["task", "second", "guide", "check"]
        place = reading.get_reading(path.reader, path.second_guide).place
        assert (place.number, place.next_slug, place.steps_total) == (2, path.guide, 7)
        place = reading.get_reading(path.reader, path.guide).place
        assert (place.number, place.previous_slug) == (3, path.second_guide)
        leave_out(path, "guide")
        place = reading.get_reading(path.reader, path.second_guide).place
        assert (place.number, place.next_slug, place.steps_total) == (2, None, 6)
        assert reading.get_reading(path.reader, path.guide).place is None

    def test_its_goal_says_how_many_steps_it_has_before_one_chooses_it(self, path, world):
        leave_out(path, "guide", "check")
        mate = world.team_mate.viewer
        (offer,) = [o for o in goals.list_goals(mate) if o.path_slug == path.slug]
        assert offer.steps_total == 5
        goals.choose_goal(mate, path.goal)
        assert home.get_home(mate).steps_total == 5

    def test_who_is_asked_to_follow_it_sees_the_same_number(self, path, world, library):
        mate = world.team_mate
        goals.choose_goal(mate.viewer, library.goal_slug)
        leave_out(path, "guide")
        enrolling.enroll(path.usm, Chosen(frozenset({mate.member_id})), path.id, None)
        (asked,) = required.list_required(mate.viewer)
        assert (asked.path_slug, asked.steps_passed, asked.steps_total) == (path.slug, 0, 6)

    def test_a_step_left_out_says_so_and_cannot_be_done(self, path):
        fitting.leave_out(path.usm, path.slug, path.steps["check"])
        page = step_service.get_step(path.reader, path.steps["check"])
        assert (page.is_left_out, page.is_on_path) == (True, False)
        db.session().get_one(Step, path.steps["task"]).is_optional = True
        db.session().flush()
        leave_out(path, "task")
        with pytest.raises(Conflict, match="left this step out"):
            step_service.do_task(path.reader, path.steps["task"])

    def test_what_helps_with_an_obstacle_helps_no_more_once_left_out(self, path):
        assert obstacles.find_first_question(path.reader) == path.slug
        leave_out(path, "check")
        assert obstacles.find_first_question(path.reader) is None
        obstacles.say_obstacle(path.reader, path.slug, Obstacle.NOT_ALLOWED)
        assert home.get_home(path.reader).next.id == path.steps["task"]

    def test_the_last_step_is_the_last_one_wherever_the_vendor_has_it(self, path):
        leave_out(path, "guide", "check", "session")
        step_service.do_task(path.reader, path.steps["task"])
        outcomes.answer(path.reader, path.second_guide, Answer.YES)
        assert journey.finish(path.reader, path.slug) is False
        assert home.get_home(path.reader).is_last
        assert journey.finish(path.reader, path.slug) is True
        assert home.get_home(path.reader).steps_passed == 4


class TestHistory:
    def test_an_answer_to_a_step_left_out_later_is_kept_and_counts_again_when_put_back(
        self, path, enrollment
    ):
        outcomes.answer(path.reader, path.guide, Answer.PARTLY)
        assert enrollment(path.reader).steps_passed == 1
        leave_out(path, "guide")
        mine = enrollment(path.reader)
        assert (mine.steps_passed, mine.steps_total) == (0, 6)
        organization_id = path.reader.organization_id
        key = organization_id, mine.id, path.steps["guide"]
        assert db.session().get(StepPass, key) is not None
        kept = select(Outcome.answer).where(Outcome.organization_id == organization_id)
        assert db.session().scalars(kept).all() == [Answer.PARTLY]
        fitting.put_back(path.usm, path.slug, path.steps["guide"])
        recount(path)
        assert enrollment(path.reader).steps_passed == 1

    def test_an_answer_given_while_it_is_left_out_counts_once_it_is_put_back(
        self, path, enrollment
    ):
        leave_out(path, "guide")
        outcomes.answer(path.reader, path.guide, Answer.YES)
        assert enrollment(path.reader).steps_passed == 0
        fitting.put_back(path.usm, path.slug, path.steps["guide"])
        recount(path)
        assert enrollment(path.reader).steps_passed == 1

    def test_who_finished_stays_finished(self, path, enrollment):
        step_service.do_task(path.reader, path.steps["task"])
        outcomes.answer(path.reader, path.guide, Answer.YES)
        outcomes.answer(path.reader, path.second_guide, Answer.YES)
        journey.finish(path.reader, path.slug)
        journey.finish(path.reader, path.slug)
        finished = enrollment(path.reader).finished_at
        leave_out(path, "guide")
        fitting.put_back(path.usm, path.slug, path.steps["guide"])
        recount(path)
        assert enrollment(path.reader).finished_at == finished is not None


class TestWhatTheSuccessManagerSees:
    def test_people_are_counted_by_the_organizations_steps(self, path):
        leave_out(path, "guide")
        (row,) = [
            row
            for row in people.list_people(path.usm, PeopleFilter(), None).rows
            if row.member_id == path.reader.member_id
        ]
        assert (row.steps_passed, row.steps_total) == (0, 6)

    def test_the_overview_shows_them_in_the_organizations_order(self, path):
        move(path, "guide", up=True)
        leave_out(path, "session")
        (figures,) = overview.get_overview(path.usm).paths
        titles = [step.title for step in journey.get_path(path.reader, path.slug).steps]
        assert len(figures.steps) == 6
        assert [step.is_optional for step in figures.steps] == [True, *[False] * 3, True, False]
        assert len(titles) == 6

    def test_its_page_shows_all_steps_also_those_left_out(self, path):
        leave_out(path, "guide")
        page = fitting.get_fit_page(path.usm, path.slug)
        assert names(path, [place.step for place in page.places]) == ALL
        assert [place.is_left_out for place in page.places] == [False, True, *[False] * 5]
        assert (page.steps_total, page.is_fitted, page.may_undo) == (6, True, True)

    def test_the_list_of_paths_says_what_is_left_out(self, path):
        leave_out(path, "guide", "check")
        found = {row.slug: row for row in fitting.list_paths_to_fit(path.usm)}
        assert (found[path.slug].is_fitted, found[path.slug].left_out) == (True, 2)
        assert not found["close-with-proof"].is_fitted


class TestUndo:
    def test_the_last_change_is_undone_once(self, path):
        leave_out(path, "guide")
        move(path, "session", up=True)
        fitting.undo(path.usm, path.slug)
        fitting.undo(path.usm, path.slug)
        recount(path)
        assert on_path(path) == ["task", "second", "milestone", "check", "session", "end"]
        assert not fitting.get_fit_page(path.usm, path.slug).may_undo

    def test_undoing_the_only_change_leaves_no_row_of_a_step(self, path):
        leave_out(path, "guide")
        fitting.undo(path.usm, path.slug)
        recount(path)
        here = FittedStep.organization_id == path.usm.organization_id
        assert db.session().scalars(select(FittedStep.step_id).where(here)).all() == []
        assert on_path(path) == ALL

    def test_all_is_as_the_vendor_made_it_again_and_that_too_is_undone(self, path):
        leave_out(path, "guide")
        move(path, "session", up=True)
        fitting.fit_as_vendor(path.usm, path.slug)
        recount(path)
        assert on_path(path) == ALL
        fitting.undo(path.usm, path.slug)
        recount(path)
        assert on_path(path) == ["task", "second", "milestone", "session", "check", "end"]


class TestRecords:
    def entries(self, path):
        query = (
            select(AuditEntry)
            .where(AuditEntry.organization_id == path.usm.organization_id)
            .order_by(AuditEntry.id)
        )
        return db.session().scalars(query).all()

    def test_each_change_is_written_down_with_the_steps_before_and_after(self, path):
        fitting.leave_out(path.usm, path.slug, path.steps["check"])
        fitting.leave_out(path.usm, path.slug, path.steps["check"])
        fitting.undo(path.usm, path.slug)
        done, undone = self.entries(path)
        assert (done.action, undone.action) == ("path.fitted", "path.fitted.undone")
        assert done.subject == f"path:{path.id}"
        assert (len(done.before["steps"]), len(done.after["steps"])) == (7, 6)
        assert "Do you know the rules?" not in done.after["steps"]
        assert undone.after == done.before

    def test_everybodys_progress_is_counted_anew_by_the_worker(self, path):
        fitting.leave_out(path.usm, path.slug, path.steps["check"])
        due = select(Work.key).where(
            Work.kind == "paths.recount", Work.organization_id == path.usm.organization_id
        )
        assert db.session().scalars(due).all() == [str(path.id)]


class TestAnotherPublication:
    def test_what_was_left_out_stays_out_while_steps_come_and_go(self, path, library):
        leave_out(path, "guide")
        new = add_step(path.id, library.guide_ids[0], position=22)
        withdraw_step(path.steps["session"])
        db.session().get_one(Path, path.id).steps_total = 7
        recount(path)
        path.steps["new"] = new
        assert on_path(path) == ["task", "new", "second", "milestone", "check", "end"]
        assert home.get_home(path.reader).steps_total == 6
        db.session().get_one(Step, path.steps["session"]).withdrawn_at = None
        recount(path)
        assert home.get_home(path.reader).steps_total == 7

    def test_a_step_that_became_required_is_in_again(self, path):
        leave_out(path, "guide")
        db.session().get_one(Step, path.steps["guide"]).is_optional = False
        recount(path)
        assert on_path(path) == ALL

    def test_a_moved_step_keeps_its_neighbour(self, path):
        move(path, "guide", up=False)
        withdraw_step(path.steps["task"])
        recount(path)
        assert on_path(path) == ["second", "guide", *ALL[3:]]
        withdraw_step(path.steps["second"])
        recount(path)
        assert on_path(path) == ["guide", *ALL[3:]]

    def test_before_the_worker_came_a_withdrawn_step_is_gone_and_a_new_one_there(
        self, path, library
    ):
        leave_out(path, "guide")
        path.steps["new"] = add_step(path.id, library.guide_ids[0], position=70)
        withdraw_step(path.steps["session"])
        assert set(on_path(path)) == {"task", "second", "milestone", "check", "new", "end"}


class TestWhoMay:
    def test_readers_may_not(self, path):
        for attempt in (fitting.get_fit_page, fitting.undo, fitting.fit_as_vendor):
            with pytest.raises(NotAllowed):
                attempt(path.reader, path.slug)
        with pytest.raises(NotAllowed):
            fitting.list_paths_to_fit(path.reader)

    def test_a_usm_of_one_team_may_not_since_it_is_everybodys(self, path):
        limited = replace(path.usm, limited_to=new_id())
        assert not whole.may_change(limited)
        with pytest.raises(NotAllowed, match="whole organization"):
            fitting.leave_out(limited, path.slug, path.steps["guide"])

    def test_a_stand_in_may_and_it_is_marked_so(self, path, world, time):
        csm = world.csm.viewer
        organization = path.usm.organization_id, "Aurora", "UTC", False
        stand_in = csm.standing_in(*organization, time.now.date())
        fitting.leave_out(stand_in, path.slug, path.steps["guide"])
        here = AuditEntry.organization_id == path.usm.organization_id
        entry = db.session().scalars(select(AuditEntry).where(here)).one()
        assert (entry.is_stand_in, entry.person_id) == (True, csm.person_id)

    @pytest.mark.parametrize("name", ["task", "milestone", "end"])
    def test_a_required_step_is_refused_in_words_and_nothing_is_written(self, path, name):
        with pytest.raises(Invalid) as refused:
            fitting.leave_out(path.usm, path.slug, path.steps[name])
        assert refused.value.field == "change"
        here = FittedStep.organization_id == path.usm.organization_id
        assert db.session().scalars(select(FittedStep.step_id).where(here)).all() == []

    def test_a_step_of_another_path_is_refused(self, path, library):
        with pytest.raises(Invalid, match="left the path"):
            fitting.leave_out(path.usm, path.slug, library.step_ids[0])

    def test_an_unknown_path_is_not_found(self, path):
        with pytest.raises(NotFound):
            fitting.leave_out(path.usm, "no-such-path", path.steps["guide"])


def test_another_organizations_path_is_as_the_vendor_made_it(path, world, database, kinds):
    leave_out(path, "guide")
    move(path, "session", up=True)
    db.session().commit()
    theirs = world.stranger.viewer
    with database.writing(theirs.organization_id):
        assert on_path(path, theirs) == ALL
        goals.choose_goal(theirs, path.goal)
        assert home.get_home(theirs).steps_total == 7
        assert not fitting.get_fit_page(world.strange_usm.viewer, path.slug).is_fitted
        fitted = select(FittedPath).where(FittedPath.organization_id == theirs.organization_id)
        assert db.session().scalars(fitted).all() == []
        mine = select(Enrollment.steps_total).where(
            Enrollment.organization_id == theirs.organization_id
        )
        assert db.session().scalars(mine).all() == [7]


class TestPage:
    @pytest.fixture
    def address(self, kinds, library, database):
        with database.writing(None) as session:
            for name in ("guide", "session"):
                session.get_one(Step, kinds.steps[name]).is_optional = True
            session.commit()
        return f"/paths/{kinds.path_slug}/fit"

    def press(self, browser, address, deed, step_id=None):
        return browser.post(address, data={"change": f"{deed}:{step_id}" if step_id else deed})

    def test_buttons_stand_at_optional_steps_alone(self, signed_in, world, address, kinds):
        page = signed_in(world.usm).get(address).text
        assert page.count('value="leave_out:') == 2
        for name in ("task", "milestone", "check", "end"):
            assert f":{kinds.steps[name]}" not in page
        assert "Undo the last change" not in page

    def test_they_leave_out_put_back_move_and_undo(self, signed_in, world, address, kinds):
        browser, session, task = signed_in(world.usm), kinds.steps["session"], kinds.steps["task"]
        answer = self.press(browser, address, "leave_out", session)
        assert answer.location.endswith(f"{address}#step-{session}")
        assert "Your people follow 5 steps." in browser.get(address).text
        self.press(browser, address, "put_back", session)
        assert "Your people follow 6 steps." in browser.get(address).text
        self.press(browser, address, "down", kinds.steps["guide"])
        self.press(browser, address, "up", kinds.steps["guide"])
        self.press(browser, address, "up", kinds.steps["guide"])
        moved = browser.get(address).text
        assert moved.index(f"step-{kinds.steps['guide']}") < moved.index(f"step-{task}")
        self.press(browser, address, "undo")
        undone = browser.get(address).text
        assert undone.index(f"step-{task}") < undone.index(f"step-{kinds.steps['guide']}")
        self.press(browser, address, "down", kinds.steps["guide"])
        self.press(browser, address, "vendor")
        assert "As the vendor made it" in browser.get("/notes").text

    def leave_session_out(self, signed_in, world, address, kinds):
        """A reader on the path, and what the success manager is told."""
        reader = signed_in(world.end_user)
        reader.post(f"/goals/{kinds.goal_slug}/choose")
        assert "Step 1 of 6" in reader.get("/").text
        usm = signed_in(world.usm)
        self.press(usm, address, "leave_out", kinds.steps["session"])
        return reader, usm.get(address).text

    LATER = "Many are on this path: their progress is counted anew within a minute."

    def test_where_few_are_on_it_their_home_knows_at_once(self, signed_in, world, address, kinds):
        reader, told = self.leave_session_out(signed_in, world, address, kinds)
        assert self.LATER not in told
        assert "Step 1 of 5" in reader.get("/").text

    def test_where_many_are_on_it_the_page_says_so_and_a_worker_counts(
        self, signed_in, world, address, kinds, monkeypatch, database
    ):
        monkeypatch.setattr(enrollments, "FEW", 0)
        reader, told = self.leave_session_out(signed_in, world, address, kinds)
        assert self.LATER in told
        assert "Step 1 of 6" in reader.get("/").text
        while sweeping.sweep(database):
            pass
        assert "Step 1 of 5" in reader.get("/").text

    def test_a_double_press_moves_once(self, signed_in, world, address, kinds):
        browser = signed_in(world.usm)
        form = {"change": f"down:{kinds.steps['guide']}", "request_id": str(new_id())}
        first, second = browser.post(address, data=form), browser.post(address, data=form)
        assert first.location == second.location
        page = browser.get(address).text
        places = [page.index(f"step-{kinds.steps[n]}") for n in ("milestone", "guide", "check")]
        assert places == sorted(places)

    @pytest.mark.parametrize(
        ("change", "said"),
        [
            ("", "Press the button"),
            ("dance", "Press the button"),
            ("up", "Press the button"),
            ("up:no-id", "Press the button"),
            ("up:a\0b", "Press the button"),
            ("leave_out:{task}", "is required"),
            ("down:{task}", "is required"),
            ("leave_out:{elsewhere}", "left the path a moment ago"),
        ],
    )
    def test_anything_else_is_refused_and_nothing_is_written(
        self, signed_in, world, address, kinds, library, database, change, said
    ):
        change = change.format(task=kinds.steps["task"], elsewhere=library.step_ids[0])
        answer = signed_in(world.usm).post(address, data={"change": change})
        assert (answer.status_code, said in answer.text) == (422, True)
        organization_id = world.usm.organization_id
        with database.reading(organization_id) as session:
            here = FittedPath.organization_id == organization_id
            assert session.scalars(select(FittedPath).where(here)).all() == []

    def test_readers_find_no_way_there(self, signed_in, world, address):
        reader = signed_in(world.end_user)
        assert reader.get(address).status_code == 403
        assert "Fit this path" not in reader.get(address.removesuffix("/fit")).text
        assert "Fit this path" in signed_in(world.usm).get(address.removesuffix("/fit")).text

    def test_a_path_that_is_none_is_not_found(self, signed_in, world, library):
        assert signed_in(world.usm).get("/paths/no-such-path/fit").status_code == 404
