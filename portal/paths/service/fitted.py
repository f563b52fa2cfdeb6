"""In SQL: the steps of a path as an organization has them.

Statements join `FittedStep` to the step by `on_step`, and read `PLACE` and `IS_IN` instead of the
step's own position: the vendor's order where nothing was fitted.
"""

from typing import Any

from sqlalchemy import ColumnElement, and_, func

from portal.paths.fit_models import FittedStep
from portal.paths.models import Path, Step
from portal.paths.progress_models import Enrollment


def on_step(organization_id: Any, step: Any = Step, fitted: Any = FittedStep) -> Any:
    """The condition of an outer join: what the organization made of a step."""
    return and_(fitted.organization_id == organization_id, fitted.step_id == step.id)


def place_of(step: Any, fitted: Any) -> ColumnElement[int]:
    """Where a step stands in the organization."""
    return func.coalesce(fitted.position, step.position)


def is_in(fitted: Any) -> ColumnElement[bool]:
    """Whether the organization does not leave a step out."""
    found: ColumnElement[bool] = fitted.is_left_out.is_not(True)
    return found


PLACE = place_of(Step, FittedStep)
IS_IN = is_in(FittedStep)
STEPS_TOTAL = func.coalesce(Enrollment.steps_total, Path.steps_total).label("steps_total")
"""How many steps the path of an enrollment has."""
