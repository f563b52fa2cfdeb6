"""Carrying an erasure out: after it no row anywhere names the person."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select, union

from portal import audit, db, erase_rules, jobs, personal
from portal.accounts.models import Member, Person
from portal.accounts.privacy_models import Erasure, Export
from portal.accounts.service import counted
from portal.accounts.service.email_addresses import email_key
from portal.accounts.service.members import find_member
from portal.personal import Whom
from portal.schema import Base

SENDING = "messages.send"


@dataclass(frozen=True, slots=True)
class Erased:
    """Whom an erasure is about, and how they may be named in what others wrote down."""

    whom: Whom
    words: tuple[str, ...]
    """Ids and address: nobody else's, wherever they stand."""
    name: str
    """Any word can be one, also such as stand in ids and in the portal's own words."""
    by: UUID | None
    """Who asked for it, where it was not they themselves."""
    exports: tuple[UUID, ...]
    """Whose files go as well."""
    is_elsewhere: bool
    """They are a member of another organization too, so they can still sign in."""


def find_erased(organization_id: UUID, erasure_id: UUID) -> Erased | None:
    """What an erasure needs to know; None where it was undone or carried out."""
    asked = db.session().get(Erasure, {"organization_id": organization_id, "id": erasure_id})
    if asked is None:
        return None
    member = find_member(organization_id, asked.member_id)
    if member is None:
        return None
    person = db.session().get_one(Person, member.person_id)
    words = str(member.id), str(person.id), member.id.hex, person.id.hex, person.email
    return Erased(
        Whom(organization_id, member.id, person.id),
        words,
        member.display_name,
        asked.caused_by if asked.caused_by != person.id else None,
        tuple(_exports(organization_id, member.id)),
        _is_elsewhere(organization_id, person.id),
    )


def _exports(organization_id: UUID, member_id: UUID) -> Sequence[UUID]:
    mine = Export.organization_id == organization_id, Export.member_id == member_id
    return list(db.session().scalars(select(Export.id).where(*mine)))


def _is_elsewhere(organization_id: UUID, person_id: UUID) -> bool:
    found = (
        select(Member.id)
        .where(Member.person_id == person_id, Member.organization_id != organization_id)
        .execution_options(across="whether somebody is a member elsewhere too")
    )
    return db.session().execute(found.limit(1)).first() is not None


def list_other_organizations(erased: Erased) -> Sequence[UUID]:
    """Where else a person is named whose last membership ends: as staff, or by a sign-in link."""
    if erased.is_elsewhere:
        return []
    named = [
        select(table.c.organization_id).where(column == erased.whom.person_id)
        for table in Base.metadata.sorted_tables
        if personal.is_customers(table)
        for column in personal.person_columns(table)
    ]
    found = union(*named).execution_options(across="where somebody is named who goes")
    rows = db.session().scalars(found)
    return [one for one in rows if one != erased.whom.organization_id]


def erase_elsewhere(erased: Erased, organization_id: UUID) -> None:
    """Take a person out of an organization of which they are no member."""
    _forget_messages(organization_id, erased.whom.person_id)
    erase_rules.erase_person(erased.whom.person_id, organization_id)
    _forget_mentions(organization_id, erased)


def erase(organization_id: UUID, erasure_id: UUID) -> None:
    """Erase a member from the organization at hand, and the person if that was their last one.

    The audit says that it happened, without the name. Undone meanwhile: nothing happens.
    """
    erased = find_erased(organization_id, erasure_id)
    if erased is None:
        return
    whom = erased.whom
    _forget_messages(whom.organization_id, whom.person_id)
    spoken_of = counted.guides_of(whom)
    erase_rules.erase_rows(whom, everywhere=not erased.is_elsewhere)
    _forget_mentions(whom.organization_id, erased)
    # Among few the answers are gone: no figure may go on counting them.
    counted.count_anew(whom.organization_id, spoken_of)
    audit.record_unnamed(whom.organization_id, "member.erased", "member", erased.by)
    db.session().flush()


def _forget_messages(organization_id: UUID, person_id: UUID) -> None:
    """Send nothing any more that is to them; what they caused keeps neither words nor subject."""
    message = Base.metadata.tables["message"]
    here = message.c.organization_id == organization_id
    mine = select(message.c.id).where(here, message.c.person_id == person_id)
    caused = select(message.c.id).where(
        here, message.c.caused_by == person_id, message.c.state == "queued"
    )
    going = [id_.hex for found in (mine, caused) for id_ in db.session().scalars(found)]
    jobs.withdraw(SENDING, organization_id, going)
    connection = db.connection()
    connection.execute(
        message.delete().where(here, message.c.caused_by == person_id, message.c.state == "queued")
    )
    written = message.update().where(here, message.c.caused_by == person_id)
    connection.execute(written.values(subject="", body_text="", body_html=""))


def _forget_mentions(organization_id: UUID, erased: Erased) -> None:
    """Take ids, address and name out of what others did: the audit, where forms led to, work."""
    words = erased.words
    audit.forget(organization_id, words, erased.name)
    jobs.forget_words(organization_id, words, erased.name)
    for table in Base.metadata.sorted_tables:
        if personal.is_customers(table) and "email_key" in table.c:
            # Lines of files whose person is not known by id, as they were refused.
            named = table.c.email_key == email_key(words[4])
            here = table.c.organization_id == organization_id
            db.connection().execute(table.delete().where(here, named))
    form = Base.metadata.tables["form_request"]
    for word in words[:4]:
        led_to = form.c.organization_id == organization_id, form.c.location.contains(word)
        db.connection().execute(form.update().where(*led_to).values(location="/"))
