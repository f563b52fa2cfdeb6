"""Pages that say what went wrong."""

from uuid import uuid4

from playwright.sync_api import Page

from tests.journeys import steps
from tests.journeys.states.kinds import LONG_GUIDE, Prepare, State, fill_and_press


def post(address: str) -> Prepare:
    """Post what no page of ours would post."""
    script = """(address) => {
      const form = document.querySelector("form[action$='/sign-out']");
      form.action = address;
      form.submit();
    }"""
    return lambda page: page.evaluate(script, address)


def break_token(page: Page) -> None:
    """Send a form of another session."""
    page.locator("[name=csrf_token]").evaluate("(field) => { field.value = 'stale'; }")
    steps.press(page, "Sign in")


def guess_passwords(page: Page) -> None:
    """More often than anybody may."""
    fields = {
        name: page.locator(f"[name={name}]").input_value() for name in ("csrf_token", "request_id")
    }
    form = {**fields, "email": f"{uuid4().hex}@nordlicht.example", "password": "guess"}
    for _attempt in range(10):
        page.request.post("/sign-in", form=form)
    fill_and_press("Sign in", email=form["email"], password="guess")(page)


STATES = (
    State("", "nobody ticked", "usm", "/people/enroll", "Nobody is selected", status=422),
    State("", "not allowed", "walker", "/people", "This is not open to you", status=403),
    State("", "not there", "walker", "/nothing/here", "There is nothing here", status=404),
    State("", "not there for strangers", "nobody", "/nothing", "There is nothing", status=404),
    State("", "unknown link", "nobody", "/links/none", "This link is not complete", status=404),
    State("", "wrong method", "walker", "/sign-out", "That is not how", status=405),
    State("", "stale", "nobody", "/sign-in", "open for too long", break_token, 400),
    State(
        "",
        "incomplete",
        "walker",
        "/",
        "The page was incomplete.",
        post(f"{LONG_GUIDE}/answer"),
        422,
    ),
    State("", "too often", "nobody", "/sign-in", "Too many attempts", guess_passwords, 429),
)
