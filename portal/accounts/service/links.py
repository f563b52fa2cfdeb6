"""Links that work once. The address holds a random token, the database only its hash."""

import hashlib
import secrets
from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, update

from portal import clock, db
from portal.accounts.models import Link, LinkPurpose
from portal.errors import Conflict, NotFound
from portal.i18n import gettext as _


def hash_token(token: str) -> str:
    """What is kept of a token: it has enough randomness that a plain hash cannot be undone."""
    return hashlib.sha256(token.encode()).hexdigest()


def issue(
    purpose: LinkPurpose,
    person_id: UUID | None,
    organization_id: UUID | None,
    member_id: UUID | None,
    lifetime: timedelta,
    *,
    is_mailed: bool = False,
    email: str | None = None,
) -> str:
    """Make a link and return its token. `is_mailed`: it goes to the person's mailbox alone."""
    token = secrets.token_urlsafe(32)
    now = clock.now()
    db.session().add(
        Link(
            token_hash=hash_token(token),
            purpose=purpose,
            person_id=person_id,
            organization_id=organization_id,
            member_id=member_id,
            is_mailed=is_mailed,
            email=email,
            created_at=now,
            expires_at=now + lifetime,
        )
    )
    db.session().flush()
    return token


def get_link(token: str) -> Link:
    """A link that can still be used. Raises NotFound or Conflict, saying what to do."""
    link = db.session().get(Link, hash_token(token))
    if link is None:
        raise NotFound(_("This link is not complete. Copy the whole of it from the message."))
    if link.used_at is not None:
        raise _used(link)
    if link.expires_at <= clock.now():
        raise Conflict(_("This link is too old.") + " " + _way_on(link))
    return link


def peek(token: str) -> Link | None:
    """A link that can still be used, or None; changes nothing."""
    try:
        return get_link(token)
    except (NotFound, Conflict):
        return None


def use(token: str) -> Link:
    """Use a link up: of two at once, one succeeds. Raises NotFound or Conflict."""
    link = get_link(token)
    mine = update(Link).where(Link.token_hash == link.token_hash, Link.used_at.is_(None))
    if db.connection().execute(mine.values(used_at=clock.now())).rowcount != 1:
        raise _used(link)
    return link


def person_of(link: Link) -> UUID:
    """Whom a link is for; the first admin's is for nobody known yet."""
    if link.person_id is None:
        raise ValueError("this link names no person")
    return link.person_id


def withdraw_invitations(organization_id: UUID, member_id: UUID) -> None:
    """Let no earlier invitation of a member work any longer."""
    db.connection().execute(
        update(Link)
        .where(
            Link.organization_id == organization_id,
            Link.member_id == member_id,
            Link.purpose == LinkPurpose.INVITATION,
            Link.used_at.is_(None),
        )
        .values(used_at=clock.now())
    )


def withdraw_sign_ins(person_id: UUID) -> None:
    """Let no link work any longer that would sign a person in.

    One to a new address is among them: whoever asked for it may be who is to be kept out.
    """
    withdraw(person_id, LinkPurpose.SIGN_IN, LinkPurpose.RESET, LinkPurpose.NEW_ADDRESS)


def withdraw(person_id: UUID, *purposes: LinkPurpose) -> None:
    """Let none of a person's links of these purposes work any longer."""
    db.session().connection().execute(
        update(Link)
        .where(
            Link.person_id == person_id,
            Link.purpose.in_(purposes),
            Link.used_at.is_(None),
        )
        .values(used_at=clock.now())
    )


def forget_expired(keep: timedelta) -> None:
    """Delete links whose time ended longer ago than `keep`; until then their page says so."""
    db.session().execute(delete(Link).where(Link.expires_at < clock.now() - keep))


def _used(link: Link) -> Conflict:
    return Conflict(_("This link was used or replaced; each works once.") + " " + _way_on(link))


def _way_on(link: Link) -> str:
    if link.purpose == LinkPurpose.SIGN_IN:
        return _("Ask for a new one on the sign-in page.")
    if link.purpose == LinkPurpose.RESET:
        return _("Ask for a new one where you sign in.")
    if link.purpose == LinkPurpose.NEW_ADDRESS:
        return _("Ask for the change again in your account.")
    if link.purpose == LinkPurpose.INVITATION:
        return _("If you have joined, sign in; else ask the person who invited you to do it again.")
    return _("Make a new one with `portal init`.")
