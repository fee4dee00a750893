"""One told database a run, one server and one browser a worker, one window a person."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests import made
from tests.browser.beforehand import all_visitors
from tests.browser.crawl import Found, crawl
from tests.browser.looking import Looker
from tests.browser.person import Person
from tests.browser.stage import Stage, staged
from tests.servers import CHROMIUM_ARGS, chromium

Meet = Callable[..., Person]
# The drill looks as everybody; the suite as somebody who may.
EVERYBODY = bool(os.environ.get("EVERYBODY"))


@pytest.fixture(scope="session")
def told() -> Path:
    return made.told()


@pytest.fixture(scope="session")
def found(told: Path) -> tuple[Path, Found]:
    """What everybody was led to, and the database as they left it."""

    def look(folder: Path) -> None:
        with staged(told, folder / "stage") as here:
            seen = crawl(*all_visitors(here), everybody=EVERYBODY)
            (folder / "found.json").write_text(seen.dumps())

    folder = made.once("crawled", look)
    return folder / "stage", Found.loads((folder / "found.json").read_text())


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Debian's Chromium with a profile of its own, gone with the last test of this folder."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=CHROMIUM_ARGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def pages(found: tuple[Path, Found]) -> Iterator[Stage]:
    """A server on which everybody is signed in already, and stands where they stood."""
    with _copy(found[0]) as here:
        yield here


@pytest.fixture(scope="package")
def looker(browser: Browser, pages: Stage) -> Iterator[Looker]:
    looker = Looker(browser, pages.url)
    yield looker
    looker.close()


@pytest.fixture
def town(told: Path) -> Iterator[Stage]:
    """A municipality of one's own, as it was told."""
    with _copy(told) as here:
        yield here


@pytest.fixture
def meet(browser: Browser, town: Stage) -> Iterator[Meet]:
    """Everybody has a window of their own; who has signed in stays so."""
    met: dict[object, Person] = {}

    def person(username: str = "", *, script: bool = True) -> Person:
        key = (username, script) if username else object()
        if key not in met:
            met[key] = Person(browser, town, phone=not username, script=script)
            if username:
                met[key].sign_in(username)
        return met[key]

    yield person
    for one in met.values():
        one.close()


@contextmanager
def _copy(template: Path) -> Iterator[Stage]:
    folder = Path(tempfile.mkdtemp(prefix="bryggan-stage-"))
    try:
        with staged(template, folder / "var") as here:
            yield here
    finally:
        shutil.rmtree(folder, ignore_errors=True)
