"""How easy a guide was: asked of one in three, drawn at random and kept before it is shown."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select, update

from portal import clock, db, lots
from portal.access import Action, Viewer, require
from portal.errors import Invalid, NotFound
from portal.guides.models import Guide, Revision
from portal.i18n import gettext as _
from portal.ids import new_id
from portal.inserts import upsert
from portal.paging import AnySelect
from portal.paths.outcome_models import Ease, Outcome

ONE_IN = 3
EASIEST = 7


@dataclass(frozen=True, slots=True)
class EasePage:
    """The question how easy a guide was."""

    title: str
    on_path: bool
    ease: int | None
    """What was said before."""


def draw_ease(viewer: Viewer, revision_id: UUID) -> bool:
    """Whether the viewer is asked how easy this revision was; drawn once, at their first answer."""
    is_drawn = lots.draw(ONE_IN, "ease", viewer.member_id, revision_id) == 0
    row = dict(
        organization_id=viewer.organization_id,
        id=new_id(),
        member_id=viewer.member_id,
        revision_id=revision_id,
        is_drawn=is_drawn,
        drawn_at=clock.now(),
    )
    is_new = upsert(Ease, row, on=("organization_id", "member_id", "revision_id"))
    return is_new and is_drawn


def find_ease_page(viewer: Viewer, slug: str) -> EasePage | None:
    """The question about the guide that the viewer answered last; None where they are not asked."""
    require(viewer, Action.FOLLOW_PATHS)
    row = db.session().execute(_drawn(viewer, slug)).first()
    return None if row is None else EasePage(row.title, row.step_id is not None, row.ease)


def asks(viewer: Viewer, slug: str) -> bool:
    """Whether the viewer was drawn for the guide that they answered, and has not said it yet."""
    page = find_ease_page(viewer, slug)
    return page is not None and page.ease is None


def give_ease(viewer: Viewer, slug: str, ease: int) -> None:
    """Say how easy a guide was, from 1 to 7. Raises NotFound where not asked; Invalid at `ease`."""
    require(viewer, Action.FOLLOW_PATHS)
    row = db.session().execute(_drawn(viewer, slug)).first()
    if row is None:
        raise NotFound(_("You were not asked this."))
    if not 1 <= ease <= EASIEST:
        raise Invalid("ease", _("Choose one of the numbers from 1 to 7."))
    db.connection().execute(
        update(Ease)
        .where(Ease.organization_id == viewer.organization_id, Ease.id == row.id)
        .values(ease=ease, answered_at=clock.now())
    )


def _drawn(viewer: Viewer, slug: str) -> AnySelect:
    return (
        select(Ease.id, Ease.ease, Revision.title, Outcome.step_id)
        .join(Revision, Revision.id == Ease.revision_id)
        .join(Guide, Guide.id == Revision.guide_id)
        .join(
            Outcome,
            (Outcome.organization_id == Ease.organization_id)
            & (Outcome.member_id == Ease.member_id)
            & (Outcome.revision_id == Ease.revision_id),
        )
        .where(
            Ease.organization_id == viewer.organization_id,
            Ease.member_id == viewer.member_id,
            Ease.is_drawn,
            Guide.slug == slug,
        )
        .order_by(Outcome.changed_at.desc(), Outcome.id.desc())
        .limit(1)
    )
