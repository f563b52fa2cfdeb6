"""Who is signed in, and what each view asks of them. Each view carries exactly one mark."""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, Response, current_app, g, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import LoginManager, UserMixin

from portal.access import Action, SignedIn, Viewer, require
from portal.web.slots import slots

STANDS_IN = "stands_in"
"""In the cookie of a csm: the customer for whose USM they act at the moment."""

View = TypeVar("View", bound=Callable[..., Any])


class User(UserMixin):  # type: ignore[misc]
    """Flask-Login's view of a signed-in viewer; its id is the random session token."""

    def __init__(self, signed_in: SignedIn) -> None:
        self.signed_in = signed_in

    def get_id(self) -> str:
        return self.signed_in.token


def public(view: View) -> View:
    """Mark a view as open to everybody, signed in or not."""
    view.access = "public"  # type: ignore[attr-defined]
    return view


def requires(action: Action) -> Callable[[View], View]:
    """Mark a view as open to those who may do `action`."""

    def mark(view: View) -> View:
        view.access = action  # type: ignore[attr-defined]
        return view

    return mark


def enters_later(view: View) -> View:
    """Mark a public view that finds out itself for which organization its session is opened.

    A link may lead a signed-in person into another organization than the one they are in.
    """
    view.enters_later = True  # type: ignore[attr-defined]
    return view


def in_organization(view: View) -> View:
    """Mark a staff view that works inside the organization named in its URL."""
    view.in_organization = True  # type: ignore[attr-defined]
    return view


def in_own_or_named(view: View) -> View:
    """Mark a view that works in the organization named in its URL: for its own people and staff."""
    view.in_own_or_named = True  # type: ignore[attr-defined]
    return view


def takes(bytes_: int) -> Callable[[View], View]:
    """Mark a view whose form may be larger than others': the largest body that is read."""

    def mark(view: View) -> View:
        view.takes = bytes_  # type: ignore[attr-defined]
        return view

    return mark


def across(reason: str) -> Callable[[View], View]:
    """Mark a staff view that reads across organizations, and say why."""

    def mark(view: View) -> View:
        view.across = reason  # type: ignore[attr-defined]
        return view

    return mark


def view_in_hand() -> object:
    """The view that serves this request, with its marks; None where the address leads nowhere."""
    return current_app.view_functions.get(request.endpoint or "")


def is_signed_in() -> bool:
    """Whether the request comes from a signed-in person."""
    return "viewer" in g


def viewer() -> Viewer:
    """Who looks. Only in views that are not public, or after `is_signed_in()`."""
    found: Viewer = g.viewer
    return found


def sign_in(token: str) -> None:
    """Give the browser a fresh cookie for an opened web session."""
    session.clear()
    session.permanent = True
    session["_user_id"] = token
    session["_fresh"] = True


def sign_out() -> str | None:
    """Forget the browser's cookie; returns the token whose web session is to be closed."""
    token: str | None = session.get("_user_id")
    session.clear()
    return token


def install(app: Flask) -> None:
    """Attach Flask-Login; sessions are looked up by `slots().load_signed_in`."""
    manager = LoginManager()
    # Its fingerprint of address and browser signs people out when a phone changes network.
    manager.session_protection = None
    manager.init_app(app, add_context_processor=False)

    @manager.user_loader  # type: ignore[untyped-decorator]
    def load(token: str) -> User | None:
        found = slots().load_signed_in(token)
        return User(found) if found else None


def check_access(view: object) -> ResponseReturnValue | None:
    """Let the request through to `view`, or lead to sign-in. Raises NotAllowed without the role."""
    access: Any = getattr(view, "access", None)
    if access == "public" or view is None:
        return None
    if not is_signed_in():
        return lead_to_sign_in()
    # A view without a mark is closed: only somebody who forgot the mark can have meant it.
    require(viewer(), access)
    return None


def lead_to_sign_in() -> Response:
    """To the sign-in page, and from there back to where the person wanted to go."""
    wanted = request.full_path.rstrip("?") if request.method in ("GET", "HEAD") else None
    answer: Response = redirect(url_for("accounts.sign_in", next=wanted))  # type: ignore[assignment]
    return answer
