"""What became of what was acknowledged: how much of it is there, and what is there twice."""

import zipfile
from collections import Counter
from pathlib import Path
from uuid import UUID

from sqlalchemy import and_, func, select

from portal.accounts.models import Member, Organization, Person
from portal.accounts.privacy_models import Export, ExportState
from portal.accounts.service import exports
from portal.adoption.models import BulkEnrolled, BulkEnrollment
from portal.audit import AuditEntry
from portal.db import Database
from portal.help.models import HelpRequest
from portal.messages.models import Message, MessageState
from portal.paths.outcome_models import Outcome, OutcomeChange
from portal.paths.progress_models import Enrollment
from portal.web.models import FormRequest
from tests.kills.clients import Ledger


def count(
    database: Database, ledger: Ledger, mailed: Counter[str], exports_dir: Path
) -> tuple[int, int]:
    """Acknowledged writes that were found again, and effects that stand twice."""
    with database.reading(None) as session:
        customer = select(Organization.id).where(Organization.is_vendor.is_(False))
        organization_id = session.execute(customer).scalar_one()
    with database.reading(organization_id) as session:
        found = _answers_found(session, organization_id, ledger)
        found += _invitations_found(session, organization_id, ledger, mailed)
        found += _questions_found(session, organization_id, ledger)
        found += _imported_found(session, organization_id, ledger)
        found += _exports_found(session, organization_id, ledger, exports_dir)
        found += _enrolled_found(session, organization_id, ledger)
        doubled = _doubled(session, organization_id, ledger)
    return found, doubled


def _answers_found(session, organization_id: UUID, ledger: Ledger) -> int:
    answers = _forms_kept(session, organization_id, ledger.answers)
    outcomes = select(func.count()).where(Outcome.organization_id == organization_id)
    return min(answers, session.scalar(outcomes))


def _invitations_found(session, organization_id: UUID, ledger: Ledger, mailed: Counter[str]) -> int:
    """Invited people whose mail is marked as sent and truly arrived."""
    sent = (
        select(Person.email_key, Message.message_id)
        .join(Member, Member.person_id == Person.id)
        .join(Message, Message.id == Member.invitation_message_id)
        .where(
            Member.organization_id == organization_id,
            Message.organization_id == organization_id,
            Message.state == MessageState.SENT,
        )
    )
    arrived = {email for email, header in session.execute(sent) if mailed[header]}
    return sum(address in arrived for address in ledger.invitations)


def _questions_found(session, organization_id: UUID, ledger: Ledger) -> int:
    """Questions that are kept once each."""
    kept = select(HelpRequest.words).where(HelpRequest.organization_id == organization_id)
    times = Counter(session.scalars(kept))
    return sum(times[words] == 1 for words in ledger.questions)


def _imported_found(session, organization_id: UUID, ledger: Ledger) -> int:
    """People of the files that were started, each a member."""
    members = select(Person.email_key).join(Member, Member.person_id == Person.id)
    there = set(session.scalars(members.where(Member.organization_id == organization_id)))
    return sum(address in there for address in ledger.imported)


def _exports_found(session, organization_id: UUID, ledger: Ledger, folder: Path) -> int:
    """Exports that can be fetched: each has its whole file."""
    ready = select(Export.id, Export.size).where(
        Export.organization_id == organization_id, Export.state == ExportState.READY
    )
    whole = 0
    for export_id, size in session.execute(ready):
        file = exports.file_of(folder, organization_id, export_id)
        whole += file.stat().st_size == size and zipfile.ZipFile(file).testzip() is None
    return min(_forms_kept(session, organization_id, ledger.exports), whole)


def _enrolled_found(session, organization_id: UUID, ledger: Ledger) -> int:
    """Bulk enrollments that are whole: each is on record, and so is each person on the path."""
    rows = (
        select(BulkEnrollment.people, func.count(BulkEnrolled.member_id), func.count(Enrollment.id))
        .join(BulkEnrolled, BulkEnrolled.bulk_enrollment_id == BulkEnrollment.id)
        .outerjoin(
            Enrollment,
            (Enrollment.organization_id == BulkEnrolled.organization_id)
            & (Enrollment.member_id == BulkEnrolled.member_id)
            & (Enrollment.path_id == BulkEnrollment.path_id),
        )
        .where(
            BulkEnrollment.organization_id == organization_id,
            BulkEnrolled.organization_id == organization_id,
        )
        .group_by(BulkEnrollment.id, BulkEnrollment.people)
    )
    whole = sum(len(set(counts)) == 1 for counts in session.execute(rows))
    return min(_forms_kept(session, organization_id, ledger.enrolled), whole)


def _forms_kept(session, organization_id: UUID, request_ids: list[str]) -> int:
    """How many of these forms are noted as done."""
    kept = select(FormRequest.request_id).where(
        FormRequest.organization_id == organization_id, FormRequest.location != ""
    )
    forms = set(session.scalars(kept))
    return sum(UUID(request_id) in forms for request_id in request_ids)


def _doubled(session, organization_id: UUID, ledger: Ledger) -> int:
    """What was done twice: an answer in the history, a question, an invitation, an export, a bulk
    enrollment or its record."""
    deeds = select(func.count()).where(
        AuditEntry.organization_id == organization_id, AuditEntry.action == "people.enrolled"
    )
    bulk = select(func.count()).where(BulkEnrollment.organization_id == organization_id)
    done = max(session.scalar(deeds), session.scalar(bulk))
    return max(0, done - len(ledger.enrolled)) + sum(
        len(session.execute(query).all()) for query in _twice(organization_id)
    )


def _twice(organization_id: UUID):
    """Queries that find what stands twice."""
    here = (
        (OutcomeChange.outcome_id, OutcomeChange.organization_id == organization_id),
        (HelpRequest.words, HelpRequest.organization_id == organization_id),
        (Export.member_id, Export.organization_id == organization_id),
        (
            Message.recipient,
            and_(Message.organization_id == organization_id, Message.name == "invitation"),
        ),
    )
    for what, ours in here:
        yield select(what).where(ours).group_by(what).having(func.count() > 1)
