"""Taking a whole sample organization away, and whoever was only there. Real ones are refused.

Which tables there are is read from the schema: what a new feature keeps is removed as well.
"""

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Table, delete, select, union_all, update

from portal import audit, db, erase_rules, personal
from portal.accounts.models import Member, Organization, Person
from portal.personal import Whom
from portal.schema import Base

CHUNK = 200
"""Members that go in one transaction."""


def list_samples() -> Sequence[tuple[UUID, str]]:
    """The sample organizations, by name."""
    found = select(Organization.id, Organization.name).where(
        Organization.is_sample, Organization.is_vendor.is_(False)
    )
    return [(row[0], row[1]) for row in db.session().execute(found.order_by(Organization.name))]


def tables_of_customers() -> list[Table]:
    """The tables with rows of customers, those first whose rows hang on others; members last."""
    in_order = reversed(Base.metadata.sorted_tables)
    found = [table for table in in_order if personal.is_customers(table)]
    return sorted(found, key=lambda table: table is Member.__table__)


def clear(organization_id: UUID, table: Table) -> None:
    """Delete a sample organization's rows in a table; of members see `remove_members`.

    Raises ValueError for a real organization.
    """
    _require_sample(organization_id)
    db.connection().execute(delete(table).where(table.c.organization_id == organization_id))


def remove_members(organization_id: UUID) -> bool:
    """Delete some members of a sample organization, and persons who are nobody else's; True while
    there are more. Nothing else of the organization may hang on them any more.

    Raises ValueError for a real organization.
    """
    _require_sample(organization_id)
    here = Member.organization_id == organization_id
    # Nobody stays a person for having invited somebody who goes as well.
    invited = update(Member).where(here, Member.invited_by.is_not(None)).values(invited_by=None)
    db.connection().execute(invited)
    some = select(Member.id, Member.person_id).where(here).order_by(Member.id).limit(CHUNK)
    rows = db.session().execute(some).all()
    member_ids, person_ids = [row[0] for row in rows], [row[1] for row in rows]
    for table in _naming_members():
        db.connection().execute(delete(table).where(table.c.member_id.in_(member_ids)))
    db.connection().execute(delete(Member).where(here, Member.id.in_(member_ids)))
    remove_strangers(person_ids)
    return len(rows) == CHUNK


def remove_organization(organization_id: UUID) -> None:
    """Delete a sample organization that has no rows of its own left.

    Raises ValueError for a real organization.
    """
    _require_sample(organization_id)
    for table in _shared():
        if "organization_id" in table.c:
            db.connection().execute(delete(table).where(table.c.organization_id == organization_id))
    db.connection().execute(delete(Organization).where(Organization.id == organization_id))


def forget_organization(vendor_id: UUID, organization_id: UUID) -> None:
    """Delete what the vendor's audit says of an organization that is gone."""
    audit.remove(vendor_id, [f"organization:{organization_id}"])


def remove_sample_staff(vendor_id: UUID) -> None:
    """Delete the vendor's sample people with what is about them there.

    What they did to real people stays written, and with it whom it names.
    """
    staff = select(Member.id, Member.person_id).where(
        Member.organization_id == vendor_id, Member.is_sample
    )
    found = db.session().execute(staff).all()
    audit.remove(vendor_id, [f"member:{row[0]}" for row in found])
    for member_id, person_id in found:
        erase_rules.delete_rows(Whom(vendor_id, member_id, person_id))
    remove_strangers([row[1] for row in found])


def remove_strangers(person_ids: Sequence[UUID]) -> None:
    """Delete those of these persons who are nowhere a member, and whom no row names that stays."""
    going = set(person_ids) - _members(person_ids)
    shared = [table for table in _shared() if "person_id" in table.c]
    for table in shared:
        db.connection().execute(delete(table).where(table.c.person_id.in_(going)))
    going -= _named(going)
    db.connection().execute(delete(Person).where(Person.id.in_(going)))


def _require_sample(organization_id: UUID) -> None:
    if not db.session().get_one(Organization, organization_id).is_sample:
        raise ValueError("only a sample organization is taken away")


def _shared() -> Iterator[Table]:
    in_order = reversed(Base.metadata.sorted_tables)
    return (table for table in in_order if not personal.is_customers(table))


def _naming_members() -> Iterator[Table]:
    return (table for table in _shared() if "member_id" in table.c)


def _members(person_ids: Sequence[UUID]) -> set[UUID]:
    found = select(Member.person_id).where(Member.person_id.in_(person_ids))
    across = {"across": "who of a sample is a member elsewhere too"}
    return set(db.session().scalars(found.execution_options(**across)))


def _named(person_ids: set[UUID]) -> set[UUID]:
    """Who of them did something that stays, like a sample admin at a real customer's."""
    naming: list[Any] = [
        select(column).where(column.in_(person_ids))
        for table in Base.metadata.sorted_tables
        for column in personal.person_columns(table)
    ]
    across = {"across": "who of a sample did something that stays"}
    return set(db.session().scalars(union_all(*naming).execution_options(**across)))
