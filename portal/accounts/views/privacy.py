"""What an owner decides on and reads about the vendor's staff and people's names."""

from uuid import UUID

from flask import Response, request, url_for

from portal.access import Action
from portal.accounts.service import staff_looks
from portal.accounts.views.blueprint import bp
from portal.i18n import gettext as _
from portal.web import entry
from portal.web.auth import requires, viewer
from portal.web.forms import Form
from portal.web.templating import render


@bp.get("/organization/privacy")
@requires(Action.CONSENT)
def privacy() -> str:
    """Whether the vendor's staff may read names, and each time they did."""
    looks = staff_looks.list_looks(viewer(), _before())
    is_full = len(looks) == staff_looks.PAGE
    return render(
        "accounts/privacy",
        access=staff_looks.find_access(viewer()),
        looks=looks,
        older_url=url_for(".privacy", before=looks[-1].look_id) if is_full else None,
        is_first=_before() is None,
        form=Form(),
    )


def _before() -> UUID | None:
    try:
        return UUID(request.args.get("before", ""))
    except ValueError:
        return None


@bp.post("/organization/privacy/names")
@requires(Action.CONSENT)
def allow_names() -> Response:
    """An owner lets the vendor's staff read names."""
    entry.claim()
    staff_looks.allow_names(viewer())
    words = _("They may read names now. Each time they do, it stands here.")
    return entry.done(url_for(".privacy"), words)


@bp.post("/organization/privacy/names/forbid")
@requires(Action.CONSENT)
def forbid_names() -> Response:
    """An owner takes that back."""
    entry.claim()
    staff_looks.forbid_names(viewer())
    return entry.done(url_for(".privacy"), _("From now on they read no names."))
