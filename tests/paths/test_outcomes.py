from datetime import timedelta
from operator import attrgetter
from uuid import uuid4

import pytest
from sqlalchemy import select

from portal import db
from portal.accounts.models import Member, Organization
from portal.accounts.team_models import TeamMembership
from portal.errors import Invalid, NotAllowed, NotFound
from portal.paths.outcome_models import (
    Answer,
    Asked,
    Given,
    Opening,
    Outcome,
    OutcomeChange,
    Reason,
)
from portal.paths.progress_models import Origin, StepPass
from portal.paths.service import goals, openings, outcomes
from tests.factories import make_team
from tests.paths.conftest import START
from tests.paths.rows import publish_again, withdraw_step


@pytest.fixture
def slug(reader, library):
    """The first guide of the path that the reader is on."""
    goals.choose_goal(reader, library.goal_slug)
    return library.guide_slugs[0]


def stored(viewer, model=Outcome):
    query = select(model).where(model.organization_id == viewer.organization_id)
    return list(db.session().scalars(query.execution_options(populate_existing=True)))


def history(viewer):
    changes = sorted(stored(viewer, OutcomeChange), key=attrgetter("changed_at", "id"))
    return [(change.answer, change.reason, change.counts) for change in changes]


# ---- What is recorded ----


def test_an_answer_is_stored_with_its_whole_context(reader, library, slug, enrollment):
    member = db.session().get_one(Member, (reader.organization_id, reader.member_id))
    member.influence, member.importance = 2, 5
    outcomes.answer(reader, slug, Answer.YES)
    (outcome,) = stored(reader)
    mine = enrollment(reader)
    team = db.session().scalars(
        select(TeamMembership.team_id).where(
            TeamMembership.organization_id == reader.organization_id,
            TeamMembership.member_id == reader.member_id,
        )
    )
    assert (outcome.answer, outcome.given, outcome.answered_at) == ("yes", Given.ON_GUIDE, START)
    assert (outcome.guide_id, outcome.revision_id) == (
        library.guide_ids[0],
        library.revision_ids[0],
    )
    assert (outcome.enrollment_id, outcome.path_id) == (mine.id, library.path_id)
    assert (outcome.step_id, outcome.origin) == (library.step_ids[0], Origin.CHOSEN)
    assert (outcome.job, outcome.influence, outcome.importance) == ("accountant", 2, 5)
    assert (outcome.experience, outcome.team_id) == ("medium_touch", team.one())
    assert (outcome.language, outcome.arm) == ("en", None)


def test_the_context_stays_as_it_was_when_the_person_moves_on(reader, slug):
    outcomes.answer(reader, slug, Answer.NO)
    db.session().get_one(Member, (reader.organization_id, reader.member_id)).job = "teacher"
    db.session().flush()
    outcomes.answer(reader, slug, Answer.YES)
    (outcome,) = stored(reader)
    assert (outcome.answer, outcome.job) == ("yes", "accountant")


def test_a_guide_off_the_path_is_answered_without_one(reader, library):
    said = outcomes.answer(reader, library.guide_slugs[0], Answer.YES)
    (outcome,) = stored(reader)
    assert (outcome.enrollment_id, outcome.path_id, outcome.step_id, outcome.origin) == (None,) * 4
    assert not said.on_path
    assert stored(reader, StepPass) == []


def test_a_step_that_left_the_path_counts_as_off_it(reader, library, slug):
    withdraw_step(library.step_ids[0])
    outcomes.answer(reader, slug, Answer.YES)
    (outcome,) = stored(reader)
    assert (outcome.enrollment_id, outcome.step_id) == (None, None)


def test_the_team_is_the_one_of_that_day_in_the_organizations_zone(reader, slug, time):
    organization = db.session().get_one(Organization, reader.organization_id)
    organization.zone = "Pacific/Auckland"  # 22:00 there: 2 March
    finance = db.session().scalars(
        select(TeamMembership).where(
            TeamMembership.organization_id == reader.organization_id,
            TeamMembership.member_id == reader.member_id,
        )
    )
    finance.one().ends_on = START.date()
    sales = make_team(db.session(), organization, "Sales")
    db.session().add(
        TeamMembership(
            organization_id=reader.organization_id,
            member_id=reader.member_id,
            team_id=sales.id,
            starts_on=(START + timedelta(days=1)).date(),
        )
    )
    db.session().flush()
    time.pass_days(4 / 24)  # 13:00 in UTC, but 3 March in Auckland
    outcomes.answer(reader, slug, Answer.YES)
    (outcome,) = stored(reader)
    assert outcome.team_id == sales.id


def test_an_answer_counts_as_opened_and_asked(reader, slug):
    outcomes.answer(reader, slug, Answer.PARTLY)
    (opening,), (asked,) = stored(reader, Opening), stored(reader, Asked)
    assert opening.opened_at == START
    assert (asked.shown_at, asked.answered_at, asked.dismissed_at) == (START, START, None)


# ---- The step ----


OFFERED = [answer for answer in Answer if answer is not Answer.NOT_SURE]


@pytest.mark.parametrize("answer", OFFERED)
def test_each_of_the_five_answers_passes_the_step(reader, library, slug, answer, enrollment):
    said = outcomes.answer(reader, slug, answer)
    mine = enrollment(reader)
    assert said.on_path
    assert (mine.steps_passed, mine.next_step_id) == (1, library.step_ids[1])
    assert (mine.last_step_at, mine.started_at) == (START, START)


@pytest.mark.parametrize("answer", OFFERED)
def test_only_partly_and_no_are_asked_for_a_reason(reader, slug, answer):
    assert outcomes.answer(reader, slug, answer).asks_reason == (answer in ("partly", "no"))


def test_a_changed_answer_does_not_move_the_step_again(reader, slug, time, enrollment):
    outcomes.answer(reader, slug, Answer.NO)
    time.pass_days(2)
    outcomes.answer(reader, slug, Answer.YES)
    assert enrollment(reader).last_step_at == START
    assert len(stored(reader, StepPass)) == 1


# ---- Said again ----


def test_the_same_answer_twice_is_one_answer(reader, slug, time):
    first = outcomes.answer(reader, slug, Answer.YES)
    time.pass_days(1)
    second = outcomes.answer(reader, slug, Answer.YES)
    assert (first.is_new, first.is_changed) == (True, True)
    assert (second.is_new, second.is_changed) == (False, False)
    (outcome,) = stored(reader)
    assert (outcome.answered_at, outcome.changed_at) == (START, START)
    assert history(reader) == [("yes", None, True)]


@pytest.mark.parametrize(("days", "counting"), [(1, "yes"), (14, "yes"), (14.001, "no")])
def test_the_last_answer_within_14_days_of_the_first_counts(reader, slug, time, days, counting):
    outcomes.answer(reader, slug, Answer.NO)
    time.pass_days(days)
    outcomes.answer(reader, slug, Answer.YES)
    (outcome,) = stored(reader)
    assert (outcome.answer, outcome.latest_answer) == (counting, "yes")
    assert (outcome.answered_at, outcome.changed_at) == (START, time.now)


def test_the_history_keeps_what_was_said_and_whether_it_counts(reader, slug, time):
    outcomes.answer(reader, slug, Answer.NO)
    time.pass_days(3)
    outcomes.answer(reader, slug, Answer.PARTLY)
    time.pass_days(30)
    outcomes.answer(reader, slug, Answer.YES)
    assert history(reader) == [
        ("no", None, True),
        ("partly", None, True),
        ("yes", None, False),
    ]
    (outcome,) = stored(reader)
    assert outcome.answer == "partly"


def test_the_14_days_run_from_the_first_answer_not_from_the_last(reader, slug, time):
    outcomes.answer(reader, slug, Answer.NO)
    time.pass_days(10)
    outcomes.answer(reader, slug, Answer.PARTLY)
    time.pass_days(10)
    outcomes.answer(reader, slug, Answer.YES)
    (outcome,) = stored(reader)
    assert outcome.answer == "partly"


# ---- Which revision ----


def test_the_answer_belongs_to_the_revision_that_was_read(reader, library, slug):
    publish_again(library.guide_ids[0])
    outcomes.answer(reader, slug, Answer.YES, library.revision_ids[0])
    (outcome,) = stored(reader)
    assert outcome.revision_id == library.revision_ids[0]


def test_each_revision_has_an_outcome_of_its_own(reader, library, slug):
    outcomes.answer(reader, slug, Answer.NO)
    second = publish_again(library.guide_ids[0])
    assert outcomes.answer(reader, slug, Answer.YES).is_new
    assert {outcome.revision_id: outcome.answer for outcome in stored(reader)} == {
        library.revision_ids[0]: "no",
        second: "yes",
    }


def test_it_refuses_the_revision_of_another_guide(reader, library, slug):
    with pytest.raises(NotFound):
        outcomes.answer(reader, slug, Answer.YES, library.revision_ids[1])


def test_it_refuses_a_revision_and_a_guide_that_do_not_exist(reader, slug):
    with pytest.raises(NotFound):
        outcomes.answer(reader, slug, Answer.YES, uuid4())
    with pytest.raises(NotFound):
        outcomes.answer(reader, "unheard-of", Answer.YES)


# ---- Reasons ----


def test_a_reason_completes_the_answer_that_it_was_asked_for(reader, slug):
    outcomes.answer(reader, slug, Answer.NO)
    outcomes.give_reason(reader, slug, Reason.UNCLEAR, "  Which calendar?  ", "Steps")
    (outcome,) = stored(reader)
    assert (outcome.reason, outcome.comment, outcome.failed_at) == (
        "unclear",
        "Which calendar?",
        "Steps",
    )
    assert history(reader) == [("no", "unclear", True)]


def test_a_changed_reason_is_history_too(reader, slug, time):
    outcomes.answer(reader, slug, Answer.NO)
    outcomes.give_reason(reader, slug, Reason.UNCLEAR)
    outcomes.give_reason(reader, slug, Reason.UNCLEAR)
    time.pass_days(1)
    outcomes.give_reason(reader, slug, Reason.MISSING)
    (outcome,) = stored(reader)
    assert outcome.reason == "missing"
    assert history(reader) == [("no", "unclear", True), ("no", "missing", True)]


def test_a_reason_given_for_an_answer_that_does_not_count_is_history_only(reader, slug, time):
    outcomes.answer(reader, slug, Answer.YES)
    time.pass_days(20)
    outcomes.answer(reader, slug, Answer.NO)
    outcomes.give_reason(reader, slug, Reason.NO_TIME)
    (outcome,) = stored(reader)
    assert (outcome.answer, outcome.reason) == ("yes", None)
    assert history(reader) == [("yes", None, True), ("no", "no_time", False)]


def test_a_changed_answer_drops_the_reason_of_the_old_one(reader, slug):
    outcomes.answer(reader, slug, Answer.NO)
    outcomes.give_reason(reader, slug, Reason.UNCLEAR, "Which calendar?", "Steps")
    outcomes.answer(reader, slug, Answer.YES)
    (outcome,) = stored(reader)
    assert (outcome.reason, outcome.comment, outcome.failed_at) == (None, None, None)
    assert history(reader) == [("no", "unclear", True), ("yes", None, True)]


def test_the_page_for_the_reason_shows_what_was_said_before(reader, slug):
    outcomes.answer(reader, slug, Answer.PARTLY)
    outcomes.give_reason(reader, slug, Reason.OTHER, "It rained.", "Steps")
    page = outcomes.find_reason_page(reader, slug)
    assert (page.answer, page.reason, page.comment, page.failed_at) == (
        Answer.PARTLY,
        Reason.OTHER,
        "It rained.",
        "Steps",
    )
    assert page.headings == ["Steps"]
    assert page.on_path


@pytest.mark.parametrize("answer", [Answer.YES, Answer.ALREADY, Answer.NOT_FOR_ME])
def test_nobody_is_asked_why_it_worked(reader, slug, answer):
    outcomes.answer(reader, slug, answer)
    assert outcomes.find_reason_page(reader, slug) is None
    with pytest.raises(NotFound):
        outcomes.give_reason(reader, slug, Reason.OTHER)


def test_there_is_no_reason_before_an_answer(reader, slug):
    with pytest.raises(NotFound):
        outcomes.give_reason(reader, slug, Reason.OTHER)


@pytest.mark.parametrize(
    ("field", "comment", "failed_at"),
    [("comment", "x" * 2001, None), ("failed_at", None, "A heading of another guide")],
)
def test_it_says_which_part_of_a_reason_to_mend(reader, slug, field, comment, failed_at):
    outcomes.answer(reader, slug, Answer.NO)
    with pytest.raises(Invalid) as refused:
        outcomes.give_reason(reader, slug, Reason.OTHER, comment, failed_at)
    assert refused.value.field == field


# ---- Who ----


def test_a_stranger_has_an_outcome_of_their_own(reader, world, slug, acting):
    outcomes.answer(reader, slug, Answer.NO)
    db.session().commit()
    acting(world.stranger)
    assert outcomes.answer(world.stranger.viewer, slug, Answer.YES).is_new
    (theirs,) = stored(world.stranger.viewer)
    assert (theirs.member_id, theirs.answer) == (world.stranger.member_id, "yes")


def test_a_team_mate_has_an_outcome_of_their_own(reader, world, slug):
    outcomes.answer(reader, slug, Answer.NO)
    assert outcomes.find_reason_page(world.team_mate.viewer, slug) is None
    assert outcomes.answer(world.team_mate.viewer, slug, Answer.YES).is_new
    assert len(stored(reader)) == 2


def test_staff_do_not_answer(world, library, acting):
    acting(world.author)
    with pytest.raises(NotAllowed):
        outcomes.answer(world.author.viewer, library.guide_slugs[0], Answer.YES)


def test_dismissing_then_answering_keeps_both(reader, library, slug, time):
    openings.dismiss(reader, slug, library.revision_ids[0])
    time.pass_days(1)
    outcomes.answer(reader, slug, Answer.YES)
    (asked,) = stored(reader, Asked)
    assert (asked.shown_at, asked.dismissed_at, asked.answered_at) == (START, START, time.now)
