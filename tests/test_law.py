"""Law, ages and limits are dated data: what holds when, who checked it, and what is still to decide."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from accounts import clock
from history import chain, legal
from history.models import AccessEntry, Decision, Limit
from referrals.models import Consent
from tests.test_pages import text
from workflows import deadlines
from workflows.models import Notice

pytestmark = pytest.mark.both_engines


def day(form: str, when: date) -> dict[str, object]:
    return {f"{form}_day": when.day, f"{form}_month": when.month, f"{form}_year": when.year}


def given(value: int, since: date, source: str = "Nämndens beslut") -> dict[str, object]:
    today = clock.today()
    return {"value": value, "source": source} | day("valid_from", since) | day("checked_on", today)


def test_the_reference_is_the_one_that_held_then(db):
    assert legal.reference("duty_to_report").words == "19 kap. 1 § socialtjänstlagen (2025:400)"
    then = legal.reference("duty_to_report", on=date(2016, 8, 25))
    assert then.words == "14 kap. 1 § socialtjänstlagen (2001:453)"
    assert then.valid_to == date(2025, 6, 30)
    with pytest.raises(KeyError):
        legal.reference("duty_to_report", on=date(1999, 1, 1))


def test_every_row_has_a_source_and_a_day_and_points_to_what_exists(db):
    known = {row.key for row in legal.references()}
    bounds = legal.bounds()
    assert all(row.source and row.checked_on for row in legal.references())
    assert all(row.source and row.checked_on for row in bounds)
    assert {row.reference for row in bounds if row.reference} <= known
    assert {one.limit for one in legal.questions() if one.limit} <= {row.key for row in bounds}
    assert len(legal.questions()) == 8


def test_an_administrator_changes_a_limit_and_the_old_one_is_kept(as_, cast):
    today = clock.today()
    client = as_(cast.adam)
    first = today - timedelta(days=30)
    assert client.post("/lag/grans/consent.lapse/", given(15, first)).status_code == 302
    assert client.post("/lag/grans/consent.lapse/", given(20, today)).status_code == 302
    assert legal.limit("consent.lapse") == 20
    assert legal.limit("consent.lapse", on=today - timedelta(days=1)) == 15
    assert legal.limit("consent.lapse", on=first - timedelta(days=1)) == 10
    rows = Limit.objects.order_by("valid_from").values_list("value", "valid_to", "checked_by")
    assert list(rows) == [(15, today - timedelta(days=1), cast.adam.pk), (20, None, cast.adam.pk)]
    said = AccessEntry.objects.filter(what="limit.changed", outcome="changed")
    assert (said.count(), list(chain.faults())) == (2, [])


def test_deadlines_read_the_limit_that_holds_today(as_, path, cast):
    consent = path.ask(path.accepted())
    as_(cast.adam).post("/lag/grans/consent.first_reminder/", given(3, clock.today()))
    for days, reminders in ((2, 0), (3, 1)):
        moment = datetime.combine(clock.today() + timedelta(days=days), datetime.min.time())
        with clock.at(moment.replace(hour=10, tzinfo=ZoneInfo("Europe/Stockholm"))):
            deadlines.remind_of_consents()
            assert Consent.objects.get(pk=consent.pk).reminders == reminders


def test_a_check_in_the_future_is_refused_beside_its_field(as_, cast):
    wrong = given(15, clock.today()) | day("checked_on", clock.today() + timedelta(days=1))
    answer = as_(cast.adam).post("/lag/grans/consent.lapse/", wrong)
    assert answer.status_code == 200
    assert "Dagen har inte varit än" in text(answer)
    assert 'value="15"' in text(answer)


def test_what_was_checked_more_than_a_year_ago_is_alarmed_once_a_month(cast, path):
    assert legal.to_check() == []
    checked = legal.bounds()[0].checked_on
    late = datetime.combine(checked + timedelta(days=366), datetime.min.time())
    with clock.at(late.replace(hour=10, tzinfo=ZoneInfo("Europe/Stockholm"))):
        assert "duty_to_report" in legal.to_check()
        assert [deadlines.tell_of_old_law() for _night in range(2)] == [1, 0]
    assert Notice.objects.get(code="law_old").to == cast.adam


def test_the_checklist_shows_what_is_still_open(as_, cast):
    client = as_(cast.adam)
    assert "8 frågor är inte besvarade" in text(client.get("/lag/"))
    decided: dict[str, object] = {
        "answer": "Insats utan behovsprövning",
        "decided_by": "Socialnämnden",
    }
    decided |= {"number": "SN 2026-12"} | day("decided_on", date(2026, 3, 3))
    assert client.post("/lag/fraga/legal_form/", decided).status_code == 302
    assert [one.key for one in legal.undecided() if one.key == "legal_form"] == []
    page = text(client.get("/lag/"))
    assert "SN 2026-12" in page
    assert "7 frågor är inte besvarade" in page
    assert Decision.objects.get().made_by == cast.adam


def test_others_neither_change_nor_see_it(as_, cast):
    for who in (cast.sara, cast.tuva, cast.mona, cast.rut):
        assert as_(who).get("/lag/").status_code == 404
    for who in (cast.gun, cast.dag):
        client = as_(who)
        assert client.get("/lag/").status_code == 200
        assert client.post("/lag/grans/consent.lapse/", given(1, clock.today())).status_code == 404
    assert legal.limit("consent.lapse") == 10


def test_the_page_of_concern_names_the_law_in_force(as_, cast):
    assert "19 kap. 1 § socialtjänstlagen (2025:400)" in text(as_(cast.sara).get("/orosanmalan/"))
