"""Pages of those who follow a path, and what they post."""

from portal.paths.views import follow_ups, goals, guides, steps
from portal.paths.views.blueprint import bp

__all__ = ["bp", "follow_ups", "goals", "guides", "steps"]
