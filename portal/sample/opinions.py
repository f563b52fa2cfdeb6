"""What people of the sample say: as likely as a guide works, in the words of their language."""

from portal.guides.models import GuideKind
from portal.guides.service.once_read import OnceRead
from portal.paths.follow_up_models import GoalSaid
from portal.paths.outcome_models import Answer, Reason
from portal.paths.service import ease
from portal.sample import words
from portal.sample.visit import Visit


def goal_said(visit: Visit) -> GoalSaid:
    """Whether their goal is reached."""
    if visit.story.in_part:
        return visit.dice.weighed({GoalSaid.PARTLY: 0.8, GoalSaid.YES: 0.1, GoalSaid.NOT_YET: 0.1})
    shares = {GoalSaid.YES: 0.55 + visit.story.ways.luck, GoalSaid.PARTLY: 0.25}
    return visit.dice.weighed(shares | {GoalSaid.NOT_YET: 0.17, GoalSaid.DROPPED: 0.03})


def say_more(visit: Visit, slug: str, answer: Answer) -> None:
    """How easy it was, where they are asked; sometimes a plan of their own."""
    from_three = {Answer.YES: (4, 7), Answer.PARTLY: (2, 5)}.get(answer, (1, 4))
    if visit.see(ease.asks, slug) and visit.dice.chance(0.8):
        visit.do("give_ease", slug=slug, ease=visit.dice.between(*from_three))
    if answer is Answer.YES and visit.dice.chance(0.15):
        visit.do("write_plan", slug=slug, line=visit.dice.pick(words.PLANS))


def opinion(visit: Visit, revision: OnceRead) -> Answer:
    """What they say of a guide, as likely as it works."""
    if revision.kind is GuideKind.CHALLENGE:
        return visit.dice.weighed(words.TRY_IT)
    if visit.dice.chance(0.08):
        return visit.dice.pick((Answer.ALREADY, Answer.ALREADY, Answer.NOT_FOR_ME))
    yes, partly = words.WORKS.get(revision.slug, words.OTHERWISE)
    if not revision.is_latest:
        yes, partly = words.EARLIER.get(revision.slug, (yes, partly))
    yes += visit.story.ways.luck
    if revision.slug == visit.story.not_allowed:
        yes, partly = 0.08, 0.12
    return visit.dice.weighed(
        {Answer.YES: yes, Answer.PARTLY: partly, Answer.NO: max(0.02, 1 - yes - partly)}
    )


def explain(visit: Visit, revision: OnceRead) -> None:
    """Why it did not, or not wholly, work."""
    shares = words.REASONS.get(revision.slug, words.ANY_REASON)
    if revision.slug == visit.story.not_allowed:
        shares = {Reason.NOT_ALLOWED: 0.95, Reason.UNCLEAR: 0.05}
    reason = visit.dice.weighed(shares)
    comment = None
    if visit.dice.chance(0.45):
        known = words.COMMENTS.get((revision.slug, reason)) or words.ANY_COMMENT[reason]
        if visit.viewer.locale == "de":
            known = words.GERMAN[reason]
        comment = visit.dice.pick(known)
    failed_at = visit.dice.pick(revision.headings) if visit.dice.chance(0.3) else None
    visit.do("give_reason", slug=revision.slug, reason=reason, comment=comment, failed_at=failed_at)
