"""The signing keys of cookies and forms, and how a new one takes over.

A file, one key a line. The first line's key signs; all are accepted, each as long as its line says:

    KEY                            signs, or will: what has no date is accepted without end
    KEY 2026-12-25T07:00:00+00:00  an older one, accepted until then

What was signed before a rotation stays good for as long as it would have lived, so nobody is
signed out.
"""

import os
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from portal import clock


@dataclass(frozen=True, slots=True)
class Key:
    """A signing key, and until when it is accepted; None for ever."""

    secret: str
    until: datetime | None = None

    def is_accepted(self, now: datetime) -> bool:
        """Whether what it signed still counts."""
        return self.until is None or self.until > now

    def line(self) -> str:
        """The key as its line in the file."""
        return f"{self.secret} {self.until.isoformat()}\n" if self.until else f"{self.secret}\n"


def read(file: Path) -> tuple[str, ...]:
    """The keys that are accepted, the signing one first; makes the file where there is none."""
    if not file.exists():
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _make_first(file)
    now = clock.now()
    return tuple(key.secret for key in load(file) if key.is_accepted(now))


def load(file: Path) -> list[Key]:
    """Every key in the file. Raises ValueError where a line is none."""
    return [_parse(line) for line in file.read_text().splitlines() if line.strip()]


def rotate(file: Path, lifetime: timedelta, *, prepare: bool = False) -> list[Key]:
    """Let a new key sign from the next start on; older ones stay accepted for `lifetime`.

    With `prepare`, the new key is only accepted for now: the next rotation lets it sign. So several
    machines can be told one after the other, and none meets a signature that it does not know.
    """
    now = clock.now()
    read(file)
    known = [key for key in load(file) if key.is_accepted(now)]
    signing, prepared = known[0], [key for key in known[1:] if key.until is None]
    retired = [key for key in known[1:] if key.until]
    if prepare:
        kept = [signing, *(prepared or [_new()]), *retired]
    else:
        next_one, *others = prepared or [_new()]
        kept = [next_one, *others, Key(signing.secret, now + lifetime), *retired]
    _replace(file, kept)
    return kept


def _parse(line: str) -> Key:
    secret, _, until = line.strip().partition(" ")
    return Key(secret, datetime.fromisoformat(until) if until else None)


def _new() -> Key:
    return Key(secrets.token_urlsafe(48))


def _make_first(file: Path) -> None:
    # Linked into place: of two processes that start at once, both read the same complete file.
    draft = _draft(file, [_new()])
    try:
        os.link(draft, file)
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def _replace(file: Path, keys: list[Key]) -> None:
    _draft(file, keys).rename(file)


def _draft(file: Path, keys: list[Key]) -> Path:
    """The keys in a file beside theirs, for its owner alone."""
    draft = file.with_suffix(f".{secrets.token_hex(8)}")
    draft.touch(mode=0o600)
    with draft.open("w") as opened:
        opened.writelines(key.line() for key in keys)
        opened.flush()
        os.fsync(opened.fileno())
    return draft
