"""The toolbox, the film and the support material belong together, and what is for everybody is shown to all."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

import vault.files
from collaboration.models import SupportMaterial
from history.door import begin, edit, perform
from tests import corpus
from tests.test_pages import text

pytestmark = pytest.mark.django_db
TOOLS = "/verktyg/"


@pytest.fixture
def publish(cast):
    def made(title: str, kind: str, audience: str = "", **said: Any) -> SupportMaterial:
        new = SupportMaterial(
            title=title, kind=kind, about="Kort", audience=audience, owner=cast.dag
        )
        draft = begin(new, by=cast.dag).obj
        said = {"text": ""} | said if said else {"text": f"Om {title}."}
        return perform(draft.publish, by=cast.dag, **said).obj

    return made


@pytest.fixture
def library(publish, cast):
    """A film and a sheet for all, a film for the teams, a guide for all, and two nobody reads yet."""
    sheet = vault.files.store(corpus.pdf(), "application/pdf").uuid
    found = {
        "film": publish("Filmen", "film", address="https://stad.example/film"),
        "sheet": publish("Bladet", "toolbox", file=sheet),
        "team": publish("Teamets film", "film", " team "),
        "guide": publish("Guiden", "guide"),
        "old": publish("Gammal film", "film"),
    }
    perform(found["old"].retire, by=cast.dag, why="Ersatt")
    new = SupportMaterial(title="Utkastet", kind="film", about="Kort", owner=cast.dag)
    return found | {"draft": begin(new, by=cast.dag).obj}


def shown(page: str) -> list[str]:
    """The headings of the cards above the tools."""
    section = page.partition("Att visa och läsa")[2].partition("</section>")[0]
    return [
        " ".join(re.sub(r"<[^>]+>", " ", one).split())
        for one in re.findall(r"<h3>(.*?)</h3>", section, re.S)
    ]


def test_the_film_and_the_sheet_stand_above_the_tools(library, cast, as_):
    page = text(as_(cast.sara).get(TOOLS))
    assert shown(page) == ["Bladet", "Filmen"]
    assert 'href="https://stad.example/film"' in page
    assert f'href="/samverkan/material/{library["film"].uuid}/"' in page
    assert shown(text(as_(cast.tuva).get(TOOLS))) == ["Bladet", "Filmen", "Teamets film"]


def test_without_an_account_only_what_is_for_everybody_is_shown(library, cast, settings):
    assert Client().get(TOOLS).headers["Location"].startswith("/konto/login/")
    settings.PUBLIC_TOOLBOX = True
    page = text(Client().get(TOOLS))
    assert shown(page) == ["Bladet", "Filmen"]
    assert 'href="https://stad.example/film"' in page
    for hidden in ("Teamets film", "Guiden", "Gammal film", "Utkastet", "/samverkan/material/"):
        assert hidden not in page.replace(f"/samverkan/material/{library['sheet'].uuid}/fil/1/", "")
    edit(library["film"], by=cast.dag, audience=" school ")
    assert shown(text(Client().get(TOOLS))) == ["Bladet"]


def test_a_file_is_fetched_without_an_account_only_where_it_is_shown(
    library, publish, cast, settings
):
    def status(material: SupportMaterial, number: int = 1) -> int:
        return Client().get(f"/samverkan/material/{material.uuid}/fil/{number}/").status_code

    paper = vault.files.store(corpus.pdf(), "application/pdf").uuid
    guide = publish("Guide med fil", "guide", file=paper)
    sheet = library["sheet"]
    assert (status(sheet), status(guide)) == (302, 302)
    settings.PUBLIC_TOOLBOX = True
    assert (status(sheet), status(guide), status(library["film"])) == (200, 404, 404)
    sheet = perform(sheet.publish, by=cast.dag, text="", file=paper, what_is_new="Nytt blad").obj
    assert (status(sheet, 1), status(sheet, 2)) == (404, 200)
    edit(sheet, by=cast.dag, audience=" team ")
    assert status(sheet, 2) == 404


@pytest.mark.parametrize("who", ["sara", "tuva", "mona", "rut", "dag", "cecilia", "adam", "gun"])
def test_everybody_reaches_the_toolbox_from_the_support_material(cast, as_, who):
    client = as_(getattr(cast, who))
    for url in ("/samverkan/material/", TOOLS):
        nav = re.search(r'<nav class="pages".*?</nav>', text(client.get(url)), re.S)[0]
        links = re.findall(r'href="([^"]+)"( aria-current="page")?', nav)
        where = [link for link, _now in links]
        assert where.index(TOOLS) == where.index("/samverkan/material/") + 1
        assert [link for link, now in links if now] == [url]


def test_who_shows_a_material_to_all_is_told_so(library, cast, as_, settings):
    client = as_(cast.dag)
    assert "öppna för den som inte har konto" in text(client.get("/samverkan/material/nytt/"))
    page = f"/samverkan/material/{library['film'].uuid}/"
    words = "också utan konto, på sidan Verktygslådan"
    assert words not in text(client.get(page))
    settings.PUBLIC_TOOLBOX = True
    assert words in text(client.get(page))
    assert words not in text(client.get(f"/samverkan/material/{library['guide'].uuid}/"))


def test_the_page_asks_as_much_of_many_materials_as_of_few(publish, cast, as_):
    client = as_(cast.sara)

    def cost() -> tuple[int, int]:
        client.get(TOOLS)
        with CaptureQueriesContext(connection) as queries:
            page = text(client.get(TOOLS))
        return len(queries), len(shown(page))

    publish("Film 0", "film")
    few = cost()
    for n in range(1, 60):
        publish(f"Film {n:02}", "film")
    many = cost()
    assert (few[1], many) == (1, (few[0], 50))
