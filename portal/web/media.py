"""Files of organizations: served to their own people, and to staff who may act there."""

from uuid import UUID

from flask import Blueprint, Response, current_app, request

from portal import media
from portal.access import Action
from portal.config import Settings
from portal.media import MediaFolder
from portal.web.auth import in_own_or_named, requires, viewer
from portal.web.headers import never_changes

bp = Blueprint("media", __name__)


@bp.get("/media/<uuid:organization_id>/<uuid:media_id>")
@requires(Action.HAVE_ACCOUNT)
@in_own_or_named
@never_changes
def picture(organization_id: UUID, media_id: UUID) -> Response:
    """A file of the organization that the address names; to everybody else there is none."""
    found = media.get(viewer().organization_id, media_id)
    answer = Response(folder().file(found).read_bytes(), mimetype=found.content_type)
    answer.set_etag(found.sha256)
    answer.last_modified = found.created_at
    return answer.make_conditional(request)  # type: ignore[return-value]


def folder() -> MediaFolder:
    """The media folder of the running app."""
    settings: Settings = current_app.config["PORTAL"]
    return MediaFolder(settings.media_dir)
