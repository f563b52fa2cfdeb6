"""Why something can't be read, in our words: libraries and the system say it in English."""

import errno
import re

from portal.i18n import gettext as _
from portal.i18n import lazy_gettext as _later

_OF_SYSTEM = {
    errno.ENOENT: _later("it is not there any more"),
    errno.EACCES: _later("the portal may not read it"),
    errno.EPERM: _later("the portal may not read it"),
    errno.EISDIR: _later("it is a folder"),
    errno.ENOTDIR: _later("a part of its path is no folder"),
    errno.ELOOP: _later("it is a link that leads to itself"),
    errno.ENAMETOOLONG: _later("its name is too long"),
    errno.ENOSPC: _later("the disk is full"),
    errno.EROFS: _later("the disk is read-only"),
}
_OF_YAML = (
    (r"mapping values|block sequence entries", _later("a “: ” or “- ” stands where no list can")),
    (r"cannot start any token", _later("a tab, “@”, “%” or “`” stands where a value begins")),
    (r"end of stream|end of file", _later("a quote is opened and not closed")),
    (r"',' or '[\]}]'", _later("a “[” or “{” is opened and not closed")),
    (r"expected ':'", _later("a line has no colon")),
    (r"escape", _later("a “\\” stands in double quotes")),
    (r"expected key", _later("a quote is closed before the end of the text")),
    (r"indicator|block end", _later("the lines are not indented alike")),
    (r"control|special characters", _later("it holds a sign that can't be shown")),
)
"""By words that both of PyYAML's parsers use."""


def of_system(error: OSError) -> str:
    """Why a file can't be read or written."""
    known = _OF_SYSTEM.get(error.errno or 0)
    return str(known) if known else _("the system refuses it (%(code)s)", code=_code(error))


def of_yaml(said: str | None) -> str:
    """Why a text is not YAML, after what its parser said."""
    for words, reason in _OF_YAML:
        if said and re.search(words, said):
            return str(reason)
    return _("it is not YAML")


def _code(error: OSError) -> str:
    return errno.errorcode.get(error.errno or 0, "?")
