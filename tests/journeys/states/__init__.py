"""Every page in every state worth looking at. A new page without a line here fails a test."""

from tests.journeys.states import (
    adoption,
    customers,
    errors,
    help_requests,
    library,
    operations,
    organizations,
    own,
    paths,
    people,
    sign_in,
)
from tests.journeys.states.kinds import State

NO_PAGES = {
    "accounts.fetch_export": "a file",
    "accounts.import_csv": "a file",
    "adoption.overview_csv": "a file",
    "adoption.people_csv": "a file",
    "branding.style_sheet": "a style sheet",
    "guides.medium": "a picture",
    "health.healthz": "for machines",
    "health.readyz": "for machines",
    "media.picture": "a picture",
    "paths.calendar": "a file for calendars",
    "static": "files",
    "bootstrap.static": "files",
    "icon_static": "a picture",
}
"""Endpoints that answer with something else than a page."""

STATES: tuple[State, ...] = (
    *paths.STATES,
    *adoption.STATES,
    *help_requests.STATES,
    *customers.STATES,
    *people.STATES,
    *organizations.STATES,
    *own.STATES,
    *sign_in.STATES,
    *library.STATES,
    *operations.STATES,
    *errors.STATES,
)
