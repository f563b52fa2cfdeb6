"""Members whose address refuses their organization's mail: since when, and when that ended.

An organization learns it from its own messages alone. Mail that no customer sends (links to sign
in, the vendor's) tells none of them anything.
"""

from uuid import UUID

from sqlalchemy import select, update

from portal import db, jobs
from portal.access import Viewer
from portal.accounts.models import Member, Person
from portal.accounts.service import sign_in
from portal.accounts.service.teams import PAST_SESSION
from portal.messages import bounces


def note(organization_id: UUID, person_id: UUID) -> None:
    """Bring a member up to date with what their organization's mail met; a repeat is harmless."""
    key = db.session().scalar(select(Person.email_key).where(Person.id == person_id))
    if key is None:
        return
    bounces.forget(organization_id, person_id, except_for=key)
    found = bounces.find(organization_id, person_id, key)
    theirs = update(Member).where(
        Member.organization_id == organization_id, Member.person_id == person_id
    )
    since = found.since if found else None
    db.session().execute(theirs.values(bounced_at=since), execution_options=PAST_SESSION)


def note_read(viewer: Viewer) -> None:
    """The viewer came in by a mailed link, so their mail arrives: told where they came in."""
    bounces.forget(viewer.organization_id, viewer.person_id)
    theirs = update(Member).where(
        Member.organization_id == viewer.organization_id, Member.id == viewer.member_id
    )
    db.session().execute(theirs.values(bounced_at=None), execution_options=PAST_SESSION)


def note_new_address(person_id: UUID) -> None:
    """A person has another address: each organization of theirs forgets what it met at the old."""
    for membership in sign_in.list_memberships(person_id, with_invited=True):
        jobs.enqueue(bounces.CHANGED, membership.organization_id, person_id.hex)
