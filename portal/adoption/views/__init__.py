"""Pages of those who answer for their colleagues' success."""

from portal.adoption.views import enrolling, fitting, notes, nudging, overview, people, today
from portal.adoption.views.blueprint import bp
from portal.adoption.views.enrolling import ON_HOME

__all__ = [
    "ON_HOME",
    "bp",
    "enrolling",
    "fitting",
    "notes",
    "nudging",
    "overview",
    "people",
    "today",
]
