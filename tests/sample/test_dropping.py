"""Taking the sample away: what is flagged goes, and nothing else."""

from uuid import uuid4

import pytest
from sqlalchemy import select

from portal import clock
from portal.access import Role
from portal.accounts.models import Member, Organization, Person
from portal.accounts.service import invitations, organizations, removing, viewers
from portal.accounts.service.invitations import Invitee
from portal.effectiveness.jobs import recount_all
from portal.paths.outcome_models import Answer
from portal.paths.service import goals, outcomes
from portal.sample.service import dropping, loading
from tests.sample.conftest import FEW, NOW, every_row

pytestmark = pytest.mark.database


@pytest.fixture
def inhabited(world, ready):
    """A portal where real people were before the sample came."""
    with clock.standing_at(NOW), ready.writing(world.end_user.organization_id) as session:
        goals.choose_goal(world.end_user.viewer, "close-in-five-days")
        outcomes.answer(world.end_user.viewer, "reconcile-with-proof", Answer.NO)
        session.commit()
    with clock.standing_at(NOW):
        recount_all(ready)
    return ready


def load(database, mail):
    with clock.standing_at(NOW):
        return loading.load(database, mail, FEW)


def test_it_takes_the_sample_away_and_nothing_else(inhabited, mail, tmp_path):
    before = every_row(inhabited)
    load(inhabited, mail)
    assert every_row(inhabited) != before
    assert dropping.drop(inhabited, (tmp_path,)).organizations == len(FEW)
    assert every_row(inhabited) == before


def test_stopped_in_the_middle_it_ends_the_same(inhabited, mail, tmp_path, monkeypatch):
    before = every_row(inhabited)
    load(inhabited, mail)
    clear, done = removing.clear, 0

    def stopped(organization_id, table):
        nonlocal done
        clear(organization_id, table)
        done += 1
        if done == 40:
            raise KeyboardInterrupt

    monkeypatch.setattr(removing, "clear", stopped)
    with pytest.raises(KeyboardInterrupt):
        dropping.drop(inhabited, (tmp_path,))
    dropping.drop(inhabited, (tmp_path,))
    assert every_row(inhabited) == before


def test_a_real_organization_is_refused(world, ready):
    (table,) = (table for table in removing.tables_of_customers() if table.name == "member")
    real = world.end_user.organization_id
    with ready.writing(real):
        for remove in (lambda: removing.clear(real, table), lambda: removing.remove_members(real)):
            with pytest.raises(ValueError, match="only a sample"):
                remove()
        with pytest.raises(ValueError, match="only a sample"):
            removing.remove_organization(real)


def test_who_is_a_member_elsewhere_too_stays_a_person(world, ready, mail, tmp_path):
    load(ready, mail)
    email = "ines.okafor@kranich.example"
    with ready.writing(world.usm.organization_id) as session:
        invitee = Invitee(email, "Ines Okafor", frozenset({Role.END_USER}))
        invitations.add_member(world.usm.viewer, invitee)
        session.commit()
    dropping.drop(ready, (tmp_path,))
    with ready.across_organizations("a test looks") as session:
        person = session.scalars(select(Person).where(Person.email == email)).one()
        member = session.scalars(select(Member).where(Member.person_id == person.id)).one()
        assert member.organization_id == world.usm.organization_id


def test_what_a_sample_admin_did_for_real_stays_with_who_did_it(world, ready, mail, tmp_path):
    load(ready, mail)
    with ready.across_organizations("a test looks") as session:
        admin = session.scalars(select(Member).where(Member.display_name == "Mara Lind")).one()
    with ready.writing(admin.organization_id) as session:
        viewer = viewers.get_viewer(admin.organization_id, admin.id)
        organizations.create_organization(viewer, "Made by Mara", "UTC")
        session.commit()
    dropping.drop(ready, (tmp_path,))
    with ready.across_organizations("a test looks") as session:
        names = set(session.scalars(select(Organization.name)))
        assert "Made by Mara" in names
        assert "Kranich Logistik" not in names
        assert session.get(Person, admin.person_id) is not None
        assert (
            session.scalars(select(Member).where(Member.person_id == admin.person_id)).all() == []
        )


def test_files_of_the_sample_go_too(ready, mail, tmp_path):
    load(ready, mail)
    with ready.reading(None) as session:
        kranich = select(Organization.id).where(Organization.name == "Kranich Logistik")
        folder = tmp_path / str(session.scalars(kranich).one())
    other = tmp_path / str(uuid4())
    for made in (folder, other):
        made.mkdir()
        (made / "logo.png").write_bytes(b"x")
    dropping.drop(ready, (tmp_path,))
    assert not folder.exists()
    assert other.exists()
