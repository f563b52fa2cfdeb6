"""How an organization fits a path to itself: optional steps that it leaves out or puts elsewhere.

What it wants is kept apart from what follows for the steps of today: the vendor goes on changing
the path, and steps that come back find what was wanted of them.
"""

from typing import Any
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, Index, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from portal.accounts.keys import organization_key
from portal.schema import Base, Id, customer_table


class FittedPath(Base):
    """What an organization wants of a path; see `portal.paths.service.fit_rules.Wish`."""

    __tablename__ = "fitted_path"
    __table_args__ = customer_table(sqlite_with_rowid=False)

    organization_id: Mapped[UUID] = organization_key()
    path_id: Mapped[UUID] = mapped_column(Id, ForeignKey("path.id"), primary_key=True)
    wish: Mapped[dict[str, Any]] = mapped_column(JSON)
    previous: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    """What was wanted before the last change; None where there is nothing to undo."""
    steps_total: Mapped[int | None] = mapped_column(SmallInteger)
    """Steps of today without those left out; None where the path is as the vendor made it."""


class FittedStep(Base):
    """Where a step of today stands in an organization, written anew whenever the path changes.

    There is one for each step of a fitted path and none for any other: the vendor's order holds.
    """

    __tablename__ = "fitted_step"
    __table_args__ = customer_table(
        Index("ix_fitted_step_path", "organization_id", "path_id"), sqlite_with_rowid=False
    )

    organization_id: Mapped[UUID] = organization_key()
    step_id: Mapped[UUID] = mapped_column(Id, ForeignKey("step.id"), primary_key=True)
    path_id: Mapped[UUID] = mapped_column(Id, ForeignKey("path.id"))
    position: Mapped[int] = mapped_column(SmallInteger)
    is_left_out: Mapped[bool]
