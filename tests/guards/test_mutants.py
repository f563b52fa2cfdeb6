"""Every query that forgets whose rows it means is noticed by the guard or by a test."""

import os
import subprocess
import sys

import pytest

from portal.config import ROOT
from tests.guards.mutants.finding import UNCONDITIONED, mutants, queries, unmutated
from tests.guards.mutants.reporting import EQUIVALENT

LONG = bool(os.environ.get("WAYMARK_TEST_LONG"))


def test_a_mutant_is_python_that_says_something_else() -> None:
    found = mutants()
    assert len(found) > 350
    for mutant in found:
        source = (ROOT / mutant.path).read_bytes()
        changed = mutant.put_into(source)
        assert changed != source
        compile(changed, mutant.path, "exec")


def test_each_has_a_name_of_its_own() -> None:
    names = [mutant.name for mutant in mutants()]
    assert len(names) == len(set(names))


def test_no_query_is_left_out() -> None:
    assert len(list(queries())) > 300
    assert {query.place for query in unmutated()} == set(UNCONDITIONED)


def test_each_excuse_belongs_to_a_mutant() -> None:
    assert {mutant.name for mutant in mutants()} >= set(EQUIVALENT)


@pytest.mark.skipif(not LONG, reason="takes hours; script/test --long")
def test_somebody_notices_each_mutant() -> None:
    command = [sys.executable, "-m", "tests.guards.mutants"]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout
