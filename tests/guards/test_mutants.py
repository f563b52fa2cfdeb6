"""Every query that forgets whose rows it means is noticed by the guard or by the walk."""

import os
import shutil
from pathlib import Path

import pytest

from tests.guards.mutants import EQUIVALENT, copy_repository, mutants, try_all

LONG = bool(os.environ.get("WAYMARK_TEST_LONG"))


def test_a_mutant_is_python_that_says_something_else(tmp_path: Path) -> None:
    copy = copy_repository(tmp_path / "copy")
    found = list(mutants())
    assert len(found) > 50
    for mutant in found:
        source = (copy / mutant.path).read_bytes()
        changed = mutant.put_into(source)
        assert changed != source
        compile(changed, mutant.path, "exec")
    shutil.rmtree(copy)


def test_each_excuse_belongs_to_a_mutant() -> None:
    assert {mutant.name for mutant in mutants()} >= set(EQUIVALENT)


@pytest.mark.skipif(not LONG, reason="takes most of an hour; script/test --long")
def test_somebody_notices_each_mutant() -> None:
    unnoticed = [
        verdict.mutant.name
        for verdict in try_all(list(mutants()), at_once=2)
        if not verdict.is_noticed
    ]
    assert unnoticed == []
