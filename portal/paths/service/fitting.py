"""Fitting a path to an organization: what a success manager leaves out and moves, and undoes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import and_, delete, select, update

from portal import audit, db, jobs
from portal.access import Viewer
from portal.errors import NotFound
from portal.guides.service.titles import title_in
from portal.i18n import gettext as _
from portal.inserts import insert_many, upsert
from portal.paths.fit_models import FittedPath, FittedStep
from portal.paths.models import Path, Step
from portal.paths.service import fit_rules, whole
from portal.paths.service.fit_rules import FittedPlace, VendorStep, Wish, fit, in_use

Change = Callable[[Sequence[VendorStep], Wish], Wish]


@dataclass(frozen=True, slots=True)
class FitPage:
    """A path as the organization has it, for who may change that."""

    slug: str
    title: str
    places: list[FittedPlace]
    is_fitted: bool
    may_undo: bool

    @property
    def steps_total(self) -> int:
        """Steps that people follow."""
        return sum(1 for _step in in_use(self.places))

    @property
    def has_optional(self) -> bool:
        """Whether there is anything to leave out or to move."""
        return any(place.step.is_optional for place in self.places)


@dataclass(frozen=True, slots=True)
class PathToFit:
    """A path in the list of those that can be fitted."""

    slug: str
    title: str
    is_fitted: bool
    left_out: int
    """Steps of today that are left out."""


def list_paths_to_fit(viewer: Viewer) -> Sequence[PathToFit]:
    """The paths on offer by title, with what was made of them. Raises NotAllowed."""
    whole.require_change(viewer)
    title = title_in(Path, viewer.locale)
    query = (
        select(
            Path.slug,
            title.label("title"),
            Path.steps_total,
            FittedPath.steps_total.label("fitted"),
        )
        .outerjoin(FittedPath, _of_path(viewer.organization_id))
        .where(Path.withdrawn_at.is_(None))
        .order_by(title, Path.slug)
    )
    return [
        PathToFit(
            slug=row.slug,
            title=row.title,
            is_fitted=row.fitted is not None,
            left_out=0 if row.fitted is None else max(0, row.steps_total - row.fitted),
        )
        for row in db.session().execute(query)
    ]


def get_fit_page(viewer: Viewer, slug: str) -> FitPage:
    """A path with all its steps, also those left out. Raises NotAllowed, NotFound."""
    whole.require_change(viewer)
    row = _find(viewer, slug)
    wish = Wish.read(row.wish or {})
    return FitPage(
        slug=slug,
        title=row.title,
        places=fit(_steps(row.id, viewer.locale), wish),
        is_fitted=bool(wish),
        may_undo=row.previous is not None,
    )


def leave_out(viewer: Viewer, slug: str, step_id: UUID) -> None:
    """Leave an optional step out; a repeat changes nothing.

    Raises NotAllowed, NotFound; Invalid at `change` for a required step, and for one that left the
    path.
    """
    _change(viewer, slug, lambda steps, wish: fit_rules.leave_out(steps, wish, step_id))


def put_back(viewer: Viewer, slug: str, step_id: UUID) -> None:
    """Take a step in again; a repeat changes nothing. Raises NotAllowed, NotFound, Invalid."""
    _change(viewer, slug, lambda steps, wish: fit_rules.put_back(steps, wish, step_id))


def move(viewer: Viewer, slug: str, step_id: UUID, *, up: bool) -> None:
    """Move an optional step one place. Raises as `leave_out`, also where no place is further."""
    _change(viewer, slug, lambda steps, wish: fit_rules.move(steps, wish, step_id, up=up))


def fit_as_vendor(viewer: Viewer, slug: str) -> None:
    """Take all steps in, in the vendor's order. Raises NotAllowed, NotFound."""
    _change(viewer, slug, lambda _steps, _wish: Wish())


def undo(viewer: Viewer, slug: str) -> None:
    """Undo the last change; a repeat changes nothing. Raises NotAllowed, NotFound."""
    whole.require_change(viewer)
    path = _find(viewer, slug)
    row = _lock(viewer.organization_id, path.id)
    if row is None or row.previous is None:
        return
    wish = Wish.read(row.previous)
    _write(viewer, path.id, Wish.read(row.wish), wish, None, "path.fitted.undone")


def refit(organization_id: UUID, path_id: UUID) -> None:
    """Bring what an organization made of a path in line with its steps of today."""
    row = _lock(organization_id, path_id)
    if row is not None:
        _store(organization_id, path_id, _steps(path_id), Wish.read(row.wish))


def _change(viewer: Viewer, slug: str, change: Change) -> None:
    whole.require_change(viewer)
    path = _find(viewer, slug)
    key = dict(organization_id=viewer.organization_id, path_id=path.id)
    upsert(FittedPath, key | {"wish": Wish().stored()}, on=tuple(key))
    row = _lock(viewer.organization_id, path.id)
    before = Wish.read(row.wish)
    after = change(_steps(path.id, viewer.locale), before)
    if after != before:
        _write(viewer, path.id, before, after, row.wish, "path.fitted")


def _write(
    viewer: Viewer,
    path_id: UUID,
    before: Wish,
    after: Wish,
    previous: dict[str, Any] | None,
    action: str,
) -> None:
    """Store a wish with what follows from it, and let everybody's progress be counted anew."""
    steps = _steps(path_id)
    db.connection().execute(
        update(FittedPath)
        .where(FittedPath.organization_id == viewer.organization_id, FittedPath.path_id == path_id)
        .values(wish=after.stored(), previous=previous)
    )
    _store(viewer.organization_id, path_id, steps, after)
    was, becomes = (
        {"steps": [step.title for step in in_use(fit(steps, wish))]} for wish in (before, after)
    )
    audit.record(viewer, action, f"path:{path_id}", before=was, after=becomes)
    jobs.enqueue("paths.recount", viewer.organization_id, str(path_id))


def _store(organization_id: UUID, path_id: UUID, steps: Sequence[VendorStep], wish: Wish) -> None:
    here = FittedStep.organization_id == organization_id, FittedStep.path_id == path_id
    db.connection().execute(delete(FittedStep).where(*here))
    places = fit(steps, wish) if wish else []
    rows = [
        dict(
            organization_id=organization_id,
            step_id=place.step.id,
            path_id=path_id,
            position=position,
            is_left_out=place.is_left_out,
        )
        for position, place in enumerate(places, start=1)
    ]
    insert_many(FittedStep, rows)
    db.connection().execute(
        update(FittedPath)
        .where(FittedPath.organization_id == organization_id, FittedPath.path_id == path_id)
        .values(steps_total=sum(1 for _step in in_use(places)) if places else None)
    )


def _find(viewer: Viewer, slug: str) -> Any:
    query = (
        select(
            Path.id,
            title_in(Path, viewer.locale).label("title"),
            FittedPath.wish,
            FittedPath.previous,
        )
        .outerjoin(FittedPath, _of_path(viewer.organization_id))
        .where(Path.slug == slug, Path.withdrawn_at.is_(None))
    )
    found = db.session().execute(query).one_or_none()
    if found is None:
        raise NotFound(_("This path is not offered any more. Choose another goal."))
    return found


def _lock(organization_id: UUID, path_id: UUID) -> Any:
    """The organization's row of a path: two success managers change it in turn."""
    query = (
        select(FittedPath.wish, FittedPath.previous)
        .where(FittedPath.organization_id == organization_id, FittedPath.path_id == path_id)
        .with_for_update()
    )
    return db.session().execute(query).one_or_none()


def _steps(path_id: UUID, locale: str | None = None) -> list[VendorStep]:
    """The path's steps; without a locale by the titles that they were written with."""
    title = title_in(Step, locale) if locale else Step.title
    query = (
        select(Step.id, title, Step.is_optional)
        .where(Step.path_id == path_id, Step.withdrawn_at.is_(None))
        .order_by(Step.position)
    )
    return [VendorStep(*row) for row in db.session().execute(query)]


def _of_path(organization_id: UUID) -> Any:
    return and_(FittedPath.organization_id == organization_id, FittedPath.path_id == Path.id)
