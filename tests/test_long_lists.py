"""Lists have no end one cannot reach: page after page shows every row once."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts import clock, keyset
from accounts.models import Kind, Membership, Organisation, Role, User
from collaboration.choices import Post
from collaboration.models import ContactAssignment, Interview, SupportMaterial
from history.door import begin, perform
from history.models import Trail
from referrals.models import ConcernReport, Screening
from tests.test_standing_size import put

pytestmark = [pytest.mark.django_db, pytest.mark.both_engines]
FEW, MANY = 3, 300
MORE = re.compile(r'<a class="btn btn-2" href="(\?[^"]*efter=[^"]*)">')


def schools(cast: Any, count: int) -> list[Organisation]:
    start = Organisation.objects.count()
    places = (cast.south, cast.north)
    return put(
        [
            Organisation(kind=Kind.SCHOOL, name=f"Skola {start + n:04}", parent=places[n % 2])
            for n in range(count)
        ]
    )


def with_contacts(cast: Any, count: int) -> None:
    """Schools with both posts held, with one and with none."""
    posts = [
        ContactAssignment(
            trail=Trail.objects.create(),
            school=school,
            team=cast.team,
            post=post,
            person=cast.tuva,
            phone="08-123",
            status="active",
            told_on=clock.today(),
            held_from=clock.today(),
        )
        for n, school in enumerate(schools(cast, count))
        for post in Post.values[: n % 3]
    ]
    put(posts)


def with_readers(cast: Any, count: int) -> None:
    """Units with one to three people who should read, some of whom have."""
    guide = SupportMaterial.objects.first()
    if guide is None:
        new = SupportMaterial(title="Så gör vi", kind="guide", about="Kort", owner=cast.cecilia)
        draft = begin(new, by=cast.cecilia).obj
        guide = perform(draft.publish, by=cast.cecilia, text="Ring varandra.").obj
    for n, school in enumerate(schools(cast, count)):
        for k in range(1 + n % 3):
            user = User.objects.create(username=f"reader-{school.pk}-{k}")
            one = Membership.objects.create(user=user, organisation=school, role=Role.SCHOOL)
            if k < n % 4 and n < 12:
                perform(guide.acknowledge, by=one, who=one)


def with_interviews(cast: Any, count: int) -> None:
    put(
        [
            Interview(
                trail=Trail.objects.create(),
                subject="staff",
                occasion="after",
                district=cast.south,
                interviewer=cast.cecilia,
                asker=cast.cecilia,
                on=clock.today() + timedelta(days=n % 7),
            )
            for n in range(count)
        ]
    )


def contacts_expected() -> list[str]:
    """Those who lack most first, then by district and name; told without the page's own query."""
    held: dict[int, int] = {}
    for row in ContactAssignment.objects.filter(status="active"):
        held[row.school_id] = held.get(row.school_id, 0) + 1
    rows = Organisation.objects.filter(kind=Kind.SCHOOL).select_related("parent")
    order = sorted(rows, key=lambda row: (held.get(row.pk, 0), row.parent.name, row.name, row.pk))
    return [str(row.uuid) for row in order]


def readers_expected() -> list[str]:
    """Fewest readers first, in whole per cent, then by name."""
    found = []
    for place in Organisation.objects.filter(memberships__isnull=False).distinct():
        people = place.memberships.count()
        receipts = SupportMaterial.objects.get().receipts.filter(membership__organisation=place)
        found.append((100 * receipts.count() // people, place.name))
    return [name for _percent, name in sorted(found)]


def interviews_expected() -> list[str]:
    rows = sorted(Interview.objects.all(), key=lambda row: (row.on, row.pk), reverse=True)
    return [str(row.uuid) for row in rows]


def with_concerns(cast: Any, count: int) -> None:
    put(
        [
            ConcernReport(
                trail=Trail.objects.create(),
                reporter=cast.sara,
                reporters=cast.school,
                made_on=clock.today() - timedelta(days=n % 7),
            )
            for n in range(count)
        ]
    )


def concerns_expected() -> list[str]:
    rows = sorted(ConcernReport.objects.all(), key=lambda row: (row.made_on, row.pk), reverse=True)
    return [str(row.uuid) for row in rows]


def with_screenings(cast: Any, count: int) -> None:
    put(
        [
            Screening(
                trail=Trail.objects.create(),
                team=cast.team,
                responsible=cast.tuva,
                on=clock.today() + timedelta(days=n % 7),
            )
            for n in range(count)
        ]
    )


def screenings_expected() -> list[str]:
    rows = sorted(Screening.objects.all(), key=lambda row: (row.on, row.pk), reverse=True)
    return [str(row.uuid) for row in rows]


@dataclass(frozen=True)
class Listed:
    url: str
    grow: Callable[[Any, int], None]
    expected: Callable[[], list[str]]
    row: str
    reader: str = "cecilia"


LISTS = {
    "contacts": Listed(
        "/samverkan/kontakter/",
        with_contacts,
        contacts_expected,
        r'scope="row">\s*<a href="/samverkan/kontakter/skola/([-0-9a-f]{36})/">',
    ),
    "coverage": Listed(
        "/samverkan/material/tackning/",
        with_readers,
        readers_expected,
        r'scope="row">\s*<a href="/samverkan/material/tackning/[-0-9a-f]{36}/">([^<]+)</a>',
    ),
    "interviews": Listed(
        "/samverkan/intervjuer/",
        with_interviews,
        interviews_expected,
        r'scope="row">\s*<a href="/samverkan/intervjuer/([-0-9a-f]{36})/">',
    ),
    "concerns": Listed(
        "/orosanmalningar/",
        with_concerns,
        concerns_expected,
        r'scope="row">\s*<a href="/orosanmalan/([-0-9a-f]{36})/">',
        "petra",
    ),
    "screenings": Listed(
        "/genomgangar/",
        with_screenings,
        screenings_expected,
        r'scope="row">\s*<a href="/genomgangar/([-0-9a-f]{36})/">',
        "tuva",
    ),
}


def cost(client: Any, url: str) -> int:
    client.get(url)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(url).status_code == 200
    return len(queries)


@pytest.mark.parametrize("name", LISTS)
def test_every_row_is_reached_once_and_in_order_at_the_same_cost(name, as_, cast):
    listed = LISTS[name]
    client = as_(getattr(cast, listed.reader))
    listed.grow(cast, FEW)
    few = cost(client, listed.url)
    listed.grow(cast, MANY + 100)
    assert cost(client, listed.url) == few
    shown, address, pages = [], "", 0
    while True:
        page = client.get(listed.url + address).content.decode()
        shown += re.findall(listed.row, page)
        pages += 1
        link = MORE.search(page)
        if link is None:
            break
        address = link[1].replace("&amp;", "&")
    expected = listed.expected()
    assert len(expected) > 400
    assert shown == expected
    assert pages == -(-len(expected) // 50)


@pytest.mark.parametrize("listed", LISTS.values(), ids=LISTS)
@pytest.mark.parametrize("key", ["", "x", "1", "1_", "_1", "1_999999", "2026-13-01_1", "²_²"])
def test_a_place_that_does_not_exist_is_the_first_page(listed, key, as_, cast):
    listed.grow(cast, FEW)
    client = as_(getattr(cast, listed.reader))
    page = client.get(listed.url, {"efter": key})
    assert re.findall(listed.row, page.content.decode()) == listed.expected()


def test_the_receivers_desk_goes_on_too(as_, path, cast, monkeypatch):
    monkeypatch.setitem(keyset.page.__kwdefaults__, "size", 2)
    offered = [path.transferring().reference for _n in range(5)]
    client, shown, address = as_(cast.rut), [], ""
    for _page in range(3):
        page = client.get(f"/overlamningar/{address}").content.decode()
        shown.append(len(re.findall(r'scope="row">', page)))
        link = MORE.search(page)
        address = link[1].replace("&amp;", "&") if link else ""
    assert (shown, address) == ([2, 2, 1], "")
    assert len(offered) == 5


def test_how_many_schools_lack_somebody_is_counted_beyond_the_page(as_, cast):
    with_contacts(cast, 120)
    held = ContactAssignment.objects.filter(status="active")
    full = sum(1 for n in range(120) if n % 3 == 2)
    assert held.count() == 40 + 2 * full
    page = as_(cast.cecilia).get("/samverkan/kontakter/").context
    # The cast's own three schools have nobody.
    assert page["missing"] == 3 + 120 - full


def test_the_next_page_keeps_the_chosen_district(as_, cast):
    with_contacts(cast, 130)
    client = as_(cast.cecilia)
    first = client.get("/samverkan/kontakter/", {"stadsdel": cast.north.pk}).content.decode()
    link = MORE.search(first)[1].replace("&amp;", "&")
    second = client.get(f"/samverkan/kontakter/{link}").content.decode()
    row = LISTS["contacts"].row
    shown = re.findall(row, first) + re.findall(row, second)
    there = Organisation.objects.filter(kind=Kind.SCHOOL, parent=cast.north)
    assert set(shown) == {str(uuid) for uuid in there.values_list("uuid", flat=True)}
    assert len(shown) == there.count() == 66
