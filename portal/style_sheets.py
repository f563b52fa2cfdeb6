"""The style sheet that gives pages an organization's accent.

Apart from `branding`, which every command loads: working with colours takes long to load.
"""

import hashlib
from dataclasses import dataclass
from functools import lru_cache

from portal import colors


@dataclass(frozen=True, slots=True)
class StyleSheet:
    """The few lines that give the pages an organization's accent."""

    text: str
    digest: str
    """Of the text, for its address."""


@lru_cache(maxsize=4096)
def style_sheet(accent: str) -> StyleSheet:
    """The custom properties of portal.css that carry an accent."""
    made = colors.accent(accent)
    text = (
        ":root,\n[data-bs-theme] {\n"
        f"  --accent-light: {made.light.accent};\n"
        f"  --accent-dark: {made.dark.accent};\n"
        f"  --on-accent-light: {made.light.on_accent};\n"
        f"  --on-accent-dark: {made.dark.on_accent};\n"
        "}\n"
    )
    return StyleSheet(text, hashlib.sha256(text.encode()).hexdigest()[:10])
