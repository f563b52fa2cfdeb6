"""The csm's list of organizations, and each of them."""

from tests.journeys.states.kinds import State

STATES = (
    State("customers.customers", "filled", "csm", "/customers", "Help waits"),
    State("customers.customers", "nothing fits", "csm", "/customers?words=zzz", "No organization"),
    State("customers.customers", "none", "idle csm", "/customers", "No organization is yours yet"),
    State(
        "customers.customers", "samples", "sample csm", "/customers", "samples to look around in"
    ),
    State("customers.customer", "asked", "csm", "/customers/{nordlicht}", "An owner decides"),
    State("customers.customer", "nobody", "csm", "/customers/{nobody}", "No USM and no owner"),
    State("customers.customer", "long", "csm", "/customers/{long}", "Who leads"),
    State(
        "customers.customer", "not theirs", "csm", "/customers/{large}", "nothing here", status=404
    ),
    State("customers.people", "not allowed", "csm", "/customers/{nordlicht}/people", "are theirs"),
    State("customers.people", "allowed", "csm", "/customers/{long}/people", "Donaudampf"),
)
