"""A foster parent takes part by link: asked by the team, answering in their own words."""

from __future__ import annotations

import re
from uuid import uuid4

from django.test import Client

from accounts.models import Signatory
from history.door import begin, perform
from history.models import AccessEntry
from referrals.models import Case, FosterVoice, ProgrammeVersion
from tests.conftest import what_is_wrong
from tests.test_case_work import act, text


def placed(path) -> Case:
    ProgrammeVersion.objects.update(foster_placed=True)
    return path.mapping()


def asked_by_form(client: Client, case: Case) -> FosterVoice:
    new = {"name": "Birgitta Sand", "language": "sv", "question": "Hur går det i skolan?"}
    url = f"/arenden/{case.reference}/ny/familjehem/"
    assert client.post(url, new | {"key": str(uuid4())}).status_code == 302
    return FosterVoice.objects.get()


def opened(client: Client, row: FosterVoice) -> Client:
    """The foster parent's own browser, let in by link and code."""
    client.post(f"/familjehem/{row.uuid}/lank/")
    page = text(client.get(f"/arenden/{row.case.reference}/kartlaggning/"))
    token = re.search(r"/s/familjehem/([\w-]{40,})/", page)[1]
    code = re.search(r'hero-num">(\d{6})<', page)[1]
    phone = Client()
    assert phone.post(f"/s/familjehem/{token}/", {"code": code}).status_code == 302
    return phone


def test_from_the_question_to_an_answer_in_their_own_words(as_, path, cast):
    case, client = placed(path), as_(cast.tuva)
    row = asked_by_form(client, case)
    phone = opened(client, row)
    page = text(phone.get("/s/familjehem/"))
    assert "Hur går det i skolan?" in page
    assert not re.search(f"Alva|Hemlig|{case.reference}|Åsö", page)
    key = re.search(r'name="key" value="([^"]+)"', page)[1]
    assert "Skriv ditt svar" in text(phone.post("/s/familjehem/", {"words": " ", "key": key}))
    given = {"words": "Läxorna går bra före middagen.", "key": key}
    assert phone.post("/s/familjehem/", given).status_code == 302
    assert phone.post("/s/familjehem/", given).status_code == 302
    row.refresh_from_db()
    assert (row.status, row.words.open(), row.version) == ("answered", given["words"], 2)
    assert given["words"] in text(client.get(f"/arenden/{case.reference}/kartlaggning/"))
    assert AccessEntry.objects.filter(what="foster.answer", outcome="shown").exists()
    # The link is theirs alone, and shown to the team once.
    assert "/s/familjehem/" not in text(client.get(f"/arenden/{case.reference}/kartlaggning/"))
    assert as_(cast.sara).post(f"/familjehem/{row.uuid}/lank/").status_code == 404
    assert what_is_wrong() == []


def test_they_may_say_no_and_a_closed_case_opens_nothing(as_, path, cast):
    case, client = placed(path), as_(cast.tuva)
    row = asked_by_form(client, case)
    phone = opened(client, row)
    assert phone.post("/s/familjehem/", {"no": "1"}).status_code == 302
    assert "valt att inte svara" in text(phone.get("/s/familjehem/"))
    assert FosterVoice.objects.get().status == "declined"
    other = FosterVoice(case=case, name="Lars Sand", question="Hur går det?", asked_by=cast.tuva)
    other = begin(other, by=cast.tuva).obj
    phone = opened(client, other)
    assert act(client, other, "withdraw").status_code == 302
    assert phone.get("/s/familjehem/").status_code == 404


def test_when_the_consent_is_gone_the_link_opens_nothing(as_, path, cast):
    case, client = placed(path), as_(cast.tuva)
    phone = opened(client, asked_by_form(client, case))
    perform(case.consents.active().get().withdraw, by=cast.sara)
    assert phone.get("/s/familjehem/").status_code == 404
    assert phone.post("/s/familjehem/", {"words": "Hej", "key": str(uuid4())}).status_code == 404


def test_only_where_children_are_placed_and_never_with_anothers_link(as_, path, cast):
    case, client = path.mapping(), as_(cast.tuva)
    new = {"name": "B", "language": "sv", "question": "?", "key": str(uuid4())}
    page = text(client.post(f"/arenden/{case.reference}/ny/familjehem/", new))
    assert "Programmet är inte för placerade barn" in page
    consent = Signatory.objects.create(opens=case.uuid, purpose="consent")
    stranger = Client()
    session = stranger.session
    session["foster"] = str(consent.uuid)
    session.save()
    assert stranger.get("/s/familjehem/").status_code == 404
