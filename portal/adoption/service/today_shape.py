"""The one shape of all that could need a success manager today, and what each kind asks for."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Date,
    Integer,
    SmallInteger,
    String,
    and_,
    cast,
    exists,
    func,
    literal,
    null,
    or_,
)
from sqlalchemy.orm import InstrumentedAttribute

from portal.access import Viewer
from portal.accounts.models import Member
from portal.accounts.service import reach
from portal.adoption.models import TodayPutOff
from portal.schema import Id, Moment

Column = ColumnElement[Any] | InstrumentedAttribute[Any]
People = Sequence[ColumnElement[bool]]


class Kind(StrEnum):
    """Why something is on the list, in the order of the list: see docs/decisions/0011-today.md."""

    HELP = "help"
    """Somebody asked and waits."""
    TOLD = "told"
    """Somebody told an answer with their name."""
    FAILED = "failed"
    """An invitation did not arrive."""
    OVERDUE = "overdue"
    """A date has passed."""
    STUCK = "stuck"
    INVITED = "invited"
    """Invited a while ago and not joined."""
    NO_GOAL = "no_goal"
    """People joined and are on no path: one item for all of them."""
    ALONE = "alone"
    """There is one success manager only."""


KINDS = tuple(Kind)

SHAPE: dict[str, Any] = {
    "kind": SmallInteger(),
    "subject_id": Id(),
    "member_id": Id(),
    "name": String(),
    "what": String(),
    "where": String(),
    "more": String(),
    "word": String(),
    "number": Integer(),
    "at": Moment(),
    "due": Moment(),
    "due_on": Date(),
    "total": Integer(),
}


def not_put_off(viewer: Viewer, kind: Kind, subject_id: Column | UUID) -> ColumnElement[bool]:
    """In SQL: the viewer has not put this off, or its day has come."""
    today = viewer.today()
    return ~exists().where(
        TodayPutOff.organization_id == viewer.organization_id,
        TodayPutOff.person_id == viewer.person_id,
        TodayPutOff.kind == kind,
        TodayPutOff.subject_id == subject_id,
        or_(TodayPutOff.until.is_(None), TodayPutOff.until > today),
    )


def columns_of(kind: Kind, **given: Any) -> Sequence[ColumnElement[Any]]:
    """The columns of SHAPE: what is not given is NULL."""
    given = {
        "kind": literal(KINDS.index(kind), SmallInteger),
        "total": func.count().over(),
        **given,
    }
    return [given.get(name, cast(null(), type_)).label(name) for name, type_ in SHAPE.items()]


def people_of(viewer: Viewer) -> People:
    """Members whom the viewer reaches, without themselves."""
    return (
        Member.organization_id == viewer.organization_id,
        Member.left_at.is_(None),
        Member.id != viewer.member_id,
        reach.within(viewer),
    )


def member_of(table: Any) -> ColumnElement[bool]:
    """The member whom a row of another table is about."""
    return and_(Member.organization_id == table.organization_id, Member.id == table.member_id)
