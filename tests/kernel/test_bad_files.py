"""What strangers may send as a file: each is refused in words, at its field."""

import hashlib
import json
import struct
import warnings
import zipfile
import zlib
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from uuid import uuid4

import pytest
from PIL import Image, ImageFile

from portal import pictures
from portal.backup import archive
from portal.backup.archive import BackupError
from portal.errors import Invalid
from tests.factories import make_upload

NO_PICTURE = "This is no picture that can be read here."
DAMAGED = "This picture is damaged."
TOO_MANY_PIXELS = "This picture has more than 25 million pixels."
DRAWING = "SVG drawings are not taken"


def chunk(kind: bytes, content: bytes) -> bytes:
    """A chunk of a PNG file."""
    check = zlib.crc32(kind + content)
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", check)


def png(width: int, height: int, rows: bytes, *more: bytes) -> bytes:
    """A PNG that says it is so large, with rows that may be anything."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = (chunk(b"IHDR", head), *more, chunk(b"IDAT", zlib.compress(rows)), chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def other_kind(kind: str) -> bytes:
    written = BytesIO()
    Image.new("RGB", (4, 4)).save(written, kind)
    return written.getvalue()


def cut(upload: bytes, share: float) -> bytes:
    return upload[: int(len(upload) * share)]


def noise(kind: str) -> bytes:
    """A picture that fills some space."""
    written = BytesIO()
    Image.effect_noise((200, 200), 80).convert("RGB").save(written, kind)
    return written.getvalue()


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'

REFUSED = {
    "nothing": (b"", "Choose a picture."),
    "one byte": (b"\x89", NO_PICTURE),
    "text": (b"my logo", NO_PICTURE),
    "a page": (b"<!doctype html><script>alert(1)</script>", NO_PICTURE),
    "zeros": (b"\0" * 100_000, NO_PICTURE),
    "too many bytes": (b"\x89PNG" + b"\0" * pictures.LARGEST_FILE, "This file is too large."),
    "svg": (SVG, DRAWING),
    "svg with a declaration": (b"<?xml version='1.0'?><!DOCTYPE svg>" + SVG, DRAWING),
    "svg after a mark and comments": (b"\xef\xbb\xbf<!-- " + b"x" * 500 + b"-->" + SVG, DRAWING),
    "svg in utf-16": (SVG.decode().encode("utf-16"), DRAWING),
    "gif": (other_kind("GIF"), NO_PICTURE),
    "bmp": (other_kind("BMP"), NO_PICTURE),
    "tiff": (other_kind("TIFF"), NO_PICTURE),
    "ico": (other_kind("ICO"), NO_PICTURE),
    "avif": (other_kind("AVIF"), NO_PICTURE),
    "pdf": (b"%PDF-1.7\n1 0 obj", NO_PICTURE),
    "postscript": (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", NO_PICTURE),
    "zip": (b"PK\x03\x04" + b"\0" * 30, NO_PICTURE),
    "program": (b"\x7fELF" + b"\0" * 60, NO_PICTURE),
    "script that claims to be a gif": (b"GIF89a/*" + b"*/=alert(1)//", NO_PICTURE),
    "png head alone": (b"\x89PNG\r\n\x1a\n", NO_PICTURE),
    "png cut in the middle": (cut(noise("PNG"), 0.5), DAMAGED),
    "jpeg cut in the middle": (cut(noise("JPEG"), 0.5), DAMAGED),
    "webp cut in the middle": (cut(noise("WEBP"), 0.5), (NO_PICTURE, DAMAGED)),
    "png with rows that are no rows": (png(40, 40, b"\xff" * 50), DAMAGED),
    "png without a size": (png(0, 0, b""), (NO_PICTURE, DAMAGED)),
    "bomb: a hundred million pixels": (png(10_000, 10_000, b"\0" * 100), TOO_MANY_PIXELS),
    "bomb: four billion pixels": (png(65_000, 65_000, b"\0" * 100), TOO_MANY_PIXELS),
    "bomb: one endless row": (png(2**31 - 1, 1, b"\0" * 100), TOO_MANY_PIXELS),
    "bomb: 26 million pixels in 25 kB": (make_upload(size=(5_200, 5_000)), TOO_MANY_PIXELS),
    "bomb: a packed note": (
        png(2, 2, b"\0" * 14, chunk(b"zTXt", b"k\0\0" + zlib.compress(b"x" * 80_000_000))),
        (NO_PICTURE, DAMAGED),
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_it_refuses_what_is_no_picture(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)  # WeasyPrint does.
    upload, words = REFUSED[name]
    with pytest.raises(Invalid) as refused:
        pictures.read(upload, "logo")
    assert refused.value.field == "logo"
    assert refused.value.message.startswith(words)


SECRET = b"<script>alert('behind the picture')</script>"


def with_notes(kind: str) -> bytes:
    """A photo that says where it was taken, in every way that its format has."""
    exif = Image.Exif()
    exif[0x010E] = SECRET.decode()
    exif.get_ifd(0x8825)[1] = "N"
    return make_upload(kind, exif=exif, icc_profile=SECRET, xmp=SECRET, comment=SECRET)


KEPT = {
    "png": make_upload("PNG"),
    "jpeg": make_upload("JPEG"),
    "webp": make_upload("WEBP"),
    "jpeg with a page behind it": make_upload("JPEG") + SECRET,
    "png with an archive behind it": make_upload("PNG") + b"PK\x03\x04" + SECRET,
    "png with a note": png(2, 2, b"\0" * 14, chunk(b"tEXt", b"Comment\0" + SECRET)),
    "jpeg with notes": with_notes("JPEG"),
    "png with notes": with_notes("PNG"),
    "webp with notes": with_notes("WEBP"),
}


@pytest.mark.parametrize("name", KEPT)
def test_it_keeps_nothing_but_the_pixels(name: str) -> None:
    picture = pictures.read(KEPT[name], "logo")
    assert b"script" not in picture.content
    with Image.open(BytesIO(picture.content)) as kept:
        assert f"image/{kept.format.lower()}" == picture.content_type
        assert set(kept.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"} | {
            "loop",
            "background",
            "timestamp",
            "duration",
        }
        assert not kept.getexif()
    assert len(picture.content) < 2_000


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16", "I", "F", "CMYK"])
@pytest.mark.parametrize("kind", pictures.CONTENT_TYPES)
def test_it_takes_every_kind_of_colour(kind: str, mode: str) -> None:
    written = BytesIO()
    try:
        Image.new(mode, (30, 20)).save(written, kind)
    except (OSError, ValueError):
        pytest.skip("the format has no such colours")
    picture = pictures.read(written.getvalue(), "logo")
    assert (picture.width, picture.height) == (30, 20)


def test_it_keeps_what_is_see_through() -> None:
    written = BytesIO()
    Image.new("RGBA", (3, 3), (10, 20, 30, 0)).convert("P").save(written, "PNG", transparency=0)
    picture = pictures.read(written.getvalue(), "logo")
    with Image.open(BytesIO(picture.content)) as kept:
        assert kept.convert("RGBA").getpixel((1, 1))[3] == 0


def test_it_keeps_the_shades_of_a_picture_with_16_bits() -> None:
    written = BytesIO()
    Image.new("I;16", (3, 3), 0x8000).save(written, "PNG")
    picture = pictures.read(written.getvalue(), "logo")
    with Image.open(BytesIO(picture.content)) as kept:
        assert abs(kept.convert("L").getpixel((1, 1)) - 0x80) <= 1


def test_it_scales_down_but_not_up() -> None:
    large = pictures.read(make_upload(size=(3_000, 1_500)), "logo", longest_side=512)
    assert (large.width, large.height) == (512, 256)
    small = pictures.read(make_upload(size=(30, 15)), "logo", longest_side=512)
    assert (small.width, small.height) == (30, 15)


def test_it_turns_a_photo_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # The camera was held on its side.
    picture = pictures.read(make_upload("JPEG", (40, 20), exif=exif), "photo")
    assert (picture.width, picture.height) == (20, 40)


DATABASE = "database.sqlite"
MEDIA = f"media/{uuid4()}/{uuid4()}.png"
CONTENT = {DATABASE: b"SQLite format 3" * 100, MEDIA: b"a picture"}
Parts = dict[str, bytes]


def entry(name: str, content: bytes, **changes: object) -> dict[str, object]:
    digest = hashlib.sha256(content).hexdigest()
    return {"name": name, "size": len(content), "sha256": digest} | changes


def packed(content: Parts | None = None, /, *more: dict[str, object], **changes: object) -> bytes:
    """A backup with these files, and a manifest that lists them unless it is changed."""
    parts = CONTENT if content is None else content
    manifest = {
        "format": "waymark-backup-1",
        "made_at": "2026-11-25T07:00:00Z",
        "version": "0.1.0",
        "database": "sqlite",
        "revision": "0123456789ab",
        "rows": {},
        "files": [*(entry(name, parts[name]) for name in parts), *more],
    }
    return zipped(parts | {archive.MANIFEST: json.dumps(manifest | changes).encode()})


def zipped(parts: Parts, kind: int = zipfile.ZIP_DEFLATED) -> bytes:
    written = BytesIO()
    with zipfile.ZipFile(written, "w", kind) as made:
        for name, content in parts.items():
            made.writestr(name, content)
    return written.getvalue()


def twice() -> bytes:
    """A file that is in the archive two times."""
    written = BytesIO(packed())
    with zipfile.ZipFile(written, "a") as made, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        made.writestr(DATABASE, b"another")
    return written.getvalue()


def bent(at: float) -> bytes:
    """A backup in which some bytes rotted."""
    good = bytearray(packed({DATABASE: bytes(range(256)) * 400}))
    place = int(len(good) * at)
    good[place : place + 8] = b"\xff" * 8
    return bytes(good)


def bomb() -> bytes:
    """64 MB of zeros in 64 kB."""
    return zipped({DATABASE: ZEROS})


def with_manifest(made: bytes, *entries: dict[str, object]) -> bytes:
    written = BytesIO(made)
    manifest = zipfile.ZipFile(BytesIO(packed({}, *entries))).read(archive.MANIFEST)
    with zipfile.ZipFile(written, "a") as opened:
        opened.writestr(archive.MANIFEST, manifest)
    return written.getvalue()


def shrunk(upload: bytes, size: int, said: int) -> bytes:
    """The same archive, whose directory and headers say another size of a file."""
    return upload.replace(struct.pack("<I", size), struct.pack("<I", said))


ZEROS = b"\0" * (64 << 20)
NAMED = {
    "a way out": "../../etc/cron.d/waymark",
    "a place at the root": "/etc/passwd",
    "a way out of the media": "media/../../waymark.db",
    "a way out with backslashes": "media\\..\\waymark.db",
    "a script": f"media/{uuid4()}/{uuid4()}.py",
    "no id": "media/logo.png",
    "a second line": f"{MEDIA}\n",
    "upper case": MEDIA.upper(),
}

NO_BACKUP = "is no backup, or its end is missing"
IS_DAMAGED = "This backup is damaged"
TAMPERED = "This backup holds a file twice"
MANIFEST = "This backup's manifest cannot be read"

BACKUPS: dict[str, tuple[Callable[[], bytes], str]] = {
    "nothing": (lambda: b"", NO_BACKUP),
    "text": (lambda: b"my backup", NO_BACKUP),
    "a picture": (make_upload, NO_BACKUP),
    "an embedded database": (lambda: b"SQLite format 3\0" + b"\0" * 4096, NO_BACKUP),
    "a dump": (lambda: b"PGDMP" + b"\0" * 4096, NO_BACKUP),
    "half of one": (lambda: cut(packed(), 0.5), NO_BACKUP),
    "one without its last byte": (lambda: packed()[:-1], NO_BACKUP),
    "somebody else's archive": (lambda: zipped({"notes.txt": b"mine"}), "it has no manifest"),
    "an empty archive": (lambda: zipped({}), "it has no manifest"),
    "a manifest that is no json": (lambda: zipped({archive.MANIFEST: b"hello"}), MANIFEST),
    "a manifest that is a list": (lambda: zipped({archive.MANIFEST: b"[]"}), MANIFEST),
    "a manifest of lists in lists": (
        lambda: zipped({archive.MANIFEST: b"[" * 100_000}),
        MANIFEST,
    ),
    "a manifest in another encoding": (
        lambda: zipped({archive.MANIFEST: '{"ä": 1}'.encode("latin-1")}),
        MANIFEST,
    ),
    "a later format": (lambda: packed(format="waymark-backup-2"), MANIFEST),
    "something more in the manifest": (lambda: packed(run="rm -rf /"), MANIFEST),
    "a size below nothing": (lambda: packed({}, entry(DATABASE, b"", size=-1)), MANIFEST),
    "a size that is no number": (lambda: packed({}, entry(DATABASE, b"", size="x")), MANIFEST),
    "a checksum that is none": (lambda: packed({}, entry(DATABASE, b"", sha256="0")), MANIFEST),
    "no database": (lambda: packed({MEDIA: b"x"}), "holds no database"),
    "a file too many": (
        lambda: with_manifest(zipped(CONTENT | {"keys": b""}), entry(DATABASE, CONTENT[DATABASE])),
        IS_DAMAGED,
    ),
    "a file too few": (lambda: packed({DATABASE: b"x"}, entry(MEDIA, b"x")), IS_DAMAGED),
    "a file twice": (twice, TAMPERED),
    "a file twice in the manifest": (
        lambda: packed(CONTENT, entry(MEDIA, CONTENT[MEDIA])),
        TAMPERED,
    ),
    "another content of the same size": (
        lambda: with_manifest(zipped({DATABASE: b"one"}), entry(DATABASE, b"two")),
        IS_DAMAGED,
    ),
    "bytes that rotted at the start": (lambda: bent(0.1), IS_DAMAGED),
    "bytes that rotted in the middle": (lambda: bent(0.4), IS_DAMAGED),
    "a bomb that says what it is": (
        lambda: with_manifest(bomb(), entry(DATABASE, b"", size=10**15)),
        IS_DAMAGED,
    ),
    "a bomb that says it is small": (
        lambda: with_manifest(bomb(), entry(DATABASE, b"0123456789")),
        IS_DAMAGED,
    ),
    "a bomb whose headers lie": (
        lambda: shrunk(packed({DATABASE: ZEROS}, files=[entry(DATABASE, b"0" * 10)]), 64 << 20, 10),
        IS_DAMAGED,
    ),
    "a manifest that is a bomb": (
        lambda: zipped({archive.MANIFEST: b" " * (archive.LARGEST_MANIFEST + 1)}),
        "its manifest is too large",
    ),
} | {
    f"a name that is {what}": (lambda name=name: packed(CONTENT | {name: b"x"}), MANIFEST)
    for what, name in NAMED.items()
}


@pytest.mark.parametrize("name", BACKUPS)
def test_it_restores_nothing_that_is_no_backup(name: str, tmp_path: Path) -> None:
    make, words = BACKUPS[name]
    file, target = tmp_path / "backup.zip", tmp_path / "target"
    file.write_bytes(make())
    target.mkdir()
    with pytest.raises(BackupError) as refused, archive.opened(file) as found:
        found.extract(target)
    assert words in refused.value.message
    assert written_bytes(target) < 3 * archive.CHUNK
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["backup.zip"]


def written_bytes(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def test_it_unpacks_a_backup_that_is_one(tmp_path: Path) -> None:
    file = tmp_path / "backup.zip"
    file.write_bytes(packed())
    with archive.opened(file) as found:
        found.check()
        found.extract(tmp_path)
    assert {name: (tmp_path / name).read_bytes() for name in CONTENT} == CONTENT


def test_it_says_that_the_disk_is_too_small(tmp_path: Path, monkeypatch) -> None:
    file = tmp_path / "backup.zip"
    file.write_bytes(packed())
    full = type("Usage", (), {"free": 10})
    monkeypatch.setattr(archive.shutil, "disk_usage", lambda _folder: full)
    with archive.opened(file) as found, pytest.raises(BackupError, match="so much is not free"):
        found.extract(tmp_path / "target")
