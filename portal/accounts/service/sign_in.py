"""Signing in and out: passwords, mailed links, and the sessions of browsers."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import bindparam, delete, lambda_stmt, select, update

from portal import clock, db, jobs
from portal.access import SignedIn, Viewer
from portal.accounts import emails
from portal.accounts.models import LinkPurpose, Member, Organization, Person, WebSession
from portal.accounts.service import links, passwords, viewers, visits
from portal.accounts.service.email_addresses import email_key
from portal.db import Database
from portal.errors import NotFound
from portal.i18n import gettext as _
from portal.ids import new_id
from portal.messages.service import MailSettings

MAIL_LINK = "accounts.mail_link"
"""The work of mailing a link that somebody asked for; its key names purpose and person."""

SEEN_EVERY = timedelta(minutes=10)
"""How exactly the last visit is known."""

TRUST_IN_LINK = timedelta(hours=1)
"""How long after signing in by a mailed link a password may be set without the old one."""

_SESSION = (
    select(*viewers.COLUMNS, WebSession.last_seen_at)
    .where(
        WebSession.token_hash == bindparam("token_hash"),
        WebSession.expires_at > bindparam("now"),
        Member.organization_id == WebSession.organization_id,
        Member.id == WebSession.member_id,
        Member.left_at.is_(None),
        Organization.id == WebSession.organization_id,
        Person.id == Member.person_id,
    )
    .execution_options(across="sign-in")
)
# Found in SQLAlchemy's cache by where it stands in the code instead of by a hash of all its parts.
_SESSION_AS_IT_STANDS = lambda_stmt(lambda: _SESSION, enable_tracking=False)


def load_signed_in(token: str) -> SignedIn | None:
    """Who holds this session token; one statement, since every page begins with it."""
    now = clock.now()
    values = {"token_hash": links.hash_token(token), "now": now}
    row = db.connection().execute(_SESSION_AS_IT_STANDS, values).one_or_none()
    if row is None:
        return None
    return SignedIn(viewers.of_row(row), token, now - row.last_seen_at < SEEN_EVERY)


def touch(token: str) -> None:
    """Note that a session was seen now."""
    mine = WebSession.token_hash == links.hash_token(token)
    db.session().execute(update(WebSession).where(mine).values(last_seen_at=clock.now()))


def check_password(database: Database, email: str, password: str) -> UUID | None:
    """The person with this address and password, or None after just as long.

    Reads in a transaction of its own, so that nobody waits for the hashing.
    """
    with database.reading(None) as session:
        wanted = select(Person.id, Person.password_hash).where(Person.email_key == email_key(email))
        person = session.execute(wanted).one_or_none()
    is_right = passwords.verify(person.password_hash if person else None, password)
    return person.id if person and is_right else None


@dataclass(frozen=True, slots=True)
class Membership:
    """An organization that a person may sign in to."""

    organization_id: UUID
    organization_name: str
    member_id: UUID
    is_sample: bool
    is_accepted: bool


def list_memberships(person_id: UUID, with_invited: bool = False) -> list[Membership]:
    """Where a person is a member, by name; `with_invited` also where they have yet to join.

    Only who reads the person's mail may join by signing in: an invitation that was handed over
    proves nothing about who holds a password chosen elsewhere.
    """
    found = (
        select(
            Organization.id,
            Organization.name,
            Organization.branding,
            Member.id,
            Organization.is_sample,
            Member.accepted_at.is_not(None),
        )
        .where(
            Member.person_id == person_id,
            Member.left_at.is_(None),
            Organization.id == Member.organization_id,
        )
        .order_by(Organization.name, Organization.id)
        .execution_options(across="sign-in")
    )
    if not with_invited:
        found = found.where(Member.accepted_at.is_not(None))
    rows = db.session().execute(found)
    return [Membership(row[0], row.branding.name or row.name, *row[3:]) for row in rows]


def issue_link(email: str, lifetime: timedelta) -> str:
    """The token of a sign-in link, for the command line to print. Raises NotFound.

    Whoever runs the portal vouches for it, so it counts as one that was mailed.
    """
    person = _find_person(email)
    if person is None or not list_memberships(person.id, with_invited=True):
        raise NotFound(_("Nobody with this address is a member of an organization here."))
    return links.issue(LinkPurpose.SIGN_IN, person.id, None, None, lifetime, is_mailed=True)


def ask_for_link(email: str, purpose: LinkPurpose) -> None:
    """Let the worker mail a link to this address if somebody has it: to sign in, or to reset.

    Nothing tells whether so, not even the time it takes: for an unknown address the same is
    written, for a person who is none. The session must be in the vendor's organization: the
    message is no single customer's.
    """
    nobody = new_id()
    wanted = select(Person.id).where(Person.email_key == email_key(email))
    person_id = db.session().scalar(wanted) or nobody
    vendor = db.session().get_one(Organization, db.scope().organization_id)
    jobs.enqueue(MAIL_LINK, vendor.id, f"{purpose}:{person_id.hex}")


def mail_link(
    purpose: LinkPurpose, person_id: UUID, mail: MailSettings, lifetime: timedelta
) -> None:
    """Mail the link that was asked for, if this person is a member somewhere or will be."""
    person = db.session().get(Person, person_id)
    if person is None or not list_memberships(person.id, with_invited=True):
        return
    token = links.issue(purpose, person.id, None, None, lifetime, is_mailed=True)
    vendor = db.session().get_one(Organization, db.scope().organization_id)
    write = emails.reset_link if purpose is LinkPurpose.RESET else emails.sign_in_link
    write(person, vendor, f"{mail.portal_url}/links/{token}", lifetime, mail)


def _find_person(email: str) -> Person | None:
    wanted = select(Person).where(Person.email_key == email_key(email))
    return db.session().scalars(wanted).one_or_none()


def open_session(
    person_id: UUID,
    organization_id: UUID,
    member_id: UUID,
    user_agent: str,
    *,
    lifetime: timedelta = timedelta(days=30),
    by_link: bool = False,
) -> str:
    """Open a browser's session and return its token. Who may have it was checked before."""
    token = secrets.token_urlsafe(32)
    now = clock.now()
    db.session().add(
        WebSession(
            token_hash=links.hash_token(token),
            person_id=person_id,
            organization_id=organization_id,
            member_id=member_id,
            user_agent=user_agent[:200],
            by_link=by_link,
            created_at=now,
            last_seen_at=now,
            expires_at=now + lifetime,
        )
    )
    db.session().flush()
    return token


def close_session(token: str) -> None:
    """Sign one browser out; the token works nowhere any longer."""
    mine = WebSession.token_hash == links.hash_token(token)
    visits.keep(mine)
    db.session().execute(delete(WebSession).where(mine))


def close_all(person_id: UUID) -> None:
    """Sign a person out of every browser and every organization; links to sign in end as well."""
    mine = WebSession.person_id == person_id
    visits.keep(mine)
    db.session().execute(delete(WebSession).where(mine))
    links.withdraw_sign_ins(person_id)


def prove(person_id: UUID) -> bool:
    """Note that whoever is here reads the person's mail; True if that ended a password.

    Before this is known for the first time, an invitation that was handed over may have been
    taken up by somebody else, its inviter above all. What was set up then ends: no password and
    no browser of theirs leads into what the person joins from now on.
    """
    person = db.session().get_one(Person, person_id)
    if person.proved_at is not None:
        return False
    had_password = person.password_hash is not None
    person.proved_at, person.password_hash = clock.now(), None
    close_all(person_id)
    db.session().flush()
    return had_password


def find_session(viewer: Viewer, token: str) -> WebSession | None:
    """The viewer's own session with this token."""
    session = db.session().get(WebSession, links.hash_token(token))
    return session if session and session.person_id == viewer.person_id else None


@dataclass(frozen=True, slots=True)
class OpenSession:
    """A browser in which somebody is signed in."""

    user_agent: str
    created_at: datetime
    last_seen_at: datetime
    is_this: bool


def list_sessions(viewer: Viewer, token: str) -> list[OpenSession]:
    """Where the viewer is signed in, the latest seen first; `token` is this browser's."""
    mine = select(WebSession).where(
        WebSession.person_id == viewer.person_id, WebSession.expires_at > clock.now()
    )
    found = db.session().scalars(mine.order_by(WebSession.last_seen_at.desc()).limit(50))
    this = links.hash_token(token)
    return [
        OpenSession(s.user_agent, s.created_at, s.last_seen_at, s.token_hash == this) for s in found
    ]


def forget_expired() -> None:
    """Delete sessions whose time has ended; when their holders were last here is kept."""
    visits.keep()
    db.session().execute(delete(WebSession).where(WebSession.expires_at < clock.now()))
