"""What is booked, in the calendar of whoever is named: days and numbers, no names."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from icalendar import Calendar

from accounts import clock
from history.door import begin, edit, perform
from history.models import Seen
from referrals.models import OutsideContact


def entries(answer) -> list[tuple[str, date]]:
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    found: Any = Calendar.from_ical(answer.content)
    return [(str(one["summary"]), one["dtstart"].dt) for one in found.walk("VEVENT")]


@pytest.fixture
def booked(path, cast):
    """A case in support with its next review, and a meeting with an outside party."""
    case = path.support()
    day = clock.today() + timedelta(days=9)
    contact = OutsideContact(
        case=case, kind="bup", next_step="Ring", due=day - timedelta(days=5), responsible=cast.tuva
    )
    begin(contact, by=cast.tuva)
    perform(contact.contact, by=cast.tuva, next_step="Boka", due=day - timedelta(days=1))
    perform(contact.plan_meeting, by=cast.tuva, next_step="Möte på BUP", due=day)
    case.refresh_from_db()
    return case, day


def test_own_reviews_and_meetings_are_one_file(as_, booked, cast):
    case, day = booked
    wanted = [
        (f"Uppföljning {case.reference}", case.next_review),
        (f"Möte {case.reference}", day),
    ]
    for who in (cast.tuva, cast.mona):  # responsible and deputy
        answer = as_(who).get("/kalender/")
        assert entries(answer) == wanted
        assert "Alva" not in answer.content.decode() + str(answer.headers)
        assert entries(as_(who).get(f"/arenden/{case.reference}/kalender/")) == wanted
    looks = Seen.objects.filter(pupil_uuid=case.pupil.uuid, ground="calendar")
    assert looks.count() == 4


def test_whoever_is_not_named_has_nothing_in_theirs(as_, booked, cast):
    for who in (cast.tore, cast.siv, cast.petra):
        assert entries(as_(who).get("/kalender/")) == []
    for who in (cast.rut, cast.dag, cast.gun):
        assert as_(who).get("/kalender/").status_code == 404


def test_a_closed_case_is_in_no_calendar(as_, path, cast):
    case = path.closed()
    assert entries(as_(cast.tuva).get("/kalender/")) == []
    assert case.status == "closed"


def test_a_protected_pupil_is_in_no_calendar(as_, booked, path, cast):
    case, _day = booked
    pupil = case.pupil
    edit(pupil, by=cast.sara, version=pupil.version, key=uuid4(), protection="marked")
    assert entries(as_(cast.tuva).get("/kalender/")) == []
    assert as_(cast.tuva).get(f"/arenden/{case.reference}/kalender/").status_code == 404
