"""How easy it was: asked of one in three, drawn once and kept before it is shown."""

from uuid import UUID

import pytest
from scipy.stats import binom
from sqlalchemy import select

from portal import db, lots
from portal.errors import Invalid, NotFound
from portal.lots import draw
from portal.paths.outcome_models import Answer, Ease
from portal.paths.service import ease, outcomes
from tests.paths.rows import publish_again

MANY = 3000


@pytest.fixture
def drawn(monkeypatch):
    """The lot falls on everybody."""
    monkeypatch.setattr(lots, "draw", lambda *_about: 0)


def rows(viewer):
    query = select(Ease.__table__).where(Ease.organization_id == viewer.organization_id)
    return db.session().execute(query.order_by(Ease.drawn_at)).all()


def test_one_in_three_is_drawn():
    # `draw` as it is, taken before the tests' fixture replaced it.
    found = sum(draw(ease.ONE_IN, "ease", UUID(int=n), UUID(int=1)) == 0 for n in range(MANY))
    low, high = binom.interval(0.9999, MANY, 1 / 3)
    assert low <= found <= high


@pytest.mark.parametrize("among", [1, 2, 3, 7])
def test_every_lot_is_as_likely_and_the_same_when_drawn_again(among):
    lots_drawn = [draw(among, "follow-up", UUID(int=n)) for n in range(MANY)]
    assert lots_drawn == [draw(among, "follow-up", UUID(int=n)) for n in range(MANY)]
    low, high = binom.interval(0.9999, MANY, 1 / among)
    assert all(low <= lots_drawn.count(number) <= high for number in range(among))


def test_there_is_no_lot_among_nothing():
    with pytest.raises(ValueError, match="nothing to draw from"):
        draw(0, "ease")


def test_the_draw_is_kept_with_the_answer_also_where_it_asks_nothing(reader, library, time):
    said = outcomes.answer(reader, library.guide_slugs[0], Answer.YES)
    (row,) = rows(reader)
    assert (said.asks_ease, bool(row.is_drawn)) == (False, False)
    assert (row.revision_id, row.drawn_at) == (library.revision_ids[0], time.now)
    assert ease.find_ease_page(reader, library.guide_slugs[0]) is None


def test_it_is_drawn_once(reader, library, drawn, monkeypatch):
    assert outcomes.answer(reader, library.guide_slugs[0], Answer.YES).asks_ease
    before = rows(reader)
    monkeypatch.setattr(lots, "draw", lambda among, *_about: among - 1)
    assert not outcomes.answer(reader, library.guide_slugs[0], Answer.PARTLY).asks_ease
    assert rows(reader) == before
    assert ease.asks(reader, library.guide_slugs[0])


@pytest.mark.parametrize("answer", [Answer.ALREADY, Answer.NOT_FOR_ME])
def test_who_did_not_need_it_is_not_drawn(reader, library, drawn, answer):
    assert not outcomes.answer(reader, library.guide_slugs[0], answer).asks_ease
    assert rows(reader) == []


def test_it_is_kept_and_may_be_changed(reader, library, drawn, time):
    slug = library.guide_slugs[0]
    outcomes.answer(reader, slug, Answer.YES)
    ease.give_ease(reader, slug, 3)
    time.pass_days(1)
    ease.give_ease(reader, slug, 6)
    (row,) = rows(reader)
    assert (row.ease, row.answered_at) == (6, time.now)
    assert not ease.asks(reader, slug)
    assert ease.find_ease_page(reader, slug).ease == 6


@pytest.mark.parametrize("number", [-1, 0, 8])
def test_it_goes_from_one_to_seven(reader, library, drawn, number):
    outcomes.answer(reader, library.guide_slugs[0], Answer.YES)
    with pytest.raises(Invalid) as refused:
        ease.give_ease(reader, library.guide_slugs[0], number)
    assert refused.value.field == "ease"
    assert rows(reader)[0].ease is None


def test_only_who_was_drawn_says_it(reader, library, world):
    slug = library.guide_slugs[0]
    with pytest.raises(NotFound):
        ease.give_ease(reader, slug, 5)
    outcomes.answer(reader, slug, Answer.YES)
    with pytest.raises(NotFound):
        ease.give_ease(reader, slug, 5)
    with pytest.raises(NotFound):
        ease.give_ease(world.team_mate.viewer, slug, 5)


def test_a_changed_guide_is_drawn_anew(reader, library, drawn, time):
    slug = library.guide_slugs[0]
    outcomes.answer(reader, slug, Answer.YES)
    ease.give_ease(reader, slug, 3)
    time.pass_days(1)
    publish_again(library.guide_ids[0])
    assert outcomes.answer(reader, slug, Answer.YES).asks_ease
    assert [row.ease for row in rows(reader)] == [3, None]
