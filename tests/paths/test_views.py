"""What readers see and post, through a real browser's eyes: requests and answers."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from portal import clock
from portal.guides.models import CurrentRevision, Guide
from portal.paths.models import Path
from portal.paths.outcome_models import Asked, Opening, Outcome, OutcomeChange
from portal.paths.progress_models import Enrollment
from portal.paths.step_models import Tick
from tests.factories import make_revision


@pytest.fixture
def browser(signed_in, world, library):
    """The end user's browser, before they chose a goal."""
    return signed_in(world.end_user)


@pytest.fixture
def on_path(browser, library):
    """The end user's browser, on the path."""
    browser.post(f"/goals/{library.goal_slug}/choose")
    return browser


@pytest.fixture
def count(database, world):
    """How many rows the end user's organization has in a table."""

    def look(model):
        organization_id = world.end_user.organization_id
        with database.reading(organization_id) as session:
            query = select(func.count()).where(model.organization_id == organization_id)
            return session.scalar(query)

    return look


def page(answer):
    assert answer.status_code == 200, answer.text
    return re.sub(r"\s+", " ", answer.text)


def answer(browser, library, said="yes", number=0, **fields):
    values = {"answer": said, "revision": str(library.revision_ids[number])} | fields
    return browser.post(f"/guides/{library.guide_slugs[number]}/answer", data=values)


def request_id_of(text):
    return re.search(r'name="request_id"[^>]* value="([^"]+)"', text)[1]


# ---- Home and goals ----


def test_home_offers_goals_to_whoever_has_none(browser, library):
    text = page(browser.get("/"))
    assert "What do you want to reach?" in text
    assert f'action="/goals/{library.goal_slug}/choose"' in text


def test_choosing_a_goal_leads_home_to_the_first_step(browser, library):
    chosen = browser.post(f"/goals/{library.goal_slug}/choose")
    assert chosen.location == "/"
    text = page(browser.get("/"))
    assert "Step 1 of 3" in text
    assert f'href="/guides/{library.guide_slugs[0]}"' in text
    assert text.count("btn-primary") == 1


def test_the_goal_may_be_changed_and_says_what_is_kept(on_path):
    text = page(on_path.get("/goals"))
    assert "what you have done so far is kept" in text
    assert "Your goal now" in text


def test_a_goal_that_is_not_offered_is_not_found(browser):
    assert browser.post("/goals/unheard-of/choose").status_code == 404


@pytest.mark.parametrize(
    ("who", "start"), [("author", "/library"), ("admin", "/organizations"), ("csm", "/customers")]
)
def test_whoever_follows_no_paths_is_led_to_their_start_page(signed_in, world, who, start):
    assert signed_in(getattr(world, who)).get("/").location == start


def test_a_path_that_is_gone_leads_to_the_goals(on_path, database, library):
    with database.writing(None) as session:
        session.get_one(Path, library.path_id).withdrawn_at = clock.now()
        session.commit()
    assert "is not offered any more" in page(on_path.get("/"))


# ---- The path ----


def test_the_path_lists_its_steps(on_path, library):
    answer(on_path, library)
    text = page(on_path.get(f"/paths/{library.path_slug}"))
    assert text.count('class="step step-done"') == 1
    assert text.count('aria-current="step"') == 1
    assert "1 of 3 done" in text


def test_a_path_may_be_chosen_where_it_is_shown(browser, library):
    assert "Choose this path" in page(browser.get(f"/paths/{library.path_slug}"))
    assert browser.post(f"/paths/{library.path_slug}/choose").location == "/"
    assert "Step 1 of 3" in page(browser.get("/"))


def test_the_end_of_the_path_is_confirmed_by_the_reader(on_path, library):
    answer(on_path, library)
    answer(on_path, library, number=1)
    assert "I have done it" in page(on_path.get("/"))
    reached = f"/paths/{library.path_slug}/reached"
    assert on_path.post(f"/paths/{library.path_slug}/finish").location == reached
    text = page(on_path.get("/"))
    assert "You have finished" in text
    assert "After this you can do it." in text
    assert 'href="/goals"' in text


def test_finishing_too_early_is_refused_in_words(on_path, library):
    refused = on_path.post(f"/paths/{library.path_slug}/finish")
    assert refused.status_code == 409
    assert "There are steps left" in refused.text


# ---- The guide ----


def test_a_guide_shows_its_text_its_place_and_the_question(on_path, library):
    text = page(on_path.get(f"/guides/{library.guide_slugs[0]}"))
    assert '<h2 id="h-steps">Steps</h2>' in text
    assert 'href="#h-steps"' in text
    assert "0 of 3 done" in text
    assert text.count('name="answer"') == 5
    assert "Not now" in text


def test_who_will_see_what_stands_above_the_buttons(on_path, library):
    text = page(on_path.get(f"/guides/{library.guide_slugs[0]}"))
    said, buttons = text.index("Not this answer with your name"), text.index('name="answer"')
    assert said < buttons


def test_everything_that_the_guide_posts_or_links_to_exists(on_path, app, library):
    answer(on_path, library, "no")
    text = on_path.get(f"/guides/{library.guide_slugs[0]}").text
    forms = [form for form in re.findall(r"<form[^>]*>", text) if 'method="post"' in form]
    beacon = re.search(r'data-beacon="[^"]+"', text)[0]
    posts = re.findall(r'(?:action|data-beacon)="(/[^"]+)"', " ".join(forms) + beacon)
    routes = app.url_map.bind("portal.example")
    assert {routes.match(url, method="POST")[0] for url in posts} >= {
        "paths.ticks",
        "paths.answer",
        "paths.beacon",
    }
    assert all(routes.match(url) for url in re.findall(r'href="(/guides/[^"]+)"', text))


def test_a_guide_may_be_read_without_a_path(browser, library):
    text = page(browser.get(f"/guides/{library.guide_slugs[0]}"))
    assert "path-line" not in text


def test_a_guide_that_does_not_exist_is_not_found(browser):
    assert browser.get("/guides/unheard-of").status_code == 404


def test_ticks_are_kept_without_script(on_path, library):
    slug, revision = library.guide_slugs[0], str(library.revision_ids[0])
    saved = on_path.post(f"/guides/{slug}/ticks", data={"ticks": ["1"], "revision": revision})
    assert saved.location == f"/guides/{slug}#checklist"
    text = page(on_path.get(f"/guides/{slug}"))
    assert re.findall(r'name="ticks" value="(\d)" (checked)?', text) == [
        ("0", ""),
        ("1", "checked"),
    ]


@pytest.mark.parametrize(
    "posted",
    [
        {"revision": "not an id", "ticks": "0"},
        {"ticks": "0"},
        {"revision": "{revision}", "ticks": "x"},
        {"revision": "{revision}", "ticks": "9"},
    ],
)
def test_ticks_that_no_page_of_ours_sends_are_refused(on_path, library, count, posted):
    values = {k: v.format(revision=library.revision_ids[0]) for k, v in posted.items()}
    refused = on_path.post(f"/guides/{library.guide_slugs[0]}/ticks", data=values)
    assert refused.status_code == 422
    assert count(Tick) == 0


# ---- The answer ----


def test_it_worked_leads_home_to_the_next_step(on_path, library):
    assert answer(on_path, library).location == "/"
    text = page(on_path.get("/"))
    assert "Your answer is noted" in text
    assert "Step 2 of 3" in text


def test_the_next_step_keeps_its_number_when_a_later_one_was_done_first(on_path, library):
    answer(on_path, library, number=1)
    text = page(on_path.get("/"))
    assert "Step 1 of 3" in text
    assert "1 of 3 done" in text


@pytest.mark.parametrize("said", ["partly", "no"])
def test_not_yes_is_kept_at_once_and_asked_for_a_reason(on_path, library, count, said):
    slug = library.guide_slugs[0]
    assert answer(on_path, library, said).location == f"/guides/{slug}/reason"
    assert count(Outcome) == 1
    text = page(on_path.get(f"/guides/{slug}/reason"))
    assert text.count('name="reason"') == 9
    assert 'href="/"' in text
    assert '<option value="Steps">' in text


def test_a_reason_leads_on_to_the_next_step(on_path, library):
    answer(on_path, library, "no")
    url = f"/guides/{library.guide_slugs[0]}/reason"
    sent = {"reason": "unclear", "failed_at": "Steps", "comment": "Which calendar?"}
    assert on_path.post(url, data=sent).location == "/"
    text = page(on_path.get(url))
    assert "Which calendar?" in text
    assert '<option selected value="Steps">' in text


def test_a_reason_without_a_choice_is_asked_for_again_and_keeps_the_words(on_path, library):
    answer(on_path, library, "no")
    url = f"/guides/{library.guide_slugs[0]}/reason"
    asked = on_path.post(url, data={"comment": "Which calendar?"})
    assert asked.status_code == 422
    assert "Choose one of the reasons." in asked.text
    assert "Which calendar?" in asked.text


def test_too_long_a_comment_is_asked_to_be_shorter(on_path, library):
    answer(on_path, library, "no")
    url = f"/guides/{library.guide_slugs[0]}/reason"
    asked = on_path.post(url, data={"reason": "other", "comment": "x" * 2001})
    assert asked.status_code == 422
    assert "under 2,000 characters" in asked.text


def test_nobody_is_asked_for_a_reason_after_a_yes(on_path, library):
    answer(on_path, library)
    slug = library.guide_slugs[0]
    assert on_path.get(f"/guides/{slug}/reason").location == f"/guides/{slug}"


def test_an_answer_off_the_path_leads_back_to_the_guide(browser, library):
    assert answer(browser, library).location == f"/guides/{library.guide_slugs[0]}"


def test_the_guide_shows_what_one_said_and_lets_one_change_it(on_path, library, count):
    slug = library.guide_slugs[0]
    answer(on_path, library, "no")
    text = page(on_path.get(f"/guides/{slug}"))
    assert "You said: It didn&#39;t work" in text
    assert "Not now" not in text
    assert answer(on_path, library, "yes").location == "/"
    assert "You said: It worked" in page(on_path.get(f"/guides/{slug}"))
    assert (count(Outcome), count(OutcomeChange)) == (1, 2)


def test_two_tabs_and_a_double_click_are_one_answer(on_path, library, count):
    answer(on_path, library)
    answer(on_path, library)
    assert (count(Outcome), count(OutcomeChange)) == (1, 1)


def test_a_form_posted_again_leads_where_it_led_and_does_nothing_else(on_path, library, count):
    form = request_id_of(page(on_path.get(f"/guides/{library.guide_slugs[0]}")))
    first = answer(on_path, library, "no", request_id=form)
    answer(on_path, library, "yes")
    again = answer(on_path, library, "no", request_id=form)
    assert again.location == first.location
    assert count(OutcomeChange) == 2


def test_an_answer_belongs_to_the_revision_that_was_open(on_path, database, library, count):
    slug = library.guide_slugs[0]
    page(on_path.get(f"/guides/{slug}"))
    with database.writing(None) as session:
        guide = session.get_one(Guide, library.guide_ids[0])
        newer = make_revision(session, guide, 2, clock.now())
        session.get_one(CurrentRevision, (guide.id, "en")).revision_id = newer.id
        session.commit()
    answer(on_path, library)
    assert count(Outcome) == 1
    text = page(on_path.get(f"/guides/{slug}"))
    assert "has changed since you answered “It worked”" in text
    assert "Did it work for you?" in text


@pytest.mark.parametrize(
    ("said", "number", "status"), [("maybe", 0, 422), ("", 0, 422), ("yes", 1, 404)]
)
def test_answers_that_no_page_of_ours_sends_are_refused(
    on_path, library, count, said, number, status
):
    values = {"answer": said, "revision": str(library.revision_ids[number])}
    refused = on_path.post(f"/guides/{library.guide_slugs[0]}/answer", data=values)
    assert refused.status_code == status
    assert count(Outcome) == 0


def test_putting_the_question_off_leads_home_and_passes_nothing(on_path, library, count):
    put_off = on_path.post(
        f"/guides/{library.guide_slugs[0]}/dismiss",
        data={"revision": str(library.revision_ids[0])},
    )
    assert put_off.location == "/"
    assert "Step 1 of 3" in page(on_path.get("/"))
    assert (count(Asked), count(Outcome)) == (1, 0)


# ---- The beacon ----


@pytest.mark.parametrize(("kind", "model"), [("opened", Opening), ("shown", Asked)])
def test_the_page_tells_what_it_saw_once(on_path, library, count, kind, model):
    said = {"kind": kind, "revision": str(library.revision_ids[0])}
    for _ in range(2):
        told = on_path.post("/beacon", data=said)
        assert (told.status_code, told.data) == (204, b"")
    assert count(model) == 1


@pytest.mark.parametrize(("kind", "status"), [("clicked", 422), ("opened", 404)])
def test_a_beacon_that_no_page_of_ours_sends_is_refused(on_path, count, kind, status):
    told = on_path.post("/beacon", data={"kind": kind, "revision": str(uuid4())})
    assert told.status_code == status
    assert count(Opening) == 0


# ---- Who ----


@pytest.mark.parametrize(
    "url", ["/goals", "/paths/close-with-proof", "/guides/guide-1", "/guides/guide-1/reason"]
)
def test_staff_read_guides_in_the_library_and_not_here(signed_in, world, library, url):
    assert signed_in(world.author).get(url).status_code == 403


def test_a_stranger_starts_with_nothing_done(on_path, signed_in, world, library):
    answer(on_path, library, "no")
    on_path.post(
        f"/guides/{library.guide_slugs[0]}/reason",
        data={"reason": "other", "comment": "Marker of Aurora"},
    )
    theirs = signed_in(world.stranger)
    assert "What do you want to reach?" in page(theirs.get("/"))
    text = page(theirs.get(f"/guides/{library.guide_slugs[0]}"))
    assert "Did it work for you?" in text
    assert theirs.get(f"/guides/{library.guide_slugs[0]}/reason").status_code == 302


def test_a_months_silence_makes_one_stuck(on_path, database, world, library):
    organization_id = world.end_user.organization_id
    with database.reading(organization_id) as session:
        mine = session.scalars(
            select(Enrollment).where(Enrollment.organization_id == organization_id)
        ).one()
    assert mine.stuck_at - mine.last_step_at == timedelta(days=45)


def test_who_sees_it_is_said_to_a_success_manager_as_one_of_them(signed_in, world, library):
    for who in (world.usm, world.owner):
        browser = signed_in(who)
        text = page(browser.get(f"/guides/{library.guide_slugs[0]}"))
        assert "you and the other success managers see which steps you have passed" in text
        assert "Tell the other success managers this answer" in text
        assert "my success manager" not in text
        answer(browser, library, "no")
        text = page(browser.get(f"/guides/{library.guide_slugs[0]}/reason"))
        assert "You and the other success managers see shares of reasons" in text
        assert "Tell the other success managers, with my name" in text


def test_who_sees_it_is_said_to_everybody_else_as_it_was(browser, library):
    text = page(browser.get(f"/guides/{library.guide_slugs[0]}"))
    assert "your company's success manager sees" in text.replace("&#39;", "'")
    assert "other success managers" not in text
