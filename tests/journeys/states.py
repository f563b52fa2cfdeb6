"""Every page in every state worth looking at. A new page without a line here fails a test."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from uuid import uuid4

from playwright.sync_api import Page, expect

from tests.journeys import many, steps
from tests.journeys.scene import Scene

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
}
"""Endpoints that answer with something else than a page."""

Prepare = Callable[[Page], None]


@dataclass(frozen=True)
class State:
    """A page in one state: who opens which address, does what there, and then reads what."""

    endpoint: str
    """Empty for error pages, which belong to no address of their own."""
    name: str
    who: str
    address: str
    shows: str
    prepare: Prepare | None = None
    status: int = 200
    arrange: Callable[[Scene], None] | None = None
    """What is done in the database before the page is opened."""

    @property
    def id(self) -> str:
        return f"{self.endpoint or 'error'}: {self.name}"


def press(name: str) -> Prepare:
    """Send the form as it stands."""
    return lambda page: steps.press(page, name)


def fill_and_press(button: str, **fields: str) -> Prepare:
    """Fill fields by their ids, then send the form."""

    def prepare(page: Page) -> None:
        for id_, words in fields.items():
            page.locator(f"#{id_}").fill(words)
        steps.press(page, button)

    return prepare


def invite_somebody(page: Page) -> None:
    """Invite somebody whom nobody has invited before."""
    steps.invite(page, "Nina Neu", f"{uuid4().hex}@nordlicht.example")


def bring_file(*lines: str, button: str = "") -> Prepare:
    """Bring a file of people, see what it would do, and press a button there."""

    def prepare(page: Page) -> None:
        steps.bring_file(page, "\n".join(["E-mail address,Name,Team", *lines]))
        if button:
            steps.press(page, button)
            expect(page.get_by_text("Everything is done.")).to_be_visible(timeout=30_000)

    return prepare


def invite_a_colleague(page: Page) -> None:
    """Invite somebody of the vendor's, with a role that is not offered as chosen."""
    page.get_by_text("Customer success manager:").click()
    invite_somebody(page)


def open_menu(page: Page) -> None:
    page.locator("summary", has_text="Account menu").click()
    expect(page.get_by_role("link", name="My account")).to_be_visible()


def save_what_another_has_saved(page: Page) -> None:
    """Fill a document in that was saved since it was opened."""
    page.locator("[name=number]").evaluate("(field) => { field.value = '7'; }")
    steps.press(page, "Save what you filled in")


def choose_a_password(page: Page) -> None:
    """Have a password in a session that was not opened by a link an hour ago at most."""
    steps.press(page, "Set the password")


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


LOOK_AGAIN = "Please look at this again"
GUIDE = "reconcile-with-proof"
LONG_GUIDE = f"/guides/{GUIDE}"
LONG_GUIDE = "/guides/reconcile-with-proof"
PATH = "/paths/close-with-proof"
KINDS = "/paths/lead-a-review"
"""A path with a step of every kind."""
BRANDING = "/organizations/{nordlicht}/branding"
ANSWERS_PAGE = "/library/reconcile-with-proof/answers"

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
        lambda page: too_long(page),
        status=422,
    ),
    State("adoption.people", "filled", "sample usm", "/people", "Lena Brandt"),
    State("adoption.people", "nobody fits", "usm", "/people?words=zzz", "Nobody fits"),
    State("adoption.people", "several pages", "large", "/people", "Next 60"),
    State("adoption.people", "long names", "long", "/people", "Donaudampf"),
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
    State("customers.customers", "filled", "csm", "/customers", "Help waits"),
    State("customers.customers", "nothing fits", "csm", "/customers?words=zzz", "No organization"),
    State("customers.customers", "none", "idle csm", "/customers", "No organization is yours yet"),
    State("customers.customers", "samples", "admin", "/customers?sample=1", "These are samples."),
    State("customers.customer", "asked", "csm", "/customers/{nordlicht}", "An owner decides"),
    State("customers.customer", "nobody", "csm", "/customers/{nobody}", "No USM and no owner"),
    State("customers.customer", "long", "csm", "/customers/{long}", "Who leads"),
    State(
        "customers.customer", "not theirs", "csm", "/customers/{large}", "nothing here", status=404
    ),
    State("customers.people", "not allowed", "csm", "/customers/{nordlicht}/people", "are theirs"),
    State("customers.people", "allowed", "csm", "/customers/{long}/people", "Donaudampf"),
    State("accounts.consent", "asked", "owner", "/organization/stand-in", "to stand in."),
    State("accounts.consent", "nobody", "other owner", "/organization/stand-in", "Nobody answers"),
    State(
        "accounts.consent",
        "mistakes",
        "owner",
        "/organization/stand-in",
        LOOK_AGAIN,
        press("Let them stand in"),
        422,
    ),
    State("accounts.staff", "filled", "admin", "/staff", "Carl Success"),
    State("accounts.colleague", "filled", "admin", "/staff/{csm}", "Take them out"),
    State("accounts.invite_staff", "empty", "admin", "/staff/invite", "What they will do here"),
    State(
        "accounts.invite_staff",
        "mistakes",
        "admin",
        "/staff/invite",
        LOOK_AGAIN,
        press("Invite"),
        422,
    ),
    State(
        "accounts.invited_staff",
        "link shown",
        "admin",
        "/staff/invite",
        "It works once",
        invite_a_colleague,
    ),
    State("adoption.today", "things to do", "sample usm", "/today", "has come to a halt"),
    State("adoption.today", "nothing", "quiet", "/today", "Nothing needs you today"),
    State("adoption.today", "long names", "long", "/today", "Today"),
    State("adoption.overview", "few people", "sample usm", "/overview", "How far people have come"),
    State("adoption.overview", "many people", "large", "/overview", "%"),
    State("adoption.overview", "long names", "long", "/overview", "Where people are"),
    State("adoption.notes", "none", "quiet", "/notes", "No notes yet"),
    State(
        "adoption.notes", "filled", "usm", "/notes", "Put back", lambda page: pin_and_take_off(page)
    ),
    State(
        "adoption.fit_path", "nothing optional", "quiet", f"{PATH}/fit", "All steps of this path"
    ),
    State("adoption.fit_path", "filled", "quiet", f"{KINDS}/fit", "Leave out"),
    State(
        "adoption.fit_path",
        "left out and moved",
        "quiet",
        f"{KINDS}/fit",
        "Undo the last change",
        lambda page: fit_path(page),
    ),
    State(
        "adoption.fit_path",
        "mistakes",
        "quiet",
        f"{KINDS}/fit",
        LOOK_AGAIN,
        lambda page: leave_out_a_required_step(page),
        422,
    ),
    State("adoption.fit_path", "not allowed", "walker", f"{KINDS}/fit", "not open", status=403),
    State("adoption.guide_note", "empty", "usm", "/notes/guides/explain-a-variance", "The note"),
    State(
        "adoption.guide_note",
        "mistakes",
        "usm",
        "/notes/guides/explain-a-variance",
        LOOK_AGAIN,
        press("Pin the note"),
        422,
    ),
    State(
        "adoption.step_note", "empty", "usm", PATH, "The note", lambda page: open_step_note(page)
    ),
    State("paths.guide", "with a note", "long", LONG_GUIDE, "From your", lambda page: pin(page)),
    State("adoption.people", "past a date", "usm", "/people?state=overdue", "Nobody fits"),
    State("adoption.people", "undo", "large", "/people", "Undo", lambda page: enroll_all(page)),
    State("adoption.enroll", "everybody", "large", "/people/enroll?everybody=1", "more"),
    State("adoption.enroll", "long names", "long", "/people/enroll?everybody=1", "Donaudampf"),
    State(
        "adoption.enroll",
        "mistakes",
        "large",
        "/people/enroll?everybody=1",
        LOOK_AGAIN,
        lambda page: page.get_by_role("button", name="Ask").click(),
        422,
    ),
    State("", "nobody ticked", "usm", "/people/enroll", "Nobody is selected", status=422),
    State("accounts.teams", "none", "large", "/people/teams", "No teams yet"),
    State("accounts.teams", "tree", "usm", "/people/teams", "Take back"),
    State("accounts.new_team", "empty", "usm", "/people/teams/new", "Add the team"),
    State(
        "accounts.new_team",
        "mistakes",
        "usm",
        "/people/teams/new",
        LOOK_AGAIN,
        press("Add the team"),
        422,
    ),
    State("accounts.team", "filled", "usm", "/people/teams/{team}", "Who sees only this team"),
    State(
        "accounts.team",
        "mistakes",
        "usm",
        "/people/teams/{team}",
        LOOK_AGAIN,
        fill_and_press("Save", name=""),
        422,
    ),
    State("accounts.import_people", "empty", "large", "/people/import", "Check the file"),
    State(
        "accounts.import_people",
        "mistakes",
        "large",
        "/people/import",
        "Choose a file.",
        press("Check the file"),
        422,
    ),
    State(
        "accounts.people_import",
        "checked",
        "usm",
        "/people/import",
        "Would be added",
        bring_file("new@nordlicht.example,New Person,Finance", "no address,,"),
    ),
    State(
        "accounts.people_import",
        "nothing to do",
        "usm",
        "/people/import",
        "There is nothing to do",
        bring_file(f"{'x' * 300}@nordlicht.example,{'Verylongname' * 20},{'Long' * 40}"),
    ),
    State(
        "accounts.people_import",
        "done",
        "long",
        "/people/import",
        "Added",
        bring_file(f"new@long.example,{'Longname' * 10},{'Longteam' * 10}", button="Yes, do it"),
    ),
    State("accounts.person", "joined", "usm", "/people/{joined}", "Yes, they have left"),
    State(
        "accounts.person",
        "mistakes",
        "usm",
        "/people/{joined}",
        LOOK_AGAIN,
        fill_and_press("Save", display_name=""),
        422,
    ),
    State("accounts.person", "invited", "usm", "/people/{newcomer}", "Invite now"),
    State(
        "accounts.person",
        "mail comes back",
        "usm",
        "/people/{newcomer}",
        "invite the right address",
        arrange=many.let_mail_come_back,
    ),
    State(
        "accounts.me",
        "mail comes back",
        "long",
        "/me",
        "this address refuses mail",
        arrange=many.let_mail_come_back,
    ),
    State(
        "adoption.people",
        "mail comes back",
        "long",
        "/people",
        "their address refuses mail",
        arrange=many.let_mail_come_back,
    ),
    State("accounts.person", "oneself", "long", "/people/{long_member}", "Your roles"),
    State("accounts.branding", "the portal's own", "admin", BRANDING, "None yet."),
    State(
        "accounts.branding",
        "looked at first",
        "admin",
        BRANDING,
        "Nothing is saved yet.",
        fill_and_press("Look at it first", accent="#ffd400"),
    ),
    State(
        "accounts.branding",
        "mistakes",
        "admin",
        BRANDING,
        LOOK_AGAIN,
        fill_and_press("Save", accent="teal"),
        422,
    ),
    State(
        "accounts.branding",
        "no picture",
        "admin",
        BRANDING,
        LOOK_AGAIN,
        press("Show this logo"),
        422,
    ),
    State(
        "accounts.branding",
        "long names",
        "admin",
        "/organizations/{long}/branding",
        "Name, colour and logo",
    ),
    State("accounts.branding", "not allowed", "usm", BRANDING, "not open to you", status=403),
    State(
        "accounts.organization_settings",
        "filled",
        "admin",
        "/organizations/{nordlicht}/settings",
        "Holidays and quiet periods",
    ),
    State(
        "accounts.organization_settings",
        "mistakes",
        "admin",
        "/organizations/{nordlicht}/settings",
        LOOK_AGAIN,
        press("Add the days"),
        422,
    ),
    State(
        "accounts.organization_settings",
        "long names",
        "admin",
        "/organizations/{long}/settings",
        "Working days",
    ),
    State("accounts.invite", "empty", "usm", "/people/invite", "Invite a person to"),
    State("accounts.invite", "mistakes", "usm", "/people/invite", LOOK_AGAIN, press("Invite"), 422),
    State("accounts.invite", "long names", "long", "/people/invite", "Invite a person to"),
    State(
        "accounts.invited", "link shown", "usm", "/people/invite", "It works once", invite_somebody
    ),
    State("accounts.invited", "joined", "usm", "/people/invited/{joined}", "has joined"),
    State(
        "effectiveness.searches",
        "nothing",
        "author",
        "/library/searches",
        "Nothing to show yet",
        arrange=many.forget_misses,
    ),
    State(
        "effectiveness.searches",
        "many and long",
        "author",
        "/library/searches",
        "word 002",
        arrange=many.miss_many_words,
    ),
    State("effectiveness.answers", "one comment", "author", ANSWERS_PAGE, "What did not work"),
    State(
        "effectiveness.answers",
        "many and long",
        "author",
        "/library/book-a-reversing-accrual/answers",
        "Next 30",
        arrange=many.comment_often_and_at_length,
    ),
    State("effectiveness.answers", "none fits", "author", f"{ANSWERS_PAGE}?state=done", "No comm"),
    State("guides.search", "nothing asked", "walker", "/search", "One or two words are enough."),
    State("guides.search", "found", "walker", "/search?q=proof", "results"),
    State("guides.search", "some words", "walker", "/search?q=proof+unicorn", "These have some of"),
    State("guides.search", "nothing found", "walker", "/search?q=unicorn", "Try fewer or other"),
    State("guides.search", "no word", "walker", "/search?q=%3F%21", "There is no word in that"),
    State("guides.search", "very long", "walker", f"/search?q={'x' * 300}", "Try fewer or other"),
    State("guides.search", "staff", "author", "/search", "This is not open to you", status=403),
    State(
        "guides.take_away",
        "not asked",
        "walker",
        "/guides/explain-a-variance/pdf",
        "Make the PDF",
    ),
    State("guides.kits", "filled", "usm", "/kits", "Champion kit"),
    State("guides.kits", "everybody's", "walker", "/kits", "Starter kit"),
    State("guides.kit", "filled", "usm", "/kits/champion-kit", "Role card"),
    State("guides.kit_document", "empty", "usm", "/kits/champion-kit/role-card", "Hours a month"),
    State("guides.kit_document", "table", "usm", "/kits/champion-kit/manager-agreement", "Agreed"),
    State(
        *("guides.kit_document", "error", "usm", "/kits/champion-kit/invitation"),
        "Somebody saved this document",
        save_what_another_has_saved,
        422,
    ),
    State(
        *("guides.take_kit_away", "not asked", "usm", "/kits/champion-kit/role-card/pdf"),
        "Make the PDF",
    ),
    State(
        "effectiveness.library", "on offer", "author", "/library", "Reconcile an account with proof"
    ),
    State("effectiveness.library", "withdrawn", "author", "/library?show=withdrawn", "guide-1"),
    State("effectiveness.library", "due", "author", "/library?show=due", "Overdue since"),
    State("effectiveness.library", "nothing fits", "author", "/library?words=zzz", "No guide fits"),
    State("guides.guide", "sound", "author", "/library/explain-a-variance", "Nothing to mend"),
    State("guides.guide", "problems", "author", "/library/guide-2", "Make two of it."),
    State("guides.guide", "withdrawn", "author", "/library/guide-1", "Withdrawn on"),
    State(
        "guides.revision",
        "read today",
        "author",
        "/library/reconcile-with-proof/en/1",
        "Revision 1",
    ),
    State("guides.revision", "older", "author", "/library/guide-2/en/1", "no longer what readers"),
    State("guides.changes", "words", "author", "/library/guide-2/en/2/changes", "Around line"),
    State("accounts.organizations", "customers", "admin", "/organizations", "Nordlicht Energie"),
    State(
        "accounts.organizations", "samples", "admin", "/organizations?sample=1", "Ferrovia Foods"
    ),
    State("accounts.organization", "led", "admin", "/organizations/{nordlicht}", "Who leads"),
    State("accounts.organization", "nobody", "admin", "/organizations/{nobody}", "Nobody is here"),
    State("accounts.organization", "long", "admin", "/organizations/{long}", "Who leads"),
    State(
        "accounts.new_organization", "empty", "admin", "/organizations/new", "A customer of yours"
    ),
    State(
        "accounts.new_organization",
        "mistakes",
        "admin",
        "/organizations/new",
        LOOK_AGAIN,
        press("Set up the organization"),
        422,
    ),
    State(
        "accounts.invite_into",
        "empty",
        "admin",
        "/organizations/{nordlicht}/invite",
        "What they will do here",
    ),
    State(
        "accounts.invite_into",
        "mistakes",
        "admin",
        "/organizations/{nordlicht}/invite",
        LOOK_AGAIN,
        press("Invite"),
        422,
    ),
    State(
        "accounts.invited_into",
        "link shown",
        "admin",
        "/organizations/{nordlicht}/invite",
        "It works once",
        invite_somebody,
    ),
    State("operations.status", "work stopped", "admin", "/operations", "It was tried eight times"),
    State("operations.audit_log", "vendor", "admin", "/audit", "Audit log"),
    State("operations.audit_log", "owner", "owner", "/audit", "Added a team"),
    State("operations.audit_log", "nothing yet", "lonely owner", "/audit", "Nothing was done yet"),
    State(
        "operations.audit_log", "nothing fits", "owner", "/audit?until=2020-01-01", "Nothing fits"
    ),
    State("operations.audit_log", "long names", "long owner", "/audit", "Donaudampf"),
    State("operations.audit_everywhere", "all", "admin", "/audit/everywhere", "in every org"),
    State("accounts.sign_in", "empty", "nobody", "/sign-in", "This portal cannot send mail"),
    State("accounts.sign_in", "mistakes", "nobody", "/sign-in", LOOK_AGAIN, press("Sign in"), 422),
    State(
        "accounts.sign_in",
        "wrong",
        "nobody",
        "/sign-in",
        "The address or the password is not right.",
        fill_and_press("Sign in", email="nobody@nordlicht.example", password="wrong"),
        422,
    ),
    State("accounts.sign_in_link", "no mail", "nobody", "/sign-in/link", "No mail server is set"),
    State("accounts.reset_password", "no mail", "nobody", "/sign-in/reset", "cannot send mail"),
    State("accounts.own_address_page", "no mail", "walker", "/me/address", "cannot send mail"),
    State("accounts.link", "reset", "nobody", "/links/{reset}", "Choose a new password"),
    State(
        "accounts.link",
        "reset, mistakes",
        "nobody",
        "/links/{reset}",
        LOOK_AGAIN,
        press("Set the password"),
        422,
    ),
    State("accounts.link", "new address", "nobody", "/links/{new_address}", "Use this address"),
    State("accounts.link_sent", "sent", "nobody", "/sign-in/link/sent", "Look into your mailbox"),
    State(
        "accounts.choose_organization",
        "two",
        "double",
        "/sign-in/organization",
        "Where do you want to go?",
    ),
    State(
        "accounts.choose_organization",
        "mistakes",
        "double",
        "/sign-in/organization",
        LOOK_AGAIN,
        press("Continue"),
        422,
    ),
    State("accounts.link", "sign in", "nobody", "/links/{sign_in}", "This link works once."),
    State("accounts.link", "signed in", "walker", "/links/{sign_in}", "that ends with it"),
    State("accounts.link", "invitation", "nobody", "/links/{invitation}", "Welcome, Nora Newcomer"),
    State(
        "accounts.link",
        "short password",
        "nobody",
        "/links/{invitation}",
        LOOK_AGAIN,
        fill_and_press("Join Nordlicht Energie", password="short"),
        422,
    ),
    State("accounts.link", "known", "nobody", "/links/{known}", "Sign in with your address first"),
    State("accounts.link", "first admin", "nobody", "/links/{first_admin}", "Become admin"),
    State(
        "accounts.link",
        "first admin, mistakes",
        "nobody",
        "/links/{first_admin}",
        LOOK_AGAIN,
        press("Become admin"),
        422,
    ),
    State("accounts.link", "used", "nobody", "/links/{used}", "each works once", status=409),
    State("accounts.me", "own", "double", "/me", "Go to another organization"),
    State(
        "accounts.me",
        "mistakes",
        "walker",
        "/me",
        LOOK_AGAIN,
        fill_and_press("Save", display_name=""),
        422,
    ),
    State("accounts.me", "long names", "long", "/me", "My account"),
    State("accounts.contact", "as it is", "walker", "/me/contact", "Rather not at all?"),
    State(
        "accounts.contact",
        "mistakes",
        "walker",
        "/me/contact",
        LOOK_AGAIN,
        fill_and_press("Save", quiet_from="22:00"),
        422,
    ),
    State(
        "accounts.contact",
        "left alone",
        "finished",
        "/me/contact",
        "You are left alone",
        lambda page: leave_alone(page),
    ),
    State(
        "accounts.unwanted", "follow-ups", "nobody", "/unwanted/{unwanted}", "Nothing has changed"
    ),
    State("accounts.data", "as it is", "walker", "/me/data", "Take it along"),
    State("accounts.data", "long names", "long", "/me/data", "Take it along"),
    State(
        "accounts.data",
        "file being made",
        "critic",
        "/me/data",
        "Your file is being made",
        press("Make a file of everything"),
    ),
    State("accounts.data_rows", "as it is", "walker", "/me/data/outcome", "Your answers"),
    State(
        "accounts.data_rows", "long names", "long", "/me/data/member", "You in this organization"
    ),
    State(
        "accounts.data_rows", "nothing there", "walker", "/me/data/stand_in", "Nothing about you"
    ),
    State("accounts.data", "to be erased", "leaving", "/me/data", "You will be erased"),
    State("accounts.erase_me", "by link", "walker", "/me/erase", "Erase me"),
    State(
        "accounts.erase_me",
        "wrong password",
        "by password",
        "/me/erase",
        LOOK_AGAIN,
        fill_and_press("Erase me", password="wrong"),
        422,
    ),
    State("accounts.erase_leaver", "to ask", "usm", "/people/{left}/erase", "nobody can bring"),
    State(
        "accounts.erase_leaver",
        "asked",
        "usm",
        "/people/{going}/erase",
        "Until then you may undo it",
    ),
    State(
        "accounts.erase_by_address",
        "empty",
        "admin",
        "/organizations/{nordlicht}/erase",
        "asked for it in writing",
    ),
    State(
        "accounts.erase_by_address",
        "mistakes",
        "admin",
        "/organizations/{nordlicht}/erase",
        LOOK_AGAIN,
        press("Erase this person"),
        422,
    ),
    State("accounts.privacy", "as it is", "owner", "/organization/privacy", "Nobody has looked"),
    State(
        "accounts.privacy",
        "names open",
        "owner",
        "/organization/privacy",
        "may read names",
        lambda page: allow_names(page),
    ),
    State("accounts.unwanted", "stopped", "nobody", "/unwanted/{stopped}", "You get no more"),
    State("accounts.password", "by link", "walker", "/me/password", "Set a password"),
    State(
        "accounts.password",
        "mistakes",
        "walker",
        "/me/password",
        LOOK_AGAIN,
        press("Set the password"),
        422,
    ),
    State("accounts.password", "asked", "by password", "/me/password", "Current password"),
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


def allow_names(page: Page) -> None:
    """Let staff read names, unless an earlier visit saw to that."""
    if page.get_by_role("button", name="Let them read names").count():
        steps.press(page, "Let them read names")


def leave_alone(page: Page) -> None:
    """Be left alone, unless an earlier visit saw to that."""
    button = page.get_by_role("button", name="Leave me alone")
    if button.count():
        steps.press(page, "Leave me alone")


def pin(page: Page) -> None:
    """Pin a note to the guide that is open."""
    steps.follow(page, "Pin a note for your people")
    page.locator("#text").fill("Long words " + "Donaudampfschifffahrt" * 8)
    steps.press(page, "Pin the note")


def pin_and_take_off(page: Page) -> None:
    """One note that stands, and one that was taken off."""
    page.goto("/notes/guides/book-a-reversing-accrual")
    page.locator("#text").fill("Ask Ulla.")
    steps.press(page, "Pin the note")
    page.goto("/notes/guides/book-a-reversing-accrual")
    steps.press(page, "Take the note off")


def open_step_note(page: Page) -> None:
    """From a path to the note of its first step."""
    page.get_by_role("link", name="Pin a note for your people").first.click()


def fit_path(page: Page) -> None:
    """Leave one step out and move another, unless an earlier visit saw to that."""
    button = page.get_by_role("button", name=re.compile("Leave out.*Small session"))
    if button.count():
        button.click()
        page.get_by_role("button", name=re.compile("Move up.*Past session")).click()
    expect(page.get_by_role("button", name="Put back")).to_be_visible()


def leave_out_a_required_step(page: Page) -> None:
    """As from a page that is out of date: the step has become required since."""
    step = page.get_by_role("listitem").filter(has_text="Required").first.get_attribute("id")
    button = page.get_by_role("button", name="Leave out").first
    words = (step or "").replace("step-", "leave_out:")
    button.evaluate("(button, words) => { button.value = words; }", words)
    button.click()


def enroll_all(page: Page) -> None:
    """Ask everybody to follow the first path."""
    page.get_by_role("link", name="Choose all").click()
    page.locator("#onto").select_option(index=1)
    page.get_by_role("button", name="Ask").click()


def too_long(page: Page) -> None:
    """Paste more than the field takes."""
    field = page.get_by_label("In your own words")
    field.evaluate("(field) => { field.removeAttribute('maxlength'); }")
    field.fill("long " * 500)
    steps.press(page, "Send and go on")
