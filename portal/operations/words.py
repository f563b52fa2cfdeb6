"""How deeds and first steps are called."""

from typing import Any

from portal import audit
from portal.i18n import gettext
from portal.i18n import lazy_gettext as _
from portal.operations.service.first_steps import Kind, Step

ACTIONS = {
    "branding.changed": _("Changed how an organization shows itself"),
    "branding.logo_put_back": _("Put the logo back"),
    "branding.logo_removed": _("Took the logo away"),
    "branding.logo_set": _("Chose a logo"),
    "csm.assigned": _("Said which customer success manager answers for a customer"),
    "csm.released": _("Took a customer success manager off a customer"),
    "first_admin.created": _("Became the first admin"),
    "help.asked": _("Asked for help"),
    "help.closed": _("Closed a question"),
    "help.handed_on": _("Handed a question on to the vendor"),
    "import.finished": _("Finished bringing in a file of people"),
    "import.started": _("Began to bring in a file of people"),
    "import.tried_again": _("Let a file of people go on that had failed"),
    "kit.filled_in": _("Filled in a kit"),
    "member.accepted": _("Joined"),
    "member.changed": _("Changed what is known of a person"),
    "member.erasure_asked": _("Asked for a person to be erased"),
    "member.erasure_undone": _("Took back that a person is to be erased"),
    "member.invited": _("Invited a person"),
    "member.left": _("Noted that a person left"),
    "member.limited": _("Limited a success manager to a team"),
    "member.nudged": _("Asked a person how they get on"),
    "member.renamed": _("Changed their own name"),
    "member.returned": _("Took up a person who had left"),
    "name_access.given": _("Let the vendor's staff read names"),
    "name_access.taken_back": _("Let the vendor's staff read names no longer"),
    "note.pinned": _("Pinned a note"),
    "note.put_back": _("Put a note back"),
    "note.removed": _("Removed a note"),
    "organization.changed": _("Changed how an organization works"),
    "organization.created": _("Set an organization up"),
    "path.fitted": _("Fitted a path to the organization"),
    "path.fitted.undone": _("Undid how a path was fitted"),
    "people.enrolled": _("Put people onto a path"),
    "people.enrolled.undone": _("Undid that people were put on a path"),
    "person.address_asked": _("Asked to change their own address"),
    "person.password_set": _("Set a new password"),
    "quiet_period.removed": _("Took away quiet days"),
    "quiet_period.saved": _("Entered quiet days"),
    audit.RESTORED: _("Restored the portal from a backup"),
    "seats.removed": _("Took away a number of seats"),
    "seats.set": _("Entered a number of seats"),
    "staff.came_back": _("Let a colleague sign in again"),
    "staff.left": _("Ended a colleague's access"),
    "staff.roles": _("Changed what a colleague may do"),
    "stand_in.asked": _("Asked to stand in for the success manager"),
    "stand_in.begun": _("Began to act for the success manager"),
    "stand_in.given": _("Let a customer success manager stand in"),
    "stand_in.taken_back": _("Ended that somebody stands in"),
    "team.created": _("Added a team"),
    "team.changed": _("Changed a team"),
    "team.ended": _("Ended a team"),
    "team.reopened": _("Took up a team again"),
    "work.tried_again": _("Let stopped work be tried again"),
}
"""What the log calls what services record with `audit.record`."""

FIELDS = {
    "accent": _("Accent colour"),
    "backup": _("State of"),
    "csm": _("Customer success manager"),
    "display_name": _("Name"),
    "email": _("E-mail address"),
    "ends_on": _("Last day"),
    "error": _("Error"),
    "experience": _("Experience"),
    "logo": _("Logo"),
    "name": _("Name"),
    "parent": _("Team above"),
    "roles": _("Roles"),
    "seats": _("Seats"),
    "steps": _("Steps"),
    "shown_name": _("Name shown"),
    "size": _("Size"),
    "team": _("Team"),
    "until": _("Until"),
    "zone": _("Time zone"),
}


def action_words(action: str) -> str:
    """A deed in words."""
    return str(ACTIONS.get(action) or gettext("Something else"))


def field_words(name: str) -> str:
    """A value's name."""
    known = FIELDS.get(name)
    return str(known) if known else gettext("Value “%(name)s”", name=name)


def value_words(value: Any) -> str:
    """A value as the log shows it."""
    if value is None or value in ("", []):
        return gettext("nothing")
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    shown = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return gettext("“%(value)s”", value=shown)


TITLES = {
    Kind.ADMIN: _("First steps in your portal"),
    Kind.AUTHOR: _("First steps with your guides"),
    Kind.USM: _("First steps with your colleagues"),
}

STEPS = {
    Step.NAME_VENDOR: _("Give the portal your company's name"),
    Step.PUBLISH: _("Publish the first goal and its guides"),
    Step.INVITE_AUTHOR: _("Invite an author"),
    Step.FIRST_CUSTOMER: _("Set up the first customer"),
    Step.INVITE_USM: _("Invite the person there who will lead their colleagues"),
    Step.BACK_UP: _("Make a backup"),
    Step.ASSIGN_CSM: _("Say which customer success manager answers for the customer"),
    Step.SET_MAIL: _("Let the portal send mail"),
    Step.WRITE_GOAL: _("Write down a goal"),
    Step.WRITE_GUIDE: _("Write a guide that leads there"),
    Step.WRITE_PATH: _("Put the guides in order: a path"),
    Step.PUBLISH_FILES: _("Check, then publish"),
    Step.INVITE_PEOPLE: _("Invite your first colleague"),
    Step.CHOOSE_PATH: _("Choose a goal yourself"),
    Step.FIRST_PROGRESS: _("See the first progress"),
}
NOTES = {
    Step.PUBLISH: _(
        "They are Markdown files. An author writes them, or start with those that ship."
    ),
    Step.INVITE_AUTHOR: _("Somebody who writes and mends guides. It may be yourself."),
    Step.INVITE_USM: _("The user success manager, USM for short. They invite everybody else."),
    Step.BACK_UP: _("“portal backup FOLDER” on the portal's machine, then once a day by a timer."),
    Step.ASSIGN_CSM: _("It can wait until you have colleagues here."),
    Step.SET_MAIL: _("Until then links are shown to whoever invites, to hand over."),
    Step.PUBLISH_FILES: _(
        "“portal content lint” says what is wrong and how to mend it, “portal content publish”"
        " publishes."
    ),
    Step.INVITE_PEOPLE: _("They get a link, choose a goal, and appear under People."),
    Step.CHOOSE_PATH: _("You see what your colleagues will see, one step at a time."),
    Step.FIRST_PROGRESS: _(
        "When a colleague has done a step, it shows under People. Nobody's answers do."
    ),
}
