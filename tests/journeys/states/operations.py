"""What the portal does by itself, and who did what."""

from tests.journeys.states.kinds import State

STATES = (
    State("operations.status", "work stopped", "admin", "/operations", "It was tried eight times"),
    State("operations.audit_log", "vendor", "admin", "/audit", "Audit log"),
    State("operations.audit_log", "owner", "owner", "/audit", "Added a team"),
    State("operations.audit_log", "nothing yet", "lonely owner", "/audit", "Nothing was done yet"),
    State(
        "operations.audit_log", "nothing fits", "owner", "/audit?until=2020-01-01", "Nothing fits"
    ),
    State("operations.audit_log", "long names", "long owner", "/audit", "Donaudampf"),
    State("operations.audit_everywhere", "all", "admin", "/audit/everywhere", "in every org"),
)
