"""Teams, who is in which, and whom a success manager sees only a part of."""

from datetime import date
from uuid import UUID

from sqlalchemy import Date, ForeignKeyConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.accounts.keys import member_key, organization_key, team_key
from portal.ids import new_id
from portal.schema import Base, Erase, Id, customer_table


class Team(Base):
    """A node of an organization's tree of teams, with the days on which it existed."""

    __tablename__ = "team"
    __table_args__ = customer_table(
        ForeignKeyConstraint(
            ["organization_id", "parent_id"],
            ["team.organization_id", "team.id"],
            name="fk_team_parent",
        ),
        Index("ix_team_name", "organization_id", "name", unique=True),
    )

    organization_id: Mapped[UUID] = organization_key()
    id: Mapped[UUID] = mapped_column(Id, primary_key=True, default=new_id)
    parent_id: Mapped[UUID | None] = mapped_column(Id)
    name: Mapped[str] = mapped_column(String(120))
    external_id: Mapped[str | None] = mapped_column(String(120))
    starts_on: Mapped[date] = mapped_column(Date)
    ends_on: Mapped[date | None] = mapped_column(Date)


class TeamMembership(Base):
    """From when to when a member was in a team; one team at a time."""

    __tablename__ = "team_membership"
    __table_args__ = customer_table(
        member_key("team_membership"),
        team_key("team_membership"),
        Index("ix_team_membership_team", "organization_id", "team_id", "member_id"),
        erase=Erase.DELETE,
    )

    organization_id: Mapped[UUID] = organization_key()
    member_id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    starts_on: Mapped[date] = mapped_column(Date, primary_key=True)
    ends_on: Mapped[date | None] = mapped_column(Date)
    team_id: Mapped[UUID] = mapped_column(Id)


class TeamLimit(Base):
    """From when to when a USM saw only one team and those under it; without a row, everybody."""

    __tablename__ = "team_limit"
    __table_args__ = customer_table(
        member_key("team_limit"),
        team_key("team_limit"),
        Index("ix_team_limit_team", "organization_id", "team_id"),
        erase=Erase.DELETE,
    )

    organization_id: Mapped[UUID] = organization_key()
    member_id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    starts_on: Mapped[date] = mapped_column(Date, primary_key=True)
    ends_on: Mapped[date | None] = mapped_column(Date)
    team_id: Mapped[UUID] = mapped_column(Id)
