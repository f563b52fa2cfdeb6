"""The author's library."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, insert, select, update

from portal import clock, paging
from portal.db import Database
from portal.folding import fold
from portal.guides.models import CurrentRevision, Goal, Guide, Revision
from portal.guides.service.library import LibraryFilter, get_guide, guides_query
from portal.ids import new_id
from tests.factories import Library, Persona, World, make_revision

pytestmark = pytest.mark.database

SignIn = Callable[[Persona], FlaskClient]


@pytest.fixture
def author(world: World, signed_in: SignIn) -> FlaskClient:
    return signed_in(world.author)


def change_guide(database: Database, slug: str, **values: Any) -> None:
    with database.writing(None) as session:
        session.execute(update(Guide).where(Guide.slug == slug).values(**values))
        session.commit()


def revise(database: Database, slug: str, **values: Any) -> None:
    """Publish a further revision of a guide, straight into the tables."""
    with database.writing(None) as session:
        guide = session.scalars(select(Guide).where(Guide.slug == slug)).one()
        pointer = session.get_one(CurrentRevision, {"guide_id": guide.id, "language": "en"})
        number = session.get_one(Revision, pointer.revision_id).number
        revision = make_revision(session, guide, number + 1, clock.now())
        for name, value in values.items():
            setattr(revision, name, value)
        session.flush()
        pointer.revision_id = revision.id
        session.commit()


def add_guides(database: Database, number: int) -> None:
    """Add guides called `Guide 0000` and so on."""
    now, dates = clock.now(), {"checked_on": date(2026, 1, 1), "review_on": date(2099, 1, 1)}
    guides, revisions, pointers = [], [], []
    with database.writing(None) as session:
        goal_id = session.scalars(select(Goal.id)).first()
        like = dict(session.execute(select(*Revision.__table__.columns)).first()._mapping)
        for place in range(number):
            ids = {"guide_id": new_id(), "language": "en"}
            title, revision_id = f"Guide {place:04}", new_id()
            named = {"title": title, "title_key": fold(title), "words_key": fold(title)}
            guide = {"id": ids["guide_id"], "slug": f"many-{place}", "kind": "guide"}
            guide |= {"goal_id": goal_id, "maintainer": "Vera Author", "language": "en"}
            guides.append(guide | named | dates)
            revisions.append(like | ids | {"id": revision_id, "title": title, "published_at": now})
            pointers.append(ids | {"revision_id": revision_id, "title": title})
        for model, rows in ((Guide, guides), (Revision, revisions), (CurrentRevision, pointers)):
            session.execute(insert(model), rows)
        session.commit()


def test_lists_guides_with_goal_maintainer_and_revision(
    author: FlaskClient, library: Library, database: Database
) -> None:
    page = author.get("/library").text
    assert "2 guides are on offer." in page
    assert "Do guide-1 (v1)" in page
    assert "Close the month in five days" in page
    assert "Vera Author" in page


def test_says_how_to_publish_while_it_is_empty(author: FlaskClient) -> None:
    page = author.get("/library").text
    assert "No guides yet" in page
    assert "portal content publish" in page


def test_marks_an_overdue_review_with_a_word(
    author: FlaskClient, library: Library, database: Database
) -> None:
    change_guide(database, "guide-1", review_on=date(2020, 1, 31))
    page = author.get("/library").text
    assert "Overdue since Jan 31, 2020" in page
    assert "1 due for review" in page


@pytest.mark.parametrize(
    ("query", "shown", "hidden"),
    [
        ("show=due", "guide-1", "guide-2"),
        ("show=warned", "guide-2", "guide-1"),
        ("kind=craft", "guide-2", "guide-1"),
        ("words=GUIDE-1+vera", "guide-1", "guide-2"),
        ("show=nonsense&kind=nonsense", "guide-1", "nothing of the kind"),
    ],
)
def test_filters_by_what_the_address_says(
    author: FlaskClient, library: Library, database: Database, query: str, shown: str, hidden: str
) -> None:
    change_guide(database, "guide-1", review_on=date(2020, 1, 31))
    change_guide(database, "guide-2", warnings=2, kind="craft")
    page = author.get(f"/library?{query}").text
    assert f"/library/{shown}" in page
    assert f"/library/{hidden}" not in page


def test_takes_percent_signs_in_words_for_what_they_are(
    author: FlaskClient, library: Library
) -> None:
    assert "No guide fits" in author.get("/library?words=%25").text


def test_shows_withdrawn_guides_apart(
    author: FlaskClient, library: Library, database: Database
) -> None:
    change_guide(database, "guide-1", withdrawn_at=clock.now())
    assert "/library/guide-1" not in author.get("/library").text
    assert "/library/guide-1" in author.get("/library?show=withdrawn").text
    assert "Put the file back" in author.get("/library/guide-1").text


def test_pages_through_many_guides_and_keeps_the_filter(
    author: FlaskClient, library: Library, database: Database
) -> None:
    add_guides(database, 130)
    seen: list[str] = []
    url: str | None = "/library?words=guide"
    while url:
        page = author.get(url).text
        seen += [line for line in page.splitlines() if "/library/many-" in line]
        nexts = [part for part in page.split('"') if "after=" in part and "words=guide" in part]
        url = nexts[-1].replace("&amp;", "&") if 'rel="next"' in page else None
    assert len(seen) == len(set(seen)) == 130


SOME_ID = UUID(int=7)


@pytest.mark.parametrize(
    "after",
    ["nonsense", paging.encode_cursor([7, SOME_ID]), paging.encode_cursor(["a\0b", SOME_ID])],
)
@pytest.mark.parametrize("url", ["/library", "/library/guide-1"])
def test_refuses_a_page_marker_that_it_did_not_make(
    author: FlaskClient, library: Library, url: str, after: str
) -> None:
    assert author.get(url, query_string={"after": after}).status_code == 422


@pytest.mark.parametrize("guides", [10, 1_000])
@pytest.mark.parametrize(
    "url",
    ["/library", "/library/guide-1", "/library/guide-1/en/2", "/library/guide-1/en/2/changes"],
)
def test_needs_at_most_eight_statements(
    author: FlaskClient, library: Library, database: Database, url: str, guides: int
) -> None:
    add_guides(database, guides)
    revise(database, "guide-1")
    statements: list[str] = []
    event.listen(database.engine, "before_cursor_execute", lambda *args: statements.append(args[2]))
    assert author.get(url).status_code == 200
    asked = [s for s in statements if not s.startswith(("BEGIN", "COMMIT"))]
    assert len(asked) <= 8


def test_shows_what_lint_says_with_line_and_remedy(
    author: FlaskClient, library: Library, database: Database
) -> None:
    problem = {
        "severity": "warning",
        "file": "guides/guide-1.md",
        "line": 12,
        "what": "The picture has no description.",
        "mend": "Say in the brackets what it shows.",
    }
    with database.writing(None) as session:
        session.execute(update(CurrentRevision).values(problems=[problem]))
        session.commit()
    page = author.get("/library/guide-1").text
    assert "The picture has no description." in page
    assert "Say in the brackets what it shows." in page
    assert "line 12" in page
    assert "guides/guide-1.md" in page


def test_lists_revisions_newest_first_and_says_what_is_read(
    author: FlaskClient, library: Library, database: Database
) -> None:
    with database.reading(None) as session:
        first = session.scalars(
            select(Revision.id)
            .join(Guide, Guide.id == Revision.guide_id)
            .where(Guide.slug == "guide-1")
        ).one()
    revise(database, "guide-1", measured_with=first)
    page = author.get("/library/guide-1").text
    assert page.index("/en/2") < page.index("/en/1")
    assert page.count("read today") == 1
    assert "its figures continue those of revision 1" in page


def test_shows_each_revision_as_it_was_read(
    author: FlaskClient, library: Library, database: Database
) -> None:
    revise(database, "guide-1", html="<p>Do it <strong>twice</strong>.</p>")
    assert "<strong>twice</strong>" in author.get("/library/guide-1/en/2").text
    assert "twice" not in author.get("/library/guide-1/en/1").text
    assert "no longer what readers see" in author.get("/library/guide-1/en/1").text


def test_guides_named_in_a_text_lead_staff_to_the_library(
    author: FlaskClient, library: Library, database: Database
) -> None:
    html = '<a href="/guides/guide-2#part-steps">x</a> <img src="/guides/media/0a/a.png" alt="a">'
    revise(database, "guide-1", html=html)
    page = author.get("/library/guide-1/en/2").text
    assert '<a href="/library/guide-2">x</a> <img src="/guides/media/0a/a.png"' in page


def test_shows_what_changed_between_two_revisions(
    author: FlaskClient, library: Library, database: Database
) -> None:
    revise(database, "guide-1", source="## Steps\n\nDo it twice.")
    page = author.get("/library/guide-1/en/2/changes").text
    assert " <mark>twice</mark>" in page
    assert "Removed:" in page
    assert "Added:" in page


@pytest.mark.parametrize(
    "url",
    [
        "/library/unknown",
        "/library/un%00known",
        "/library/guide-1/en/7",
        "/library/guide-1/de/1",
        "/library/guide-1/en/1/changes",
        "/library/guide-1/en/99999999999999999999",
    ],
)
def test_says_that_something_is_not_there(author: FlaskClient, library: Library, url: str) -> None:
    assert author.get(url).status_code == 404


@pytest.mark.parametrize("who", ["end_user", "usm", "owner", "stranger", "csm"])
@pytest.mark.parametrize(
    "url",
    ["/library", "/library/guide-1", "/library/guide-1/en/1", "/library/guide-1/en/2/changes"],
)
def test_is_closed_to_everyone_but_authors_and_admins(
    world: World, library: Library, signed_in: SignIn, who: str, url: str
) -> None:
    assert signed_in(world.everybody[who]).get(url).status_code == 403


def test_names_a_goal_in_the_authors_language(
    database: Database, world: World, library: Library
) -> None:
    with database.writing(None) as session:
        session.execute(update(Goal).values(titles={"de": "Schneller fertig"}))
        session.commit()
    german = replace(world.author.viewer, locale="de")
    with database.reading(None) as session:
        goals = {row.goal for row in session.execute(guides_query(german, LibraryFilter()))}
        assert goals == {"Schneller fertig"}
        assert get_guide(german, library.guide_slugs[0]).goal == "Schneller fertig"
