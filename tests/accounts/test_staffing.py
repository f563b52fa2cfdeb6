"""Which csm answers for a customer, and acting for its USM with an owner's consent."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from portal import audit, clock
from portal.access import Action, Role
from portal.accounts.models import Member, WebSession
from portal.accounts.service import assignments, organizations, sign_in, stand_ins, visits
from portal.accounts.staffing_models import LastSeen, StandIn
from portal.db import Database
from portal.errors import NotFound
from portal.ids import new_id
from tests.conftest import SignIn
from tests.factories import World

pytestmark = pytest.mark.database

TODAY = datetime(2026, 11, 25, 9, tzinfo=UTC)
LAST_DAY = date(2026, 12, 4)


@pytest.fixture(autouse=True)
def _stand_still(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: TODAY)


@pytest.fixture
def owner(signed_in: SignIn, world: World) -> FlaskClient:
    return signed_in(world.owner)


@pytest.fixture
def csm(signed_in: SignIn, world: World) -> FlaskClient:
    return signed_in(world.csm)


@pytest.fixture
def assigned(signed_in: SignIn, world: World) -> FlaskClient:
    """The admin, who has just let the csm answer for our customer."""
    admin = signed_in(world.admin)
    answer = admin.post(f"{page_of(world)}/csms", data=named(world))
    assert answer.location.endswith("#csms")
    return admin


def page_of(world: World) -> str:
    return f"/organizations/{world.usm.organization_id}"


def named(world: World) -> dict[str, str]:
    return {"person_id": str(world.csm.viewer.person_id)}


def begin(csm: FlaskClient, world: World) -> int:
    return csm.post(f"/customers/{world.usm.organization_id}/stand-in").status_code


@pytest.fixture
def consented(assigned: FlaskClient, owner: FlaskClient, world: World) -> None:
    form = named(world) | {"last_day": LAST_DAY.isoformat()}
    assert owner.post("/organization/stand-in", data=form).status_code == 302


Acts = Callable[[], bool]


@pytest.fixture
def acts_in(database: Database, world: World) -> Acts:
    def acts() -> bool:
        with database.reading(None):
            try:
                organizations.act_in(world.csm.viewer, world.usm.organization_id)
            except NotFound:
                return False
            return True

    return acts


def test_a_csm_acts_in_assigned_organizations_and_finds_no_other(
    acts_in: Acts, assigned: FlaskClient, database: Database, world: World
) -> None:
    assert acts_in()
    with database.reading(None), pytest.raises(NotFound):
        organizations.act_in(world.csm.viewer, world.stranger.organization_id)


def test_a_csm_who_is_taken_off_acts_there_no_longer(
    acts_in: Acts, assigned: FlaskClient, world: World
) -> None:
    assigned.post(f"{page_of(world)}/csms/release", data=named(world))
    assert not acts_in()
    assert "No customer success manager yet" in assigned.get(page_of(world)).text


def test_assigning_twice_is_assigning_once(assigned: FlaskClient, world: World) -> None:
    assert assigned.post(f"{page_of(world)}/csms", data=named(world)).status_code == 302
    page = assigned.get(page_of(world)).text
    assert page.count("Carl Success</span>") == 1


def test_nobody_is_assigned_who_is_no_csm(signed_in: SignIn, world: World) -> None:
    admin = signed_in(world.admin)
    for persona in (world.author, world.usm):
        form = {"person_id": str(persona.viewer.person_id)}
        assert admin.post(f"{page_of(world)}/csms", data=form).status_code == 422
    assert "No customer success manager yet" in admin.get(page_of(world)).text


def test_who_left_the_vendor_answers_for_nobody(
    assigned: FlaskClient, database: Database, world: World
) -> None:
    with database.writing(world.csm.organization_id) as session:
        key = {"organization_id": world.csm.organization_id, "id": world.csm.member_id}
        session.get_one(Member, key).left_at = TODAY
        session.commit()
    with database.reading(None):
        assert not assignments.has_csm(world.usm.organization_id)


def test_a_csm_stands_in_with_consent_and_reads_so_on_every_page(
    consented: None, csm: FlaskClient, world: World
) -> None:
    assert csm.get("/people").status_code == 403
    assert begin(csm, world) == 302
    people, account = csm.get("/people").text, csm.get("/me").text
    assert "Alma Reader" in people
    for page in (people, account):
        assert "You stand in for the user success manager of Aurora until Dec 4, 2026" in page
    assert "Tallybrook" in account, "the account is still their own"


def test_without_consent_nobody_stands_in(
    assigned: FlaskClient, csm: FlaskClient, world: World
) -> None:
    assert begin(csm, world) == 404
    assert csm.get("/people").status_code == 403


def test_a_stand_in_does_what_a_usm_does_and_nothing_of_an_owner_or_reader(
    consented: None, csm: FlaskClient, world: World
) -> None:
    begin(csm, world)
    assert csm.get("/people/invite").status_code == 200
    assert csm.get("/goals").status_code == 403
    assert csm.get("/organization/stand-in").status_code == 403


def test_consent_ends_by_itself_with_its_last_day(
    consented: None, csm: FlaskClient, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin(csm, world)
    last_minute = datetime(2026, 12, 4, 22, 59, tzinfo=UTC)  # 23:59 in Berlin
    monkeypatch.setattr(clock, "now", lambda: last_minute)
    assert csm.get("/people").status_code == 200
    monkeypatch.setattr(clock, "now", lambda: last_minute + timedelta(minutes=1))
    assert csm.get("/people").status_code == 403


def test_an_owner_takes_consent_back_at_once(
    consented: None, csm: FlaskClient, owner: FlaskClient, world: World
) -> None:
    begin(csm, world)
    owner.post("/organization/stand-in/end", data=named(world))
    assert csm.get("/people").status_code == 403
    assert "May not stand in." in owner.get("/organization/stand-in").text


def test_who_is_taken_off_stands_in_no_longer(
    consented: None, assigned: FlaskClient, csm: FlaskClient, world: World
) -> None:
    begin(csm, world)
    assigned.post(f"{page_of(world)}/csms/release", data=named(world))
    assert csm.get("/people").status_code == 403


def test_consent_and_trust_of_one_customer_mean_nothing_in_another(
    consented: None, assigned: FlaskClient, database: Database, world: World
) -> None:
    ours, theirs = world.usm.organization_id, world.stranger.organization_id
    assigned.post(f"/organizations/{theirs}/csms", data=named(world))
    with database.reading(None):
        acting = stand_ins.find_acting(world.csm.viewer, ours)
        assert acting is not None
        assert acting.organization_id == ours
        assert stand_ins.find_acting(world.csm.viewer, theirs) is None, "nobody consented there"
    assigned.post(f"{page_of(world)}/csms/release", data=named(world))
    with database.reading(None):
        assert stand_ins.find_acting(world.csm.viewer, ours) is None, "they answer for it no more"


def test_who_answers_for_one_customer_is_neither_shown_nor_released_at_another(
    signed_in: SignIn, database: Database, world: World
) -> None:
    ours, theirs = world.usm.organization_id, world.stranger.organization_id
    admin = signed_in(world.admin)
    admin.post(f"/organizations/{theirs}/csms", data=named(world))
    with database.writing(theirs) as session:
        guest = dict(display_name="Zyxomma Guest", name_key="zyxomma guest", roles={Role.CSM})
        guest |= dict(person_id=world.csm.viewer.person_id, invited_at=TODAY)
        session.add(Member(organization_id=theirs, id=new_id(), **guest))
        session.commit()
    with database.reading(ours):
        assert assignments.list_csms(ours) == []
    admin.post(f"{page_of(world)}/csms/release", data=named(world))
    with database.across_organizations("an admin's list"):
        assert assignments.names_of_csms([ours, theirs]) == {theirs: ["Carl Success"]}


def test_a_session_is_of_the_member_of_its_own_organization(
    signed_in: SignIn, database: Database, world: World
) -> None:
    """An id names a member within their organization; the same may be another's elsewhere."""
    browser = signed_in(world.end_user)
    with database.writing(world.stranger.organization_id) as session:
        twin = dict(display_name="Zyxomma Twin", name_key="zyxomma twin", invited_at=TODAY)
        twin |= dict(id=world.end_user.member_id, person_id=world.csm.viewer.person_id)
        twin |= dict(organization_id=world.stranger.organization_id, roles={Role.END_USER})
        session.add(Member(**twin))
        session.commit()
    page = browser.get("/me")
    assert page.status_code == 200
    assert "Zyxomma" not in page.text


def test_leaving_ends_standing_in(consented: None, csm: FlaskClient, world: World) -> None:
    begin(csm, world)
    csm.post("/stand-in/leave")
    assert csm.get("/people").status_code == 403
    assert "You stand in" not in csm.get("/me").text


def test_what_a_stand_in_does_is_marked_in_the_audit(
    consented: None, csm: FlaskClient, database: Database, world: World
) -> None:
    begin(csm, world)
    form = {"display_name": "Nora New", "email": "nora@aurora.example", "roles": "end_user"}
    assert csm.post("/people/invite", data=form).status_code == 302
    with database.reading(world.usm.organization_id) as session:
        found = select(audit.AuditEntry).where(
            audit.AuditEntry.organization_id == world.usm.organization_id
        )
        marked = {row.action: row.is_stand_in for row in session.scalars(found)}
    assert marked["member.invited"]
    assert marked["stand_in.begun"]
    assert not marked["stand_in.given"]


@pytest.mark.parametrize(
    ("last_day", "words"),
    [
        ("2026-11-24", "This day has passed."),
        ("2027-02-24", "Enter a day up to"),
        ("", "Enter a day, such as"),
        ("soon", "Not a valid date value."),
    ],
)
def test_a_day_that_makes_no_sense_is_refused_with_words(
    assigned: FlaskClient,
    owner: FlaskClient,
    database: Database,
    world: World,
    last_day: str,
    words: str,
) -> None:
    form = named(world) | {"last_day": last_day}
    answer = owner.post("/organization/stand-in", data=form)
    assert answer.status_code == 422
    assert words in answer.text
    assert f'value="{last_day}"' in answer.text
    with database.reading(world.usm.organization_id) as session:
        ours = StandIn.organization_id == world.usm.organization_id
        assert session.scalars(select(StandIn).where(ours)).all() == []


def test_an_owner_sees_who_asked_and_may_decline(
    assigned: FlaskClient, csm: FlaskClient, owner: FlaskClient, world: World
) -> None:
    csm.post(f"/customers/{world.usm.organization_id}/stand-in/ask")
    assert "to stand in." in owner.get("/organization/stand-in").text
    owner.post("/organization/stand-in/end", data=named(world))
    assert "May not stand in." in owner.get("/organization/stand-in").text


def test_only_an_owner_consents(signed_in: SignIn, assigned: FlaskClient, world: World) -> None:
    form = named(world) | {"last_day": LAST_DAY.isoformat()}
    for who in ("usm", "end_user", "csm", "admin"):
        browser = signed_in(world.everybody[who])
        assert browser.post("/organization/stand-in", data=form).status_code == 403


def test_no_member_is_ever_a_stand_in(world: World) -> None:
    assert Role.STAND_IN not in {role for p in world.everybody.values() for role in p.viewer.roles}
    standing = world.csm.viewer.standing_in(
        world.usm.organization_id, "Aurora", "UTC", False, LAST_DAY
    )
    assert not standing.may(Action.HAVE_ACCOUNT)


def test_when_someone_was_last_here_outlives_their_session(
    database: Database, signed_in: SignIn, world: World
) -> None:
    browser = signed_in(world.usm)
    browser.get("/me")
    with database.reading(None):
        assert stand_ins.find_acting(world.csm.viewer, world.usm.organization_id) is None
    browser.post("/sign-out")
    with database.writing(None) as session:
        sign_in.forget_expired()
        assert session.scalars(select(WebSession)).all() == []
        rows = session.execute(visits.last_seen([world.usm.organization_id])).all()
        assert rows == [(world.usm.member_id, TODAY)]
        session.commit()


def test_an_earlier_visit_replaces_no_later_one(
    database: Database, signed_in: SignIn, world: World
) -> None:
    signed_in(world.usm)
    key = {"organization_id": world.usm.organization_id, "member_id": world.usm.member_id}
    with database.writing(None) as session:
        session.add(LastSeen(**key, at=TODAY + timedelta(days=1)))
        session.flush()
        visits.keep()
        session.expire_all()
        assert session.get_one(LastSeen, key).at == TODAY + timedelta(days=1)
