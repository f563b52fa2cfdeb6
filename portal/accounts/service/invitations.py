"""Inviting people into an organization, by its USMs and by the vendor's admins."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from portal import audit, clock, db
from portal.access import CUSTOMER_ROLES, STAFF_ROLES, Action, Role, Viewer
from portal.accounts import emails
from portal.accounts.models import Link, LinkPurpose, Member, Organization
from portal.accounts.service import links, reach, sign_in, viewers
from portal.accounts.service.email_addresses import email_key, parse
from portal.accounts.service.members import (
    clean_name,
    ensure_member,
    find_member,
    get_person,
)
from portal.accounts.service.team_changes import ensure_team
from portal.accounts.service.teams import put_in_team
from portal.errors import Conflict, Invalid, NotAllowed, NotFound
from portal.i18n import gettext as _
from portal.messages import service as messages
from portal.messages.models import Message, MessageState
from portal.messages.service import MailSettings

MOST_INVITATIONS = 3


@dataclass(frozen=True, slots=True)
class Invitee:
    """Who is to join, as the one who invites writes it."""

    email: str
    display_name: str
    roles: frozenset[Role]
    job: str | None = None
    team_name: str | None = None
    external_id: str | None = None


@dataclass(frozen=True, slots=True)
class Invitation:
    """A sent invitation; the link only where no mail goes out and the inviter hands it over."""

    member_id: UUID
    link_url: str | None


def roles_to_give(viewer: Viewer) -> frozenset[Role]:
    """The roles that the viewer may give to whom they invite. Raises NotAllowed for none."""
    if viewer.may(Action.MANAGE_ORGANIZATIONS):
        organization = db.session().get_one(Organization, viewer.organization_id)
        return STAFF_ROLES if organization.is_vendor else CUSTOMER_ROLES
    if viewer.may(Action.INVITE_PEOPLE):
        # Who sees one team makes nobody who sees all of them.
        return frozenset({Role.END_USER} if viewer.limited_to else {Role.END_USER, Role.USM})
    raise NotAllowed


def add_member(viewer: Viewer, invitee: Invitee, *, is_sample: bool = False) -> Member:
    """Make someone a member who has yet to join, without writing to them.

    Raises Invalid at `email`, `display_name`, `roles` or `team_name`; an address that is a member
    already is returned as it stands.
    """
    organization = db.session().get_one(Organization, viewer.organization_id)
    if not invitee.roles or invitee.roles - roles_to_give(viewer):
        raise Invalid("roles", _("Choose one of the roles shown."))
    if viewer.limited_to and not invitee.team_name:
        raise Invalid("team_name", _("Choose one of your teams, or enter a new one under them."))
    email = parse(invitee.email)
    member = ensure_member(
        organization.id,
        email,
        email_key(email),
        clean_name(invitee.display_name),
        invitee.roles,
        is_sample or organization.is_sample,
    )
    if member.invited_at is None:
        member.invited_at, member.invited_by = clock.now(), viewer.person_id
        member.job, member.external_id = invitee.job, invitee.external_id
        db.session().flush()
        if invitee.team_name:
            put_in_team(viewer, member.id, ensure_team(viewer, invitee.team_name))
    if not reach.reaches(viewer, member.id):
        message = _("This person is in another team. Ask a success manager who sees everybody.")
        raise Invalid("email", message)
    return member


def invite(viewer: Viewer, invitee: Invitee, mail: MailSettings, lifetime: timedelta) -> Invitation:
    """Invite someone, or again someone who has not joined; the link works for `lifetime`.

    Raises Invalid at the field that must be mended, at `email` also for who already is a member or
    was invited three times.
    """
    return invite_member(viewer, add_member(viewer, invitee), mail, lifetime)


def invite_member(
    viewer: Viewer, member: Member, mail: MailSettings, lifetime: timedelta
) -> Invitation:
    """Send a member who has not joined a link, the first or another; earlier ones end.

    Raises Invalid at `email` as `invite`.
    """
    _check_may_be_invited(viewer, member)
    links.withdraw_invitations(member.organization_id, member.id)
    is_mailed = messages.reaches(mail, member.organization_id, member.person_id)
    token = links.issue(
        LinkPurpose.INVITATION,
        member.person_id,
        member.organization_id,
        member.id,
        lifetime,
        is_mailed=is_mailed,
    )
    url = f"{mail.portal_url}/links/{token}"
    message = _write(viewer, member, url, lifetime, mail)
    member.invitations += message.state != MessageState.HELD_BACK
    member.invitation_message_id = message.id
    roles = sorted(member.roles)
    audit.record(viewer, "member.invited", f"member:{member.id}", after={"roles": roles})
    db.session().flush()
    return Invitation(member.id, None if is_mailed else url)


def _check_may_be_invited(viewer: Viewer, member: Member) -> None:
    if member.left_at is not None:
        raise Invalid("email", _("This person was a member and has left."))
    if member.accepted_at is not None:
        raise Invalid("email", _("This person is already a member."))
    if member.roles - roles_to_give(viewer):
        # The link may be shown to whoever invites, and lets its holder in with these roles.
        raise Invalid("email", _("The vendor invites this person. Ask them to do it again."))
    if member.invitations >= MOST_INVITATIONS:
        message = _("This person was invited three times already. Speak to them instead.")
        raise Invalid("email", message)


def _write(
    viewer: Viewer, member: Member, url: str, lifetime: timedelta, mail: MailSettings
) -> Message:
    organization = db.session().get_one(Organization, member.organization_id)
    person = get_person(member.person_id)
    name, until = member.display_name, clock.now() + lifetime
    return emails.invitation(person, organization, name, viewer, url, until, mail)


def get_invited(viewer: Viewer, member_id: UUID) -> tuple[Member, Message | None]:
    """A member and the message that invited them, None once it was deleted. Raises NotFound.

    Staff finds whom they invited themselves; other people's names are their organization's.
    """
    member = reach.get_member_in_reach(viewer, member_id)
    message_id = member.invitation_message_id
    message = messages.find_message(viewer, message_id) if message_id else None
    if viewer.is_vendor and (message is None or message.caused_by != viewer.person_id):
        raise NotFound
    return member, message


@dataclass(frozen=True, slots=True)
class Opened:
    """What whoever opens an invitation is told."""

    person_id: UUID
    display_name: str
    organization_name: str
    may_set_password: bool
    needs_own_sign_in: bool
    """The link opens nothing by itself, because its holder proves too little.

    A link that was handed over was seen by the inviter. If its person is a member elsewhere, it
    must not be a way into what is theirs there: they sign in as they always do, then join.
    """
    gets_mail: bool
    """Nobody in the sample does, as far as its pages say: who made the link can read them, and is
    not to learn who is real elsewhere."""


def open_invitation(link: Link) -> Opened:
    """Look at an invitation; the session must be in its organization.

    Raises Conflict where it was withdrawn.
    """
    organization_id, member_id = named_member(link)
    member = find_member(organization_id, member_id)
    if member is None or member.left_at is not None:
        raise Conflict(_("This invitation was withdrawn."))
    person = get_person(member.person_id)
    organization = db.session().get_one(Organization, organization_id)
    is_known = bool(person.password_hash or person.proved_at or sign_in.list_memberships(person.id))
    will_prove = link.is_mailed and person.proved_at is None
    return Opened(
        person_id=person.id,
        display_name=member.display_name,
        organization_name=organization.shown_name,
        may_set_password=person.password_hash is None or will_prove,
        needs_own_sign_in=is_known and not link.is_mailed,
        gets_mail=not organization.is_sample,
    )


def join(link: Link, password_hash: str | None) -> Viewer:
    """Take up an invitation that was used; the session must be in its organization.

    `password_hash` is kept for who has none yet.
    """
    organization_id, member_id = named_member(link)
    person = get_person(links.person_of(link))
    if password_hash and person.password_hash is None:
        person.password_hash = password_hash
        db.session().flush()
    return viewers.get_viewer(organization_id, member_id)


def named_member(link: Link) -> tuple[UUID, UUID]:
    """The organization and the member that an invitation names."""
    if link.organization_id is None or link.member_id is None:
        raise ValueError("this link names no member")
    return link.organization_id, link.member_id
