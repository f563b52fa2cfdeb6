"""How the people list is put in words: on the page and in the CSV alike."""

from portal.accounts.service.imports.judging import write_roles
from portal.adoption.service.enrolled import Done
from portal.adoption.service.people import PersonRow, State
from portal.i18n import format_date, format_number, gettext, ngettext
from portal.i18n import lazy_gettext as _
from portal.paths.progress_models import Origin
from portal.small_groups import Extreme, Share
from portal.spreadsheets import plain

LABELS = {
    State.INVITED: _("Invited"),
    State.NO_GOAL: _("No goal chosen yet"),
    State.ON_PATH: _("On the path"),
    State.STUCK: _("Stuck"),
    State.FINISHED: _("Finished"),
}

ORIGINS = {
    Origin.CHOSEN: _("chosen by themselves"),
    Origin.INVITED: _("invited to it"),
    Origin.REQUIRED: _("asked by their success manager"),
    Origin.RULE: _("by a rule"),
}

COLUMNS = (
    _("Name"),
    _("E-mail address"),
    _("External ID"),
    _("Roles"),
    _("Job"),
    _("Team"),
    _("State"),
    _("Path"),
    _("Next step"),
    _("Steps passed"),
    _("Steps"),
    _("Stuck since (UTC)"),
    _("Due on"),
)


def state_label(state: State) -> str:
    """A state in the reader's words."""
    return str(LABELS[state])


def cells(row: PersonRow) -> list[str | int]:
    """A row of the CSV, in the order of `COLUMNS`."""
    return [
        plain(row.name),
        plain(row.email),
        plain(row.external_id or ""),
        write_roles(row.roles),
        plain(row.job or ""),
        plain(row.team or ""),
        state_label(row.state),
        plain(row.path or ""),
        plain(row.step or ""),
        row.steps_passed,
        row.steps_total,
        f"{row.stuck_since:%Y-%m-%d %H:%M}" if row.stuck_since else "",
        row.due_on.isoformat() if row.due_on else "",
    ]


def share_words(share: Share | None) -> str:
    """A share as it may be told."""
    if share is None:
        return gettext("too few to say")
    if share.extreme is Extreme.NEARLY_ALL:
        return gettext("nearly all of %(whole)s", whole=format_number(share.whole))
    if share.extreme is Extreme.HARDLY_ANY:
        return gettext("hardly any of %(whole)s", whole=format_number(share.whole))
    part = format_number(share.part or 0)
    return gettext("%(part)s of %(whole)s", part=part, whole=format_number(share.whole))


def enrolled_words(done: Done) -> str:
    """What a bulk enrollment did, in a sentence or three."""
    told = ngettext(
        "%(num)s person is asked to follow “%(path)s”.",
        "%(num)s people are asked to follow “%(path)s”.",
        done.people,
        path=done.path_title,
    )
    parts = [told]
    if done.due_on:
        parts.append(gettext("The date is %(day)s.", day=format_date(done.due_on)))
    if done.beside:
        beside = ngettext(
            "%(num)s keeps the goal they have, or has yet to join, and finds it beside that.",
            "%(num)s keep the goal they have, or have yet to join, and find it beside that.",
            done.beside,
        )
        parts.append(beside)
    if done.known:
        known = ngettext(
            "%(num)s was on it already and keeps what they did.",
            "%(num)s were on it already and keep what they did.",
            done.known,
        )
        parts.append(known)
    return " ".join(parts)
