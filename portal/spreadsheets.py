"""Files for spreadsheets: CSV that opens as UTF-8, and in which nothing is calculated."""

import csv
import io
import re
from collections.abc import Iterable

_FORMULA = r"'*[=+\-@\t\r＝＋－＠]"
"""How a formula begins, in wide signs too; marked or not, so that a mark can be taken off again."""
_BEGINNING = r"(^|[;\t\r\n] *)"
"""Where a cell may begin: where people write 1,5, spreadsheets part cells at semicolons."""
_UNMARKED = re.compile(f"{_BEGINNING}(?={_FORMULA})")
_MARKED = re.compile(f"{_BEGINNING}'(?={_FORMULA})")


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
    return _UNMARKED.sub(r"\1'", text)


def unmarked(text: str) -> str:
    """A cell without the mark that `plain` gave it."""
    return _MARKED.sub(r"\1", text)
