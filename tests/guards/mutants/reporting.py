"""Keeps verdicts while mutants are tried, and makes the report of them."""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from tests.guards.mutants.finding import UNCONDITIONED, Mutant, mutants, queries
from tests.guards.mutants.trying import NOBODY, Seen, Verdict

EQUIVALENT: dict[str, str] = {
    "portal/accounts/service/assignments.py _get_csm: Organization.id =="
    " viewer.organization_id": "only locks: others wait a moment too, and nothing of it is read",
    "portal/accounts/service/assignments.py names_of_csms: Assignment.organization_id.in_("
    "organization_ids)": "what is found is looked up by an organization that was asked for",
    "portal/accounts/service/erasure.py _ask: Organization.id == viewer.organization_id": (
        "only locks: others wait a moment too, and what is found is not read"
    ),
    "portal/accounts/service/staff.py _lock: Organization.id == viewer.organization_id": (
        "only locks: others wait a moment too, and nothing of it is read"
    ),
    "portal/accounts/service/staff_looks.py _names_seen: Member.organization_id =="
    " viewer.organization_id": "the look is bound, and joined by organization and id",
    "portal/accounts/service/staff_looks.py _names_seen: StaffLook.organization_id =="
    " viewer.organization_id": "the member is bound, and joined by organization and id",
    "portal/accounts/service/team_changes.py _wait_for_turn: Organization.id =="
    " viewer.organization_id": "only locks: others wait a moment too, and nothing of it is read",
    "portal/accounts/service/visits.py last_seen: WebSession.organization_id.in_("
    "organization_ids)": "is joined to members of the organization by an id, drawn once for all",
    "portal/adoption/service/candidates.py _help: request.organization_id =="
    " viewer.organization_id": "`people_of` binds the member, joined by organization and id",
    "portal/adoption/service/overview.py _origins: Enrollment.organization_id =="
    " viewer.organization_id": "`_reached` binds the member, joined by organization and id",
    "portal/adoption/service/today.py _next_day: Member.organization_id =="
    " viewer.organization_id": "the enrollment is bound, and joined by organization and id",
    "portal/adoption/service/today_shape.py member_of: Member.organization_id =="
    " table.organization_id": "wherever it stands both sides are bound",
    "portal/customers/service/desk.py _standing: StandIn.organization_id.in_("
    "organization_ids)": "what is found is looked up by an organization that was asked for",
    "portal/customers/service/desk.py _waiting: HelpRequest.organization_id.in_("
    "organization_ids)": "what is found is looked up by an organization that was asked for",
}
"""Mutants that change nothing which anybody could see, and why."""

PHASES = ("guarded", "features", "alone")
ADDING = ("insert", "upsert", "add", "add_all")


class Kept:
    """A file with a line for each mutant and phase: who noticed, and what."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def add(self, mutant: Mutant, phase: str, seen: Seen) -> None:
        """Keep what came of a try."""
        with self._file.open("a") as lines:
            lines.write(json.dumps([mutant.name, phase, *seen]) + "\n")

    def _read(self) -> dict[tuple[str, str], Seen]:
        if not self._file.exists():
            return {}
        lines = (json.loads(line) for line in self._file.read_text().splitlines())
        return {(name, phase): (by, what) for name, phase, by, what in lines}

    def wants(self, mutant: Mutant, phase: str) -> bool:
        """Whether to try a mutant still; by tests only where the guarded walk saw nothing."""
        found = self._read()
        is_left = phase != "features" or found.get((mutant.name, "guarded")) == NOBODY
        return is_left and (mutant.name, phase) not in found

    def read(self, known: Iterable[Mutant]) -> list[Verdict]:
        """The verdicts, of mutants that there still are."""
        found = self._read()
        return [
            Verdict(mutant, *(found.get((mutant.name, phase)) for phase in PHASES))
            for mutant in known
        ]


def report(verdicts: Sequence[Verdict]) -> str:
    """The figures of docs/tenancy-mutants.md."""
    return "\n\n".join([_of_queries(), _of_features(verdicts), _of_unnoticed(verdicts)]) + "\n"


def _of_queries() -> str:
    found = list(queries())
    adding = sum(query.verb in ADDING for query in found)
    own = sum(query.mutants > 0 for query in found)
    reasons = "\n".join(f"- `{place}`: {why}" for place, why in UNCONDITIONED.items())
    return (
        f"Queries on customers' tables: {len(found)}, in {len({q.place for q in found})} functions"
        f" and constants; a subquery counts as one. {adding} of them add rows and have no condition"
        f" to forget. {own} hold one or several that are left out in turn; the others take theirs"
        " from a helper or a variable beside them, which is mutated there. These have none of their"
        f" own:\n\n{reasons}\n\nMutants: {len(mutants())}."
    )


def _of_features(verdicts: Sequence[Verdict]) -> str:
    rows: dict[str, Counter[str]] = {}
    for verdict in verdicts:
        row = rows.setdefault(_feature(verdict.mutant), Counter())
        row["mutants"] += 1
        if verdict.with_guard:
            row["tried"] += 1
            row[_by(verdict)] += 1
        if verdict.alone:
            row["tried alone"] += 1
            row["alone: walk"] += bool(verdict.alone[0])
    total = sum(rows.values(), Counter[str]())
    lines = [
        "| feature | " + " | ".join(COLUMNS) + " |",
        "|---|" + "---|" * len(COLUMNS),
        *(
            f"| {name} | " + " | ".join(str(row[column]) for column in COLUMNS) + " |"
            for name, row in [*sorted(rows.items()), ("all", total)]
        ),
    ]
    return "\n".join(lines)


COLUMNS = (
    *("mutants", "tried", "guard", "walk", "features", "equivalent", "nobody", "still open"),
    *("tried alone", "alone: walk"),
)


def _feature(mutant: Mutant) -> str:
    folder = mutant.path.split("/")[1]
    return "kernel" if folder.endswith(".py") else folder


def _by(verdict: Verdict) -> str:
    if verdict.with_guard and verdict.with_guard[0]:
        return verdict.with_guard[0]
    if verdict.mutant.name in EQUIVALENT:
        return "equivalent"
    return "nobody" if verdict.is_unnoticed else "still open"


def _of_unnoticed(verdicts: Sequence[Verdict]) -> str:
    """What nobody noticed with the guard, and what the walk did not notice without it."""
    tried = [verdict for verdict in verdicts if verdict.with_guard]
    lists = {
        "Noticed by nobody, with the guard": _named(tried, "nobody", "equivalent"),
        "Not noticed yet, with the guard": _named(tried, "still open"),
        "Not noticed by the short walk without the guard": [
            f"- `{v.mutant.name}`" for v in verdicts if v.alone == NOBODY
        ],
    }
    return "\n\n".join(
        "\n".join([f"{title}:", "", *lines]) for title, lines in lists.items() if lines
    )


def _named(verdicts: Sequence[Verdict], *kinds: str) -> list[str]:
    return [
        f"- `{v.mutant.name}`" + (f": {why}" if (why := EQUIVALENT.get(v.mutant.name)) else "")
        for v in verdicts
        if _by(v) in kinds
    ]
