"""Every table of the portal: importing this module fills `Base.metadata`."""

from portal import audit, jobs, media
from portal.accounts import import_models as imports
from portal.accounts import models as accounts
from portal.accounts import privacy_models as privacy
from portal.accounts import staffing_models as staffing
from portal.accounts import team_models as teams
from portal.adoption import models as adoption
from portal.backup import models as backup
from portal.effectiveness import models as effectiveness
from portal.guides import kit_models as kits
from portal.guides import models as guides
from portal.guides import search_models as search
from portal.help import models as help_requests
from portal.messages import models as messages
from portal.operations import models as operations
from portal.paths import fit_models as fitted
from portal.paths import follow_up_models as follow_ups
from portal.paths import models as paths
from portal.paths import outcome_models as outcomes
from portal.paths import pin_models as pins
from portal.paths import progress_models as progress
from portal.paths import step_models as steps
from portal.sample import models as sample
from portal.schema import Base
from portal.web import models as web

__all__ = [
    "accounts",
    "adoption",
    "audit",
    "backup",
    "effectiveness",
    "fitted",
    "follow_ups",
    "guides",
    "help_requests",
    "imports",
    "jobs",
    "kits",
    "media",
    "messages",
    "metadata",
    "operations",
    "outcomes",
    "paths",
    "pins",
    "privacy",
    "progress",
    "sample",
    "search",
    "staffing",
    "steps",
    "teams",
    "web",
]

metadata = Base.metadata
