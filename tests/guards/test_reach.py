"""Who sees one team only reads no name of anybody outside of it, on any page."""

from flask import Flask
from sqlalchemy import select
from werkzeug.routing import Rule

from portal.accounts.models import Member
from portal.accounts.team_models import TeamMembership
from portal.db import Database
from tests.factories import Persona
from tests.guards.scene import Scene, make_scene, open_browser

OWN = "Lina Limited"
HELPERS = ("Ursula Lead",)
"""A question's page names the USMs who see it, and those who answered."""


def test_a_limited_usm_reads_no_name_outside_of_their_teams(app: Flask, database: Database) -> None:
    scene = make_scene(app, database)
    limited, outside = people(scene)
    assert outside
    assert told(scene, limited, outside) == []
    # The same walk as somebody who sees everybody finds all of them.
    assert set(outside) <= {words.split(": ")[1] for words in told(scene, scene.double, outside)}


def people(scene: Scene) -> tuple[Persona, list[str]]:
    """The limited USM, and the names of all who are not in their team."""
    organization_id = scene.own.organization_id
    with scene.database.reading(organization_id) as session:
        inside = select(TeamMembership.member_id).where(
            TeamMembership.organization_id == organization_id,
            TeamMembership.team_id == scene.own.team_id,
            TeamMembership.ends_on.is_(None),
        )
        names = select(Member.display_name).where(
            Member.organization_id == organization_id, Member.id.not_in(inside)
        )
        found = [name for name in session.scalars(names) if name not in (OWN, "Dora Double")]
        wanted = select(Member).where(
            Member.organization_id == organization_id, Member.display_name == OWN
        )
        lina = session.scalars(wanted).one()
    viewer = scene.double.viewer
    limited = Persona(
        viewer=type(viewer)(
            organization_id=organization_id,
            organization_name=viewer.organization_name,
            is_vendor=False,
            is_sample=False,
            member_id=lina.id,
            person_id=lina.person_id,
            display_name=OWN,
            roles=lina.roles,
            locale="en",
            zone="UTC",
            organization_zone="UTC",
        ),
        email="",
    )
    return limited, found


def told(scene: Scene, persona: Persona, names: list[str]) -> list[str]:
    """Where one of these names stands."""
    browser = open_browser(scene.app, scene.database, persona)
    found = []
    for rule in scene.rules("GET"):
        if scene.app.view_functions[rule.endpoint].access != "public":
            for address in scene.addresses(rule, scene.own):
                text = browser.get(address).data.decode(errors="replace")
                outside = [name for name in names if name not in HELPERS or not _is_help(rule)]
                found += [f"{address}: {name}" for name in outside if name in text]
    return found


def _is_help(rule: Rule) -> bool:
    return rule.endpoint in ("help.ask", "help.thread")
