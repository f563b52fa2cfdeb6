"""What is changed for a whole organization, and by whom: docs/decisions/0017."""

from portal.access import Action, Viewer, require
from portal.errors import NotAllowed
from portal.i18n import gettext as _


def may_change(viewer: Viewer) -> bool:
    """Whether the viewer may change what all of their organization sees: paths and notes.

    Whoever leads some teams alone may not: others would find changed what they answer for.
    """
    return viewer.may(Action.LEAD_PEOPLE) and viewer.limited_to is None


def require_change(viewer: Viewer) -> None:
    """Raise NotAllowed, with who can do it, for whoever leads no people or some teams alone."""
    require(viewer, Action.LEAD_PEOPLE)
    if not may_change(viewer):
        words = _("This is your whole organization's. Ask a success manager who sees everybody.")
        raise NotAllowed(words)
