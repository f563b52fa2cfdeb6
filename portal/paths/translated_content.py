"""Paths in other languages: `NAME.de.md` beside `NAME.md`, which alone says what the steps are.

A translated file repeats the steps with their words. What else it says of them has to be the same:
whoever copies a path and translates its texts has written a sound file.
"""

from collections.abc import Iterator
from typing import Annotated, Any

from pydantic import Field

from portal.guides.content import TITLE
from portal.guides.files import DEFAULT_LANGUAGE, Place, Problem
from portal.guides.front_matter import FrontMatter, Name, Rule, Slug, Title, Written
from portal.guides.rendering import Renderer
from portal.i18n import gettext as _
from portal.i18n import lazy_gettext as _later
from portal.paths.models import Audience
from portal.paths.step_content import Option, QuestionWords, StepLine, StepWords

STEPS = Rule(
    _later("the same steps in the same order as in the path's own file, with their words"),
    "[{guide: first-guide}, {guide: another}, {milestone: Eine erste Woche}]",
)


class PathWords(FrontMatter):
    """The front matter of `content/paths/NAME.de.md`."""

    language: str = DEFAULT_LANGUAGE
    title: Annotated[Title, TITLE]
    goal: Slug | None = None
    jobs: Annotated[tuple[Name, ...], Field(max_length=20)] = ()
    audience: Audience = Audience.EVERYBODY
    steps: Annotated[tuple[StepWords, ...], Field(min_length=2, max_length=60), STEPS]


class PathWordsSource(PathWords, Written):
    """A path's file in another language, read."""


def check_against(path: Any, words: PathWordsSource) -> Iterator[Problem]:
    """Where a translated file says something else than the path's own (a `PathSource`)."""
    differs = _Differences(path.file, words)
    if words.language == path.language:
        what = _("%(file)s is written in this language already.", file=path.file)
        yield Problem(words.file, 1, what, _("Keep one of them."))
    yield from differs.of_keys(path, words, ("goal", "jobs", "audience"), ())
    if len(path.steps) != len(words.steps):
        counts = {"here": len(words.steps), "there": len(path.steps)}
        what = _("It has %(here)s steps; %(file)s has %(there)s.", file=path.file, **counts)
        yield differs.problem(("steps",), what)
        return
    for number, (step, said) in enumerate(zip(path.steps, words.steps, strict=True)):
        yield from differs.of_step(number, step, said)


def step_words(
    step: StepLine, said: StepWords, renderer: Renderer, language: str
) -> dict[str, Any]:
    """What is stored of a step in a language, as in its details. Raises as `Renderer.render`."""
    found: dict[str, Any] = {}
    if said.text:
        found["html"] = renderer.render(said.text, language).rendered.html
    if said.place:
        found["place"] = said.place
    if said.questions:
        found["questions"] = [
            _question(*pair) for pair in zip(step.questions, said.questions, strict=True)
        ]
    return found


def _question(question: QuestionWords, said: QuestionWords) -> dict[str, Any]:
    options = [
        {"text": words.text, "right": option.right, "feedback": words.feedback}
        for option, words in zip(question.options, said.options, strict=True)
    ]
    return {"ask": said.ask, "options": options}


class _Differences:
    """Says with its line what in a translated file is not as in the path's own."""

    def __init__(self, own: str, words: PathWordsSource) -> None:
        self._own = own
        self._words = words

    def problem(self, place: Place, what: str) -> Problem:
        """A problem at a place of the translated file."""
        mend = _("Write the same as there, in its order: only the words differ.")
        return Problem(self._words.file, self._words.line(*place), what, mend)

    def of_keys(
        self, own: Any, said: Any, names: tuple[str, ...], place: Place
    ) -> Iterator[Problem]:
        """Keys that a translated file may repeat, and of which it has no say."""
        for name in names:
            is_written = (*place, name) in self._words.lines
            if is_written and getattr(said, name) != getattr(own, name):
                what = _("“%(key)s” is not the same as in %(file)s.", key=name, file=self._own)
                mend = _("Take it out: what stands there holds for every language.")
                yield Problem(self._words.file, self._words.line(*place, name), what, mend)

    def of_step(self, number: int, step: StepLine, said: StepWords) -> Iterator[Problem]:
        """A step of the translated file against the path's step at the same place."""
        place: Place = ("steps", number)
        if said.kind != step.kind or (step.guide and said.guide != step.guide):
            what = _(
                "Step %(number)s is “%(here)s”; in %(file)s it is “%(there)s”.",
                number=number + 1,
                here=f"{said.kind}: {said.name}",
                there=f"{step.kind}: {step.name}",
                file=self._own,
            )
            yield self.problem(place, what)
            return
        names = ("optional", "helps_with", "starts", "zone", "minutes", "capacity")
        yield from self.of_keys(step, said, names, place)
        yield from self._of_texts(step, said, place)
        yield from self._of_questions(step, said, place)

    def _of_texts(self, step: StepLine, said: StepWords, place: Place) -> Iterator[Problem]:
        for name in ("text", "place"):
            if bool(getattr(step, name)) != bool(getattr(said, name)):
                key = {"key": name, "file": self._own}
                missing = _("“%(key)s” is missing here; it stands in %(file)s.", **key)
                added = _("“%(key)s” does not stand in %(file)s.", **key)
                yield self.problem(place, added if getattr(said, name) else missing)

    def _of_questions(self, step: StepLine, said: StepWords, place: Place) -> Iterator[Problem]:
        if len(step.questions) != len(said.questions):
            what = _("This check has other questions than in %(file)s.", file=self._own)
            yield self.problem((*place, "questions"), what)
            return
        for number, (question, words) in enumerate(
            zip(step.questions, said.questions, strict=True)
        ):
            here: Place = (*place, "questions", number, "options")
            if len(question.options) != len(words.options):
                what = _("This question has other answers than in %(file)s.", file=self._own)
                yield self.problem(here, what)
                continue
            for place_of, pair in enumerate(zip(question.options, words.options, strict=True)):
                yield from self._of_option(*pair, (*here, place_of))

    def _of_option(self, option: Option, words: Option, place: Place) -> Iterator[Problem]:
        yield from self.of_keys(option, words, ("right",), place)
