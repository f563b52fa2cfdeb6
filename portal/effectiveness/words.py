"""Words for what an author sees."""

from portal.effectiveness.models import CommentState
from portal.effectiveness.service.library import Sort
from portal.i18n import lazy_gettext as _

STATES = {
    CommentState.NEW: _("New"),
    CommentState.SEEN: _("Seen"),
    CommentState.PLANNED: _("Planned"),
    CommentState.DONE: _("Done"),
    CommentState.WONT: _("Won't be done"),
}

SORTS = {
    Sort.COMMENTS: _("most open comments first"),
    Sort.SUCCESS: _("least success first"),
    Sort.OPENED: _("most opened first"),
    Sort.REVIEW: _("next review first"),
    Sort.TITLE: _("by title"),
}
