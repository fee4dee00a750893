"""Every page of the URLconf, opened in a browser by somebody who may; its forms, left empty.

`./bryggan drill axe` sets EVERYBODY: every kind of page, as every role that was led to it, in both
languages with axe.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.browser.conftest import EVERYBODY
from tests.browser.crawl import UNOPENED, Found, known_patterns
from tests.browser.looking import Looker, faults
from tests.browser.refusing import refused
from tests.browser.stage import Stage

pytestmark = pytest.mark.browser
EVERY_NAME = [name for name, _pattern in known_patterns()]
NAMES = [name for name in EVERY_NAME if name not in UNOPENED]


def test_only_names_that_exist_are_left_out() -> None:
    assert set(UNOPENED) - set(EVERY_NAME) == set()


def chosen(seen: Found, name: str) -> list[tuple[str, str]]:
    """By whom, and at which address, the pages of one name are opened."""
    kinds = seen.of(name)
    if not EVERYBODY:
        return [by[0] for by in list(kinds.values())[:1]]
    return [item for by in kinds.values() for item in dict(by).items()]


@pytest.mark.parametrize("language", ["sv", "en"])
@pytest.mark.parametrize("name", NAMES)
def test_page(
    name: str, language: str, found: tuple[Path, Found], pages: Stage, looker: Looker
) -> None:
    seen = found[1]
    if name in seen.only_posted | seen.files:
        return
    assert seen.of(name) != {}, f"nobody is led there, only on to {seen.led_on.get(name)}"
    wrong = []
    for who, path in chosen(seen, name):
        spoken = looker.become(who, seen.cookies[who], language)
        status = looker.open(path)
        here = [] if status == 200 else [f"answered {status}"]
        here += faults(looker, spoken, quick=language == "en" and not EVERYBODY)
        # The style guide's forms are samples, and lead nowhere.
        if language == "sv" and name != "style_guide":
            here += refused(looker, everything=EVERYBODY)
        wrong += [f"{path} as {who}: {fault}" for fault in here]
    assert wrong == [], "\n".join(wrong)
