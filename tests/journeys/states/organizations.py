"""Organizations, as admins and owners see them; the vendor's own colleagues."""

from playwright.sync_api import Page

from tests.journeys import steps
from tests.journeys.states.kinds import LOOK_AGAIN, State, fill_and_press, invite_somebody, press

BRANDING = "/organizations/{nordlicht}/branding"


def invite_a_colleague(page: Page) -> None:
    """Invite somebody of the vendor's, with a role that is not offered as chosen."""
    page.get_by_text("Customer success manager:").click()
    invite_somebody(page)


def allow_names(page: Page) -> None:
    """Let staff read names, unless an earlier visit saw to that."""
    if page.get_by_role("button", name="Let them read names").count():
        steps.press(page, "Let them read names")


STATES = (
    State("accounts.consent", "asked", "owner", "/organization/stand-in", "to stand in."),
    State("accounts.consent", "nobody", "other owner", "/organization/stand-in", "Nobody answers"),
    State(
        "accounts.consent",
        "mistakes",
        "owner",
        "/organization/stand-in",
        LOOK_AGAIN,
        press("Let them stand in"),
        422,
    ),
    State("accounts.staff", "filled", "admin", "/staff", "Carl Success"),
    State("accounts.colleague", "filled", "admin", "/staff/{csm}", "Take them out"),
    State("accounts.invite_staff", "empty", "admin", "/staff/invite", "What they will do here"),
    State(
        "accounts.invite_staff",
        "mistakes",
        "admin",
        "/staff/invite",
        LOOK_AGAIN,
        press("Invite"),
        422,
    ),
    State(
        "accounts.invited_staff",
        "link shown",
        "admin",
        "/staff/invite",
        "It works once",
        invite_a_colleague,
    ),
    State("accounts.branding", "the portal's own", "admin", BRANDING, "None yet."),
    State(
        "accounts.branding",
        "looked at first",
        "admin",
        BRANDING,
        "Nothing is saved yet.",
        fill_and_press("Look at it first", accent="#ffd400"),
    ),
    State(
        "accounts.branding",
        "mistakes",
        "admin",
        BRANDING,
        LOOK_AGAIN,
        fill_and_press("Save", accent="teal"),
        422,
    ),
    State(
        "accounts.branding",
        "no picture",
        "admin",
        BRANDING,
        LOOK_AGAIN,
        press("Show this logo"),
        422,
    ),
    State(
        "accounts.branding",
        "long names",
        "admin",
        "/organizations/{long}/branding",
        "Name, colour and logo",
    ),
    State("accounts.branding", "not allowed", "usm", BRANDING, "not open to you", status=403),
    State(
        "accounts.organization_settings",
        "filled",
        "admin",
        "/organizations/{nordlicht}/settings",
        "Holidays and quiet periods",
    ),
    State(
        "accounts.organization_settings",
        "mistakes",
        "admin",
        "/organizations/{nordlicht}/settings",
        LOOK_AGAIN,
        press("Add the days"),
        422,
    ),
    State(
        "accounts.organization_settings",
        "long names",
        "admin",
        "/organizations/{long}/settings",
        "Working days",
    ),
    State("accounts.organizations", "customers", "admin", "/organizations", "Nordlicht Energie"),
    State(
        "accounts.organizations", "samples", "admin", "/organizations?sample=1", "Ferrovia Foods"
    ),
    State("accounts.organization", "led", "admin", "/organizations/{nordlicht}", "Who leads"),
    State("accounts.organization", "nobody", "admin", "/organizations/{nobody}", "Nobody is here"),
    State("accounts.organization", "long", "admin", "/organizations/{long}", "Who leads"),
    State(
        "accounts.new_organization", "empty", "admin", "/organizations/new", "A customer of yours"
    ),
    State(
        "accounts.new_organization",
        "mistakes",
        "admin",
        "/organizations/new",
        LOOK_AGAIN,
        press("Set up the organization"),
        422,
    ),
    State(
        "accounts.invite_into",
        "empty",
        "admin",
        "/organizations/{nordlicht}/invite",
        "What they will do here",
    ),
    State(
        "accounts.invite_into",
        "mistakes",
        "admin",
        "/organizations/{nordlicht}/invite",
        LOOK_AGAIN,
        press("Invite"),
        422,
    ),
    State(
        "accounts.invited_into",
        "link shown",
        "admin",
        "/organizations/{nordlicht}/invite",
        "It works once",
        invite_somebody,
    ),
    State(
        "accounts.erase_by_address",
        "empty",
        "admin",
        "/organizations/{nordlicht}/erase",
        "asked for it in writing",
    ),
    State(
        "accounts.erase_by_address",
        "mistakes",
        "admin",
        "/organizations/{nordlicht}/erase",
        LOOK_AGAIN,
        press("Erase this person"),
        422,
    ),
    State("accounts.privacy", "as it is", "owner", "/organization/privacy", "Nobody has looked"),
    State(
        "accounts.privacy",
        "names open",
        "owner",
        "/organization/privacy",
        "may read names",
        allow_names,
    ),
)
