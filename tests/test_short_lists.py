"""Lists that stay in the hundreds have no end one cannot reach either."""

from __future__ import annotations

import inspect
import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from accounts import clock
from accounts.models import Kind, Membership, Organisation, Role, User
from collaboration import standing, terms
from collaboration.models import (
    CityFigure,
    Forum,
    ForumMeeting,
    Invitee,
    SupportMaterial,
    SurveyRound,
)
from history.models import AccessEntry, Seen, Trail
from referrals.models import BreakGlass
from tests.test_standing_size import grow, put
from workflows.models import Disposal, Extract, Leaving, Notice, Turn

pytestmark = [pytest.mark.django_db, pytest.mark.both_engines]
MANY = 55
ROW = r'<th role="rowheader" scope="row">'
ITEM = r'<li class="gh">'


def trails(count: int = MANY) -> list[Trail]:
    return put([Trail() for _n in range(count)])


def rounds(cast: Any) -> None:
    put(
        [
            SurveyRound(
                trail=trail,
                kind="pulse",
                questions_version=1,
                fingerprint="0" * 64,
                title=f"Pulsen {n}",
                responsible=cast.cecilia,
            )
            for n, trail in enumerate(trails())
        ]
    )


def guides(cast: Any) -> None:
    put(
        [
            SupportMaterial(
                trail=trail, title=f"Guide {n}", kind="guide", about="Kort", owner=cast.cecilia
            )
            for n, trail in enumerate(trails())
        ]
    )


def figures(cast: Any) -> None:
    put(
        [
            CityFigure(question="enjoy", choice="very", year=1970 + n, percent=n, source="Staden")
            for n in range(MANY)
        ]
    )


def meetings(cast: Any) -> None:
    grow(cast, 55, 1)
    forum = Forum.objects.first()
    put(
        [
            ForumMeeting(
                trail=forum.trail,
                forum=forum,
                term=str(terms.of(clock.today())),
                convener=cast.mona,
                starts=clock.now() + timedelta(hours=n),
                status="invited",
                agenda="Läget",
            )
            for n in range(MANY)
        ]
    )


def absent(cast: Any) -> None:
    grow(cast, 55, 60)


def in_the_district(cast: Any) -> None:
    parts = cast.south.parts.in_service().count()
    put(
        [
            Organisation(kind=Kind.SCHOOL, name=f"Skola {n:03}", parent=cast.south)
            for n in range(MANY - parts)
        ]
    )


def uncovered(cast: Any) -> None:
    here = Organisation.objects.in_service().filter(kind=Kind.SCHOOL, parent__kind=Kind.DISTRICT)
    put(
        [
            Organisation(kind=Kind.SCHOOL, name=f"Skola {n:03}", parent=cast.south)
            for n in range(MANY - here.count())
        ]
    )


def at_the_school(cast: Any) -> None:
    there = Membership.objects.in_force().filter(organisation=cast.school).count()
    people = put([User(username=f"lärare-{n}") for n in range(MANY - there)])
    put([Membership(user=one, organisation=cast.school, role=Role.SCHOOL) for one in people])


def gone(cast: Any) -> None:
    people = put([User(username=f"borta-{n}") for n in range(MANY)])
    put([Leaving(trail=trail, person=one) for trail, one in zip(trails(), people, strict=True)])


def answered(cast: Any, path: Any) -> None:
    pupil = path.pupil()
    put(
        [
            Extract(
                trail=trail,
                kind="looks",
                organisation=cast.school,
                pupil=pupil,
                asked_by=cast.sara,
                responsible=cast.sara,
                due=clock.today(),
                status="refused",
            )
            for trail in trails()
        ]
    )


def disposed(cast: Any) -> None:
    rows = [Disposal(trail=one, organisation=cast.team, proposed_by=cast.mona) for one in trails()]
    put(rows)


def told(cast: Any) -> None:
    put([Notice(to=cast.sara, code="turn", key=f"n{n}") for n in range(MANY)])


def opened(cast: Any, path: Any) -> None:
    case = path.support()
    put(
        [
            BreakGlass(
                trail=case.trail,
                case=case,
                by=cast.tore,
                organisation=cast.team,
                until=clock.now(),
                status="reviewed",
            )
            for _n in range(MANY)
        ]
    )


def late(cast: Any, path: Any) -> None:
    """Turns as the worklist keeps them, of objects that only they name."""
    path.support()
    like = Turn.objects.open().get(what="case")
    before = clock.today() - timedelta(days=3)
    Turn.objects.filter(pk=like.pk).update(due=before)
    like.due = before
    rows = []
    for n in range(MANY - 1):
        copy = Turn.objects.get(pk=like.pk)
        copy.pk, copy.uuid, copy.task, copy.object_id = None, uuid4(), None, 10_000 + n
        rows.append(copy)
    put(rows)


def looked(cast: Any) -> str:
    """A look that showed many; the log's own page of it."""
    entry = AccessEntry.objects.create(position=10_000, mac="0", what="export", outcome="shown")
    put([Seen(entry=entry, pupil_uuid=uuid4(), ground="own") for _n in range(MANY)])
    return f"/loggen/{entry.uuid}/"


def calls(cast: Any) -> str:
    """Calls of the last year to the schools of one district."""
    grow(cast, MANY, 60)
    meeting = ForumMeeting.objects.order_by("pk").first()
    meeting.invitees.all().delete()
    put(
        [
            Invitee(
                meeting=meeting,
                organisation=school,
                email="skola@example.org",
                presence="present" if n % 4 else "absent",
            )
            for n, school in enumerate(Organisation.objects.filter(name__contains="Skola ")[:MANY])
        ]
    )
    place = meeting.forum.district_id
    Invitee.objects.filter(meeting__forum__district=place).exclude(meeting=meeting).delete()
    return f"/samverkan/laget/school_staff/{place}/"


# Whose it is to read, its address (or what makes it), what it is filled with, and what a row is.
SHORT: dict[str, tuple[str, Any, Any, str]] = {
    "surveys": ("cecilia", "/samverkan/enkater/", rounds, ROW),
    "materials": ("cecilia", "/samverkan/material/", guides, ROW),
    "figures": ("cecilia", "/samverkan/enkater/staden/", figures, r"<h2>\d{4}</h2>"),
    "meetings": ("cecilia", "/samverkan/forum/", meetings, ROW),
    "presence": ("cecilia", "/samverkan/forum/narvaro/", absent, r'"row">\s*Skola \d+-\d+'),
    "coverage": ("cecilia", "/samverkan/overenskommelser/tackning/", uncovered, ROW),
    "rows of a figure": ("cecilia", None, calls, ROW),
    "parts": ("adam", "organisation:south", in_the_district, r'<span class="muted">'),
    "people": ("adam", "organisation:school", at_the_school, r'<a href="/personer/[-0-9a-f]{36}/'),
    "leavings": ("adam", "/bemanning/", gone, ROW),
    "extracts": ("sara", "/utdrag/", answered, ITEM),
    "disposals": ("mona", "/gallring/", disposed, ITEM),
    "notices": ("sara", "/notiser/", told, r'<span class="muted">'),
    "emergencies": ("mona", "/nodoppna/", opened, ROW),
    "late": ("mona", "/laget/", late, r'<span class="tag tag-danger">'),
    "a look": ("gun", None, looked, r'<span class="muted">'),
}
# What reaches the next page; people stand beside another list, and have a key of their own.
NEXT = re.compile(r'<a class="btn btn-2" href="(\?[^"]*(?:efter|personer)=[^"]*)">')


@pytest.mark.parametrize("name", SHORT)
def test_a_short_list_goes_on_as_well(name, as_, cast, path):
    reader, url, made, row = SHORT[name]
    wanted = inspect.signature(made).parameters
    given = made(*[{"cast": cast, "path": path}[one] for one in wanted])
    if url is None:
        url = given
    elif url.startswith("organisation:"):
        url = f"/organisationer/{getattr(cast, url.partition(':')[2]).uuid}/"
    client, address = as_(getattr(cast, reader)), ""
    shown: list[list[str]] = []
    while len(shown) < 9:
        page = client.get(url + address).content.decode()
        shown.append(re.findall(row, page))
        link = NEXT.search(page)
        if link is None:
            break
        address = link[1].replace("&amp;", "&")
    assert [len(rows) for rows in shown] == [50, 5]


def test_a_figure_and_the_rows_behind_it_say_the_same(as_, cast):
    """However many pages they fill."""
    url = calls(cast)
    page = as_(cast.cecilia).get(url)
    kind, place = "school_staff", int(url.rstrip("/").rpartition("/")[2])
    assert (page.context["good"], page.context["total"]) == standing.read()[place, kind]
    assert page.context["total"] == MANY
