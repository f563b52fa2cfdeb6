"""Files for spreadsheets: CSV that opens as UTF-8, and in which nothing is calculated."""

import csv
import io
from collections.abc import Iterable

FORMULA = ("=", "+", "-", "@", "\t", "\r")


def write(rows: Iterable[Iterable[object]]) -> str:
    """Rows as CSV; texts that would be formulas are marked as texts."""
    buffer = io.StringIO()
    buffer.write("\ufeff")  # With the mark, spreadsheets read it as UTF-8.
    writer = csv.writer(buffer)
    for row in rows:
        writer.writerow(plain(cell) if isinstance(cell, str) else cell for cell in row)
    return buffer.getvalue()


def plain(text: str) -> str:
    """Text that a spreadsheet does not take for a formula (OWASP, CSV injection)."""
    return f"'{text}" if text.startswith(FORMULA) else text


def unmarked(text: str) -> str:
    """A cell without the mark that `plain` gave it."""
    return text[1:] if text.startswith("'") and text[1:].startswith(FORMULA) else text
