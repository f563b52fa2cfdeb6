import pytest
from sqlalchemy import func, select

from portal import db
from portal.accounts.models import Member
from portal.errors import NotAllowed, NotFound
from portal.guides.models import Goal
from portal.paths.models import Audience, Path
from portal.paths.progress_models import Enrollment, Origin
from portal.paths.service import goals, outcomes
from tests.paths.conftest import START
from tests.paths.rows import add_goal, add_path


def enrollments(viewer):
    query = select(func.count()).where(
        Enrollment.organization_id == viewer.organization_id,
        Enrollment.member_id == viewer.member_id,
    )
    return db.session().scalar(query)


def change_job(viewer, job):
    member = db.session().get_one(Member, (viewer.organization_id, viewer.member_id))
    member.job = job
    db.session().flush()


def test_it_offers_goals_with_a_path_for_ones_job_first(reader, library):
    add_path(add_goal("a-others"), "others", jobs=["teacher"])
    add_path(add_goal("b-everyone"), "everyone", jobs=[])
    offers = goals.list_goals(reader)
    assert [offer.slug for offer in offers] == [library.goal_slug, "b-everyone", "a-others"]
    assert [offer.is_for_others for offer in offers] == [False, False, True]


def test_it_offers_what_is_made_for_success_managers_to_them_alone_and_first(world, reader):
    path_id = add_path(add_goal("z-lead-them"), "lead-them", jobs=[])
    db.session().get_one(Path, path_id).audience = Audience.USM
    db.session().flush()
    assert "z-lead-them" not in [offer.slug for offer in goals.list_goals(reader)]
    assert goals.list_goals(world.usm.viewer)[0].slug == "z-lead-them"


def test_it_offers_the_path_that_suits_best_for_each_goal(reader, library):
    goal_id = db.session().scalars(select(Goal.id)).one()
    add_path(goal_id, "a-path-for-everyone", jobs=[])
    (offer,) = goals.list_goals(reader)
    assert offer.path_slug == library.path_slug


def test_it_offers_no_goal_without_a_path(reader, library):
    add_goal("nothing-leads-here")
    db.session().get_one(Path, library.path_id).withdrawn_at = START
    db.session().flush()
    assert goals.list_goals(reader) == []


def test_choosing_a_goal_puts_one_on_its_path(reader, library, enrollment):
    goals.choose_goal(reader, library.goal_slug)
    mine = enrollment(reader)
    assert (mine.path_id, mine.origin, mine.enrolled_at) == (
        library.path_id,
        Origin.CHOSEN,
        START,
    )
    assert (mine.steps_passed, mine.next_step_id) == (0, library.step_ids[0])
    assert mine.started_at is None


def test_choosing_it_again_changes_nothing(reader, library, time, enrollment):
    goals.choose_goal(reader, library.goal_slug)
    before = enrollment(reader)
    time.pass_days(1)
    goals.choose_goal(reader, library.goal_slug)
    assert enrollment(reader) == before
    assert enrollments(reader) == 1


def test_changing_the_goal_keeps_what_was_done(reader, library, time, enrollment):
    add_path(add_goal("other"), "other", guide_ids=[library.guide_ids[1]])
    goals.choose_goal(reader, library.goal_slug)
    outcomes.answer(reader, library.guide_slugs[0], "yes")
    goals.choose_goal(reader, "other")
    assert enrollment(reader).steps_passed == 0
    time.pass_days(60)
    goals.choose_goal(reader, library.goal_slug)
    back = enrollment(reader)
    assert (back.steps_passed, back.enrolled_at) == (1, START)
    assert back.stuck_at > time.now
    assert enrollments(reader) == 2


def test_nobody_is_stuck_on_the_path_that_they_left(reader, library):
    add_path(add_goal("other"), "other")
    goals.choose_goal(reader, library.goal_slug)
    goals.choose_goal(reader, "other")
    query = select(Enrollment.stuck_at).where(
        Enrollment.organization_id == reader.organization_id,
        Enrollment.path_id == library.path_id,
    )
    assert db.session().scalars(query).one() is None


def test_an_answer_to_a_guide_that_two_paths_share_counts_on_both(reader, library, enrollment):
    outcomes.answer(reader, library.guide_slugs[0], "partly")
    goals.choose_goal(reader, library.goal_slug)
    mine = enrollment(reader)
    assert (mine.steps_passed, mine.next_step_id) == (1, library.step_ids[1])
    assert mine.started_at == START


def test_who_is_on_a_path_to_the_goal_stays_on_it_after_a_change_of_job(
    reader, library, enrollment
):
    goal_id = db.session().scalars(select(Goal.id)).one()
    add_path(goal_id, "for-teachers", jobs=["teacher"])
    goals.choose_goal(reader, library.goal_slug)
    change_job(reader, "teacher")
    goals.choose_goal(reader, library.goal_slug)
    assert enrollment(reader).path_id == library.path_id


def test_one_may_choose_a_path_by_name(reader, library, enrollment):
    path_id = add_path(add_goal("other"), "made-for-others", jobs=["teacher"])
    goals.choose_path(reader, "made-for-others")
    assert enrollment(reader).path_id == path_id


@pytest.mark.parametrize("choose", [goals.choose_goal, goals.choose_path])
def test_it_refuses_what_is_not_offered(reader, choose):
    with pytest.raises(NotFound):
        choose(reader, "unheard-of")


def test_staff_choose_no_goals(world, library, acting):
    acting(world.author)
    with pytest.raises(NotAllowed):
        goals.choose_goal(world.author.viewer, library.goal_slug)


def test_a_stranger_sees_nothing_of_anothers_progress(reader, world, library, acting):
    goals.choose_goal(reader, library.goal_slug)
    outcomes.answer(reader, library.guide_slugs[0], "yes")
    db.session().commit()
    acting(world.stranger)
    (offer,) = goals.list_goals(world.stranger.viewer)
    assert (offer.steps_passed, offer.is_current) == (0, False)
