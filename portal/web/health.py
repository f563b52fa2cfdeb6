"""Whether the portal is alive, and whether it can serve: for those who watch it."""

from flask import Blueprint, Response
from sqlalchemy import text

from portal import clock, db, jobs
from portal.migrations import is_current
from portal.web.auth import public

bp = Blueprint("health", __name__)


@bp.get("/healthz")
@public
def healthz() -> Response:
    """The process answers."""
    return Response("ok\n", mimetype="text/plain")


@bp.get("/readyz")
@public
def readyz() -> Response:
    """The database answers and has the schema of this version; and how old the oldest due work is.

    Work that waits for minutes says that no worker runs, or that one is not enough.
    """
    db.session().execute(text("SELECT 1"))
    if is_current(db.connection()):
        waits = jobs.waiting_since()
        age = (clock.now() - waits).total_seconds() if waits else 0
        return Response(f"ready\nqueue {age:.0f} s\n", mimetype="text/plain")
    return Response("the database waits for its migration\n", 503, mimetype="text/plain")
