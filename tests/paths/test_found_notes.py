"""Pinned notes in the organization's search."""

import pytest
from sqlalchemy import select

from portal.db import Database
from portal.guides.service.search import search
from portal.paths.pin_models import PinnedNote
from portal.paths.service import pins
from tests.factories import Library, Persona, World

pytestmark = pytest.mark.database


def found(database: Database, who: Persona, words: str) -> list[tuple[str, str]]:
    with database.reading(who.organization_id):
        return [(hit.leads_to, hit.slug) for hit in search(who.viewer, words).notes]


@pytest.mark.parametrize("on_step", [False, True])
def test_a_note_is_found_while_it_is_pinned_and_by_its_people_alone(
    database: Database, world: World, library: Library, on_step: bool
) -> None:
    usm, organization_id = world.usm.viewer, world.usm.organization_id
    leads_to = ("path", library.path_slug) if on_step else ("guide", library.guide_slugs[0])
    with database.writing(organization_id) as session:
        if on_step:
            place = pins.get_step_place(usm, library.step_ids[2])
        else:
            place = pins.get_guide_place(usm, library.guide_slugs[0])
        pins.pin(usm, place, "Ask Wilma before you close.")
        session.commit()
    assert found(database, world.end_user, "wilma closing") == [leads_to]
    assert found(database, world.stranger, "wilma") == []
    for deed, expected in ((pins.remove, []), (pins.put_back, [leads_to])):
        with database.writing(organization_id) as session:
            mine = PinnedNote.organization_id == organization_id
            deed(usm, session.scalars(select(PinnedNote.id).where(mine)).one())
            session.commit()
        assert found(database, world.end_user, "wilma") == expected
