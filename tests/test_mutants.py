"""The mutants are still mutants: each patch fits, each test named exists; a few are run."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.mutants import MUTANTS, QUICK, TOP, killed
from tests.test_threats import known_tests


def test_there_are_at_least_thirty_and_no_two_alike():
    assert len(MUTANTS) >= 30
    assert len({mutant.name for mutant in MUTANTS}) == len(MUTANTS)


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_the_patch_fits_and_its_tests_exist(mutant):
    assert (TOP / mutant.file).read_text().count(mutant.old) == 1
    known = known_tests()
    for one in mutant.tests.split():
        file, _sign, name = one.partition("::")
        assert name in known[Path(file).name] if name else file in known


@pytest.mark.slow
@pytest.mark.parametrize("name", QUICK)
def test_it_is_killed(name):
    assert killed(next(mutant for mutant in MUTANTS if mutant.name == name))
