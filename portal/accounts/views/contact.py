"""How often somebody may be written to: their own page, and the page that mails lead to."""

from flask import Response, request, url_for
from flask.typing import ResponseReturnValue

from portal.access import Action
from portal.accounts.privacy_forms import ContactForm, UnwantedForm
from portal.accounts.service import contacting
from portal.accounts.views.blueprint import HOUR, bp, limit, settings
from portal.i18n import gettext as _
from portal.messages import contact as contacts
from portal.messages import unsubscribing
from portal.messages.unsubscribing import Reader
from portal.web import entry
from portal.web.auth import enters_later, public, requires, viewer
from portal.web.forms import Form
from portal.web.limits import client_address
from portal.web.templating import render


@bp.route("/me/contact", methods=["GET", "POST"])
@requires(Action.HAVE_ACCOUNT)
def contact() -> ResponseReturnValue:
    """How often we may write to the viewer, why, and when."""
    form = ContactForm.of(settings())
    if form.posted():
        entry.claim()
        contacts.choose(viewer().person_id, form.choice())
        return entry.done(url_for(".contact"), _("Your changes are saved."))
    wishes = contacting.get_wishes(viewer())
    if request.method == "GET":
        form.show(wishes)
    page = render(
        "accounts/contact",
        form=form,
        wishes=wishes,
        zone=viewer().zone,
        limits=settings(),
        again=Form(),
    )
    return page, 422 if form.errors else 200


@bp.post("/me/contact/leave-alone")
@requires(Action.HAVE_ACCOUNT)
def leave_alone() -> Response:
    """Be left alone, until one lifts it."""
    entry.claim()
    contacts.leave_alone(viewer().person_id)
    message = _("From now on we write to you only where your sign-in needs it.")
    return entry.done(url_for(".contact"), message)


@bp.post("/me/contact/lift")
@requires(Action.HAVE_ACCOUNT)
def lift() -> Response:
    """Be written to again, as one chose before."""
    entry.claim()
    contacting.lift(viewer())
    return entry.done(url_for(".contact"), _("We write to you again, as you chose below."))


@bp.get("/unwanted/<token>")
@public
@enters_later
def unwanted(token: str) -> str:
    """What the reader of a mail may stop. Mail scanners that follow the link change nothing."""
    reader = _reader(token)
    return render(
        "accounts/unwanted",
        reader=reader,
        is_stopped=contacting.is_stopped(reader),
        here=url_for(".stop", token=token),
    )


@bp.post("/unwanted/<token>")
@public
@enters_later
def stop(token: str) -> ResponseReturnValue:
    """Stop what the reader of a mail does not want; also for the mail program's own button.

    That one (RFC 8058) has neither cookie nor CSRF token, and follows no redirect. The address is
    proof enough: it stands in a mail that only its reader has.
    """
    limit("unwanted from", client_address(), 120, HOUR)
    reader = _reader(token)
    form = UnwantedForm()
    if form.is_one_click:
        contacting.stop_class(reader)
        entry.commit()
        return "", 204
    if form.wants_nothing:
        contacting.stop_all(reader)
        words = _("We do not write to you any more.")
    else:
        contacting.stop_class(reader)
        words = _("You get no more messages of this kind.")
    return entry.done(url_for(".unwanted", token=token), words)


def _reader(token: str) -> Reader:
    return unsubscribing.read_token(settings().secret_keys, token)
