"""Pages of accounts: signing in, one's own account, inviting people, organizations."""

from portal.accounts.views import (
    account,
    links,
    organizations,
    people,
    sign_in,
    staffing,
    teams,
)
from portal.accounts.views.blueprint import bp

__all__ = ["account", "bp", "links", "organizations", "people", "sign_in", "staffing", "teams"]
