"""What a person can do, by the name of the deed: each calls the service behind the same form."""

from collections.abc import Callable, Mapping
from typing import Any

from portal.access import Viewer
from portal.accounts.service import members
from portal.effectiveness.service import replies
from portal.guides.service import search, search_misses
from portal.help.service import answering, asking
from portal.paths.service import (
    checks,
    ease,
    follow_ups,
    goal_words,
    goals,
    journey,
    obstacles,
    openings,
    outcomes,
    plans,
    steps,
    ticks,
)


def _search(viewer: Viewer, words: str) -> None:
    if search.search(viewer, words).is_miss:
        search_misses.record_miss(viewer, words)


ACTS: Mapping[str, Callable[..., Any]] = {
    "accept": members.accept,
    "choose_goal": goals.choose_goal,
    "say_obstacle": obstacles.say_obstacle,
    "open": openings.record_opening,
    "tick": ticks.set_ticks,
    "answer": outcomes.answer,
    "dismiss": openings.dismiss,
    "give_reason": outcomes.give_reason,
    "give_ease": ease.give_ease,
    "write_plan": plans.write_if_then,
    "do_task": steps.do_task,
    "answer_check": checks.answer_check,
    "finish": journey.finish,
    "say_goal": goal_words.say_goal_at_path_end,
    "answer_follow_up": follow_ups.answer_follow_up,
    "say_goal_later": goal_words.say_goal_in_follow_up,
    "search": _search,
    "ask": asking.ask,
    "close": answering.close,
    "put_away": replies.put_away,
}
"""Each takes the viewer first."""


def perform(viewer: Viewer, name: str, values: Mapping[str, Any]) -> Any:
    """Do it, in the running transaction; what the service says to it."""
    return ACTS[name](viewer, **values)
