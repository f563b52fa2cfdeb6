"""Takes the organization out of one query after another, and sees which tests notice.

    python -m tests.guards.mutants [--report docs/tenancy-mutants.md] [WORDS…]

Works in copies of the repository. WORDS narrow the mutants to those whose name has one. Each is
tried twice: as it is, and with the guard on the engine switched off, so that the walk of
test_tenants.py has to find it alone. Ends with 1 if any goes unnoticed.
"""

import argparse
import ast
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from queue import Queue

from portal.config import ROOT
from tests.guards.source import dotted, modules, scoped

COPIED = ("content", "migrations", "portal", "static", "templates", "tests")
FILES = ("pyproject.toml", "wsgi.py", "README.md")
WALK = ("tests/guards/test_tenants.py",)
FEATURES = tuple(
    f"tests/{name}" for name in ("accounts", "adoption", "guides", "messages", "paths", "sample")
)
EXEMPT = {
    "portal/guard/": "the guard itself",
    "portal/jobs.py": "work is a shared table",
    "portal/db.py": "knows no table",
}

EQUIVALENT: dict[str, str] = {
    "portal/accounts/service/organizations.py _count_members: "
    "Member.organization_id.in_(organization_ids)": "nobody: counts more, and shows the same rows",
}
"""Mutants that change nothing which anybody could see, and why."""

UNKEYED = '''
"""What a primary key's lookup becomes when somebody forgets the organization."""

from sqlalchemy import select


def get(session, model, key):
    rest = {name: value for name, value in key.items() if name != "organization_id"}
    return session.scalars(select(model).filter_by(**rest)).one_or_none()


get_one = get
'''
TRUE = '__import__("sqlalchemy").true()'


@dataclass(frozen=True)
class Mutant:
    """One place where the organization is left out."""

    path: str
    function: str
    what: str
    start: int
    end: int
    instead: str

    @property
    def name(self) -> str:
        return f"{self.path} {self.function}: {self.what}"

    def put_into(self, source: bytes) -> bytes:
        """The module's text with the mutant in it."""
        return source[: self.start] + self.instead.encode() + source[self.end :]


@dataclass(frozen=True)
class Verdict:
    """Who noticed a mutant."""

    mutant: Mutant
    with_guard: str
    """`guard`, `walk`, `features` or nothing."""
    without_guard: str
    """`walk` or nothing."""

    @property
    def is_noticed(self) -> bool:
        return bool(self.with_guard or self.mutant.name in EQUIVALENT)


def mutants() -> Iterator[Mutant]:
    """Every comparison with a table's organization, and every lookup by a key that has it."""
    for path in modules():
        if path.startswith(tuple(EXEMPT)):
            continue
        source = (ROOT / path).read_text().encode()
        starts = [0]
        for line in source.splitlines(keepends=True):
            starts.append(starts[-1] + len(line))
        for place, node in scoped(modules()[path]):
            if instead := _without_organization(node):
                start = starts[node.lineno - 1] + node.col_offset
                end = starts[node.end_lineno - 1] + node.end_col_offset
                what = " ".join(source[start:end].decode().split())
                yield Mutant(path, place, what, start, end, instead)


def _without_organization(node: ast.AST) -> str | None:
    """What stands in the place of a node once the organization is forgotten."""
    match node:
        case ast.Compare(ops=[ast.Eq()], left=left, comparators=[right]):
            return TRUE if _names_organization(left) or _names_organization(right) else None
        case ast.Call(func=ast.Attribute(value=column, attr="in_")):
            return TRUE if _names_organization(column) else None
        case ast.Call(func=ast.Attribute(value=session, attr="get" | "get_one"), args=[model, key]):
            if dotted(model)[:1].isupper() and not _is_plain_key(key):
                given = ", ".join(ast.unparse(part) for part in (session, model, key))
                return f'__import__("portal.unkeyed").unkeyed.{node.func.attr}({given})'
    return None


def _names_organization(node: ast.expr) -> bool:
    """Whether it is `Table.organization_id`."""
    return (
        isinstance(node, ast.Attribute)
        and node.attr == "organization_id"
        and dotted(node.value)[:1].isupper()
    )


def _is_plain_key(key: ast.expr) -> bool:
    """Whether a lookup's key is that of a shared table: one value."""
    if isinstance(key, ast.Dict):
        return "organization_id" not in {getattr(k, "value", None) for k in key.keys}
    return dotted(key) not in ("identity", "key")


def try_out(mutant: Mutant, copy: Path) -> Verdict:
    """Run the tests with the mutant in a copy of the repository; the copy is whole afterwards."""
    file, guard = copy / mutant.path, copy / "portal/guard/__init__.py"
    source, guarded = file.read_bytes(), guard.read_text()
    file.write_bytes(mutant.put_into(source))
    try:
        with_guard = _noticed(copy, WALK, "walk") or _noticed(copy, FEATURES, "features")
        guard.write_text(_switched_off(guarded))
        return Verdict(mutant, with_guard, _noticed(copy, WALK, "walk"))
    finally:
        file.write_bytes(source)
        guard.write_text(guarded)


def _noticed(copy: Path, tests: tuple[str, ...], by: str) -> str:
    there = [name for name in tests if (copy / name).exists()]
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *there]
    ran = subprocess.run(
        command, cwd=copy, capture_output=True, text=True, check=False, env=_environment(copy)
    )
    if ran.returncode == 0:
        return ""
    if ran.returncode != 1:
        raise RuntimeError(ran.stdout + ran.stderr)
    return "guard" if "TenancyError" in ran.stdout else by


def _environment(copy: Path) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith("WAYMARK_")}
    return kept | {"PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1"}


def _switched_off(guard: str) -> str:
    """The guard's module with a check that lets everything pass."""
    for node in ast.walk(ast.parse(guard)):
        if isinstance(node, ast.FunctionDef) and node.name == "check":
            lines = guard.splitlines(keepends=True)
            lines.insert(node.body[1].lineno - 1, "        return\n")
            return "".join(lines)
    raise LookupError("the guard has no function `check`")


def copy_repository(folder: Path) -> Path:
    """What the tests need, apart from the environment."""
    for name in COPIED:
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in FILES:
        shutil.copy(ROOT / name, folder / name)
    (folder / "portal/unkeyed.py").write_text(UNKEYED)
    return folder


def try_all(chosen: list[Mutant], at_once: int) -> Iterator[Verdict]:
    """Try mutants out, a few at once, each in a copy of its own."""
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(at_once) as pool:
        copies: Queue[Path] = Queue()
        for number in range(at_once):
            copies.put(copy_repository(Path(folder, str(number))))

        def in_a_copy(mutant: Mutant) -> Verdict:
            copy = copies.get()
            try:
                return try_out(mutant, copy)
            finally:
                copies.put(copy)

        running = [pool.submit(in_a_copy, mutant) for mutant in chosen]
        for done in as_completed(running):
            yield done.result()


def report(verdicts: list[Verdict]) -> str:
    """The table of docs/tenancy-mutants.md."""
    verdicts = sorted(verdicts, key=lambda v: (v.mutant.path, v.mutant.start))
    guard = Counter(v.with_guard or "nobody" for v in verdicts)
    walk = Counter(v.without_guard or "nobody" for v in verdicts)
    rows = [
        f"| `{v.mutant.path}` `{v.mutant.function}` | `{v.mutant.what}` "
        f"| {v.with_guard or EQUIVALENT.get(v.mutant.name, '**nobody**')} "
        f"| {v.without_guard or '—'} |"
        for v in verdicts
    ]
    return "\n".join(
        [
            f"Mutants: {len(verdicts)}. With the guard: {_counts(guard)}."
            f" With the guard switched off: {_counts(walk)}.",
            "",
            "| place | left out | noticed by | without the guard |",
            "|---|---|---|---|",
            *rows,
            "",
        ]
    )


def _counts(found: Counter[str]) -> str:
    return ", ".join(f"{name} {number}" for name, number in found.most_common())


def read_kept(file: Path | None, chosen: list[Mutant]) -> list[Verdict]:
    """The verdicts that an earlier run left, of mutants that there still are."""
    if file is None or not file.exists():
        return []
    by_name = {mutant.name: mutant for mutant in chosen}
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    return [Verdict(by_name[name], *by) for name, *by in lines if name in by_name]


def keep(file: Path, verdict: Verdict) -> None:
    """Add a verdict for the next run."""
    line = [verdict.mutant.name, verdict.with_guard, verdict.without_guard]
    with file.open("a") as lines:
        lines.write(json.dumps(line) + "\n")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("words", nargs="*", help="try only mutants whose name has one of these")
    parser.add_argument("--report", type=Path, help="write the table into this file")
    parser.add_argument("--kept", type=Path, help="go on where a run with this file was stopped")
    parser.add_argument("--at-once", type=int, default=2)
    parser.add_argument("--list", action="store_true", help="say what would be tried")
    return parser.parse_args()


def main() -> int:
    options = arguments()
    chosen = [m for m in mutants() if any(word in m.name for word in options.words or [""])]
    if options.list:
        print("\n".join(mutant.name for mutant in chosen))
        return 0
    verdicts = read_kept(options.kept, chosen)
    known = {verdict.mutant.name for verdict in verdicts}
    for verdict in try_all([m for m in chosen if m.name not in known], options.at_once):
        verdicts.append(verdict)
        if options.kept:
            keep(options.kept, verdict)
        with_guard, alone = verdict.with_guard or "NOBODY", verdict.without_guard or "-"
        print(f"{verdict.mutant.name}: {with_guard} / {alone}", flush=True)
    if options.report:
        text, mark = options.report.read_text(), "## Results\n\n"
        options.report.write_text(text.partition(mark)[0] + mark + report(verdicts))
    return 0 if all(verdict.is_noticed for verdict in verdicts) else 1


if __name__ == "__main__":
    sys.exit(main())
