"""Joint screening: each school its own rows, the team all, nobody else any; nobody is named."""

from __future__ import annotations

from datetime import timedelta

import pytest

from accounts import clock
from collaboration import outcomes
from history.door import begin, perform
from history.models import Seen
from referrals.models import Screening, ScreeningRow
from tests.conftest import told

pytestmark = pytest.mark.django_db
HOME = "/genomgangar/"


@pytest.fixture
def meeting(cast):
    new = Screening(team=cast.team, on=clock.today() + timedelta(days=3), responsible=cast.tuva)
    return begin(new, by=cast.tuva).obj


def hidden(client, page):
    form = client.get(page).context["form"]
    return {"version": form["version"].value(), "key": form["key"].value()}


def ask(client, meeting, question):
    page = f"{HOME}{meeting.uuid}/fraga/"
    given = {"stage": "7-9", "band": "high", "question": question}
    return client.post(page, hidden(client, page) | given)


def test_from_list_to_outcomes_on_the_screen(meeting, path, cast, as_):
    referral = path.submitted()
    ask(as_(cast.sara), meeting, "En elev kommer bara till idrotten. Vad har andra provat?")
    client = as_(cast.tuva)
    page = f"{HOME}{meeting.uuid}/"
    client.post(f"{page}lista/", hidden(client, f"{page}lista/"))
    shown = client.get(page).content.decode()
    assert f"Remiss {referral.reference}" in shown
    assert "bara till idrotten" in shown
    assert referral.pupil.name not in shown
    refused = client.post(f"{page}hall/", hidden(client, f"{page}hall/"))
    assert "Skriv först vad det blev av varje rad." in refused.content.decode()
    for row, outcome in zip(meeting.rows.all(), ("light_support", "accept"), strict=True):
        decide = f"{page}rad/{row.uuid}/"
        client.post(decide, hidden(client, decide) | {"outcome": outcome})
    client.post(f"{page}hall/", hidden(client, f"{page}hall/") | {"light_support": "4"})
    assert told(meeting) == ["plan", "ask", "list_referrals", "decide", "decide", "hold"]
    year = outcomes.of({cast.school.pk}, clock.today(), clock.today() + timedelta(days=9))
    assert year.reached == 5


def test_a_name_or_number_in_a_question_is_refused_with_the_words_kept(meeting, cast, as_):
    text = "Ring mig om eleven på 070-174 06 12."
    answer = ask(as_(cast.sara), meeting, text)
    form = answer.context["form"]
    assert list(form.errors) == ["question"]
    assert form["question"].value() == text
    assert ScreeningRow.objects.count() == 0


def test_each_school_sees_its_own_rows_and_nobody_else_any(meeting, path, cast, as_):
    path.submitted()
    perform(meeting.list_referrals, by=cast.tuva)
    meeting.refresh_from_db()
    ask(as_(cast.nina), meeting, "Vi undrar hur man gör ett hembesök.")
    page = f"{HOME}{meeting.uuid}/"
    seen_by = {
        name: [str(row.school) for row in as_(getattr(cast, name)).get(page).context["rows"]]
        for name in ("tuva", "mona", "sara", "siv", "petra", "nina")
    }
    both, ours, theirs = ["Åsö skola", "Nya skolan"], ["Åsö skola"], ["Nya skolan"]
    assert seen_by == {
        "tuva": both,
        "mona": both,
        "sara": ours,
        "siv": [],
        "petra": ours,
        "nina": theirs,
    }
    for name in ("olga", "odd", "rut", "dag", "cecilia", "adam", "gun"):
        assert as_(getattr(cast, name)).get(page).status_code == 404, name


def test_the_list_is_a_look_at_each_pupil_on_it(meeting, path, cast, as_):
    referral = path.submitted()
    perform(meeting.list_referrals, by=cast.tuva)
    before = Seen.objects.count()
    as_(cast.tuva).get(f"{HOME}{meeting.uuid}/")
    rows = Seen.objects.order_by("-pk")[: Seen.objects.count() - before]
    assert [(row.pupil_uuid, row.ground) for row in rows] == [(referral.pupil.uuid, "sealed")]


def test_a_meeting_that_is_over_is_gone_for_schools_without_a_row(meeting, cast, as_):
    assert as_(cast.sara).get(f"{HOME}{meeting.uuid}/").status_code == 200
    perform(meeting.hold, by=cast.tuva)
    assert as_(cast.sara).get(f"{HOME}{meeting.uuid}/").status_code == 404


def test_a_new_meeting_is_planned_by_the_team(cast, as_):
    client, day = as_(cast.tuva), clock.today() + timedelta(days=9)
    form = client.get(f"{HOME}ny/").context["form"]
    given = {"on_day": day.day, "on_month": day.month, "on_year": day.year}
    page = client.post(f"{HOME}ny/", given | {"key": form["key"].value()})["Location"]
    assert client.get(page).status_code == 200
    assert as_(cast.sara).get(f"{HOME}ny/").status_code == 404
    assert [s.on for s in as_(cast.sara).get(HOME).context["screenings"]] == [day]
