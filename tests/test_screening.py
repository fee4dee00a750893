"""Joint screening: each school its own rows, the team all, nobody else any; nobody is named."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from accounts import clock
from collaboration import outcomes
from history.door import begin, perform
from history.models import Seen
from referrals.models import Screening, ScreeningRow
from tests.conftest import told
from workflows.models import Notice, Turn

pytestmark = pytest.mark.django_db
HOME = "/genomgangar/"


@pytest.fixture
def meeting(cast):
    return planned(cast, 0)


def planned(cast, days):
    on = clock.today() + timedelta(days=days)
    return begin(Screening(team=cast.team, on=on, responsible=cast.tuva), by=cast.tuva).obj


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
        name: [
            str(line["row"].school) for line in as_(getattr(cast, name)).get(page).context["lines"]
        ]
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


def rows_of(client, meeting):
    lines = client.get(f"{HOME}{meeting.uuid}/").context["lines"]
    return [(line["stage"], line["band"], line.get("needs")) for line in lines]


def test_a_name_in_a_question_is_pointed_out_wherever_it_stands(meeting, cast, as_):
    client = as_(cast.sara)
    answer = ask(client, meeting, "Kalle i 8B kommer inte. ahmed har slutat svara.")
    form = answer.context["form"]
    assert form.errors["question"] == [
        "Det här kan peka ut någon: Kalle, ahmed, 8B. Ta bort det, eller kryssa i rutan."
    ]
    assert ScreeningRow.objects.count() == 0


def test_a_question_is_taken_off_by_its_author_or_the_team_and_nobody_else(meeting, cast, as_):
    ask(as_(cast.sara), meeting, "En elev kommer bara till idrotten.")
    ask(as_(cast.nina), meeting, "Vi undrar hur man gör ett hembesök.")
    mine, theirs = meeting.rows.order_by("pk")
    page = f"{HOME}{meeting.uuid}/rad/{{}}/ta-bort/"
    sara, petra, tuva = as_(cast.sara), as_(cast.petra), as_(cast.tuva)
    assert sara.get(page.format(theirs.uuid)).status_code == 404
    assert petra.get(page.format(mine.uuid)).status_code == 404
    meeting.refresh_from_db()
    with pytest.raises(ValidationError, match="går inte att ta bort"):
        perform(meeting.take_off, by=cast.sara, who=cast.sara, row=theirs)
    sara.post(page.format(mine.uuid), hidden(sara, page.format(mine.uuid)))
    assert list(meeting.rows.all()) == [theirs]
    tuva.post(page.format(theirs.uuid), hidden(tuva, page.format(theirs.uuid)))
    assert told(meeting) == ["plan", "ask", "ask", "take_off", "take_off"]
    assert meeting.rows.count() == 0


def test_the_principal_sees_all_that_is_the_schools(meeting, cast, as_):
    ask(as_(cast.sara), meeting, "En elev kommer bara till idrotten.")
    assert rows_of(as_(cast.petra), meeting) == [("Årskurs 7–9", "Över 40 %", None)]
    assert rows_of(as_(cast.siv), meeting) == []


def test_a_sealed_referral_shows_its_absence_and_needs(meeting, path, cast, as_):
    referral = path.submitted()
    perform(meeting.list_referrals, by=cast.tuva)
    stage, band = referral.stage.label, referral.baseline.band.label
    assert rows_of(as_(cast.tuva), meeting) == [(stage, band, ["Komma till skolan"])]


def test_a_meeting_lies_ahead_is_moved_and_is_held_on_its_day(cast, as_):
    coming, client = planned(cast, 3), as_(cast.tuva)
    page = f"{HOME}{coming.uuid}/"
    assert "Mötet är genomfört" not in client.get(page).content.decode()
    early = client.post(f"{page}hall/", hidden(client, f"{page}hall/"))
    assert "Genomgången har inte varit än." in early.content.decode()
    past = clock.today() - timedelta(days=1)
    given = {"on_day": past.day, "on_month": past.month, "on_year": past.year, "at": "13"}
    refused = client.post(f"{page}flytta/", hidden(client, f"{page}flytta/") | given)
    assert refused.context["form"].errors == {"on": ["Välj en dag som inte har varit."]}
    now = clock.today()
    given = {"on_day": now.day, "on_month": now.month, "on_year": now.year, "at": "13.30"}
    given |= {"place": "Åsö skola"} | hidden(client, f"{page}flytta/")
    assert client.post(f"{page}flytta/", given).status_code == 302
    shown = client.get(page).content.decode()
    assert "klockan 13.30 · Åsö skola" in shown
    assert "Mötet är genomfört" in shown


def test_schools_are_told_and_the_meeting_is_somebodys_turn(cast):
    coming = planned(cast, 3)
    perform(coming.move_to, by=cast.tuva, on=clock.today() + timedelta(days=4))
    turn = Turn.objects.open().get(what="screening")
    assert (turn.responsible, turn.side, turn.due) == (
        cast.tuva,
        cast.team,
        clock.today() + timedelta(days=4),
    )
    assert Turn.objects.mine(cast.tuva).filter(pk=turn.pk).exists()
    assert not Turn.objects.visible_to(cast.sara).filter(pk=turn.pk).exists()
    told_to = Notice.objects.filter(code="screening").values_list("to", flat=True)
    assert set(told_to) == {one.pk for one in (cast.sara, cast.siv, cast.petra, cast.nina)}
    coming.refresh_from_db()
    perform(coming.cancel, by=cast.tuva, why="Ingen kan.")
    assert Turn.objects.open().filter(what="screening").count() == 0
    codes = Notice.objects.filter(to=cast.sara).order_by("pk").values_list("code", flat=True)
    assert list(codes) == ["screening", "screening_moved", "screening_off"]


def test_the_number_beside_the_list_can_be_put_right(meeting, cast, as_):
    perform(meeting.hold, by=cast.tuva, light_support=40)
    client, page = as_(cast.tuva), f"{HOME}{meeting.uuid}/rakna-om/"
    client.post(page, hidden(client, page) | {"light_support": "4"})
    assert outcomes.of({cast.school.pk}, clock.today(), clock.today()).reached == 4
