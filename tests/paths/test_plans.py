"""If-then lines: a reader's own plan after a guide."""

import pytest
from sqlalchemy import select

from portal import db
from portal.errors import Invalid, NotFound
from portal.paths.outcome_models import IfThen
from portal.paths.service import plans, reading
from tests.paths.rows import publish_again


def lines(viewer):
    query = select(IfThen.line).where(IfThen.organization_id == viewer.organization_id)
    return list(db.session().scalars(query))


def test_a_line_is_kept_and_shown_again(reader, library):
    slug = library.guide_slugs[0]
    assert plans.write_if_then(reader, slug, "  When the file\n is in,  I will match it. ")
    assert lines(reader) == ["When the file is in, I will match it."]
    assert reading.get_reading(reader, slug).if_then == "When the file is in, I will match it."


def test_it_outlives_a_new_version_of_the_guide(reader, library):
    slug = library.guide_slugs[0]
    plans.write_if_then(reader, slug, "When it is due, I will do it.")
    publish_again(library.guide_ids[0])
    assert reading.get_reading(reader, slug).if_then == "When it is due, I will do it."


def test_written_again_it_is_changed(reader, library):
    plans.write_if_then(reader, library.guide_slugs[0], "One.")
    plans.write_if_then(reader, library.guide_slugs[0], "Two.")
    assert lines(reader) == ["Two."]


@pytest.mark.parametrize("empty", ["", "   ", "\n\t"])
def test_an_empty_line_takes_it_away(reader, library, empty):
    plans.write_if_then(reader, library.guide_slugs[0], "One.")
    assert not plans.write_if_then(reader, library.guide_slugs[0], empty)
    assert lines(reader) == []


def test_a_line_is_one_line_long(reader, library):
    assert plans.write_if_then(reader, library.guide_slugs[0], "x" * plans.LONGEST_LINE)
    with pytest.raises(Invalid) as refused:
        plans.write_if_then(reader, library.guide_slugs[0], "y" * (plans.LONGEST_LINE + 1))
    assert refused.value.field == "line"
    assert lines(reader) == ["x" * plans.LONGEST_LINE]


def test_there_is_no_line_for_what_is_not_there(reader):
    with pytest.raises(NotFound):
        plans.write_if_then(reader, "unheard-of", "When …")


def test_it_is_for_its_writer_alone(reader, library, world):
    plans.write_if_then(reader, library.guide_slugs[0], "When …")
    assert reading.get_reading(world.team_mate.viewer, library.guide_slugs[0]).if_then is None
