"""Cursors that a page did not make."""

import base64

import pytest

from portal.accounts.models import Member
from portal.errors import Invalid
from portal.guides.models import Revision
from portal.paging import OrderColumn, decode_cursor

NAMES: list[OrderColumn] = [Member.name_key.expression, Member.id.expression]
NUMBERS: list[OrderColumn] = [Revision.language.expression, -Revision.number]


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("[" * 2000, NAMES),
        ('["\\ud800", "01a203039be072c2a5af3f450e03a3b9"]', NAMES),
        ('["a\\u0000", "01a203039be072c2a5af3f450e03a3b9"]', NAMES),
        ('["a"]', NAMES),
        ('["a", "no id"]', NAMES),
        (f'["en", {2**31}]', NUMBERS),
        (f'["en", {10**4000}]', NUMBERS),
        ('["en", 1.5]', NUMBERS),
    ],
    ids=["deep", "half a sign", "NUL", "too short", "no id", "large", "huge", "no integer"],
)
def test_a_cursor_that_is_none_is_refused(text: str, columns: list[OrderColumn]) -> None:
    cursor = base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")
    with pytest.raises(Invalid):
        decode_cursor(cursor, columns)
