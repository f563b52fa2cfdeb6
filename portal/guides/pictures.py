"""Looking at picture files without trusting them: what they are, how large, and what is wrong.

The only importer of Pillow for content. Nothing is decoded: a small file may claim to be huge.
"""

import re
import warnings
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from PIL import Image, ImageFile, UnidentifiedImageError

from portal.i18n import gettext as _

FORMATS = {
    ".png": "PNG",
    ".jpg": "JPEG",
    ".jpeg": "JPEG",
    ".gif": "GIF",
    ".webp": "WEBP",
    ".avif": "AVIF",
}
PICTURES = frozenset({*FORMATS, ".svg"})
MAX_PICTURE_BYTES = 5_000_000
MAX_SVG_BYTES = 500_000
MAX_PIXELS = 40_000_000
MAX_SIDE = 12_000

_LENGTH = re.compile(r"\s*(\d+(?:\.\d+)?)(?:px)?\s*")
_SVG = "{http://www.w3.org/2000/svg}svg"
_ACTIVE = frozenset("script foreignobject iframe object embed handler animate set".split())


@dataclass(frozen=True, slots=True)
class Size:
    """Pixels of a picture."""

    width: int
    height: int


class BadPicture(Exception):
    """A file that can't be shown, with why and how to mend it."""

    def __init__(self, what: str, mend: str) -> None:
        super().__init__(what)
        self.what, self.mend = what, mend


def look_at(file: Path) -> Size:
    """The size of a picture. Raises `BadPicture`, and `OSError` where it can't be read."""
    suffix = file.suffix.lower()
    most = MAX_SVG_BYTES if suffix == ".svg" else MAX_PICTURE_BYTES
    if file.stat().st_size > most:
        raise BadPicture(
            _("it is larger than %(kb)s KB", kb=most // 1000),
            _("Make it smaller: 200 KB are plenty."),
        )
    size = _svg(file) if suffix == ".svg" else _pixels(file, FORMATS[suffix])
    if max(size.width, size.height) > MAX_SIDE or size.width * size.height > MAX_PIXELS:
        raise BadPicture(
            _("it has %(width)s × %(height)s pixels", width=size.width, height=size.height),
            _("Scale it down: 2,000 pixels fill any page."),
        )
    return size


def _pixels(file: Path, wanted: str) -> Size:
    broken = BadPicture(
        _("it is no %(format)s file, or a broken one", format=wanted),
        _("Save it anew from the program that made it."),
    )
    # WeasyPrint lets Pillow forgive broken files, for the whole process: not here.
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Too many pixels are said above, in our words.
            with Image.open(file, formats=(wanted,)) as image:
                width, height = image.size
                if getattr(image, "n_frames", 1) > 500:
                    raise broken
                # Of a PNG it would decode all pixels to find out.
                if wanted == "JPEG" and image.getexif().get(0x0112, 1) in (5, 6, 7, 8):
                    width, height = height, width  # Photographed upright: browsers turn it.
    except Image.DecompressionBombError:
        raise BadPicture(
            _("it has too many pixels"), _("Scale it down: 2,000 pixels fill any page.")
        ) from None
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError):
        raise broken from None
    return Size(width, height)


def _svg(file: Path) -> Size:
    """An SVG that only draws. It is a document: it may not run, load or multiply anything."""
    text = file.read_bytes()
    broken = BadPicture(_("it is no SVG file"), _("Save it as plain SVG."))
    active = BadPicture(
        _("it does more than draw"),
        _("Take scripts, links and entities out: save it as plain SVG."),
    )
    encoding = re.search(rb"""encoding\s*=\s*["']([^"']*)""", text[:200])
    if b"\0" in text or (encoding and encoding[1].lower() != b"utf-8"):
        raise broken  # Another encoding would hide what is looked for below.
    if b"<!doctype" in text.lower() or b"<!entity" in text.lower():
        raise active
    try:
        root = ElementTree.fromstring(text)  # noqa: S314 - no entity is left in it
    except (ElementTree.ParseError, ValueError, LookupError, RecursionError):
        raise broken from None
    if root.tag != _SVG:
        raise broken
    for element in root.iter():
        if _is_active(element):
            raise active
    return _svg_size(root) or Size(300, 150)


def _is_active(element: ElementTree.Element) -> bool:
    name = str(element.tag).rpartition("}")[2].lower()
    if name in _ACTIVE:
        return True
    for key, value in element.attrib.items():
        key = key.rpartition("}")[2].lower()
        if key.startswith("on"):
            return True
        if key == "href" and not value.startswith(("#", "data:image/png", "data:image/jpeg")):
            return True
        if re.search(r"url\(\s*['\"]?(?!#)", value) or "javascript:" in value.lower():
            return True
    text = (element.text or "") if name == "style" else ""
    return "@import" in text or re.search(r"url\(\s*['\"]?(?!#)", text) is not None


def _svg_size(root: ElementTree.Element) -> Size | None:
    width, height = (_LENGTH.fullmatch(root.get(side, "")) for side in ("width", "height"))
    if width and height:
        return Size(round(float(width[1])), round(float(height[1])))
    box = re.split(r"[\s,]+", root.get("viewBox", "").strip())
    try:
        _x, _y, wide, high = map(float, box)
        return Size(round(wide), round(high))
    except (ValueError, OverflowError):
        return None
