"""An author changes a file and publishes; what is broken reaches nobody."""

import re
import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from portal.config import ROOT
from tests.journeys import steps
from tests.journeys.conftest import OpenPage
from tests.journeys.running import RunningPortal

pytestmark = pytest.mark.browser

GUIDE = "/guides/reconcile-with-proof"
OLD = "Both balances must be of the same day."
NEW = "Both balances must be of the last day of the month."


@pytest.fixture
def content(content_folder: Path) -> Path:
    """The authors' folder with sound files in it, whatever another test did to them."""
    shutil.copytree(ROOT / "content", content_folder, dirs_exist_ok=True)
    return content_folder


@pytest.fixture
def reader(mailing_portal: RunningPortal, browse: OpenPage) -> Page:
    """Somebody who has the guide open."""
    page = browse(mailing_portal)
    steps.use_sign_in_link(page, mailing_portal.sign_in_link("piet.jansen@kranich.example"))
    page.goto(GUIDE)
    steps.sees(page, steps.FIRST_GUIDE)
    return page


def change(file: Path, old: str, new: str) -> None:
    words = file.read_text(encoding="utf-8")
    assert old in words
    file.write_text(words.replace(old, new), encoding="utf-8")


def test_it_shows_readers_and_author_what_was_changed(
    mailing_portal: RunningPortal, content: Path, reader: Page, browse: OpenPage
) -> None:
    author = browse(mailing_portal)
    steps.use_sign_in_link(author, mailing_portal.sign_in_link("jonas.reuter@tallybrook.example"))
    expect(reader.get_by_text(OLD)).to_be_visible()
    change(content / "guides/reconcile-with-proof.md", OLD, NEW)
    assert "Published: 1 new revision." in mailing_portal.run("content", "publish")
    reader.reload()
    expect(reader.get_by_text(NEW)).to_be_visible()
    steps.sees(author, "Library")
    steps.follow(author, steps.FIRST_GUIDE)
    expect(steps.row_of(author, "Revision 2")).to_contain_text("read today")
    steps.follow(author, "Since revision 1")
    expect(author.locator("del")).to_contain_text(OLD)
    expect(author.locator("ins mark").first).to_have_text("last")
    steps.follow(author, "Revisions")
    english = author.get_by_role("row", name=re.compile("Revision 1.*English"))
    english.get_by_role("link", name="Revision 1", exact=True).click()
    expect(author.get_by_text(OLD)).to_be_visible()


def test_it_refuses_a_broken_file_and_says_where(
    mailing_portal: RunningPortal, content: Path, reader: Page
) -> None:
    lead = "An accrual puts a cost into the month"
    change(content / "guides/book-a-reversing-accrual.md", lead, "A broken lead")
    change(content / "guides/explain-a-variance.md", "minutes: ", "minutes: some")
    printed = mailing_portal.run("content", "publish", expected=1)
    assert re.search(r"content/guides/explain-a-variance\.md:\d+: error: ", printed)
    assert "Nothing was published." in printed
    reader.goto("/guides/book-a-reversing-accrual")
    expect(reader.get_by_text(lead)).to_be_visible()
