"""Kits: ordered documents, filled in for oneself or the organization, and taken away."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from pypdf import PdfReader
from sqlalchemy import select

from portal import publishing, sweeping
from portal.db import Database
from portal.guides import jobs as guides_jobs
from portal.guides.kit_models import KitDocument, KitEntry
from portal.guides.service import kit_pdf, pdf
from tests.conftest import SignIn, World
from tests.content_folder import ContentFolder
from tests.work import give_up

pytestmark = pytest.mark.database
assert guides_jobs.draw_kit

ROLE = "/kits/champions/role"
STORY = "/kits/champions/story"


class Kits:
    """A content folder with a kit, published and used."""

    def __init__(self, database: Database, folder: ContentFolder) -> None:
        self.database, self.folder = database, folder
        folder.kit("champions", documents=["role", "story"])
        folder.document("champions", "role", "Takes {{ field: hours | Hours a month | number }}.\n")
        folder.document(
            "champions", "story", "{{ field: what | What happened | long }}\n", filled_by="member"
        )

    def publish(self) -> publishing.Report:
        return publishing.publish(self.database, self.folder.root)

    def problems(self) -> list[tuple[str, int, str]]:
        found = publishing.lint(self.folder.root)
        return [(p.file, p.line, p.what) for p in found if p.file.startswith("content/kits")]

    def entries(self) -> list[tuple[str, bool, dict[str, str], int]]:
        query = (
            select(KitDocument.slug, KitEntry.member_id, KitEntry.answers, KitEntry.number)
            .join(KitDocument, KitDocument.id == KitEntry.document_id)
            .order_by(KitDocument.slug)
        )
        with self.database.across_organizations("a test looks at every row") as session:
            return [
                (row.slug, row.member_id is not None, row.answers, row.number)
                for row in session.execute(query)
            ]


@pytest.fixture
def kits(database: Database, tmp_path: Path) -> Kits:
    return Kits(database, ContentFolder(tmp_path / "content"))


@pytest.fixture
def usm(kits: Kits, world: World, signed_in: SignIn) -> FlaskClient:
    assert kits.publish().is_published
    return signed_in(world.usm)


def fill(client: FlaskClient, address: str, number: int = 0, **fields: str) -> int:
    answer = client.post(address, data={"number": number, **fields})
    return answer.status_code


# What authors write


def test_publishes_kits_and_withdraws_them(kits: Kits) -> None:
    assert kits.publish().changed_kits == 1
    assert kits.publish().changed_kits == 0
    kits.folder.document("champions", "role", "Now {{ field: hours | Hours a week | number }}.\n")
    assert kits.publish().changed_kits == 1
    kits.folder.remove("kits/champions.md")
    assert kits.publish().changed_kits == 1


def test_finds_documents_that_are_missing_or_in_no_list(kits: Kits) -> None:
    kits.folder.kit("champions", documents=["role", "stori"])
    assert kits.problems() == [
        ("content/kits/champions.md", 8, "There is no document “stori” in this kit."),
        ("content/kits/champions/story.md", 1, "This document stands in no list of its kit."),
    ]


@pytest.mark.parametrize(
    "field",
    [
        "hours",
        "hours | ",
        "Hours | Hours",
        "a | b | c",
        "a | b | text | d",
        "a | b }} {{ field: a | c",
    ],
)
def test_finds_a_field_that_is_wrong(kits: Kits, field: str) -> None:
    kits.folder.document("champions", "role", f"One.\n\n{{{{ field: {field} }}}}\n")
    (problem,) = kits.problems()
    assert problem[1] == 9
    assert problem[2].startswith("This field can't be used")


def test_finds_languages_with_different_fields(kits: Kits) -> None:
    kits.folder.document("champions", "role", "Ohne.\n", file="role.de")
    assert [what for _f, _l, what in kits.problems()] == [
        "The languages of this document have different fields."
    ]


# What people do with them


def test_shows_documents_in_order_and_says_what_is_filled_in(usm: FlaskClient) -> None:
    page = usm.get("/kits/champions").text
    assert page.index("Role") < page.index("Story")
    assert page.count("Not filled in yet") == 2
    assert fill(usm, ROLE, field_hours="2") == 302
    assert usm.get("/kits/champions").text.count("Filled in on") == 1
    assert "1 filled in" in usm.get("/kits").text


def test_keeps_what_is_filled_in_and_escapes_it(usm: FlaskClient, kits: Kits) -> None:
    assert fill(usm, ROLE, field_hours='2 "<b>"', field_unknown="x") == 302
    assert kits.entries() == [("role", False, {"hours": '2 "<b>"'}, 1)]
    page = usm.get(ROLE).text
    assert 'value="2 &#34;&lt;b&gt;&#34;"' in page
    assert fill(usm, ROLE, number=1, field_hours="") == 302
    assert kits.entries() == [("role", False, {}, 2)]


def test_shares_the_organizations_and_nobodys_own(
    usm: FlaskClient, kits: Kits, world: World, signed_in: SignIn
) -> None:
    fill(usm, ROLE, field_hours="two hours")
    fill(usm, STORY, field_what="my own words")
    reader = signed_in(world.end_user)
    assert "two hours" in reader.get(ROLE).text
    assert "my own words" not in reader.get(STORY).text
    assert fill(reader, ROLE, number=1, field_hours="none") == 422
    assert fill(reader, STORY, field_what="theirs") == 302
    stranger = signed_in(world.stranger)
    assert "two hours" not in stranger.get(ROLE).text
    assert len(kits.entries()) == 3


def test_overwrites_nothing_that_another_saved_meanwhile(usm: FlaskClient, kits: Kits) -> None:
    fill(usm, ROLE, field_hours="first")
    answer = usm.post(ROLE, data={"number": 0, "field_hours": "second"})
    assert answer.status_code == 422
    assert "Somebody saved this document" in answer.text
    assert 'value="second"' in answer.text
    assert kits.entries()[0][2] == {"hours": "first"}


def test_says_what_is_too_long_and_keeps_what_was_typed(usm: FlaskClient, kits: Kits) -> None:
    answer = usm.post(STORY, data={"number": 0, "field_what": "x" * 5_000})
    assert answer.status_code == 422
    assert "Use at most 4000 characters." in answer.text
    assert "x" * 5_000 in answer.text
    assert kits.entries() == []


def test_counts_a_double_click_once(usm: FlaskClient, kits: Kits) -> None:
    form = {"number": 0, "field_hours": "2", "request_id": "0190b5a0-0000-7000-8000-000000000001"}
    assert [usm.post(ROLE, data=form).status_code for _ in range(2)] == [302, 302]
    assert kits.entries() == [("role", False, {"hours": "2"}, 1)]


def test_shows_a_kit_for_success_managers_to_nobody_else(
    kits: Kits, world: World, signed_in: SignIn
) -> None:
    kits.folder.kit("champions", documents=["role", "story"], audience="usm")
    kits.publish()
    assert signed_in(world.usm).get(ROLE).status_code == 200
    for address in ("/kits/champions", ROLE, f"{ROLE}/pdf"):
        assert signed_in(world.end_user).get(address).status_code == 404
    assert "No kits yet" in signed_in(world.end_user).get("/kits").text


def test_reads_in_the_readers_language(kits: Kits, world: World, signed_in: SignIn) -> None:
    body = "Kostet {{ field: hours | Stunden im Monat | number }}.\n"
    kits.folder.document("champions", "role", body, file="role.de", title="Rolle")
    kits.publish()
    from_germany = signed_in(world.usm)
    assert "Stunden im Monat" not in from_germany.get(ROLE).text
    with kits.database.reading(None) as session:
        (words,) = session.scalars(
            select(KitDocument.translations).where(KitDocument.slug == "role")
        )
    assert words["de"]["title"] == "Rolle"
    assert words["de"]["fields"] == [
        {"key": "hours", "label": "Stunden im Monat", "kind": "number"}
    ]


def test_puts_no_field_into_a_tag(kits: Kits, world: World, signed_in: SignIn) -> None:
    body = "[x](https://example.com/{{ field: a | Label | text }}) {{ field: b | B | text }}\n"
    kits.folder.document("champions", "role", body)
    kits.publish()
    page = signed_in(world.usm).get(ROLE).text
    assert 'href="https://example.com/a"' in page
    assert page.count('name="field_b"') == 1
    assert 'name="field_a"' not in page


# Taking them away


def test_draws_a_document_with_what_is_filled_in(
    usm: FlaskClient, kits: Kits, sweep: Callable[[], None]
) -> None:
    fill(usm, ROLE, field_hours="eleven & more")
    assert "Make the PDF" in usm.get(f"{ROLE}/pdf").text
    assert usm.post(f"{ROLE}/pdf").location == f"{ROLE}/pdf"
    assert "Your PDF is being made" in usm.get(f"{ROLE}/pdf").text
    sweep()
    text = pdf_text(usm.get(f"{ROLE}/pdf"))
    assert "Hours a month: eleven & more" in text
    fill(usm, ROLE, number=1, field_hours="")
    usm.post(f"{ROLE}/pdf")
    sweep()
    assert "eleven" not in pdf_text(usm.get(f"{ROLE}/pdf"))


def test_draws_a_guide_once_for_everybody(
    usm: FlaskClient, kits: Kits, world: World, signed_in: SignIn, sweep: Callable[[], None]
) -> None:
    line = "When the bank file is in, I will match it."
    kits.folder.guide("match-bank-file", if_then=line)
    kits.publish()
    address = "/guides/match-bank-file/pdf"
    assert "Make the PDF" in usm.get(address).text
    for _ in range(2):
        assert usm.post(address).location == address
    assert "Your PDF is being made" in signed_in(world.end_user).get(address).text
    sweep()
    answer = signed_in(world.stranger).get(address)
    text = pdf_text(answer)
    assert "Match the bank file" in text
    assert "Press Match." in text
    assert "The file is in" in text
    assert f"When will you use it?\nFor example: {line}" in text
    assert "match-bank-file.en.pdf" in answer.headers["Content-Disposition"]
    assert usm.get("/guides/gone/pdf").status_code == 404


@pytest.mark.parametrize(
    ("kind", "address"),
    [(kit_pdf.WORK, f"{ROLE}/pdf"), (pdf.WORK, "/guides/match-bank-file/pdf")],
    ids=["kit", "guide"],
)
def test_what_could_not_be_drawn_says_so_and_is_tried_again(
    usm: FlaskClient,
    kits: Kits,
    database: Database,
    sweep: Callable[[], None],
    kind: str,
    address: str,
) -> None:
    kits.folder.guide("match-bank-file")
    kits.publish()
    usm.post(address)
    give_up(database, kind)
    page = usm.get(address).text
    assert "Your PDF could not be made" in page
    assert "Try again" in page
    usm.post(address)
    assert "Your PDF is being made" in usm.get(address).text
    sweep()
    assert pdf_text(usm.get(address))


def pdf_text(answer) -> str:
    assert answer.mimetype == "application/pdf"
    return "\n".join(page.extract_text() for page in PdfReader(BytesIO(answer.data)).pages)


@pytest.fixture
def sweep(database: Database) -> Callable[[], None]:
    """The worker's work, done now."""

    def work() -> None:
        while sweeping.sweep(database):
            pass

    return work
