"""Every page of the URLconf, opened in a browser by somebody who may."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.browser.crawl import Found, patterns
from tests.browser.looking import Looker, faults
from tests.browser.stage import Stage

pytestmark = pytest.mark.browser
NAMES = [name for name, _pattern in patterns()]


@pytest.mark.parametrize("name", NAMES)
def test_page(name: str, found: tuple[Path, Found], pages: Stage, looker: Looker) -> None:
    seen = found[1]
    if name in seen.only_posted | seen.files:
        return
    kinds = seen.of(name)
    assert kinds, f"{name}: nobody is led to such a page (led on to {seen.led_on.get(name)})"
    wrong = []
    for kind, by in kinds.items():
        who, path = by[0]
        looker.become(seen.cookies[who], pages.url)
        status = looker.open(path)
        if status != 200:
            wrong.append(f"{path} as {who}: {status}")
        wrong += [f"{path} as {who}: {fault}" for fault in faults(looker)]
        if os.environ.get("AXE") != "all":
            break
    assert wrong == []
