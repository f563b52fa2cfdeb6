"""Tries one mutant after another, each in a process of its own, and tells who noticed."""

import os
import pickle
import re
import signal
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

import pytest

from portal.config import ROOT
from tests.guards.mutants.finding import Mutant
from tests.guards.mutants.ground import Ground
from tests.guards.mutants.putting import load_anew, put_in, refused_constants
from tests.guards.mutants.visits import FEW, MANY, Reach, Visits

SECONDS = 150
"""After which a mutant is given up: it never ends, and somebody would notice that."""

Seen = tuple[str, str]
"""Who noticed, `guard`, `walk`, `features` or nobody, and what they noticed."""
NOBODY: Seen = ("", "")


@dataclass(frozen=True)
class Verdict:
    """Who noticed a mutant, and what it was that they noticed."""

    mutant: Mutant
    guarded: Seen | None
    features: Seen | None
    alone: Seen | None
    """None where that was not tried."""

    @property
    def with_guard(self) -> Seen | None:
        """The last word on it with the guard on."""
        return self.features or self.guarded

    @property
    def is_unnoticed(self) -> bool:
        """Whether neither walk nor tests noticed it with the guard on."""
        return self.features == NOBODY


@dataclass(frozen=True)
class Ready:
    """What is made once for all mutants."""

    ground: Ground
    reach: Reach
    folder: Path
    refused: frozenset[str]
    """Constants that the guard would refuse as they are: each is only a part of a statement."""


def try_all(chosen: Iterable[Mutant], reach: Reach, phase: str) -> Iterator[tuple[Mutant, Seen]]:
    """Try mutants out: by short walks, `guarded` or `alone`, or by the `features`' own tests."""
    with tempfile.TemporaryDirectory() as folder:
        if phase == "features":
            # That tests take long says nothing about the mutant.
            for mutant in chosen:
                yield mutant, in_a_child(lambda: _run_features(mutant), unended=NOBODY)  # noqa: B023
            return
        ground = Ground(Path(folder))
        ready = Ready(ground, reach, Path(folder), frozenset(refused_constants()))
        for mutant in chosen:
            yield mutant, in_a_child(lambda: _walk(mutant, ready, phase))  # noqa: B023


def in_a_child(work: Callable[[], Seen], unended: Seen = ("walk", "never ended")) -> Seen:
    """What `work` returns in a forked process; `unended` where that had to be stopped."""
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        os.close(reader)
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.alarm(SECONDS)
        try:
            found = work()
        except BaseException as error:
            found = ("walk", f"broke off: {error!r}"[:300])
        with os.fdopen(writer, "wb") as pipe:
            pickle.dump(found, pipe)
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe:
        answer = pipe.read()
    os.waitpid(child, 0)
    return pickle.loads(answer) if answer else unended


def _walk(mutant: Mutant, ready: Ready, phase: str) -> Seen:
    """Put the mutant in, and visit some addresses that run it; then more, if nobody noticed."""
    few, many = ready.reach.visits(mutant, *FEW), ready.reach.visits(mutant, *MANY)
    if not many:
        return NOBODY
    ground, is_put_in = ready.ground, put_in(mutant)
    if not is_put_in:
        load_anew(mutant)
    # What was loaded anew is another module than the one above.
    here = import_module("tests.guards.mutants.ground")
    if not is_put_in:
        ground = here.Ground(Path(tempfile.mkdtemp(dir=ready.folder)))
        refused = import_module("tests.guards.mutants.putting").refused_constants()
        if phase == "guarded" and (new := sorted(refused.keys() - ready.refused)):
            return "guard", f"{new[0]}: {refused[new[0]]}"
    here.watch_guard() if phase == "guarded" else here.switch_guard_off()
    seen = _noticed(ground, few) or (_noticed(ground, many) if many != few else "")
    if here.refused:
        return "guard", here.refused[0][:300]
    return ("walk", seen[:300]) if seen else NOBODY


def _noticed(ground: Ground, visits: Visits) -> str:
    try:
        return ground.notices(visits)
    except BaseException as error:
        is_enough = type(error).__name__ == "Enough"
        return str(error) if is_enough else f"broke off: {error!r}"


def _run_features(mutant: Mutant) -> Seen:
    """Run the tests that speak of what the mutant is in."""
    signal.alarm(4 * SECONDS)
    load_anew(mutant)
    here = import_module("tests.guards.mutants.ground")
    here.watch_guard()
    with tempfile.NamedTemporaryFile("w+") as out:
        os.dup2(out.fileno(), sys.stdout.fileno())
        options = ["-x", "-q", "-n0", "-p", "no:cacheprovider"]
        code = pytest.main([*options, *map(str, tests_of(mutant))])
        sys.stdout.flush()
        out.seek(0)
        failed = re.findall(r"^(?:FAILED|ERROR) .*", out.read(), re.MULTILINE)
    if code == pytest.ExitCode.TESTS_FAILED and failed:
        return ("guard", here.refused[0][:300]) if here.refused else ("features", failed[0][:300])
    return NOBODY


def tests_of(mutant: Mutant) -> list[Path]:
    """Test files that mention the module or the function, those of the feature first."""
    parts = mutant.path.removesuffix(".py").split("/")
    words = {parts[-1], mutant.function.strip("_")} - {"service", "models"}
    pattern = re.compile(rf"\b({'|'.join(map(re.escape, words))})\b")
    tests = ROOT / "tests"
    aside = {"journeys", "kills", "backup"}
    files = [f for f in sorted(tests.rglob("test_*.py")) if not aside & set(f.parts)]
    spoken = [f for f in files if "mutants" not in f.name and pattern.search(f.read_text())]
    return sorted(spoken, key=lambda f: f.relative_to(tests).parts[0] != parts[1])
