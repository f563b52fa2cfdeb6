"""Carrying out the deeds of a story, each at its moment, through the services behind the pages."""

import csv
import io
from collections.abc import Callable
from datetime import time, timedelta

from portal import clock, db
from portal.accounts.service import (
    assignments,
    colleagues,
    invitations,
    reach,
    settings,
    team_changes,
    teams,
    visits,
)
from portal.accounts.service.imports import applying, files, staging
from portal.accounts.service.invitations import Invitee
from portal.adoption.service import enrolling, today
from portal.adoption.service import people as adoption
from portal.adoption.service.enrolling import Chosen
from portal.adoption.service.people import PeopleFilter
from portal.effectiveness.models import CommentState
from portal.effectiveness.service import comments
from portal.errors import NotFound
from portal.help.models import State
from portal.help.service import answering, lists, rising
from portal.paths.outcome_models import Answer
from portal.paths.service import enrollments, journey, outcomes
from portal.sample import words
from portal.sample.crowd import files_of, squads_in_order
from portal.sample.days import Days
from portal.sample.desk import look_of_author, work_through
from portal.sample.dice import Dice
from portal.sample.living import live
from portal.sample.place import Place
from portal.sample.schedule import LEAD_OF_ALL, Deed, What
from portal.sample.stories import GOAL
from portal.sample.story import Asked
from portal.sample.training import train
from portal.sample.visit import Visit

ANSWERED_AFTER = timedelta(minutes=20)
SENDS_NOTHING = timedelta(days=14)
"""How long an invitation would work; none is sent."""


def carry_out(place: Place, deed: Deed) -> None:
    """Do it at its moment, in the running transaction of the place's organization."""
    with clock.standing_at(deed.at):
        DEEDS[deed.what](place, deed)
        # Now, and not when somebody happens to look: ids follow the order of writing.
        db.session().flush()


def _set_up(place: Place, _deed: Deed) -> None:
    """The vendor enters seats, quiet days and who answers for the customer."""
    story, acting = place.story, place.acting(place.staff.admin)
    days = Days(story, place.begun)
    settings.set_ways(
        acting,
        settings.Ways(
            zone=story.zone,
            locale=story.locale,
            experience=story.experience,
            working_days=(1, 2, 3, 4, 5),
            working_from=time(9),
            working_until=time(17),
        ),
    )
    if story.seats:
        settings.set_seats(acting, days.day(story.created), story.seats)
    for quiet in story.quiet:
        ends = days.day(quiet.ends)
        meant = settings.Quiet(quiet.name, days.day(quiet.starts), ends, quiet.is_holiday)
        settings.save_quiet_period(acting, None, meant)
    assignments.assign(acting, place.staff.csm.person_id)


def _invite(place: Place, deed: Deed) -> None:
    """The vendor brings in who leads or owns; of a told story everybody."""
    one = place.people[deed.who]
    invitee = Invitee(one.email, one.name, one.roles, one.job, one.team)
    invitations.add_member(place.acting(place.staff.admin), invitee, is_sample=True)


def _visit(place: Place, deed: Deed) -> None:
    one = place.people[deed.who]
    viewer = place.viewer(deed.who)
    visit = Visit(
        viewer=viewer,
        someone=one,
        story=place.story,
        number=deed.number,
        at=deed.at,
        shelf=place.shelf,
        mail=place.mail,
        do_it=place.do,
        dice=Dice("visit", place.story.domain, one.number, deed.number),
    )
    if place.story.is_told:
        visit.do("accept", minutes=0)
    elif one.number == LEAD_OF_ALL and deed.number:
        train(visit)
    else:
        live(visit)
    visits.note(place.id, viewer.member_id, visit.at)


def _found_teams(place: Place, deed: Deed) -> None:
    lead = place.viewer(deed.who)
    for squad in squads_in_order(place.story):
        above = teams.find_by_name(lead, squad.under) if squad.under else None
        team = team_changes.ensure_team(lead, squad.name)
        if above and team.parent_id is None:
            team_changes.change_team(lead, team.id, team.name, above.id)


def _import(place: Place, deed: Deed) -> None:
    """The success manager brings a file of people; no mail goes out."""
    lead = place.viewer(deed.who)
    file = files_of(place.story, place.people)[deed.number]
    written = io.StringIO()
    rows = csv.writer(written)
    rows.writerow(("E-mail", "Name", "Team", "Job"))
    rows.writerows((one.email, one.name, one.team, one.job) for one in file.people)
    sheet = files.read(written.getvalue().encode())
    checked = staging.check(lead, sheet, f"people-{deed.number + 1}.csv", is_everybody=False)
    staging.begin(checked)
    staging.put(checked.lines)
    staging.make_ready(lead, checked.id)
    staging.start(lead, checked.id, sends_mail=False)
    while applying.apply_next(place.id, checked.id, place.mail, SENDS_NOTHING):
        pass
    applying.finish(place.id, checked.id)


def _limit(place: Place, deed: Deed) -> None:
    lead = place.viewer(0)
    team = teams.find_by_name(lead, place.story.limited or "")
    if team:
        reach.limit_to_team(lead, place.member_id(deed.who), team.id)
        place.forget(deed.who)


def _require(place: Place, deed: Deed) -> None:
    wish, lead = place.story.required, place.viewer(deed.who)
    assert wish is not None  # noqa: S101 - the schedule has it from there
    title = journey.get_path(lead, wish.path).title
    path_id = next(choice.id for choice in adoption.list_paths(lead) if choice.name == title)
    due_on = lead.today() + timedelta(days=wish.due_in)
    enrolling.enroll(lead, Chosen(narrowed=PeopleFilter()), path_id, due_on)
    after = None
    while after := enrollments.recount_chunk(place.id, path_id, after):
        pass


def _leave(place: Place, deed: Deed) -> None:
    owner = next(one for one in place.people if not one.comes_by_file and not one.leads)
    colleagues.let_leave(place.viewer(owner.number), place.member_id(deed.who))
    place.forget(deed.who)


def _look(place: Place, deed: Deed) -> None:
    """A success manager answers what waits."""
    _let_go_up(place)
    lead = place.viewer(deed.who)
    visits.note(place.id, lead.member_id, deed.at)
    known = words.GERMAN_ANSWERS if place.story.locale == "de" else words.ANSWERS
    for request in lists.list_requests(lead, State.OPEN, None).rows:
        dice = Dice("answer", request.id.hex)
        if request.waiting_since <= deed.at - ANSWERED_AFTER and dice.chance(0.85):
            answering.say(lead, request.id, dice.pick(known), place.mail)
    if place.story.training.share == 1 and deed.at > place.begun - today.DONE_FOR:
        work_through(lead, place.mail)


def _look_from_vendor(place: Place, deed: Deed) -> None:
    """The csm answers what came up, some of it days later."""
    _let_go_up(place)
    csm = place.acting(place.staff.csm)
    for request in lists.list_risen(csm):
        dice = Dice("vendor", request.id.hex, deed.at.isoformat())
        if request.state == State.OPEN and dice.chance(0.4):
            answering.say(csm, request.id, dice.pick(words.FROM_VENDOR), place.mail)


def _let_go_up(place: Place) -> None:
    for request_id, went_up_at in rising.list_due(place.id):
        with clock.standing_at(went_up_at):
            rising.go_up_if_due(place.id, request_id.hex, place.mail)


def _choose(place: Place, deed: Deed) -> None:
    place.do(place.viewer(deed.who), "choose_goal", {"slug": GOAL})


def _say(place: Place, deed: Deed) -> None:
    """What the story says that they said."""
    person, viewer = place.people[deed.who].named, place.viewer(deed.who)
    assert person is not None  # noqa: S101 - who is told has a name
    said = person.said[deed.number]
    revision_id = place.shelf.read_at(said.guide, viewer.locale, deed.at).id
    what = {"slug": said.guide, "answer": said.answer, "revision_id": revision_id}
    place.do(viewer, "answer", what)
    if said.reason:
        why = {"slug": said.guide, "reason": said.reason, "comment": said.comment}
        place.do(viewer, "give_reason", why)
    visits.note(place.id, viewer.member_id, deed.at)


def _ask(place: Place, deed: Deed) -> None:
    viewer, asked = place.viewer(deed.who), _asked(place, deed)
    revision = place.shelf.read_at(asked.guide, viewer.locale, deed.at) if asked.guide else None
    about = {"slug": asked.guide, "revision_id": revision.id if revision else None}
    place.do(viewer, "ask", {"words": asked.words, "mail": place.mail, **about})
    visits.note(place.id, viewer.member_id, deed.at)


def _reply(place: Place, deed: Deed) -> None:
    lead, asker = place.viewer(LEAD_OF_ALL), place.viewer(deed.who)
    answer = _asked(place, deed).answer or ""
    for request in lists.list_own(asker):
        if request.state == State.OPEN:
            answering.say(lead, request.id, answer, place.mail)


def _asked(place: Place, deed: Deed) -> Asked:
    person = place.people[deed.who].named
    assert person is not None  # noqa: S101 - who is told has a name
    return person.asked[deed.number]


def _tell_of_rewrite(place: Place, deed: Deed) -> None:
    """Whoever said no to the first version with a reason hears that it was rewritten.

    Where no earlier version was published there is nothing to tell.
    """
    slug = place.story.rewritten or ""
    read = place.shelf.read_at(slug, place.story.locale, deed.at)
    if not (read.is_latest and read.published_at <= deed.at):
        return
    told = 0
    for one in place.people:
        try:
            page = outcomes.find_reason_page(place.viewer(one.number), slug)
        except (KeyError, NotFound):
            continue
        if page and page.answer is Answer.NO and page.reason and told < MOST_TOLD:
            told += 1
            said = (CommentState.DONE, words.WE_CHANGED_IT)
            comments.answer_comment(place.staff.author, place.id, page.outcome_id, *said)


MOST_TOLD = 4
DEEDS: dict[What, Callable[[Place, Deed], None]] = {
    What.SET_UP: _set_up,
    What.INVITE: _invite,
    What.VISIT: _visit,
    What.FOUND_TEAMS: _found_teams,
    What.IMPORT: _import,
    What.LIMIT: _limit,
    What.REQUIRE: _require,
    What.LOOK: _look,
    What.LEAVE: _leave,
    What.LOOK_FROM_VENDOR: _look_from_vendor,
    What.CHOOSE: _choose,
    What.SAY: _say,
    What.TELL_OF_REWRITE: _tell_of_rewrite,
    What.ASK: _ask,
    What.REPLY: _reply,
    What.LOOK_OF_AUTHOR: look_of_author,
    What.END: lambda place, _deed: _let_go_up(place),
}
