"""Pictures, videos and shared pieces of the content folder, as texts show them."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from portal.guides.content import GuideSource, read_guides
from portal.guides.rendering import Renderer
from portal.guides.snippets import BadSnippet, SnippetFolder
from tests.conftest import SignIn, World
from tests.content_folder import ContentFolder

MP4 = b"\x00\x00\x00\x18ftypmp42" + b"\x00" * 40


@pytest.fixture
def folder(tmp_path: Path) -> ContentFolder:
    return ContentFolder(tmp_path / "content")


def made(folder: ContentFolder, body: str) -> GuideSource:
    folder.guide("shown", body=body)
    return next(guide for guide in read_guides(folder.root).sources if guide.slug == "shown")


def html(folder: ContentFolder, body: str) -> str:
    return made(folder, body).rendered.html


# Pictures


def test_shows_a_picture_at_an_address_that_changes_with_it(folder: ContentFolder) -> None:
    folder.picture("close/list.png")
    first = html(folder, "![The list](../media/close/list.png)")
    assert re.search(r'src="/guides/media/[0-9a-f]{12}/close/list\.png" alt="The list"', first)
    assert 'width="4" height="3" loading="lazy"' in first
    folder.picture("close/list.png", colour="blue")
    assert html(folder, "![The list](../media/close/list.png)") != first


def test_takes_the_dark_picture_beside_it(folder: ContentFolder) -> None:
    folder.picture("list.png")
    folder.picture("list.dark.png", colour="black")
    both = html(folder, "![The list](../media/list.png)")
    assert both.count("<img") == 2
    assert "list.dark.png" in both


def test_reads_the_size_of_a_drawing(folder: ContentFolder) -> None:
    folder.picture("x.png")
    svg = "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 40 30'><path d='M0 0'/></svg>"
    (folder.root / "media/d.svg").write_text(svg)
    assert 'width="40" height="30"' in html(folder, "![A drawing](../media/d.svg)")


def test_shows_a_video_with_captions_in_each_language(folder: ContentFolder) -> None:
    folder.picture("x.png")
    (folder.root / "media/close.mp4").write_bytes(MP4)
    for name in ("close.en.vtt", "close.de.vtt"):
        (folder.root / "media" / name).write_text("WEBVTT\n\n00:00.000 --> 00:01.000\nHello\n")
    video = html(folder, "![How to close](../media/close.mp4)")
    assert video.count("<track") == 2
    assert 'srclang="de" label="Deutsch" default' in video
    assert 'aria-label="How to close"' in video


def test_makes_a_new_revision_of_what_shows_another_picture(folder: ContentFolder) -> None:
    folder.picture("list.png")
    before = made(folder, "![The list](../media/list.png)")
    folder.picture("list.png", colour="blue")
    after = made(folder, "![The list](../media/list.png)")
    assert before.uses.keys() == after.uses.keys() == {"list.png"}
    assert before.uses != after.uses
    assert before.render_key != after.render_key


# Served


@pytest.fixture
def served(app: Flask, folder: ContentFolder, monkeypatch: pytest.MonkeyPatch) -> ContentFolder:
    settings = app.config["PORTAL"].model_copy(update={"content_dir": folder.root})
    monkeypatch.setitem(app.config, "PORTAL", settings)
    folder.picture("list.png")
    return folder


@pytest.fixture
def get(world: World, signed_in: SignIn) -> Callable[[str], TestResponse]:
    client: FlaskClient = signed_in(world.end_user)
    return lambda address: client.get(address)


@pytest.mark.database
def test_hands_a_picture_out_for_good(
    served: ContentFolder, get: Callable[[str], TestResponse]
) -> None:
    match = re.search(r'src="([^"]+)"', html(served, "![The list](../media/list.png)"))
    assert match
    with get(match[1]) as answer:
        assert answer.data == (served.root / "media/list.png").read_bytes()
        assert answer.mimetype == "image/png"
        assert "immutable" in answer.headers["Cache-Control"]
        assert "private" in answer.headers["Cache-Control"]
    old = get("/guides/media/0123456789ab/list.png")
    assert old.location == match[1]
    assert "no-store" in old.headers["Cache-Control"]


@pytest.mark.database
def test_lets_a_drawing_only_draw(
    served: ContentFolder, get: Callable[[str], TestResponse]
) -> None:
    (served.root / "media/d.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    with get(get("/guides/media/0/d.svg").location) as answer:
        assert "sandbox" in answer.headers.getlist("Content-Security-Policy")[0]


@pytest.mark.database
@pytest.mark.parametrize(
    "name", ["no.png", "secret.md", "../guide.png", "%2e%2e/guide.png", "link.png", ".png"]
)
def test_hands_out_nothing_but_media(
    served: ContentFolder, get: Callable[[str], TestResponse], name: str
) -> None:
    for file in ("media/secret.md", "guide.png", "media/.png"):
        (served.root / file).write_text("not yours")
    (served.root / "media/link.png").symlink_to(served.root / "guide.png")
    assert get(f"/guides/media/0123456789ab/{name}").status_code == 404


# Pieces


def test_puts_pieces_in_also_inside_of_lists_and_other_pieces(folder: ContentFolder) -> None:
    folder.snippet("inner.md", "The *inner* one.\n")
    folder.snippet("parts/outer.md", 'Before.\n\n--8<-- "inner.md"\n')
    shown = html(folder, '1. Do\n\n    --8<-- "parts/outer.md"\n\n2. See\n')
    assert shown.count("<ol>") == 1
    assert "<p>Before.</p>\n<p>The <em>inner</em> one.</p>" in shown
    uses = made(folder, '--8<-- "parts/outer.md"\n').uses
    assert uses.keys() == {"snippets/parts/outer.md", "snippets/inner.md"}


def test_says_which_line_names_a_piece_that_is_not_there(folder: ContentFolder) -> None:
    folder.guide("shown", body='One.\n\n--8<-- "gone.md"\n')
    (problem,) = read_guides(folder.root).problems
    assert problem.what == "There is no piece “gone.md” that can be read."
    assert problem.line == 20


def test_renders_nothing_that_it_rendered_before(folder: ContentFolder) -> None:
    first = made(folder, "One.\n")
    kept = Renderer(folder.root, {first.render_key: first.rendered})
    assert kept.render(first.body, "en").rendered is first.rendered
    assert kept.render(first.body, "de").rendered is not first.rendered


@pytest.mark.parametrize(
    ("pieces", "why"),
    [
        ({"a.md": '--8<-- "a.md"'}, "holds itself"),
        ({"a.md": '--8<-- "b.md"', "b.md": '--8<-- "a.md"'}, "holds itself"),
        (
            {"a.md": '--8<-- "0.md"'} | {f"{n}.md": f'--8<-- "{n + 1}.md"' for n in range(9)},
            "more than 5 deep",
        ),
        (
            {"a.md": '--8<-- "1.md"\n' * 90, "1.md": '--8<-- "2.md"\n' * 90, "2.md": "x" * 900},
            "larger than 200 KB",
        ),
        ({}, "no piece"),
        ({"a.md": "x" * 300_000}, "no piece"),
    ],
)
def test_puts_nothing_in_without_end(
    folder: ContentFolder, pieces: dict[str, str], why: str
) -> None:
    for name, text in pieces.items():
        folder.snippet(name, text)
    with pytest.raises(BadSnippet, match=why):
        SnippetFolder(folder.root).expand('\n--8<-- "a.md"')


@pytest.mark.parametrize(
    "name", ["../goals/close-faster.md", "/etc/passwd", "a/../../x.md", "link.md", "x.txt"]
)
def test_puts_nothing_in_from_elsewhere(folder: ContentFolder, name: str) -> None:
    folder.snippet("x.txt", "secret")
    (folder.root / "secret.md").write_text("secret")
    (folder.root / "snippets/link.md").symlink_to(folder.root / "secret.md")
    with pytest.raises(BadSnippet, match="no piece"):
        SnippetFolder(folder.root).expand(f'--8<-- "{name}"')
