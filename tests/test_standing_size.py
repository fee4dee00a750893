"""Läget and the lists of the collaboration ask as much of a large municipality as of a small one.

`STANDING=1000x10000` (./bryggan drill standing) is the issue's figure: schools and meetings.
"""

from __future__ import annotations

import os
import time
from datetime import timedelta
from itertools import cycle, islice
from typing import Any

import pytest
from django.db import connection, models
from django.test.utils import CaptureQueriesContext

from accounts import clock
from accounts.models import Kind, Organisation
from collaboration import terms
from collaboration.choices import Level, Post
from collaboration.models import (
    Agreement,
    AgreementParty,
    ContactAssignment,
    Forum,
    ForumMeeting,
    Invitee,
)
from history.models import Trail

pytestmark = [pytest.mark.django_db, pytest.mark.both_engines]
SCHOOLS, MEETINGS = (int(n) for n in os.environ.get("STANDING", "60x200").split("x"))
DISTRICTS = 14  # as many as Stockholm had
PAGES = (
    "/samverkan/laget/",
    "/samverkan/kontakter/",
    "/samverkan/kontakt/?sok=skola",
    "/samverkan/overenskommelser/",
    "/samverkan/overenskommelser/tackning/",
    "/samverkan/forum/",
    "/samverkan/forum/narvaro/",
    "/samverkan/material/tackning/",
    "/samverkan/medel/",
    "/samverkan/enkater/",
    "/samverkan/intervjuer/",
)


def put(rows: list[Any]) -> list[Any]:
    """Many rows at once, round the door: this is a size, not a life."""
    return models.QuerySet(type(rows[0])).bulk_create(rows, batch_size=500)


def grow(cast: Any, schools: int, meetings: int) -> None:
    """Schools with both posts and an agreement, forums with meetings of the last year and who came."""
    start = Organisation.objects.count()
    places = put(
        [
            Organisation(kind=Kind.DISTRICT, name=f"D{start}-{n}", parent=cast.city)
            for n in range(DISTRICTS)
        ]
    )
    made = put(
        [
            Organisation(
                kind=Kind.SCHOOL,
                name=f"Skola {start}-{n}",
                parent=places[n % DISTRICTS],
                code=f"{30_000_000 + start * 1000 + n}",
                independent=n % 5 == 0,
            )
            for n in range(schools)
        ]
    )
    today = clock.today()
    since = today - timedelta(days=100)
    put(
        [
            ContactAssignment(
                trail=trail,
                school=school,
                team=cast.team,
                post=post,
                phone="08-123",
                person=person,
                status="active",
                told_on=since,
                confirmed_on=since,
                held_from=since,
                checked_on=since,
            )
            for school in made
            for (post, person), trail in zip(
                ((Post.CONTACT, cast.tuva), (Post.DEPUTY, cast.tore)),
                put([Trail(), Trail()]),
                strict=True,
            )
        ]
    )
    agreements = put(
        [
            Agreement(
                trail=trail,
                district=place,
                title=f"Samverkan i {place}",
                responsible=cast.dag,
                status="active",
                valid_from=since,
                published_on=since,
                evaluate_by=since + timedelta(days=365),
            )
            for place, trail in zip(places, put([Trail() for _p in places]), strict=True)
        ]
    )
    put(
        [
            AgreementParty(
                agreement=agreements[n % DISTRICTS],
                organisation=school,
                district=places[n % DISTRICTS],
                signature="not_needed",
                in_force=True,
                since=since,
            )
            for n, school in enumerate(made)
        ]
    )
    wanted = [(place, level) for place in places for level in Level.values]
    forums = [
        Forum(trail=trail, district=place, level=level, name=f"{level}", convener=cast.mona)
        for (place, level), trail in zip(wanted, put([Trail() for _w in wanted]), strict=True)
    ]
    put(forums)
    last = terms.of(today).before
    held = put(
        [
            ForumMeeting(
                trail=forum.trail,
                forum=forum,
                term=str(last if n % 2 else last.before),
                convener=cast.mona,
                starts=clock.now() - timedelta(days=20 + n % 300),
                status="minuted",
                minutes="Läget gicks igenom.",
            )
            for n, forum in enumerate(islice(cycle(forums), meetings))
        ]
    )
    put(
        [
            Invitee(
                meeting=meeting,
                organisation=made[(n * 3 + k) % schools],
                email="skola@example.org",
                presence="present" if (n + k) % 4 else "absent",
            )
            for n, meeting in enumerate(held)
            for k in range(3)
        ]
    )


def asked(client: Any) -> dict[str, int]:
    """How many queries each page takes, the second time it is asked for."""
    found = {}
    for url in PAGES:
        client.get(url)
        begun = time.monotonic()
        with CaptureQueriesContext(connection) as queries:
            assert client.get(url).status_code == 200, url
        found[url] = len(queries)
        if "STANDING" in os.environ:
            print(
                f"{connection.vendor} {url:45} {len(queries):3} {time.monotonic() - begun:6.2f} s"
            )
    return found


def test_a_thousand_schools_ask_as_much_as_twenty(as_, cast):
    client = as_(cast.cecilia)
    grow(cast, 20, 60)
    few = asked(client)
    grow(cast, SCHOOLS, MEETINGS)
    assert ContactAssignment.objects.count() == 2 * (20 + SCHOOLS)
    assert ForumMeeting.objects.count() == 60 + MEETINGS
    assert asked(client) == few
    # Not one is lost on the way to the page: every school of every district is counted.
    city = client.get("/samverkan/laget/").context["city"]
    counted = {demand.code: figure.total for demand, _measure, figure, _beside in city}
    schools = Organisation.objects.in_service().filter(kind=Kind.SCHOOL, parent__kind=Kind.DISTRICT)
    assert counted["contact"] == counted["agreement"] == schools.count()
    assert counted["school_staff"] == 3 * (60 + MEETINGS)
