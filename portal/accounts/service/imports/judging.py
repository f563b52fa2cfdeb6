"""What a line of a file asks for, and whether that may be. Pure: the database stands outside."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from uuid import UUID

from portal import i18n
from portal.access import CUSTOMER_ROLES, Role
from portal.accounts.import_models import Verdict
from portal.accounts.service.email_addresses import email_key, parse
from portal.accounts.service.imports.files import Column, Record, Sheet
from portal.accounts.service.members import LONGEST_NAME
from portal.errors import Invalid
from portal.folding import fold
from portal.i18n import gettext as _

LONGEST = {
    Column.EMAIL: 320,
    Column.NAME: LONGEST_NAME,
    Column.FIRST_NAME: LONGEST_NAME,
    Column.LAST_NAME: LONGEST_NAME,
    Column.EXTERNAL_ID: 120,
    Column.ROLES: 200,
    Column.JOB: 60,
    Column.TEAM: LONGEST_NAME,
}
Problem = tuple[str, Any]
"""A word for what is wrong, and the value that its text names."""


@dataclass(slots=True)
class Line:
    """What one line asks for; `wanted` holds only what it says."""

    line: int
    email: str
    email_key: str
    display_name: str
    wanted: dict[str, Any] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Known:
    """A member as the organization knows them."""

    member_id: UUID
    email_key: str
    display_name: str
    external_id: str | None
    roles: frozenset[Role]
    job: str | None
    team: str | None
    has_left: bool
    is_reached: bool = True
    """Whether whoever brings the file sees them."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What whoever brings the file may do."""

    member_id: UUID | None
    """Themselves."""
    roles_to_give: frozenset[Role]
    own_teams: frozenset[str] | None
    """Names of the teams that they are limited to; None for who sees everybody."""
    other_teams: frozenset[str] = frozenset()
    """Names of the teams that they do not reach."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What becomes of a line."""

    verdict: Verdict
    member_id: UUID | None = None
    changes: Mapping[str, Any] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()


def read_lines(sheet: Sheet) -> list[Line]:
    """The lines of a file with what is wrong in each, and in comparison with lines above."""
    lines = [_line(record) for record in sheet.records]
    _note_repeats(lines)
    return lines


def _line(record: Record) -> Line:
    problems: list[Problem] = [
        ("too_long", (column.value, LONGEST[column]))
        for column, cell in record.cells.items()
        if len(cell) > LONGEST[column]
    ]
    if any("\0" in cell for cell in record.cells.values()):
        problems.append(("nul", None))
    cells = {
        column: " ".join(cell.replace("\0", "").split())[: LONGEST[column]]
        for column, cell in record.cells.items()
    }
    email = cells.get(Column.EMAIL, "")
    try:
        parsed = parse(email)
    except Invalid:
        parsed = email
        problems.append(("no_address", None) if not email else ("bad_address", email))
    wanted: dict[str, Any] = {
        name.value: cells[name]
        for name in (Column.EXTERNAL_ID, Column.JOB, Column.TEAM)
        if cells.get(name)
    }
    if given := _name(cells):
        wanted["display_name"] = given
    try:
        if cells.get(Column.ROLES):
            wanted["roles"] = sorted(read_roles(cells[Column.ROLES]))
    except ValueError as error:
        problems.append(("unknown_role", str(error)))
    name = given or name_from(parsed)
    return Line(record.line, parsed, email_key(parsed)[:320], name, wanted, problems)


def _name(cells: Mapping[Column, str]) -> str:
    parts = (cells.get(Column.FIRST_NAME, ""), cells.get(Column.LAST_NAME, ""))
    return (cells.get(Column.NAME) or " ".join(part for part in parts if part))[:LONGEST_NAME]


def name_from(email: str) -> str:
    """A name to begin with where the file has none: `anna.berg@x.example` is Anna Berg."""
    words = email.partition("@")[0].replace("_", ".").replace("-", ".").split(".")
    name = " ".join(word.capitalize() for word in words if word)
    return (name or email)[:LONGEST_NAME]


def role_words() -> dict[Role, str]:
    """How our own file calls the roles, in the reader's language."""
    return {Role.END_USER: _("end user"), Role.USM: _("USM"), Role.OWNER: _("owner")}


def read_roles(cell: str) -> frozenset[Role]:
    """Roles from words, several with `+`, `/`, `,` or `;`. Raises ValueError with the word."""
    return _read_roles(cell, str(i18n.current().locale))


@lru_cache(maxsize=1024)
def _read_roles(cell: str, _locale: str) -> frozenset[Role]:
    """Kept, as most lines say the same."""
    known = {fold(role.replace("_", " ")): role for role in CUSTOMER_ROLES}
    known |= {fold(word): role for role, word in role_words().items()}
    known |= {"user": Role.END_USER, "success manager": Role.USM, "user success manager": Role.USM}
    for sign in "+/;|":
        cell = cell.replace(sign, ",")
    found = set()
    for word in filter(None, (part.strip() for part in cell.split(","))):
        role = known.get(fold(word.replace("_", " ")))
        if role is None:
            raise ValueError(word)
        found.add(role)
    return frozenset(found)


def write_roles(roles: frozenset[Role]) -> str:
    """Roles in the words that `read_roles` reads."""
    return " + ".join(word for role, word in role_words().items() if role in roles)


def _note_repeats(lines: Iterable[Line]) -> None:
    addresses: dict[str, int] = {}
    ids: dict[str, int] = {}
    for line in lines:
        first = addresses.setdefault(line.email_key, line.line)
        if line.email_key and first != line.line:
            line.problems.append(("repeated_address", first))
        external_id = line.wanted.get("external_id")
        if external_id and (first := ids.setdefault(external_id, line.line)) != line.line:
            line.problems.append(("repeated_id", first))


def judge(
    line: Line, by_key: Mapping[str, Known], by_external_id: Mapping[str, Known], rules: Rules
) -> Judged:
    """What becomes of a line, given the members whom its address and its external ID name."""
    member = by_key.get(line.email_key)
    problems = list(line.problems)
    named = by_external_id.get(line.wanted.get("external_id", ""))
    if named is not None and (member is None or named.member_id != member.member_id):
        problems.append(("id_of_another", line.wanted["external_id"]))
    problems += _about_team(line, rules)
    if member is None:
        problems += _about_new(line, rules)
    else:
        problems += _about_member(line, member, rules)
    member_id = member.member_id if member else None
    if problems:
        return Judged(Verdict.REFUSE, member_id, problems=tuple(problems))
    if member is None:
        return Judged(Verdict.ADD)
    changes = _changes(line, member)
    return Judged(Verdict.CHANGE if changes else Verdict.SAME, member_id, changes)


def _about_team(line: Line, rules: Rules) -> list[Problem]:
    team = line.wanted.get("team")
    return [("foreign_team", team)] if team and team in rules.other_teams else []


def _about_new(line: Line, rules: Rules) -> list[Problem]:
    problems: list[Problem] = []
    roles = frozenset(map(Role, line.wanted.get("roles", [Role.END_USER])))
    if roles - rules.roles_to_give:
        problems.append(("role_not_given", write_roles(roles - rules.roles_to_give)))
    if rules.own_teams is not None and not line.wanted.get("team"):
        problems.append(("team_needed", None))
    return problems


def _about_member(line: Line, member: Known, rules: Rules) -> list[Problem]:
    if not member.is_reached:
        return [("out_of_reach", None)]
    if "roles" not in line.wanted:
        return []
    changed = frozenset(map(Role, line.wanted["roles"])) ^ member.roles
    if changed and member.member_id == rules.member_id:
        return [("own_roles", None)]
    if changed - rules.roles_to_give:
        return [("role_not_given", write_roles(changed - rules.roles_to_give))]
    return []


def _changes(line: Line, member: Known) -> dict[str, Any]:
    before = {
        "display_name": member.display_name,
        "external_id": member.external_id,
        "job": member.job,
        "team": member.team,
        "roles": sorted(member.roles),
    }
    changes = {
        name: [before[name], value] for name, value in line.wanted.items() if before[name] != value
    }
    if member.has_left:
        changes["has_left"] = [True, False]
    return changes


def judge_absent(member: Known, rules: Rules) -> Judged:
    """What becomes of a member whom a file of everybody does not name."""
    if member.member_id == rules.member_id:
        return Judged(Verdict.REFUSE, member.member_id, problems=(("yourself", None),))
    if Role.OWNER in member.roles:
        return Judged(Verdict.REFUSE, member.member_id, problems=(("owner_stays", None),))
    return Judged(Verdict.LEAVE, member.member_id)
