"""What an organization may make of a path, and what becomes of it when the vendor changes it."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.errors import Invalid
from portal.paths.service import fit_rules as rules
from portal.paths.service.fit_rules import VendorStep, Wish, arrange, fit


def steps(words):
    """Steps by letter: small ones are optional."""
    return [VendorStep(UUID(int=ord(letter)), letter, letter.islower()) for letter in words]


def of(letter):
    return UUID(int=ord(letter))


def shown(path, wish):
    return "".join(step.title for step in arrange(steps(path), wish))


def followed(path, wish):
    return "".join(step.title for step in rules.in_use(fit(steps(path), wish)))


def moved(path, *moves, wish=None):
    """The wish after moves such as "b-" (up) and "b+" (down)."""
    wish = wish or Wish()
    for letter, way in moves:
        wish = rules.move(steps(path), wish, of(letter), up=way == "-")
    return wish


def test_without_a_wish_it_is_the_vendors_path():
    assert shown("AbCM", Wish()) == followed("AbCM", Wish()) == "AbCM"
    assert not Wish()


def test_an_optional_step_is_left_out_and_put_back():
    wish = rules.leave_out(steps("AbCM"), Wish(), of("b"))
    assert (shown("AbCM", wish), followed("AbCM", wish)) == ("AbCM", "ACM")
    assert rules.leave_out(steps("AbCM"), wish, of("b")) == wish
    assert rules.put_back(steps("AbCM"), wish, of("b")) == Wish()


@pytest.mark.parametrize("letter", "AM")
def test_a_required_step_is_neither_left_out_nor_moved(letter):
    for attempt in (
        lambda: rules.leave_out(steps("AbM"), Wish(), of(letter)),
        lambda: rules.move(steps("AbM"), Wish(), of(letter), up=True),
    ):
        with pytest.raises(Invalid, match="is required") as refused:
            attempt()
        assert refused.value.field == "change"


def test_an_optional_step_moves_past_required_ones_and_back():
    assert shown("AbCM", moved("AbCM", "b+")) == "ACbM"
    assert shown("AbCM", moved("AbCM", "b-")) == "bACM"
    assert moved("AbCM", "b-", "b+") == Wish(order=tuple(map(of, "AbCM")))
    assert not moved("AbCM", "b-", "b+")


def test_optional_steps_change_places_among_themselves():
    assert shown("AbcdM", moved("AbcdM", "d-", "d-")) == "AdbcM"
    assert shown("AbcdM", moved("AbcdM", "d-", "b+", "b+")) == "AdcbM"


@pytest.mark.parametrize(
    ("path", "change", "words"),
    [("bAM", "b-", "first step already"), ("AbM", "b+", "last step before the end already")],
)
def test_it_says_where_there_is_no_further_place(path, change, words):
    with pytest.raises(Invalid, match=words):
        moved(path, change)


def test_a_step_that_left_the_path_is_said_to_have_left():
    for attempt in (rules.leave_out, rules.put_back):
        with pytest.raises(Invalid, match="left the path"):
            attempt(steps("AM"), Wish(), of("b"))
    with pytest.raises(Invalid, match="left the path"):
        moved("AM", "b+")


@pytest.mark.parametrize(
    ("then", "expected"),
    [
        ("AbCDEM", "ACbDEM"),  # a new step further on
        ("AbDCM", "ADCbM"),  # the one it stands behind moved
        ("AbM", "AbM"),  # the one it stands behind left: behind the one before it
        ("bCM", "CbM"),
        ("bM", "bM"),
        ("bMC", "MbC"),  # it is the end now
        ("ACM", "ACM"),  # it left itself
        ("ABCM", "ABCM"),  # somebody else, with no wish
        ("XAbCyM", "XACbyM"),
    ],
)
def test_it_keeps_its_place_whatever_the_vendor_changes(then, expected):
    assert shown(then, moved("AbCM", "b+")) == expected


def test_nothing_stands_behind_the_last_required_step():
    wish = moved("AbCDM", "b+", "b+")
    assert shown("AbCDM", wish) == "ACDbM"
    assert shown("AbCD", wish) == "ACbD"


def test_a_step_that_comes_back_is_still_left_out():
    wish = rules.leave_out(steps("AbM"), Wish(), of("b"))
    assert followed("AM", wish) == "AM"
    wish = moved("AcM", "c-", wish=wish)
    assert followed("AbcM", wish) == "cAM"


def test_a_step_that_becomes_required_is_in_again_at_its_own_place():
    wish = rules.leave_out(steps("AbCM"), moved("AbCM", "b+"), of("b"))
    required = [VendorStep(step.id, step.title, is_optional=False) for step in steps("AbCM")]
    assert [step.title for step in rules.in_use(fit(required, wish))] == list("AbCM")


def test_it_says_which_step_may_move_where():
    places = fit(steps("bAcM"), Wish())
    assert [(p.may_move_up, p.may_move_down) for p in places] == [
        (False, True),
        (False, False),
        (True, False),
        (False, False),
    ]


def test_it_is_stored_and_read_as_it_was():
    wish = rules.leave_out(steps("AbcM"), moved("AbcM", "c-"), of("b"))
    assert Wish.read(wish.stored()) == wish
    assert Wish.read({}) == Wish()


paths = st.permutations("ABCdefg").map("".join).map(lambda path: path + "M")
parts = st.sets(st.sampled_from("ABCdefg"))


@given(
    paths, st.lists(st.tuples(st.sampled_from("defg"), st.booleans()), max_size=12), paths, parts
)
def test_whatever_is_moved_and_published_the_required_steps_keep_their_order(
    path, moves, later, withdrawn
):
    wish = Wish()
    for letter, up in moves:
        before = shown(path, wish)
        try:
            wish = rules.move(steps(path), wish, of(letter), up=up)
        except Invalid:
            continue
        after = shown(path, wish)
        step = -1 if up else 1
        assert after.index(letter) == before.index(letter) + step
        assert after.replace(letter, "") == before.replace(letter, "")
    for today in (path, "".join(letter for letter in later if letter not in withdrawn)):
        arranged = shown(today, wish)
        assert sorted(arranged) == sorted(today)
        assert arranged.endswith("M")
        assert [x for x in arranged if x.isupper()] == [x for x in today if x.isupper()]
