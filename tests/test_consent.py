"""Consent from outside: who has to sign, in which ways, and what comes of each answer."""

from __future__ import annotations

import io
import re
from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from accounts import clock, links, working_days
from history.door import begin, edit, perform
from history.models import AccessEntry, Event
from referrals.models import Case, Consent, ConsentNo, ConsentRule, Guardian, consent_rule
from tests.conftest import told, what_is_wrong
from tests.test_pages import asked, text
from workflows import deadlines
from workflows.models import Turn


@pytest.fixture(autouse=True)
def folders(settings, tmp_path):
    settings.FILES_ROOT, settings.SMS_FOLDER = tmp_path / "files", tmp_path / "sms"


def phone(consent, line, language: str = "sv") -> Client:
    """A browser that has opened this line's question with link and code."""
    _made, token, code = links.make(opens=consent.uuid, line=line.uuid, purpose="consent")
    client = Client()
    assert client.post(f"/s/{token}/?sprak={language}", {"code": code}).status_code == 302
    return client


def say(client: Client, what: str, **more):
    page = text(client.get("/s/fraga/"))
    key = re.search(r'name="key" value="([^"]+)"', page)[1]
    return client.post("/s/fraga/", {"key": key, "say": what} | more)


def lines(consent):
    return {("pupil" if line.is_pupil else line.guardian_id): line for line in consent.lines.all()}


def status(case) -> str:
    return Case.objects.get(pk=case.pk).status


# Who has to sign


def test_the_form_asks_those_the_rule_asks_for(as_, path, cast):
    pupil = path.pupil(guardians=2)
    referral = path.accepted(pupil=pupil)
    client, url = as_(cast.sara), f"/samtycke/{referral.reference}/fraga/support/"
    drawn = client.get(url).context["form"]
    everybody = [*(str(g.uuid) for g in pupil.guardians.order_by("pk")), "pupil"]
    assert drawn.initial["signatories"] == everybody
    until = clock.today() + timedelta(days=90)
    given = {
        "key": str(uuid4()),
        "categories": ["referral", "plan"],
        "deputy": cast.petra.pk,
        "valid_to_day": until.day,
        "valid_to_month": until.month,
        "valid_to_year": until.year,
        "signatories": everybody[1:],
    }
    fewer = client.post(url, given)
    assert list(fewer.context["form"].errors) == ["signatories"]
    assert client.post(url, given | {"signatories": everybody}).status_code == 302
    consent = Consent.objects.get()
    assert (consent.lines.count(), consent.rule) == (3, "shipped 2")


def test_an_exception_waits_for_the_one_who_answers_for_the_data(as_, path, cast):
    pupil = path.pupil(guardians=2)
    referral = path.accepted(pupil=pupil)
    with pytest.raises(ValidationError) as without_reason:
        path_ask(path, referral, [pupil], exception="pupil_alone")
    assert set(without_reason.value.message_dict) == {"exception_reason"}
    consent = path_ask(
        path, referral, [pupil], exception="pupil_alone", exception_reason="Fjorton år och mogen."
    )
    turn = Turn.objects.open().get(object_uuid=consent.uuid)
    assert (turn.step, turn.responsible) == ("approve", cast.petra)
    path.sign(consent)
    case = Case.objects.get(referral=referral)
    assert (Consent.objects.get().status, case.status) == ("partial", "awaiting_consent")
    url = f"/gor/consent/{consent.uuid}/approve_exception/"
    assert as_(cast.sara).post(url, asked(Consent.objects.get())).status_code == 403
    assert as_(cast.petra).post(url, asked(Consent.objects.get())).status_code == 302
    done = Consent.objects.get()
    assert (done.status, done.approved_by, status(case)) == ("active", cast.petra, "mapping")
    # Where the pupil alone consents nothing goes to the guardians.
    begin(Guardian(pupil=pupil, given_name="Nora", family_name="Ny"), by=cast.sara)
    assert done.lines.count() == 1
    assert what_is_wrong() == []


def path_ask(path, referral, who, **more):
    new = Consent(
        pupil=referral.pupil,
        referral=referral,
        categories="referral plan",
        names_team=referral.team,
        names_school=referral.school,
        asked_by=path.cast.sara,
        responsible=path.cast.sara,
        deputy=path.cast.petra,
        **more,
    )
    return begin(new, by=path.cast.sara, signatories=who).obj


def test_too_young_to_decide_alone_by_the_table_and_not_by_the_code(as_, path, cast):
    born = clock.today() - timedelta(days=11 * 365)
    pupil = path.pupil(guardians=1, birth_date=born.isoformat())
    referral = path.accepted(pupil=pupil)
    alone = {"exception": "pupil_alone", "exception_reason": "Mogen."}
    with pytest.raises(ValidationError):
        path_ask(path, referral, [pupil], **alone)
    day = clock.today()
    rule = {
        "purpose": "support",
        "age_from": "9",
        "age_to": "11",
        "pupil_signs": "on",
        "guardians": "all",
        "pupil_alone": "on",
        "source": "Nämndens beslut",
        "since_day": day.day,
        "since_month": day.month,
        "since_year": day.year,
        "checked_on_day": day.day,
        "checked_on_month": day.month,
        "checked_on_year": day.year,
    }
    url = "/samtycke/regler/ny/"
    assert as_(cast.petra).post(url, rule).status_code == 404
    admin = as_(cast.adam)
    backwards = admin.post(url, rule | {"since_year": day.year - 1})
    assert list(backwards.context["form"].errors) == ["since"]
    assert admin.post(url, rule).status_code == 302
    assert AccessEntry.objects.filter(what="consent_rule.set", membership=cast.adam).count() == 1
    assert "Nämndens beslut" in text(as_(cast.sara).get("/samtycke/regler/"))
    assert path_ask(path, referral, [pupil], **alone).rule == f"rule {ConsentRule.objects.get().pk}"


def test_a_rule_holds_from_its_day_and_the_newest_goes_first(cast, db):
    today = clock.today()
    both = {"purpose": "support", "guardians": "one", "source": "Beslut", "set_by": cast.adam}
    ConsentRule.objects.create(since=today + timedelta(days=1), **both)
    assert consent_rule.in_force("support", 8).name == "shipped 1"
    tomorrow = today + timedelta(days=1)
    assert consent_rule.in_force("support", 8, tomorrow).guardians == "one"
    assert consent_rule.in_force("support", None).name == "shipped 1"
    assert {consent_rule.in_force(p, a).purpose for p in ("contact", "transfer") for a in range(20)}


def test_a_new_guardian_gets_a_line_and_ten_working_days(path, cast):
    case = path.mapping()
    consent = case.consents.get()
    new = Guardian(pupil=case.pupil, given_name="Nora", family_name="Ny")
    nora = begin(new, by=cast.sara).obj
    consent.refresh_from_db()
    assert (consent.status, consent.line_due) == ("active", working_days.add(clock.today(), 10))
    assert lines(consent)[nora.pk].status == "waiting"
    with clock.at(clock.now() + timedelta(days=21)):
        deadlines.expire_consents()
    consent.refresh_from_db()
    assert (consent.status, status(case)) == ("expired", "frozen")
    assert what_is_wrong() == []


def test_a_new_guardian_who_signs_keeps_it_and_one_who_says_no_takes_it_back(path, cast):
    for answer, ends in (("yes", ("active", "mapping")), ("no", ("withdrawn", "frozen"))):
        case = path.mapping()
        consent = case.consents.get()
        new = begin(Guardian(pupil=case.pupil, given_name="N", family_name="N"), by=cast.sara).obj
        client = phone(consent, lines(consent)[new.pk])
        assert say(client, answer).headers["Location"] == "/s/tack/"
        consent.refresh_from_db()
        assert ((consent.status, status(case)), consent.line_due) == (
            ends,
            None if answer == "yes" else consent.line_due,
        )


def test_who_turns_out_not_to_hold_custody_need_not_answer(path, cast):
    pupil = path.pupil(guardians=2)
    consent = path.ask(path.accepted(pupil=pupil))
    first, second = pupil.guardians.order_by("pk")
    for line in consent.lines.exclude(guardian=second):
        perform(consent.sign, by=cast.sara, line=line, how="oral", witness="Petra")
    perform(second.mark_in_error, by=cast.sara)
    consent.refresh_from_db()
    assert (consent.status, lines(consent)[second.pk].status) == ("active", "exempt")
    assert lines(consent)[first.pk].status == "signed"


# In which ways


def test_each_way_of_answering_leaves_what_it_must(as_, path, cast):
    consent = path.ask(path.accepted())
    line = consent.lines.first()
    client, url = as_(cast.sara), f"/samtycken/{consent.uuid}/{line.uuid}/svar/"

    def noted(how: str, **more):
        given = asked(consent, how=how, answer="yes", language="en") | more
        return client.post(url, given)

    wrong = {
        "oral": "witness",
        "phone": "witness",
        "paper": "form_file",
        "decision": "how",
    }
    for how, field in wrong.items():
        assert list(noted(how).context["form"].errors) == [field], how
    assert line.consent.lines.get(pk=line.pk).status == "waiting"
    assert noted("oral", witness="Petra Test", note="I mitt rum").status_code == 302
    line.refresh_from_db()
    answer = (line.status, line.method, line.language, line.witness.open(), line.note.open())
    assert answer == ("signed", "oral", "en", "Petra Test", "I mitt rum")


def test_the_scanned_paper_is_kept_encrypted_and_shown_only_to_those_who_keep_it(
    as_, path, cast, settings
):
    consent = path.ask(path.accepted())
    line = consent.lines.first()
    out = io.BytesIO()
    Image.new("RGB", (60, 40), "white").save(out, "PNG")
    client, base = as_(cast.sara), f"/samtycken/{consent.uuid}/{line.uuid}"

    def scanned(name: str, content: bytes):
        given = asked(consent, how="paper", answer="yes", language="sv")
        file = SimpleUploadedFile(name, content)
        return client.post(f"{base}/svar/", given | {"form_file": file})

    assert list(scanned("a.exe", b"MZ").context["form"].errors) == ["form_file"]
    assert scanned("a.png", out.getvalue()).status_code == 302
    kept = [path for path in settings.FILES_ROOT.rglob("*") if path.is_file()]
    assert len(kept) == 1
    assert b"PNG" not in kept[0].read_bytes()
    shown = client.get(f"{base}/papper/")
    assert (shown.headers["Content-Type"], shown.content[:4]) == ("image/png", b"\x89PNG")
    assert shown.headers["X-Content-Type-Options"] == "nosniff"
    assert AccessEntry.objects.order_by("-pk").first().what == "consent.form"
    for other in (cast.tuva, cast.siv, cast.odd, cast.olga):
        assert as_(other).get(f"{base}/papper/").status_code == 404


def test_a_boards_decision_is_recorded_and_only_a_boards(path, cast):
    pupil = path.pupil(guardians=0)
    board = Guardian(pupil=pupil, kind="board", given_name="Socialnämnden", family_name="")
    board = begin(board, by=cast.sara).obj
    consent = path.ask(path.accepted(pupil=pupil))
    line = lines(consent)[board.pk]
    with pytest.raises(ValidationError):
        perform(consent.sign, by=cast.sara, line=line, how="decision")
    note = "Socialnämnden, 2026-03-01, dnr 3.1-117/2026"
    perform(consent.sign, by=cast.sara, line=line, how="decision", note=note)
    line.refresh_from_db()
    assert (line.method, line.note.open()) == ("decision", note)


def sent_texts(settings) -> list[str]:
    return sorted(file.read_text() for file in settings.SMS_FOLDER.glob("*.txt"))


@pytest.mark.django_db(transaction=True)
def test_link_and_code_travel_two_ways(as_, path, cast, settings):
    consent = path.ask(path.accepted())
    guardian = consent.lines.exclude(guardian=None).get()
    client = as_(cast.sara)
    page = client.post(f"/samtycken/{consent.uuid}/{guardian.uuid}/skicka/", follow=True)
    assert "länken går med e-post och koden med sms" in text(page)
    url = re.search(r"/s/[\w-]{40,}/", str(mail.outbox[0].body))[0]
    (said,) = sent_texts(settings)
    assert url not in said
    code = re.search(r"\b\d{6}\b", said)[0]
    assert code not in mail.outbox[0].body
    assert Client().post(url, {"code": code}).headers["Location"] == "/s/fraga/"
    secret = ("Alva", "Hemlig", "Vera", "Åsö", consent.matter.reference)
    assert not [word for word in secret if word in said + mail.outbox[0].body]


@pytest.mark.django_db(transaction=True)
def test_with_one_way_on_file_the_code_is_told_by_voice(as_, path, cast, settings):
    consent = path.ask(path.accepted())
    line = consent.lines.exclude(guardian=None).get()
    edit(line.guardian, by=cast.sara, email="")
    page = text(as_(cast.sara).post(f"/samtycken/{consent.uuid}/{line.uuid}/skicka/", follow=True))
    code = re.search(r'class="num">(\d{6})<', page)[1]
    (said,) = sent_texts(settings)
    url = re.search(r"/s/[\w-]{40,}/", said)[0]
    assert code not in said
    assert Client().post(url, {"code": code}).headers["Location"] == "/s/fraga/"
    # A reminder has nobody to tell a code: it points at the page where a link is asked for.
    perform(Consent.objects.get().remind, by=cast.sara)
    assert any(said.endswith("/s/ny-lank/\n") for said in sent_texts(settings))


@pytest.mark.django_db(transaction=True)
def test_a_fresh_link_from_the_public_page_opens_with_the_code_shown_there(path, cast, settings):
    case = path.mapping()
    guardian = case.pupil.guardians.get()
    number = "+46 " + guardian.phone.open()[1:]
    page = text(Client().post("/s/ny-lank/?sprak=ar", {"where": number}))
    assert 'dir="rtl"' in page
    code = re.search(r'hero-num">(\d{6})<', page)[1]
    (said,) = sent_texts(settings)
    url = re.search(r"/s/[\w-]{40,}/", said)[0]
    phone = Client()
    assert phone.post(url, {"code": code}).headers["Location"] == "/s/fraga/"
    assert "Ditt samtycke gäller" in text(phone.get("/s/fraga/?sprak=sv"))
    Client().post("/s/ny-lank/", {"where": "070-000 00 00"})
    assert len(sent_texts(settings)) == 1
    for _again in range(5):
        Client().post("/s/ny-lank/", {"where": number})
    assert len(sent_texts(settings)) == 3


def test_an_e_identity_signs_for_the_one_it_belongs_to_and_for_nobody_else(path, cast, settings):
    settings.EID_BACKEND = "referrals.eid.Local"
    consent = path.ask(path.accepted())
    line = consent.lines.get(guardian=None)
    mine = consent.pupil.number.open()
    other = path.pupil().number.open()
    client = phone(consent, line)
    assert "e-legitimation" in text(client.get("/s/fraga/"))
    for number, ends in ((other, "waiting"), (mine, "signed")):
        away = client.post("/s/eid/", {"read_in": "en"})
        assert away.headers["Location"] == "/s/eid/lokal/"
        back = client.post("/s/eid/lokal/", {"number": number}).headers["Location"]
        answer = client.get(back)
        line.refresh_from_db()
        assert line.status == ends
    assert answer.headers["Location"] == "/s/tack/"
    assert (line.method, line.language, line.proof.open()[:6]) == ("eid", "en", "local ")
    # Without a way back from the provider nothing is signed.
    assert client.get("/s/eid/klar/").status_code == 200
    guardian = consent.lines.exclude(guardian=None).get()
    assert "e-legitimation" not in text(phone(consent, guardian).get("/s/fraga/"))
    settings.EID_BACKEND = ""
    assert client.get("/s/eid/lokal/").status_code == 404
    assert phone(consent, line).post("/s/eid/", {}).status_code == 404


# What comes of it


def test_whoever_signs_may_let_less_be_shared_and_the_version_tells_it(path, cast):
    consent = path.ask(path.accepted())
    client = phone(consent, consent.lines.last(), "en")
    assert "What may they share?" in text(client.post("/s/fraga/", {"say": "some"}))
    key = str(uuid4())
    none = client.post("/s/fraga/", {"say": "yes_some", "key": key, "read_in": "en"})
    assert "Tick at least one thing" in text(none)
    given = {"say": "yes_some", "key": key, "read_in": "en", "categories": ["plan", "review"]}
    assert client.post("/s/fraga/", given).headers["Location"] == "/s/tack/"
    consent.refresh_from_db()
    assert (consent.category_list, consent.number, consent.status) == (
        ["plan", "review"],
        2,
        "partial",
    )
    # The next one to sign is asked about what is left.
    other = text(phone(consent, consent.lines.first()).get("/s/fraga/"))
    assert "Planen, målen och stödet" in other
    assert "Närvaro och frånvaro" not in other


def test_a_no_is_counted_with_its_reason_and_without_whose_it_is(as_, path, cast):
    consent = path.ask(path.accepted())
    client = phone(consent, consent.lines.last())
    assert say(client, "no").headers["Location"] == "/s/tack/"
    counted = ConsentNo.objects.get()
    assert (counted.code, counted.n, counted.district) == ("not_said", 1, cast.south)
    assert "Vill du berätta varför?" in text(client.get("/s/tack/"))
    assert "Svaret är räknat" in text(client.post("/s/tack/", {"why": "trust"}))
    assert client.post("/s/tack/", {"why": "unclear"}).status_code == 200
    rows = dict(ConsentNo.objects.values_list("code", "n"))
    assert rows == {"not_said": 0, "trust": 1}
    fields = {field.name for field in ConsentNo._meta.fields}
    assert fields == {"id", "month", "district", "purpose", "by_pupil", "code", "n"}
    page = text(as_(cast.mona).get("/samtycke/nej/"))
    assert "färre än 5" in page
    assert "för litet underlag" in page
    assert as_(cast.tuva).get("/samtycke/nej/").status_code == 404


def test_a_reason_told_to_the_school_is_counted_too(as_, path, cast):
    consent = path.ask(path.accepted())
    url = f"/samtycken/{consent.uuid}/{consent.lines.first().uuid}/svar/"
    given = asked(consent, how="phone", answer="no", language="sv", code="other_support")
    assert as_(cast.sara).post(url, given).status_code == 302
    assert Consent.objects.get().status == "declined"
    assert dict(ConsentNo.objects.values_list("code", "n")) == {"other_support": 1}


def test_somebody_may_regret_a_yes_before_the_others_have_answered(path, cast):
    consent = path.ask(path.accepted())
    client = phone(consent, consent.lines.last())
    say(client, "yes")
    assert "Jag ändrar mig: nej" in text(client.get("/s/fraga/"))
    assert say(client, "regret").headers["Location"] == "/s/tack/"
    consent.refresh_from_db()
    assert (consent.status, consent.lines.last().status) == ("declined", "refused")


def test_the_other_guardian_is_never_told_who_did_what(path, cast):
    pupil = path.pupil(guardians=2)
    consent = path.ask(path.accepted(pupil=pupil))
    first, second = consent.lines.exclude(guardian=None).order_by("pk")
    waiting, signed = phone(consent, second), phone(consent, first)
    say(signed, "yes")
    perform(consent.refuse, by=cast.sara, line=second, how="phone")
    for client in (signed, waiting):
        page = text(client.get("/s/fraga/"))
        assert not re.search("Vera|Hemlig|nej|vårdnadshavare", page)
    assert "Frågan gäller inte längre" in text(signed.get("/s/fraga/"))


def test_a_guardian_leaves_the_school_out(path, cast):
    case = path.support()
    consent = case.consents.get()
    client = phone(consent, consent.lines.last())
    page = text(client.get("/s/andra/mindre/"))
    key = re.search(r'name="key" value="([^"]+)"', page)[1]
    given = {"key": key, "categories": consent.category_list, "without_school": "on"}
    assert client.post("/s/andra/mindre/", given).headers["Location"] == "/s/tack/"
    now = case.consents.active().get()
    assert (now.number, now.names_school, now.names_team) == (2, None, cast.team)
    assert status(case) == "support"
    assert what_is_wrong() == []


def test_a_new_consent_takes_over_when_all_have_signed_and_not_before(path, cast):
    case = path.support()
    old = case.consents.get()
    new = path.ask(case.referral, categories="plan")
    assert (new.replaces, new.number) == (old, 2)
    first, *rest = new.lines.order_by("pk")
    perform(new.sign, by=cast.sara, line=first, how="oral", witness="Petra")
    assert {c.status for c in case.consents.all()} == {"active", "partial"}
    for line in rest:
        perform(new.sign, by=cast.sara, line=line, how="oral", witness="Petra")
    old.refresh_from_db()
    new.refresh_from_db()
    assert (old.status, new.status, status(case)) == ("superseded", "active", "support")
    assert told(new)[-1] == "take_over"
    assert what_is_wrong() == []


def test_taking_the_old_one_back_takes_the_new_question_back_too(path, cast):
    case = path.support()
    old = case.consents.get()
    new = path.ask(case.referral, categories="plan")
    perform(old.withdraw, by=cast.sara, line=old.lines.first())
    new.refresh_from_db()
    assert (new.status, status(case)) == ("lapsed", "frozen")


def test_anyone_at_the_school_can_note_that_it_is_taken_back(as_, path, cast):
    case = path.support()
    consent = case.consents.get()
    number = case.pupil.number.open()
    siv = as_(cast.siv)  # has no part in the case
    assert siv.get(f"/samtycken/{consent.uuid}/").status_code == 404
    assert siv.get(f"/gor/consent/{consent.uuid}/withdraw/").status_code == 404
    found = text(siv.post("/samtycke/tillbaka/", {"number": number}))
    url = f"/samtycke/tillbaka/{consent.uuid}/"
    assert url in found
    page = text(siv.get(url))
    assert not re.search("Alva|Vera|Hemlig|Team Söder", page)
    line = consent.lines.last()
    given = asked(consent, line=line.pk, how="phone", reason="Ringde i dag")
    assert "gäller inte längre" in text(siv.post(url, given, follow=True))
    consent.refresh_from_db()
    assert (consent.status, status(case)) == ("withdrawn", "frozen")
    last = Event.objects.filter(move="withdraw").get()
    assert last.membership == cast.siv
    for stranger in (cast.olga, cast.nina, cast.odd):
        none = text(as_(stranger).post("/samtycke/tillbaka/", {"number": number}))
        assert "Inget samtycke för det numret" in none
        assert as_(stranger).get(url).status_code == 404
    assert as_(cast.rut).get("/samtycke/tillbaka/").status_code == 404


def test_a_consent_to_contact_opens_one_guardian_to_two_people(as_, path, cast):
    referral = path.accepted()
    client, url = as_(cast.sara), f"/samtycke/{referral.reference}/fraga/contact/"
    drawn = client.get(url).context["form"]
    guardian = referral.pupil.guardians.get()
    assert [key for key, _name in drawn.fields["signatories"].choices] == [str(guardian.uuid)]
    until = date(clock.today().year + 1, 1, 31)
    given = {
        "key": str(uuid4()),
        "deputy": cast.petra.pk,
        "valid_to_day": until.day,
        "valid_to_month": until.month,
        "valid_to_year": until.year,
        "signatories": [str(guardian.uuid)],
    }
    assert client.post(url, given).status_code == 302
    consent = Consent.objects.get()
    assert consent.category_list == []
    page = f"/samtycken/{consent.uuid}/"
    assert "Vera" not in text(as_(cast.tuva).get(page))
    path.sign(consent)
    shown = text(as_(cast.tuva).get(page))
    assert guardian.name in shown
    assert guardian.phone.open() in shown
    assert referral.pupil.given_name.open() not in shown
    assert "Vera" not in text(as_(cast.tore).get(page))


def test_reminders_day_seven_and_fourteen_and_then_it_lapses(path, cast):
    referral = path.accepted()
    consent = path.ask(referral)
    start = clock.now()
    done = []
    for days in range(45):
        with clock.at(start + timedelta(days=days)):
            done.append((deadlines.remind_of_consents(), deadlines.lapse_consents()))
    reminded = [day for day, (sent, _lapsed) in enumerate(done) if sent]
    lapsed = [day for day, (_sent, gone) in enumerate(done) if gone]
    last = clock.local_date(start + timedelta(days=14))
    limit = working_days.add(last, 10)
    assert reminded == [7, 14]
    assert lapsed == [(limit - clock.local_date(start)).days + 1]
    turn = Turn.objects.open().get(what="case")
    assert (Consent.objects.get(pk=consent.pk).status, turn.step) == ("lapsed", "ask_anew")


def test_until_the_school_has_asked_the_next_step_is_the_schools(path, cast):
    path.accepted()
    turn = Turn.objects.open().get(what="case")
    assert (turn.step, turn.side, turn.responsible) == ("request_consent", cast.school, cast.sara)


def test_the_newest_choice_of_language_holds_on_the_familys_pages(db):
    phone = Client()
    assert 'lang="ar"' in text(phone.get("/s/ny-lank/?sprak=ar"))
    assert '<html lang="ar"' in text(phone.get("/s/ny-lank/"))
    phone.post("/sprak/", {"language": "en", "next": "/s/ny-lank/"})
    assert '<html lang="en"' in text(phone.get("/s/ny-lank/"))


def test_nobody_is_asked_for_a_closed_case(as_, path, cast):
    """Signed, it would have opened the school's words to the team again, and nothing would end it."""
    case = path.closed()
    referral = case.referral
    client, url = as_(cast.sara), f"/samtycke/{referral.reference}/fraga/support/"
    assert (client.get(url).status_code, client.post(url).status_code) == (404, 404)
    assert url not in client.get(f"/remisser/{referral.reference}/").content.decode()
    before = Consent.objects.count()
    for matter in (referral, case):
        with pytest.raises(ValidationError, match="Ärendet är avslutat"):
            path.ask(matter, by=cast.sara)
    assert Consent.objects.count() == before
