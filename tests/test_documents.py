"""Documents: who may print what, what stands on it, and that the door is asked each time."""

from __future__ import annotations

import io
from uuid import uuid4

import pytest
from django.test import Client
from pypdf import PdfReader

import vault.files
from accounts import clock
from documents.kinds import KINDS
from documents.models import Document
from history import outbox
from history.door import begin, edit, perform
from history.models import AccessEntry, Event, Outgoing
from referrals.models import Case, Consent, Guardian
from tests.conftest import told, what_is_wrong
from vault.models import StoredFile


@pytest.fixture(autouse=True)
def own_folders(settings, tmp_path):
    settings.FILES_ROOT, settings.SMS_FOLDER = tmp_path / "files", tmp_path / "sms"


def ask(kind, obj, by, language="sv", **more) -> Document:
    """Asked for through the door; not made yet."""
    matter = obj.matter if isinstance(obj, Consent) else getattr(obj, "case", obj)
    matter = obj if kind in ("referral", "plan", "closure") else matter
    document = Document(
        trail_id=matter.trail_id,
        kind=kind,
        object_uuid=obj.uuid,
        pupil_uuid=matter.pupil.uuid,
        reference=matter.reference,
        requested_by=by,
        language=language,
        **more,
    )
    return begin(document, by=by).obj


def made(kind, obj, by, language="sv", **more) -> Document:
    """Asked for, and made as the worker makes it."""
    document = ask(kind, obj, by, language, **more)
    work()
    return Document.objects.get(pk=document.pk)


def work() -> None:
    for pk in outbox.waiting(clock.now()):
        if Outgoing.objects.get(pk=pk).kind == "document":
            assert outbox.send(pk), Outgoing.objects.get(pk=pk).fault


def content(document: Document) -> bytes:
    return vault.files.read(StoredFile.objects.get(uuid=document.file))


def text(document: Document) -> str:
    pages = PdfReader(io.BytesIO(content(document))).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def browser(member) -> Client:
    client = Client()
    client.force_login(member.user)
    return client


# Who may print what


@pytest.mark.both_engines
def test_each_kind_is_printed_by_those_who_may_read_it_and_by_nobody_else(path, cast):
    everybody = [value for value in vars(cast).values() if hasattr(value, "role")]

    def who(kind, obj):
        rows = KINDS[kind].rows
        return {m.user.username for m in everybody if rows(m).filter(pk=obj.pk).exists()}

    draft = path.draft()
    assert who("referral", draft) == {"sara", "petra"}
    case = path.support()
    assert who("referral", case.referral) == {"sara", "petra", "tuva", "mona"}
    assert who("plan", case) == {"sara", "petra", "tuva", "mona"}
    assert who("closure", case) == set()
    consent = case.consents.active().get()
    assert who("consent", consent) == {"sara", "siv", "petra"} - {"siv"}
    closing = path.closing()
    assert who("closure", closing) == {"tuva", "mona"}
    transfer = path.transferring().transfers.get()
    assert who("handover", transfer) == {"tuva", "mona", "rut"}


def test_a_sealed_referral_is_printed_by_the_school_only(path, cast):
    referral = path.accepted()
    rows = KINDS["referral"].rows
    assert [rows(m).filter(pk=referral.pk).exists() for m in (cast.sara, cast.tuva, cast.mona)] == [
        True,
        False,
        False,
    ]


def test_nothing_is_printed_of_a_protected_pupil(path, cast):
    case = path.support()
    assert KINDS["plan"].rows(cast.tuva).filter(pk=case.pk).exists()
    edit(case.pupil, by=cast.sara, protection="marked")
    for kind, obj in (("plan", case), ("referral", case.referral)):
        for member in (cast.sara, cast.petra, cast.tuva):
            assert not KINDS[kind].rows(member).filter(pk=obj.pk).exists()


def test_asking_for_what_is_not_yours_is_refused_by_the_door_itself(path, cast):
    from django.core.exceptions import PermissionDenied

    case = path.support()
    with pytest.raises(PermissionDenied):
        ask("plan", case, cast.odd)
    with pytest.raises(PermissionDenied):
        ask("closure", case, cast.tuva)  # the case is not over
    assert Document.objects.count() == 0


# How it is made


@pytest.mark.both_engines
def test_a_document_is_asked_for_made_by_the_worker_and_kept_with_its_hash(path, cast):
    import hashlib

    case = path.support()
    document = ask("plan", case, cast.tuva)
    assert (document.status, document.file) == ("waiting", None)
    work()
    document = Document.objects.get(pk=document.pk)
    assert (document.status, told(document)) == ("done", ["request", "keep"])
    assert hashlib.sha256(content(document)).hexdigest() == document.sha256
    assert document.size == len(content(document))
    assert document.template_version.startswith("plan-")
    assert Event.objects.of(document).first().trail_id == case.trail_id
    assert what_is_wrong() == []


def test_making_it_is_a_look_of_its_own_in_the_log(path, cast):
    case = path.support()
    made("plan", case, cast.tuva)
    entry = AccessEntry.objects.get(what="document.make")
    assert (entry.membership, entry.outcome, entry.subject_uuid) == (cast.tuva, "shown", case.uuid)
    assert [row.pupil_uuid for row in entry.seen.all()] == [case.pupil.uuid]


def test_a_promise_kept_twice_makes_one_file(path, cast):
    document = made("plan", path.support(), cast.tuva)
    promise = Outgoing.objects.get(key=f"document:{document.uuid}")
    from documents.making import make

    make(promise)
    assert StoredFile.objects.count() == 1
    assert told(document) == ["request", "keep"]


@pytest.mark.both_engines
def test_nothing_is_made_when_the_right_is_gone_before_the_worker_comes(path, cast):
    case = path.support()
    document = ask("plan", case, cast.sara)
    perform(case.consents.active().get().withdraw, by=cast.sara)
    work()
    document = Document.objects.get(pk=document.pk)
    assert (document.status, document.code, document.file) == ("failed", "right_gone", None)
    assert StoredFile.objects.count() == 0
    refused = AccessEntry.objects.get(what="document.make")
    assert (refused.outcome, refused.pupils) == ("refused", 0)


def test_nothing_is_made_for_whoever_has_left_before_the_worker_comes(path, cast):
    document = ask("plan", path.support(), cast.tuva)
    cast.tuva.until = clock.today()
    cast.tuva.save()
    work()
    assert Document.objects.get(pk=document.pk).code == "right_gone"


def test_a_text_without_end_becomes_no_file_and_no_broken_worker(path, cast, monkeypatch):
    from documents import pdf

    monkeypatch.setattr(pdf, "MOST_PAGES", 0)
    document = made("plan", path.support(), cast.tuva)
    assert (document.status, document.code) == ("failed", "refused")


# Fetching


def test_the_case_says_where_to_print_and_what_there_is_to_print_now(path, cast):
    case = path.support()
    page = f"/arenden/{case.reference}/utskrift/"
    assert page in browser(cast.tuva).get(f"/arenden/{case.reference}/").content.decode()
    team = browser(cast.tuva).get(page).content.decode()
    assert f"/dokument/ny/plan/{case.uuid}/" in team
    assert f"/dokument/ny/closure/{case.uuid}/" not in team
    nothing = "Det finns inget att skriva ut för dig just nu."
    assert nothing not in team
    waiting = browser(cast.tuva).get(f"/arenden/{path.mapping().reference}/utskrift/")
    assert nothing in waiting.content.decode()
    assert browser(cast.odd).get(page).status_code == 404


def test_the_page_tells_how_it_goes_and_the_file_is_fetched(path, cast):
    case = path.support()
    client = browser(cast.tuva)
    page = client.get(f"/arenden/{case.reference}/plan/")
    assert f"/dokument/ny/plan/{case.uuid}/" in page.content.decode()
    key = uuid4()
    wish = {"key": key, "language": "sv"}
    answer = client.post(f"/dokument/ny/plan/{case.uuid}/", wish)
    again = client.post(f"/dokument/ny/plan/{case.uuid}/", wish)
    document = Document.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/dokument/{document.uuid}/")
    assert again["Location"] == answer["Location"]
    looks = AccessEntry.objects.filter(what="document").count()
    waiting = client.get(answer["Location"]).content.decode()
    assert "Dokumentet görs" in waiting
    assert "Uppdatera" in waiting
    assert case.reference not in waiting
    assert AccessEntry.objects.filter(what="document").count() == looks
    assert client.get(f"/dokument/{document.uuid}/fil/").status_code == 404
    work()
    done = client.get(answer["Location"]).content.decode()
    assert "Hämta filen" in done
    file = client.get(f"/dokument/{document.uuid}/fil/")
    assert file.content.startswith(b"%PDF-1.7")
    assert file["Content-Type"] == "application/pdf"
    assert file["Content-Disposition"] == (f'attachment; filename="plan-{case.reference}-sv.pdf"')
    assert file["X-Content-Type-Options"] == "nosniff"
    assert file["Cache-Control"] == "no-store"
    entry = AccessEntry.objects.get(what="document.file", outcome="shown")
    assert [row.pupil_uuid for row in entry.seen.all()] == [case.pupil.uuid]


@pytest.mark.both_engines
def test_a_withdrawal_between_request_and_fetch_closes_page_and_file(path, cast):
    case = path.support()
    document = made("plan", case, cast.sara)
    client = browser(cast.sara)
    assert client.get(f"/dokument/{document.uuid}/fil/").status_code == 200
    perform(case.consents.active().get().withdraw, by=cast.sara)
    assert client.get(f"/dokument/{document.uuid}/fil/").status_code == 404
    assert client.get(f"/dokument/{document.uuid}/").status_code == 404
    gone = client.get(f"/dokument/{uuid4()}/fil/")
    assert client.get(f"/dokument/{document.uuid}/fil/").content == gone.content


@pytest.mark.both_engines
def test_another_persons_document_is_not_there_even_for_who_may_read_the_same(path, cast):
    case = path.support()
    document = made("plan", case, cast.tuva)
    for member in (cast.mona, cast.sara, cast.odd, cast.gun, cast.adam, cast.rut):
        client = browser(member)
        assert client.get(f"/dokument/{document.uuid}/").status_code == 404
        assert client.get(f"/dokument/{document.uuid}/fil/").status_code == 404


@pytest.mark.parametrize("kind", [*KINDS, "annat"])
def test_asking_for_what_one_may_not_read_is_a_page_that_is_not_there(path, cast, kind):
    case = path.support()
    objects = {"consent": case.consents.active().get(), "referral": case.referral}
    uuid = objects.get(kind, case).uuid
    for member in (cast.odd, cast.olga, cast.cecilia, cast.gun, cast.ove):
        wish = {"key": uuid4(), "language": "sv"}
        assert browser(member).post(f"/dokument/ny/{kind}/{uuid}/", wish).status_code == 404
    assert Document.objects.count() == 0


def test_a_language_that_is_not_offered_is_a_bad_request(path, cast):
    case = path.closing()
    client = browser(cast.tuva)
    wish = {"key": uuid4(), "language": "ar"}
    assert client.post(f"/dokument/ny/closure/{case.uuid}/", wish).status_code == 400
    assert client.get(f"/dokument/ny/closure/{case.uuid}/").status_code == 405


# What stands on it


def test_hard_names_are_the_right_letters(path, cast):
    pupil = path.pupil(given_name="Łukasz", family_name="Đorđević")
    guardian = pupil.guardians.get()
    edit(guardian, by=cast.sara, given_name="Şahin", family_name="مؤاخاة العبّاسي")
    consent = path.ask(path.accepted(pupil=pupil))
    for language in ("sv", "en", "ar"):
        said = text(made("consent", consent, cast.sara, language))
        for name in ("Łukasz Đorđević", "Şahin"):
            assert name in said
        # Readers put the letters of a right-to-left word in either order; the letters are what counts.
        assert set("مؤاخاةالعباسي") <= set(said)


def test_each_person_gets_a_sheet_of_their_own(path, cast):
    consent = path.ask(path.accepted(pupil=path.pupil(guardians=2)))
    document = made("consent", consent, cast.sara)
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(content(document))).pages]
    names = [line.person.name for line in consent.lines.order_by("pk")]
    assert len(pages) == 3
    pupil = names[0]
    assert [[name in page for name in names[1:]] for page in pages] == [
        [True, False],
        [False, True],
        [False, False],
    ]
    assert all(pupil in page for page in pages)
    one = consent.lines.get(guardian=Guardian.objects.get(pk=consent.lines.last().guardian_id))
    alone = made("consent", consent, cast.sara, line=one.uuid)
    assert len(PdfReader(io.BytesIO(content(alone))).pages) == 1
    assert one.person.name in text(alone)


def test_a_link_is_made_only_when_asked_for_and_its_code_goes_another_way(path, cast, settings):
    from accounts.models import Signatory

    consent = path.ask(path.accepted())
    before = Signatory.objects.count()
    made("consent", consent, cast.sara)
    assert Signatory.objects.count() == before
    document = made("consent", consent, cast.sara, with_link=True)
    # The guardian has a number on file, the pupil has none: one link, one message.
    link = Signatory.objects.latest("pk")
    guardian = consent.lines.exclude(guardian=None).get()
    assert (Signatory.objects.count(), link.line) == (before + 1, guardian.uuid)
    (message,) = [file.read_text() for file in settings.SMS_FOLDER.iterdir()]
    digits = message.split(":")[1].strip()
    assert len(digits) == 6
    assert digits not in text(document)
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(content(document))).pages]
    assert ["svara i telefonen" in page for page in pages] == [True, False]


def test_a_consent_in_force_is_printed_as_a_copy_with_its_answer(path, cast):
    case = path.mapping()
    said = text(made("consent", case.consents.active().get(), cast.sara))
    assert "Ja, de får dela det här" in said
    assert "Underskrift" not in said


def test_a_hand_over_holds_the_items_chosen_and_no_other(path, cast):
    case = path.transferring()
    transfer = case.transfers.get()
    said = text(made("handover", transfer, cast.rut))
    assert case.pupil.name in said
    assert "Vara i skolan fyra dagar" not in said
    assert "Det är för stökigt" not in said


def test_a_goal_chosen_for_the_hand_over_stands_on_it(path, cast):
    case = path.support()
    transfer = path.considered(case)
    items = [("identity", str(case.pupil.uuid)), ("goal", str(case.goals.get().uuid))]
    perform(transfer.choose_items, by=cast.tuva, items=items)
    perform(Case.objects.get(pk=case.pk).propose_transfer, by=cast.tuva)
    said = text(made("handover", transfer, cast.rut))
    assert "Vara i skolan fyra dagar i veckan" in said
    assert "Det är för stökigt" not in said


def test_a_text_that_looks_like_markup_stays_text(path, cast):
    bad = '<img src="http://127.0.0.1:1/x"><script>alert(1)</script></blockquote><h1>Nej'
    referral = path.draft(worry=bad)
    document = made("referral", referral, cast.sara)
    assert document.status == "done"
    assert "<script>alert(1)</script>" in text(document)


def test_the_files_own_data_names_nobody(path, cast):
    case = path.support()
    document = made("plan", case, cast.tuva)
    told_by_file = str(PdfReader(io.BytesIO(content(document))).metadata)
    assert "Hemlig" not in told_by_file
    assert "Alva" not in told_by_file
    assert case.reference in told_by_file
    assert b"Hemlig" not in content(document)


def test_the_closure_tells_how_each_goal_went(path, cast):
    case = path.ready_to_close(path.closing())
    said = text(made("closure", case, cast.tuva))
    assert "Vara i skolan fyra dagar i veckan" in said
    assert "Delvis uppnått" in said
    assert "Underlag för avslut" in said
    case = perform(case.confirm_closure, by=cast.mona).obj
    assert "Målen är nådda" in text(made("closure", case, cast.mona))


def test_a_document_cannot_be_changed_past_the_door(path, cast):
    from history.living import Closed

    document = made("plan", path.support(), cast.tuva)
    with pytest.raises(Closed):
        document.save()
    with pytest.raises(Closed):
        Document.objects.filter(pk=document.pk).delete()
