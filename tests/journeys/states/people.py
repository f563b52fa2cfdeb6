"""The people of an organization: teams, invitations, files of people."""

from playwright.sync_api import Page, expect

from tests.journeys import many, steps
from tests.journeys.states.kinds import (
    LOOK_AGAIN,
    Prepare,
    State,
    fill_and_press,
    invite_somebody,
    press,
)


def bring_file(*lines: str, button: str = "") -> Prepare:
    """Bring a file of people, see what it would do, and press a button there."""

    def prepare(page: Page) -> None:
        steps.bring_file(page, "\n".join(["E-mail address,Name,Team", *lines]))
        if button:
            steps.press(page, button)
            expect(page.get_by_text("Everything is done.")).to_be_visible(timeout=30_000)

    return prepare


STATES = (
    State("accounts.teams", "none", "large", "/people/teams", "No teams yet"),
    State("accounts.teams", "tree", "usm", "/people/teams", "Take back"),
    State("accounts.new_team", "empty", "usm", "/people/teams/new", "Add the team"),
    State(
        "accounts.new_team",
        "mistakes",
        "usm",
        "/people/teams/new",
        LOOK_AGAIN,
        press("Add the team"),
        422,
    ),
    State("accounts.team", "filled", "usm", "/people/teams/{team}", "Who sees only this team"),
    State(
        "accounts.team",
        "mistakes",
        "usm",
        "/people/teams/{team}",
        LOOK_AGAIN,
        fill_and_press("Save", name=""),
        422,
    ),
    State("accounts.import_people", "empty", "large", "/people/import", "Check the file"),
    State(
        "accounts.import_people",
        "mistakes",
        "large",
        "/people/import",
        "Choose a file.",
        press("Check the file"),
        422,
    ),
    State(
        "accounts.people_import",
        "checked",
        "usm",
        "/people/import",
        "Would be added",
        bring_file("new@nordlicht.example,New Person,Finance", "no address,,"),
    ),
    State(
        "accounts.people_import",
        "nothing to do",
        "usm",
        "/people/import",
        "There is nothing to do",
        bring_file(f"{'x' * 300}@nordlicht.example,{'Verylongname' * 20},{'Long' * 40}"),
    ),
    State(
        "accounts.people_import",
        "done",
        "long",
        "/people/import",
        "Added",
        bring_file(f"new@long.example,{'Longname' * 10},{'Longteam' * 10}", button="Yes, do it"),
    ),
    State("accounts.person", "joined", "usm", "/people/{joined}", "Yes, they have left"),
    State(
        "accounts.person",
        "mistakes",
        "usm",
        "/people/{joined}",
        LOOK_AGAIN,
        fill_and_press("Save", display_name=""),
        422,
    ),
    State("accounts.person", "invited", "usm", "/people/{newcomer}", "Invite now"),
    State(
        "accounts.person",
        "mail comes back",
        "usm",
        "/people/{newcomer}",
        "invite the right address",
        arrange=many.let_mail_come_back,
    ),
    State("accounts.person", "oneself", "long", "/people/{long_member}", "Your roles"),
    State("accounts.invite", "empty", "usm", "/people/invite", "Invite a person to"),
    State("accounts.invite", "mistakes", "usm", "/people/invite", LOOK_AGAIN, press("Invite"), 422),
    State("accounts.invite", "long names", "long", "/people/invite", "Invite a person to"),
    State(
        "accounts.invited", "link shown", "usm", "/people/invite", "It works once", invite_somebody
    ),
    State("accounts.invited", "joined", "usm", "/people/invited/{joined}", "has joined"),
    State("accounts.erase_leaver", "to ask", "usm", "/people/{left}/erase", "nobody can bring"),
    State(
        "accounts.erase_leaver",
        "asked",
        "usm",
        "/people/{going}/erase",
        "Until then you may undo it",
    ),
    State(
        "accounts.erase_leaver",
        "their own wish",
        "usm",
        "/people/{willing}/erase",
        "as they asked for themselves",
    ),
)
