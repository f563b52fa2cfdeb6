"""Pages of those who look after the portal, and the first steps on others' pages."""

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, current_app, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from portal.access import Action, Viewer
from portal.config import Settings
from portal.errors import Invalid
from portal.i18n import gettext as _
from portal.operations import words
from portal.operations.forms import DismissForm, read_filter
from portal.operations.service import audit_log as log
from portal.operations.service import first_steps
from portal.operations.service import status as running
from portal.operations.service.audit_log import AuditFilter, Deed
from portal.operations.service.first_steps import FirstSteps, Kind, Step
from portal.paging import Page
from portal.web import entry
from portal.web.auth import across, requires, viewer
from portal.web.forms import Form
from portal.web.slots import Part
from portal.web.templating import render

bp = Blueprint("operations", __name__)


@bp.get("/operations")
@requires(Action.OPERATE)
@across("an admin looks how the portal runs")
def status() -> str:
    """Version, queue, stopped work, backups, mail."""
    return render(
        "operations/status",
        status=running.get_status(viewer()),
        has_mail=bool(_settings().smtp_host),
        failed_days=running.FAILED_DAYS,
        form=Form(),
    )


@bp.post("/operations/work/<uuid:work_id>/again")
@requires(Action.OPERATE)
def try_again(work_id: UUID) -> Response:
    """Let stopped work be tried again."""
    entry.claim()
    running.try_again(viewer(), work_id)
    return entry.done(url_for(".status"), _("A worker takes it up within a moment."))


@bp.get("/audit")
@requires(Action.SEE_AUDIT)
def audit_log() -> str:
    """Who did what in the viewer's own organization."""
    narrowed = read_filter(request.args)
    page = log.list_deeds(viewer(), narrowed, request.args.get("after"))
    return _audit_page("operations.audit_log", narrowed, page)


@bp.get("/audit/everywhere")
@requires(Action.OPERATE)
@across("an admin reads who did what")
def audit_everywhere() -> str:
    """Who did what in every organization."""
    narrowed = read_filter(request.args)
    page = log.list_deeds_everywhere(viewer(), narrowed, request.args.get("after"))
    return _audit_page("operations.audit_everywhere", narrowed, page)


def _audit_page(endpoint: str, narrowed: AuditFilter, page: Page[Deed]) -> str:
    given: dict[str, Any] = {
        "what": narrowed.action,
        "since": narrowed.since,
        "until": narrowed.until,
        "organization": narrowed.organization_id,
    }
    given = {name: value for name, value in given.items() if value}
    return render(
        "operations/audit_log",
        deeds=page.rows,
        narrowed=narrowed,
        here=url_for(endpoint),
        is_everywhere=endpoint == "operations.audit_everywhere",
        actions=[(action, str(said)) for action, said in words.ACTIONS.items()],
        words=words,
        size=log.PAGE_SIZE,
        next_url=url_for(endpoint, **given, after=page.next) if page.next else None,
        start_url=url_for(endpoint, **given) if "after" in request.args else None,
    )


@bp.post("/first-steps/dismiss")
@requires(Action.HAVE_ACCOUNT)
def dismiss() -> ResponseReturnValue:
    """Show first steps no more."""
    kind = DismissForm().chosen()
    if kind is None:
        raise Invalid("kind", _("The page was incomplete. Load it again and repeat the last step."))
    entry.claim()
    first_steps.dismiss(viewer(), kind)
    back = entry.safe_next(request.form.get("next")) or url_for("paths.home")
    return entry.done(back, _("Put away. The pages themselves say what to do next."))


def first_steps_of_admin(who: Viewer) -> str:
    """The list of an admin whose portal is still empty."""
    return _first_steps(first_steps.find_for_admin(who, bool(_settings().smtp_host)))


def first_steps_of_author(who: Viewer) -> str:
    """The list of an author whose library is still empty."""
    return _first_steps(first_steps.find_for_author(who, _settings().content_dir))


def first_steps_of_usm(who: Viewer) -> str:
    """The list of a success manager who is still alone."""
    return _first_steps(first_steps.find_for_usm(who))


def _on_home(who: Viewer) -> Markup:
    return Markup(first_steps_of_usm(who))  # noqa: S704 - made by a template that escapes


ON_HOME = Part(first_steps.USM_STEPS, _on_home, Action.INVITE_PEOPLE, is_above=True)


def _first_steps(steps: FirstSteps | None) -> str:
    if steps is None:
        return ""
    return render(
        "operations/first_steps",
        steps=steps,
        links=_links(steps),
        optional=first_steps.OPTIONAL,
        titles=words.TITLES,
        says=words.STEPS,
        notes=words.NOTES,
        content_dir=str(_settings().content_dir) if steps.kind is Kind.AUTHOR else None,
        next_url=request.full_path.rstrip("?"),
        form=DismissForm(kind=steps.kind),
    )


def _links(steps: FirstSteps) -> dict[Step, str]:
    """Where each step is done, as far as that is a page."""
    links = {
        Step.PUBLISH: url_for("effectiveness.library"),
        Step.INVITE_AUTHOR: url_for("accounts.invite_staff"),
        Step.FIRST_CUSTOMER: url_for("accounts.new_organization"),
        Step.BACK_UP: url_for("operations.status"),
        Step.INVITE_PEOPLE: url_for("accounts.invite"),
        Step.CHOOSE_PATH: url_for("paths.goals"),
        Step.FIRST_PROGRESS: url_for("adoption.people"),
    }
    if steps.customer_id:
        here: dict[str, Any] = {"organization_id": steps.customer_id}
        links[Step.INVITE_USM] = url_for("accounts.invite_into", **here)
        links[Step.ASSIGN_CSM] = url_for("accounts.organization", **here)
    return links


def _settings() -> Settings:
    found: Settings = current_app.config["PORTAL"]
    return found
