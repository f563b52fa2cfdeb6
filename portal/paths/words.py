"""Answers, reasons and the like in words for people."""

from typing import Any

from portal.i18n import lazy_gettext as _
from portal.paths.follow_up_models import FeltSpeed, GoalSaid, InUse
from portal.paths.models import Obstacle
from portal.paths.outcome_models import Answer, Reason

ANSWERS: dict[str, Any] = {
    Answer.YES: _("It worked"),
    Answer.PARTLY: _("Partly"),
    Answer.NOT_SURE: _("Not sure"),
    Answer.NO: _("It didn't work"),
    Answer.ALREADY: _("I could do this already"),
    Answer.NOT_FOR_ME: _("Not for me"),
}

REASONS: dict[str, Any] = {
    Reason.MISSING: _("Something I needed is missing from the guide"),
    Reason.UNCLEAR: _("Part of it is unclear to me"),
    Reason.DOES_NOT_FIT: _("It does not fit the way we have set things up"),
    Reason.NOT_ALLOWED: _("I don't have the access or the rights"),
    Reason.NO_TIME: _("I don't have the time"),
    Reason.ANOTHER_WAY: _("I do it another way"),
    Reason.OTHERS: _("Others would have to join in, and they don't"),
    Reason.PRODUCT_PROBLEM: _("The product did not do what it should"),
    Reason.OTHER: _("Something else"),
}

CHALLENGE_ANSWERS: dict[str, Any] = {
    Answer.YES: _("Yes, I will try it"),
    Answer.NOT_SURE: _("Not sure"),
    Answer.NO: _("No"),
    Answer.ALREADY: _("I work this way already"),
    Answer.NOT_FOR_ME: _("Not for me"),
}
"""What a challenge is answered with: it asks whether one will try it."""

OBSTACLES: dict[str, Any] = {
    Obstacle.DONT_KNOW_HOW: _("I don't know how"),
    Obstacle.NOT_ALLOWED: _("I'm not allowed to, or lack access"),
    Obstacle.NO_TIME: _("I have no time"),
    Obstacle.ANOTHER_WAY: _("I do it another way today"),
    Obstacle.OTHER: _("Something else"),
}

IN_USE: dict[str, Any] = {
    InUse.YES: _("Yes, it is in use"),
    InUse.PARTLY: _("Partly"),
    InUse.NO: _("I tried it, and it did not help"),
    InUse.NO_OCCASION: _("There was no occasion yet"),
    InUse.NOT_NEEDED: _("I no longer need it"),
}

GOAL_SAID: dict[str, Any] = {
    GoalSaid.YES: _("Yes"),
    GoalSaid.PARTLY: _("Partly"),
    GoalSaid.NOT_YET: _("Not yet"),
    GoalSaid.DROPPED: _("I don't pursue it any more"),
}

FELT_SPEED: dict[str, Any] = {
    FeltSpeed.QUICKER: _("Quicker than I expected"),
    FeltSpeed.AS_EXPECTED: _("As I expected"),
    FeltSpeed.SLOWER: _("Slower than I expected"),
}


def answer_words(is_challenge: bool) -> dict[str, Any]:
    """The words of the answers to one kind of guide."""
    return CHALLENGE_ANSWERS if is_challenge else ANSWERS
