"""How long ago something was, in words."""

from datetime import timedelta

import pytest

from portal import clock, i18n


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "1 minute ago"),
        (-0.4, "1 minute ago"),
        (-61, "2 minutes ago"),
        (0.4, "in 1 minute"),
        (59, "in 1 minute"),
        (150, "in 2 minutes"),
    ],
)
def test_what_was_just_now_is_past(
    seconds: float, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now)
    assert i18n.format_relative(now + timedelta(seconds=seconds)) == words
