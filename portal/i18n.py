"""Languages and formats, on plain Babel. The locale and zone in force are a context variable."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any

from babel import Locale, UnknownLocaleError, dates, numbers, support
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from portal import clock

FOLDER = Path(__file__).parent / "translations"
DEFAULT = "en"


@dataclass(frozen=True, slots=True)
class Localization:
    """What a text needs to be read: language, formats, time zone."""

    locale: Locale
    zone: str
    translations: support.NullTranslations


def available() -> tuple[str, ...]:
    """Locales with a catalogue, the source language first."""
    return (DEFAULT, *sorted(path.stem for path in FOLDER.glob("*.po")))


@lru_cache
def load(locale: str) -> tuple[Locale, support.NullTranslations]:
    """The formats of `locale`, and its catalogue (its language's, or the source language's)."""
    try:
        parsed = Locale.parse(locale, sep="-" if "-" in locale else "_")
    except (ValueError, UnknownLocaleError):
        parsed = Locale.parse(DEFAULT)
    wanted = (FOLDER / f"{name}.po" for name in (str(parsed), parsed.language))
    file = next((path for path in wanted if path.exists()), None)
    return parsed, _catalogue(file) if file else support.NullTranslations()


def _catalogue(file: Path) -> support.Translations:
    """A catalogue as translators write it: compiled in memory, so no built file can be stale."""
    compiled = BytesIO()
    with file.open("rb") as written:
        write_mo(compiled, read_po(written))
    compiled.seek(0)
    return support.Translations(compiled)


_current: ContextVar[Localization] = ContextVar("localization")


def use(locale: str, zone: str) -> None:
    """Put a locale and a zone (IANA name) in force for the rest of this context."""
    parsed, translations = load(locale)
    _current.set(Localization(parsed, zone, translations))


@contextmanager
def using(locale: str, zone: str) -> Iterator[None]:
    """Put a locale and a zone in force inside the block: a mail's reader may differ from ours."""
    parsed, translations = load(locale)
    token = _current.set(Localization(parsed, zone, translations))
    try:
        yield
    finally:
        _current.reset(token)


def current() -> Localization:
    """What is in force; the source language in UTC where nobody said."""
    found = _current.get(None)
    return found or Localization(Locale.parse(DEFAULT), "UTC", load(DEFAULT)[1])


def gettext(message: str, **values: Any) -> str:
    """`message` in the language in force, with `%(name)s` filled in."""
    text: str = current().translations.gettext(message)
    return text % values if values else text


def ngettext(singular: str, plural: str, number: int, **values: Any) -> str:
    """The singular or plural for `number` in the language in force; `%(num)s` is the number."""
    text: str = current().translations.ngettext(singular, plural, number)
    return text % ({"num": number} | values)


def lazy_gettext(message: str, **values: Any) -> Any:
    """A text that is looked up when it is shown: for forms and tables made at import."""
    return support.LazyProxy(gettext, message, enable_cache=False, **values)


def own_name(locale: str) -> str:
    """A language as its own speakers call it: what they look for in a list."""
    return Locale.parse(locale).get_display_name(locale) or locale


def language_name(code: str) -> str:
    """A language (`de`, `pt-BR`) as it is called in the language in force."""
    try:
        name = Locale.parse(code, sep="-").get_display_name(current().locale)
    except (ValueError, UnknownLocaleError):
        name = None
    return name or code


def format_date(value: date | datetime) -> str:
    """A day as the reader writes it; a moment's day in the reader's zone."""
    here = current()
    if isinstance(value, datetime):
        value = value.astimezone(dates.get_timezone(here.zone)).date()
    return _format_day(value, str(here.locale))


@lru_cache(maxsize=4096)
def _format_day(value: date, locale: str) -> str:
    return dates.format_date(value, "medium", locale=locale)


def format_datetime(value: datetime) -> str:
    """A moment in the reader's zone, to the minute."""
    here = current()
    zone = dates.get_timezone(here.zone)
    day, clock_time = (
        dates.format_date(value.astimezone(zone), "medium", locale=here.locale),
        dates.format_time(value, "short", tzinfo=zone, locale=here.locale),
    )
    return f"{day}, {clock_time}"


def format_time(value: datetime) -> str:
    """A moment's time of day in the reader's zone, to the minute."""
    here = current()
    zone = dates.get_timezone(here.zone)
    return dates.format_time(value, "short", tzinfo=zone, locale=here.locale)


def format_weekday(day: int) -> str:
    """The name of a weekday; Monday is 1."""
    # 1 January 2024 was a Monday.
    return dates.format_date(date(2024, 1, day), "EEEE", locale=current().locale)


def format_number(value: float) -> str:
    """A number with the reader's separators."""
    return numbers.format_decimal(value, locale=current().locale)


def format_percent(value: float) -> str:
    """A share between 0 and 1 as whole percents: `72%`."""
    return numbers.format_percent(value, locale=current().locale)


def format_relative(value: datetime) -> str:
    """How long ago, or how far ahead, in the largest unit that fits: `3 days ago`."""
    seconds = (value - clock.now()).total_seconds()
    # To the minute, so that a list of many moments repeats few distinct texts; never none at all.
    span = int(seconds // 60) * 60 or (60 if seconds > 0 else -60)
    return _format_span(span, str(current().locale))


@lru_cache(maxsize=4096)
def _format_span(seconds: int, locale: str) -> str:
    return dates.format_timedelta(timedelta(seconds=seconds), add_direction=True, locale=locale)
