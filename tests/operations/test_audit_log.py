"""Who did what, before and after: an owner's own organization, an admin's every one."""

import ast
import re
from datetime import timedelta

import pytest

from portal import audit, clock
from portal.access import Viewer
from portal.audit import AuditEntry
from portal.config import ROOT
from portal.operations import words
from portal.operations.service import audit_log
from tests.factories import Persona, World


@pytest.fixture
def record(database):
    """Write a deed of somebody's into the log of their own organization, or of another."""

    def write(viewer: Viewer, action: str, subject: str = "organization", **changes) -> None:
        with database.writing(viewer.organization_id) as session:
            audit.record(viewer, action, subject, changes.get("before"), changes.get("after"))
            session.commit()

    return write


def acting(staff: Persona, customer: Persona) -> Viewer:
    """Somebody of the vendor's at work in a customer's organization."""
    there = customer.viewer
    return staff.viewer.acting_in(there.organization_id, "Aurora", there.zone, there.is_sample)


def text_of(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.partition("<tbody>")[2]))


def test_an_owner_reads_who_did_what_before_and_after(world: World, signed_in, record):
    usm = world.usm.viewer
    record(
        usm,
        "member.renamed",
        f"member:{usm.member_id}",
        before={"display_name": "Ursula"},
        after={"display_name": "Ursula Lead"},
    )
    page = text_of(signed_in(world.owner).get("/audit").text)
    assert "Changed their own name" in page
    assert "Name: “Ursula” → “Ursula Lead”" in page
    assert "Ursula Lead" in page.partition("→")[2]


def test_an_owner_reads_whom_it_was_done_to(world: World, signed_in, record):
    record(
        world.usm.viewer,
        "member.invited",
        f"member:{world.end_user.member_id}",
        after={"roles": ["end_user"]},
    )
    page = text_of(signed_in(world.owner).get("/audit").text)
    assert "Invited a person Alma Reader" in page
    assert "Roles: nothing → “end_user”" in page


def test_an_owner_reads_nothing_of_another_organization(world: World, signed_in, record):
    record(world.strange_usm.viewer, "team.created", after={"name": "Zyxomma team"})
    page = signed_in(world.owner).get("/audit").text
    assert "Nothing was done yet" in page
    elsewhere = f"/audit?organization={world.stranger.organization_id}"
    assert "Added a team" not in text_of(signed_in(world.owner).get(elsewhere).text)


def test_what_staff_did_at_a_customer_is_said_to_be_staffs(world: World, signed_in, record):
    record(acting(world.admin, world.usm), "member.invited")
    assert "The vendor's staff" in text_of(signed_in(world.owner).get("/audit").text)
    assert "Ada Admin" in text_of(signed_in(world.admin).get("/audit/everywhere").text)


def test_an_admin_reads_no_name_but_those_of_leads(world: World, signed_in, record):
    reader = world.end_user.viewer
    renamed = {"before": {"display_name": "Alma R."}, "after": {"display_name": "Alma Reader"}}
    record(reader, "member.renamed", f"member:{reader.member_id}", **renamed)
    record(world.usm.viewer, "member.invited", f"member:{reader.member_id}")
    page = text_of(signed_in(world.admin).get("/audit/everywhere").text)
    assert "Changed their own name" in page
    assert "A member" in page
    assert "Ursula Lead" in page
    assert "Alma" not in page


@pytest.mark.parametrize("who", ["end_user", "usm", "author", "csm", "strange_usm"])
def test_others_read_no_log(world: World, signed_in, who: str):
    assert signed_in(world.everybody[who]).get("/audit").status_code == 403


@pytest.mark.parametrize("who", ["owner", "usm", "author", "csm"])
def test_only_admins_read_every_log(world: World, signed_in, who: str):
    assert signed_in(world.everybody[who]).get("/audit/everywhere").status_code == 403


def test_the_filter_stands_in_the_address(world: World, signed_in, record, database):
    with clock.standing_at(clock.now() - timedelta(days=40)):
        record(world.usm.viewer, "team.created", after={"name": "Finance"})
    record(world.usm.viewer, "team.ended", after={"ends_on": "2026-11-30"})
    owner = signed_in(world.owner)
    today = clock.today(world.owner.viewer.zone)
    week = today - timedelta(days=7)
    for query, shown, hidden in (
        ("what=team.created", "Added a team", "Ended a team"),
        (f"since={week}", "Ended a team", "Added a team"),
        (f"until={week}", "Added a team", "Ended a team"),
        (f"since={today}&until={today}", "Ended a team", "Added a team"),
    ):
        page = text_of(owner.get(f"/audit?{query}").text)
        assert shown in page, query
        assert hidden not in page, query
    assert "Nothing fits" in owner.get("/audit?what=team.changed").text


@pytest.mark.parametrize(
    "query",
    [
        "since=never",
        "until=99999-01-01",
        "since=0001-01-01",
        "until=9999-12-31",
        "organization=x",
        "what=%00",
        f"what={'x' * 500}",
    ],
)
def test_a_filter_that_makes_no_sense_does_no_harm(world: World, signed_in, query: str):
    assert signed_in(world.admin).get(f"/audit/everywhere?{query}").status_code == 200


def test_a_forged_place_in_the_list_is_refused(world: World, signed_in):
    assert signed_in(world.owner).get("/audit?after=forged").status_code == 422


def test_what_a_command_did_is_nobodys(world: World, signed_in, database):
    organization_id = world.admin.organization_id
    with database.writing(organization_id) as session:
        row = dict(at=clock.now(), action=audit.RESTORED, subject="portal")
        after = {"backup": "2026-11-30 04:00 UTC"}
        session.add(AuditEntry(organization_id=organization_id, after=after, **row))
        session.commit()
    for address in ("/audit", "/audit/everywhere"):
        said = text_of(signed_in(world.admin).get(address).text)
        assert "Restored the portal from a backup" in said
        assert "State of: nothing → “2026-11-30 04:00 UTC”" in said
        assert "Command line" in said


def test_it_comes_page_by_page_latest_first(world: World, signed_in, record, monkeypatch):
    monkeypatch.setattr(audit_log, "PAGE_SIZE", 3)
    for number in range(7):
        record(world.usm.viewer, "team.created", after={"name": f"Team {number}"})
    owner, address, seen = signed_in(world.owner), "/audit?what=team.created", []
    while address:
        page = owner.get(address).text
        seen += re.findall(r"Team \d", text_of(page))
        found = re.search(r'href="([^"]*after=[^"]*)"', page)
        address = found[1].replace("&amp;", "&") if found else ""
    assert seen == [f"Team {number}" for number in reversed(range(7))]


def test_what_was_changed_is_shown_for_values_of_every_kind():
    assert words.value_words(None) == "nothing"
    assert words.value_words([]) == "nothing"
    assert words.value_words(True) == "yes"
    assert words.value_words(["a", "b"]) == "“a, b”"
    assert words.value_words(0) == "“0”"


def recorded() -> set[str]:
    """Every deed that a line of the code records."""
    found = set()
    for path in (ROOT / "portal").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in ("audit.record", "_record"):
                action = node.args[1]
                if isinstance(action, ast.Constant):
                    found.add(action.value)
    return found


def test_every_deed_has_words():
    assert recorded() - set(words.ACTIONS) == set()
    assert "member.invited" in recorded()
