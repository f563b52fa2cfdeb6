"""Who may do what: one enum of roles, one of actions, one table."""

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from uuid import UUID

from portal import clock
from portal.branding import NONE, Branding
from portal.errors import NotAllowed


class Role(StrEnum):
    """What a member may do; a member has a set of them."""

    END_USER = "end_user"
    USM = "usm"
    OWNER = "owner"
    AUTHOR = "author"
    CSM = "csm"
    ADMIN = "admin"
    STAND_IN = "stand_in"
    """What a csm is in a customer's organization while they act for its USM; no member's."""


CUSTOMER_ROLES = frozenset({Role.END_USER, Role.USM, Role.OWNER})
STAFF_ROLES = frozenset({Role.AUTHOR, Role.CSM, Role.ADMIN})


class Action(StrEnum):
    """What a page or a service asks permission for."""

    HAVE_ACCOUNT = "have_account"
    FOLLOW_PATHS = "follow_paths"
    SEE_PEOPLE = "see_people"
    INVITE_PEOPLE = "invite_people"
    ASK_HELP = "ask_help"
    READ_HELP = "read_help"
    ANSWER_HELP = "answer_help"
    LEAD_PEOPLE = "lead_people"
    """Put people on paths, set dates, pin notes, fit paths to the organization."""
    CONSENT = "consent"
    """An owner allows the vendor's staff something."""
    ERASE_PEOPLE = "erase_people"
    """Erase somebody who has left."""
    SEE_CUSTOMERS = "see_customers"
    MANAGE_TEAMS = "manage_teams"
    SET_UP_ORGANIZATION = "set_up_organization"
    SEE_LIBRARY = "see_library"
    MANAGE_ORGANIZATIONS = "manage_organizations"
    MANAGE_STAFF = "manage_staff"
    SEE_AUDIT = "see_audit"
    OPERATE = "operate"


EVERYONE = frozenset(Role) - {Role.STAND_IN}

ALLOWED: dict[Action, frozenset[Role]] = {
    Action.HAVE_ACCOUNT: EVERYONE,
    Action.FOLLOW_PATHS: CUSTOMER_ROLES,
    Action.SEE_PEOPLE: frozenset({Role.USM, Role.OWNER, Role.STAND_IN}),
    Action.INVITE_PEOPLE: frozenset({Role.USM, Role.OWNER, Role.STAND_IN}),
    Action.ASK_HELP: CUSTOMER_ROLES,
    Action.READ_HELP: CUSTOMER_ROLES | {Role.STAND_IN},
    Action.ANSWER_HELP: frozenset({Role.USM, Role.STAND_IN}),
    Action.LEAD_PEOPLE: frozenset({Role.USM, Role.OWNER, Role.STAND_IN}),
    Action.CONSENT: frozenset({Role.OWNER}),
    Action.ERASE_PEOPLE: frozenset({Role.USM, Role.OWNER}),
    Action.SEE_CUSTOMERS: frozenset({Role.CSM, Role.ADMIN}),
    Action.MANAGE_TEAMS: frozenset({Role.USM, Role.OWNER, Role.STAND_IN}),
    Action.SET_UP_ORGANIZATION: frozenset({Role.OWNER, Role.CSM, Role.ADMIN}),
    Action.SEE_LIBRARY: frozenset({Role.AUTHOR, Role.ADMIN}),
    Action.MANAGE_ORGANIZATIONS: frozenset({Role.ADMIN}),
    Action.MANAGE_STAFF: frozenset({Role.ADMIN}),
    Action.SEE_AUDIT: frozenset({Role.OWNER, Role.ADMIN}),
    Action.OPERATE: frozenset({Role.ADMIN}),
}


def may(roles: frozenset[Role], action: Action) -> bool:
    """Whether one of these roles permits `action`."""
    return not roles.isdisjoint(ALLOWED[action])


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks: a person as a member of one organization. The first argument of every service."""

    organization_id: UUID
    organization_name: str
    """As its people know it; for staff at work in it, as the vendor does."""
    is_vendor: bool
    is_sample: bool
    member_id: UUID
    person_id: UUID
    display_name: str
    roles: frozenset[Role]
    locale: str
    zone: str
    """In which they read times: their own."""
    organization_zone: str
    """In which days begin and end: the organization's."""
    limited_to: UUID | None = None
    """The team that a USM sees, with those under it; None sees the whole organization."""
    branding: Branding = NONE
    """Of the organization: what the frame of every page looks like."""
    stands_in_until: date | None = None
    """The last day on which they act for a customer's USM; None for who acts as themselves."""

    def may(self, action: Action) -> bool:
        """Whether one of the viewer's roles permits `action`."""
        return may(self.roles, action)

    def today(self) -> date:
        """The calendar day of the organization, wherever the viewer sits."""
        return clock.today(self.organization_zone)

    def acting_in(
        self,
        organization_id: UUID,
        organization_name: str,
        zone: str,
        is_sample: bool,
        branding: Branding = NONE,
    ) -> "Viewer":
        """The same person of the vendor's staff, at work in a customer's organization."""
        return replace(
            self,
            organization_id=organization_id,
            organization_name=organization_name,
            zone=zone,
            organization_zone=zone,
            is_sample=is_sample,
            limited_to=None,
            branding=branding,
        )

    def standing_in(
        self,
        organization_id: UUID,
        organization_name: str,
        zone: str,
        is_sample: bool,
        until: date,
        branding: Branding = NONE,
    ) -> "Viewer":
        """The same csm, acting for a customer's USM with an owner's consent."""
        where = organization_id, organization_name, zone, is_sample, branding
        acting = self.acting_in(*where)
        return replace(acting, roles=frozenset({Role.STAND_IN}), stands_in_until=until)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who is signed in, and what the frame needs to know of the web session."""

    viewer: Viewer
    token: str
    is_seen_recently: bool


def require(viewer: Viewer, action: Action) -> None:
    """Raise NotAllowed unless the viewer may do `action`."""
    if not viewer.may(action):
        raise NotAllowed
