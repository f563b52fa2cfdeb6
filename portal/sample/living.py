"""One visit of one person: they read what the portal shows them, and do the next thing of it."""

from typing import Any

from portal.access import Role
from portal.guides.service.once_read import OnceRead
from portal.help.models import Helped, State
from portal.help.service import lists
from portal.paths.follow_up_models import FeltSpeed, GoalSaid, InUse
from portal.paths.models import Obstacle, StepKind
from portal.paths.outcome_models import Given, Question
from portal.paths.service import (
    goals,
    home,
    journey,
    obstacles,
    outcomes,
    releases,
    steps,
    waiting,
)
from portal.paths.service.home import HomeState, NextStep
from portal.sample import words
from portal.sample.crowd import goals_of
from portal.sample.opinions import explain, goal_said, opinion, say_more
from portal.sample.stories import GOALS
from portal.sample.visit import Visit

LEADING = "colleagues-reach-the-result"
"""What success managers choose for themselves."""
TAKES_OPTIONAL = 0.65
LOOKS_AT_RELEASE = 0.5
"""Of the visits on which home says that a change touches their work."""


def live(visit: Visit) -> None:
    """Do what somebody does on a visit."""
    if visit.number == 0:
        visit.do("accept", minutes=0)
        if visit.is_lead or Role.END_USER not in visit.someone.roles:
            return
    else:
        answer_what_waits(visit)
    if visit.dice.chance(0.05):
        visit.do("search", words=visit.dice.pick(words.SEARCHES))
    page = visit.see(home.get_home)
    if page.state is HomeState.NO_GOAL:
        if not visit.dice.chance(visit.story.ways.begins):
            return
        choose(visit)
        page = visit.see(home.get_home)
    if page.new_releases and visit.dice.chance(LOOKS_AT_RELEASE):
        _look_at_release(visit)
    if _do_next(visit, page) and visit.dice.chance(0.3):
        _do_next(visit, visit.see(home.get_home))
    if visit.someone.asks_at == visit.number and not visit.has_asked:
        _ask(visit, None)


def _look_at_release(visit: Visit) -> None:
    """Read what is new of those that were there by then."""
    for release in visit.see(releases.list_releases):
        if release.is_new and release.published_at <= visit.at:
            read(visit, release.slug)
            return


def _do_next(visit: Visit, page: home.Home) -> bool:
    """The one next thing that home shows; whether there is time for another one."""
    if page.state is HomeState.MILESTONE:
        return finish(visit, page.path_slug)
    if page.state is HomeState.STEP:
        return _take(visit, page.next, page.path_slug)
    return page.state is HomeState.FINISHED and _go_on(visit)


def choose(visit: Visit) -> None:
    """Choose a goal; some say what stands in the way."""
    wanted = {LEADING: 1.0} if visit.is_lead else goals_of(visit.story, visit.someone, GOALS)
    visit.do("choose_goal", slug=visit.dice.weighed(wanted))
    path = visit.see(obstacles.find_first_question)
    if path and visit.dice.chance(0.6):
        common = {Obstacle.DONT_KNOW_HOW: 0.4, Obstacle.NO_TIME: 0.3, Obstacle.ANOTHER_WAY: 0.2}
        if visit.story.not_allowed:
            common = {Obstacle.NOT_ALLOWED: 0.5, Obstacle.DONT_KNOW_HOW: 0.5}
        visit.do("say_obstacle", path_slug=path, obstacle=visit.dice.weighed(common))


def _go_on(visit: Visit) -> bool:
    """After a finished path some choose another goal."""
    offers = visit.see(goals.list_next) if visit.dice.chance(0.3) else []
    if offers:
        visit.do("choose_goal", slug=visit.dice.pick(offers).slug)
    return bool(offers)


def answer_what_waits(visit: Visit) -> None:
    """Questions of before: a follow-up, an answer that is still missing, whether help helped."""
    found = visit.see(waiting.find_waiting)
    if found.follow_up and visit.dice.chance(0.75):
        _follow_up(visit, found.follow_up.id)
    if found.later:
        _answer_later(visit, found.later)
    if visit.someone.asks_at is not None:
        for request in visit.see(lists.list_own):
            if request.state == State.ANSWERED and visit.dice.chance(0.7):
                helped = {Helped.YES: 0.7, Helped.PARTLY: 0.2, Helped.NO: 0.1}
                visit.do("close", request_id=request.id, helped=visit.dice.weighed(helped))


def _follow_up(visit: Visit, follow_up_id: Any) -> None:
    luck = visit.story.ways.luck
    said = visit.dice.weighed(
        {
            InUse.YES: 0.52 + luck,
            InUse.PARTLY: 0.2,
            InUse.NO: 0.12,
            InUse.NO_OCCASION: 0.12,
            InUse.NOT_NEEDED: 0.04,
        }
    )
    known = words.IN_USE.get(said, ())
    comment = visit.dice.pick(known) if known and visit.dice.chance(0.3) else None
    visit.do("answer_follow_up", follow_up_id=follow_up_id, answer=said, comment=comment)
    if said in (InUse.YES, InUse.PARTLY) and visit.dice.chance(0.6):
        visit.do("say_goal_later", follow_up_id=follow_up_id, said=goal_said(visit))


def _answer_later(visit: Visit, later: waiting.LaterQuestion) -> None:
    if visit.dice.chance(0.3):
        revision = visit.shelf.by_id[later.revision_id]
        answer = opinion(visit, revision)
        on = {"slug": later.slug, "revision_id": later.revision_id}
        visit.do("answer", **on, answer=answer, given=Given.LATER)
        if answer in outcomes.WITH_REASON and visit.dice.chance(0.5):
            explain(visit, revision)
    elif visit.dice.chance(0.5):
        on = {"slug": later.slug, "revision_id": later.revision_id}
        visit.do("dismiss", **on, question=Question.LATER)


def _take(visit: Visit, step: NextStep | None, path_slug: str) -> bool:
    """Take a step; whether it is done, so that there is time for another one."""
    if step is None:
        return False
    if step.is_optional and not visit.dice.chance(TAKES_OPTIONAL):
        return _skip(visit, path_slug)
    if step.kind is StepKind.GUIDE and step.guide_slug:
        return read(visit, step.guide_slug)
    return do_step(visit, step.kind, step.id)


def _skip(visit: Visit, path_slug: str) -> bool:
    """Leave an optional step out: go to the next one that is required."""
    page = visit.see(journey.get_path, path_slug)
    left = [step for step in page.steps if step.state == "later" and not step.is_optional]
    if not left:
        return False
    if left[0].kind is StepKind.MILESTONE:
        return page.may_finish and finish(visit, path_slug)
    if left[0].guide_slug:
        return read(visit, left[0].guide_slug)
    return do_step(visit, left[0].kind, left[0].id)


def do_step(visit: Visit, kind: StepKind, step_id: Any) -> bool:
    """Do a task or a check; whether it is done."""
    if kind is StepKind.TASK:
        visit.do("do_task", minutes=visit.dice.between(4, 20), step_id=step_id)
        return True
    if kind is not StepKind.CHECK:
        return False
    questions = visit.see(steps.get_step, step_id).questions
    right = [[option.is_right for option in q.options].index(True) for q in questions]
    if visit.dice.chance(0.35):
        first = [
            0 if place else len(q.options) - 1 for place, q in zip(right, questions, strict=True)
        ]
        visit.do("answer_check", minutes=3, step_id=step_id, chosen=first)
    visit.do("answer_check", minutes=3, step_id=step_id, chosen=right)
    return True


def finish(visit: Visit, path_slug: str) -> bool:
    """Pass a milestone; at a path's end most say whether the goal is reached."""
    is_end = visit.do("finish", minutes=2, slug=path_slug)
    if is_end and visit.dice.chance(0.7):
        said, speed = goal_said(visit), None
        if said is GoalSaid.YES:
            felt = {FeltSpeed.AS_EXPECTED: 0.5, FeltSpeed.QUICKER: 0.3, FeltSpeed.SLOWER: 0.2}
            speed = visit.dice.weighed(felt)
        visit.do("say_goal", path_slug=path_slug, said=said, felt_speed=speed)
    return True


def read(visit: Visit, slug: str, *, must_answer: bool = False) -> bool:
    """Read a guide; whether an answer was pressed at its end."""
    revision = visit.shelf.read_at(slug, visit.viewer.locale, visit.at)
    visit.do("open", revision_id=revision.id)
    if visit.someone.asks_at == visit.number:
        _ask(visit, revision)
        return False
    if revision.checklist and visit.dice.chance(0.25):
        items = range(visit.dice.between(1, revision.checklist))
        visit.do("tick", minutes=5, slug=slug, items=list(items), revision_id=revision.id)
    if not (must_answer or visit.dice.chance(visit.story.ways.answers)):
        return False
    answer = opinion(visit, revision)
    visit.do("answer", minutes=revision.minutes, slug=slug, answer=answer, revision_id=revision.id)
    if answer in outcomes.WITH_REASON and visit.dice.chance(0.75):
        explain(visit, revision)
    say_more(visit, slug, answer)
    return True


def _ask(visit: Visit, revision: OnceRead | None) -> None:
    """Ask for help, in front of a guide or from anywhere."""
    slug, revision_id = (revision.slug, revision.id) if revision else (None, None)
    known = words.QUESTIONS.get(slug or "") or words.QUESTIONS[""]
    if visit.viewer.locale == "de":
        known = words.GERMAN_QUESTIONS
    asked = {"words": visit.dice.pick(known), "slug": slug, "revision_id": revision_id}
    visit.do("ask", minutes=3, **asked, mail=visit.mail)
    visit.has_asked = True
