"""Requests for help, of who asks and of who answers."""

from tests.journeys.states.kinds import GUIDE, LOOK_AGAIN, State, press

STATES = (
    State("help.ask", "from a guide", "walker", f"/help/ask?guide={GUIDE}", "is sent along"),
    State("help.ask", "anything", "fresh", "/help/ask", "Who sees this"),
    State("help.ask", "no usm", "long", "/help/ask", "goes to your vendor at once"),
    State("help.ask", "mistakes", "fresh", "/help/ask", LOOK_AGAIN, press("Ask for help"), 422),
    State("help.requests", "waiting", "usm", "/help", "the waiting one"),
    State("help.requests", "answered", "usm", "/help?state=answered", "the answered one"),
    State("help.requests", "closed", "usm", "/help?state=closed", "the closed one"),
    State("help.requests", "nobody waits", "large", "/help", "Nobody waits for you"),
    State("help.requests", "own", "critic", "/help", "the closed one"),
    State("help.requests", "own, long", "walker", "/help", "long words"),
    State("help.requests", "none of one's own", "fresh", "/help", "not asked anything yet"),
    State("help.thread", "to answer", "usm", "/help/{waiting}", "Hand it on to the vendor"),
    State("help.thread", "answered", "critic", "/help/{answered}", "Yes, solved"),
    State("help.thread", "closed", "critic", "/help/{closed}", "Open it again"),
    State("help.thread", "risen", "critic", "/help/{risen}", "It was handed on to the vendor"),
    State(
        "help.thread",
        "mistakes",
        "usm",
        "/help/{waiting}",
        LOOK_AGAIN,
        press("Send the answer"),
        422,
    ),
    State("help.thread", "a stranger's", "large", "/help/{waiting}", "no such request", status=404),
    State("help.risen", "to answer", "csm", "/customers/{nordlicht}/help/{risen}", "the risen one"),
)
