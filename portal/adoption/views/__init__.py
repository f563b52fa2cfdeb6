"""Pages of those who answer for their colleagues' success."""

from portal.adoption.views import enrolling, notes, nudging, overview, people, today
from portal.adoption.views.blueprint import bp
from portal.adoption.views.enrolling import on_home

__all__ = ["bp", "enrolling", "notes", "nudging", "on_home", "overview", "people", "today"]
