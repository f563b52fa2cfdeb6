"""What people say of being written to: on their own page, or from a mail without signing in."""

from uuid import UUID

from sqlalchemy import select

from portal import db
from portal.access import Viewer
from portal.accounts.models import Member, Person
from portal.accounts.service.members import get_person
from portal.messages import contact
from portal.messages.policy import Preferences
from portal.messages.unsubscribing import Reader


def get_wishes(viewer: Viewer) -> Preferences:
    """What the viewer chose, over all organizations."""
    person = get_person(viewer.person_id)
    return contact.find_preferences(person.id, contact.address_hash(person.email))


def lift(viewer: Viewer) -> None:
    """Let the viewer be written to again, as they chose before."""
    person = get_person(viewer.person_id)
    contact.lift(person.id, contact.address_hash(person.email))


def is_stopped(reader: Reader) -> bool:
    """Whether the reader of a mail gets no more of its class."""
    wishes = contact.find_preferences(reader.person_id, reader.address_hash)
    return not wishes.wants(reader.message_class)


def stop_class(reader: Reader) -> None:
    """Send the reader of a mail no more of its class; a repeat changes nothing."""
    if _is_known(reader.person_id):
        contact.switch_off(reader.person_id, reader.message_class)
    else:
        contact.refuse(reader.address_hash)


def stop_all(reader: Reader) -> None:
    """Send the reader of a mail nothing but security messages; a repeat changes nothing.

    Of somebody who never joined only a hash is kept: it holds even after they were erased.
    """
    if _has_joined(reader.person_id):
        contact.leave_alone(reader.person_id)
    else:
        contact.refuse(reader.address_hash)


def _is_known(person_id: UUID) -> bool:
    return db.session().get(Person, person_id) is not None


def _has_joined(person_id: UUID) -> bool:
    joined = (
        select(Member.id)
        .where(Member.person_id == person_id, Member.accepted_at.is_not(None))
        .execution_options(across="whether somebody who wants no mail ever joined")
    )
    return db.session().execute(joined.limit(1)).first() is not None
