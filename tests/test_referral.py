"""Writing a referral from outside: nothing typed is lost, nothing tells who it is unseen."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import uuid4

from accounts import clock
from accounts.models import CLOCK
from history.door import perform
from referrals import names
from referrals.models import Guardian, Pupil, Referral
from tests.conftest import told
from tests.test_pages import asked, text
from workflows.models import Notice, Turn


def now(referral) -> Referral:
    return Referral.objects.get(pk=referral.pk)


def test_a_cleared_draft_opens_as_what_it_is_about_nobody(as_, path, cast):
    referral = path.draft()
    name = referral.pupil.name
    with clock.at(clock.now() + timedelta(days=61)):
        perform(referral.clear_draft, by=CLOCK)
    page = as_(cast.sara).get(f"/remisser/{referral.reference}/")
    assert page.status_code == 200
    assert (referral.reference in text(page), name in text(page)) == (True, False)
    for step in ("elev", "oro"):
        assert as_(cast.sara).get(f"/remisser/{referral.reference}/steg/{step}/").status_code == 403


def test_what_is_typed_is_kept_at_any_time_ready_or_not(as_, path, cast):
    referral = path.draft()
    client, base = as_(cast.sara), f"/remisser/{referral.reference}"
    url = f"{base}/steg/franvaro/"
    half = {"period_from_day": "3", "period_from_month": "x", "offered": "många"}
    kept = client.post(url, half | {"auto": "1"})
    assert (kept.status_code, kept.json()) == (200, {"version": now(referral).version})
    page = text(client.get(url))
    assert 'value="många"' in page
    assert 'value="x"' in page
    assert "Det här är påbörjat" in page
    check = text(client.get(f"{base}/kolla/"))
    assert "Gör klart det du har påbörjat" in check
    sent = client.post(f"{base}/kolla/", asked(now(referral)))
    assert (sent.status_code, now(referral).status) == (200, "draft")
    assert client.post(url, {"forget": "1"}).status_code == 302
    assert now(referral).unfinished.open() is None
    later = client.post(f"{base}/steg/oro/", {"worry": "Halv", "later": "1"})
    assert later.headers["Location"] == f"{base}/"
    assert "Halv" in text(client.get(f"{base}/steg/oro/"))
    whole = asked(now(referral), worry="Hel mening.", needs=["lessons"])
    assert client.post(f"{base}/steg/oro/", whole).status_code == 302
    assert (now(referral).worry.open(), now(referral).unfinished.open()) == ("Hel mening.", None)


def test_two_who_write_at_once_are_told(as_, path, cast):
    referral = path.draft()
    client, url = as_(cast.sara), f"/remisser/{referral.reference}/steg/oro/"
    client.post(url, {"worry": "En", "auto": "1", "version": referral.version})
    assert (
        client.post(url, {"worry": "Två", "auto": "1", "version": referral.version}).status_code
        == 409
    )
    assert now(referral).unfinished.open() == {"oro": {"worry": ["En"]}}


def test_half_a_text_is_never_read_by_the_team(as_, path, cast):
    referral = path.draft()
    url = f"/remisser/{referral.reference}/steg/oro/"
    as_(cast.sara).post(url, {"worry": "Alva Hemlig", "later": "1"})
    sent = perform(now(referral).withdraw, by=cast.sara, code="other").obj
    assert "Alva" not in text(as_(cast.tuva).get(f"/remisser/{sent.reference}/"))


FOUND = {
    "Ring mamma Fatima efter lunch.": ["Fatima"],
    "Eleven bor på Storgatan 4 B sedan maj.": ["Storgatan 4 B"],
    "Numret är 20120427-9802, eller 20130101TF01.": ["20120427-9802", "20130101TF01"],
    "Nås på 070-174 06 12 och a@example.org.": ["070-174 06 12", "a@example.org"],
    "Adress 164 31 Kista.": ["164 31 Kista"],
    "Frånvaron ökar. Eleven har BUP och SIP. På måndagar är det värst.": [],
}


def test_names_numbers_and_addresses_are_found_and_marked_where_they_stand():
    for words, expected in FOUND.items():
        assert names.in_words({"x": words}, None) == expected, words
        pieces = names.marked(words, None)
        assert "".join(piece for piece, _mark in pieces) == words
        assert [piece.strip() for piece, mark in pieces if mark] == expected


def test_the_writer_sees_the_finding_in_the_text_and_decides(as_, path, cast):
    referral = path.draft()
    client, url = as_(cast.sara), f"/remisser/{referral.reference}/steg/oro/"
    words = "Vi har pratat med Alva och hennes kompis Nils."
    words = words.replace("Alva", referral.pupil.given_name.open())
    page = text(client.post(url, asked(referral, worry=words, needs=["peers"])))
    marked = re.findall(r"<mark>([^<]+)</mark>", page)
    assert marked == [referral.pupil.given_name.open(), "Nils"]
    assert now(referral).worry.open() != words
    sure = asked(referral, worry=words, needs=["peers"], sure="1")
    assert client.post(url, sure).status_code == 302
    assert now(referral).worry.open() == words


def test_pupils_one_knows_are_found_by_an_exact_part_of_the_name(as_, path, cast):
    mine = path.pupil(given_name="Åsa-Li", family_name="von Ek")
    other = path.pupil(by=cast.siv, given_name="Åsa", family_name="Annan")
    client = as_(cast.sara)
    client.post("/remisser/ny/", {"needed": "no"})
    found = text(client.post("/remisser/ny/elev/", {"number": "åsa"}))
    assert str(mine.uuid) in found
    assert str(other.uuid) not in found
    assert "Ingen med det namnet" in text(client.post("/remisser/ny/elev/", {"number": "Ås"}))
    assert client.post("/remisser/ny/elev/", {"pupil": str(other.uuid)}).status_code == 404
    client.post("/remisser/ny/elev/", {"pupil": str(mine.uuid)})
    assert Referral.objects.get().pupil == mine
    principal = as_(cast.petra)
    principal.post("/remisser/ny/", {"needed": "no"})
    assert str(other.uuid) in text(principal.post("/remisser/ny/elev/", {"number": "åsa"}))


def test_what_is_registered_can_be_mended_and_searched_anew(as_, path, cast):
    pupil = path.draft().pupil
    client, base = as_(cast.sara), f"/elever/{pupil.uuid}"
    given = asked(
        pupil,
        given_name="Nytt",
        family_name="Namn",
        grade="8",
        sex="girl",
        language="ar",
        interpreter="on",
        phone="070-174 06 99",
        protection="none",
    )
    assert client.post(f"{base}/andra/", given).status_code == 302
    pupil = Pupil.objects.get(pk=pupil.pk)
    assert (pupil.name, pupil.grade, pupil.interpreter) == ("Nytt Namn", 8, True)
    assert list(Pupil.objects.named("nytt")) == [pupil]
    assert not Pupil.objects.named("Hemlig").exists()
    stale = client.post(f"{base}/andra/", given | {"key": str(uuid4())})
    assert "Någon annan har ändrat" in text(stale)
    guardian = pupil.guardians.get()
    phone = asked(
        guardian,
        given_name="Vera",
        family_name="Hemlig",
        kind="parent",
        custody="on",
        language="so",
    )
    url = f"{base}/vardnadshavare/{guardian.uuid}/"
    assert client.post(url, phone | {"number": "20120427-9802"}).status_code == 200
    assert client.post(url, phone).status_code == 302
    guardian.refresh_from_db()
    assert (guardian.language, guardian.phone.open()) == ("so", "")
    assert as_(cast.siv).get(f"{base}/").status_code == 404
    gone = f"/gor/guardian/{guardian.uuid}/mark_in_error/"
    assert client.post(gone, asked(guardian, reason="Fel person")).status_code == 302
    assert Guardian.objects.get().status == "in_error"


def test_the_team_asks_and_the_school_answers_while_it_is_sealed(as_, path, cast):
    referral = path.submitted()
    url = f"/gor/referral/{referral.uuid}/return_for_completion/"
    nothing = as_(cast.tuva).post(url, asked(referral, code="more"))
    assert list(nothing.context["form"].errors) == ["missing"]
    as_(cast.tuva).post(url, asked(referral, code="more", missing="Sedan när?"))
    client, base = as_(cast.sara), f"/remisser/{referral.reference}"
    page = text(client.get(f"{base}/steg/svar/"))
    assert "Sedan när?" in page
    answer = asked(now(referral), reply="Sedan augusti.")
    assert client.post(f"{base}/steg/svar/", answer).status_code == 302
    # What is written is the school's until it is sent again.
    assert "Sedan augusti." not in text(as_(cast.tuva).get(f"{base}/"))
    assert "Sedan augusti." in text(client.get(f"{base}/"))
    assert client.post(f"{base}/kolla/", asked(now(referral))).status_code == 302
    sealed = text(as_(cast.tuva).get(f"{base}/"))
    assert "Sedan augusti." in sealed
    assert "Eleven kommer sällan" not in sealed
    assert client.get(f"{base}/steg/svar/").status_code == 403


def test_a_referral_that_should_be_a_report_of_concern_goes_back_the_same_day(as_, path, cast):
    referral = path.submitted()
    url = f"/gor/referral/{referral.uuid}/return_for_completion/"
    as_(cast.tuva).post(url, asked(referral, code="needs_protection"))
    turn = Turn.objects.open().get(object_uuid=referral.uuid)
    assert (turn.step, turn.due) == ("complete", clock.today())
    told_of = set(Notice.objects.filter(code="protect").values_list("to", flat=True))
    assert told_of == {cast.sara.pk, cast.petra.pk}
    page = text(as_(cast.sara).get(f"/remisser/{referral.reference}/"))
    assert "Gör anmälan i dag" in page
    assert f"/orosanmalan/?om={referral.reference}" in page


def test_to_the_unit_manager_who_alone_declines_and_today_when_a_child_needs_it(as_, path, cast):
    referral = path.submitted()
    given = {"responsible": cast.tuva, "deputy": cast.tore}
    referral = perform(referral.hand_on, by=cast.tuva, **given).obj
    url = f"/gor/referral/{referral.uuid}"
    as_(cast.tuva).post(f"{url}/ask_manager/", asked(referral, needs_protection="on"))
    turn = Turn.objects.open().get(object_uuid=referral.uuid)
    assert (turn.step, turn.responsible, turn.due) == ("decide", cast.mona, clock.today())
    assert "ask_manager" not in text(as_(cast.tuva).get(f"/remisser/{referral.reference}/"))
    given = asked(now(referral), code="needs_protection", instead="")
    assert as_(cast.tuva).post(f"{url}/decline/", given).status_code == 403
    assert as_(cast.mona).post(f"{url}/decline/", given).status_code == 302
    assert (now(referral).status, told(referral)[-1]) == ("declined", "decline")
    page = text(as_(cast.sara).get(f"/remisser/{referral.reference}/"))
    assert "Ska vara en orosanmälan" in page


def test_where_it_stands_says_who_and_by_when(as_, path, cast):
    referral = path.submitted()
    due = Turn.objects.open().get(object_uuid=referral.uuid).due
    page = text(as_(cast.sara).get(f"/remisser/{referral.reference}/"))
    assert "Läs remissen och svara skolan: Team Söder, Mona Test." in page
    assert f"Senast {due.day} " in page
