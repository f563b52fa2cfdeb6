"""A content folder for tests: one goal, one path, two guides; change it and publish again."""

from pathlib import Path
from typing import Any

import yaml
from PIL import Image

GOAL: dict[str, Any] = {
    "title": "Close the month in five days",
    "rhythm": "month",
    "evidence": "The period is locked by day five",
    "first_value": "period_locked",
    "feature_sets": ["closing"],
}
GUIDE: dict[str, Any] = {
    "title": "Match the bank file",
    "purpose": "After this you can match a bank file with open items.",
    "kind": "guide",
    "goal": "close-faster",
    "minutes": 5,
    "jobs": ["accountant"],
    "maintainer": "Vera Author",
    "checked": "2026-10-01",
    "review": "2099-10-01",
    "evidence": "their own answer",
    "checklist": ["The file is in", "Nothing is left open"],
}
PATH: dict[str, Any] = {
    "title": "Close with proof",
    "goal": "close-faster",
    "jobs": ["accountant"],
    "steps": [
        {"guide": "match-bank-file"},
        {"guide": "lock-period", "optional": True},
        {"milestone": "First close with proof"},
    ],
}
KIT: dict[str, Any] = {
    "title": "Champion kit",
    "purpose": "After this you can ask a colleague.",
    "audience": "champions",
    "maintainer": "Vera Author",
    "documents": ["role"],
}
DOCUMENT: dict[str, Any] = {
    "title": "Role",
    "purpose": "After this it is settled.",
    "minutes": 5,
}
BODY = """Have the bank file of yesterday at hand.

## Steps

1. Open **Bank**.
2. Press **Match**.

## If it did not work

Ask your USM.
"""

CONVENTIONS = """
languages:
  en:
    worked: How you see that it worked
    mistake: The commonest mistake
    limit: Where this ends
    if_then: When …, I will …
    abbreviations: [approx.]
    terms:
      - words: [USM, user success manager]
        means: the colleague who answers for your success
        explained_by: [for your success]
      - words: [accrual, accruals]
        means: a cost of the month whose invoice is missing
        explained_by: [invoice comes later, without an invoice]
  de:
    worked: Woran Sie sehen, dass es geklappt hat
    mistake: Der häufigste Fehler
    limit: Wo das endet
    if_then: Wenn …, … ich …
    terms:
      - words: [Champion, Champions]
        means: jemand, der anderen zeigt, wie es geht
        explained_by: [anderen zeigt]
      - words: [Abweichung, Abweichungen]
        means: der Abstand zwischen Plan und Ist
        explained_by: [Abstand zwischen]
"""


class ContentFolder:
    """Files as an author writes them. `drop` a front-matter line by giving it None."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.goal("close-faster")
        self.guide("match-bank-file")
        self.guide("lock-period", title="Lock the period")
        self.path("close-with-proof")

    def goal(self, slug: str, **front: Any) -> Path:
        return self._write(f"goals/{slug}.md", GOAL | front, "The books close on day five.\n")

    def guide(self, slug: str, body: str = BODY, file: str | None = None, **front: Any) -> Path:
        return self._write(f"guides/{file or slug}.md", GUIDE | front, body)

    def path(self, slug: str, **front: Any) -> Path:
        return self._write(f"paths/{slug}.md", PATH | front, "Two guides and you are there.\n")

    def kit(self, slug: str, **front: Any) -> Path:
        return self._write(f"kits/{slug}.md", KIT | front, "Fill these in first.\n")

    def document(
        self, kit: str, slug: str, body: str, file: str | None = None, **front: Any
    ) -> Path:
        return self._write(
            f"kits/{kit}/{file or slug}.md", DOCUMENT | {"title": slug.title()} | front, body
        )

    def conventions(self, text: str = CONVENTIONS) -> Path:
        """What the vendor agreed on for its texts."""
        file = self.root / "writing.yml"
        file.write_text(text, "utf-8")
        return file

    def picture(self, name: str, size: tuple[int, int] = (4, 3), colour: str = "red") -> Path:
        file = self.root / "media" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", size, colour).save(file)
        return file

    def snippet(self, name: str, text: str) -> Path:
        file = self.root / "snippets" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        return file

    def remove(self, name: str) -> None:
        (self.root / name).unlink()

    def _write(self, name: str, front: dict[str, Any], body: str) -> Path:
        file = self.root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        front = {key: value for key, value in front.items() if value is not None}
        words = yaml.safe_dump(front, sort_keys=False, allow_unicode=True)
        file.write_text(f"---\n{words}---\n\n{body}", encoding="utf-8")
        return file
