"""The sample organizations: loaded once, and finished where loading was stopped."""

import pytest
from sqlalchemy import func, select

from portal import publishing
from portal.accounts.models import Member, Organization
from portal.accounts.service import organizations
from portal.config import ROOT
from portal.db import Database
from portal.sample import service as sample
from portal.sample.people import ORGANIZATIONS

pytestmark = pytest.mark.database


@pytest.fixture
def ready(database: Database) -> Database:
    """A portal as `portal serve` makes it, before the sample."""
    with database.writing(None) as session:
        organizations.ensure_vendor()
        session.commit()
    publishing.publish(database, ROOT / "content")
    return database


def people_of(database: Database) -> dict[str, int]:
    with database.across_organizations("a test counts") as session:
        counted = select(Organization.name, func.count(Member.id)).where(
            Organization.is_sample, Member.organization_id == Organization.id
        )
        rows = session.execute(counted.group_by(Organization.name))
        return dict(rows.all())


def test_it_adds_everybody(ready):
    sample.load(ready)
    assert sample.is_loaded(ready)
    assert people_of(ready) == {made.name: len(made.people) for made in ORGANIZATIONS}


def test_loading_again_changes_nothing(ready):
    sample.load(ready)
    before = people_of(ready)
    sample.load(ready)
    assert people_of(ready) == before


def test_it_finishes_what_was_stopped_between_two_organizations(ready, monkeypatch):
    fill = sample._fill

    def stopped(acting, made, begun):
        if made is ORGANIZATIONS[1]:
            raise KeyboardInterrupt
        fill(acting, made, begun)

    monkeypatch.setattr(sample, "_fill", stopped)
    with pytest.raises(KeyboardInterrupt):
        sample.load(ready)
    monkeypatch.setattr(sample, "_fill", fill)
    assert list(people_of(ready)) == [ORGANIZATIONS[0].name]
    assert not sample.is_loaded(ready)
    sample.load(ready)
    assert sample.is_loaded(ready)
    assert people_of(ready) == {made.name: len(made.people) for made in ORGANIZATIONS}
