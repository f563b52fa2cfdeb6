"""Browsers in words, so that people recognise their own."""

from portal.i18n import gettext as _

# In this order: later ones also call themselves by earlier ones' names.
BROWSERS = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS", "Mac"),
    ("Linux", "Linux"),
)


def device(user_agent: str) -> str:
    """For example “Firefox, Windows”, from what the browser says of itself."""
    known = [
        next((name for mark, name in table if mark in user_agent), None)
        for table in (BROWSERS, SYSTEMS)
    ]
    return ", ".join(name for name in known if name) or _("Unknown browser")
