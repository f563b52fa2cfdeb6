"""Members: people in one organization, under the names and roles that it knows."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, String, func, or_, select, type_coerce

from portal import audit, clock, db
from portal.access import Role, Viewer
from portal.accounts.models import Member, Person
from portal.errors import Invalid, NotFound
from portal.folding import fold
from portal.i18n import gettext as _
from portal.ids import new_id
from portal.inserts import upsert

LONGEST_NAME = 120


def clean_name(name: str, field: str = "display_name") -> str:
    """A name without stray spaces. Raises Invalid at `field` for none or too long a one."""
    cleaned = " ".join(name.split())
    if not cleaned:
        raise Invalid(field, _("Enter a name."))
    if len(cleaned) > LONGEST_NAME:
        raise Invalid(field, _("Shorten the name to %(count)s characters.", count=LONGEST_NAME))
    return cleaned


def name_key(name: str) -> str:
    """A name as lists are ordered and searched by it."""
    return fold(name)[:200]


def has_role(role: Role) -> ColumnElement[bool]:
    """In SQL: whether the member has this role."""
    return type_coerce(Member.roles, String).contains(f",{role},")


def get_member(viewer: Viewer, member_id: UUID) -> Member:
    """A member of the viewer's organization. Raises NotFound."""
    member = find_member(viewer.organization_id, member_id)
    if member is None:
        raise NotFound
    return member


def find_member(organization_id: UUID, member_id: UUID) -> Member | None:
    """A member of the organization that the session is in."""
    return db.session().get(Member, {"organization_id": organization_id, "id": member_id})


def find_member_of_person(organization_id: UUID, person_id: UUID) -> Member | None:
    """What a person is in the organization that the session is in."""
    mine = select(Member).where(
        Member.organization_id == organization_id, Member.person_id == person_id
    )
    return db.session().scalars(mine).one_or_none()


def ensure_member(
    organization_id: UUID,
    email: str,
    email_key: str,
    display_name: str,
    roles: frozenset[Role],
    is_sample: bool = False,
) -> Member:
    """The member with this address, made where there is none; an existing one is left as it is.

    Neither the caller nor anything on a page learns whether the person was known elsewhere.
    """
    person = dict(id=new_id(), email=email, email_key=email_key, created_at=clock.now())
    upsert(Person, person, on=("email_key",))
    wanted = select(Person.id).where(Person.email_key == email_key)
    person_id = db.session().execute(wanted).scalar_one()
    row = dict(
        organization_id=organization_id,
        id=new_id(),
        person_id=person_id,
        display_name=display_name,
        name_key=name_key(display_name),
        roles=roles,
        is_sample=is_sample,
    )
    upsert(Member, row, on=("organization_id", "person_id"))
    member = find_member_of_person(organization_id, person_id)
    assert member is not None  # noqa: S101 - the row was written two lines above
    return member


def accept(viewer: Viewer) -> None:
    """Note that the viewer joined their organization; a second time changes nothing."""
    member = get_member(viewer, viewer.member_id)
    if member.accepted_at is None:
        member.accepted_at = clock.now()
        audit.record(viewer, "member.accepted", f"member:{member.id}")
        db.session().flush()


def get_person(person_id: UUID) -> Person:
    """A person, for what is theirs alone. Raises NotFound."""
    person = db.session().get(Person, person_id)
    if person is None:
        raise NotFound
    return person


def list_leads(viewer: Viewer) -> Sequence[Member]:
    """The organization's USMs and owners by name: the only ones whom staff sees by name."""
    found = select(Member).where(
        Member.organization_id == viewer.organization_id,
        Member.left_at.is_(None),
        or_(has_role(Role.USM), has_role(Role.OWNER)),
    )
    return db.session().scalars(found.order_by(Member.name_key, Member.id).limit(200)).all()


def count_members(viewer: Viewer) -> tuple[int, int]:
    """How many people are invited (joined or not), and how many of them joined."""
    counted = select(func.count(), func.count(Member.accepted_at)).where(
        Member.organization_id == viewer.organization_id, Member.left_at.is_(None)
    )
    invited, accepted = db.session().execute(counted).one()
    return invited, accepted
