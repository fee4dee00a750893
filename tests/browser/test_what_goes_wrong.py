"""The pages somebody meets when something goes wrong: each as whole as any other page."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.browser.conftest import Meet
from tests.browser.crawl import Found
from tests.browser.looking import Looker, faults

pytestmark = pytest.mark.browser
SOMEBODY = [
    ("/trouble/400/", 400, "Det gick inte att läsa det som skickades"),
    ("/trouble/403/", 403, "Det här kan du inte göra"),
    ("/arenden/00-AAAAA/", 404, "Sidan finns inte"),
    ("/trouble/500/", 500, "Något gick fel hos oss"),
    ("/trouble/503/", 503, "Sidan går inte att visa just nu"),
]
NOBODY = [
    ("/s/finns-inte/", 404, "Länken går inte att använda"),
    ("/samverkan/lank/finns-inte/", 404, "Länken går inte att använda"),
    ("/inbjudan/finns-inte/", 404, "Länken går inte att använda"),
    ("/konto/sso/login/error/", 401, "Inloggningen blev inte av"),
]


@pytest.mark.parametrize(("path", "status", "says"), SOMEBODY + NOBODY)
def test_page_of_what_went_wrong(
    path: str, status: int, says: str, found: tuple[Path, Found], looker: Looker
) -> None:
    who = "team" if (path, status, says) in SOMEBODY else "nobody"
    looker.become(who, found[1].cookies[who])
    assert looker.open(path) == status
    assert looker.page.locator("h1").all_inner_texts() == [says]
    assert faults(looker) == []


def test_somebody_was_first(meet: Meet) -> None:
    """Two windows of the same person: the second save is told what stands there now, with every
    word of its own kept."""
    first = meet("chef", script=False)
    second = meet("chef")
    first.go("/samverkan/kontakter/")
    contact = first.page.get_by_role("link", name="Tilda Berg").first
    change = f"{contact.get_attribute('href')}uppgifter/"
    first.go(change)
    second.go(change)
    first.write("Telefon", "08-508 00 011")
    first.press("Ändra uppgifter")
    second.write("Telefon", "08-508 00 022")
    with second.page.expect_navigation() as answer:
        second.page.get_by_role("button", name="Ändra uppgifter").click()
    assert answer.value.status == 409
    assert "08-508 00 022" in second.page.content()
    assert faults(second) == []
