"""Colours that can be read: the one module that does sums with them.

Contrast is the ratio of WCAG 2.2, (L1 + 0.05) / (L2 + 0.05) of relative luminances; text needs 4.5
(success criterion 1.4.3). Colours are written as `#rrggbb`.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from coloraide import Color

READABLE = 4.5
"""Contrast of text of any size."""

LIGHT_GROUNDS = "#faf9f6", "#ffffff", "#f2f0ea"
DARK_GROUNDS = "#15171a", "#1c1f23", "#101214"
"""What links stand on: --page, --raised and --sunken of portal.css, light and dark."""
SOFT = 0.09
"""The share of the accent in --accent-soft, mixed with --page in Oklab."""

ON_LIGHT_ACCENT = "#ffffff"
ON_DARK_ACCENT = "#101214"
"""Words on a button. Each is beyond every ground above, so what is readable there is here."""

OWN_ACCENT = "#1f5f5b", "#82c9c1"
"""The portal's own accent, on light and on dark pages."""

HALVINGS = 12
"""2⁻¹² of a lightness is less than a step of eight bits."""

_WRITTEN = re.compile(r"#?([0-9a-f]{3}|[0-9a-f]{6})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Shade:
    """An accent on pages of one appearance, with its contrasts."""

    accent: str
    on_accent: str
    """Words on a button of this colour."""
    page: str
    contrast: float
    """With the ground of a page that is closest to it."""
    on_button: float
    """Of the words on a button."""


@dataclass(frozen=True, slots=True)
class Accent:
    """What becomes of a chosen colour."""

    chosen: str
    light: Shade
    dark: Shade


def read(written: str) -> str | None:
    """`#rrggbb` of what somebody wrote, `#abc` and `abc` as well; None for anything else."""
    found = _WRITTEN.fullmatch(written.strip())
    if found is None:
        return None
    digits = found[1].lower()
    return "#" + (digits if len(digits) == 6 else "".join(digit * 2 for digit in digits))


def contrast(one: str, other: str) -> float:
    """The contrast of two colours, 1 to 21."""
    return float(Color(one).contrast(other, method="wcag21"))


@lru_cache(maxsize=4096)
def accent(chosen: str | None) -> Accent:
    """A chosen colour, moved as little as it must to be read on light and on dark pages.

    None is the portal's own.
    """
    light, dark = (chosen, chosen) if chosen else OWN_ACCENT
    return Accent(
        chosen or light,
        _shade(_moved(light, LIGHT_GROUNDS, 0.0), LIGHT_GROUNDS, ON_LIGHT_ACCENT),
        _shade(_moved(dark, DARK_GROUNDS, 1.0), DARK_GROUNDS, ON_DARK_ACCENT),
    )


def _shade(color: str, grounds: Sequence[str], on_accent: str) -> Shade:
    return Shade(color, on_accent, grounds[0], _least(color, grounds), contrast(color, on_accent))


def _least(color: str, grounds: Sequence[str]) -> float:
    """The contrast with the closest ground, of which a soft tint of the colour itself is one."""
    soft = Color(grounds[0]).mix(color, SOFT, space="oklab")
    return min(contrast(color, ground) for ground in (*grounds, _hex(soft)))


def _moved(color: str, grounds: Sequence[str], end: float) -> str:
    """The colour, or the one nearest to it in lightness on the way to `end` that can be read.

    Hue and chroma stay, as far as screens show them. Halving keeps one end that can be read, so
    what comes out can, whatever the way between is like.
    """
    if _least(color, grounds) >= READABLE:
        return color
    at = _along(color)
    near, far = Color(color).convert("oklch")["lightness"], end
    for _ in range(HALVINGS):
        middle = (near + far) / 2
        if _least(at(middle), grounds) >= READABLE:
            far = middle
        else:
            near = middle
    return at(far)


def _along(color: str) -> Callable[[float], str]:
    """The colour at any other lightness, 0 to 1."""

    def at(lightness: float) -> str:
        moved = Color(color).convert("oklch")
        moved["lightness"] = lightness
        return _hex(moved)

    return at


def _hex(color: Color) -> str:
    shown = color.convert("srgb").fit(method="oklch-chroma")
    return str(shown.to_string(hex=True))
