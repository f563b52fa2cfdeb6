"""Pages of a signed-in member beside a bare page on the same server, at three sizes."""

import contextlib
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.load import throughput
from benchmarks.results import Result
from benchmarks.seed import Seeded, seed
from benchmarks.servers import serve

SIZES = (100, 1_000, 10_000)
RUNS = 5
SECONDS = 2.0
PAGES = ("home", "guide", "path", "people", "today", "overview")


def run() -> Iterator[Result]:
    """Pages a second: each page at each size, and how the people page grows."""
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        bare = stack.enter_context(serve("benchmarks.bare:app", {}))
        seeded = {size: seed(folder / str(size), size) for size in SIZES}
        ports = {
            size: stack.enter_context(serve("wsgi:app", seeded[size].environment)) for size in SIZES
        }
        measured = _measure(bare, ports, seeded)
    yield Result("bare page", "pages/s", measured["bare"])
    for size in SIZES:
        for page in PAGES:
            values = measured[f"{page} {size}"]
            ratios = [value / base for value, base in zip(values, measured["bare"], strict=True)]
            yield Result(f"{page} at {size}", "pages/s", values, "bare page", ratios)
    small, large = measured[f"people {SIZES[0]}"], measured[f"people {SIZES[-1]}"]
    times = [1000 / value for value in large]
    growth = [few / many for few, many in zip(small, large, strict=True)]
    yield Result("people growth", "ms/page", times, f"people at {SIZES[0]}", growth)


def _measure(bare: int, ports: dict[int, int], seeded: dict[int, Seeded]) -> dict[str, list[float]]:
    """Every page in turn, round by round: what slows the machine down slows all of them."""
    measured: dict[str, list[float]] = {"bare": []}
    # A round that does not count lets every process read its templates first.
    for round_number in range(RUNS + 1):
        seconds = SECONDS if round_number else 0.5
        found = {"bare": throughput(bare, "/", [], seconds)}
        for size, port in ports.items():
            for page in PAGES:
                path, cookies = seeded[size].requests[page]
                found[f"{page} {size}"] = throughput(port, path, cookies, seconds)
        if round_number:
            for name, value in found.items():
                measured.setdefault(name, []).append(value)
    return measured
