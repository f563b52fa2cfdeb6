"""Which functions of the portal each test runs, and each address of the walk: a plugin of pytest.

    python -m pytest -n 0 -p tests.guards.mutants.reach --reach FOLDER tests/…

Writes a file for each test module into FOLDER, one line of JSON for each test, and for each visit
of the walk through every address.
"""

import json
import sys
import threading
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from time import perf_counter
from types import CodeType, FrameType
from typing import Any

import pytest

from portal.config import ROOT
from tests.guards import walk
from tests.guards.scene import Scene
from tests.guards.source import modules, place_of

Place = str
"""`path function`: the outermost function, class or constant of a module."""


class Reached:
    """Notes each function that runs, from one look to the next."""

    def __init__(self) -> None:
        self._codes: set[CodeType] = set()

    def note(self, frame: FrameType, _event: str, _argument: object) -> None:
        """What `sys.settrace` calls for each call."""
        self._codes.add(frame.f_code)

    def take(self) -> list[Place]:
        """The places of the portal that ran since the last look."""
        codes, self._codes = self._codes, set()
        return sorted({place for code in codes if (place := _place(code))})


@cache
def _place(code: CodeType) -> Place:
    path = code.co_filename.removeprefix(f"{ROOT}/")
    if path not in modules():
        return ""
    return f"{path} {place_of(modules()[path], code.co_firstlineno)}"


class Recorder:
    """Writes down what each test and each visit reached."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._reached = Reached()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        started = perf_counter()
        self._reached.take()
        threading.settrace(self._reached.note)
        sys.settrace(self._reached.note)
        try:
            return (yield)
        finally:
            sys.settrace(None)
            threading.settrace(None)
            self._write(item, item.nodeid, perf_counter() - started, self._reached.take())

    def _write(self, item: pytest.Item, name: str, took: float, places: Iterable[Place]) -> None:
        file = self._folder / f"{item.path.relative_to(ROOT).as_posix().replace('/', '.')}.jsonl"
        with file.open("a") as lines:
            lines.write(json.dumps([name, round(took, 2), list(places)]) + "\n")

    @pytest.fixture(autouse=True)
    def _visits(self, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
        """Write a line for each visit of the walk, and for the work after it."""
        if "go" not in request.fixturenames:
            return
        who = request.node.callspec.params["who"] or "nobody"
        note, work_off, set_out = walk.Walk.note, walk.work_off, walk.Clock.set_out

        def noting(made: walk.Walk, scene: Scene, endpoint: str, asked: str, answer: Any) -> None:
            visit = f"{who} {asked.partition(' ')[0]} {endpoint}"
            self._write(request.node, visit, 0, self._reached.take())
            note(made, scene, endpoint, asked, answer)

        def working(scene: Scene, time: walk.Clock, whose: str | None) -> list[str]:
            failed = work_off(scene, time, whose)
            self._write(request.node, f"{who} WORK", 0, self._reached.take())
            return failed

        def setting_out(clock: walk.Clock) -> None:
            self._reached.take()
            set_out(clock)

        monkeypatch.setattr(walk.Walk, "note", noting)
        monkeypatch.setattr("tests.guards.test_tenants.work_off", working)
        monkeypatch.setattr(walk.Clock, "set_out", setting_out)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Where the lines go."""
    parser.addoption("--reach", type=Path, help="write down which functions each test runs")


def pytest_configure(config: pytest.Config) -> None:
    """Record, if a folder is given."""
    if folder := config.getoption("--reach"):
        folder.mkdir(parents=True, exist_ok=True)
        config.pluginmanager.register(Recorder(folder))
