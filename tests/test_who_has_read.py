"""Who has read what, unit by unit: the same people everywhere, and each unit's own leader sees it."""

from __future__ import annotations

import re
from datetime import date

import pytest
from django.core import mail
from django.test import Client

from accounts import clock
from accounts.models import Membership, Organisation, User
from collaboration import reading_up, standing
from collaboration.models import SupportMaterial
from history import outbox
from history.door import begin, edit, perform
from tests.test_pages import text
from workflows.models import Notice

pytestmark = pytest.mark.django_db
HOME = "/samverkan/material/"


def unit(place: Organisation) -> str:
    return f"{HOME}tackning/{place.uuid}/"


@pytest.fixture
def guide(between, cast):
    """For schools and teams, read by Tuva."""
    row = between.material_in("published")
    return perform(row.acknowledge, by=cast.tuva, who=cast.tuva).obj


@pytest.mark.both_engines
def test_a_leader_reads_their_own_unit_and_no_other(guide, cast, as_):
    page = as_(cast.mona).get(unit(cast.team))
    assert page.context["together"] == (1, 2)
    rows = [(row["material"].title, row["n"], row["read"]) for row in page.context["rows"]]
    assert rows == [("Så samverkar vi", 2, 1)]
    assert "Tuva" not in text(page).partition("<main")[2]
    assert unit(cast.team) in text(as_(cast.mona).get(HOME))
    seen = {
        name: [
            place.name
            for place in (cast.team, cast.school, cast.north)
            if as_(getattr(cast, name)).get(unit(place)).status_code == 200
        ]
        for name in ("mona", "petra", "nina", "tuva", "sara", "dag", "cecilia", "adam", "rut")
    }
    here = ["Team Söder", "Åsö skola"]
    assert seen == {
        "mona": here[:1],
        "petra": here[1:],
        "dag": here,
        "cecilia": [*here, "Norr"],
        "adam": [*here, "Norr"],
        **{name: [] for name in ("nina", "tuva", "sara", "rut")},
    }


def test_laget_leads_to_the_unit_where_the_reader_may_go(guide, cast, as_):
    user = User.objects.create(username="dora")
    cast.dora = Membership.objects.create(user=user, organisation=cast.north, role="district")
    url = f"/samverkan/laget/material/{cast.south.pk}/"
    link = re.compile(r'<a href="(/samverkan/material/[^"]*)">')
    both = [unit(cast.team), unit(cast.school)]
    found = {
        name: link.findall(text(as_(getattr(cast, name)).get(url)).partition("<h1>")[2])
        for name in ("cecilia", "dag", "dora", "mona", "odd")
    }
    assert {name: sorted(urls) for name, urls in found.items()} == {
        "cecilia": sorted(both),
        "dag": sorted(both),
        "dora": [],
        "mona": both[:1],
        "odd": [],
    }


@pytest.mark.both_engines
def test_coverage_and_laget_count_the_same_people(guide, cast, as_):
    """Not who stands in for another, and a person with two roles in one place once."""
    stands_in = {"role": "manager", "since": date(2020, 1, 1), "organisation": cast.team}
    edit(guide, by=cast.dag, audience=" school team manager ")
    Membership.objects.create(user=cast.tuva.user, stands_in_for=cast.mona, **stands_in)
    Membership.objects.create(user=cast.tore.user, **stands_in)
    rows = as_(cast.dag).get(f"{HOME}tackning/").context["rows"]
    covered = {row["organisation__name"]: (row["read"], row["n"]) for row in rows}
    behind = {row["label"]: (row["n"], row["of"]) for row in reading_up.by_unit(cast.south)}
    assert covered == behind == {"Team Söder": (1, 3), "Åsö skola": (0, 2)}
    assert standing.read()[cast.south.pk, "material"] == (1, 5)
    assert {place.name: reading_up.of_unit(place) for place in (cast.team, cast.school)} == behind


@pytest.mark.parametrize("name", ["cecilia", "adam", "dag", "mona", "petra", "odd", "sara", "rut"])
def test_the_two_ways_of_saying_who_may_see_a_unit_agree(cast, name):
    actor = getattr(cast, name)
    units = reading_up.units_of(actor)
    for place in Organisation.objects.all():
        may = reading_up.opens(actor, unit=place.pk, district=place.parent_id)
        assert may == units.filter(pk=place.pk).exists(), place


def test_who_it_is_not_for_has_nothing_unread(guide, cast, as_):
    between_words = re.compile(r'data-l="Läst">(.*?)</td>', re.S)
    for who, expected in (
        (cast.dag, "inte för dig att läsa"),
        (cast.sara, "inte läst"),
        (cast.tuva, "läst"),
    ):
        cell = between_words.findall(text(as_(who).get(HOME)))[0]
        words = " ".join(re.sub(r"<[^>]+>|–", " ", cell).split())
        assert words == expected


def test_what_one_has_to_read_comes_before_what_is_not_for_one(guide, cast, as_):
    new = SupportMaterial(title="Öppet för alla", kind="guide", about="Kort", owner=cast.dag)
    perform(begin(new, by=cast.dag).obj.publish, by=cast.dag, text="Läs.")
    titles = [row.title for row in as_(cast.dag).get(HOME).context["materials"]]
    assert titles == ["Öppet för alla", "Så samverkar vi"]


def test_what_is_retired_is_found_by_its_keepers(guide, cast, as_):
    perform(guide.retire, by=cast.dag, why="Ersatt")
    client = as_(cast.dag)
    assert "Så samverkar vi" not in text(client.get(HOME))
    assert 'href="?tidigare=1"' in text(client.get(HOME))
    assert f"{HOME}{guide.uuid}/" in text(client.get(HOME, {"tidigare": "1"}))
    assert "Så samverkar vi" not in text(as_(cast.tuva).get(HOME, {"tidigare": "1"}))


def test_nobody_is_told_that_they_are_new(guide, cast):
    """Sara has worked here for years; it is the material that she has not read."""
    edit(guide, by=cast.dag, for_newcomers=True)
    client = Client()
    client.force_login(cast.sara.user, backend="accounts.backend.WithRoles")
    page = text(client.get("/", follow=True))
    assert "Läs det här först" in page
    assert "Du är ny" not in page


def test_the_notice_says_which_material_and_leads_to_it(between, cast, as_):
    guide = between.material_in("published")
    new = {"text": "Kom.", "what_is_new": "Kortare"}
    perform(guide.publish, by=cast.dag, text=new["text"], what_is_new=new["what_is_new"])
    User.objects.filter(pk=cast.tuva.user_id).update(email="tuva@example.org", language="sv")
    mine = Notice.objects.filter(to=cast.tuva, object_uuid=guide.uuid).order_by("pk")
    assert [one.code for one in mine] == ["material_first", "material"]
    page = text(as_(cast.tuva).get("/notiser/"))
    told = re.findall(rf'<a href="{HOME}{guide.uuid}/">([^<]+)</a>', page)
    assert told == [
        "Ett stödmaterial har en ny version: Så samverkar vi",
        "Det finns ett nytt stödmaterial: Så samverkar vi",
    ]
    for pk in outbox.waiting(clock.now()):
        outbox.send(pk)
    letters = [one for one in mail.outbox if one.to == ["tuva@example.org"]]
    assert [one.subject for one in letters] == told[::-1]
    for one in letters:
        assert one.body.rstrip().endswith(f"{HOME}{guide.uuid}/")
