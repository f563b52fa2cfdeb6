"""Pages of accounts: signing in, one's own account, inviting people, organizations."""

from portal.accounts.views import (
    account,
    branding,
    contact,
    data,
    erasing,
    imports,
    links,
    organizations,
    own_address,
    people,
    person,
    privacy,
    settings,
    sign_in,
    staff,
    staffing,
    teams,
)
from portal.accounts.views.blueprint import bp

__all__ = [
    "account",
    "bp",
    "branding",
    "contact",
    "data",
    "erasing",
    "imports",
    "links",
    "organizations",
    "own_address",
    "people",
    "person",
    "privacy",
    "settings",
    "sign_in",
    "staff",
    "staffing",
    "teams",
]
