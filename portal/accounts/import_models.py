"""Files of people on their way into an organization: what they ask for, line by line."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, ForeignKeyConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.access import Role
from portal.accounts.keys import organization_key
from portal.accounts.models import RoleSet
from portal.ids import new_id
from portal.schema import Base, Erase, Id, Moment, customer_table


class Verdict(StrEnum):
    """What becomes of a line, or of a member whom the file does not name."""

    ADD = "add"
    CHANGE = "change"
    SAME = "same"
    LEAVE = "leave"
    REFUSE = "refuse"


class PeopleImport(Base):
    """A file that was read and checked; nothing happens before somebody starts it."""

    __tablename__ = "people_import"
    __table_args__ = customer_table(
        Index("ix_people_import_created", "organization_id", "created_at"), erase=Erase.DELETE
    )

    organization_id: Mapped[UUID] = organization_key()
    id: Mapped[UUID] = mapped_column(Id, primary_key=True, default=new_id)
    person_id: Mapped[UUID] = mapped_column(Id, ForeignKey("person.id"))
    """Who brought the file."""
    display_name: Mapped[str] = mapped_column(String(120))
    """Under which name they invite."""
    limited_to: Mapped[UUID | None] = mapped_column(Id)
    """The team that they were limited to; no foreign key, as it is only compared."""
    roles_to_give: Mapped[frozenset[Role]] = mapped_column(RoleSet)
    file_name: Mapped[str] = mapped_column(String(200))
    encoding: Mapped[str] = mapped_column(String(40))
    delimiter: Mapped[str] = mapped_column(String(1))
    ignored: Mapped[list[str]] = mapped_column(JSON)
    """Columns of the file that mean nothing here."""
    is_everybody: Mapped[bool]
    """Whether members whom the file does not name leave."""
    sends_mail: Mapped[bool] = mapped_column(default=False)
    is_ready: Mapped[bool] = mapped_column(default=False)
    """Every row is there; until then nobody sees it."""
    rows_total: Mapped[int]
    rows_done: Mapped[int] = mapped_column(default=0)
    counts: Mapped[dict[str, Any]] = mapped_column(JSON)
    """Rows by verdict: first as it was checked, in the end as it was done."""
    created_at: Mapped[datetime] = mapped_column(Moment)
    started_at: Mapped[datetime | None] = mapped_column(Moment)
    finished_at: Mapped[datetime | None] = mapped_column(Moment)


class ImportRow(Base):
    """What one line asks for, and what becomes of it."""

    __tablename__ = "import_row"
    __table_args__ = customer_table(
        ForeignKeyConstraint(
            ["organization_id", "import_id"],
            ["people_import.organization_id", "people_import.id"],
            name="fk_import_row_import",
        ),
        Index("ix_import_row_verdict", "organization_id", "import_id", "verdict", "number"),
        erase=Erase.DELETE,
        sqlite_with_rowid=False,
    )

    organization_id: Mapped[UUID] = organization_key()
    import_id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    """From 1 on, in the order of the file; then who is not in it."""
    line: Mapped[int | None]
    """In the file; None for a member whom it does not name."""
    email: Mapped[str] = mapped_column(String(320))
    """As it was written."""
    email_key: Mapped[str] = mapped_column(String(320))
    display_name: Mapped[str] = mapped_column(String(120))
    wanted: Mapped[dict[str, Any]] = mapped_column(JSON)
    """What the line says of `display_name`, `external_id`, `job`, `team` and `roles`."""
    verdict: Mapped[Verdict] = mapped_column(String(20))
    changes: Mapped[dict[str, Any]] = mapped_column(JSON)
    """By field, before and after."""
    problems: Mapped[list[Any]] = mapped_column(JSON)
    """Why it is refused: pairs of a word for the problem and its value."""
    member_id: Mapped[UUID | None] = mapped_column(Id)
    """Whom it concerns, or the id that whom it adds will have; no foreign key, for that."""
