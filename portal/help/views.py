"""Asking for help, answering, and what becomes of it."""

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, current_app, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from portal.access import Action, Viewer
from portal.errors import Invalid
from portal.help.forms import AskForm, CloseForm, WordsForm, read_state
from portal.help.models import Side, State
from portal.help.service import answering, asking, lists
from portal.i18n import gettext as _
from portal.messages.service import MailSettings
from portal.web import entry
from portal.web.auth import in_organization, requires, viewer
from portal.web.forms import Form, posted
from portal.web.slots import Part
from portal.web.templating import render

bp = Blueprint("help", __name__)


def mail() -> MailSettings:
    """How mail leaves the portal."""
    return MailSettings.of(current_app.config["PORTAL"])


def on_home(viewer: Viewer) -> Markup:
    """What home says of one's own questions that are not closed."""
    html = render("help/on_home", requests=lists.list_own_open(viewer))
    return Markup(html)  # noqa: S704 - made by a template that escapes


ON_HOME = Part(lists.OWN_OPEN, on_home, Action.FOLLOW_PATHS)


@bp.get("/help")
@requires(Action.READ_HELP)
def requests() -> str:
    """What waits for the viewer's answer, and what they asked themselves."""
    answers = viewer().may(Action.ANSWER_HELP)
    state = read_state(request.args.get("state", ""))
    page = lists.list_requests(viewer(), state, request.args.get("after")) if answers else None
    here: dict[str, Any] = {} if state == State.OPEN else {"state": state}
    return render(
        "help/requests",
        page=page,
        state=state,
        own=lists.list_own(viewer()) if viewer().may(Action.ASK_HELP) else [],
        may_ask=viewer().may(Action.ASK_HELP),
        size=lists.PAGE,
        next_url=url_for(".requests", after=page.next, **here) if page and page.next else None,
        start_url=url_for(".requests", **here) if "after" in request.args else None,
    )


@bp.route("/help/ask", methods=["GET", "POST"])
@requires(Action.ASK_HELP)
def ask() -> ResponseReturnValue:
    """One field: what is it that does not work?"""
    form = AskForm(guide=request.args.get("guide", ""))
    if form.posted():
        try:
            entry.claim()
            made = asking.ask(
                viewer(),
                form.words.data or "",
                form.guide.data or None,
                form.revision_id,
                mail(),
            )
            where = url_for(".thread", request_id=made.id)
            return entry.done(where, _("Your question is on its way."))
        except Invalid as error:
            form.take(error)
    prospect = asking.get_prospect(viewer(), form.guide.data or None)
    if not form.revision.data and prospect.revision_id:
        form.revision.data = str(prospect.revision_id)
    page = render("help/ask", form=form, prospect=prospect)
    return page, 422 if form.errors else 200


@bp.route("/help/<uuid:request_id>", methods=["GET", "POST"])
@requires(Action.READ_HELP)
def thread(request_id: UUID) -> ResponseReturnValue:
    """A question with its answers; a word is added at its end."""
    return _thread(request_id, url_for(".thread", request_id=request_id))


@bp.route(
    "/customers/<uuid:organization_id>/help/<uuid:request_id>",
    methods=["GET", "POST"],
    endpoint="risen",
)
@requires(Action.SEE_CUSTOMERS)
@in_organization
def risen(organization_id: UUID, request_id: UUID) -> ResponseReturnValue:
    """The same for the vendor's staff, once it has reached them."""
    here: dict[str, Any] = {"organization_id": organization_id, "request_id": request_id}
    return _thread(request_id, url_for(".risen", **here))


def _thread(request_id: UUID, here: str) -> ResponseReturnValue:
    form = WordsForm()
    if form.posted():
        try:
            entry.claim()
            before = answering.get_thread(viewer(), request_id)
            state = answering.say(viewer(), request_id, form.words.data or "", mail())
            return entry.done(here, _said(before.part, before.state, state))
        except Invalid as error:
            form.take(error)
    found = answering.get_thread(viewer(), request_id)
    page = render("help/thread", thread=found, form=form, again=Form(), here=here)
    return page, 422 if form.errors else 200


def _said(part: Side, before: State, after: State) -> str:
    if part == Side.ASKER:
        reopened = before == State.CLOSED
        return _("Your question is open again.") if reopened else _("Your words are added.")
    if after == State.CLOSED:
        return _("It was closed meanwhile. Your answer stands in it all the same.")
    return _("Your answer is sent.")


@bp.post("/help/<uuid:request_id>/close")
@requires(Action.ASK_HELP)
def close(request_id: UUID) -> Response:
    """The asker is done."""
    form = posted(CloseForm())
    entry.claim()
    answering.close(viewer(), request_id, form.chosen)
    return entry.done(url_for(".thread", request_id=request_id), _("Closed. Thank you."))


@bp.post("/help/<uuid:request_id>/hand-on")
@requires(Action.ANSWER_HELP)
def hand_on(request_id: UUID) -> Response:
    """A USM brings it to the vendor."""
    entry.claim()
    answering.hand_on(viewer(), request_id, mail())
    message = _("Handed on. The vendor answers it now; you still see it.")
    return entry.done(url_for(".thread", request_id=request_id), message)
