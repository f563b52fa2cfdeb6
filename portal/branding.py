"""How an organization shows itself to its own people: a name, an accent colour, a logo."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

WORD_MARK = 2
"""From this many times as wide as high a logo is taken to hold the name, which it replaces."""


@dataclass(frozen=True, slots=True)
class Logo:
    """A picture of the organization's, among its media."""

    media_id: UUID
    width: int
    height: int
    """Pixels, like the width."""

    @property
    def is_word_mark(self) -> bool:
        """Whether it stands for the name by itself."""
        return self.width >= WORD_MARK * self.height


@dataclass(frozen=True, slots=True)
class Branding:
    """What an organization chose; empty, it looks like the portal itself."""

    name: str | None = None
    """What its people read; None is the organization's own name."""
    accent: str | None = None
    """As it was chosen, `#rrggbb`; pages show what `style_sheets` makes of it."""
    logo: Logo | None = None

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> "Branding":
        """From what the database keeps."""
        if not kept:
            return NONE
        logo = kept.get("logo")
        return cls(
            name=kept.get("name"),
            accent=kept.get("accent"),
            logo=logo and Logo(UUID(logo["media_id"]), logo["width"], logo["height"]),
        )

    def to_keep(self) -> dict[str, Any]:
        """What the database keeps; nothing for what was not chosen."""
        logo = self.logo and {
            "media_id": self.logo.media_id.hex,
            "width": self.logo.width,
            "height": self.logo.height,
        }
        chosen = {"name": self.name, "accent": self.accent, "logo": logo}
        return {key: value for key, value in chosen.items() if value}


NONE = Branding()
