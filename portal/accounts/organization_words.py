"""How lists of organizations put things."""

from portal.accounts.models import Experience
from portal.i18n import lazy_gettext as _

EXPERIENCES = {
    Experience.HIGH_TOUCH: _("High touch"),
    Experience.MEDIUM_TOUCH: _("Medium touch"),
    Experience.LOW_TOUCH: _("Low touch"),
}
