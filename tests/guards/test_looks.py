"""Whatever name a stand-in reads, on any page or in any file: the look is written for the owner."""

from datetime import timedelta

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, select

from portal import clock
from portal.access import Role
from portal.accounts.models import Member
from portal.accounts.privacy_models import StaffLook
from portal.db import Database
from tests.guards.scene import Scene, make_scene

ASKED = frozenset({"help.requests", "help.thread", "help.risen", "customers.customer"})
"""Where a question comes to the USM or the vendor: who asks is told to who answers."""


def test_each_name_that_a_stand_in_reads_is_written_down(app: Flask, database: Database) -> None:
    scene = make_scene(app, database)
    browser, names = stand_in(scene), names_of(scene)
    shown = {}
    for rule in scene.rules("GET"):
        if app.view_functions[rule.endpoint].access != "public" and rule.endpoint not in ASKED:
            for address in scene.addresses(rule, scene.own):
                text = browser.get(address).get_data().decode(errors="replace")
                shown[address] = {name for name in names.values() if name in text}, looks(scene)
    assert {"Alma Reader", "Amir Mate", "Nora Newcomer"} <= shown["/people"][0]
    unseen = {at: told - {names[id_] for id_ in noted} for at, (told, noted) in shown.items()}
    assert {at: told for at, told in unseen.items() if told} == {}


def stand_in(scene: Scene) -> FlaskClient:
    """A browser in which the csm stands in for the USM, as an owner allows."""
    csm, browser = scene.world.csm.viewer, scene.browser("csm")
    day = (clock.today("Europe/Berlin") + timedelta(days=30)).isoformat()
    form = {"person_id": str(csm.person_id), "last_day": day}
    assert scene.browser("owner").post("/organization/stand-in", data=form).status_code == 302
    begun = browser.post(f"/customers/{scene.own.organization_id}/stand-in")
    assert begun.location == "/people"
    return browser


def names_of(scene: Scene) -> dict[object, str]:
    """The organization's people without its USMs and owners, whom staff knows anyway."""
    ours = scene.own.organization_id
    with scene.database.reading(ours) as session:
        found = session.scalars(select(Member).where(Member.organization_id == ours))
        return {m.id: m.display_name for m in found if not m.roles & {Role.USM, Role.OWNER}}


def looks(scene: Scene) -> set[object]:
    """At whom the latest page looked; forgotten, so that the next one has to say it anew."""
    ours = StaffLook.organization_id == scene.own.organization_id
    with scene.database.writing(scene.own.organization_id) as session:
        noted = set(session.scalars(select(StaffLook.member_id).where(ours)))
        session.execute(delete(StaffLook).where(ours))
        session.commit()
    return noted
