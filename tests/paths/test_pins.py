"""Notes pinned to guides and steps: seen by one's own people alone, whatever is published later."""

import re
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select

from portal import db
from portal.accounts.team_models import Team, TeamLimit
from portal.audit import AuditEntry
from portal.errors import Invalid, NotAllowed, NotFound
from portal.ids import new_id
from portal.paths.service import goals, pins
from tests.paths.rows import publish_again, withdraw_step


@pytest.fixture
def usm(time, world, library, acting):
    acting(world.usm)
    return world.usm.viewer


def pin_guide(viewer, library, text="Ask Ursula for access."):
    pins.pin(viewer, pins.get_guide_place(viewer, library.guide_slugs[0]), text)


def pin_step(viewer, library, text="We call it the close."):
    pins.pin(viewer, pins.get_step_place(viewer, library.step_ids[0]), text)


def on_guide(persona, library):
    return [p.text for p in pins.list_on_guide(persona.viewer, library.guide_ids[0])]


def test_readers_see_it_on_the_guide_with_who_wrote_it(usm, world, library, time):
    pin_guide(usm, library)
    (pin,) = pins.list_on_guide(world.end_user.viewer, library.guide_ids[0])
    assert (pin.text, pin.author) == ("Ask Ursula for access.", "Ursula Lead")
    assert pin.written_at == time.now


def test_it_survives_revisions(usm, world, library):
    pin_guide(usm, library)
    publish_again(library.guide_ids[0])
    assert on_guide(world.end_user, library) == ["Ask Ursula for access."]


def test_no_other_organization_sees_it(usm, world, library, database):
    pin_guide(usm, library)
    pin_step(usm, library)
    db.session().commit()
    with database.reading(world.stranger.organization_id):
        assert pins.list_on_guide(world.stranger.viewer, library.guide_ids[0]) == []
        assert pins.list_on_path(world.stranger.viewer, library.path_slug) == {}


def test_a_steps_note_stands_on_its_guide_for_who_follows_the_path(usm, world, library):
    pin_step(usm, library)
    assert on_guide(world.end_user, library) == []
    goals.choose_goal(world.end_user.viewer, library.goal_slug)
    assert on_guide(world.end_user, library) == ["We call it the close."]


def test_a_path_shows_the_notes_of_its_steps_and_of_their_guides(usm, world, library):
    pin_guide(usm, library)
    pin_step(usm, library)
    found = pins.list_on_path(world.end_user.viewer, library.path_slug)
    assert [pin.text for pin in found[library.step_ids[0]]] == [
        "Ask Ursula for access.",
        "We call it the close.",
    ]
    withdraw_step(library.step_ids[0])
    assert pins.list_on_path(world.end_user.viewer, library.path_slug) == {}


def test_a_second_one_takes_the_place_of_the_first(usm, world, library):
    pin_guide(usm, library)
    pin_guide(usm, library, "Ask Oskar.")
    assert on_guide(world.end_user, library) == ["Ask Oskar."]
    assert len(pins.list_all(usm)) == 1


def test_it_is_taken_off_and_put_back(usm, world, library):
    pin_guide(usm, library)
    (note,) = pins.list_all(usm)
    pins.remove(usm, note.id)
    pins.remove(usm, note.id)
    assert on_guide(world.end_user, library) == []
    pins.put_back(usm, note.id)
    assert on_guide(world.end_user, library) == ["Ask Ursula for access."]
    actions = select(AuditEntry.action).where(AuditEntry.organization_id == usm.organization_id)
    assert db.session().scalars(actions.order_by(AuditEntry.id)).all() == [
        "note.pinned",
        "note.removed",
        "note.put_back",
    ]


@pytest.mark.parametrize("text", ["", "  \n ", "x" * 1001])
def test_it_refuses_nothing_and_too_much(usm, library, text):
    with pytest.raises(Invalid) as error:
        pin_guide(usm, library, text)
    assert error.value.field == "text"
    assert pins.list_all(usm) == []


def test_only_who_leads_people_may_pin(usm, world, library):
    with pytest.raises(NotAllowed):
        pins.get_guide_place(world.end_user.viewer, library.guide_slugs[0])
    with pytest.raises(NotAllowed):
        pins.list_all(world.end_user.viewer)


def test_a_stranger_finds_no_note_to_remove(usm, world, library, database):
    pin_guide(usm, library)
    (note,) = pins.list_all(usm)
    db.session().commit()
    with database.writing(world.strange_usm.organization_id) as session:
        with pytest.raises(NotFound):
            pins.remove(world.strange_usm.viewer, note.id)
        session.commit()


class TestPages:
    @pytest.fixture
    def usm_browser(self, signed_in, world, library):
        return signed_in(world.usm)

    def test_addresses_become_links_and_nothing_else_does(
        self, usm_browser, signed_in, world, library
    ):
        slug = library.guide_slugs[0]
        words = "See https://wiki.example/close <script>alert(1)</script>"
        assert usm_browser.post(f"/notes/guides/{slug}", data={"text": words}).status_code == 302
        page = signed_in(world.end_user).get(f"/guides/{slug}").get_data(as_text=True)
        assert '<a href="https://wiki.example/close" rel="nofollow' in page
        assert "&lt;script&gt;alert(1)" in page

    @pytest.mark.parametrize("text", ["", "x" * 1001])
    def test_what_was_typed_stays_where_it_is_refused(self, usm_browser, library, text):
        answer = usm_browser.post(f"/notes/guides/{library.guide_slugs[0]}", data={"text": text})
        assert answer.status_code == 422
        assert "Please look at this again" in answer.get_data(as_text=True)
        assert text in answer.get_data(as_text=True)

    def test_readers_find_no_way_to_write_one(self, signed_in, world, library):
        page = signed_in(world.end_user).get(f"/paths/{library.path_slug}")
        assert "Pin a note" not in page.get_data(as_text=True)
        usms = signed_in(world.usm).get(f"/paths/{library.path_slug}").get_data(as_text=True)
        names = re.findall(r'class="step-pin"[^>]*aria-label="([^"]+)"', usms)
        assert names == [
            "Pin a note to step 1: Do guide-1 (v1)",
            "Pin a note to step 2: Do guide-2 (v1)",
            "Pin a note to step 3: First close with proof",
        ]

    def test_where_a_step_has_one_it_is_changed(self, usm_browser, library):
        usm_browser.post(f"/notes/guides/{library.guide_slugs[0]}", data={"text": "On the guide."})
        usm_browser.post(f"/notes/steps/{library.step_ids[1]}", data={"text": "On the step."})
        path = usm_browser.get(f"/paths/{library.path_slug}").text
        assert 'aria-label="Pin a note to step 1' in path
        assert 'aria-label="Change the note on step 2' in path


class TestALimitedUsm:
    """What all of the organization sees is not theirs to change."""

    @pytest.fixture
    def limited(self, signed_in, world, library, database):
        with database.writing(world.usm.organization_id) as session:
            pin_guide(world.usm.viewer, library)
            where = dict(organization_id=world.usm.organization_id, starts_on=date(2026, 1, 1))
            team = Team(id=new_id(), name="Claims", **where)
            session.add(team)
            session.flush()
            session.add(TeamLimit(member_id=world.usm.member_id, team_id=team.id, **where))
            session.commit()
        return signed_in(world.usm)

    def test_they_read_it_and_who_can_change_it(self, limited, library):
        words = "Success managers who see everybody change"
        notes = limited.get("/notes").text
        assert "Ask Ursula for access." in notes
        assert words in notes
        assert "Take off" not in notes
        for address in (f"/guides/{library.guide_slugs[0]}", f"/paths/{library.path_slug}"):
            page = limited.get(address).text
            assert "Ask Ursula for access." in page
            assert words in page
            assert "/notes/" not in page

    def test_a_crafted_post_changes_nothing(self, limited, world, library, database):
        with database.reading(world.usm.organization_id):
            (note,) = pins.list_all(world.usm.viewer)
        posts = {
            f"/notes/guides/{library.guide_slugs[0]}": {"text": "Ask me."},
            f"/notes/steps/{library.step_ids[0]}": {"text": "Ask me."},
            f"/notes/{note.id}/remove": {},
            f"/notes/{note.id}/put-back": {},
        }
        for address, data in posts.items():
            refused = limited.post(address, data=data)
            assert refused.status_code == 403, address
            assert "Ask a success manager who sees everybody." in refused.text
        with database.reading(world.usm.organization_id):
            (note,) = pins.list_all(world.usm.viewer)
        assert (note.text, note.removed_at) == ("Ask Ursula for access.", None)


def test_a_usm_limited_to_a_team_reads_the_note_without_its_author(usm, world, library):
    pin_guide(usm, library)
    limited = replace(world.owner.viewer, limited_to=new_id())
    (pin,) = pins.list_on_guide(limited, library.guide_ids[0])
    assert (pin.text, pin.author) == ("Ask Ursula for access.", None)
