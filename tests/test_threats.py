"""docs/threats.md and docs/hazards.md: every row is proved by tests that exist."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import pytest

TOP = Path(__file__).resolve().parent.parent
PAGES = ("threats.md", "hazards.md")
TEST = re.compile(r"`(test_\w+)`")


@lru_cache(maxsize=1)
def known_tests() -> dict[str, set[str]]:
    """The names of all tests, by file, read without running anything."""
    found = {}
    for file in sorted((TOP / "tests").glob("test_*.py")):
        nodes = ast.walk(ast.parse(file.read_text()))
        names = {node.name for node in nodes if isinstance(node, ast.FunctionDef)}
        found[file.name] = {name for name in names if name.startswith("test_")}
    return found


def rows(page: str) -> Iterator[tuple[str, list[str]]]:
    for line in (TOP / "docs" / page).read_text().splitlines():
        if re.match(r"\| [TH]\d+ \|", line):
            yield line.split("|")[1].strip(), TEST.findall(line.rsplit("|", 2)[1])


@pytest.mark.parametrize("page", PAGES)
def test_every_row_names_tests_that_exist(page):
    every = set().union(*known_tests().values())
    found = list(rows(page))
    assert len(found) >= 10
    assert [name for name, tests in found if not tests] == []
    assert [(name, one) for name, tests in found for one in tests if one not in every] == []


@pytest.mark.parametrize("page", PAGES)
def test_no_id_stands_twice_and_none_is_left_out(page):
    numbers = [int(name[1:]) for name, _tests in rows(page)]
    assert numbers == list(range(1, len(numbers) + 1))
