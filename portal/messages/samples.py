"""Organizations and people of the sample: nobody there is real, so no mail ever leaves for them."""

from uuid import UUID

from sqlalchemy import and_, func, select

from portal import db
from portal.messages.above import table


def is_of_sample(organization_id: UUID, person_id: UUID | None) -> bool:
    """Whether a message is written in a sample organization's name, or to one of its people.

    Who is a member of anything real, be it that they have left, is real; so is a stranger. Two
    statements, since the vendor writes to its customers' people as well.
    """
    return _is_sample(organization_id) or (person_id is not None and _is_invented(person_id))


def _is_sample(organization_id: UUID) -> bool:
    organization = table("organization").c
    found = select(organization.is_sample).where(organization.id == organization_id)
    return bool(db.session().scalar(found))


def _is_invented(person_id: UUID) -> bool:
    """Whether they are a member, and of nothing but the sample."""
    member = table("member").c
    real = func.count().filter(member.is_sample.is_(False))
    found = select(and_(func.count() > 0, real == 0)).where(member.person_id == person_id)
    across = {"across": "whether somebody who is written to is of the sample alone"}
    return bool(db.session().scalar(found.execution_options(**across)))
