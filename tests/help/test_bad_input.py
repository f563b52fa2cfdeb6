"""What the forms of help refuse: with words at the field, what was typed kept, nothing changed."""

import pytest

from portal.ids import new_id
from tests.help.conftest import WORDS, Desk

pytestmark = pytest.mark.database

LONG = "far too long " * 400


@pytest.mark.parametrize(
    ("form", "status", "said"),
    [
        ({"words": ""}, 422, "Write a sentence or two first."),
        ({"words": " \n\t "}, 422, "Write a sentence or two first."),
        ({}, 422, "Write a sentence or two first."),
        ({"words": LONG}, 422, "Shorten this to 4000 characters."),
        ({"words": "a\0b"}, 422, "This holds a character that cannot be kept."),
        ({"words": WORDS, "guide": "no-such-guide"}, 404, "This guide is not offered any more"),
        ({"words": WORDS, "guide": "../../etc/passwd"}, 404, "This guide is not offered any more"),
        ({"words": WORDS, "guide": "a\0b"}, 404, "This guide is not offered any more"),
        ({"words": WORDS, "guide": "guide-1", "revision": str(new_id())}, 404, "This guide is not"),
    ],
)
def test_a_question_is_refused(desk: Desk, form: dict[str, str], status: int, said: str) -> None:
    answer = desk.asker.post("/help/ask", data=form)
    assert answer.status_code == status
    assert said in answer.text
    if status == 422 and form.get("words", "").strip() and "\0" not in form["words"]:
        assert form["words"].strip() in answer.text
    assert "Nobody waits for you" in desk.usm.get("/help").text


@pytest.mark.parametrize("revision", ["no id", "0", "' OR 1=1 --"])
def test_a_revision_that_is_none_falls_back_to_the_one_of_today(desk: Desk, revision: str) -> None:
    address = desk.ask(revision=revision)
    assert desk.request(address).revision_id == desk.library.revision_ids[0]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("", "Write a sentence or two first."),
        ("   ", "Write a sentence or two first."),
        (LONG, "Shorten this to 4000 characters."),
        ("a\0b", "This holds a character that cannot be kept."),
    ],
)
@pytest.mark.parametrize("who", ["asker", "usm"])
def test_a_word_is_refused(desk: Desk, who: str, words: str, said: str) -> None:
    address = desk.ask()
    browser = desk.asker if who == "asker" else desk.usm
    answer = browser.post(address, data={"words": words})
    assert answer.status_code == 422
    assert said in answer.text
    assert 'aria-invalid="true"' in answer.text
    assert desk.words() == []


@pytest.mark.parametrize("helped", ["", "perhaps", "YES", "1"])
def test_what_is_no_button_closes_nothing(desk: Desk, helped: str) -> None:
    address = desk.ask()
    answer = desk.asker.post(f"{address}/close", data={"helped": helped})
    assert answer.status_code == 422
    assert desk.request(address).closed_at is None


@pytest.mark.parametrize("query", ["state=nonsense", "after=nonsense", "after=WyJ4Il0"])
def test_an_address_that_makes_no_sense_says_so(desk: Desk, query: str) -> None:
    answer = desk.usm.get(f"/help?{query}")
    assert answer.status_code == 422
    assert "Clear its filter" in answer.text or "page marker is not valid" in answer.text


def test_script_in_a_question_is_shown_and_never_run(desk: Desk) -> None:
    address = desk.ask(words="<script>alert(1)</script>")
    page = desk.usm.get(address).text
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page


@pytest.mark.parametrize("request_id", ["0", "x", "00000000-0000-0000-0000-000000000000"])
def test_a_question_that_is_none_is_not_found(desk: Desk, request_id: str) -> None:
    assert desk.usm.get(f"/help/{request_id}").status_code == 404
    assert desk.usm.post(f"/help/{request_id}", data={"words": WORDS}).status_code == 404
