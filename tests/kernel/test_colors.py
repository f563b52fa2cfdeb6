"""Every colour that somebody may choose ends as one that can be read."""

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal import colors, style_sheets

CSS = Path(__file__).parents[2] / "static" / "css" / "portal.css"

SEVERAL = settings(max_examples=80, deadline=None)
CHOSEN = st.tuples(*[st.integers(0, 255)] * 3).map(lambda rgb: "#{:02x}{:02x}{:02x}".format(*rgb))


def luminance(color: str) -> float:
    """Relative luminance, written out as WCAG 2.2 defines it."""
    channels = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def ratio(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@SEVERAL
@given(CHOSEN)
def test_an_accent_is_readable_on_every_ground_of_both_appearances(chosen: str) -> None:
    made = colors.accent(chosen)
    for shade, grounds in (
        (made.light, colors.LIGHT_GROUNDS),
        (made.dark, colors.DARK_GROUNDS),
    ):
        for ground in grounds:
            assert ratio(shade.accent, ground) >= 4.5
            assert ratio(shade.accent, ground) >= shade.contrast - 0.001
        assert ratio(shade.on_accent, shade.accent) >= 4.5
        assert shade.on_button == pytest.approx(ratio(shade.on_accent, shade.accent), abs=0.001)


@SEVERAL
@given(CHOSEN)
def test_it_moves_only_where_it_must_and_no_further(chosen: str) -> None:
    made = colors.accent(chosen)
    for shade, grounds in (
        (made.light, colors.LIGHT_GROUNDS),
        (made.dark, colors.DARK_GROUNDS),
    ):
        if min(ratio(chosen, ground) for ground in grounds) >= 4.8:
            assert shade.accent == chosen
        elif shade.accent != chosen:
            # A step of eight bits in one channel is about a tenth of contrast here.
            assert shade.contrast < 4.7


@SEVERAL
@given(CHOSEN)
def test_what_was_moved_once_stays_where_it_is(chosen: str) -> None:
    made = colors.accent(chosen)
    assert colors.accent(made.light.accent).light == made.light
    assert colors.accent(made.dark.accent).dark == made.dark


@SEVERAL
@given(CHOSEN, CHOSEN)
def test_contrast_is_that_of_the_guidelines(one: str, other: str) -> None:
    assert colors.contrast(one, other) == pytest.approx(ratio(one, other), abs=0.002)


def test_a_moved_accent_keeps_its_hue() -> None:
    made = colors.accent("#ffd400")
    r, g, b = (int(made.light.accent[at : at + 2], 16) for at in (1, 3, 5))
    assert r > g > b, "a dark yellow, not a grey"
    assert made.dark.accent == "#ffd400"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("#1F5F5B", "#1f5f5b"),
        (" 1f5f5b ", "#1f5f5b"),
        ("#abc", "#aabbcc"),
        ("ABC", "#aabbcc"),
        ("", None),
        ("teal", None),
        ("#12345", None),
        ("#1234567", None),
        ("#1f5f5b;}", None),
        ("#1f5f5b\n}", None),
        ("#１２３４５６", None),
        ("rgb(1, 2, 3)", None),
    ],
)
def test_a_colour_is_read_as_people_write_it_and_nothing_else(
    written: str, meant: str | None
) -> None:
    assert colors.read(written) == meant


def test_the_grounds_are_those_of_our_style_sheet() -> None:
    css = CSS.read_text()
    for at, name in enumerate(("page", "raised", "sunken")):
        light, dark = re.findall(rf"--{name}: light-dark\((#\w+), (#\w+)\)", css)[0]
        assert (light, dark) == (colors.LIGHT_GROUNDS[at], colors.DARK_GROUNDS[at])
    own = [re.findall(rf"--accent-{side}: (#\w+)", css)[0] for side in ("light", "dark")]
    assert tuple(own) == colors.OWN_ACCENT
    assert f"var(--accent) {colors.SOFT:.0%}, var(--page)" in css


def test_the_portals_own_accent_needs_no_moving() -> None:
    made = colors.accent(None)
    assert (made.light.accent, made.dark.accent) == colors.OWN_ACCENT


def test_a_style_sheet_replaces_what_ours_leaves_to_branding() -> None:
    sheet = style_sheets.style_sheet("#ffd400")
    properties = set(re.findall(r"(--[\w-]+):", sheet.text))
    assert properties == {
        "--accent-light",
        "--accent-dark",
        "--on-accent-light",
        "--on-accent-dark",
    }
    css = CSS.read_text()
    assert all(f"{name}:" in css for name in properties)
