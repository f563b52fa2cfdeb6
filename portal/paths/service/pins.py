"""Notes that an organization pins to guides and steps: what readers see, and their writing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, bindparam, null, or_, select

from portal import audit, clock, db
from portal.access import Action, Viewer, require
from portal.accounts.models import Member
from portal.errors import Invalid, NotFound
from portal.guides.models import Guide
from portal.guides.service import search
from portal.guides.service.titles import guide_title_in, title_in
from portal.i18n import gettext as _
from portal.ids import new_id
from portal.inserts import upsert
from portal.paths.models import Path, Step
from portal.paths.pin_models import PinnedNote
from portal.paths.progress_models import Enrollment
from portal.paths.service import whole
from portal.schema import Id

LONGEST = 1000
SEARCHED = "pinned_note"
"""What a note's text is called in the organization's search."""
MOST_LISTED = 200


@dataclass(frozen=True, slots=True)
class Pin:
    """A note as its organization's readers see it."""

    text: str
    written_at: datetime
    author: str | None
    """None for somebody of the vendor's, who was erased, or whom a limited USM does not reach."""
    is_on_step: bool
    """Pinned to the step of a path, not to its guide."""


@dataclass(frozen=True, slots=True)
class PlacedPin:
    """A note in the list of those who write them."""

    id: UUID
    text: str
    written_at: datetime
    removed_at: datetime | None
    guide_slug: str | None
    title: str
    """Of the guide or the step."""
    path_title: str | None
    step_id: UUID | None
    is_withdrawn: bool
    """What it is pinned to is not offered any more."""


@dataclass(frozen=True, slots=True)
class Place:
    """What a note can be pinned to, and the note that is there (removed ones too)."""

    guide_id: UUID | None
    step_id: UUID | None
    title: str
    guide_slug: str | None
    path_slug: str | None
    note: PinnedNote | None


_organization = bindparam("organization_id", type_=Id)
_AUTHOR = and_(Member.organization_id == _organization, Member.person_id == PinnedNote.person_id)
_ON_GUIDE = (
    select(PinnedNote.text, PinnedNote.written_at, PinnedNote.step_id, Member.display_name)
    .select_from(PinnedNote)
    .outerjoin(Member, _AUTHOR)
    .outerjoin(Step, Step.id == PinnedNote.step_id)
    .outerjoin(
        Enrollment,
        and_(
            Enrollment.organization_id == _organization,
            Enrollment.member_id == bindparam("member_id", type_=Id),
            Enrollment.is_current,
            Enrollment.path_id == Step.path_id,
        ),
    )
    .where(
        PinnedNote.organization_id == _organization,
        PinnedNote.removed_at.is_(None),
        or_(
            PinnedNote.guide_id == bindparam("guide_id", type_=Id),
            and_(Step.guide_id == bindparam("guide_id", type_=Id), Enrollment.id.is_not(None)),
        ),
    )
    .order_by(PinnedNote.guide_id.is_(None), PinnedNote.written_at)
)
_ON_PATH = (
    select(
        *(Step.id, PinnedNote.text, PinnedNote.written_at, PinnedNote.step_id),
        Member.display_name,
    )
    .select_from(PinnedNote)
    .join(
        Step,
        or_(
            Step.id == PinnedNote.step_id,
            # What is pinned to a guide stands wherever the guide is a step.
            and_(Step.guide_id == PinnedNote.guide_id, PinnedNote.guide_id.is_not(None)),
        ),
    )
    .join(Path, Path.id == Step.path_id)
    .outerjoin(Member, _AUTHOR)
    .where(
        PinnedNote.organization_id == _organization,
        PinnedNote.removed_at.is_(None),
        Path.slug == bindparam("slug"),
        Step.withdrawn_at.is_(None),
    )
    .order_by(PinnedNote.guide_id.is_(None), PinnedNote.written_at)
)


def list_on_guide(viewer: Viewer, guide_id: UUID) -> list[Pin]:
    """Notes on a guide, and on the step of the viewer's current path that it is."""
    who = {"organization_id": viewer.organization_id, "member_id": viewer.member_id}
    rows = db.connection().execute(_ON_GUIDE, who | {"guide_id": guide_id})
    return [_pin(viewer, row) for row in rows]


def list_on_path(viewer: Viewer, slug: str) -> dict[UUID, list[Pin]]:
    """Notes on the steps of a path, and on the guides that are its steps."""
    binds = {"organization_id": viewer.organization_id, "slug": slug}
    found: dict[UUID, list[Pin]] = {}
    for row in db.connection().execute(_ON_PATH, binds):
        found.setdefault(row.id, []).append(_pin(viewer, row))
    return found


def list_all(viewer: Viewer) -> Sequence[PlacedPin]:
    """All notes of the viewer's organization, the latest first; also removed ones."""
    require(viewer, Action.LEAD_PEOPLE)
    query = (
        select(
            *(PinnedNote.id, PinnedNote.text, PinnedNote.written_at, PinnedNote.removed_at),
            Guide.slug.label("guide_slug"),
            guide_title_in(viewer.locale).label("guide_title"),
            Guide.withdrawn_at.label("guide_withdrawn_at"),
            Step.id.label("step_id"),
            title_in(Step, viewer.locale).label("step_title"),
            Step.withdrawn_at.label("step_withdrawn_at"),
            title_in(Path, viewer.locale).label("path_title"),
        )
        .outerjoin(Guide, Guide.id == PinnedNote.guide_id)
        .outerjoin(Step, Step.id == PinnedNote.step_id)
        .outerjoin(Path, Path.id == Step.path_id)
        .where(PinnedNote.organization_id == viewer.organization_id)
        .order_by(PinnedNote.written_at.desc(), PinnedNote.id)
        .limit(MOST_LISTED)
    )
    return [_placed(row) for row in db.session().execute(query)]


def get_guide_place(viewer: Viewer, slug: str) -> Place:
    """A guide to pin a note to. Raises NotFound."""
    whole.require_change(viewer)
    title = guide_title_in(viewer.locale).label("title")
    found = select(Guide.id, Guide.slug, title).where(
        Guide.slug == slug, Guide.withdrawn_at.is_(None)
    )
    guide = db.session().execute(found).one_or_none()
    if guide is None:
        raise NotFound
    note = _find(viewer, PinnedNote.guide_id == guide.id)
    return Place(guide.id, None, guide.title, guide.slug, None, note)


def get_step_place(viewer: Viewer, step_id: UUID) -> Place:
    """A step of a path to pin a note to. Raises NotFound."""
    whole.require_change(viewer)
    found = (
        select(title_in(Step, viewer.locale).label("title"), Path.slug)
        .join(Path, Path.id == Step.path_id)
        .where(Step.id == step_id, Step.withdrawn_at.is_(None), Path.withdrawn_at.is_(None))
    )
    step = db.session().execute(found).one_or_none()
    if step is None:
        raise NotFound
    note = _find(viewer, PinnedNote.step_id == step_id)
    return Place(None, step_id, step.title, None, step.slug, note)


def pin(viewer: Viewer, place: Place, text: str) -> None:
    """Pin a note, in the place of one that is there. Raises Invalid at `text`."""
    whole.require_change(viewer)
    cleaned = text.replace("\r\n", "\n").strip()
    if not cleaned:
        raise Invalid("text", _("Write what your people should know here."))
    if len(cleaned) > LONGEST:
        raise Invalid("text", _("Shorten this to %(count)s characters.", count=LONGEST))
    row: dict[str, Any] = dict(
        organization_id=viewer.organization_id,
        id=new_id(),
        guide_id=place.guide_id,
        step_id=place.step_id,
        text=cleaned,
        person_id=viewer.person_id,
        written_at=clock.now(),
        removed_at=None,
    )
    where = "guide_id" if place.guide_id else "step_id"
    change = ("text", "person_id", "written_at", "removed_at")
    upsert(PinnedNote, row, on=("organization_id", where), change=change)
    before = {"text": place.note.text} if place.note else None
    audit.record(viewer, "note.pinned", _subject(place), before=before, after={"text": cleaned})
    db.session().flush()
    _let_find(viewer, place, cleaned)


def remove(viewer: Viewer, note_id: UUID) -> None:
    """Take a note off; a repeat changes nothing. Raises NotFound."""
    note = _get(viewer, note_id)
    if note.removed_at is None:
        note.removed_at = clock.now()
        audit.record(viewer, "note.removed", f"pinned_note:{note.id}", before={"text": note.text})
        db.session().flush()
        if where := note.guide_id or note.step_id:
            search.remove_text(viewer.organization_id, SEARCHED, where)


def put_back(viewer: Viewer, note_id: UUID) -> None:
    """Show a note again that was taken off; a repeat changes nothing. Raises NotFound."""
    note = _get(viewer, note_id)
    if note.removed_at is not None:
        note.removed_at = None
        audit.record(viewer, "note.put_back", f"pinned_note:{note.id}", after={"text": note.text})
        db.session().flush()
        _let_find(viewer, _place_of(viewer, note), note.text)


def _let_find(viewer: Viewer, place: Place, text: str) -> None:
    """Let the organization's people find a note by its words."""
    if where := place.guide_id or place.step_id:
        leads_to = (place.guide_id, place.path_slug)
        search.put_text(
            viewer.organization_id, SEARCHED, where, place.title, text, *leads_to, viewer.locale
        )


def _place_of(viewer: Viewer, note: PinnedNote) -> Place:
    """Where a note is pinned, whether or not it is still offered."""
    title = guide_title_in(viewer.locale).label("title")
    on_guide = select(title, null().label("slug")).where(Guide.id == note.guide_id)
    on_step = (
        select(title_in(Step, viewer.locale).label("title"), Path.slug)
        .join(Path, Path.id == Step.path_id)
        .where(Step.id == note.step_id)
    )
    found = db.session().execute(on_guide if note.guide_id else on_step).one()
    return Place(note.guide_id, note.step_id, found.title, None, found.slug, note)


def _pin(viewer: Viewer, row: Any) -> Pin:
    # Whoever sees one team reads no name from outside of it.
    author = row.display_name if viewer.limited_to is None else None
    return Pin(row.text, row.written_at, author, row.step_id is not None)


def _subject(place: Place) -> str:
    return f"guide:{place.guide_id}" if place.guide_id else f"step:{place.step_id}"


def _find(viewer: Viewer, where: Any) -> PinnedNote | None:
    found = select(PinnedNote).where(PinnedNote.organization_id == viewer.organization_id, where)
    return db.session().scalars(found).one_or_none()


def _get(viewer: Viewer, note_id: UUID) -> PinnedNote:
    whole.require_change(viewer)
    note = _find(viewer, PinnedNote.id == note_id)
    if note is None:
        raise NotFound
    return note


def _placed(row: Any) -> PlacedPin:
    return PlacedPin(
        id=row.id,
        text=row.text,
        written_at=row.written_at,
        removed_at=row.removed_at,
        guide_slug=row.guide_slug,
        title=row.guide_title or row.step_title,
        path_title=row.path_title,
        step_id=row.step_id,
        is_withdrawn=bool(row.guide_withdrawn_at or row.step_withdrawn_at),
    )
