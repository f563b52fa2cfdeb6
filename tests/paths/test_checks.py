"""Checks: feedback to what was chosen, tried until all of it is right."""

import pytest
from sqlalchemy import select

from portal import db
from portal.errors import Conflict, Invalid
from portal.paths.progress_models import StepPass
from portal.paths.service import steps
from portal.paths.service.checks import answer_check
from portal.paths.step_models import CheckTry


@pytest.fixture
def check(kinds):
    return kinds.steps["check"]


def tried(viewer):
    query = select(CheckTry.__table__).where(CheckTry.organization_id == viewer.organization_id)
    return db.session().execute(query).one_or_none()


def chosen_of(page):
    return [
        [(option.text, option.is_right, option.feedback) for option in question.options]
        for question in page.questions
    ]


def test_before_the_first_try_nothing_is_said(walker, check):
    page = steps.get_step(walker, check)
    assert (page.tries, [question.ask for question in page.questions]) == (
        *(0, ["When do you send it?", "When do they read?"]),
    )
    assert not any(option.is_chosen for question in page.questions for option in question.options)
    assert all(feedback is None for row in chosen_of(page) for _text, _right, feedback in row)


def test_a_wrong_answer_says_why_and_passes_nothing(walker, check, time):
    assert not answer_check(walker, check, [0, 1])
    page = steps.get_step(walker, check)
    assert (page.tries, page.passed_at) == (1, None)
    assert chosen_of(page) == [
        [("Before", True, "So that everybody has read it."), ("After", False, None)],
        [("Before", True, None), ("After", False, "Then nobody has read it.")],
    ]
    assert tried(walker).tried_at == time.now


def test_all_right_passes_the_step(walker, check, time, enrollment):
    answer_check(walker, check, [1, 1])
    assert answer_check(walker, check, [0, 0])
    page = steps.get_step(walker, check)
    assert (page.tries, page.passed_at, enrollment(walker).steps_passed) == (2, time.now, 1)


def test_a_wrong_try_afterwards_takes_nothing_back(walker, check):
    answer_check(walker, check, [0, 0])
    assert not answer_check(walker, check, [1, 0])
    assert steps.get_step(walker, check).passed_at


@pytest.mark.parametrize(
    ("chosen", "field"),
    [
        ([], "question_0"),
        ([None, 0], "question_0"),
        ([0], "question_1"),
        ([0, None], "question_1"),
        ([0, 2], "question_1"),
        ([-1, 0], "question_0"),
    ],
)
def test_every_question_wants_an_answer(walker, check, chosen, field):
    with pytest.raises(Invalid) as refused:
        answer_check(walker, check, chosen)
    assert refused.value.field == field
    assert tried(walker) is None


def test_it_says_which_questions_are_open(walker, check):
    page = steps.get_step(walker, check)
    assert steps.left_open(page, [0, 1]) == []
    assert steps.left_open(page, [None, 7]) == [0, 1]
    shown = steps.with_chosen(page, [None, 1])
    assert [option.is_chosen for option in shown.questions[1].options] == [False, True]
    assert all(option.feedback is None for option in shown.questions[1].options)


def test_off_the_path_it_cannot_be_passed(reader, kinds):
    with pytest.raises(Conflict):
        answer_check(reader, kinds.steps["check"], [0, 0])
    query = select(StepPass.step_id).where(StepPass.organization_id == reader.organization_id)
    assert db.session().execute(query).all() == []
