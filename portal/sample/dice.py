"""Lots that fall the same each time: what happens by chance in a story follows from its seed."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import TypeVar

T = TypeVar("T")
FINE = 1_000_000


class Dice:
    """Lots about one thing; each throw is another one."""

    def __init__(self, *about: str | int) -> None:
        self._about = "/".join(map(str, about))
        self._thrown = 0

    def number(self, among: int) -> int:
        """From 0 to `among` − 1."""
        self._thrown += 1
        hashed = hashlib.sha256(f"{self._about}/{self._thrown}".encode()).digest()
        return int.from_bytes(hashed[:8]) % among

    def between(self, low: int, high: int) -> int:
        """Both ends included."""
        return low + self.number(high - low + 1)

    def share(self) -> float:
        """From 0 up to 1."""
        return self.number(FINE) / FINE

    def chance(self, share: float) -> bool:
        """Whether something happens that does in this share of cases."""
        return self.share() < share

    def pick(self, among: Sequence[T]) -> T:
        """One of them, each as likely as the others."""
        return among[self.number(len(among))]

    def weighed(self, among: Mapping[T, float]) -> T:
        """One of them, as likely as its weight says."""
        left = self.share() * sum(among.values())
        for one, weight in among.items():
            left -= weight
            if left < 0:
                return one
        return list(among)[-1]
