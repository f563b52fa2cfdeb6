"""Publishing goals and guides."""

from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from sqlalchemy import event, func, select, update

from portal import publishing
from portal.db import Database
from portal.errors import NotFound
from portal.guides.models import CurrentRevision, Goal, Guide, PublishedContent, Revision
from portal.guides.rendering import Renderer
from portal.guides.service.reading import GuidePage, get_guide_page, translated
from portal.markdown import Rendered
from portal.publishing import Report
from tests.content_folder import BODY, GOAL, ContentFolder

pytestmark = pytest.mark.database


@pytest.fixture
def folder(tmp_path: Path) -> ContentFolder:
    return ContentFolder(tmp_path / "content")


class Publisher:
    """Publishes one folder and looks at what came of it."""

    def __init__(self, database: Database, folder: ContentFolder) -> None:
        self.database, self.folder = database, folder

    def __call__(self) -> Report:
        return publishing.publish(self.database, self.folder.root)

    def rows(self, *columns: Any) -> list[tuple[Any, ...]]:
        with self.database.reading(None) as session:
            found = [tuple(row) for row in session.execute(select(*columns))]
        return sorted(found, key=repr)

    def revisions(self) -> list[dict[str, Any]]:
        """Every column of every revision, the oldest first."""
        query = select(*Revision.__table__.columns).order_by(Revision.id)
        with self.database.reading(None) as session:
            return [dict(row._mapping) for row in session.execute(query)]

    def page(self, slug: str, locale: str = "en") -> GuidePage:
        with self.database.reading(None):
            return get_guide_page(slug, locale)

    def numbers(self, slug: str) -> list[tuple[Any, ...]]:
        with self.database.reading(None) as session:
            query = (
                select(Revision.language, Revision.number)
                .join(Guide, Guide.id == Revision.guide_id)
                .where(Guide.slug == slug)
                .order_by(Revision.language, Revision.number)
            )
            return [tuple(row) for row in session.execute(query)]


@pytest.fixture
def publish(database: Database, folder: ContentFolder) -> Publisher:
    return Publisher(database, folder)


def test_publishes_goals_and_guides(publish: Publisher) -> None:
    report = publish()
    assert report.is_published
    assert report.new_guides == 2
    assert publish.rows(Goal.slug, Goal.rhythm) == [("close-faster", "month")]
    page = publish.page("match-bank-file")
    assert page.title == "Match the bank file"
    assert "<strong>Match</strong>" in page.html
    assert page.checklist == ("The file is in", "Nothing is left open")
    assert [heading.title for heading in page.headings] == ["Steps", "If it did not work"]


def test_opens_no_write_transaction_when_nothing_changed(publish: Publisher) -> None:
    publish()
    begun: list[str] = []
    event.listen(
        publish.database.engine,
        "begin",
        lambda connection: begun.append(connection.get_execution_options()["begin"]),
    )
    report = publish()
    assert report.is_published
    assert not report.is_changed
    assert set(begun) == {"BEGIN"}
    publish.folder.guide("match-bank-file", minutes=9)
    publish()
    assert "BEGIN IMMEDIATE" in begun


def test_renders_nothing_again_that_is_published(
    publish: Publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish.folder.guide("match-bank-file", review="2020-01-01", checked="2019-01-01")
    first = publish()
    rendered: list[str] = []
    monkeypatch.setattr(
        Renderer,
        "_render",
        lambda self, text, language: rendered.append(text) or Rendered("", "", ()),
    )
    again = publish()
    assert not again.is_changed
    assert again.problems == first.problems
    publish.folder.guide("lock-period", BODY + "\nMore.\n")
    publish()
    assert [text for text in rendered if "**Match**" in text] == [BODY + "\nMore.\n"]


def test_renders_anew_what_was_rendered_in_another_way(publish: Publisher) -> None:
    publish()
    page = publish.page("match-bank-file")
    with publish.database.writing(None) as session:
        session.execute(update(Revision).values(html="old"))
        session.execute(update(CurrentRevision).values(render_key="old"))
        session.execute(update(PublishedContent).values(fingerprint="old"))
        session.commit()
    publish()
    html = dict(publish.rows(Revision.id, Revision.html))[page.revision_id]
    assert html == page.html
    assert publish.numbers("match-bank-file") == [("en", 1)]


def test_makes_a_new_revision_when_the_text_changed(publish: Publisher) -> None:
    publish()
    before = publish.revisions()
    publish.folder.guide("match-bank-file", BODY.replace("Press", "Now press"))
    report = publish()
    assert (report.new_guides, report.new_revisions) == (0, 1)
    assert publish.numbers("match-bank-file") == [("en", 1), ("en", 2)]
    assert "Now press" in publish.page("match-bank-file").html
    after = publish.revisions()
    assert [row for row in after if row in before] == before
    assert len(after) == len(before) + 1


@pytest.mark.parametrize(
    "front",
    [
        {"title": "Match yesterday's bank file"},
        {"purpose": "After this you can match any bank file."},
        {"minutes": 7},
        {"checklist": ["Nothing is left open"]},
        {"evidence": "bank_file_matched"},
        {"kind": "craft"},
        {"if_then": "When the bank file is in, I will …"},
        {"follow_up": "How many files did you match last week?"},
        {"features": ["bank-import"]},
    ],
)
def test_makes_a_new_revision_when_what_is_read_changed(
    publish: Publisher, front: dict[str, Any]
) -> None:
    publish()
    publish.folder.guide("match-bank-file", **front)
    publish()
    assert publish.numbers("match-bank-file") == [("en", 1), ("en", 2)]


def test_keeps_what_a_guide_asks(publish: Publisher) -> None:
    asked = {"if_then": "When the file is in, I will …", "follow_up": "How often did you?"}
    publish.folder.guide("match-bank-file", kind="release", features=["bank-import"], **asked)
    publish()
    kept = publish.rows(Revision.if_then, Revision.follow_up_question, Revision.features)
    assert sorted(kept, key=str)[-1] == (None, None, [])
    assert (asked["if_then"], asked["follow_up"], ["bank-import"]) in kept


def test_publishes_no_draft_and_withdraws_what_becomes_one(publish: Publisher) -> None:
    publish.folder.guide("later", draft=True, goal="not-yet-known")
    assert publish().new_guides == 2
    publish.folder.path("close-with-proof", steps=[{"guide": "lock-period"}, {"milestone": "Done"}])
    publish.folder.guide("match-bank-file", draft=True)
    assert publish().withdrawn_guides == 1


def test_updates_maintainer_and_dates_without_a_revision(publish: Publisher) -> None:
    publish()
    publish.folder.guide("match-bank-file", maintainer="Noa New", review="2098-01-01")
    report = publish()
    assert report.is_changed
    assert publish.numbers("match-bank-file") == [("en", 1)]
    assert ("match-bank-file", "Noa New") in publish.rows(Guide.slug, Guide.maintainer)


def test_continues_the_figures_of_the_first_of_a_chain_of_corrections(publish: Publisher) -> None:
    publish()
    first = publish.page("match-bank-file").revision_id
    for words in ("Press it", "Press that"):
        publish.folder.guide("match-bank-file", BODY.replace("Press", words), correction=True)
        publish()
    chain = [(r["number"], r["measured_with"]) for r in publish.revisions() if r["number"] > 1]
    assert chain == [(2, first), (3, first)]


def test_never_continues_figures_across_kinds(publish: Publisher) -> None:
    publish()
    publish.folder.guide("match-bank-file", kind="craft", correction=True)
    publish()
    assert not any(row["measured_with"] for row in publish.revisions())


def test_reminds_of_a_correction_that_is_published(publish: Publisher) -> None:
    publish()
    publish.folder.guide("match-bank-file", BODY + "\nMore.\n", correction=True)
    assert any("correction" in str(problem) for problem in publish().problems)


def test_withdraws_a_guide_whose_file_is_gone_and_takes_it_back(publish: Publisher) -> None:
    publish()
    first = publish.page("match-bank-file").revision_id
    publish.folder.remove("guides/match-bank-file.md")
    publish.folder.path("close-with-proof", steps=[{"guide": "lock-period"}, {"milestone": "Done"}])
    assert publish().withdrawn_guides == 1
    with pytest.raises(NotFound, match="start page"):
        publish.page("match-bank-file")
    publish.folder.guide("match-bank-file")
    assert publish().returned_guides == 1
    assert publish.page("match-bank-file").revision_id == first


def test_reads_another_language_where_there_is_one(publish: Publisher) -> None:
    publish.folder.guide("match-bank-file", file="match-bank-file.de", title="Bankdatei abgleichen")
    publish()
    assert publish.page("match-bank-file", "de_AT").title == "Bankdatei abgleichen"
    assert publish.page("match-bank-file", "fr").title == "Match the bank file"
    publish.folder.remove("guides/match-bank-file.de.md")
    publish()
    assert publish.page("match-bank-file", "de").title == "Match the bank file"
    assert publish.numbers("match-bank-file") == [("de", 1), ("en", 1)]


def test_keeps_a_goal_in_its_other_languages(publish: Publisher) -> None:
    publish.folder.goal("close-faster")
    publish.folder._write(
        "goals/close-faster.de.md", GOAL | {"title": "Schneller"}, "Auf Deutsch.\n"
    )
    assert publish().is_published
    ((title, translations),) = publish.rows(Goal.title, Goal.translations)
    assert title == GOAL["title"]
    assert translations["de"]["title"] == "Schneller"
    assert translations["de"]["html"] == "<p>Auf Deutsch.</p>"
    assert translated(translations, "de_AT")["title"] == "Schneller"
    assert translated(translations, "fr") == {}


def test_reads_a_guide_in_its_only_language(publish: Publisher) -> None:
    publish.folder.guide(
        "lernen", language="de", title="Lernen", purpose="Danach kannst du lernen."
    )
    publish()
    assert publish.page("lernen", "en").language == "de"


@pytest.mark.parametrize("folder_is_there", [True, False])
def test_does_not_withdraw_everything_because_a_folder_is_missing(
    publish: Publisher, tmp_path: Path, folder_is_there: bool
) -> None:
    publish()
    empty = tmp_path / "not-mounted"
    if folder_is_there:
        empty.mkdir()
    report = publishing.publish(publish.database, empty)
    assert not report.is_published
    assert "WAYMARK_CONTENT_DIR" in str(report.problems[-1])
    assert publish.page("match-bank-file")


def test_says_what_it_did(publish: Publisher) -> None:
    assert publish().summary() == "Published: 2 new guides, 1 goal changed, 1 path changed."
    publish.folder.guide("match-bank-file", minutes=9)
    assert publish().summary() == "Published: 1 new revision."
    assert publish().summary() == "Nothing has changed since the last publication."
    publish.folder.goal("close-faster", title="Close in four days")
    assert publish().summary() == "Published: 1 goal changed."


def test_refuses_everything_if_one_file_is_wrong(publish: Publisher) -> None:
    publish()
    publish.folder.guide("match-bank-file", BODY + "\nMore.\n")
    publish.folder.guide("lock-period", purpose=None)
    report = publish()
    assert not report.is_published
    assert any(problem.severity == "error" for problem in report.problems)
    assert publish.numbers("match-bank-file") == [("en", 1)]
    assert "again" in report.summary()


def test_undoes_all_of_it_when_it_breaks_in_the_middle(
    publish: Publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_down(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("portal.publishing.paths.write", break_down)
    with pytest.raises(RuntimeError):
        publish()
    counts = [publish.rows(func.count(model.id))[0][0] for model in (Goal, Guide, Revision)]
    assert counts == [0, 0, 0]


def test_lets_one_of_two_publications_at_once_win(publish: Publisher) -> None:
    reports: list[Report] = []
    threads = [Thread(target=lambda: reports.append(publish())) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(report.is_changed for report in reports) == [False, True]
    assert publish.numbers("match-bank-file") == [("en", 1)]


def test_keeps_what_lint_says_today_with_the_guide(publish: Publisher) -> None:
    publish.folder.guide("match-bank-file", review="2020-01-01", checked="2019-01-01")
    publish()
    warnings = dict(publish.rows(Guide.slug, Guide.warnings))
    with publish.database.reading(None) as session:
        stored = session.scalars(select(CurrentRevision.problems)).all()
    problems = [problem["what"] for problems in stored for problem in problems]
    assert warnings["match-bank-file"] >= 1
    assert "The day for the next check has passed." in problems
