"""What people do on their paths: home, goals, steps, guides, questions."""

from playwright.sync_api import Page, expect

from tests.journeys import steps
from tests.journeys.states.kinds import KINDS, LONG_GUIDE, LOOK_AGAIN, PATH, State, press


def open_menu(page: Page) -> None:
    page.locator("summary", has_text="Account menu").click()
    expect(page.get_by_role("link", name="My account")).to_be_visible()


def pin(page: Page) -> None:
    """Pin a note to the guide that is open."""
    steps.follow(page, "Pin a note for your people")
    page.locator("#text").fill("Long words " + "Donaudampfschifffahrt" * 8)
    steps.press(page, "Pin the note")


def too_long(page: Page) -> None:
    """Paste more than the field takes."""
    field = page.get_by_label("In your own words")
    field.evaluate("(field) => { field.removeAttribute('maxlength'); }")
    field.fill("long " * 500)
    steps.press(page, "Send and go on")


STATES = (
    State("paths.home", "no goal", "fresh", "/", "Choose this goal"),
    State("paths.home", "next step", "walker", "/", "Read this guide"),
    State("paths.home", "menu open", "walker", "/", "Appearance", open_menu),
    State("paths.home", "milestone", "ready", "/", "I have done it: finish the path"),
    State("paths.home", "finished", "finished", "/", "What you can do now"),
    State("paths.home", "path withdrawn", "gone", "/", "is not offered any more"),
    State("paths.home", "task", "stepper", "/", "See what to do"),
    State("paths.home", "what helps comes first", "doer", "/", "Read this guide"),
    State("paths.home", "asked again", "silent", "/", "We ask this once"),
    State("paths.home", "follow-up due", "asked", "/", "Answer the question"),
    State("paths.home", "new releases", "asked", "/", "1 change in the product touches"),
    State("paths.home", "goal not said", "finished", "/", "Say whether you have reached it"),
    State("paths.home", "goal said", "happy", "/", "You said that you have reached it"),
    State("paths.home", "next goals", "asked", "/", "Choose your next goal"),
    State("paths.goals", "to choose", "fresh", "/goals", "Choose this goal"),
    State("paths.goals", "chosen", "walker", "/goals", "Your goal now"),
    State("paths.goals", "finished", "finished", "/goals", "Finished"),
    State("paths.path", "not chosen", "fresh", "/paths/close-with-proof", "Choose this path"),
    State("paths.path", "begun", "critic", "/paths/close-with-proof", "1 of 4 done"),
    State("paths.path", "to finish", "ready", "/paths/close-with-proof", "finish the path"),
    State("paths.path", "every kind", "trier", KINDS, "helps with what stands in your way"),
    State("paths.obstacle", "to say", "stepper", f"{KINDS}/obstacle", "You may skip it"),
    State("paths.obstacle", "said", "trier", f"{KINDS}/obstacle", "You may skip it"),
    State(
        "paths.obstacle",
        "mistakes",
        "stepper",
        f"{KINDS}/obstacle",
        LOOK_AGAIN,
        press("Show me my first step"),
        422,
    ),
    State("paths.step", "task", "stepper", "/steps/{step_task}", "I have done it"),
    State("paths.step", "task done", "doer", "/steps/{step_task}", "Done on"),
    State("paths.step", "very long task", "stepper", "/steps/{step_long}", "I have done it"),
    State("paths.step", "off the path", "fresh", "/steps/{step_task}", "You are not on this path"),
    State("paths.step", "check", "stepper", "/steps/{step_check}", "Check my answers"),
    State(
        "paths.step",
        "check left open",
        "stepper",
        "/steps/{step_check}",
        LOOK_AGAIN,
        press("Check my answers"),
        422,
    ),
    State("paths.step", "check wrong", "trier", "/steps/{step_check}", "Not quite."),
    State("paths.step", "check passed", "doer", "/steps/{step_check}", "Right."),
    State("paths.step", "session", "stepper", "/steps/{step_session}", "Take a place"),
    State("paths.step", "session full", "stepper", "/steps/{step_full}", "Every place is taken"),
    State("paths.step", "session, place taken", "doer", "/steps/{step_full}", "You have a place"),
    State("paths.step", "session over", "stepper", "/steps/{step_over}", "Were you there?"),
    State("paths.reached", "to say", "finished", f"{PATH}/reached", "Have you reached it?"),
    State("paths.reached", "said", "happy", f"{PATH}/reached", "Have you reached it?"),
    State(
        "paths.reached",
        "mistakes",
        "finished",
        f"{PATH}/reached",
        LOOK_AGAIN,
        press("Keep my answer"),
        422,
    ),
    State("paths.ease", "asked", "ready", f"{LONG_GUIDE}/ease", "7 is very easy"),
    State(
        "paths.ease",
        "mistakes",
        "ready",
        f"{LONG_GUIDE}/ease",
        LOOK_AGAIN,
        press("Send and go on"),
        422,
    ),
    State("paths.follow_up", "due", "asked", "/follow-ups/{follow_up_asked}", "You had planned"),
    State(
        "paths.follow_up",
        "mistakes",
        "asked",
        "/follow-ups/{follow_up_asked}",
        LOOK_AGAIN,
        press("Send my answer"),
        422,
    ),
    State("paths.follow_up", "said", "told", "/follow-ups/{follow_up_told}", "You said: Partly"),
    State(
        "paths.follow_up", "not yet due", "waiting", "/follow-ups/{follow_up_waiting}", "asked on"
    ),
    State("paths.releases", "nothing", "told", "/releases", "Nothing has changed for your work"),
    State("paths.releases", "new", "asked", "/releases", "Do guide-9"),
    State("paths.guide", "challenge", "walker", "/guides/guide-8", "Yes, I will try it"),
    State("paths.guide", "own line", "asked", LONG_GUIDE, "When will you use it?"),
    State("paths.guide", "asked", "walker", LONG_GUIDE, "Did it work for you?"),
    State("paths.guide", "answered", "ready", LONG_GUIDE, "You said: It worked"),
    State("paths.guide", "partly", "critic", LONG_GUIDE, "You said: Partly"),
    State("paths.guide", "changed since", "gone", "/guides/guide-2", "This guide has changed"),
    State("paths.guide", "off the path", "fresh", "/guides/guide-2", "Did it work for you?"),
    State("paths.reason", "given", "critic", f"{LONG_GUIDE}/reason", "What stood in the way?"),
    State(
        "paths.reason",
        "too long",
        "critic",
        f"{LONG_GUIDE}/reason",
        LOOK_AGAIN,
        too_long,
        status=422,
    ),
    State("paths.guide", "with a note", "long", LONG_GUIDE, "From your", pin),
)
