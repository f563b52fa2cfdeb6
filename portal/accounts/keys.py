"""Keys by which a customer's table says whose rows it holds."""

from uuid import UUID

from sqlalchemy import ForeignKey, ForeignKeyConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.schema import Id


def organization_key() -> Mapped[UUID]:
    """The organization, first in the primary key."""
    return mapped_column(Id, ForeignKey("organization.id"), primary_key=True)


def member_key(table: str) -> ForeignKeyConstraint:
    """The member of the same organization: a row cannot point into another one."""
    return ForeignKeyConstraint(
        ["organization_id", "member_id"],
        ["member.organization_id", "member.id"],
        name=f"fk_{table}_member",
    )


def team_key(table: str) -> ForeignKeyConstraint:
    """A team of the same organization."""
    return ForeignKeyConstraint(
        ["organization_id", "team_id"],
        ["team.organization_id", "team.id"],
        name=f"fk_{table}_team",
    )
