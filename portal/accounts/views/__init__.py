"""Pages of accounts: signing in, one's own account, inviting people, organizations."""

from portal.accounts.views import (
    account,
    contact,
    links,
    organizations,
    people,
    sign_in,
    staffing,
    teams,
)
from portal.accounts.views.blueprint import bp

__all__ = [
    "account",
    "bp",
    "contact",
    "links",
    "organizations",
    "people",
    "sign_in",
    "staffing",
    "teams",
]
