"""Search: the same documents on both databases, whatever somebody types."""

import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, func, select

from portal import clock, indexing, publishing
from portal.db import Database
from portal.guides.models import Guide
from portal.guides.search_models import HitKind, SearchEntry, SearchMiss
from portal.guides.service import search as searching
from portal.guides.service.search import Found, put_text, remove_text, search
from portal.guides.service.search_misses import forget_misses
from portal.ids import new_id
from tests.conftest import SignIn
from tests.content_folder import ContentFolder
from tests.factories import Persona, World

pytestmark = pytest.mark.database

GUIDES = {
    "close-the-books": ("Close the books", "Post what is open, then press **Close**."),
    "lock-period": ("Lock the period", "When everything is posted, nobody may book any more."),
    "match-bank-file": ("Match the bank file", "Payments and invoices meet. Café Müller is one."),
    "accruals": ("Book a reversing accrual", "An accrual reverses itself on the first day."),
    "currencies": ("Revalue foreign currencies", "Rates come from the bank at year’s end."),
    "vat-return": ("Send the VAT return", "Form UStVA-2024 wants box 81 and Kz_66."),
    "approve": ("Approve invoices on the phone", "Swipe right. Closing waits for approvals."),
    "running": ("Run a payment", "The run is done twice a week; running it again changes nothing."),
    "emoji": ("Flags and smileys 🎉", "A naïve resumé of the œuvre: 東京 office, Straße 5."),
    "craft-proof": ("Prove a balance", "A proof is a document that somebody else could check."),
}
"""Title and body. Every guide says in its purpose that one can keep ledgers."""

QUERIES = {
    "closing": "close-the-books approve",
    "close": "close-the-books approve",
    "CLOSED": "close-the-books approve",
    "how do I close the books?": "close-the-books",
    "cafe": "match-bank-file",
    "Café": "match-bank-file",
    "CAFÉ muller": "match-bank-file",
    "Mueller": "",
    "strasse": "emoji",
    "Straße 5": "emoji",
    "STRASSE": "emoji",
    "naive resume": "emoji",
    "東京": "emoji",
    "invoice": "match-bank-file approve",
    "invoices phone": "approve",
    "accruals": "accruals",
    "accru": "accruals",
    "re": "accruals currencies emoji vat-return",
    "currency": "currencies",
    "foreign curr": "currencies",
    "bank": "match-bank-file currencies",
    "bank rates": "currencies",
    "ustva": "vat-return",
    "UStVA-2024": "vat-return",
    "kz_66": "vat-return",
    "run": "running",
    "runs twice": "running",
    "the": "accruals approve close-the-books currencies emoji lock-period match-bank-file running"
    " vat-return",
    "ledger": "*",
    "balances proofs": "craft-proof",
    "year's end": "currencies",
    "posting": "close-the-books lock-period",
    "unicorn": "",
    "bank unicorn": "?match-bank-file currencies",
}
"""What is typed, and which guides are found: `*` is all, `?` says that these have some words."""


@pytest.fixture
def folder(tmp_path: Path) -> ContentFolder:
    folder = ContentFolder(tmp_path / "content")
    for file in (folder.root / "guides").iterdir():
        file.unlink()
    for slug, (title, body) in GUIDES.items():
        folder.guide(
            slug, body, title=title, purpose="After this you can keep ledgers.", checklist=["Done"]
        )
    folder.path("close-with-proof", steps=[{"guide": "lock-period"}, {"milestone": "Done"}])
    return folder


@pytest.fixture
def published(database: Database, folder: ContentFolder) -> ContentFolder:
    report = publishing.publish(database, folder.root)
    assert report.is_published, report.problems
    return folder


Look = Callable[..., Found]


@pytest.fixture
def look(database: Database, world: World) -> Look:
    def for_words(words: str, who: Persona | None = None, locale: str = "en") -> Found:
        viewer = (who or world.end_user).viewer
        viewer = viewer.__class__(
            **{n: getattr(viewer, n) for n in viewer.__slots__} | {"locale": locale}
        )
        with database.reading(viewer.organization_id):
            return search(viewer, words)

    return for_words


def guides_of(found: Found) -> list[str]:
    return [hit.slug for hit in found.hits if hit.kind == "guide"]


@pytest.mark.parametrize(("words", "expected"), QUERIES.items())
def test_it_finds_these_guides(
    published: ContentFolder, look: Look, words: str, expected: str
) -> None:
    found = look(words)
    some, wanted = expected.startswith("?"), expected.removeprefix("?")
    every = set(GUIDES) if wanted == "*" else set(wanted.split())
    assert set(guides_of(found)) == every
    assert found.has_all_words is bool(every and not some)


BAD = {
    "quotes": '"close',
    "operators": "close AND OR NOT NEAR(",
    "columns": "title:close",
    "stars": "*",
    "brackets": "((((",
    "tsquery": "close & | ! <-> :*",
    "sql": "'; DROP TABLE search_entry; --",
    "backslash": "\\",
    "NUL": "clo\0se",
    "surrogate": "\ud800close",
    "long": "close " * 2_000,
    "one long word": "x" * 10_000,
    "emoji": "🎉🎉",
    "punctuation": "?!.,;:-_",
    "blanks": " \t\n ",
    "percent": "100%_",
    "marks only": "\u0301\u0308",
    "right to left": "\u202eclose\u202c",
    "digits": "٣ ½ ²",
    "many words": " ".join(f"w{n}" for n in range(150)),
}


@pytest.mark.parametrize("words", BAD.values(), ids=BAD.keys())
def test_whatever_is_typed_is_words_and_nothing_else(
    published: ContentFolder, look: Look, words: str
) -> None:
    found = look(words)
    assert set(guides_of(found)) <= set(GUIDES)


@pytest.mark.parametrize("words", BAD.values(), ids=BAD.keys())
def test_the_page_takes_whatever_is_typed(
    published: ContentFolder, signed_in: SignIn, world: World, words: str
) -> None:
    sent = words.encode("utf-8", "surrogatepass")
    answer = signed_in(world.end_user).get("/search", query_string={"q": sent})
    assert answer.status_code == 200


def test_a_word_in_the_title_comes_before_the_same_in_a_text(
    published: ContentFolder, look: Look
) -> None:
    assert guides_of(look("closing"))[0] == "close-the-books"


def test_it_finds_the_path_and_the_goal_too(published: ContentFolder, look: Look) -> None:
    found = {(hit.kind, hit.slug) for hit in look("close").hits if hit.kind != "guide"}
    assert found == {("path", "close-with-proof"), ("goal", "close-faster")}


def test_kits_are_found_by_those_whom_they_are_for(
    database: Database, folder: ContentFolder, look: Look, world: World, signed_in: SignIn
) -> None:
    field = "{{ field: hours | Hours a month | number }}"
    folder.kit("carry-on", title="Carry it on", documents=["talk"])
    folder.document("carry-on", "talk", f"Name a zebra and say why. {field}", title="First talk")
    folder.kit("lead", title="Lead them", audience="usm", documents=["plan"])
    folder.document("lead", "plan", "Feed the zebra every week.", title="Plan of a quarter")
    publishing.publish(database, folder.root)

    def kits(words: str, who: Persona) -> list[str]:
        return sorted(hit.slug for hit in look(words, who).hits if hit.kind == "kit")

    assert kits("zebra", world.end_user) == ["carry-on"]
    assert kits("zebra", world.usm) == ["carry-on", "lead"]
    assert kits("plans of quarters", world.end_user) == []
    assert kits("plans of quarters", world.usm) == ["lead"]
    assert not look("hours", world.usm).hits or "carry-on" not in kits("number", world.usm)
    page = signed_in(world.usm).get("/search?q=zebra").text
    assert 'href="/kits/lead"' in page
    assert signed_in(world.usm).get("/kits/lead").status_code == 200
    (folder.root / "kits/lead.md").unlink()
    shutil.rmtree(folder.root / "kits/lead")
    publishing.publish(database, folder.root)
    assert kits("zebra", world.usm) == ["carry-on"]


def test_a_kit_for_others_takes_no_place_among_the_results(
    database: Database, folder: ContentFolder, look: Look, world: World, signed_in: SignIn
) -> None:
    folder.kit("lead", title="Zebra zebra", audience="usm", documents=["plan"])
    folder.document("lead", "plan", "Feed the zebra.", title="Plan")
    publishing.publish(database, folder.root)
    assert look("zebra", world.end_user).is_miss
    assert "zebra" not in signed_in(world.end_user).get("/search?q=feed").text.lower()


def test_it_marks_what_was_found(published: ContentFolder, look: Look) -> None:
    (hit,) = look("muller").hits
    assert [piece.text for piece in hit.snippet if piece.is_found] == ["Müller"]


def test_the_page_escapes_what_it_shows(
    database: Database, folder: ContentFolder, signed_in: SignIn, world: World
) -> None:
    folder.guide("escape", "Type `<img onerror=alert(1)>` there.", title="Tags & <b>brackets</b>")
    publishing.publish(database, folder.root)
    page = signed_in(world.end_user).get("/search?q=brackets").text
    assert "Tags &amp; &lt;b&gt;brackets&lt;/b&gt;" in page
    page = signed_in(world.end_user).get("/search?q=onerror").text
    assert "&lt;img <mark>onerror</mark>=alert(1)&gt;" in page
    answer = signed_in(world.end_user).get("/search?q=<script>alert(1)</script>")
    assert "<script>alert" not in answer.text


def test_it_never_finds_what_was_withdrawn(
    database: Database, published: ContentFolder, look: Look
) -> None:
    (published.root / "guides" / "currencies.md").unlink()
    publishing.publish(database, published.root)
    assert guides_of(look("foreign currencies")) == []


def test_it_finds_what_a_guide_says_today(
    database: Database, published: ContentFolder, look: Look
) -> None:
    published.guide("running", "Press start.", title="Start a marathon", checklist=["Done"])
    publishing.publish(database, published.root)
    assert guides_of(look("twice")) == []
    assert guides_of(look("marathons")) == ["running"]


def test_it_is_read_in_the_readers_language_else_in_the_guides_own(
    database: Database, published: ContentFolder, look: Look
) -> None:
    published.guide(
        "running",
        "Der Lauf wird zweimal wöchentlich gestartet.",
        file="running.de",
        title="Eine Zahlung ausführen",
        checklist=["Done"],
    )
    publishing.publish(database, published.root)
    (german,) = look("Zahlungen", locale="de").hits
    assert (german.title, german.language) == ("Eine Zahlung ausführen", "de")
    assert guides_of(look("zahlungen", locale="en")) == []
    assert guides_of(look("payment", locale="de")) == ["match-bank-file"]
    assert guides_of(look("wochentlich", locale="de_AT")) == ["running"]
    # No German version: what they read is English, and found by English stems.
    assert guides_of(look("accruals", locale="de")) == ["accruals"]


def test_the_index_made_anew_is_the_one_kept_up_to_date(
    database: Database, published: ContentFolder
) -> None:
    published.guide("late", "Said later.", title="A late guide", checklist=["Done"])
    (published.root / "guides" / "emoji.md").unlink()
    publishing.publish(database, published.root)
    columns = [c for c in SearchEntry.__table__.columns if c.name != "number"]
    query = select(*columns).order_by(SearchEntry.kind, SearchEntry.slug)

    def rows() -> list[tuple[object, ...]]:
        with database.reading(None) as session:
            return [tuple(row) for row in session.execute(query)]

    kept = rows()
    assert indexing.refresh(database) == 0
    assert indexing.refresh(database, anew=True) == len(kept)
    assert rows() == kept


@pytest.fixture
def noted(database: Database, published: ContentFolder, world: World) -> Persona:
    """Our customer's own text on a guide."""
    with database.writing(world.usm.organization_id) as session:
        guide_id = session.scalars(select(Guide.id).where(Guide.slug == "lock-period")).one()
        organization_id = world.usm.organization_id
        put_text(organization_id, "note", NOTE, "Lock the period", "Ask Wilma first.", guide_id)
        session.commit()
    return world.usm


NOTE = new_id()


def test_a_customers_text_is_found_by_their_people_alone(
    noted: Persona, look: Look, world: World
) -> None:
    found = look("wilma")
    assert [(hit.kind, hit.slug, hit.leads_to) for hit in found.notes] == [
        ("note", "lock-period", "guide")
    ]
    assert not found.is_miss
    assert look("wilma", world.stranger).is_miss
    assert look("will").is_miss


def test_a_customers_text_is_replaced_and_removed(
    database: Database, noted: Persona, look: Look
) -> None:
    with database.writing(noted.organization_id) as session:
        put_text(
            noted.organization_id, "note", NOTE, "Lock", "Ask Bruno.", None, "close-with-proof"
        )
        session.commit()
    assert look("wilma").notes == []
    assert [(hit.slug, hit.leads_to) for hit in look("bruno").notes] == [
        ("close-with-proof", "path")
    ]
    with database.writing(noted.organization_id) as session:
        remove_text(noted.organization_id, "note", NOTE)
        session.commit()
    assert look("bruno").notes == []


def misses(database: Database, who: Persona) -> list[tuple[str, int]]:
    query = select(SearchMiss.words, SearchMiss.times).where(
        SearchMiss.organization_id == who.organization_id
    )
    with database.reading(who.organization_id) as session:
        return [tuple(row) for row in session.execute(query.order_by(SearchMiss.words))]


def test_what_nothing_has_is_noted_once_for_a_person(
    database: Database, published: ContentFolder, signed_in: SignIn, world: World
) -> None:
    browser = signed_in(world.end_user)
    for words in ("Unicorn", "unicorn ", "bank unicorn", "close", "?!", ""):
        browser.get("/search", query_string={"q": words})
    assert misses(database, world.end_user) == [("bank unicorn", 1), ("unicorn", 2)]
    with database.writing(world.end_user.organization_id) as session:
        forget_misses(world.end_user.organization_id, clock.now() + timedelta(seconds=1))
        session.commit()
    assert misses(database, world.end_user) == []


def test_the_page_says_what_to_do_where_nothing_is_found(
    published: ContentFolder, signed_in: SignIn, world: World
) -> None:
    page = signed_in(world.end_user).get("/search?q=unicorn").text
    assert "Try fewer or other words." in page
    assert 'value="unicorn"' in page


def test_it_is_for_those_who_follow_paths(
    client: FlaskClient, signed_in: SignIn, world: World
) -> None:
    assert client.get("/search").status_code == 302
    assert signed_in(world.author).get("/search").status_code == 403


RARE = {7: "okapi", 500: "okapi", 993: "okapi", 41: "quagga"}
"""Words of single guides among the many, by their number."""


def test_among_a_thousand_guides_each_is_found_in_one_statement_and_no_more_than_a_page(
    database: Database, published: ContentFolder, look: Look
) -> None:
    for number in range(1000):
        words = f"Fill the ledger, then {RARE.get(number, 'rest')}. See {number} in the list."
        published.guide(f"more-{number}", words, title=f"More {number}", checklist=["Done"])
    publishing.publish(database, published.root)
    with database.reading(None) as session:
        guides = SearchEntry.kind == HitKind.GUIDE
        found = session.scalar(select(func.count()).select_from(SearchEntry).where(guides))
        assert found == 1000 + len(GUIDES)
    assert set(guides_of(look("okapis"))) == {"more-7", "more-500", "more-993"}
    assert guides_of(look("quagga 41")) == ["more-41"]
    assert guides_of(look("okapi quagga")) != []
    assert not look("okapi quagga").has_all_words
    assert len(look("ledger").hits) == searching.MOST_HITS
    # The own texts, and the shared content; with some of the words only, that once more.
    assert count_statements(database, lambda: look("ledger")) == 2
    assert count_statements(database, lambda: look("okapi quagga")) == 3


def count_statements(database: Database, do: Callable[[], object]) -> int:
    """How many queries it takes, leaving out what begins and ends a transaction."""
    seen: list[str] = []

    def note(*told: Any) -> None:
        seen.append(told[2])

    event.listen(database.engine, "before_cursor_execute", note)
    do()
    event.remove(database.engine, "before_cursor_execute", note)
    return sum(statement.lstrip().upper().startswith("SELECT") for statement in seen)
