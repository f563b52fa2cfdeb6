"""Pictures that people upload: checked before they are decoded, and encoded anew.

What is kept was written by this module, never by whoever sent it: no position or camera of a
photo, no second file behind the first, no script. Only pixels come through.
"""

import hashlib
from dataclasses import dataclass
from functools import cached_property
from io import BytesIO

from PIL import Image, ImageFile, ImageOps

from portal.errors import Invalid
from portal.i18n import gettext as _

LARGEST_FILE = 5 * 1024 * 1024
"""Bytes of a picture as it is sent."""
MOST_PIXELS = 25_000_000
"""Width times height; decoded, a pixel takes four bytes of memory."""
LONGEST_SIDE = 1600
"""Pixels of a kept picture's longer side, unless its use needs fewer."""
QUALITY = 85
SHADES_OF_16_BITS = 257

CONTENT_TYPES = {"PNG": "image/png", "JPEG": "image/jpeg", "WEBP": "image/webp"}
"""By Pillow's name of a format: what is taken, and what it is kept as."""
SUFFIXES = {"image/png": ".png", "image/jpeg": ".jpg", "image/webp": ".webp"}


@dataclass(frozen=True)
class Picture:
    """A picture as it is kept."""

    content: bytes
    content_type: str
    width: int
    height: int

    @cached_property
    def sha256(self) -> str:
        """Hexadecimal digest of the content."""
        return hashlib.sha256(self.content).hexdigest()


def read(upload: bytes, field: str, longest_side: int = LONGEST_SIDE) -> Picture:
    """The picture in an uploaded file, at most `longest_side` pixels in its longer side.

    Slow: call it before the write transaction begins. Raises Invalid at `field`.
    """
    if not upload:
        raise Invalid(field, _("Choose a picture."))
    if len(upload) > LARGEST_FILE:
        raise Invalid(field, _("This file is too large. Choose one of at most 5 MB."))
    # WeasyPrint allows half a picture, for the whole process that imports it.
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    image = _open(upload, field)
    if image.width * image.height > MOST_PIXELS:
        raise _too_many_pixels(field)
    try:
        return _encode(_scale(image, longest_side), image.format or "PNG")
    except Exception:
        # Decoders raise whatever they like at bytes that were bent on purpose.
        raise Invalid(field, _("This picture is damaged. Export it once more.")) from None


def _open(upload: bytes, field: str) -> Image.Image:
    """Read the head of a picture; nothing of it is decoded yet."""
    try:
        return Image.open(BytesIO(upload), formats=list(CONTENT_TYPES))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _too_many_pixels(field) from None
    except Exception:
        if _is_drawing(upload):
            words = _("SVG drawings are not taken: they can hold scripts. Export it as PNG.")
        else:
            words = _("This is no picture that can be read here. Choose a PNG, JPEG or WebP file.")
        raise Invalid(field, words) from None


def _too_many_pixels(field: str) -> Invalid:
    return Invalid(field, _("This picture has more than 25 million pixels. Make it smaller."))


def _is_drawing(upload: bytes) -> bool:
    start = upload[:4096].replace(b"\0", b"").lower()
    return b"<svg" in start or (b"<?xml" in start and b"svg" in start)


def _scale(image: Image.Image, longest_side: int) -> Image.Image:
    """Decoded, upright, not too large, in the colours that every format and browser knows."""
    if image.mode.startswith("I"):
        image = image.convert("I").point([n / SHADES_OF_16_BITS for n in range(65536)], "L")
    elif image.mode not in ("L", "LA", "RGB", "RGBA"):
        has_transparency = image.mode in ("PA", "La", "RGBa") or "transparency" in image.info
        image = image.convert("RGBA" if has_transparency else "RGB")
    # Before anything else it may do, `thumbnail` lets a JPEG be decoded at a fraction of its size.
    image.thumbnail((longest_side, longest_side), Image.Resampling.LANCZOS)
    return ImageOps.exif_transpose(image)


def _encode(image: Image.Image, kind: str) -> Picture:
    """Written anew, with none of the original's notes."""
    bare = image.convert("RGB") if kind == "JPEG" else image
    bare.info = {}
    written = BytesIO()
    options = {"optimize": True} if kind == "PNG" else {"quality": QUALITY}
    bare.save(written, kind, **options)
    return Picture(written.getvalue(), CONTENT_TYPES[kind], bare.width, bare.height)
