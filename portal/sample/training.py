"""How a success manager walks their own path: a part of it on each visit, with nothing left out."""

import math

from portal.paths.models import StepKind
from portal.paths.service import home
from portal.paths.service.home import Home, HomeState
from portal.sample.living import answer_what_waits, choose, do_step, finish, read
from portal.sample.visit import Visit


def train(visit: Visit) -> None:
    """Answer what waits, then go on until the share of the path that is due by this visit.

    How many steps there are is the content's business.
    """
    answer_what_waits(visit)
    page = visit.see(home.get_home)
    if page.state is HomeState.NO_GOAL:
        choose(visit)
        page = visit.see(home.get_home)
    due = math.ceil(visit.story.training.share_at(visit.number) * page.steps_total)
    while page.steps_passed < due and _go_on(visit, page):
        page = visit.see(home.get_home)


def _go_on(visit: Visit, page: Home) -> bool:
    """Do the next step; whether there was one that can be done here."""
    if page.state is HomeState.MILESTONE:
        return finish(visit, page.path_slug)
    step = page.next
    if page.state is not HomeState.STEP or step is None:
        return False
    if step.kind is StepKind.GUIDE and step.guide_slug:
        return read(visit, step.guide_slug, must_answer=True)
    return do_step(visit, step.kind, step.id)
