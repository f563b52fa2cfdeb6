"""Which visits of the walk run a mutant."""

import json
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from tests.guards.mutants.finding import Mutant, helpers
from tests.guards.mutants.putting import called_at_import
from tests.guards.source import modules

Visits = Mapping[str, Sequence[str]]
"""By person, what they visit: `GET paths.home`, or `WORK` for what is due afterwards."""
WORK = "WORK"

FEW, MANY = (2, 8), (3, 14)
"""How many people, and how many addresses each visits: at first, and where nobody noticed."""
PEOPLE = ("usm", "end_user", "double", "owner", "csm", "author", "admin", "nobody")
"""Who is asked first."""


class Reach:
    """Which visits run which function, from the file that `reach` wrote of a whole walk."""

    def __init__(self, folder: Path) -> None:
        self._visits: dict[str, dict[str, set[str]]] = {}
        for file in folder.glob("*test_tenants*.jsonl"):
            for line in file.read_text().splitlines():
                visit, _took, places = json.loads(line)
                who, _, what = visit.partition(" ")
                if not visit.startswith("tests/"):
                    for place in places:
                        self._visits.setdefault(place, {}).setdefault(who, set()).add(what)

    def visits(self, mutant: Mutant, people: int, most: int) -> Visits:
        """By person, visits that run a mutant; who has most of them first."""
        found: dict[str, set[str]] = {}
        for place in users_of(mutant):
            for who, visits in self._visits.get(place, {}).items():
                found.setdefault(who, set()).update(visits)
        by_number = sorted(found, key=lambda who: (-len(found[who]), PEOPLE.index(who)))
        return {
            who: [*self._causes(who, found[who]), *_some(found[who], most)]
            for who in by_number[:people]
        }

    def _causes(self, who: str, visits: set[str]) -> list[str]:
        """The visits that leave work behind, where work is what is wanted."""
        if WORK not in visits:
            return []
        left = self._visits.get("portal/jobs.py enqueue", {}).get(who, set())
        return sorted(left - visits - {WORK})


def _some(visits: set[str], most: int) -> list[str]:
    """Some of the visits: addresses to post to and to read, evenly, and the work."""
    posted = sorted(v for v in visits if v.startswith("POST"))
    read = sorted(v for v in visits if v.startswith("GET"))
    half = most // 2
    chosen = [*_spread(posted, most - min(half, len(read))), *_spread(read, half)]
    return [*chosen, *([WORK] if WORK in visits else [])]


def _spread(visits: list[str], most: int) -> list[str]:
    step = max(1, -(-len(visits) // most)) if most else 1
    return visits[::step][:most]


def users_of(mutant: Mutant) -> set[str]:
    """The function with the mutant; of a constant, the functions that mention it."""
    users: set[str] = set()
    todo = {(mutant.path, mutant.function)}
    known: set[tuple[str, str]] = set()
    while todo:
        path, name = one = todo.pop()
        known.add(one)
        if name in _functions(path) and name not in called_at_import():
            users.add(f"{path} {name}")
            continue
        for place, names in helpers().items():
            where, _, user = place.partition(" ")
            if name in names and (where == path or not name.startswith("_")):
                todo |= {(where, user)} - known
    return users


@cache
def _functions(path: str) -> frozenset[str]:
    """Functions and classes, as opposed to constants."""
    return frozenset(getattr(statement, "name", "") for statement in modules()[path].body)
