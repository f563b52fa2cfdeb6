"""The sample organizations: loaded once, and finished where loading was stopped."""

from dataclasses import replace

import pytest
from sqlalchemy import func, select

from portal import publishing
from portal.access import Role
from portal.accounts.models import Member, Organization
from portal.accounts.service import assignments, organizations
from portal.config import ROOT
from portal.db import Database
from portal.sample import service as sample
from portal.sample.people import CSM, ORGANIZATIONS

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


def test_each_customer_has_its_csm_who_can_sign_in(ready):
    sample.load(ready)
    with ready.across_organizations("a test reads") as session:
        customers = session.scalars(select(Organization.id).where(Organization.is_sample)).all()
        assert len(customers) == len(ORGANIZATIONS)
        for customer_id in customers:
            assert [csm.name for csm in assignments.list_csms(customer_id)] == [CSM.name]
    with ready.writing(None):
        links = {link.role: link.name for link in sample.issue_links("http://portal")}
    assert links[Role.CSM] == CSM.name


def test_a_sample_from_before_there_was_a_csm_still_hands_out_its_links(ready, monkeypatch):
    sample.load(ready)
    nobody = replace(CSM, name="Nobody Yet")
    monkeypatch.setattr(sample, "CSM", nobody)
    with ready.writing(None):
        roles = [link.role for link in sample.issue_links("http://portal")]
    assert roles == [Role.END_USER, Role.USM, Role.AUTHOR, Role.ADMIN]
