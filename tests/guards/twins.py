"""The other customer as a mirror: wherever ours has a row, they have one under the same id.

A statement that forgets whose rows it means then finds two where there should be one, shows a
marked text, counts double, or changes a row that must stay as it is.
"""

from enum import StrEnum
from typing import Any, get_args, get_type_hints
from uuid import UUID

from sqlalchemy import (
    JSON,
    Column,
    ColumnElement,
    Connection,
    String,
    Table,
    insert,
    select,
    update,
)

from portal import clock
from portal.access import Role
from portal.accounts.models import (
    Link,
    LinkPurpose,
    Member,
    Organization,
    Person,
    QuietPeriod,
    RoleSet,
)
from portal.accounts.models import WebSession as Browser
from portal.accounts.staffing_models import Assignment, LastSeen
from portal.accounts.team_models import Team
from portal.ids import new_id
from portal.jobs import Work
from portal.schema import Base
from portal.tables import metadata
from tests.guards.scene import NEW_TEAM, THEIR_LOOK, Scene

MARKER = "Zyxomma"
NAME = f"{MARKER} Holding"
"""How the other customer is called. Every text of theirs begins with the marker."""

CUSTOMER = [t for t in metadata.sorted_tables if t.info["distribute"] == "organization_id"]
LEADS = frozenset({Role.USM, Role.OWNER})


def plant(connection: Connection, scene: Scene) -> None:
    """Copy every row of our customer to the other one, marked."""
    ours, theirs = scene.own.organization_id, scene.other.organization_id
    for table in CUSTOMER:
        found = connection.execute(select(table).where(table.c.organization_id == ours))
        rows = [dict(row._mapping) for row in found]
        assert rows, f"{table.name}: let the scene have a row, so that the other side has one"
        twins = [_twin(table, row, theirs, number) for number, row in enumerate(rows)]
        _replace_whom_we_erase(scene, twins)
        if table.name == "member":
            connection.execute(insert(Person), [_person(twin) for twin in twins])
        connection.execute(insert(table), twins)
    named = update(Organization).where(Organization.id == theirs)
    # Without a logo: its file would be marked, and so be lost.
    look = dict(branding=THEIR_LOOK)
    connection.execute(named.values(name=NAME, external_id=MARKER, **look))
    _sign_in_strangers(connection, scene)
    # A team of the name that our people give to a new one.
    team = dict(organization_id=theirs, id=new_id(), name=NEW_TEAM, external_id=MARKER)
    connection.execute(insert(Team).values(**team, starts_on=clock.today("UTC")))


def _twin(table: Table, row: dict[str, Any], theirs: UUID, number: int) -> dict[str, Any]:
    texts = {
        column.name: _marked(table, column, row[column.name], number)
        for column in table.columns
        if row[column.name] is not None
    }
    twin = row | texts | {"organization_id": theirs}
    return twin | {"person_id": new_id()} if table.name == "member" else twin


def _replace_whom_we_erase(scene: Scene, twins: list[dict[str, Any]]) -> None:
    """Erasing somebody rightly takes their deeds out everywhere: ours have done none at theirs."""
    erased = scene.world.team_mate.viewer.person_id
    somebody = scene.world.strange_usm.viewer.person_id
    for twin in twins:
        twin.update((name, somebody) for name, value in twin.items() if value == erased)


def _marked(table: Table, column: Column[Any], value: Any, number: int) -> Any:
    if isinstance(column.type, RoleSet) or is_code(table, column.name):
        return value
    if isinstance(column.type, JSON):
        return [MARKER] if isinstance(value, list) else {MARKER: MARKER}
    if isinstance(column.type, String):
        return f"{MARKER} {number} {table.name} {column.name}"[: column.type.length]
    return value


def is_code(table: Table, name: str) -> bool:
    """Whether a column holds one of the words of an enum, which is no text of anybody's."""
    (model,) = (m.class_ for m in Base.registry.mappers if m.local_table is table)
    (mapped,) = get_args(get_type_hints(model)[name])
    kinds = get_args(mapped) or (mapped,)
    return any(isinstance(kind, type) and issubclass(kind, StrEnum) for kind in kinds)


def _person(member: dict[str, Any]) -> dict[str, Any]:
    address = f"{member['person_id'].hex}@{MARKER.lower()}.example"
    return dict(id=member["person_id"], email=address, email_key=address, created_at=clock.now())


def _sign_in_strangers(connection: Connection, scene: Scene) -> None:
    """Rows of shared tables that are theirs: a browser, a link, work."""
    stranger = scene.world.stranger.viewer
    who = dict(
        person_id=stranger.person_id,
        organization_id=stranger.organization_id,
        member_id=stranger.member_id,
        token_hash=MARKER,
    )
    now = clock.now()
    when = dict(created_at=now, expires_at=now.replace(year=now.year + 1))
    connection.execute(insert(Browser).values(**who, **when, user_agent=MARKER, last_seen_at=now))
    connection.execute(insert(Link).values(**who, **when, purpose=LinkPurpose.INVITATION))
    work = dict(id=new_id(), kind=MARKER, key=MARKER, due_at=now, last_error=MARKER)
    connection.execute(insert(Work).values(organization_id=stranger.organization_id, **work))


def remove(connection: Connection, organization_id: UUID) -> None:
    """Take a customer out of the portal, as if they had never been there."""
    people = people_of(connection, organization_id)
    shared = (Browser, Link, Work, Assignment, LastSeen)
    for table in (*(model.__table__ for model in shared), *reversed(CUSTOMER)):
        connection.execute(table.delete().where(table.c.organization_id == organization_id))
    connection.execute(Organization.__table__.delete().where(Organization.id == organization_id))
    connection.execute(Person.__table__.delete().where(Person.id.in_(people)))


def people_of(connection: Connection, organization_id: UUID) -> set[UUID]:
    """Who is a member of this customer and of no other."""
    found = connection.execute(select(Member.person_id, Member.organization_id)).all()
    elsewhere = {person for person, there in found if there != organization_id}
    return {person for person, _there in found} - elsewhere


def rows_of(
    connection: Connection, organization_id: UUID, people: set[UUID]
) -> dict[str, list[str]]:
    """Everything that is stored of a customer and of these people, as text."""
    found = {
        table.name: _texts(connection, table, table.c.organization_id == organization_id)
        for table in (*CUSTOMER, Link.__table__, Work.__table__)
    }
    found["organization"] = _texts(
        connection, Organization.__table__, Organization.id == organization_id
    )
    found["person"] = _texts(connection, Person.__table__, Person.id.in_(people))
    found["web_session"] = _texts(connection, Browser.__table__, Browser.person_id.in_(people))
    return found


def _texts(connection: Connection, table: Any, condition: ColumnElement[bool]) -> list[str]:
    rows = connection.execute(select(table).where(condition))
    return sorted(str(dict(row._mapping)) for row in rows)


def names_of(connection: Connection, organization_id: UUID) -> tuple[list[str], list[str]]:
    """The names that the vendor's staff may read of a customer, and those they may not.

    They read its own, and its USMs' and owners'.
    """
    found = connection.execute(
        select(Member.display_name, Member.roles).where(Member.organization_id == organization_id)
    ).all()
    leads = [name for name, roles in found if roles & LEADS]
    # And how it works: its days are nobody's name.
    days = select(QuietPeriod.name).where(QuietPeriod.organization_id == organization_id)
    leads += connection.execute(days).scalars()
    # Longest first: taking one out must not leave the rest of another.
    told = [NAME, *sorted(leads, key=len, reverse=True)]
    return told, [name for name, roles in found if not roles & LEADS]
