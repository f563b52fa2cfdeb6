"""Organizations, persons, members, teams, and how they sign in."""

from datetime import date, datetime, time
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    SmallInteger,
    String,
    Text,
    Time,
    UniqueConstraint,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

from portal.access import Role
from portal.accounts.keys import organization_key
from portal.branding import NONE, Branding
from portal.ids import new_id
from portal.schema import Base, Erase, Id, Moment, customer_table, partial_index, shared_table

Words = String(20)


class RoleSet(TypeDecorator[frozenset[Role]]):
    """A set of roles as `,end_user,usm,`: sorted, so equal sets are equal text."""

    impl = String(80)
    cache_ok = True

    def process_bind_param(self, value: frozenset[Role] | None, dialect: Dialect) -> str | None:
        return None if value is None else "".join([",", *(f"{role}," for role in sorted(value))])

    def process_result_value(self, value: str | None, dialect: Dialect) -> frozenset[Role] | None:
        return (
            None if value is None else frozenset(Role(v) for v in value.strip(",").split(",") if v)
        )


class BrandingJson(TypeDecorator[Branding]):
    """How an organization shows itself; an empty object where it chose nothing."""

    impl = JSON
    cache_ok = True

    def process_bind_param(self, value: Branding | None, dialect: Dialect) -> Any:
        return (value or NONE).to_keep()

    def process_result_value(self, value: Any, dialect: Dialect) -> Branding:
        return Branding.of(value)


class Experience(StrEnum):
    """The attention an organization needs to succeed, not what it pays."""

    HIGH_TOUCH = "high_touch"
    MEDIUM_TOUCH = "medium_touch"
    LOW_TOUCH = "low_touch"


class Stage(StrEnum):
    """How far an organization is; entered by rule, dated."""

    START = "start"
    FIRST_VALUE = "first_value"
    SPREAD = "spread"
    SELF_SUFFICIENT = "self_sufficient"
    ADVOCATE = "advocate"


class LinkPurpose(StrEnum):
    """What a single-use link is good for."""

    SIGN_IN = "sign_in"
    INVITATION = "invitation"
    FIRST_ADMIN = "first_admin"
    RESET = "reset"
    NEW_ADDRESS = "new_address"


class Organization(Base):
    """A customer account; the vendor is one too."""

    __tablename__ = "organization"
    __table_args__ = shared_table(
        # There is one vendor.
        partial_index("ix_organization_vendor", "is_vendor", where="is_vendor", unique=True),
    )

    id: Mapped[UUID] = mapped_column(Id, primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(String(120))
    external_id: Mapped[str | None] = mapped_column(String(120), unique=True)
    is_vendor: Mapped[bool] = mapped_column(default=False)
    is_sample: Mapped[bool] = mapped_column(default=False)
    zone: Mapped[str] = mapped_column(String(60), default="UTC")
    locale: Mapped[str] = mapped_column(String(20), default="en")
    experience: Mapped[Experience] = mapped_column(Words, default=Experience.MEDIUM_TOUCH)
    stage: Mapped[Stage] = mapped_column(Words, default=Stage.START)
    stage_since: Mapped[datetime] = mapped_column(Moment)
    working_days: Mapped[list[int]] = mapped_column(JSON, default=lambda: [1, 2, 3, 4, 5])
    """ISO weekdays, Monday is 1."""
    working_from: Mapped[time] = mapped_column(Time, default=time(9))
    working_until: Mapped[time] = mapped_column(Time, default=time(17))
    branding: Mapped[Branding] = mapped_column(BrandingJson, default=NONE)
    created_at: Mapped[datetime] = mapped_column(Moment)

    @property
    def shown_name(self) -> str:
        """What its own people read; the vendor's staff know it by `name`."""
        return self.branding.name or self.name


class QuietPeriod(Base):
    """Days on which an organization's people are not written to; a holiday is one day long."""

    __tablename__ = "quiet_period"
    __table_args__ = customer_table(CheckConstraint("ends_on >= starts_on", name="order"))

    organization_id: Mapped[UUID] = organization_key()
    id: Mapped[UUID] = mapped_column(Id, primary_key=True, default=new_id)
    starts_on: Mapped[date] = mapped_column(Date)
    ends_on: Mapped[date] = mapped_column(Date)
    is_holiday: Mapped[bool] = mapped_column(default=False)
    name: Mapped[str] = mapped_column(String(120))


class Seats(Base):
    """How many seats an organization bought, from a day on."""

    __tablename__ = "seats"
    __table_args__ = customer_table(CheckConstraint("number >= 0", name="number"))

    organization_id: Mapped[UUID] = organization_key()
    starts_on: Mapped[date] = mapped_column(Date, primary_key=True)
    number: Mapped[int]


class Person(Base):
    """Someone who signs in; a member of one organization or several."""

    __tablename__ = "person"
    __table_args__ = shared_table(erase=Erase.ANONYMIZE)

    id: Mapped[UUID] = mapped_column(Id, primary_key=True, default=new_id)
    email: Mapped[str] = mapped_column(String(320))
    email_key: Mapped[str] = mapped_column(String(320), unique=True)
    """What `service.email_key` makes of the address; two spellings of one mailbox share it."""
    password_hash: Mapped[str | None] = mapped_column(Text)
    proved_at: Mapped[datetime | None] = mapped_column(Moment)
    """When they first showed that they read the mail of this address: see `sign_in.prove`."""
    locale: Mapped[str | None] = mapped_column(String(20))
    zone: Mapped[str | None] = mapped_column(String(60))
    created_at: Mapped[datetime] = mapped_column(Moment)


class Member(Base):
    """A person in one organization, under the name that this organization knows."""

    __tablename__ = "member"
    __table_args__ = customer_table(
        UniqueConstraint("organization_id", "person_id"),
        UniqueConstraint("organization_id", "external_id"),
        Index("ix_member_name", "organization_id", "name_key", "id"),
        Index("ix_member_person", "person_id"),
        CheckConstraint("influence BETWEEN 1 AND 5", name="influence"),
        CheckConstraint("importance BETWEEN 1 AND 5", name="importance"),
        erase=Erase.ANONYMIZE,
    )

    organization_id: Mapped[UUID] = organization_key()
    id: Mapped[UUID] = mapped_column(Id, primary_key=True, default=new_id)
    person_id: Mapped[UUID] = mapped_column(Id, ForeignKey("person.id"))
    display_name: Mapped[str] = mapped_column(String(120))
    name_key: Mapped[str] = mapped_column(String(200))
    """Folded display name: the order of lists, the same on both databases."""
    roles: Mapped[frozenset[Role]] = mapped_column(RoleSet)
    job: Mapped[str | None] = mapped_column(String(60))
    influence: Mapped[int | None] = mapped_column(SmallInteger)
    importance: Mapped[int | None] = mapped_column(SmallInteger)
    external_id: Mapped[str | None] = mapped_column(String(120))
    is_sample: Mapped[bool] = mapped_column(default=False)
    invited_at: Mapped[datetime | None] = mapped_column(Moment)
    invited_by: Mapped[UUID | None] = mapped_column(Id, ForeignKey("person.id"))
    invitations: Mapped[int] = mapped_column(SmallInteger, default=0)
    """How often they were invited; nobody is more than three times."""
    accepted_at: Mapped[datetime | None] = mapped_column(Moment)
    left_at: Mapped[datetime | None] = mapped_column(Moment)
    bounced_at: Mapped[datetime | None] = mapped_column(Moment)
    invitation_message_id: Mapped[UUID | None] = mapped_column(Id)
    """The latest invitation's message; no foreign key, since messages are deleted after a year."""


class WebSession(Base):
    """A browser that is signed in. The cookie holds the token, this row only its hash."""

    __tablename__ = "web_session"
    __table_args__ = shared_table(
        Index("ix_web_session_person", "person_id"),
        Index("ix_web_session_expires", "expires_at"),
        erase=Erase.DELETE,
        sqlite_with_rowid=False,
    )

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(Id, ForeignKey("person.id"))
    organization_id: Mapped[UUID] = mapped_column(Id, ForeignKey("organization.id"))
    member_id: Mapped[UUID] = mapped_column(Id)
    """No foreign key: a shared table cannot refer to a customer's."""
    user_agent: Mapped[str] = mapped_column(String(200), default="")
    by_link: Mapped[bool] = mapped_column(default=False)
    """Opened by a mailed link: whoever holds it reads the person's mail."""
    created_at: Mapped[datetime] = mapped_column(Moment)
    last_seen_at: Mapped[datetime] = mapped_column(Moment)
    expires_at: Mapped[datetime] = mapped_column(Moment)


class Link(Base):
    """A link that works once. The address holds the token, this row only its hash."""

    __tablename__ = "link"
    __table_args__ = shared_table(
        Index("ix_link_person", "person_id"),
        Index("ix_link_expires", "expires_at"),
        erase=Erase.DELETE,
        sqlite_with_rowid=False,
    )

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    purpose: Mapped[LinkPurpose] = mapped_column(Words)
    person_id: Mapped[UUID | None] = mapped_column(Id, ForeignKey("person.id"))
    organization_id: Mapped[UUID | None] = mapped_column(Id, ForeignKey("organization.id"))
    member_id: Mapped[UUID | None] = mapped_column(Id)
    email: Mapped[str | None] = mapped_column(String(320))
    """The address that a change leads to; it went there."""
    is_mailed: Mapped[bool] = mapped_column(default=False)
    """It went to the person's mailbox alone. One that somebody hands over proves less."""
    created_at: Mapped[datetime] = mapped_column(Moment)
    expires_at: Mapped[datetime] = mapped_column(Moment)
    used_at: Mapped[datetime | None] = mapped_column(Moment)
