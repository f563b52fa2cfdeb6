"""What those do who answer for others: the author with comments, a success manager with today."""

from datetime import timedelta

from sqlalchemy import and_, or_, select

from portal import db
from portal.access import Viewer
from portal.adoption.service import nudging, today
from portal.adoption.service.today import Item, Until
from portal.adoption.service.today_shape import Kind
from portal.effectiveness.models import CommentReply, CommentState
from portal.effectiveness.service import comments
from portal.errors import Conflict
from portal.messages.service import MailSettings
from portal.paths.outcome_models import Outcome
from portal.paths.service.outcomes import WITH_REASON
from portal.sample import words
from portal.sample.dice import Dice
from portal.sample.place import Place
from portal.sample.schedule import Deed

LOOKS_AFTER = timedelta(days=4)
READS_IT = 0.75
"""Of comments, how many the author does something about."""


def look_of_author(place: Place, deed: Deed) -> None:
    """Say what becomes of comments of the last weeks: some are seen, some answered, some left."""
    for outcome in _unread(place, deed):
        dice = Dice("author", outcome.id.hex)
        if not dice.chance(READS_IT) or outcome.reason in comments.VENDORS:
            continue
        state, replies = dice.weighed(words.BECOMES)
        if outcome.reason in words.NOT_THE_GUIDES:
            state, replies = CommentState.WONT, words.PASSED_ON
        reply = dice.pick(replies) if replies and place.story.locale == "en" else ""
        comments.answer_comment(place.staff.author, place.id, outcome.id, state, reply)


def _unread(place: Place, deed: Deed) -> list[Outcome]:
    """Comments of one week that nobody has looked at: each comes up once."""
    until = deed.at - LOOKS_AFTER
    known = and_(CommentReply.organization_id == place.id, CommentReply.outcome_id == Outcome.id)
    found = (
        select(Outcome)
        .outerjoin(CommentReply, known)
        .where(
            Outcome.organization_id == place.id,
            Outcome.answer.in_(WITH_REASON),
            or_(Outcome.reason.is_not(None), Outcome.comment.is_not(None)),
            Outcome.changed_at.between(until - timedelta(days=7), until),
            CommentReply.outcome_id.is_(None),
        )
        .order_by(Outcome.changed_at, Outcome.id)
    )
    return list(db.session().scalars(found))


def work_through(lead: Viewer, mail: MailSettings) -> None:
    """Do what stands on the list of the day, as far as it is about single people."""
    for item in today.get_today(lead).items:
        _do(lead, item, mail)


def _do(lead: Viewer, item: Item, mail: MailSettings) -> None:
    if item.kind in (Kind.STUCK, Kind.OVERDUE) and item.member_id:
        try:
            nudging.nudge(lead, item.member_id, mail)
        except Conflict:
            # They were asked lately; now it was a talk.
            today.put_off(lead, item.kind, item.subject_id, Until.DONE)
    elif item.kind in (Kind.INVITED, Kind.TOLD):
        today.put_off(lead, item.kind, item.subject_id, Until.DONE)
