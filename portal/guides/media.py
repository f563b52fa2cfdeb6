"""Pictures and videos of `content/media`: where they are on the pages, and what is wrong with them.

An address holds the beginning of the file's hash, so that a browser may keep what it has for good.
"""

import hashlib
import re
from functools import lru_cache
from pathlib import Path

from babel import Locale

from portal.errors import NotFound
from portal.guides import reasons
from portal.guides.files import LANGUAGE
from portal.guides.pictures import PICTURES, BadPicture, look_at
from portal.i18n import gettext as _
from portal.markdown import Captions, Picture, Video

VIDEOS = frozenset({".mp4", ".webm"})
CAPTIONS = ".vtt"
MAX_VIDEO_BYTES = 300_000_000
MAX_CAPTIONS_BYTES = 500_000
DIGEST = 12
"""Characters of a file's hash in its address."""

FOLDER = "media"
NAME = re.compile(r"(?:\.\./|\./)*media/((?:[\w-][\w .-]*/){0,5}[\w-][\w .-]*)")
"""How a text names a file of the folder: `../media/close.png`; `media/close.png` does as well."""
USED = re.compile(r"\bmedia/((?:[\w-][\w.-]*/){0,5}[\w-][\w.-]*)")


class MediaFolder:
    """The media of one content folder. What was looked at once is remembered."""

    def __init__(self, content_dir: Path) -> None:
        self._folder = content_dir / FOLDER
        self._root = self._folder.resolve()
        self._digests: dict[Path, str] = {}
        self._found: dict[str, Picture | Video | BadPicture] = {}

    def file(self, name: str) -> Path | None:
        """The file of that name; None where there is none, or it lies outside of the folder."""
        path = self._folder / name
        if "\0" in name or not path.is_file() or not path.resolve().is_relative_to(self._root):
            return None
        return path

    def find(self, target: str) -> Picture | Video | None:
        """What a text points at; None where it can't be shown."""
        found = self._look(target)
        return None if isinstance(found, BadPicture) else found

    def problem(self, target: str) -> BadPicture | None:
        """Why what a text points at can't be shown, and how to mend that."""
        found = self._look(target)
        return found if isinstance(found, BadPicture) else None

    def uses(self, text: str) -> dict[str, str]:
        """The files that a text names, each with its hash: another file makes another page."""
        names = {name for match in USED.finditer(text) for name in self._with_others(match[1])}
        files = {name: self.file(name) for name in sorted(names)}
        return {name: self._digest(path) for name, path in files.items() if path}

    def _with_others(self, name: str) -> list[str]:
        path = Path(name)
        others = [path.with_stem(f"{path.stem}.dark")]
        if path.suffix.lower() in VIDEOS and (self._folder / path.parent).is_dir():
            others += [path.parent / found.name for found in self._captions(path)]
        return [name, *map(str, others)]

    def _look(self, target: str) -> Picture | Video | BadPicture:
        if target not in self._found:
            try:
                self._found[target] = self._look_anew(target)
            except BadPicture as bad:
                self._found[target] = bad
            except OSError as error:
                why = _("it can't be read: %(reason)s", reason=reasons.of_system(error))
                self._found[target] = BadPicture(why, _("Check that the portal may read it."))
        return self._found[target]

    def _look_anew(self, target: str) -> Picture | Video:
        match = NAME.fullmatch(target)
        if not match:
            raise BadPicture(
                _("it is not in the media folder"),
                _("Put it into content/media and write ![words](../media/name.png)"),
            )
        path, suffix = self.file(match[1]), Path(match[1]).suffix.lower()
        if suffix not in PICTURES | VIDEOS:
            kinds = " ".join(sorted(PICTURES | VIDEOS))
            raise BadPicture(_("it is of no known kind"), _("Use one of: %(kinds)s", kinds=kinds))
        if path is None:
            raise BadPicture(
                _("there is no such file"), _("Put it into content/media, or mend its name.")
            )
        return self._video(path) if suffix in VIDEOS else self._picture(path)

    def _picture(self, path: Path) -> Picture:
        dark = self.file(str(self._name(path.with_stem(f"{path.stem}.dark"))))
        size = look_at(path)
        return Picture(
            self._address(path), size.width, size.height, self._picture(dark) if dark else None
        )

    def _video(self, path: Path) -> Video:
        if path.stat().st_size > MAX_VIDEO_BYTES:
            raise BadPicture(_("it is larger than 300 MB"), _("Cut it: three minutes are plenty."))
        with path.open("rb") as stream:
            start = stream.read(12)
        if start[4:8] != b"ftyp" and start[:4] != b"\x1a\x45\xdf\xa3":
            raise BadPicture(_("it is no video file"), _("Save it as MP4 or WebM."))
        captions = self._captions(Path(self._name(path)))
        if not captions:
            raise BadPicture(
                _("it has no captions for those who can't hear it"),
                _("Put them beside it: %(name)s", name=f"{path.stem}.en{CAPTIONS}"),
            )
        return Video(self._address(path), tuple(map(self._captions_of, captions)))

    def _captions(self, name: Path) -> list[Path]:
        """`close.vtt`, `close.de.vtt`: those in no named language first."""
        folder = self._folder / name.parent
        found = [
            folder / f"{name.stem}{CAPTIONS}",
            *sorted(folder.glob(f"{name.stem}.*{CAPTIONS}")),
        ]
        inside = [path for path in found if self.file(str(self._name(path)))]
        return [path for path in inside if path == found[0] or self._language(path)]

    @staticmethod
    def _language(path: Path) -> str:
        language = Path(path.stem).suffix[1:]
        return language if LANGUAGE.fullmatch(language) else ""

    def _captions_of(self, path: Path) -> Captions:
        if path.stat().st_size > MAX_CAPTIONS_BYTES or not _is_vtt(path):
            raise BadPicture(
                _("its captions %(name)s are no WebVTT file", name=path.name),
                _("Begin the file with a line WEBVTT."),
            )
        language = self._language(path) or "en"
        label = Locale.parse(language, sep="-").get_display_name() or language
        return Captions(self._address(path), language, label)

    def _name(self, path: Path) -> str:
        return path.relative_to(self._folder).as_posix()

    def _address(self, path: Path) -> str:
        return f"/guides/media/{self._digest(path)}/{self._name(path)}"

    def _digest(self, path: Path) -> str:
        if path not in self._digests:
            stat = path.stat()
            self._digests[path] = _digest_of(path, stat.st_mtime_ns, stat.st_size)
        return self._digests[path]


def locate(content_dir: Path, name: str) -> tuple[Path, str]:
    """The file of that name and its hash. Raises NotFound."""
    folder = MediaFolder(content_dir.resolve())
    path = folder.file(name)
    if path is None or path.suffix.lower() not in {*PICTURES, *VIDEOS, CAPTIONS}:
        raise NotFound
    stat = path.stat()
    return path, _digest_of(path, stat.st_mtime_ns, stat.st_size)


@lru_cache(maxsize=1024)
def _digest_of(path: Path, _changed: int, _size: int) -> str:
    """The beginning of a file's hash; read again only when the file changed."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()[:DIGEST]


def _is_vtt(path: Path) -> bool:
    with path.open("rb") as stream:
        return stream.read(9).removeprefix(b"\xef\xbb\xbf").startswith(b"WEBVTT")
