"""Every page of the URLconf, opened in a browser by somebody who may.

`./bryggan drill axe` sets EVERYBODY: every kind of page, as every role that was led to it.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.browser.conftest import EVERYBODY
from tests.browser.crawl import Found, patterns
from tests.browser.looking import Looker, faults
from tests.browser.stage import Stage

pytestmark = pytest.mark.browser
# These begin and end at the municipality's own sign-in service, which the demo does not have.
ELSEWHERE = {"openid_connect_login", "openid_connect_callback"}
NAMES = [name for name, _pattern in patterns() if name not in ELSEWHERE]


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
    assert seen.of(name), f"nobody is led to such a page, only on to {seen.led_on.get(name)}"
    wrong = []
    for who, path in chosen(seen, name):
        spoken = looker.become(who, seen.cookies[who], language)
        status = looker.open(path)
        quick = language == "en" and not EVERYBODY
        found_here = faults(looker, spoken, quick=quick)
        found_here += [] if status == 200 else [f"answered {status}"]
        wrong += [f"{path} as {who}: {fault}" for fault in found_here]
    assert wrong == []
