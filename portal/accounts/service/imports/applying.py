"""Doing what a checked file asks for: in chunks, each judged anew, so that a repeat does no more.

How far it came stands in the import's row, written in the chunk's transaction: a process killed
anywhere goes on where the last whole chunk ended.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from portal import audit, clock, db
from portal.access import Role, Viewer
from portal.accounts.import_models import ImportRow, PeopleImport, Verdict
from portal.accounts.models import Member, Organization, Person
from portal.accounts.service import invitations, leaving, teams
from portal.accounts.service.imports import judging, known, staging
from portal.accounts.service.imports.judging import Judged, Line
from portal.accounts.service.members import name_key
from portal.accounts.service.team_changes import ensure_team
from portal.accounts.team_models import Team
from portal.ids import new_id
from portal.inserts import insert_many
from portal.messages.service import MailSettings

CHUNK = 250
CHUNK_WITH_MAIL = 25
"""Messages are rendered while the database waits."""
Pair = tuple[ImportRow, Judged]


def apply_next(
    organization_id: UUID, import_id: UUID, mail: MailSettings, lifetime: timedelta
) -> bool:
    """Do the next chunk of an import; False where there is none left."""
    brought = _lock(organization_id, import_id)
    if brought is None or brought.started_at is None or brought.finished_at is not None:
        return False
    mails = brought.sends_mail and mail.is_enabled
    rows = _next_rows(brought, CHUNK_WITH_MAIL if mails else CHUNK)
    if not rows:
        return False
    viewer = _viewer_of(brought)
    pairs = _judge_again(viewer, brought, rows)
    _add(viewer, [pair for pair in pairs if pair[1].verdict is Verdict.ADD])
    _change(viewer, [pair for pair in pairs if pair[1].verdict is Verdict.CHANGE])
    _take_leave(viewer, [pair for pair in pairs if pair[1].verdict is Verdict.LEAVE])
    if mails:
        _invite(viewer, [p for p in pairs if p[1].verdict is Verdict.ADD], mail, lifetime)
    brought.rows_done = rows[-1].number
    db.session().flush()
    return True


def finish(organization_id: UUID, import_id: UUID) -> None:
    """Note that all rows are done, and what became of them."""
    brought = _lock(organization_id, import_id)
    if brought is None or brought.finished_at is not None:
        return
    brought.finished_at = clock.now()
    brought.counts = staging.count_verdicts(organization_id, import_id)
    subject = f"people_import:{import_id}"
    audit.record(_viewer_of(brought), "import.finished", subject, after=brought.counts)
    db.session().flush()


def _lock(organization_id: UUID, import_id: UUID) -> PeopleImport | None:
    """Two workers on one import take turns, chunk by chunk."""
    found = select(PeopleImport).where(
        PeopleImport.organization_id == organization_id, PeopleImport.id == import_id
    )
    return db.session().scalars(found.with_for_update()).one_or_none()


def _next_rows(brought: PeopleImport, limit: int) -> Sequence[ImportRow]:
    found = select(ImportRow).where(
        ImportRow.organization_id == brought.organization_id,
        ImportRow.import_id == brought.id,
        ImportRow.number > brought.rows_done,
    )
    return db.session().scalars(found.order_by(ImportRow.number).limit(limit)).all()


def _viewer_of(brought: PeopleImport) -> Viewer:
    """Whoever started it, with what they might do then."""
    organization = db.session().get_one(Organization, brought.organization_id)
    found = select(Member.id).where(
        Member.organization_id == brought.organization_id, Member.person_id == brought.person_id
    )
    return Viewer(
        organization_id=organization.id,
        organization_name=organization.shown_name,
        branding=organization.branding,
        is_vendor=organization.is_vendor,
        is_sample=organization.is_sample,
        # A stand-in is no member; nobody has the organization's own id.
        member_id=db.session().scalar(found) or organization.id,
        person_id=brought.person_id,
        display_name=brought.display_name,
        roles=frozenset({Role.USM}),
        locale=organization.locale,
        zone=organization.zone,
        organization_zone=organization.zone,
        limited_to=brought.limited_to,
    )


def _judge_again(viewer: Viewer, brought: PeopleImport, rows: Sequence[ImportRow]) -> list[Pair]:
    """What becomes of rows now; where it is something else than was checked, the row says so."""
    rules = known.rules_of(viewer, brought.roles_to_give)
    ids = [row.wanted["external_id"] for row in rows if row.wanted.get("external_id")]
    members = known.list_named(viewer, [row.email_key for row in rows], ids)
    keys, by_id = known.by_key(members), known.by_external_id(members)
    pairs = []
    for row in rows:
        if row.verdict == Verdict.REFUSE:
            continue
        if row.line is None:
            member = keys.get(row.email_key)
            if member is None or member.has_left:
                judged = Judged(Verdict.SAME)
            else:
                judged = judging.judge_absent(member, rules)
        else:
            line = Line(row.line, row.email, row.email_key, row.display_name, row.wanted)
            judged = judging.judge(line, keys, by_id, rules)
        _note(row, judged)
        pairs.append((row, judged))
    return pairs


def _note(row: ImportRow, judged: Judged) -> None:
    changes, problems = dict(judged.changes), [list(problem) for problem in judged.problems]
    if (row.verdict, row.changes, row.problems) != (judged.verdict, changes, problems):
        row.verdict, row.changes, row.problems = judged.verdict, changes, problems
    if judged.member_id and row.member_id != judged.member_id:
        row.member_id = judged.member_id


def _add(viewer: Viewer, pairs: Sequence[Pair]) -> None:
    if not pairs:
        return
    now = clock.now()
    people = [
        dict(id=new_id(), email=row.email, email_key=row.email_key, created_at=now)
        for row, _judged in pairs
    ]
    insert_many(Person, people, on=("email_key",))
    wanted = select(Person.email_key, Person.id).where(
        Person.email_key.in_([row.email_key for row, _judged in pairs])
    )
    person_ids = {row[0]: row[1] for row in db.session().execute(wanted)}
    is_sample = viewer.is_sample
    members = [
        dict(
            organization_id=viewer.organization_id,
            id=row.member_id,
            person_id=person_ids[row.email_key],
            display_name=row.display_name,
            name_key=name_key(row.display_name),
            roles=frozenset(map(Role, row.wanted.get("roles", [Role.END_USER]))),
            job=row.wanted.get("job"),
            external_id=row.wanted.get("external_id"),
            is_sample=is_sample,
            invited_at=now,
            invited_by=viewer.person_id,
            invitations=0,
        )
        for row, _judged in pairs
    ]
    insert_many(Member, members)
    _put_in_teams(viewer, {row.member_id: row.wanted.get("team") for row, _judged in pairs})


def _change(viewer: Viewer, pairs: Sequence[Pair]) -> None:
    if not pairs:
        return
    found = select(Member).where(
        Member.organization_id == viewer.organization_id,
        Member.id.in_([judged.member_id for _row, judged in pairs]),
    )
    members = {member.id: member for member in db.session().scalars(found)}
    moved = {}
    for _row, judged in pairs:
        assert judged.member_id is not None  # noqa: S101 - only members change
        member = members[judged.member_id]
        after = {name: pair[1] for name, pair in judged.changes.items()}
        _set(member, after)
        if "team" in after:
            moved[member.id] = after["team"]
        before = {name: pair[0] for name, pair in judged.changes.items()}
        audit.record(viewer, "member.changed", f"member:{member.id}", before, after)
    db.session().flush()
    _put_in_teams(viewer, moved)


def _set(member: Member, after: dict[str, Any]) -> None:
    for name in ("external_id", "job"):
        if name in after:
            setattr(member, name, after[name])
    if "display_name" in after:
        member.display_name = after["display_name"]
        member.name_key = name_key(member.display_name)
    if "roles" in after:
        member.roles = frozenset(map(Role, after["roles"]))
    if "has_left" in after:
        member.left_at = None


def _put_in_teams(viewer: Viewer, named: dict[Any, str | None]) -> None:
    names = {name for name in named.values() if name}
    if not names:
        return
    found = select(Team.name, Team.id).where(
        Team.organization_id == viewer.organization_id,
        Team.ends_on.is_(None),
        Team.name.in_(names),
    )
    ids = {row[0]: row[1] for row in db.session().execute(found)}
    ids |= {name: ensure_team(viewer, name).id for name in sorted(names - set(ids))}
    teams.put_in_teams(viewer, {id_: ids[name] for id_, name in named.items() if name})


def _take_leave(viewer: Viewer, pairs: Sequence[Pair]) -> None:
    ids = [judged.member_id for _row, judged in pairs if judged.member_id]
    if ids:
        leaving.mark_left(viewer, ids)
    for member_id in ids:
        audit.record(viewer, "member.left", f"member:{member_id}")


def _invite(viewer: Viewer, pairs: Sequence[Pair], mail: MailSettings, lifetime: timedelta) -> None:
    found = select(Member).where(
        Member.organization_id == viewer.organization_id,
        Member.id.in_([row.member_id for row, _judged in pairs]),
    )
    for member in db.session().scalars(found):
        invitations.invite_member(viewer, member, mail, lifetime)
