"""How an import is put in words: on its page and in its file alike."""

from collections.abc import Mapping, Sequence
from typing import Any

from portal.access import Role
from portal.accounts.import_models import Verdict
from portal.accounts.service.imports.judging import write_roles
from portal.i18n import gettext
from portal.i18n import lazy_gettext as _

BEFORE = {
    Verdict.ADD: _("Would be added"),
    Verdict.CHANGE: _("Would be changed"),
    Verdict.SAME: _("Stays as it is"),
    Verdict.LEAVE: _("Would leave"),
    Verdict.REFUSE: _("Refused"),
}
AFTER = {
    Verdict.ADD: _("Added"),
    Verdict.CHANGE: _("Changed"),
    Verdict.SAME: _("As it was"),
    Verdict.LEAVE: _("Left"),
    Verdict.REFUSE: _("Refused"),
}
FIELDS = {
    "display_name": _("name"),
    "external_id": _("external ID"),
    "job": _("job"),
    "team": _("team"),
    "roles": _("roles"),
    "email": _("e-mail address"),
    "name": _("name"),
    "first_name": _("first name"),
    "last_name": _("last name"),
}
PROBLEMS = {
    "no_address": _("There is no e-mail address. Enter one."),
    "bad_address": _("“%(value)s” is not an e-mail address: it should look like name@company.com."),
    "nul": _("It holds a character that cannot be kept. Type the line anew."),
    "unknown_role": _("“%(value)s” is no role. Write “end user” or “USM”."),
    "repeated_address": _("Line %(value)s has the same e-mail address. Take one of them out."),
    "repeated_id": _("Line %(value)s has the same external ID. Each person has their own."),
    "id_of_another": _("The external ID %(value)s belongs to somebody with another address."),
    "foreign_team": _("%(value)s is not one of your teams."),
    "team_needed": _("There is no team. Enter one of yours."),
    "role_not_given": _("You cannot give or take the role “%(value)s”. The vendor can."),
    "out_of_reach": _("This person is in another team. Ask a success manager who sees everybody."),
    "own_roles": _("Your own roles are changed by somebody else."),
    "yourself": _("The file does not name you. You stay."),
    "owner_stays": _("An owner never leaves by a file."),
}


def problem(word: str, value: Any) -> str:
    """What is wrong, and how to mend it."""
    if word == "too_long":
        name, most = value
        return gettext(
            "Shorten the %(name)s to %(most)s characters.", name=str(FIELDS[name]), most=most
        )
    return str(PROBLEMS[word]) % {"value": value}


def change(name: str, before: Any, after: Any) -> str:
    """What changes about a member."""
    if name == "has_left":
        return gettext("comes back")
    if name == "roles":
        before, after = (write_roles(frozenset(map(Role, roles))) for roles in (before, after))
    words = {"name": str(FIELDS[name]), "before": before or "–", "after": after}
    return gettext("%(name)s: %(before)s → %(after)s", **words)


def details(row: Any) -> str:
    """Why a row is refused, or what changes by it."""
    problems: Sequence[Sequence[Any]] = row.problems
    changes: Mapping[str, Sequence[Any]] = row.changes
    if problems:
        return " ".join(problem(word, value) for word, value in problems)
    return "; ".join(change(name, *pair) for name, pair in changes.items())
