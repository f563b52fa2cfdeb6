"""How the people list is put in words: on the page and in the CSV alike."""

from portal.accounts.service.imports.judging import write_roles
from portal.adoption.service import PersonRow, State
from portal.i18n import lazy_gettext as _
from portal.spreadsheets import plain

LABELS = {
    State.INVITED: _("Invited"),
    State.NO_GOAL: _("No goal chosen yet"),
    State.ON_PATH: _("On the path"),
    State.STUCK: _("Stuck"),
    State.FINISHED: _("Finished"),
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
    ]
