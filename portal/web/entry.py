"""A request as an entry: it opens one session, and commits once, last.

A GET or HEAD reads in the transaction that looked up the web session. Any other method looks it
up in a short one of its own; its write transaction begins with the view's first statement, so
that parsing, hashing and rendering come before the lock is taken.
"""

from collections.abc import Callable, Iterable
from contextlib import ExitStack
from urllib.parse import urlsplit
from uuid import UUID, uuid5

import flask_login
from flask import Flask, Response, current_app, flash, g, redirect, request, session
from flask.typing import ResponseReturnValue
from sqlalchemy import Select, select

from portal import clock, db, i18n
from portal.access import Viewer
from portal.db import Database
from portal.errors import NotFound
from portal.guard import Scope
from portal.inserts import upsert
from portal.web import auth
from portal.web.models import FormRequest
from portal.web.slots import slots

READING = ("GET", "HEAD", "OPTIONS")


class Replayed(Exception):
    """This form was posted before; `location` is where it led to."""

    def __init__(self, location: str) -> None:
        super().__init__(location)
        self.location = location


def database() -> Database:
    """The app's database."""
    found: Database = current_app.extensions["database"]
    return found


def install(app: Flask, database: Database) -> None:
    """Open and close the session around each request."""
    app.extensions["database"] = database
    app.before_request(open_entry)
    app.teardown_request(close_entry)
    app.register_error_handler(Replayed, lambda replayed: redirect(replayed.location))


def open_entry() -> ResponseReturnValue | None:
    """Find out who asks, open the ambient session for their organization, and let them in."""
    if (request.endpoint or "").endswith("static"):
        return None
    view = auth.view_in_hand()
    if size := getattr(view, "takes", None):
        request.max_content_length = size
    g.entry = ExitStack()
    if request.method in READING:
        scope = _open(Scope(None, writable=False))
        _look_up_viewer()
    else:
        with database().reading(None):
            _look_up_viewer()
        scope = _open(Scope(None, writable=True))
    if "viewer" in g and not hasattr(view, "enters_later"):
        _enter(scope, view)
    i18n.use(*_locale_and_zone())
    if "\0" in request.path:
        raise NotFound  # Nothing has such a name, and PostgreSQL would not even look for it.
    return auth.check_access(view)


def close_entry(_error: BaseException | None = None) -> None:
    """Close the session; what was not committed is undone."""
    if "entry" in g:
        g.entry.close()


def _open(scope: Scope) -> Scope:
    g.entry.enter_context(database().open(scope))
    return scope


def _look_up_viewer() -> None:
    user = flask_login.current_user._get_current_object()
    if not user.is_authenticated:
        return
    g.viewer = user.signed_in.viewer
    if not user.signed_in.is_seen_recently:
        with database().writing(None):
            slots().touch_session(user.signed_in.token)
            commit()


def _enter(scope: Scope, view: object) -> None:
    """Bind the session to the viewer's organization, or to what a staff view names."""
    viewer: Viewer = g.viewer
    access = getattr(view, "access", None)
    g.stand_in = acting = _stand_in(viewer)
    if acting and access not in (None, "public") and not viewer.may(access) and acting.may(access):
        # What belongs to themselves stays so: their account, the vendor's pages.
        g.viewer = viewer = acting
    if access not in (None, "public") and not viewer.may(access):
        scope.enter(viewer.organization_id)
    elif reason := getattr(view, "across", None):
        scope.across = reason
    elif (named := _named_organization(view)) and not _is_home(view, viewer, named):
        with database().reading(None):
            g.viewer = slots().act_in(viewer, named)
        scope.enter(named)
    else:
        scope.enter(viewer.organization_id)


def _named_organization(view: object) -> UUID | None:
    """The organization that a view's address names for it to work in."""
    if not hasattr(view, "in_organization") and not hasattr(view, "in_own_or_named"):
        return None
    named: UUID = (request.view_args or {})["organization_id"]
    return named


def _is_home(view: object, viewer: Viewer, named: UUID) -> bool:
    return hasattr(view, "in_own_or_named") and named == viewer.organization_id


def _stand_in(viewer: Viewer) -> Viewer | None:
    """The viewer as who acts for a customer's USM; asked anew each time, as consent may end."""
    named = session.get(auth.STANDS_IN)
    if named is None or not viewer.is_vendor:
        return None
    with database().reading(None):
        return slots().stand_in(viewer, UUID(named))


def _locale_and_zone() -> tuple[str, str]:
    if viewer := g.get("viewer"):
        return viewer.locale, viewer.zone
    offered = [name.replace("_", "-") for name in i18n.available()]
    best = request.accept_languages.best_match(offered)
    return (best or i18n.DEFAULT).replace("-", "_"), "UTC"


def claim(about: UUID | None = None) -> None:
    """Take this form's request_id. Raises Replayed where the same form was posted before.

    The first statement of the write transaction: of two equal posts at once the second waits
    here until the first has committed, then leads to the same page. A form with the same id that
    is `about` something else is another form.
    """
    request_id = _request_id()
    if request_id is None:
        return
    if about is not None:
        request_id = uuid5(about, request_id.hex)
    viewer = auth.viewer()
    row = dict(
        organization_id=db.scope().organization_id,
        request_id=request_id,
        person_id=viewer.person_id,
        location="",
        created_at=clock.now(),
    )
    if not upsert(FormRequest, row, on=("organization_id", "request_id")):
        raise Replayed(db.session().scalar(_location(request_id, viewer)) or "/")
    g.claimed = request_id


def _location(request_id: UUID, viewer: Viewer) -> Select[str]:
    return select(FormRequest.location).where(
        FormRequest.organization_id == db.scope().organization_id,
        FormRequest.request_id == request_id,
        FormRequest.person_id == viewer.person_id,
    )


def _request_id() -> UUID | None:
    try:
        return UUID(request.form.get("request_id", ""))
    except ValueError:
        return None


def at_once(organization_id: UUID, record: Callable[[], None]) -> None:
    """Run `record` in a short transaction of its own, which lasts before the page is sent.

    For the few things that a GET may write down, such as a look of staff at a name.
    """
    with database().writing(organization_id):
        record()
        commit()


def stand_in_reads(member_ids: Iterable[UUID | None], why: str) -> None:
    """Where a stand-in is shown names, write that down for the owner before the page is sent.

    `why` is a few words, such as the page's name. A post shows again what its page showed.
    """
    viewer = auth.viewer()
    if viewer.stands_in_until and request.method in READING:
        named = [id_ for id_ in member_ids if id_]
        at_once(viewer.organization_id, lambda: slots().look(viewer, named, why))


def commit() -> None:
    """Make the entry's changes lasting; the last thing a view does before it answers."""
    db.session().commit()


def done(location: str, message: str | None = None) -> Response:
    """Commit, and lead to `location` with a message. A replay of the form leads there as well."""
    if claimed := g.pop("claimed", None):
        entry = db.session().get_one(
            FormRequest, {"organization_id": db.scope().organization_id, "request_id": claimed}
        )
        entry.location = location
    commit()
    if message:
        flash(message)
    answer: Response = redirect(location)  # type: ignore[assignment]
    return answer


def safe_next(wanted: str | None) -> str | None:
    """`wanted` if it is a path inside this portal, so that no link leads people elsewhere."""
    if not wanted or "\\" in wanted or not wanted.startswith("/") or wanted.startswith("//"):
        return None
    if not wanted.isprintable():
        return None  # A line break can stand in no header.
    parts = urlsplit(wanted)
    return wanted if not parts.scheme and not parts.netloc else None
