"""What each table holds about a person, in words for them: a heading, and a sentence."""

from typing import Any

from portal.i18n import lazy_gettext as _

LABELS: dict[str, tuple[Any, Any]] = {
    "asked": (_("Questions shown to you"), _("Which were put to you, dismissed or answered.")),
    "audit_entry": (_("Record of what you changed"), _("What you did to others' data, and when.")),
    "bounce": (_("Mail to you that came back"), _("Since when, and what the mail server said.")),
    "bulk_enrolled": (_("Paths you were asked to follow"), _("When many were asked at once.")),
    "bulk_enrollment": (_("People you put on paths"), _("When, which path, how many people.")),
    "check_try": (_("Checks you took"), _("What you chose, and how often you tried.")),
    "contact_log": (_("When you were written to"), _("Over all organizations, for your limits.")),
    "contact_preferences": (_("How often we may write to you"), _("What you chose.")),
    "csm_assignment": (_("Customers you answer for"), _("From when to when.")),
    "ease": (_("How easy a guide was"), _("Whether you were asked, and what you said.")),
    "enrollment": (_("Paths you are on"), _("Since when, how far, and how you came onto them.")),
    "erasure": (_("Erasures asked for"), _("That somebody is to be erased, and on which day.")),
    "first_steps_dismissal": (
        _("First steps you put away"),
        _("Which list, and when."),
    ),
    "export": (_("Your exports"), _("Files like this one.")),
    "follow_up": (_("Follow-ups"), _("When you are asked again, and what you answered.")),
    "form_request": (_("Forms sent lately"), _("Kept for a week, so that none counts twice.")),
    "goal_word": (_("What you said of your goal"), _("Whether you reached it, and how fast.")),
    "help_message": (_("Words in help requests"), _("What you answered or added.")),
    "help_request": (_("Help you asked for"), _("Your words, and what became of them.")),
    "if_then": (_("Your if-then lines"), _("What you will do, in your own words.")),
    "import_row": (_("Lines of files that name you"), _("What somebody's file of people said.")),
    "kit_entry": (_("What you filled into kits"), _("Your words, field by field.")),
    "kit_pdf": (_("Kits you took away"), _("The filled-in PDF, drawn when you asked.")),
    "last_seen": (_("When you were last here"), _("Kept longer than your sign-in.")),
    "link": (_("Links for you"), _("That they were made and used; the links are not kept.")),
    "member": (_("You in this organization"), _("Name, roles, job, when you were invited.")),
    "message": (_("Messages to you"), _("Their texts, and what became of them.")),
    "name_access": (_("Consent for staff to read names"), _("When it was given and ended.")),
    "obstacle_note": (_("What stood in your way"), _("As you said when you chose a goal.")),
    "opening": (_("Guides you opened"), _("Which, when, and on which path.")),
    "outcome": (_("Your answers"), _("Whether a guide worked for you, and why not.")),
    "outcome_change": (_("Earlier answers"), _("Each answer as it was given.")),
    "people_import": (_("Files of people you brought"), _("When, and how many lines.")),
    "person": (
        _("You as who signs in"),
        _("Address, language, time zone; the password as a hash."),
    ),
    "pinned_note": (_("Notes you pinned"), _("To guides and steps, for your colleagues.")),
    "comment_reply": (
        _("What authors answered"),
        _("What becomes of your comments on guides, and the answers to you."),
    ),
    "search_miss": (_("Searches that found nothing"), _("Your words, folded.")),
    "session_place": (_("Sessions you signed up for"), _("Which date, and whether you came.")),
    "staff_look": (_("Looks of the vendor's staff"), _("When they read your name, and why.")),
    "stand_in": (_("Standing in for a USM"), _("Who asked for it and allowed it, and until when.")),
    "step_pass": (_("Steps you passed"), _("Which, and when.")),
    "team_limit": (_("Limits to a team"), _("Whose people you lead, from when to when.")),
    "team_membership": (_("Your teams"), _("From when to when you were in them.")),
    "tick": (_("Ticks in checklists"), _("Which lines, and when.")),
    "today_put_off": (_("What you put off"), _("Things of your list for today, until when.")),
    "told": (
        _("Answers you told your success manager"),
        _("Which, and since when; you may take them back on the guide."),
    ),
    "web_session": (_("Where you are signed in"), _("Browsers, and when they were last seen.")),
}
"""A new table about people needs a line here; a guard test says so."""
