"""The checklist of a guide: which lines a member has ticked."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import delete

from portal import clock, db
from portal.access import Action, Viewer, require
from portal.errors import Invalid
from portal.i18n import gettext as _
from portal.inserts import upsert
from portal.paths.service.context import get_reader_of
from portal.paths.service.openings import mark_opened
from portal.paths.step_models import Tick


def set_ticks(
    viewer: Viewer, slug: str, items: Collection[int], revision_id: UUID | None = None
) -> None:
    """Make `items` (places in the checklist, from 0) the ticked ones; kept ticks keep their date.

    The first tick counts as having opened the guide. Raises NotFound; Invalid at `ticks`.
    """
    require(viewer, Action.FOLLOW_PATHS)
    reader, now = get_reader_of(viewer, slug, revision_id), clock.now()
    wanted = set(items)
    if not wanted <= set(range(len(reader.checklist))):
        raise Invalid("ticks", _("The checklist has changed. Load the page again."))
    key = dict(
        organization_id=viewer.organization_id,
        member_id=viewer.member_id,
        revision_id=reader.revision_id,
    )
    db.session().execute(
        delete(Tick).where(
            Tick.organization_id == viewer.organization_id,
            Tick.member_id == viewer.member_id,
            Tick.revision_id == reader.revision_id,
            Tick.item.not_in(wanted),
        )
    )
    for item in sorted(wanted):
        upsert(Tick, key | {"item": item, "ticked_at": now}, on=(*key, "item"))
    if wanted:
        mark_opened(reader, now)
