"""How the csm's pages put things."""

from portal.customers.service.attention import Need
from portal.i18n import lazy_gettext as _

NEEDS = {
    Need.HELP: _("Help waits"),
    Need.NO_USM: _("No active USM"),
    Need.LEFT: _("A lead left"),
    Need.BOUNCED: _("Mail comes back"),
    Need.SILENT: _("Silent for 42 days"),
    Need.NOTHING: _("Nothing overdue"),
}
SHAPES = {
    Need.HELP: "alert",
    Need.NO_USM: "cross",
    Need.LEFT: "little",
    Need.BOUNCED: "little",
    Need.SILENT: "unknown",
    Need.NOTHING: "full",
}
"""The icon of each, so that colour is not all that tells them apart."""
