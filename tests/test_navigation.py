"""The main menu: what one comes for most days, and the rest under "Mer"."""

from __future__ import annotations

import re

import pytest

from tests.test_pages import text


def menu(page: str) -> tuple[list[str], list[str]]:
    """What stands in the menu, and what is folded away."""
    nav = re.search(r'<nav class="topnav".*?</nav>', page, re.S)
    shown, _more, folded = nav[0].partition("<details") if nav else ("", "", "")
    link = re.compile(r"<a [^>]*>([^<]+)</a>")
    return link.findall(shown), link.findall(folded)


def test_a_manager_finds_the_day_first_and_the_rest_under_more(as_, cast):
    assert menu(text(as_(cast.mona).get("/laget/"))) == (
        ["Att göra", "Remisser", "Ärenden", "Teamets läge", "Samverkan"],
        [
            "Genomgångar",
            "Verktygslådan",
            "Bemanning",
            "Orosanmälningar",
            "Skyddade ärenden",
            "Nödöppningar",
            "Utdrag",
            "Gallring",
        ],
    )


@pytest.mark.parametrize(
    "who", ["sara", "petra", "tuva", "mona", "rut", "dag", "cecilia", "gun", "adam"]
)
def test_nobody_has_a_long_menu_and_every_entry_opens(as_, cast, who):
    client = as_(getattr(cast, who))
    page = text(client.get("/hjalp/"))
    shown, folded = menu(page)
    assert 4 <= len(shown) <= 6
    assert len(folded) != 1
    nav = page.partition('<nav class="topnav"')[2].partition("</nav>")[0]
    addresses = re.findall(r'href="([^"]+)"', nav)
    assert [client.get(url, follow=True).status_code for url in addresses] == [200] * len(addresses)


def test_who_has_no_list_of_their_own_finds_the_notices_in_the_menu(as_, cast):
    assert menu(text(as_(cast.cecilia).get("/hjalp/"))) == (
        ["Att göra", "Samverkan", "Program", "Tackar nej", "Notiser"],
        [],
    )
    for who in (cast.adam, cast.gun):
        assert "Notiser" in menu(text(as_(who).get("/hjalp/")))[1]


def test_where_one_is_shows_though_it_is_folded_away(as_, cast):
    page = text(as_(cast.mona).get("/bemanning/"))
    assert '<summary class="current">Mer</summary>' in page
    assert re.findall(r'aria-current="page">([^<]+)<', page) == ["Bemanning"]
