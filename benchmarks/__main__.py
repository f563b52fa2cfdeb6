"""Runs benchmarks by name (all without one), prints a JSON line each, keeps RESULTS.md."""

import json
import sys
from collections.abc import Callable, Iterable

from benchmarks import pages, people, publish, sample, start
from benchmarks.results import Result, keep

BENCHMARKS: dict[str, Callable[[], Iterable[Result]]] = {
    "import": people.run,
    "pages": pages.run,
    "publish": publish.run,
    "sample": sample.run,
    "start": start.run,
}


def main(names: list[str]) -> int:
    """Run what is named; 2 for a name that is not known."""
    unknown = [name for name in names if name not in BENCHMARKS]
    if unknown:
        print(f"unknown: {', '.join(unknown)}. Known: {', '.join(BENCHMARKS)}", file=sys.stderr)
        return 2
    for name in names or BENCHMARKS:
        results = []
        for result in BENCHMARKS[name]():
            print(json.dumps(result.as_dict()), flush=True)
            results.append(result)
        keep(name, results)
    return 0


sys.exit(main(sys.argv[1:]))
