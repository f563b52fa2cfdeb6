"""A measured figure, and the page that keeps the latest of each."""

import platform
import re
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

PAGE = Path(__file__).parent / "RESULTS.md"


@dataclass(frozen=True)
class Result:
    """One figure: the median of `runs`, beside what it is measured against in the same runs."""

    name: str
    unit: str
    values: Sequence[float]
    against: str = ""
    ratios: Sequence[float] = ()
    """This over `against`, run by run: holds where the machine's speed drifts."""

    def as_dict(self) -> dict[str, Any]:
        """The figure as a JSON object; `spread` is (largest − smallest) / median."""
        value = statistics.median(self.values)
        return {
            "name": self.name,
            "value": round(value, 3),
            "unit": self.unit,
            "against": self.against or None,
            "ratio": round(statistics.median(self.ratios), 3) if self.ratios else None,
            "runs": len(self.values),
            "spread": round((max(self.values) - min(self.values)) / value, 3) if value else 0.0,
        }


def keep(name: str, results: Sequence[Result]) -> None:
    """Write a benchmark's section anew and leave the others as they are."""
    text = PAGE.read_text() if PAGE.exists() else "# Results\n"
    section = _section(name, results)
    pattern = re.compile(rf"^## {re.escape(name)}\n.*?(?=^## |\Z)", re.DOTALL | re.MULTILINE)
    found = pattern.search(text)
    PAGE.write_text(
        text[: found.start()] + section + text[found.end() :] if found else f"{text}\n{section}"
    )


def _section(name: str, results: Sequence[Result]) -> str:
    machine = f"Python {platform.python_version()}, {platform.machine()}"
    lines = [
        f"## {name}",
        "",
        f"{datetime.now(UTC):%Y-%m-%d}, {machine}. Median of the runs.",
        "",
        "| name | value | unit | against | ratio | runs | spread |",
        "|---|---:|---|---|---:|---:|---:|",
    ]
    for result in results:
        row = result.as_dict()
        cells = ["" if value is None else str(value) for value in row.values()]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n\n"
