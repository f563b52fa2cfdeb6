"""One press that asks somebody how they get on, within what they allow."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from portal import audit, clock, db
from portal.access import Action, Viewer, require
from portal.accounts.service import addressees, reach
from portal.adoption import emails
from portal.adoption.service import today
from portal.adoption.service.today_shape import Kind
from portal.errors import Conflict
from portal.guides.service.titles import title_in
from portal.i18n import gettext as _
from portal.messages.models import Message, MessageState
from portal.messages.service import MailSettings
from portal.paths.models import Path, Step
from portal.paths.progress_models import Enrollment
from portal.paths.service.context import AnyRow

PATIENCE = timedelta(days=7)
"""Nobody is nudged again before that, whoever would do it."""


def can_ask(viewer: Viewer, mail: MailSettings) -> bool:
    """Whether a mail could go out at all; in the sample the press is there to be tried."""
    return mail.is_enabled or viewer.is_sample


def nudge(viewer: Viewer, member_id: UUID, mail: MailSettings) -> Message:
    """Ask a member by mail how they get on with what they have not finished; what became of it.

    A person is off the viewer's list for a week then. Raises NotFound for whom the viewer does not
    reach, Conflict where there is nothing to ask, they were nudged lately, or no mail can go out.
    """
    require(viewer, Action.LEAD_PEOPLE)
    member = reach.get_member_in_reach(viewer, member_id)
    if not can_ask(viewer, mail):
        raise Conflict(_("No mail server is set: speak to them yourself. They stay on your list."))
    # Of two presses at once the second waits, and finds the first one's message.
    db.session().refresh(member, with_for_update=True)
    to = addressees.get_addressee(viewer, member_id)
    row = _unfinished(viewer, member_id, to.locale)
    if row is None or member.left_at or not member.accepted_at:
        raise Conflict(_("There is nothing to ask this person about: they are on no path."))
    if _was_nudged(viewer, member.person_id):
        raise Conflict(_("This person was asked within the last seven days. Speak to them."))
    message = emails.nudge(to, viewer, member.display_name, row.path, row.step, row.due_on, mail)
    for kind in (Kind.STUCK, Kind.OVERDUE):
        today.let_rest(viewer, kind, row.id, PATIENCE)
    audit.record(viewer, "member.nudged", f"member:{member_id}")
    db.session().flush()
    return message


def _unfinished(viewer: Viewer, member_id: UUID, locale: str) -> AnyRow | None:
    """What is due first, else the path that they follow; titles in their language."""
    found = (
        select(
            Enrollment.id,
            Enrollment.due_on,
            title_in(Path, locale).label("path"),
            title_in(Step, locale).label("step"),
        )
        .join(Path, Path.id == Enrollment.path_id)
        .outerjoin(Step, Step.id == Enrollment.next_step_id)
        .where(
            Enrollment.organization_id == viewer.organization_id,
            Enrollment.member_id == member_id,
            Enrollment.finished_at.is_(None),
            Enrollment.is_current | Enrollment.due_on.is_not(None),
            Path.withdrawn_at.is_(None),
        )
        .order_by(Enrollment.due_on.is_(None), Enrollment.due_on, Enrollment.is_current.desc())
        .limit(1)
    )
    return db.session().execute(found).one_or_none()


def _was_nudged(viewer: Viewer, person_id: UUID) -> bool:
    lately = select(Message.id).where(
        Message.organization_id == viewer.organization_id,
        Message.person_id == person_id,
        Message.name == emails.NUDGE,
        # What was held back, or had no server to go to, reached nobody.
        Message.state.not_in((MessageState.HELD_BACK, MessageState.NO_SERVER)),
        Message.created_at > clock.now() - PATIENCE,
    )
    return db.session().execute(lately.limit(1)).first() is not None
