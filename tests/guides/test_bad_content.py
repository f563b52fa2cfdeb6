"""Files that an author may bring along, by mistake or on purpose: each is refused in words.

Every case goes through the whole publication. What it must show: a line that says what is wrong
and how to mend it, nothing published, what readers had before is still there, and soon.
"""

import struct
import time
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image, ImageFile

from portal import publishing
from portal.db import Database
from portal.guides.service.reading import get_guide_page
from tests.content_folder import ContentFolder

pytestmark = pytest.mark.database

SOON = 4
"""Seconds of work for any of them."""

Make = Callable[[ContentFolder], object]


def front(text: str | bytes, body: str = "Text.\n") -> Make:
    """A guide with this between the dashes."""
    data = text if isinstance(text, bytes) else text.encode()
    whole = b"---\n" + data + b"\n---\n\n" + body.encode()
    return lambda folder: (folder.root / "guides/bad.md").write_bytes(whole)


def whole(data: bytes, name: str = "guides/bad.md") -> Make:
    def make(folder: ContentFolder) -> None:
        path = folder.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)

    return make


def body(text: str) -> Make:
    return lambda folder: folder.guide("bad", body=text)


def keys(**front: object) -> Make:
    return lambda folder: folder.guide("bad", **front)


def shown(name: str, data: bytes | None = None) -> Make:
    """A guide that shows a file of the media folder."""

    def make(folder: ContentFolder) -> None:
        folder.picture("there.png")
        if data is not None:
            (folder.root / "media" / name).write_bytes(data)
        folder.guide("bad", body=f"![Words](../media/{name})\n")

    return make


def svg(inside: str, before: str = "") -> bytes:
    opening = "<svg xmlns='http://www.w3.org/2000/svg' xmlns:x='http://www.w3.org/1999/xlink'>"
    return f"{before}{opening}{inside}</svg>".encode()


def png(width: int, height: int, *chunks: tuple[bytes, bytes]) -> bytes:
    """A file that says it has so many pixels, and has none."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        checked = kind + data
        return struct.pack(">I", len(data)) + checked + struct.pack(">I", zlib.crc32(checked))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    rest = b"".join(chunk(*more) for more in chunks)
    return (
        b"\x89PNG\r\n\x1a\n"
        + header
        + rest
        + chunk(b"IDAT", zlib.compress(b"\0"))
        + chunk(b"IEND", b"")
    )


def linked(name: str, target: str) -> Make:
    """A link out of the content folder."""

    def make(folder: ContentFolder) -> None:
        secret = folder.root.parent / "secret.png"
        Image.new("RGB", (4, 3)).save(secret)
        folder.picture("there.png")
        (folder.root / name).symlink_to(secret if target == "file" else folder.root.parent)
        folder.guide(
            "bad", body="![Words](../media/link.png)\n\n![Words](../media/out/secret.png)\n"
        )

    return make


LAUGHS = "a: &a [x, x]\n" + "".join(f"b{n}: &b{n} [*a, *a, *a, *a]\n" for n in range(20))
ENTITIES = "<!DOCTYPE svg [<!ENTITY a 'aaaaaaaaaa'>]>"

CASES: dict[str, tuple[Make, str]] = {
    # Front matter
    "no front matter": (whole(b"# A\n\nText\n"), "front matter is missing"),
    "an empty file": (whole(b""), "front matter is missing"),
    "front matter without an end": (whole(b"---\ntitle: a\n\nText\n"), "front matter is missing"),
    "empty front matter": (front(""), "front matter is"),
    "a list as front matter": (front("- a\n- b"), "key: value"),
    "words as front matter": (front("just words"), "key: value"),
    "broken YAML": (front("title: 'a"), "can't be read"),
    "a tab in YAML": (front("title: a\n\tkind: b"), "can't be read"),
    "a billion laughs": (front(LAUGHS), "aliases (*) are not allowed"),
    "deep lists": (front("title: " + "[" * 3_000 + "]" * 3_000), "nested too deep"),
    "deep mappings": (front("a: " + "{b: " * 500 + "1" + "}" * 500), "nested too deep"),
    "a Python object": (front("title: !!python/object/apply:os.system [id]"), "“title”"),
    "a key twice": (front("title: a\ntitle: b"), "stands there twice"),
    "a key that is a list": (front("? [a, b]\n: c"), "a key must be a word"),
    "two documents": (front("title: a\n...\n---x\ntitle: b"), "can't be read"),
    "a huge value": (front("title: " + "a" * 30_000), "too long"),
    "NUL in front matter": (front(b"title: a\0b"), "can't be read"),
    "an unknown key": (keys(titel="a"), "“titel” is not known here"),
    "minutes as words": (keys(minutes="five"), "“minutes” can't be"),
    "minutes beyond reason": (keys(minutes="9" * 400), "“minutes” can't be"),
    "a day that is none": (keys(review="2026-02-31"), "“review”"),
    "a review before the check": (keys(review="2020-01-01"), "not after the last check"),
    "a slug out of the folder": (keys(goal="../../etc"), "“goal” can't be"),
    "an unknown goal": (keys(goal="gone"), "There is no goal “gone”"),
    "no purpose": (keys(purpose=None), "“purpose” is missing"),
    "no way to see success": (keys(evidence=None), "“evidence” is missing"),
    "a release of nothing": (keys(kind="release"), "names the features"),
    "a circle": (keys(requires=["bad"]), "bad → bad"),
    # Files
    "no UTF-8": (whole(b"---\ntitle: \xff\xfe\n---\n"), "not UTF-8"),
    "UTF-16": (whole("---\ntitle: a\n---\n".encode("utf-16")), "not UTF-8"),
    "a binary file": (whole(bytes(range(256)) * 40), "not UTF-8"),
    "a huge file": (whole(b"---\ntitle: a\n---\n" + b"a" * 400_000), "larger than 250 KB"),
    "a folder of that name": (
        lambda folder: (folder.root / "guides/bad.md").mkdir(),
        "can't be read",
    ),
    "a link to nowhere": (
        lambda folder: (folder.root / "guides/bad.md").symlink_to("/nowhere.md"),
        "can't be read",
    ),
    "a name that is no address": (whole(b"x", "guides/Bad Name.md"), "can't be part of an address"),
    # Texts
    "a huge text": (body("ä" * 110_000), "larger than 200 KB"),
    "deep quotes": (body("> " * 300 + "a"), "deep inside each other"),
    "tangled text": (body("[a](" * 40_000), "too tangled"),
    "raw tags without end": (body("<div>" * 2_000), "too much raw HTML"),
    "code without end": (body("```\ncode\n"), "does not end"),
    "a tab without end": (body('=== "Tab\n\n    x\n'), "not complete"),
    "an empty tab": (body('=== "Tab"\n\nx\n'), "holds nothing"),
    "a script": (body("<script>alert(1)</script>\n"), "taken out"),
    "a frame": (body("<iframe src='https://evil.example'></iframe>\n"), "taken out"),
    "a form": (body("<form action='/sign-out'><button>x</button></form>\n"), "taken out"),
    "a javascript link": (body("[x](javascript:alert)\n"), "leads nowhere"),
    "a data link": (body("[x](data:text/html,a)\n"), "leads nowhere"),
    "a dead link": (body("[x](gone.md)\n"), "leads nowhere"),
    "a dead anchor": (body("[x](lock-period.md#gone)\n"), "that guide's headings"),
    "a piece that is not there": (body('--8<-- "gone.md"\n'), "no piece"),
    "a piece from elsewhere": (body('--8<-- "../goals/close-faster.md"\n'), "no piece"),
    # Pictures and videos
    "a picture that is not there": (shown("gone.png"), "no such file"),
    "a picture from elsewhere": (body("![x](https://evil.example/x.png)\n"), "media folder"),
    "a picture out of the folder": (body("![x](../media/../secret.png)\n"), "media folder"),
    "a picture without words": (
        lambda folder: (folder.picture("a.png"), folder.guide("bad", body="![](../media/a.png)")),
        "no words",
    ),
    "no picture at all": (shown("a.png", b"not a picture"), "no PNG file"),
    "another format": (shown("a.jpg", png(4, 4)), "no JPEG file"),
    "a cut picture": (shown("a.png", png(4, 4)[:20]), "no PNG file"),
    "a huge picture": (shown("a.png", png(30_000, 30_000)), "pixels"),
    "a picture of a million rows": (shown("a.png", png(1, 1_000_000)), "pixels"),
    "a large file": (shown("a.png", png(4, 4) + b"\0" * 6_000_000), "larger than"),
    "notes that unpack to much": (
        shown("a.png", png(4, 4, (b"zTXt", b"Comment\0\0" + zlib.compress(b"\0" * 50_000_000)))),
        "no PNG file",
    ),
    "a script in a drawing": (shown("a.svg", svg("<script>x()</script>")), "more than draw"),
    "a handler in a drawing": (shown("a.svg", svg("<path onload='x()'/>")), "more than draw"),
    "HTML in a drawing": (
        shown("a.svg", svg("<foreignObject><b xmlns='h'>x</b></foreignObject>")),
        "more than draw",
    ),
    "a drawing that loads": (
        shown("a.svg", svg("<image x:href='https://evil.example/x.png'/>")),
        "more than draw",
    ),
    "a style that loads": (
        shown("a.svg", svg("<style>@import 'https://evil.example';</style>")),
        "more than draw",
    ),
    "entities in a drawing": (shown("a.svg", svg("&a;", ENTITIES)), "more than draw"),
    "a hidden encoding": (
        shown("a.svg", svg("", "<?xml version='1.0' encoding='utf-7'?>")),
        "no SVG file",
    ),
    "a broken drawing": (shown("a.svg", b"<svg"), "no SVG file"),
    "a page as a drawing": (shown("a.svg", b"<html><body/></html>"), "no SVG file"),
    "an unknown kind": (shown("a.exe", b"MZ"), "no known kind"),
    "no video": (shown("a.mp4", b"not a video"), "no video file"),
    "a video without captions": (
        shown("a.mp4", b"\0\0\0\x18ftypmp42" + b"\0" * 9),
        "no captions",
    ),
    "a picture that is a link": (linked("media/link.png", "file"), "no such file"),
    "a folder that is a link": (linked("media/out", "folder"), "no such file"),
}


@pytest.fixture(autouse=True)
def forgiving(monkeypatch: pytest.MonkeyPatch) -> None:
    """As Pillow is in a process that has drawn a PDF."""
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)


@pytest.mark.parametrize(("make", "why"), CASES.values(), ids=CASES.keys())
def test_is_refused_in_words(database: Database, tmp_path: Path, make: Make, why: str) -> None:
    folder = ContentFolder(tmp_path / "content")
    assert publishing.publish(database, folder.root).is_published
    make(folder)
    begun = time.process_time()
    report = publishing.publish(database, folder.root)
    assert time.process_time() - begun < SOON
    errors = [problem for problem in report.problems if problem.severity == "error"]
    assert not report.is_published
    assert any(why in f"{problem.what} {problem.mend}" for problem in errors), errors
    assert all(problem.line >= 1 and problem.file.startswith("content/") for problem in errors)
    with database.reading(None):
        assert get_guide_page("match-bank-file", "en").title == "Match the bank file"


HARMLESS: dict[str, Make] = {
    "a folder of pictures that is a file": whole(b"x", "media"),
    "a snippet that nobody uses": whole(b"\xff\xfe", "snippets/x.md"),
    "hidden files": whole(b"\xff", "guides/.bad.md"),
    "words that look like a script": body("`<script>` and &lt;script&gt; and 1 < 2\n"),
}


@pytest.mark.parametrize("make", HARMLESS.values(), ids=HARMLESS.keys())
def test_is_no_reason_to_refuse(database: Database, tmp_path: Path, make: Make) -> None:
    folder = ContentFolder(tmp_path / "content")
    make(folder)
    begun = time.process_time()
    report = publishing.publish(database, folder.root)
    assert time.process_time() - begun < SOON
    assert report.is_published, report.problems
