"""Opening a browser's session for who proved to be a person."""

from datetime import timedelta
from uuid import UUID

from flask import Response, request, session, url_for

from portal import db
from portal.access import Action, Viewer
from portal.accounts.models import LinkPurpose
from portal.accounts.service import bouncing, links, members, sign_in, viewers
from portal.accounts.service.sign_in import Membership
from portal.accounts.views.blueprint import session_lifetime
from portal.errors import NotAllowed
from portal.i18n import gettext as _
from portal.web import auth, entry
from portal.web.slots import slots

CHOICE = "choice"
"""In the cookie: the token of a link to the choice among several organizations."""

TIME_TO_CHOOSE = timedelta(minutes=15)


def welcome(person_id: UUID, by_link: bool, wanted: str | None) -> Response:
    """Sign a person in: into their one organization, or by a choice among several.

    `by_link`: they showed that they read the person's mail, so an invitation counts as well.
    Raises NotAllowed where they are a member nowhere.
    """
    memberships = sign_in.list_memberships(person_id, with_invited=by_link)
    if not memberships:
        raise NotAllowed(_("You are not a member of any organization here. Ask to be invited."))
    if len(memberships) == 1:
        return enter(memberships[0], by_link, wanted)
    session[CHOICE] = links.issue(
        LinkPurpose.SIGN_IN, person_id, None, None, TIME_TO_CHOOSE, is_mailed=by_link
    )
    return entry.done(url_for("accounts.choose_organization", next=wanted))


def enter(membership: Membership, by_link: bool, wanted: str | None) -> Response:
    """Sign a person in to one organization, which they join by it if they were only invited."""
    db.scope().enter(membership.organization_id)
    viewer = viewers.get_viewer(membership.organization_id, membership.member_id)
    return open_browser(viewer, by_link, wanted)


def open_browser(viewer: Viewer, by_link: bool, wanted: str | None = None) -> Response:
    """Give this browser a fresh session in the viewer's organization, in place of any other."""
    members.accept(viewer)
    if by_link:
        bouncing.note_read(viewer)
    token = sign_in.open_session(
        viewer.person_id,
        viewer.organization_id,
        viewer.member_id,
        request.user_agent.string,
        lifetime=session_lifetime(),
        by_link=by_link,
    )
    if before := auth.sign_out():
        sign_in.close_session(before)
    auth.sign_in(token)
    wanted = None if wanted == "/" else entry.safe_next(wanted)
    return entry.done(wanted or _start_page(viewer))


def _start_page(viewer: Viewer) -> str:
    """Where somebody lands who wanted nothing in particular: the first place of theirs.

    Whoever follows no paths is led on from home.
    """
    if not viewer.may(Action.FOLLOW_PATHS):
        return "/"
    return url_for(slots().places_for(viewer.roles)[0].endpoint)
