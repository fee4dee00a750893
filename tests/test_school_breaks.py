"""School breaks: what the school must do waits for the school to be open; nothing else does."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from accounts import clock, school_days, working_days
from accounts.models import SchoolBreak
from history.door import perform
from history.models import AccessEntry
from referrals.forms.new import baseline_window
from tests.conftest import what_is_wrong
from tests.test_desk import _date
from tests.test_pages import text
from workflows import deadlines
from workflows.models import Notice, Turn

pytestmark = [pytest.mark.django_db, pytest.mark.both_engines]
# A Wednesday with nothing but working days around it, and the week after it.
WEDNESDAY = datetime(2026, 10, 21, 9, tzinfo=clock.now().tzinfo)
WEEK_44 = (date(2026, 10, 26), date(2026, 10, 30))


@pytest.fixture
def autumn() -> SchoolBreak:
    return SchoolBreak.objects.create(name="Höstlov", first=WEEK_44[0], last=WEEK_44[1])


def test_a_school_day_is_a_working_day_outside_the_breaks(db):
    monday, wednesday = date(2026, 11, 2), WEDNESDAY.date()
    assert (school_days.add(wednesday, 3), working_days.add(wednesday, 3)) == (
        date(2026, 10, 26),
        date(2026, 10, 26),
    )
    SchoolBreak.objects.create(name="Höstlov", first=WEEK_44[0], last=WEEK_44[1])
    assert school_days.add(wednesday, 2) == date(2026, 10, 23)
    assert school_days.add(wednesday, 3) == monday
    assert working_days.add(wednesday, 3) == date(2026, 10, 26)
    assert school_days.before(monday, 3) == (wednesday, date(2026, 10, 23))
    assert working_days.between(wednesday, monday, school_days.counted()) == 3
    assert school_days.add(WEEK_44[0], 0) == monday


def due(what: str, step: str) -> date:
    return Turn.objects.open().get(what=what, step=step).due


def test_what_the_school_must_do_waits_and_what_the_team_must_do_does_not(path, cast, autumn):
    with clock.at(WEDNESDAY):
        referral = path.submitted()
        assert due("referral", "screen") == working_days.add(WEDNESDAY.date(), 10)
        perform(referral.return_for_completion, by=cast.tuva, missing="Skriv mer.")
        assert due("referral", "complete") == school_days.add(WEDNESDAY.date(), 10)
        assert due("referral", "complete") == working_days.add(WEDNESDAY.date(), 15)
        case = path.mapping()
        theirs = case.sections.filter(side="school").first()
        turn = Turn.objects.open().get(what="section", object_uuid=theirs.uuid)
        assert turn.due == school_days.add(WEDNESDAY.date(), 15)
        assert due("case", "map") == working_days.add(WEDNESDAY.date(), 20)
        path.accepted()
        assert due("case", "request_consent") == school_days.add(WEDNESDAY.date(), 5)
    assert what_is_wrong() == []


def test_a_school_on_its_break_is_not_told_it_is_late(path, cast, autumn):
    with clock.at(WEDNESDAY):
        path.accepted()
        Turn.objects.open().filter(step="request_consent").update(due=date(2026, 10, 23))
    for day, told in ((date(2026, 11, 2), 0), (date(2026, 11, 6), 1)):
        with clock.at(WEDNESDAY + (day - WEDNESDAY.date())):
            deadlines.run()
        assert Notice.objects.filter(to=cast.petra, code="late").count() == told


def test_absence_is_measured_over_school_days(path, cast, autumn):
    with clock.at(WEDNESDAY):
        case = path.support()
    case.opened = date(2026, 11, 4)
    first, last = baseline_window(case)
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    assert last == date(2026, 11, 3)
    open_days = [
        day
        for day in days
        if working_days.is_working_day(day) and not WEEK_44[0] <= day <= WEEK_44[1]
    ]
    assert len(open_days) == case.programme.baseline_days == 20
    assert first == date(2026, 9, 30)


def typed(name: str, first: date, last: date) -> dict[str, Any]:
    return {"name": name} | _date("first", first) | _date("last", last)


def test_the_administrator_keeps_the_breaks_in_the_browser(as_, cast):
    client = as_(cast.adam)
    assert "Inga kommande lov är inlagda." in text(client.get("/skollov/"))
    soon = clock.today() + timedelta(days=30)
    assert client.post("/skollov/", typed("Lov", soon, soon)).status_code == 302
    one = SchoolBreak.objects.get()
    assert (one.name, one.first, one.last) == ("Lov", soon, soon)
    page = text(client.get("/skollov/"))
    assert ("Lov" in page, "Inga kommande lov" in page) == (True, False)
    later = soon + timedelta(days=4)
    assert client.post(f"/skollov/{one.uuid}/", typed("Höstlov", soon, later)).status_code == 302
    one.refresh_from_db()
    assert (one.name, one.last) == ("Höstlov", later)
    assert client.post(f"/skollov/{one.uuid}/ta-bort/").status_code == 302
    assert SchoolBreak.objects.count() == 0
    entries = AccessEntry.objects.filter(what__startswith="school_break.").order_by("position")
    assert [(row.what, row.subject_uuid, row.membership) for row in entries] == [
        (f"school_break.{what}", UUID(str(one.uuid)), cast.adam)
        for what in ("added", "changed", "removed")
    ]
    assert client.post(f"/skollov/{one.uuid}/ta-bort/").status_code == 404


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (-1, "Den sista dagen kommer före den första."),
        (100, "Ett lov är kortare än 100 dagar. Kontrollera årtalen."),
    ],
)
def test_a_break_the_wrong_way_or_a_year_too_long_is_refused(days, words, as_, cast):
    first = clock.today()
    sent = typed("Jullov", first, first + timedelta(days=days))
    page = as_(cast.adam).post("/skollov/", sent)
    assert words in text(page)
    assert 'value="Jullov"' in page.content.decode()
    assert SchoolBreak.objects.count() == 0


def test_nobody_else_comes_there(as_, cast, autumn):
    for who in (cast.sara, cast.petra, cast.mona, cast.dag, cast.gun):
        assert as_(who).get("/skollov/").status_code == 404
        assert as_(who).post(f"/skollov/{autumn.uuid}/ta-bort/").status_code == 404
    assert SchoolBreak.objects.count() == 1
