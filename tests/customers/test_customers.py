"""The csm's list and the page of one customer."""

import re
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from portal import clock
from portal.access import Role
from portal.accounts.models import Experience, Member, Organization, Person, WebSession
from portal.accounts.privacy_models import NameAccess
from portal.accounts.service import staff_looks
from portal.accounts.staffing_models import Assignment, LastSeen, StandIn
from portal.customers.service import desk
from portal.customers.service.leads import list_leads
from portal.db import Database
from portal.ids import new_id
from portal.messages.models import Message
from portal.paths.models import Audience, Path
from portal.paths.progress_models import Enrollment
from tests.conftest import SignIn
from tests.factories import Library, Persona, World, make_member, make_organization

pytestmark = pytest.mark.database

NOW = datetime(2026, 11, 25, 9, 30, tzinfo=UTC)
DAY = timedelta(days=1)


class Vendor:
    """The csm with the customers they answer for."""

    def __init__(self, database: Database, world: World, signed_in: SignIn) -> None:
        self.database = database
        self.world = world
        self.signed_in = signed_in
        self.csm = signed_in(world.csm)
        self.admin = signed_in(world.admin)

    def add(self, name: str, *, has_usm: bool = True, **values: object) -> UUID:
        """A customer of the csm's, whose USM was here today."""
        with self.database.writing(None) as session:
            organization = make_organization(session, name, **values)
            session.commit()
        self.assign(organization.id)
        if has_usm:
            with self.database.writing(organization.id) as session:
                usm = make_member(session, organization, f"{name} Lead", {Role.USM})
                session.commit()
            self.be_seen(usm, NOW)
        return organization.id

    def assign(self, organization_id: UUID) -> None:
        with self.database.writing(None) as session:
            session.add(
                Assignment(
                    organization_id=organization_id,
                    person_id=self.world.csm.viewer.person_id,
                    caused_by=self.world.admin.viewer.person_id,
                    starts_at=NOW,
                )
            )
            session.commit()

    def be_seen(self, persona: Persona, at: datetime) -> None:
        key = dict(organization_id=persona.organization_id, member_id=persona.member_id)
        with self.database.writing(None) as session:
            session.execute(
                update(WebSession)
                .where(WebSession.member_id == persona.member_id)
                .values(last_seen_at=at)
            )
            session.merge(LastSeen(**key, at=at))
            session.commit()

    def change(self, persona: Persona, **values: object) -> None:
        with self.database.writing(persona.organization_id) as session:
            ours = Member.organization_id == persona.organization_id
            session.execute(
                update(Member).where(ours, Member.id == persona.member_id).values(values)
            )
            session.commit()

    def names(self, browser: FlaskClient, query: str = "") -> list[str]:
        """The organizations of the list, in its order."""
        page = browser.get(f"/customers{query}")
        assert page.status_code == 200
        return re.findall(r'<a href="/customers/[0-9a-f-]{36}">([^<]+)</a>', page.text)

    def page(self, organization_id: UUID) -> str:
        return self.csm.get(f"/customers/{organization_id}").text


@pytest.fixture
def vendor(
    database: Database, world: World, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> Vendor:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    made = Vendor(database, world, signed_in)
    made.assign(world.usm.organization_id)
    made.be_seen(world.usm, NOW)
    made.be_seen(world.owner, NOW)
    return made


def test_a_csm_sees_their_own_organizations_and_opens_no_other(
    vendor: Vendor, world: World
) -> None:
    assert vendor.names(vendor.csm) == ["Aurora"]
    assert vendor.csm.get(f"/customers/{world.usm.organization_id}").status_code == 200
    assert vendor.csm.get(f"/customers/{world.stranger.organization_id}").status_code == 404


def test_an_admin_sees_those_that_nobody_answers_for(vendor: Vendor) -> None:
    assert vendor.names(vendor.admin) == ["Zyxomma"]


def test_an_organization_whose_csm_left_the_vendor_comes_to_the_admins(
    vendor: Vendor, world: World
) -> None:
    vendor.change(world.csm, left_at=NOW)
    assert vendor.names(vendor.admin) == ["Aurora", "Zyxomma"]


def test_an_admin_reads_no_question_that_came_up_to_a_csm(vendor: Vendor, world: World) -> None:
    address = vendor.signed_in(world.end_user).post("/help/ask", data={"words": "Where is it?"})
    vendor.signed_in(world.usm).post(f"{address.location}/hand-on")
    here = f"/customers/{world.usm.organization_id}"
    assert "Where is it?" in vendor.csm.get(here).text
    page = vendor.admin.get(here).text
    assert "Where is it?" not in page
    assert "They go to the customer success managers who answer" in page
    vendor.change(world.csm, left_at=NOW)
    assert "Where is it?" in vendor.admin.get(here).text


def test_those_that_need_help_come_first_then_those_without_a_usm(
    vendor: Vendor, world: World
) -> None:
    vendor.add("Calm")
    vendor.add("Leaderless", has_usm=False)
    reader = vendor.signed_in(world.end_user)
    address = reader.post("/help/ask", data={"words": "Where is it?"}).location
    vendor.signed_in(world.usm).post(f"{address}/hand-on")
    assert vendor.names(vendor.csm) == ["Aurora", "Leaderless", "Calm"]
    assert vendor.names(vendor.csm, "?need=no_usm") == ["Leaderless"]
    assert vendor.names(vendor.csm, "?need=nothing") == ["Calm"]
    vendor.change(world.usm, left_at=NOW)
    assert vendor.names(vendor.csm, "?need=no_usm") == ["Aurora", "Leaderless"]


def test_it_is_narrowed_by_experience_and_name(vendor: Vendor) -> None:
    vendor.add("Calm", experience=Experience.HIGH_TOUCH)
    assert vendor.names(vendor.csm, "?experience=high_touch") == ["Calm"]
    assert vendor.names(vendor.csm, "?words=AUR") == ["Aurora"]
    page = vendor.csm.get("/customers?words=nothing-like-it").text
    assert "No organization fits" in page


@pytest.mark.parametrize("query", ["need=nonsense", "experience=nonsense", "need=9"])
def test_a_filter_that_is_none_says_so(vendor: Vendor, query: str) -> None:
    answer = vendor.csm.get(f"/customers?{query}")
    assert answer.status_code == 422
    assert "Clear its filter" in answer.text


def test_who_leaves_is_on_the_list_the_same_day_with_who_could_take_over(
    vendor: Vendor, world: World
) -> None:
    assert "Nothing overdue" in vendor.csm.get("/customers").text
    vendor.change(world.usm, left_at=NOW)
    assert "No active USM" in vendor.csm.get("/customers").text
    page = vendor.page(world.usm.organization_id)
    assert "Ursula Lead left on Nov 25, 2026." in page
    assert "Could take over: Oskar Owner." in page


def test_who_could_take_over_is_a_count_where_nobody_else_leads(
    vendor: Vendor, world: World
) -> None:
    vendor.change(world.usm, left_at=NOW)
    vendor.change(world.owner, left_at=NOW - 50 * DAY)
    vendor.be_seen(world.end_user, NOW - 27 * DAY)
    page = vendor.page(world.usm.organization_id)
    assert "1 person was here in the last 28 days" in page
    assert "Alma Reader" not in page
    assert "Oskar Owner left" not in page, "that is history"


def test_who_fell_silent_is_named_with_the_day(vendor: Vendor, world: World) -> None:
    vendor.be_seen(world.owner, NOW - 43 * DAY)
    assert "Silent for 42 days" in vendor.csm.get("/customers").text
    page = vendor.page(world.usm.organization_id)
    assert "Oskar Owner was last here on Oct 13, 2026." in page


def test_whose_mail_comes_back_is_named(vendor: Vendor, world: World) -> None:
    vendor.change(world.owner, bounced_at=NOW - DAY)
    assert "Mail comes back" in vendor.csm.get("/customers").text
    assert "Mail to Oskar Owner comes back since" in vendor.page(world.usm.organization_id)


def test_people_are_counted_once_on_however_many_paths(
    vendor: Vendor, world: World, library: Library
) -> None:
    reader = vendor.signed_in(world.end_user)
    reader.post(f"/goals/{library.goal_slug}/choose")
    for slug, revision in zip(library.guide_slugs, library.revision_ids, strict=True):
        reader.post(f"/guides/{slug}/answer", data={"answer": "yes", "revision": str(revision)})
    reader.post(f"/paths/{library.path_slug}/finish")
    page = vendor.csm.get("/customers").text
    for label, number in (("Invited", 4), ("Started", 1), ("Finished a path", 1)):
        assert f'data-label="{label}">{number}<' in page


def test_trained_is_who_finished_the_path_for_usms(
    vendor: Vendor, world: World, library: Library, database: Database
) -> None:
    assert "No path for USMs is published yet" in vendor.csm.get("/customers").text
    with database.writing(None) as session:
        session.get_one(Path, library.path_id).audience = Audience.USM
        session.commit()
    with database.writing(world.usm.organization_id) as session:
        session.add(
            Enrollment(
                organization_id=world.usm.organization_id,
                member_id=world.usm.member_id,
                path_id=library.path_id,
                origin="chosen",
                is_current=True,
                enrolled_at=NOW,
                current_since=NOW,
                last_step_at=NOW,
                finished_at=NOW,
            )
        )
        session.commit()
    page = vendor.csm.get("/customers").text
    assert "1 named, 1 trained" in page
    assert "No path for USMs" not in page
    assert "trained on Nov 25, 2026" in vendor.page(world.usm.organization_id)


def test_the_path_for_usms_is_offered_to_usms_alone(
    vendor: Vendor, world: World, library: Library, database: Database
) -> None:
    with database.writing(None) as session:
        session.get_one(Path, library.path_id).audience = Audience.USM
        session.commit()
    assert "Close the month" not in vendor.signed_in(world.end_user).get("/goals").text
    assert "Close the month" in vendor.signed_in(world.usm).get("/goals").text
    choose = f"/goals/{library.goal_slug}/choose"
    assert vendor.signed_in(world.end_user).post(choose).status_code == 404


def test_the_next_date_is_when_a_question_comes_up(vendor: Vendor, world: World) -> None:
    vendor.signed_in(world.end_user).post("/help/ask", data={"words": "Where is it?"})
    page = vendor.csm.get("/customers").text
    assert "1 with their USM" in page
    assert "Nov 26, 2026" in page


def test_samples_and_real_customers_are_never_mixed(vendor: Vendor, world: World) -> None:
    vendor.add("Samplewood", is_sample=True)
    assert vendor.names(vendor.csm) == ["Aurora"]
    assert vendor.names(vendor.csm, "?sample=1") == ["Samplewood"]
    with vendor.database.writing(None) as session:
        session.get_one(Organization, world.usm.organization_id).is_sample = True
        session.commit()
    assert vendor.names(vendor.csm) == ["Aurora", "Samplewood"]
    assert "These are samples to look around in." in vendor.csm.get("/customers").text


def test_a_long_list_has_pages(vendor: Vendor) -> None:
    for number in range(60):
        vendor.add(f"Customer {number:02}", has_usm=False)
    first = vendor.csm.get("/customers").text
    assert "Customer 59" in first
    assert "Aurora" not in first[first.index("<tbody") :]
    found = re.search(r'href="(/customers\?after=[0-9a-f]+)"', first)
    assert found
    assert "Aurora" in vendor.csm.get(found[1]).text
    assert vendor.csm.get("/customers?after=nonsense").status_code == 200


def test_who_has_no_organization_reads_what_will_come(signed_in: SignIn, world: World) -> None:
    assert "No organization is yours yet" in signed_in(world.csm).get("/customers").text


def test_a_csm_asks_an_owner_consents_and_the_csm_acts(vendor: Vendor, world: World) -> None:
    here = f"/customers/{world.usm.organization_id}"
    assert "Ask the owners" in vendor.csm.get(here).text
    vendor.csm.post(f"{here}/stand-in/ask")
    assert "An owner decides on the page" in vendor.csm.get(here).text
    form = {"person_id": str(world.csm.viewer.person_id), "last_day": date(2026, 12, 4)}
    vendor.signed_in(world.owner).post("/organization/stand-in", data=form)
    assert "Act for their USM" in vendor.csm.get(here).text
    assert vendor.csm.post(f"{here}/stand-in").location == "/people"
    assert "Alma Reader" in vendor.csm.get("/people").text


def test_each_owner_is_asked_by_mail_once(vendor: Vendor, world: World, database: Database) -> None:
    for _twice in range(2):
        vendor.csm.post(f"/customers/{world.usm.organization_id}/stand-in/ask")
    with database.reading(world.usm.organization_id) as session:
        ours = Message.organization_id == world.usm.organization_id
        (message,) = session.scalars(select(Message).where(ours)).all()
    assert (message.name, message.recipient) == ("stand_in_wish", world.owner.email)
    assert message.message_class == "service"
    assert message.caused_by == world.csm.viewer.person_id
    assert world.csm.viewer.display_name in message.subject


def test_without_an_owner_nobody_can_be_asked(vendor: Vendor, world: World) -> None:
    vendor.change(world.owner, left_at=NOW)
    here = f"/customers/{world.usm.organization_id}"
    assert "There is no owner who could consent." in vendor.csm.get(here).text
    assert vendor.csm.post(f"{here}/stand-in/ask").status_code == 409


@pytest.mark.parametrize("who", ["end_user", "usm", "owner", "author"])
def test_it_is_shut_to_everybody_else(vendor: Vendor, world: World, who: str) -> None:
    browser = vendor.signed_in(world.everybody[who])
    assert browser.get("/customers").status_code == 403
    assert browser.get(f"/customers/{world.usm.organization_id}").status_code == 403


def test_other_names_are_read_only_where_an_owner_allows_it_and_each_look_is_kept(
    vendor: Vendor, world: World
) -> None:
    here = f"/customers/{world.usm.organization_id}"
    assert "Alma Reader" not in vendor.csm.get(f"{here}/people").text
    assert "People by name" not in vendor.csm.get(here).text
    ours = world.usm.organization_id
    with vendor.database.writing(ours) as session:
        staff_looks.allow_names(world.owner.viewer)
        session.commit()
    assert "People by name" in vendor.csm.get(here).text
    assert "Alma Reader" in vendor.csm.get(f"{here}/people").text
    with vendor.database.reading(ours):
        (look,) = staff_looks.list_looks(world.owner.viewer)
    assert (look.who, len(look.names) + look.more) == ("Carl Success", 2)
    theirs = f"/customers/{world.stranger.organization_id}/people"
    assert vendor.csm.get(theirs).status_code == 404


def test_what_one_customer_allows_is_not_allowed_at_another(vendor: Vendor, world: World) -> None:
    theirs = world.stranger.organization_id
    with vendor.database.writing(theirs) as session:
        session.add(NameAccess(organization_id=theirs, given_at=NOW))
        session.commit()
    assert "People by name" not in vendor.page(world.usm.organization_id)


def test_standing_in_ends_by_the_clock_of_its_organization(
    vendor: Vendor, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = world.usm.organization_id
    last_minute = datetime(2026, 12, 4, 22, 59, tzinfo=UTC)  # 23:59 in Berlin
    vendor.add("Western", zone="America/Los_Angeles")
    with vendor.database.writing(ours) as session:
        session.add(
            StandIn(
                organization_id=ours,
                person_id=world.csm.viewer.person_id,
                last_day=date(2026, 12, 4),
                given_at=NOW,
            )
        )
        session.commit()
    for minute, ends in ((0, True), (1, False)):
        now = last_minute + timedelta(minutes=minute)
        monkeypatch.setattr(clock, "now", lambda now=now: now)
        with vendor.database.across_organizations("a csm's list"):
            rows = desk.get_desk(world.csm.viewer, desk.DeskFilter(), None).page.rows
        assert any(row.stands_in_until for row in rows) == ends


def test_training_elsewhere_trains_nobody_here(
    vendor: Vendor, world: World, library: Library
) -> None:
    """An id names a member within their organization; the same may be another's elsewhere."""
    ours, theirs = world.usm.organization_id, world.stranger.organization_id
    key = dict(organization_id=theirs, member_id=world.usm.member_id)
    with vendor.database.writing(None) as session:
        session.get_one(Path, library.path_id).audience = Audience.USM
        email = "zyxomma.twin@zyxomma.example"
        person = Person(id=new_id(), email=email, email_key=email, created_at=NOW)
        session.add(person)
        session.commit()
        person_id = person.id
    with vendor.database.writing(theirs) as session:
        twin = dict(display_name="Zyxomma Twin", name_key="zyxomma twin", person_id=person_id)
        session.add(
            Member(organization_id=theirs, id=world.usm.member_id, roles={Role.USM}, **twin)
        )
        session.flush()
        then = dict(enrolled_at=NOW, current_since=NOW, last_step_at=NOW, finished_at=NOW)
        session.add(
            Enrollment(**key, path_id=library.path_id, origin="chosen", is_current=True, **then)
        )
        session.commit()
    with vendor.database.across_organizations("a csm's list"):
        found = list_leads([ours, theirs])
    assert [lead.trained_at for lead in found[ours]] == [None, None]
    assert any(lead.trained_at for lead in found[theirs])
