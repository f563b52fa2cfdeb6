"""Guides to search and take away, kits, and the author's library."""

from playwright.sync_api import Page, expect

from tests.journeys import many, steps
from tests.journeys.states.kinds import State

ANSWERS_PAGE = "/library/reconcile-with-proof/answers"


def save_what_another_has_saved(page: Page) -> None:
    """Fill a document in that was saved since it was opened."""
    page.locator("[name=number]").evaluate("(field) => { field.value = '7'; }")
    steps.press(page, "Save what you filled in")


def unfold(page: Page) -> None:
    """Open the form of the first comment."""
    page.locator(".fold > summary").first.click()
    expect(page.get_by_label("What becomes of it").first).to_be_visible()


STATES = (
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
    State("effectiveness.answers", "a form", "author", ANSWERS_PAGE, "Whoever wrote it", unfold),
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
)
