"""Guides that were rewritten in the time that is told: who read which, and whether it helped."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from portal import clock, publishing
from portal.accounts.service import organizations
from portal.config import ROOT
from portal.effectiveness.models import CommentReply, CommentState, RevisionFigure
from portal.guides.models import Guide, Revision
from portal.paths.outcome_models import Opening, Outcome
from portal.paths.service import openings
from portal.sample import earlier
from portal.sample.service import dropping, loading
from portal.sample_cli import publish_with_past
from tests.sample.conftest import NOW, every_row, small

pytestmark = pytest.mark.database

STORY = small("Northgate Clinics", 60)
FIRST_IN_ENGLISH = Revision.language == "en", Revision.number == 1
EARLIER = {
    ("explain-a-variance", "en", 1),
    ("write-a-match-rule", "de", 1),
    ("write-a-match-rule", "en", 1),
}


@pytest.fixture
def rewritten(database):
    """A portal that was started with the sample, before that is loaded."""
    with database.writing(None) as session:
        organizations.ensure_vendor()
        session.commit()
    with clock.standing_at(NOW):
        report = publish_with_past(database, ROOT / "content")
    assert report.is_published
    return database


def revisions_of(database, slug, language="en"):
    with database.reading(None) as session:
        found = (
            select(Revision.number, Revision.published_at)
            .join(Guide, Guide.id == Revision.guide_id)
            .where(Guide.slug == slug, Revision.language == language)
        )
        return {number: (NOW - at).days for number, at in session.execute(found)}


def test_two_guides_have_an_earlier_version_and_all_others_have_one(rewritten):
    assert revisions_of(rewritten, "explain-a-variance") == {1: 125, 2: 45}
    for language in ("en", "de"):
        assert revisions_of(rewritten, "write-a-match-rule", language) == {1: 125, 2: 9}
    with rewritten.reading(None) as session:
        latest = session.scalars(
            select(func.max(Revision.number)).group_by(Revision.guide_id)
        ).all()
    assert sorted(latest)[-3:] == [1, 2, 2]


def test_a_release_is_read_from_the_day_on_which_it_came(rewritten, mail):
    assert revisions_of(rewritten, "match-rules-by-payee") == {1: 9}
    with clock.standing_at(NOW):
        loading.load(rewritten, mail, [STORY])
    with rewritten.across_organizations("a test looks") as session:
        openings_of_release = (
            select(Opening.opened_at, Revision.published_at)
            .join(Revision, Revision.id == Opening.revision_id)
            .join(Guide, Guide.id == Revision.guide_id)
            .where(Guide.slug == "match-rules-by-payee")
        )
        opened = session.execute(openings_of_release).all()
    assert opened
    assert all(row.published_at <= row.opened_at for row in opened)


def test_publishing_the_same_folder_again_changes_nothing(rewritten):
    with clock.standing_at(NOW + timedelta(minutes=1)):
        assert not publishing.publish(rewritten, ROOT / "content").is_changed


def test_people_answered_what_they_read_and_the_second_version_helped(rewritten, mail):
    with clock.standing_at(NOW):
        report = loading.load(rewritten, mail, [STORY])
    assert report.has_versions
    with rewritten.across_organizations("a test looks") as session:
        answered = session.execute(
            select(Outcome.answered_at, Revision.published_at, Revision.number)
            .join(Revision, Revision.id == Outcome.revision_id)
            .join(Guide, Guide.id == Revision.guide_id)
            .where(Guide.slug == "explain-a-variance")
        ).all()
        assert all(row.published_at <= row.answered_at for row in answered)
        figures = session.execute(
            select(Revision.number, RevisionFigure.yes, RevisionFigure.partly, RevisionFigure.no)
            .join(Revision, Revision.id == RevisionFigure.revision_id)
            .join(Guide, Guide.id == Revision.guide_id)
            .where(Guide.slug == "explain-a-variance", Revision.language == "en")
        ).all()
        success = {row.number: row.yes / (row.yes + row.partly + row.no) for row in figures}
        assert success[2] > success[1] + 0.15
        replies = session.scalars(select(CommentReply)).all()
    done = [reply for reply in replies if reply.state == CommentState.DONE]
    assert done
    assert all(reply.told_at for reply in replies if reply in done or reply.reply)
    assert {reply.state for reply in replies} >= {CommentState.SEEN, CommentState.WONT}


def test_they_go_with_the_sample_and_all_else_is_as_on_the_day_before(
    world, rewritten, mail, tmp_path
):
    before = every_row(rewritten)
    with clock.standing_at(NOW):
        loading.load(rewritten, mail, [STORY])
    dropped = dropping.drop(rewritten, (tmp_path,))
    went = {(version.slug, version.language, version.number) for version in dropped.versions}
    assert went == EARLIER
    assert not dropped.still_named
    before["revision"] = [row for row in before["revision"] if not is_earlier(row)]
    assert every_row(rewritten) == before
    assert not dropping.drop(rewritten, (tmp_path,)).versions
    assert not publishing.publish(rewritten, ROOT / "content").is_changed


def is_earlier(row):
    return row[list(Revision.__table__.c.keys()).index("source")] in earlier.list_sources().values()


def test_one_stays_that_somebody_real_read(world, rewritten, mail, tmp_path):
    reader = world.end_user.viewer
    with rewritten.reading(None) as session:
        first = session.scalars(
            select(Revision.id)
            .join(Guide, Guide.id == Revision.guide_id)
            .where(Guide.slug == "explain-a-variance", *FIRST_IN_ENGLISH)
        ).one()
    with clock.standing_at(NOW), rewritten.writing(reader.organization_id) as session:
        openings.record_opening(reader, first)
        session.commit()
    with clock.standing_at(NOW):
        loading.load(rewritten, mail, [STORY])
    dropped = dropping.drop(rewritten, (tmp_path,))
    assert [(one.slug, one.number) for one in dropped.still_named] == [("explain-a-variance", 1)]
    assert len(dropped.versions) == 2
    assert revisions_of(rewritten, "explain-a-variance") == {1: 125, 2: 45}
    assert revisions_of(rewritten, "write-a-match-rule") == {2: 9}


def test_an_authors_own_earlier_version_is_none_of_them(world, rewritten, mail, tmp_path):
    with rewritten.writing(None) as session:
        mine = select(Revision).join(Guide).where(Guide.slug == "explain-a-variance")
        first = session.scalars(mine.where(*FIRST_IN_ENGLISH)).one()
        first.source += "\nOne more sentence.\n"
        session.commit()
    dropped = dropping.drop(rewritten, (tmp_path,))
    assert {version.slug for version in dropped.versions} == {"write-a-match-rule"}
    assert 1 in revisions_of(rewritten, "explain-a-variance")


def test_other_content_has_no_such_past(tmp_path):
    assert earlier.is_told_of(ROOT / "content")
    assert not earlier.is_told_of(tmp_path)
