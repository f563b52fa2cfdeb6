"""Bad input: refused in words at the field, with what was typed kept and nothing written."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import func, select, update

from portal import clock, lots, tables
from portal.paths.follow_up_models import FollowUp
from tests.all_kinds import make_all_kinds

LONG = "x" * 2001
LOOK_AGAIN = "Please look at this again"


@pytest.fixture
def scene(signed_in, world, library, database, monkeypatch):
    """The reader's browser at a path's end, with a due follow-up, drawn for the question of ease;
    now on the path of every kind of step. And what addresses are made of."""
    monkeypatch.setattr(lots, "draw", lambda *_about: 0)
    kinds, browser = make_all_kinds(database), signed_in(world.end_user)
    browser.post(f"/goals/{library.goal_slug}/choose")
    for slug, revision in zip(library.guide_slugs, library.revision_ids, strict=True):
        said = {"answer": "partly", "revision": str(revision)}
        browser.post(f"/guides/{slug}/answer", data=said)
    browser.post(f"/paths/{library.path_slug}/finish")
    browser.post(f"/goals/{kinds.goal_slug}/choose")
    organization_id = world.end_user.organization_id
    with database.writing(organization_id) as session:
        mine = FollowUp.organization_id == organization_id
        follow_up_id = session.scalars(select(FollowUp.id).where(mine)).one()
        due = clock.today("UTC") - timedelta(days=1)
        session.execute(update(FollowUp).where(mine).values(due_on=due))
        session.commit()
    ids = {f"step_{name}": id_ for name, id_ in kinds.steps.items()}
    return browser, ids | {"follow_up": follow_up_id, "nothing": uuid4(), "path": kinds.path_slug}


@pytest.fixture
def rows(database, world):
    """How many rows the reader's organization has in each table of this feature."""
    names = [t for t in tables.metadata.tables if t not in ("web_session", "form_request")]

    def look():
        organization_id = world.end_user.organization_id
        with database.reading(organization_id) as session:
            found = {}
            for name in names:
                table = tables.metadata.tables[name]
                if "organization_id" in table.c:
                    query = select(func.count()).where(table.c.organization_id == organization_id)
                    found[name] = session.scalar(query)
            return found

    return look


BAD = [
    ("/paths/{path}/obstacle", {}, "Choose one, or skip the question."),
    ("/paths/{path}/obstacle", {"obstacle": "laziness"}, LOOK_AGAIN),
    ("/paths/close-with-proof/reached", {}, "Choose one of the answers."),
    ("/paths/close-with-proof/reached", {"said": "perhaps"}, LOOK_AGAIN),
    ("/paths/close-with-proof/reached", {"said": "yes", "felt_speed": "light"}, LOOK_AGAIN),
    ("/guides/guide-1/ease", {}, "Choose one of the numbers from 1 to 7."),
    ("/guides/guide-1/ease", {"ease": "8"}, LOOK_AGAIN),
    ("/guides/guide-1/ease", {"ease": "easy"}, LOOK_AGAIN),
    ("/guides/guide-1/reason", {"comment": "Kept."}, "Choose one of the reasons."),
    (
        "/guides/guide-1/reason",
        {"reason": "missing", "failed_at": "Nowhere", "comment": "Kept."},
        LOOK_AGAIN,
    ),
    ("/guides/guide-1/if-then", {"line": "x" * 301}, "Shorten the line to 300 characters."),
    ("/follow-ups/{follow_up}", {"comment": "Kept."}, "Choose one of the answers."),
    ("/follow-ups/{follow_up}", {"answer": "maybe", "comment": "Kept."}, LOOK_AGAIN),
    ("/follow-ups/{follow_up}", {"answer": "yes", "comment": LONG}, "under 2,000 characters"),
    (
        "/follow-ups/{follow_up}",
        {"answer": "no_occasion", "again_on": "2001-01-01", "comment": "Kept."},
        "Choose a day after today, within a year.",
    ),
    (
        "/follow-ups/{follow_up}",
        {"answer": "no_occasion", "again_on": "tomorrow", "comment": "Kept."},
        LOOK_AGAIN,
    ),
    ("/follow-ups/{follow_up}/goal", {"said": "perhaps"}, ""),
    ("/follow-ups/{follow_up}/goal", {}, ""),
    ("/steps/{step_check}/check", {}, "Question 1: Choose an answer."),
    ("/steps/{step_check}/check", {"question_0": "1"}, "Question 2: Choose an answer."),
    ("/steps/{step_check}/check", {"question_0": "0", "question_1": "9"}, "Question 2: Choose"),
    ("/steps/{step_check}/check", {"question_0": "x", "question_1": "0"}, "Question 1: Choose"),
    ("/steps/{step_session}/attended", {}, ""),
    ("/steps/{step_session}/attended", {"attended": "maybe"}, ""),
    ("/guides/guide-1/answer", {"answer": "not_sure", "revision": "{revision}"}, "Choose one of"),
    ("/guides/guide-1/dismiss", {"later": "1"}, "The page was incomplete."),
    ("/beacon", {"kind": "shown_much_later"}, ""),
]


@pytest.mark.parametrize(("address", "posted", "words"), BAD)
def test_it_is_refused_in_words_and_nothing_is_written(
    scene, rows, library, address, posted, words
):
    browser, ids = scene
    before = rows()
    values = {k: v.format(revision=library.revision_ids[0]) for k, v in posted.items()}
    refused = browser.post(address.format(**ids), data=values)
    assert refused.status_code == 422
    assert words in refused.text
    if posted.get("comment") == "Kept.":
        assert "Kept." in refused.text
    assert rows() == before


def test_the_answers_given_to_a_check_are_kept(scene):
    browser, ids = scene
    refused = browser.post(f"/steps/{ids['step_check']}/check", data={"question_0": "1"})
    text = re.sub(r"\s+", " ", refused.text)
    assert re.search(r'id="question-0-1" checked', text)
    # What is right is not given away.
    assert "Not quite." not in text
    assert "Then nobody has read it." not in text


EVERY_POST = [
    "/paths/{slug}/obstacle",
    "/paths/{slug}/obstacle/gone",
    "/paths/{slug}/reached",
    "/guides/{slug}/ease",
    "/guides/{slug}/if-then",
    "/follow-ups/{id}",
    "/follow-ups/{id}/goal",
    "/steps/{id}/done",
    "/steps/{id}/check",
    "/steps/{id}/place",
    "/steps/{id}/place/give-up",
    "/steps/{id}/attended",
]
GOOD = {"obstacle": "other", "said": "yes", "answer": "yes", "attended": "yes", "ease": "5"}


@pytest.mark.parametrize("address", EVERY_POST)
def test_what_is_not_there_is_not_found(scene, rows, address):
    browser, ids = scene
    before = rows()
    refused = browser.post(address.format(slug="unheard-of", id=ids["nothing"]), data=GOOD)
    # Who was not drawn for the question of ease is led back to the guide.
    assert refused.status_code == (302 if address.endswith("/ease") else 404)
    assert rows() == before


@pytest.mark.parametrize("kind", ["guide", "milestone", "task", "check", "session"])
@pytest.mark.parametrize("verb", ["done", "check", "place", "place/give-up", "attended"])
def test_each_kind_of_step_takes_its_own_posts_alone(scene, rows, kind, verb):
    fits = {"task": ["done"], "check": ["check"], "session": ["place", "place/give-up", "attended"]}
    if verb in fits.get(kind, []):
        return
    browser, ids = scene
    before = rows()
    address = f"/steps/{ids['step_' + kind]}/{verb}"
    assert browser.post(address, data=GOOD).status_code == 404
    assert rows() == before


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("/steps/{step_session}/attended", "The session has not begun yet."),
        ("/paths/{path}/finish", "There are steps left on this path."),
    ],
)
def test_what_comes_too_early_says_so(scene, rows, address, words):
    browser, ids = scene
    before = rows()
    refused = browser.post(address.format(**ids), data=GOOD)
    assert (refused.status_code, words in refused.text) == (409, True)
    assert rows() == before


def test_a_stranger_finds_neither_follow_up_nor_its_goal(scene, signed_in, world):
    _browser, ids = scene
    for persona in (world.stranger, world.team_mate, world.usm):
        theirs = signed_in(persona)
        assert theirs.get(f"/follow-ups/{ids['follow_up']}").status_code == 404
        for part in ("", "/goal"):
            address = f"/follow-ups/{ids['follow_up']}{part}"
            assert theirs.post(address, data=GOOD).status_code == 404


@pytest.mark.parametrize("address", ["/steps/{step_task}", "/follow-ups/{follow_up}", "/releases"])
def test_staff_have_no_such_pages(scene, signed_in, world, address):
    assert signed_in(world.author).get(address.format(**scene[1])).status_code == 403
