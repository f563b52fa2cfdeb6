"""If-then lines: a reader's own plan after a guide, shown again when they are asked weeks later.

Plans of this form help people act (Gollwitzer, Sheeran 2006: d = 0.65 over 94 tests).
"""

from sqlalchemy import delete

from portal import clock, db
from portal.access import Action, Viewer, require
from portal.errors import Invalid
from portal.guides.service.reading import get_guide_page
from portal.i18n import gettext as _
from portal.inserts import upsert
from portal.paths.outcome_models import IfThen

LONGEST_LINE = 300
_KEY = ("organization_id", "member_id", "guide_id")


def write_if_then(viewer: Viewer, slug: str, line: str) -> bool:
    """Keep the viewer's line for a guide, an empty one takes it away; whether one is kept now.

    Raises NotFound; Invalid at `line`.
    """
    require(viewer, Action.FOLLOW_PATHS)
    guide = get_guide_page(slug, viewer.locale)
    line = " ".join(line.split())
    if len(line) > LONGEST_LINE:
        raise Invalid("line", _("Shorten the line to %(count)s characters.", count=LONGEST_LINE))
    if not line:
        db.connection().execute(
            delete(IfThen).where(
                IfThen.organization_id == viewer.organization_id,
                IfThen.member_id == viewer.member_id,
                IfThen.guide_id == guide.guide_id,
            )
        )
        return False
    row = dict(
        organization_id=viewer.organization_id,
        member_id=viewer.member_id,
        guide_id=guide.guide_id,
        line=line,
        written_at=clock.now(),
    )
    upsert(IfThen, row, on=_KEY, change=("line", "written_at"))
    return True
