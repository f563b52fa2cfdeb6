"""The overview's figures: the same as a slow count of rows, and silent where few could be told."""

import csv
import io
import random
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import event, insert, select

from portal import clock
from portal.access import Role
from portal.accounts.models import Member, Organization
from portal.accounts.team_models import TeamMembership
from portal.adoption.service import overview
from portal.adoption.service.overview_figures import Funnel
from portal.errors import NotAllowed
from portal.guides.models import Rhythm
from portal.ids import new_id
from portal.paths.follow_up_models import GoalSaid, GoalSaidAt, GoalWord
from portal.paths.models import Path
from portal.paths.outcome_models import Answer, Given, Outcome, OutcomeChange
from portal.paths.progress_models import Enrollment, Origin
from portal.paths.service import goals
from portal.small_groups import Extreme, Share
from tests.factories import make_member, make_organization, make_team
from tests.paths.rows import add_goal, add_path

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
DAY = timedelta(days=1)
LAST_WEEK = NOW - 3 * DAY
END = datetime(2026, 3, 1, 23, tzinfo=UTC)
"""Of last week, in Berlin."""
STUCK_AFTER = {Rhythm.DAY: 7, Rhythm.WEEK: 10.5, Rhythm.MONTH: 45}
STOPPED_AFTER = {Rhythm.DAY: 28, Rhythm.WEEK: 28, Rhythm.MONTH: 90}
"""Days without a step, by product.md's words: 7 or 1.5 periods; 28 or 3 periods."""


@pytest.fixture(autouse=True)
def standing(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)


def add_outcome(session, persona, revision_id, guide_id, origin, answer, at):
    """What one member said of a guide, as a row alone."""
    session.execute(
        insert(Outcome).values(
            organization_id=persona.organization_id,
            id=new_id(),
            member_id=persona.member_id,
            revision_id=revision_id,
            guide_id=guide_id,
            origin=origin,
            language="en",
            experience="medium_touch",
            answer=answer,
            latest_answer=answer,
            given=Given.ON_GUIDE,
            answered_at=at,
            changed_at=at,
        )
    )


class Crowd:
    """A customer of many people at random places of three paths."""

    def __init__(self, database, library, seed: int, size: int = 70) -> None:
        self.random = random.Random(seed)
        with database.writing(None) as session:
            organization = make_organization(session, f"Crowd{seed}")
            self.paths = []
            for rhythm in Rhythm:
                path_id = add_path(
                    add_goal(f"g-{rhythm}", rhythm), f"p-{rhythm}", guide_ids=library.guide_ids
                )
                self.paths.append((path_id, rhythm))
            session.commit()
        self.organization_id = organization.id
        with database.writing(organization.id) as session:
            organization = session.get_one(Organization, organization.id)
            top = make_team(session, organization, "Top")
            below = make_team(session, organization, "Below")
            below.parent_id = top.id
            self.found_teams = [top, below]
            self.teams = [top.id, below.id]
            self.usm = make_member(session, organization, "Usm", {Role.USM})
            for number in range(size):
                self._add(session, organization, number, library)
            session.commit()

    def _add(self, session, organization, number, library) -> None:
        draw = self.random
        team = draw.choice([None, *self.found_teams])
        values = {}
        if draw.random() < 0.2:
            values["accepted_at"] = None
        if draw.random() < 0.1:
            values["left_at"] = NOW
        persona = make_member(
            session,
            organization,
            f"M{number}",
            {Role.END_USER},
            team,
            **values,
        )
        chosen = draw.sample(self.paths, draw.randint(0, 3))
        for place, (path_id, rhythm) in enumerate(chosen):
            self._enroll(session, persona, path_id, rhythm, place == 0 and draw.random() < 0.8)
        for revision_id, guide_id in zip(library.revision_ids, library.guide_ids, strict=True):
            if draw.random() < 0.6:
                self._answer(session, persona, revision_id, guide_id)

    def _enroll(self, session, persona, path_id, rhythm, is_current) -> None:
        draw = self.random
        alive = NOW - DAY * draw.randint(0, 120)
        finished = draw.random() < 0.3
        step_ids = overview._steps(self.organization_id, [path_id])
        steps = [row.id for row in session.execute(step_ids)]
        enrollment_id = new_id()
        session.execute(
            insert(Enrollment).values(
                organization_id=self.organization_id,
                id=enrollment_id,
                member_id=persona.member_id,
                path_id=path_id,
                origin=draw.choice([Origin.CHOSEN, Origin.CHOSEN, Origin.REQUIRED]),
                is_current=is_current,
                steps_passed=0,
                next_step_id=None if finished else draw.choice(steps),
                enrolled_at=alive,
                current_since=alive,
                started_at=alive if finished or draw.random() < 0.7 else None,
                last_step_at=alive,
                stuck_at=alive + DAY * STUCK_AFTER[rhythm] if is_current and not finished else None,
                finished_at=alive if finished else None,
            )
        )
        if finished and draw.random() < 0.7:
            goal = insert(GoalWord).values(
                organization_id=self.organization_id,
                enrollment_id=enrollment_id,
                asked_at=GoalSaidAt.PATH_END,
                goal_id=self._goal_of(session, path_id),
                said=draw.choice([GoalSaid.YES, GoalSaid.YES, GoalSaid.PARTLY]),
                said_at=LAST_WEEK,
            )
            session.execute(goal)

    def _goal_of(self, session, path_id):
        return session.scalar(select(Path.goal_id).where(Path.id == path_id))

    def _answer(self, session, persona, revision_id, guide_id) -> None:
        at = NOW - DAY * self.random.randint(0, 60)
        answer = self.random.choice([*Answer])
        origin = self.random.choice([None, Origin.CHOSEN, Origin.REQUIRED])
        add_outcome(session, persona, revision_id, guide_id, origin, answer, at)


@pytest.fixture(params=range(4))
def crowd(request, database, library):
    return Crowd(database, library, request.param)


def read(database, crowd, viewer=None):
    with database.reading(crowd.organization_id):
        return overview.get_overview(viewer or crowd.usm.viewer)


def rows(database, crowd, model):
    with database.reading(crowd.organization_id) as session:
        found = select(model).where(model.organization_id == crowd.organization_id)
        return list(session.scalars(found))


def people(database, crowd):
    """Members who are there, with their enrollments and answers."""
    members = [m for m in rows(database, crowd, Member) if m.left_at is None]
    enrollments = rows(database, crowd, Enrollment)
    return [(m, [e for e in enrollments if e.member_id == m.id]) for m in members]


def halted_for(enrollment):
    """Days since the last step, where that means anything."""
    if not enrollment.is_current or enrollment.finished_at:
        return -1
    return (NOW - enrollment.last_step_at) / DAY


def slow_funnel(found, rhythms):
    joined = [(m, es) for m, es in found if m.accepted_at]
    return Funnel(
        invited=len(found),
        joined=len(joined),
        started=sum(any(e.started_at for e in es) for _m, es in joined),
        finished=sum(any(e.finished_at for e in es) for _m, es in joined),
        halted=sum(
            any(halted_for(e) >= STUCK_AFTER[rhythms[e.path_id]] for e in es) for _m, es in joined
        ),
    )


def test_its_funnel_is_what_a_slow_count_finds(database, crowd):
    found = people(database, crowd)
    assert read(database, crowd).funnel == slow_funnel(found, dict(crowd.paths))


def test_its_teams_count_those_under_them(database, crowd):
    found = people(database, crowd)
    of = {m.member_id: m.team_id for m in rows(database, crowd, TeamMembership)}
    figures = read(database, crowd)
    top, below = crowd.teams
    expected = {
        "Top": [p for p in found if of.get(p[0].id) in (top, below)],
        "Below": [p for p in found if of.get(p[0].id) == below],
    }
    assert {t.branch.node.name: t.funnel for t in figures.teams} == {
        name: slow_funnel(inside, dict(crowd.paths)) for name, inside in expected.items()
    }
    without = [p for p in found if p[0].id not in of]
    assert figures.teamless == slow_funnel(without, dict(crowd.paths))


def test_its_paths_say_where_everybody_is(database, crowd):
    figures = {path.title: path for path in read(database, crowd).paths}
    for path_id, rhythm in crowd.paths:
        here = [
            e
            for m, es in people(database, crowd)
            for e in es
            if m.accepted_at and e.path_id == path_id
        ]
        path = figures[f"p-{rhythm}"]
        current = [e for e in here if e.is_current and not e.finished_at]
        stopped = [e for e in current if halted_for(e) >= STOPPED_AFTER[rhythm]]
        stuck = [e for e in current if halted_for(e) >= STUCK_AFTER[rhythm] and e not in stopped]
        assert path.people == len(here)
        assert path.finished == sum(e.finished_at is not None for e in here)
        assert path.beside == sum(not e.is_current and not e.finished_at for e in here)
        assert (path.stuck, path.stopped) == (len(stuck), len(stopped))
        assert path.going == len(current) - len(stuck) - len(stopped)
        assert sum(s.going + s.stuck + s.stopped for s in path.steps) == len(current)


def test_its_answers_count_each_person_once(database, crowd):
    latest = {}
    telling = (Answer.YES, Answer.PARTLY, Answer.NO)
    answers = [
        o
        for o in rows(database, crowd, Outcome)
        if o.latest_answer in telling and o.changed_at < END
    ]
    for outcome in sorted(answers, key=lambda o: (o.changed_at, o.id.bytes)):
        latest[outcome.member_id] = outcome.latest_answer
    figures = read(database, crowd)
    assert figures.answered_until == date(2026, 3, 1)
    assert figures.answered == len(latest)
    assert figures.worked == Share(
        len(latest), sum(answer == Answer.YES for answer in latest.values())
    )


def test_its_goals_count_who_says_so(database, crowd):
    said = {w.enrollment_id for w in rows(database, crowd, GoalWord) if w.said == GoalSaid.YES}
    finished = {
        e.member_id: e.id in said
        for e in sorted(rows(database, crowd, Enrollment), key=lambda e: e.id in said)
        if e.finished_at and e.finished_at < END
    }
    at_goal, finished = sum(finished.values()), len(finished)
    assert read(database, crowd).at_goal == Share(finished, at_goal)


def test_its_origins_count_enrollments(database, crowd):
    here = [e for m, es in people(database, crowd) if m.accepted_at for e in es]
    for row in read(database, crowd).origins:
        of = [e for e in here if e.origin == row.origin]
        assert (row.enrolled, row.started, row.finished) == (
            len(of),
            sum(e.started_at is not None for e in of),
            sum(e.finished_at is not None for e in of),
        )


def test_a_limited_usm_sees_the_figures_of_their_team(database, crowd):
    of = {m.member_id: m.team_id for m in rows(database, crowd, TeamMembership)}
    below = crowd.teams[1]
    figures = read(database, crowd, replace(crowd.usm.viewer, limited_to=below))
    inside = [p for p in people(database, crowd) if of.get(p[0].id) == below]
    assert figures.funnel == slow_funnel(inside, dict(crowd.paths))
    assert [t.branch.node.name for t in figures.teams] == ["Below"]


def test_its_file_has_the_figures_of_the_page(signed_in, database, crowd):
    answer = signed_in(crowd.usm).get("/overview.csv")
    lines = list(csv.reader(io.StringIO(answer.get_data(as_text=True).lstrip("\ufeff"))))
    figures = read(database, crowd)
    everybody = {line[2]: line[3] for line in lines if line[0] == "Everybody"}
    assert everybody["invited"] == str(figures.funnel.invited)
    assert everybody["finished"] == str(figures.funnel.finished)
    for team in figures.teams:
        assert ["Team", team.branch.node.name, "started", str(team.funnel.started)] in lines
    page = signed_in(crowd.usm).get("/overview").get_data(as_text=True)
    assert f"{figures.worked.part} of {figures.worked.whole}" in page


def answered(database, world, library, answers, at=LAST_WEEK):
    """So many people of ours, each with one answer; all of them joined and chose the path."""
    with database.writing(world.usm.organization_id) as session:
        organization = session.get_one(Organization, world.usm.organization_id)
        for number, (answer, origin) in enumerate(answers):
            persona = make_member(
                session, organization, f"A{number}", {Role.END_USER}, email=f"{new_id()}@x.example"
            )
            where = library.revision_ids[0], library.guide_ids[0]
            add_outcome(session, persona, *where, origin, answer, at)
        session.commit()
    with database.reading(world.usm.organization_id):
        return overview.get_overview(world.usm.viewer)


YES, NO, CHOSEN, REQUIRED = Answer.YES, Answer.NO, Origin.CHOSEN, Origin.REQUIRED


def test_it_tells_nothing_of_four_answers(database, world, library):
    figures = answered(database, world, library, [(YES, CHOSEN)] * 4)
    assert (figures.worked, figures.answered) == (None, None)


def test_it_tells_nothing_that_points_at_one(database, world, library):
    figures = answered(database, world, library, [(YES, CHOSEN)] * 8 + [(NO, CHOSEN)])
    assert figures.worked is None


def test_it_says_nearly_all_of_a_small_group(database, world, library):
    figures = answered(database, world, library, [(YES, CHOSEN)] * 6)
    assert figures.worked == Share(6, None, Extreme.NEARLY_ALL)


def test_it_lets_nobody_find_a_small_origin_by_subtraction(database, world, library):
    answers = [(YES, CHOSEN)] * 8 + [(NO, CHOSEN)] * 8 + [(YES, REQUIRED)] * 2
    figures = answered(database, world, library, answers)
    assert figures.worked == Share(18, 10)
    assert all(row.worked is None for row in figures.origins)


def test_a_team_is_told_nothing_that_points_at_the_few_beside_it(database, world, library):
    ours = world.usm.organization_id
    answered(database, world, library, [(YES, CHOSEN)] * 4 + [(NO, CHOSEN)] * 6)
    with database.writing(ours) as session:
        team = make_team(session, session.get_one(Organization, ours), "Most")
        wanted = Member.organization_id == ours, Member.display_name.like("A_")
        for member in session.scalars(select(Member).where(*wanted)).all()[:8]:
            joined = {"member_id": member.id, "team_id": team.id, "starts_on": NOW.date()}
            session.execute(insert(TeamMembership).values(organization_id=ours, **joined))
        session.commit()
    limited = replace(world.usm.viewer, limited_to=team.id)
    with database.reading(ours):
        assert overview.get_overview(limited).answered is None
    answered(database, world, library, [(NO, CHOSEN)] * 3)
    with database.reading(ours):
        assert overview.get_overview(limited).answered == 8


TWELVE = [(YES, CHOSEN)] * 6 + [(NO, CHOSEN)] * 6


def test_a_single_answer_shows_as_no_change(database, world, library, monkeypatch):
    before = answered(database, world, library, TWELVE)
    assert before.worked == Share(12, 6)
    after = answered(database, world, library, [(YES, CHOSEN)], at=NOW)
    assert (after.worked, after.origins) == (before.worked, before.origins)
    monkeypatch.setattr(clock, "now", lambda: NOW + 7 * DAY)
    assert answered(database, world, library, []).worked == before.worked
    four = [(YES, CHOSEN)] * 4
    with_five = answered(database, world, library, four, at=NOW + DAY)
    assert (with_five.worked, with_five.answered_until) == (Share(17, 11), date(2026, 3, 8))


def test_who_leaves_and_comes_back_tells_nothing(database, world, library):
    before = answered(database, world, library, TWELVE).worked
    ours = Member.organization_id == world.usm.organization_id
    with database.writing(world.usm.organization_id) as session:
        one = session.scalars(select(Member).where(ours, Member.display_name == "A0")).one()
        one.left_at = NOW
        session.commit()
    assert answered(database, world, library, []).worked == before


def test_another_answer_shows_as_no_change_either(database, world, library):
    before = answered(database, world, library, TWELVE).worked
    ours = world.usm.organization_id
    with database.writing(ours) as session:
        found = select(Outcome).where(Outcome.organization_id == ours, Outcome.answer == NO)
        outcome = session.scalars(found.limit(1)).one()
        for answer, at in ((NO, LAST_WEEK), (YES, NOW)):
            session.add(
                OutcomeChange(
                    organization_id=ours,
                    outcome_id=outcome.id,
                    answer=answer,
                    changed_at=at,
                    counts=True,
                )
            )
        outcome.latest_answer, outcome.changed_at = YES, NOW
        session.commit()
    assert answered(database, world, library, []).worked == before


def test_where_four_answered_in_each_week_nothing_is_told(database, world, library):
    for weeks in range(4):
        figures = answered(
            database, world, library, [(YES, CHOSEN), (NO, CHOSEN)] * 2, LAST_WEEK - 7 * weeks * DAY
        )
    assert (figures.worked, figures.answered_until) == (None, None)


def test_it_shows_no_rates_below_sixty(signed_in, database, world):
    page = signed_in(world.usm).get("/overview").get_data(as_text=True)
    assert "%" not in page[page.index("<main") :]


def test_it_refuses_who_answers_for_nobody(database, world):
    with database.reading(world.end_user.organization_id), pytest.raises(NotAllowed):
        overview.get_overview(world.end_user.viewer)


def test_it_takes_seven_statements(database, crowd):
    asked = []
    event.listen(database.engine, "before_cursor_execute", lambda *a: asked.append(a[2]))
    read(database, crowd)
    assert len(asked) == 7


def test_rows_without_anybody_are_counted_in_one_line(signed_in, database, crowd):
    with database.writing(crowd.organization_id) as session:
        for name in ("Nobody's", "Nobody's either"):
            make_team(session, session.get_one(Organization, crowd.organization_id), name)
        session.commit()
    page = signed_in(crowd.usm).get("/overview").get_data(as_text=True)
    assert "Below" in page
    assert "Nobody&#39;s" not in page
    assert "2 teams without anybody are not listed." in page
    csv_file = signed_in(crowd.usm).get("/overview.csv").get_data(as_text=True)
    assert "Nobody's either" in csv_file


def test_steps_that_nobody_has_before_them_are_counted_in_one_line(
    signed_in, database, world, library
):
    with database.writing(world.end_user.organization_id) as session:
        goals.choose_goal(world.end_user.viewer, library.goal_slug)
        session.commit()
    page = signed_in(world.usm).get("/overview").get_data(as_text=True)
    assert "Do guide-1" in page
    assert "Do guide-2" not in page
    assert "Nobody has the other 2 steps before them." in page
