"""What people enter wrongly, or others send on purpose: said at the field, kept, and harmless.

Each case is one post. It is answered with the right status and words that say how to mend it, shows
again what was typed, and changes nothing in the database.
"""

import io
import struct
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, create_engine, select

from portal import tables
from portal.accounts.models import LinkPurpose
from portal.accounts.service import links
from portal.accounts.team_models import Team
from portal.db import Database
from portal.ids import new_id
from tests.accounts.conftest import PASSWORD, Records
from tests.conftest import SignIn
from tests.factories import World, make_upload

pytestmark = pytest.mark.database

COUNTED_APART = {"rate_limit", "work"}
"""An attempt counts whatever becomes of it; work that comes round is no answer to it."""
LONG = "x" * 121
NUL = "No\0ra"
INVITED = {"display_name": "Nora New", "email": "nora@aurora.example", "roles": "end_user"}
ADDRESS = "This is not an e-mail address"
HEAD = b"E-mail address,Name\n"


@dataclass(frozen=True)
class Case:
    """One post, and what its answer says."""

    name: str
    who: str | None
    address: str
    form: dict[str, Any]
    message: str
    status: int = 422
    field: str = ""
    """Id of the field that the message stands at; empty for error pages."""
    kept: tuple[str, ...] = ()


def invite(name: str, message: str, at: str, kept: tuple[str, ...] = (), **change: Any) -> Case:
    form = INVITED | change
    return Case(f"invite: {name}", "usm", "/people/invite", form, message, field=at, kept=kept)


def file(name: str, content: bytes, message: str, **more: Any) -> Case:
    form = {"file": content, "meaning": "these"} | more
    at = "meaning" if more else "file"
    return Case(f"file: {name}", "usm", "/people/import", form, message, field=at)


def look(what: str, message: str, at: str, kept: tuple[str, ...] = (), **change: Any) -> Case:
    form = {"name": "Aurora at work", "accent": "#1a56c4"} | change
    where = "/organizations/{ours}/branding"
    return Case(f"look: {what}", "owner", where, form, message, field=at, kept=kept)


def logo(name: str, content: bytes, message: str) -> Case:
    where = "/organizations/{ours}/branding/logo"
    return Case(f"logo: {name}", "owner", where, {"logo": content}, message, field="logo")


def bomb() -> bytes:
    """A PNG that says it is larger than anybody could decode."""
    upload = make_upload()
    head = b"IHDR" + struct.pack(">II", 60_000, 60_000) + upload[24:29]
    return upload[:12] + head + struct.pack(">I", zlib.crc32(head)) + upload[33:]


def link(name: str, which: str, message: str, status: int) -> Case:
    form = {"password": PASSWORD}
    return Case(f"link: {name}", None, f"/links/{{{which}}}", form, message, status)


CASES = [
    invite("no name", "Enter a name.", "display_name", display_name=""),
    invite("only spaces", "Enter a name.", "display_name", display_name="   "),
    invite("long name", "Shorten this to 120", "display_name", (LONG,), display_name=LONG),
    invite("NUL", "a character that cannot be kept", "display_name", display_name=NUL),
    invite("no address", "Enter an e-mail address.", "email", ("Nora New",), email=""),
    invite("no at", ADDRESS, "email", ("nora.example",), email="nora.example"),
    invite("two addresses", ADDRESS, "email", email="a@b.example, c@d.example"),
    invite("header in address", ADDRESS, "email", email="a@b.example\nBcc: c@d.example"),
    invite("bracketed", ADDRESS, "email", email="Nora <nora@aurora.example>"),
    invite("long address", "too long", "email", email=f"{'n' * 320}@a.example"),
    invite("member already", "already a member", "email", email="alma.reader@aurora.example"),
    invite("no role", "Choose at least one.", "roles", roles=[]),
    invite("unknown role", "Invalid choice", "roles", roles="emperor"),
    invite("role not theirs", "not a valid choice", "roles", roles="owner"),
    invite("staff's role", "not a valid choice", "roles", roles="admin"),
    invite("long team", "Shorten this to 120", "team_name", (LONG,), team_name=LONG),
    Case(
        "team: no name",
        "usm",
        "/people/teams/new",
        {"name": " "},
        "Enter a name.",
        field="name",
    ),
    Case(
        "team: taken",
        "usm",
        "/people/teams/new",
        {"name": "Finance"},
        "already a team",
        field="name",
        kept=("Finance",),
    ),
    Case(
        "team: under nothing",
        "usm",
        "/people/teams/new",
        {"name": "Fresh", "parent": "nonsense"},
        "Not a valid choice",
        field="parent",
        kept=("Fresh",),
    ),
    Case(
        "team: under a stranger's",
        "usm",
        "/people/teams/new",
        {"name": "Fresh", "parent": "{their_team}"},
        "Not a valid choice",
        field="parent",
    ),
    Case(
        "team: under itself",
        "usm",
        "/people/teams/{team}",
        {"name": "Finance", "parent": "{team}"},
        "Not a valid choice",
        field="parent",
    ),
    Case("team: a stranger's", "usm", "/people/teams/{their_team}", {"name": "X"}, "nothing", 404),
    Case("team: end a stranger's", "usm", "/people/teams/{their_team}/end", {}, "nothing", 404),
    Case("team: back a stranger's", "usm", "/people/teams/{their_team}/reopen", {}, "nothing", 404),
    Case(
        "limit: a stranger",
        "usm",
        "/people/teams/{team}/limit",
        {"member": "{stranger}"},
        "Not a valid choice",
    ),
    Case("limit: lift a stranger's", "usm", "/people/{stranger}/unlimited", {}, "nothing", 404),
    Case("import: start another's", "usm", f"/people/import/{new_id()}/start", {}, "nothing", 404),
    Case(
        "import: forget another's", "usm", f"/people/import/{new_id()}/discard", {}, "nothing", 404
    ),
    Case(
        "file: none", "usm", "/people/import", {"meaning": "these"}, "Choose a file.", field="file"
    ),
    file("empty", b"", "This file is empty."),
    file("only a mark", b"\xef\xbb\xbf", "This file is empty."),
    file("only a header", HEAD, "nobody below them"),
    file("no header", b"nora@aurora.example,Nora\n", "Line 1 must name the columns"),
    file("two addresses", b"Email,E-mail\na@b.example,c@d.example\n", "two columns mean"),
    file("open quote", HEAD + b'a@b.example,"Nora\nc@d.example,D\n', "Line 2: a quotation mark"),
    file("text after quote", HEAD + b'a@b.example,"No"ra\n', "Line 2: a quotation mark"),
    file("huge line", HEAD + b"a@b.example," + b"x" * 30_000, "Line 2 is longer than"),
    file("half UTF-16", b"\xff\xfeE\x00m", "This file cannot be read as text"),
    file("a picture", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8, "cannot be read as text"),
    file(
        "too many people",
        HEAD + b"".join(b"p%d@b.example,P\n" % n for n in range(10_001)),
        "Line 10002: a file holds at most 10,000 people",
    ),
    file("unknown meaning", HEAD + b"a@b.example,A\n", "Not a valid choice", meaning="nobody"),
    Case(
        "me: no name", "usm", "/me", {"display_name": ""}, "Enter your name.", field="display_name"
    ),
    Case("me: NUL", "usm", "/me", {"display_name": NUL}, "cannot be kept", field="display_name"),
    Case(
        "me: unknown zone",
        "usm",
        "/me",
        {"display_name": "Ursula", "zone": "Mars/Olympus"},
        "Not a valid choice",
        field="zone",
        kept=("Ursula",),
    ),
    Case(
        "me: unknown language",
        "usm",
        "/me",
        {"display_name": "Ursula", "locale": "xx"},
        "Not a valid choice",
    ),
    Case(
        "password: short",
        "usm",
        "/me/password",
        {"password": "short"},
        "at least 10 characters",
        field="password",
    ),
    Case(
        "password: long",
        "usm",
        "/me/password",
        {"password": "x" * 201},
        "at most 200 characters",
        field="password",
    ),
    Case(
        "password: wrong current",
        "owner",
        "/me/password",
        {"password": PASSWORD, "current": "wrong"},
        "not your current password",
        field="current",
    ),
    Case(
        "sign in: unknown",
        None,
        "/sign-in",
        {"email": "nobody@nowhere.example", "password": PASSWORD},
        "address or the password is not right",
        field="password",
        kept=("nobody@nowhere.example",),
    ),
    Case(
        "sign in: wrong",
        None,
        "/sign-in",
        {"email": "oskar.owner@aurora.example", "password": "wrong"},
        "address or the password is not right",
        field="password",
    ),
    Case(
        "sign in: nothing",
        None,
        "/sign-in",
        {},
        "Enter an e-mail address.",
        field="email",
    ),
    Case(
        "organization: taken",
        "admin",
        "/organizations/new",
        {"name": "aurora", "zone": "UTC"},
        "already an organization",
        field="name",
        kept=("aurora",),
    ),
    Case(
        "organization: no zone",
        "admin",
        "/organizations/new",
        {"name": "Fresh"},
        "Choose a time zone.",
        field="zone",
        kept=("Fresh",),
    ),
    Case(
        "organization: no such",
        "admin",
        f"/organizations/{new_id()}/invite",
        INVITED,
        "nothing here",
        404,
    ),
    look("long name", "Shorten this to 120", "name", (LONG, "#1a56c4"), name=LONG),
    look("NUL", "a character that cannot be kept", "name", name=NUL),
    look("a word", "Write the colour as six", "accent", ("Aurora at work", "teal"), accent="teal"),
    look("too short", "Write the colour as six", "accent", ("#12345",), accent="#12345"),
    look("more rules", "Write the colour as six", "accent", accent="#fff;--page:#fff"),
    look("looked at first", "Write the colour as six", "accent", accent="red", preview="1"),
    Case(
        "logo: none",
        "owner",
        "/organizations/{ours}/branding/logo",
        {},
        "Choose a picture.",
        field="logo",
    ),
    logo("empty", b"", "Choose a picture."),
    logo("a text", b"our logo", "This is no picture that can be read here."),
    logo("a drawing", b"<svg onload='alert(1)'/>", "SVG drawings are not taken: they can hold"),
    logo("a bomb", bomb(), "more than 25 million pixels"),
    logo("cut off", make_upload(size=(400, 300))[:-400], "This picture is damaged."),
    Case(
        "look: a stranger's",
        "owner",
        "/organizations/{theirs}/branding",
        {"name": "Ours now"},
        "nothing here",
        404,
    ),
    Case(
        "logo: a stranger's",
        "owner",
        "/organizations/{theirs}/branding/logo",
        {"logo": b"x"},
        "nothing here",
        404,
    ),
    Case(
        "logo: a stranger's away",
        "owner",
        "/organizations/{theirs}/branding/logo/remove",
        {},
        "nothing here",
        404,
    ),
    Case("look: a USM", "usm", "/organizations/{ours}/branding", {}, "not open to you", 403),
    Case("role: a reader invites", "end_user", "/people/invite", INVITED, "not open to you", 403),
    Case("role: a csm invites", "csm", "/people/invite", INVITED, "not open to you", 403),
    Case("role: a USM makes customers", "usm", "/organizations/new", {}, "not open to you", 403),
    link("forged", "forged", "This link is not complete", 404),
    link("expired sign-in", "expired", "This link is too old", 409),
    link("replayed sign-in", "replayed", "each works once", 409),
    link("expired invitation", "old_invitation", "This link is too old", 409),
    link("replayed invitation", "used_invitation", "each works once", 409),
    link("another purpose's length", "short", "This link is not complete", 404),
]


@dataclass
class Names:
    """What addresses and forms of the cases name."""

    ids: dict[str, str] = field(default_factory=dict)

    def fill(self, value: Any) -> Any:
        return value.format(**self.ids) if isinstance(value, str) and "{" in value else value


@pytest.fixture
def names(database: Database, world: World) -> Names:
    with database.reading(None):
        pass
    ids = {
        "ours": str(world.usm.organization_id),
        "theirs": str(world.stranger.organization_id),
    }
    ids |= {"stranger": str(world.stranger.member_id), "forged": "A" * 43, "short": "abc"}
    for name, persona in (("team", world.usm), ("their_team", world.strange_usm)):
        with database.reading(persona.organization_id) as session:
            mine = select(Team.id).where(Team.organization_id == persona.organization_id)
            ids[name] = str(session.scalars(mine).one())
    return Names(ids | _links(database, world))


def _links(database: Database, world: World) -> dict[str, str]:
    viewer, past, day = world.end_user.viewer, timedelta(seconds=-1), timedelta(days=1)
    sign_in = (LinkPurpose.SIGN_IN, viewer.person_id, None, None)
    member = (viewer.person_id, viewer.organization_id, viewer.member_id)
    invitation = (LinkPurpose.INVITATION, *member)
    with database.writing(viewer.organization_id) as session:
        made = {
            "expired": links.issue(*sign_in, past, is_mailed=True),
            "replayed": links.issue(*sign_in, day, is_mailed=True),
            "old_invitation": links.issue(*invitation, past),
            "used_invitation": links.issue(*invitation, day),
        }
        links.use(made["replayed"])
        links.use(made["used_invitation"])
        session.commit()
    return made


@pytest.fixture
def rows(database_url: str) -> Iterator[Callable[[], dict[str, list[str]]]]:
    """Everything that is stored, as text."""
    engine = create_engine(database_url)
    yield lambda: _read(engine)
    engine.dispose()


def _read(engine: Engine) -> dict[str, list[str]]:
    with engine.connect() as connection:
        return {
            table.name: sorted(str(row) for row in connection.execute(select(table)))
            for table in tables.metadata.sorted_tables
            if table.name not in COUNTED_APART
        }


def _post(browser: FlaskClient, case: Case, names: Names) -> Any:
    form = {
        name: (io.BytesIO(value), "people.csv") if isinstance(value, bytes) else names.fill(value)
        for name, value in case.form.items()
    }
    form["request_id"] = str(new_id())
    return browser.post(names.fill(case.address), data=form)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_bad_input_is_said_at_its_field_kept_and_harmless(
    case: Case,
    names: Names,
    rows: Callable[[], dict[str, list[str]]],
    client: FlaskClient,
    signed_in: SignIn,
    records: Records,
    world: World,
) -> None:
    records.set_password(world.owner)
    browser = signed_in(world.everybody[case.who]) if case.who else client
    before = rows()
    answer = _post(browser, case, names)
    assert answer.status_code == case.status, answer.text
    assert case.message in _at_field(answer.text, case.field)
    for words in case.kept:
        assert words in answer.text
    assert rows() == before


def _at_field(page: str, field_id: str) -> str:
    """What is said at a field; the whole page where there is none."""
    if not field_id:
        return page
    start = page.find(f'id="{field_id}-error"')
    assert start >= 0, f"nothing is said at {field_id}"
    return page[start : page.index("</p>", start)]
