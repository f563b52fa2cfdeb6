"""The author's pages: figures in words and numbers, comments and their answers, searches."""

import re
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import insert, select

from portal import clock
from portal.access import Role
from portal.accounts.models import Organization
from portal.accounts.service.members import ensure_member
from portal.db import Database
from portal.effectiveness.jobs import forget_misses, recount_all
from portal.effectiveness.models import CommentReply
from portal.effectiveness.service.comments import name_of
from portal.effectiveness.service.library import Sort, default_sort
from portal.guides.models import CurrentRevision, Goal, Guide
from portal.guides.search_models import SearchMiss
from portal.paths.outcome_models import Outcome
from tests.conftest import SignIn
from tests.effectiveness.conftest import Readers, Time
from tests.factories import Library, Persona, World, make_guide, make_revision

pytestmark = pytest.mark.database


@pytest.fixture
def author(signed_in: SignIn, world: World) -> FlaskClient:
    return signed_in(world.author)


def words_of(page: str) -> str:
    """What a page says, without tags and doubled spaces."""
    return " ".join(re.sub(r"<[^>]*>", " ", page).split())


def read(browser: FlaskClient, address: str) -> str:
    answer = browser.get(address)
    assert answer.status_code == 200, answer.text
    return words_of(answer.text)


def test_a_guide_that_nobody_opened_has_no_figure(author: FlaskClient, library: Library) -> None:
    assert "Not opened yet" in read(author, "/library")
    assert "Nobody has opened this guide yet." in read(author, "/library/guide-1/answers")


def test_under_ten_answers_no_share_is_told_but_comments_are(
    database: Database, author: FlaskClient, readers: Readers
) -> None:
    readers.many(8, answer="yes")
    readers.add(answer="no", reason="unclear", comment="Which button?")
    recount_all(database)
    library = read(author, "/library")
    assert "Too few to tell 9 answers" in library
    assert "1 comment 1 open" in library
    page = read(author, "/library/guide-1/answers")
    assert not re.search(r"\d%", page)
    assert "Which button?" in page


def test_from_ten_answers_on_the_share_stands_with_its_interval(
    database: Database, author: FlaskClient, readers: Readers
) -> None:
    readers.many(9, answer="yes")
    readers.many(3, answer="no")
    readers.many(8)
    recount_all(database)
    assert "75% 47% to 91%, 12 answers" in read(author, "/library")
    page = read(author, "/library/guide-1/answers")
    for said in ("75% 47% to 91%", "Answered", "60%", "Worked for at least", "45%", "45% to 85%"):
        assert said in page, said


def test_few_openings_are_not_said_exactly(
    database: Database, author: FlaskClient, readers: Readers
) -> None:
    readers.many(4)
    recount_all(database)
    assert "under 5" in read(author, "/library")


def test_figures_of_the_sample_are_shown_while_there_is_nothing_else_and_say_so(
    database: Database, author: FlaskClient, readers: Readers, world: World
) -> None:
    readers.many(10, answer="yes")
    with database.writing(None) as session:
        for organization in session.scalars(select(Organization)):
            organization.is_sample = not organization.is_vendor
        session.commit()
    recount_all(database)
    assert "100%" in read(author, "/library")
    assert "The figures are those of the sample organizations" in read(author, "/library")
    with database.writing(None) as session:
        stranger = session.get_one(Organization, world.stranger.organization_id)
        stranger.is_sample = False
        session.commit()
    recount_all(database)
    assert "100%" not in read(author, "/library")


def test_few_guides_open_on_comments_and_many_on_success() -> None:
    assert default_sort(19) is Sort.COMMENTS
    assert default_sort(20) is Sort.SUCCESS


def add_guides(database: Database, number: int, kind: str = "guide") -> None:
    with database.writing(None) as session:
        goal = session.scalars(select(Goal)).one()
        for n in range(3, 3 + number):
            guide, _revision = make_guide(session, goal, n, clock.now())
            guide.kind = kind
        session.commit()


def titles(page: str) -> list[str]:
    return re.findall(r"Do (guide-\d+) \(v1\)</a>", page)


@pytest.mark.parametrize("sort", ["", *Sort])
def test_each_order_shows_every_guide_once_over_its_pages(
    database: Database, author: FlaskClient, readers: Readers, sort: str
) -> None:
    add_guides(database, 68)
    readers.many(10, answer="yes")
    recount_all(database)
    found, address = [], f"/library?sort={sort}"
    while address:
        page = author.get(address)
        assert page.status_code == 200
        found += titles(page.text)
        following = re.search(r'href="([^"]*)" rel="next"', page.text)
        address = following[1].replace("&amp;", "&") if following else ""
    assert sorted(found) == sorted(f"guide-{n}" for n in range(1, 71))


def test_least_success_comes_first_and_a_challenge_stands_apart(
    database: Database, author: FlaskClient, readers: Readers, library: Library
) -> None:
    readers.many(10, answer="no")
    recount_all(database)
    assert titles(author.get("/library?sort=success").text) == ["guide-1", "guide-2"]
    with database.writing(None) as session:
        session.get_one(Guide, library.guide_ids[0]).kind = "challenge"
        session.get_one(Guide, library.guide_ids[0]).title_key = "z"
        for revision_id in library.revision_ids:
            current = select(CurrentRevision).where(CurrentRevision.revision_id == revision_id)
            assert session.scalars(current).one()
        session.commit()
    assert titles(author.get("/library?sort=success").text) == ["guide-2", "guide-1"]


def test_a_wrong_order_or_marker_does_no_harm(author: FlaskClient, library: Library) -> None:
    assert author.get("/library?sort=?&kind=?&show=?").status_code == 200
    assert author.get("/library?after=nonsense").status_code in (400, 422)
    assert author.get("/library/guide-1/answers?state=?&reason=?").status_code == 200
    assert author.get("/library/guide-1/answers?after=nonsense").status_code in (400, 422)
    assert author.get("/library/no-such-guide/answers").status_code == 404


@pytest.fixture
def comment(readers: Readers, world: World) -> UUID:
    """Our end user said that it did not work; how authors' addresses name that."""
    outcome_id = readers.add(
        answer="no", reason="unclear", comment="Which <b>button</b>?", member=world.end_user
    )
    return name_of(world.end_user.organization_id, outcome_id)


def reply(author: FlaskClient, comment_id: UUID, **form: str) -> Any:
    return author.post(f"/library/guide-1/answers/{comment_id}", data=form)


def test_an_author_reads_comments_without_name_or_organization(
    author: FlaskClient, comment: UUID, world: World
) -> None:
    page = author.get("/library/guide-1/answers").text
    assert "Which &lt;b&gt;button&lt;/b&gt;?" in page
    viewer = world.end_user.viewer
    for secret in (
        viewer.display_name,
        viewer.organization_name,
        world.end_user.email,
        str(viewer.organization_id),
        str(viewer.member_id),
    ):
        assert secret not in page


def test_an_answer_reaches_whoever_wrote_and_is_put_away(
    author: FlaskClient, comment: UUID, world: World, signed_in: SignIn
) -> None:
    answer = reply(author, comment, state="planned", reply="The green one; a picture comes.")
    assert answer.status_code == 302
    reader, mate = signed_in(world.end_user), signed_in(world.team_mate)
    home = reader.get("/").text
    assert "The author answered" in home
    assert "The green one; a picture comes." in home
    assert world.author.viewer.display_name not in home
    assert "The green one" not in mate.get("/").text
    outcome = re.search(r"/answers/([0-9a-f-]{36})/read", home)
    assert outcome
    for other in (mate, signed_in(world.stranger)):
        assert other.post(f"/answers/{outcome[1]}/read").status_code == 404
    for _twice in range(2):
        assert reader.post(f"/answers/{outcome[1]}/read").status_code == 302
    assert "The green one" not in reader.get("/").text
    # Saying the same again tells nobody anew.
    reply(author, comment, state="planned", reply="The green one; a picture comes.")
    assert "The green one" not in reader.get("/").text


def test_who_said_no_is_told_when_the_guide_was_mended(
    database: Database,
    author: FlaskClient,
    comment: UUID,
    world: World,
    signed_in: SignIn,
    library: Library,
) -> None:
    reply(author, comment, state="seen", reply="")
    reader = signed_in(world.end_user)
    assert "The author answered" not in reader.get("/").text
    with database.writing(None) as session:
        guide = session.get_one(Guide, library.guide_ids[0])
        revision = make_revision(session, guide, 2, clock.now())
        current = session.get_one(CurrentRevision, {"guide_id": guide.id, "language": "en"})
        current.revision_id = revision.id
        session.commit()
    reply(author, comment, state="done", reply="")
    home = words_of(reader.get("/").text)
    assert "Mended because of what you said" in home
    assert "There is a newer version" in home


BAD_REPLIES: dict[str, dict[str, str]] = {
    "no state": {"reply": "Yes."},
    "unknown state": {"state": "magic", "reply": "Yes."},
    "NUL": {"state": "seen", "reply": "a\0b"},
    "too long": {"state": "seen", "reply": "x" * 2_001},
    "very long": {"state": "seen", "reply": "x" * 100_000},
}


@pytest.mark.parametrize("form", BAD_REPLIES.values(), ids=BAD_REPLIES.keys())
def test_a_wrong_reply_says_why_keeps_what_was_typed_and_writes_nothing(
    database: Database, author: FlaskClient, comment: UUID, world: World, form: dict[str, str]
) -> None:
    answer = reply(author, comment, **form)
    assert answer.status_code == 422
    assert "Please look at this again" in answer.text
    assert form["reply"].replace("\0", "")[:1] in answer.text
    assert replies(database, world.end_user) == []


def replies(database: Database, who: Persona) -> list[tuple[str, str | None]]:
    query = select(CommentReply.state, CommentReply.reply).where(
        CommentReply.organization_id == who.organization_id
    )
    with database.reading(who.organization_id) as session:
        return [tuple(row) for row in session.execute(query)]


def test_a_comment_that_is_none_is_not_found(
    author: FlaskClient, comment: UUID, readers: Readers, world: World
) -> None:
    assert reply(author, uuid4(), state="seen", reply="").status_code == 404
    said_yes = name_of(world.end_user.organization_id, readers.add(answer="yes"))
    assert reply(author, said_yes, state="seen", reply="").status_code == 404
    other = author.post(f"/library/guide-2/answers/{comment}", data={"state": "seen"})
    assert other.status_code == 404


def test_the_same_form_twice_counts_once(
    database: Database, author: FlaskClient, comment: UUID, world: World
) -> None:
    form = {"state": "done", "reply": "Mended.", "request_id": str(uuid4())}
    first, second = (reply(author, comment, **form) for _ in range(2))
    assert (first.status_code, second.status_code) == (302, 302)
    assert replies(database, world.end_user) == [("done", "Mended.")]


def test_one_form_for_two_comments_does_not_tell_whether_they_are_of_one_organization(
    database: Database, author: FlaskClient, readers: Readers, world: World
) -> None:
    ours = world.end_user.organization_id
    comments = [name_of(ours, readers.add(answer="no", comment=f"No {n}")) for n in range(2)]
    form = {"state": "done", "reply": "Mended.", "request_id": str(uuid4())}
    for comment in comments:
        assert reply(author, comment, **form).status_code == 302
    assert replies(database, world.end_user) == [("done", "Mended.")] * 2


def test_a_comment_is_listed_once_and_without_the_answer_to_another_customers(
    database: Database, author: FlaskClient, readers: Readers, library: Library, world: World
) -> None:
    """An id names an answer within its organization; the same may be another's elsewhere."""
    ours, theirs = world.end_user.organization_id, world.stranger.organization_id
    outcome_id = readers.add(answer="no", comment="Which button?", member=world.end_user)
    with database.reading(ours) as session:
        mine = select(Outcome.__table__).where(
            Outcome.organization_id == ours, Outcome.id == outcome_id
        )
        row = dict(session.execute(mine).one()._mapping)
    key = dict(organization_id=theirs, id=outcome_id, guide_id=library.guide_ids[0])
    with database.writing(theirs) as session:
        session.execute(
            insert(Outcome.__table__).values(row | key | dict(member_id=None, team_id=None))
        )
        said = dict(organization_id=theirs, outcome_id=outcome_id, state="seen", reply="Elsewhere")
        said |= dict(person_id=world.author.viewer.person_id, changed_at=clock.now())
        session.execute(insert(CommentReply.__table__).values(said))
        session.commit()
    page = author.get("/library/guide-1/answers?state=new").text
    assert page.count('comment-words">Which button?') == 1
    assert "Elsewhere" not in page


@pytest.mark.parametrize(
    ("query", "shown"),
    [("", True), ("state=new", True), ("state=done", False), ("reason=unclear", True),
     ("reason=product_problem", False)],
)  # fmt: skip
def test_comments_are_filtered(author: FlaskClient, comment: UUID, query: str, shown: bool) -> None:
    page = author.get(f"/library/guide-1/answers?{query}").text
    assert ("button&lt;/b&gt;?" in page) is shown


def test_the_newest_comment_without_an_answer_comes_first(
    author: FlaskClient, readers: Readers, world: World, time: Time
) -> None:
    ours = world.end_user.organization_id
    first, second, _third = (
        name_of(ours, readers.add(answer="no", comment=f"Word {n}.")) for n in (1, 2, 3)
    )
    page = author.get("/library/guide-1/answers").text
    assert re.findall(r'comment-words">(Word \d)', page) == ["Word 3", "Word 2", "Word 1"]
    assert "<details open" not in " ".join(page.split())
    reply(author, second, state="planned", reply="A picture comes.")
    reply(author, first, state="seen", reply="")
    page = author.get("/library/guide-1/answers").text
    assert re.findall(r'comment-words">(Word \d)', page) == ["Word 3", "Word 1", "Word 2"]


def test_each_comment_is_on_one_page_and_saving_leads_back_to_it(
    author: FlaskClient, readers: Readers, world: World
) -> None:
    ours = world.end_user.organization_id
    ids = [name_of(ours, readers.add(answer="no", comment=f"Word {n}.")) for n in range(35)]
    for comment in ids[30:33]:
        reply(author, comment, state="planned", reply="Yes.")
    first = author.get("/library/guide-1/answers").text
    following = re.search(r'href="([^"]+after=[^"]+)"', first)
    assert following
    address = following[1].replace("&amp;", "&")
    second = author.get(address).text
    words = re.findall(r'comment-words">Word (\d+)', first + second)
    assert sorted(map(int, words)) == list(range(35))
    assert {int(word) for word in words[-3:]} == {30, 31, 32}
    form = re.search(r'action="(/library/guide-1/answers/[^"]+)"', second)
    assert form
    saved = author.post(form[1].replace("&amp;", "&"), data={"state": "seen", "reply": ""})
    assert saved.location == address


def miss(database: Database, who: Persona, words: str, times: int = 1) -> None:
    row = dict(organization_id=who.organization_id, member_id=who.member_id, words=words)
    with database.writing(who.organization_id) as session:
        session.execute(insert(SearchMiss).values(**row, times=times, last_at=clock.now()))
        session.commit()


def test_searches_are_shown_once_two_organizations_or_five_people_made_them(
    database: Database, author: FlaskClient, world: World, time: Time
) -> None:
    for who in (world.end_user, world.stranger):
        miss(database, who, "export to paper", times=2)
    for who in (world.end_user, world.team_mate, world.usm, world.owner):
        miss(database, who, "alma reader salary")
    miss(database, world.author, "staff"), miss(database, world.stranger, "staff")
    page = read(author, "/library/searches")
    assert "export to paper 4" in page
    assert "salary" not in page
    assert "staff" not in page


def test_one_person_of_two_organizations_is_one_person(
    database: Database, author: FlaskClient, world: World, time: Time
) -> None:
    theirs = make_twin(database, world.end_user, world.stranger.organization_id)
    for who in (world.end_user, theirs):
        miss(database, who, "my own project")
    assert "my own project" not in read(author, "/library/searches")


def make_twin(database: Database, persona: Persona, organization_id: UUID) -> Persona:
    """The same person as a member of another organization."""
    with database.writing(organization_id) as session:
        key = persona.email, persona.email, "Zyxomma Twin", frozenset({Role.END_USER})
        twin = ensure_member(organization_id, *key)
        session.commit()
    viewer = replace(persona.viewer, organization_id=organization_id, member_id=twin.id)
    return replace(persona, viewer=viewer)


def test_searches_are_forgotten_after_180_days(
    database: Database, author: FlaskClient, world: World, time: Time
) -> None:
    for who in (world.end_user, world.stranger):
        miss(database, who, "export to paper")
    time.pass_days(181)
    forget_misses(database, world.author.organization_id, "")()
    assert "export to paper" not in read(author, "/library/searches")


def test_the_pages_are_the_authors(signed_in: SignIn, world: World, library: Library) -> None:
    for who in (world.end_user, world.usm, world.csm):
        browser = signed_in(who)
        for address in ("/library", "/library/searches", "/library/guide-1/answers"):
            assert browser.get(address).status_code == 403
