"""The worklist from outside: what is mine, what I can take, and every way to narrow it."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core.cache import cache

from accounts import clock
from accounts.models import Kind, Organisation
from tests.test_pages import text
from workflows.models import Following, SavedFilter, Turn


@pytest.fixture(autouse=True)
def fresh(db):
    cache.clear()


def references(answer) -> list[str]:
    return [row["reference"] for row in answer.context["rows"]]


def test_every_filter_narrows_and_together_they_narrow_more(as_, path, cast):
    case = path.support()
    sent = path.submitted()
    far = Organisation.objects.create(kind=Kind.SCHOOL, name="Fjärran", parent=cast.south)
    client = as_(cast.mona)
    both = {case.reference, sent.reference}
    assert set(references(client.get("/?vems=alla"))) == both
    wanted = {
        f"stadsdel={cast.south.pk}": both,
        f"stadsdel={cast.team.pk}": set(),
        f"skola={cast.school.pk}": both,
        f"skola={far.pk}": set(),
        "lage=case.support": {case.reference},
        "lage=referral.submitted": {sent.reference},
        "lage=case.closed": both,  # not an open state: no filter at all
        f"ansvarig={cast.tuva.pk}": {case.reference},
        "steg=screen": {sent.reference},
        "nar=idag": set(),
        "nar=manad": both,
        f"lage=case.support&ansvarig={cast.mona.pk}": set(),
    }
    for query, expected in wanted.items():
        assert set(references(client.get(f"/?vems=alla&{query}"))) == expected, query
    Turn.objects.filter(reference=sent.reference).update(due=clock.today() - timedelta(days=1))
    assert references(client.get("/?vems=alla&nar=sena")) == [sent.reference]
    assert references(client.get("/?vems=alla"))[0] == sent.reference


def test_one_click_takes_a_task_and_one_lets_it_go(as_, path, cast):
    sent = path.submitted()
    client = as_(cast.tore)
    assert references(client.get("/")) == []
    page = text(client.get("/?vems=lediga"))
    url = re.search(r'formaction="(/ta/[^"]+)"', page)[1]
    assert client.post(url).status_code == 302
    mine = client.get("/")
    assert references(mine) == [sent.reference]
    assert as_(cast.tuva).post(url).status_code == 409
    assert f'formaction="{url}" name="slapp"' in text(mine)
    client.post(url, {"slapp": "1"})
    assert references(client.get("/")) == []


def test_following_is_seen_and_ended(as_, path, cast):
    case = path.support()
    client = as_(cast.tore)
    client.post(f"/arenden/{case.reference}/folj/")
    assert references(client.get("/?vems=foljer")) == [case.reference]
    assert case.reference in text(client.get("/filter/"))
    client.post(f"/arenden/{case.reference}/folj/", {"sluta": "1"})
    assert references(client.get("/?vems=foljer")) == []
    assert not Following.objects.exists()


def test_a_saved_filter_holds_every_choice(as_, path, cast):
    client = as_(cast.mona)
    query = (
        f"vems=alla&stadsdel={cast.south.pk}&lage=case.support&ansvarig={cast.tuva.pk}&nar=manad"
    )
    chosen = dict(pair.split("=") for pair in query.split("&"))
    assert client.post("/filter/", chosen | {"namn": "Mitt"}).headers["Location"] == f"/?{query}"
    assert query.replace("&", "&amp;") in text(client.get("/filter/"))


def test_the_school_hands_its_questions_on_and_is_told_what_was_refused(as_, path, cast):
    consent = path.ask(path.accepted())
    asked = Turn.objects.open().get(object_uuid=consent.uuid)
    sent = Turn.objects.open().get(what="case")
    client = as_(cast.sara)
    page = client.post(
        "/lamna/", {"turn": [str(asked.uuid), str(sent.uuid)], "to": str(cast.siv.pk)}
    )
    assert page.context["done"] == [consent.matter.reference]
    consent.refresh_from_db()
    assert (consent.responsible, consent.deputy) == (cast.siv, cast.petra)


@pytest.mark.both_engines
@pytest.mark.parametrize("words", ["\x00", "a\x00b", "R-\x00"])
def test_a_search_for_what_no_database_takes_finds_nothing(words, as_, path, cast):
    path.support()
    answer = as_(cast.tuva).post("/", {"sok": words})
    assert (answer.status_code, references(answer)) == (200, [])


@pytest.mark.parametrize(
    ("asked", "open_"),
    [("", ""), ("?vems=mina", ""), ("?nar=sena", " open"), ("?vems=alla", " open")],
)
def test_the_filters_are_folded_until_one_is_in_use(asked, open_, as_, path, cast):
    """On a phone they filled the first screen; a wide window unfolds them (bryggan.css)."""
    path.submitted()
    page = as_(cast.tuva).get(f"/{asked}").content.decode()
    assert page.count(f'<details class="card fold"{open_}>') == 1
    folded = page.partition('<details class="card fold"')[2].partition("</details>")[0]
    assert ['name="sok"' in folded, 'name="nar"' in folded] == [True, True]


def test_what_was_sought_stays_in_sight(as_, path, cast):
    path.submitted()
    page = as_(cast.tuva).post("/", {"sok": "26-22222"}).content.decode()
    assert page.count('<details class="card fold" open>') == 1
    assert 'value="26-22222"' in page


@pytest.mark.both_engines
def test_a_filter_named_with_a_nul_sign_is_kept_without_it(as_, cast):
    """PostgreSQL keeps no such sign: found by a stranger's input, as an error of ours."""
    assert as_(cast.tuva).post("/filter/", {"namn": "Min\x00lista"}).status_code == 302
    assert list(SavedFilter.objects.values_list("name", flat=True)) == ["Minlista"]
