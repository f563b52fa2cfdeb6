"""Releases: for whose job, how long they are new, and when they are seen."""

import pytest

from portal import db
from portal.accounts.models import Member
from portal.errors import NotAllowed
from portal.guides.models import Guide, GuideKind, Revision
from portal.paths.service import openings
from portal.paths.service.home import get_home
from portal.paths.service.releases import NEW, list_releases, touches


@pytest.fixture
def release(reader, library):
    """The first guide as a release, for the reader's job."""

    def make(number=0, jobs=("accountant",)):
        db.session().get_one(Guide, library.guide_ids[number]).kind = GuideKind.RELEASE
        revision = db.session().get_one(Revision, library.revision_ids[number])
        revision.kind, revision.jobs = GuideKind.RELEASE, list(jobs)
        db.session().flush()
        return revision

    return make


def listed(viewer):
    return [(found.slug, found.is_new) for found in list_releases(viewer)]


def test_guides_are_no_releases(reader):
    assert listed(reader) == []


def test_a_release_for_ones_job_is_new_and_counted(reader, release):
    release()
    assert listed(reader) == [("guide-1", True)]
    assert get_home(reader).new_releases == 1


@pytest.mark.parametrize(
    ("jobs", "job", "expected"),
    [
        ("[]", "accountant", True),
        ("[]", None, True),
        ('["accountant"]', "accountant", True),
        ('["lead", "accountant"]', "accountant", True),
        ('["lead"]', "accountant", False),
        ('["lead"]', None, False),
    ],
)
def test_it_touches_those_whose_job_it_names(jobs, job, expected):
    assert touches(jobs, job) is expected


def test_what_is_for_other_jobs_is_not_shown(reader, release):
    release(jobs=["lead"])
    assert listed(reader) == []
    assert get_home(reader).new_releases == 0


@pytest.mark.parametrize("jobs", [[], ["lead", "Prüferin"], ["Prüferin 2"], ["Pr_ferin"]])
@pytest.mark.parametrize("job", ["Prüferin", "lead", None])
def test_it_is_counted_for_whom_it_is_shown(reader, release, jobs, job):
    key = {"organization_id": reader.organization_id, "id": reader.member_id}
    db.session().get_one(Member, key).job = job
    release(jobs=jobs)
    assert get_home(reader).new_releases == len(listed(reader))


def test_what_is_for_everybody_is_shown(reader, release):
    release(jobs=[])
    assert listed(reader) == [("guide-1", True)]


def test_once_read_it_is_not_new(reader, release, library):
    release()
    openings.record_opening(reader, library.revision_ids[0])
    assert listed(reader) == [("guide-1", False)]
    assert get_home(reader).new_releases == 0


def test_after_a_month_it_is_not_new(reader, release, time):
    release().published_at = time.now - NEW
    db.session().flush()
    assert listed(reader) == [("guide-1", True)]
    time.pass_days(0.01)
    assert listed(reader) == [("guide-1", False)]
    assert get_home(reader).new_releases == 0


def test_the_newest_comes_first_and_the_withdrawn_not_at_all(reader, release, library, time):
    release().published_at = time.now
    time.pass_days(1)
    release(1).published_at = time.now
    db.session().flush()
    assert [slug for slug, _new in listed(reader)] == ["guide-2", "guide-1"]
    db.session().get_one(Guide, library.guide_ids[1]).withdrawn_at = time.now
    db.session().flush()
    assert [slug for slug, _new in listed(reader)] == ["guide-1"]
    assert get_home(reader).new_releases == 1


def test_staff_have_no_releases(world, acting):
    acting(world.author)
    with pytest.raises(NotAllowed):
        list_releases(world.author.viewer)
