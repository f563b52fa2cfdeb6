"""Takes the organization out of one query after another, and sees who notices.

    python -m tests.guards.mutants [--at-once 2] [--report docs/tenancy-mutants.md] [WORDS…]

Nothing is written into the repository but the report. WORDS narrow the mutants to those whose name
has one. Each is tried in three phases (`--phase` for one of them): `guarded`, by short walks;
`features`, by the features' own tests where those saw nothing; `alone`, by walks without the guard.
`--kept FILE` keeps each verdict as it comes: called again, the run goes on from there. Ends with 1
if any goes unnoticed.
"""

import argparse
import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from portal.config import ROOT
from tests.guards.mutants.finding import Mutant, mutants
from tests.guards.mutants.reporting import EQUIVALENT, PHASES, Kept, report
from tests.guards.mutants.trying import try_all
from tests.guards.mutants.visits import Reach

WALK = "tests/guards/test_tenants.py::test_nobody_learns_or_changes_anything_of_another_customer"


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("words", nargs="*", help="try only mutants whose name has one of these")
    parser.add_argument("--report", type=Path, help="write the figures into this file")
    parser.add_argument("--kept", type=Path, help="keep verdicts here, and go on from them")
    parser.add_argument("--reach", type=Path, help="which visit runs what; made if it is not there")
    parser.add_argument("--phase", choices=PHASES, help="try this one alone")
    parser.add_argument("--at-once", type=int, default=2)
    parser.add_argument("--list", action="store_true", help="say what would be tried")
    return parser.parse_args()


def main() -> int:
    """Try all that were not tried yet, and report."""
    options = arguments()
    chosen = [m for m in mutants() if any(word in m.name for word in options.words or [""])]
    if options.list:
        sys.stdout.write("".join(f"{mutant.name}\n" for mutant in chosen))
        return 0
    phases = (options.phase,) if options.phase else PHASES
    with tempfile.TemporaryDirectory() as folder:
        kept = Kept(options.kept or Path(folder, "kept.jsonl"))
        reach = options.reach or Path(folder, "reach")
        if not any(reach.glob("*test_tenants*")):
            make_reach(reach)
        # In no order: what is known of a run that was stopped holds for the others too.
        random.Random(1).shuffle(chosen)
        shares = [chosen[place :: options.at_once] for place in range(options.at_once)]
        run_at_once(shares, phases, reach, kept)
        verdicts = kept.read(mutants())
    if options.report:
        text, mark = options.report.read_text(), "## Results\n\n"
        options.report.write_text(text.partition(mark)[0] + mark + report(verdicts))
    names = (verdict.mutant.name for verdict in verdicts if verdict.is_unnoticed)
    unnoticed = [name for name in names if name not in EQUIVALENT]
    sys.stdout.write("".join(f"NOBODY: {name}\n" for name in unnoticed))
    return 1 if unnoticed else 0


def make_reach(folder: Path) -> None:
    """Walk through every address once, noting what runs."""
    command = [sys.executable, "-m", "pytest", "-q", "-n0", "-p", "tests.guards.mutants.reach"]
    subprocess.run([*command, "--reach", str(folder), WALK], cwd=ROOT, check=True)


def run_at_once(
    shares: list[list[Mutant]], phases: tuple[str, ...], reach: Path, kept: Kept
) -> None:
    """Try each share out in a process of its own."""
    children = []
    for share in shares:
        child = os.fork()
        if not child:
            for phase in phases:
                for mutant, seen in try_all(untried(share, phase, kept), Reach(reach), phase):
                    kept.add(mutant, phase, seen)
            os._exit(0)
        children.append(child)
    for child in children:
        os.waitpid(child, 0)


def untried(share: list[Mutant], phase: str, kept: Kept) -> Iterator[Mutant]:
    """Those of a share that nobody has tried by the moment of their turn."""
    return (mutant for mutant in share if kept.wants(mutant, phase))


if __name__ == "__main__":
    sys.exit(main())
