"""How an organization may fit a path to itself: rules without a database."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from portal.errors import Invalid
from portal.i18n import gettext as _


@dataclass(frozen=True, slots=True)
class Wish:
    """What an organization wants of a path, whatever the vendor changes of it.

    It may name steps that the path no longer has: they can come back.
    """

    order: tuple[UUID, ...] = ()
    """The steps as they stood after the last move."""
    moved: frozenset[UUID] = frozenset()
    """The optional ones that were put elsewhere; all others follow the vendor's order."""
    left_out: frozenset[UUID] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.moved or self.left_out)

    @classmethod
    def read(cls, stored: dict[str, Any]) -> "Wish":
        """The wish of a row."""
        order, moved, left_out = (
            [UUID(step_id) for step_id in stored.get(name, [])]
            for name in ("order", "moved", "left_out")
        )
        return cls(tuple(order), frozenset(moved), frozenset(left_out))

    def stored(self) -> dict[str, Any]:
        """As it is stored in a row."""
        return {
            "order": [str(step_id) for step_id in self.order],
            "moved": sorted(map(str, self.moved)),
            "left_out": sorted(map(str, self.left_out)),
        }


@dataclass(frozen=True, slots=True)
class VendorStep:
    """A step that the path has today."""

    id: UUID
    title: str
    is_optional: bool


@dataclass(frozen=True, slots=True)
class FittedPlace:
    """A step in the organization's order, also one that is left out."""

    step: VendorStep
    is_left_out: bool
    may_move_up: bool
    may_move_down: bool


def arrange(steps: Sequence[VendorStep], wish: Wish) -> list[VendorStep]:
    """The vendor's steps, each moved one behind the step that it was put behind.

    Where that one is gone, it stands behind the nearest one before it that is left. Nothing
    comes after a required last step: the milestone is the end of a path.
    """
    known = {step.id: step for step in steps}
    moved = {step_id for step_id in wish.order if _is_moved(known.get(step_id), wish)}
    order = [step for step in steps if step.id not in moved]
    place = 0
    for step_id in wish.order:
        step = known.get(step_id)
        if step is None:
            continue
        if step_id in moved:
            place = min(place, _end(order))
            order.insert(place, step)
        else:
            place = order.index(step)
        place += 1
    return order


def fit(steps: Sequence[VendorStep], wish: Wish) -> list[FittedPlace]:
    """All steps in the organization's order; a step that became required is in again."""
    order = arrange(steps, wish)
    return [
        FittedPlace(
            step=step,
            is_left_out=step.is_optional and step.id in wish.left_out,
            may_move_up=step.is_optional and place > 0,
            may_move_down=step.is_optional and place + 1 < _end(order),
        )
        for place, step in enumerate(order)
    ]


def in_use(places: Sequence[FittedPlace]) -> Iterator[VendorStep]:
    """The steps that the organization's people follow."""
    return (place.step for place in places if not place.is_left_out)


def leave_out(steps: Sequence[VendorStep], wish: Wish, step_id: UUID) -> Wish:
    """Leave an optional step out. Raises Invalid for a required one, and one that left the path."""
    step = _get(steps, step_id)
    words = _(
        "“%(title)s” is required: the goal is not reached without it. Only optional steps can"
        " be left out.",
        title=step.title,
    )
    _check_optional(step, words)
    return replace(wish, left_out=wish.left_out | {step_id})


def put_back(steps: Sequence[VendorStep], wish: Wish, step_id: UUID) -> Wish:
    """Take a step in again that was left out. Raises Invalid for one that left the path."""
    return replace(wish, left_out=wish.left_out - {_get(steps, step_id).id})


def move(steps: Sequence[VendorStep], wish: Wish, step_id: UUID, *, up: bool) -> Wish:
    """Let an optional step change places with the one before it, or after it.

    Raises Invalid for a required step, for one that left the path, and where there is no further
    place.
    """
    step = _get(steps, step_id)
    words = _(
        "“%(title)s” is required: required steps keep their order. Move the optional steps"
        " around it.",
        title=step.title,
    )
    _check_optional(step, words)
    order = [known.id for known in arrange(steps, wish)]
    place = order.index(step_id)
    other = place - 1 if up else place + 1
    if other < 0:
        raise Invalid("change", _("“%(title)s” is the first step already.", title=step.title))
    if other >= _end(arrange(steps, wish)):
        words = _("“%(title)s” is the last step before the end already.", title=step.title)
        raise Invalid("change", words)
    order[place], order[other] = order[other], order[place]
    return _settled(steps, replace(wish, order=tuple(order), moved=wish.moved | {step_id}))


def _settled(steps: Sequence[VendorStep], wish: Wish) -> Wish:
    """The same order, with no step called moved that stands there by itself."""
    for step_id in sorted(wish.moved):
        less = replace(wish, moved=wish.moved - {step_id})
        if arrange(steps, less) == arrange(steps, wish):
            wish = less
    return wish


def _is_moved(step: VendorStep | None, wish: Wish) -> bool:
    return step is not None and step.is_optional and step.id in wish.moved


def _end(order: Sequence[VendorStep]) -> int:
    """Where the last optional step may stand at most."""
    ends_required = bool(order) and not order[-1].is_optional
    return len(order) - 1 if ends_required else len(order)


def _get(steps: Sequence[VendorStep], step_id: UUID) -> VendorStep:
    found = next((step for step in steps if step.id == step_id), None)
    if found is None:
        words = _("This step left the path a moment ago. Here is the path as it is now.")
        raise Invalid("change", words)
    return found


def _check_optional(step: VendorStep, refusal: str) -> None:
    if not step.is_optional:
        raise Invalid("change", refusal)
