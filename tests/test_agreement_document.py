"""An agreement on paper: its text, whom it binds and where they sign, for whoever may read it."""

from __future__ import annotations

import subprocess
from uuid import uuid4

import pytest
from pdfua import Severity, validate

from documents.models import Document
from history.models import AccessEntry, Seen
from tests.test_documents import browser, content, text, work

pytestmark = pytest.mark.both_engines


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.FILES_ROOT = tmp_path / "files"


def printed(agreement, by, language="sv") -> Document:
    client = browser(by)
    page = client.get(f"/samverkan/overenskommelser/{agreement.uuid}/").content.decode()
    assert f'action="/dokument/ny/agreement/{agreement.uuid}/"' in page
    wish = {"key": uuid4(), "language": language}
    sent = client.post(f"/dokument/ny/agreement/{agreement.uuid}/", wish)
    work()
    document = Document.objects.get(uuid=sent.headers["Location"].split("/")[2])
    assert document.status == "done"
    return document


def test_it_holds_the_text_and_a_line_for_each_who_is_to_sign(between, cast, tmp_path):
    agreement = between.agreement_in("in_review")
    document = printed(agreement, cast.dag)
    said = text(document)
    for section in agreement.sections.all():
        assert section.title in said
        assert section.body[:30] in said
    waiting = agreement.parties.filter(signature="waiting")
    assert waiting.count() == said.count("Datum och namnteckning:") > 0
    for party in agreement.parties.all():
        assert str(party.organisation) in said
    assert document.file_name == f"overenskommelse-{str(agreement.uuid)[:8]}-1-sv.pdf"
    file = tmp_path / "agreement.pdf"
    file.write_bytes(content(document))
    assert (
        subprocess.run(["qpdf", "--check", file], capture_output=True, check=False).returncode == 0
    )
    assert [one for one in validate(str(file)).findings if one.severity == Severity.ERROR] == []


def test_signed_is_said_with_its_day_and_in_english_the_frame_is_english(between, cast):
    agreement = between.active()
    said = text(printed(agreement, cast.sara, "en"))
    assert "Parties and signatures" in said
    assert "Date and signature:" not in said
    assert "In force from" in said


def test_no_pupil_stands_in_it_and_none_is_put_on_record(between, cast):
    document = printed(between.active(), cast.sara)
    shown = Seen.objects.count()
    client = browser(cast.sara)
    page = client.get(f"/dokument/{document.uuid}/")
    assert "annat om eleven" not in page.content.decode()
    assert f"/samverkan/overenskommelser/{document.object_uuid}/" in page.content.decode()
    assert (
        client.get(f"/dokument/{document.uuid}/fil/").headers["Content-Type"] == "application/pdf"
    )
    assert Seen.objects.count() == shown == 0
    assert AccessEntry.objects.filter(pupils__gt=0).count() == 0


def test_whoever_may_not_read_a_draft_may_not_print_it(between, cast):
    agreement = between.agreement_in("draft")
    for member in (cast.odd, cast.olga, cast.ove):
        wish = {"key": uuid4(), "language": "sv"}
        url = f"/dokument/ny/agreement/{agreement.uuid}/"
        assert browser(member).post(url, wish).status_code == 404
    assert Document.objects.count() == 0


def test_who_signs_is_printed_for_those_whose_page_names_them(between, cast):
    agreement = between.active()
    signers: dict[str, list[tuple[bool, bool]]] = {"Disa Direktör": [], "Tidigt och samtidigt.": []}
    for who in (cast.dag, cast.cecilia, cast.sara, cast.mona):
        said = text(printed(agreement, who))
        page = browser(who).get(f"/samverkan/overenskommelser/{agreement.uuid}/")
        for words, seen in signers.items():
            seen.append((words in said, words in page.content.decode()))
    assert signers == {
        "Disa Direktör": [(True, True), (True, True), (False, False), (False, False)],
        "Tidigt och samtidigt.": [(True, True)] * 4,
    }
