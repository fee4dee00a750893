"""What may come in: hostile files are refused or cleaned, the rest lies encrypted and opens for few."""

from __future__ import annotations

import io
import socket
import struct
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

import vault.files
import vault.uploads
from history.models import AccessEntry
from referrals.models import Attachment
from tests import corpus
from tests.test_pages import text
from vault import scanner
from vault.models import State, StoredFile


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.FILES_ROOT = tmp_path / "files"


def upload(name: str, content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


@contextmanager
def clamd(answer: bytes, seen: list[bytes] | None = None) -> Iterator[str]:
    """Speaks as clamd does on its socket: takes one stream at a time and gives the same verdict."""
    server = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                line, _address = server.accept()
            except OSError:
                return
            # Both are closed, or the other end waits for more.
            with line, line.makefile("rb") as file:
                if file.read(10) != b"zINSTREAM\0":
                    continue
                content = b""
                while size := struct.unpack(">I", file.read(4))[0]:
                    content += file.read(size)
                if seen is not None:
                    seen.append(content)
                line.sendall(answer)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"tcp:127.0.0.1:{server.getsockname()[1]}"
    finally:
        server.shutdown(socket.SHUT_RDWR)
        server.close()
        thread.join(timeout=5)


@pytest.mark.parametrize(
    ("name", "content"), [row[1:] for row in corpus.REFUSED], ids=[row[0] for row in corpus.REFUSED]
)
def test_a_hostile_file_is_refused(name, content, db):
    with pytest.raises(ValidationError):
        vault.uploads.keep(upload(name, content), vault.uploads.LETTERS)
    assert StoredFile.objects.count() == 0


@pytest.mark.parametrize(
    ("name", "content", "gone"),
    [row[1:] for row in corpus.CLEANED],
    ids=[row[0] for row in corpus.CLEANED],
)
def test_what_tells_or_carries_more_is_cleaned(name, content, gone, db):
    assert gone in _unpacked(name, content)
    kept = vault.files.read(vault.uploads.keep(upload(name, content), vault.uploads.LETTERS))
    assert gone not in _unpacked(name, kept)


def _unpacked(name: str, content: bytes) -> bytes:
    if not name.endswith(".docx"):
        return content
    with zipfile.ZipFile(io.BytesIO(content)) as parcel:
        return b"".join(parcel.read(part) for part in parcel.namelist())


def test_the_corpus_is_as_large_as_promised():
    assert len(corpus.REFUSED) >= 25
    with Image.open(io.BytesIO(corpus.with_gps())) as image:
        assert image.getexif().get_ifd(0x8825)


def test_a_letter_without_macros_is_let_in_and_reads_the_same(db):
    row = vault.uploads.keep(upload("brev.docx", corpus.docx("Hej Alva")), vault.uploads.LETTERS)
    assert b"Hej Alva" in _unpacked("brev.docx", vault.files.read(row))
    with pytest.raises(ValidationError):
        vault.uploads.keep(upload("brev.docx", corpus.docx()))  # a scanned form is never one


@pytest.mark.parametrize("name", corpus.NAMES)
def test_the_name_decides_no_path(name, db, settings):
    row = vault.uploads.keep(upload(name, corpus.pdf()))
    files = [path for path in Path(settings.FILES_ROOT).rglob("*") if path.is_file()]
    assert [path.name for path in files] == [row.uuid.hex]
    assert b"%PDF" not in files[0].read_bytes()


def test_nothing_lies_in_clear_while_it_comes_in(as_, path, cast, monkeypatch, settings):
    import tempfile

    def refuse(*args, **kwargs):
        raise AssertionError("a temporary file in clear")

    monkeypatch.setattr(tempfile, "NamedTemporaryFile", refuse)
    referral = path.draft()
    big = corpus.pdf() + b"0" * (4 * 1024 * 1024)
    assert _send(as_(cast.sara), referral, upload("a.pdf", big)).status_code == 302
    too_big = _send(as_(cast.sara), referral, upload("a.pdf", b"%PDF-" + b"0" * 12_000_000))
    assert "Filen är för stor" in text(too_big)


def _send(client, referral, file, **more):
    given = {"key": str(uuid4()), "title": "Utlåtande", "kind": "report", "file": file} | more
    return client.post(f"/remisser/{referral.reference}/filer/", given)


def test_a_file_on_a_referral_is_read_like_the_referral(as_, path, cast):
    referral = path.submitted()
    school = as_(cast.sara)
    assert _send(school, referral, upload("Alva Hemlig.pdf", corpus.pdf())).status_code == 302
    row = Attachment.objects.get()
    page = text(school.get(f"/remisser/{referral.reference}/filer/"))
    assert "Utlåtande" in page
    assert "Alva Hemlig.pdf" not in page
    url = f"/filer/{row.uuid}/"
    got = school.get(url)
    assert got.content.startswith(b"%PDF-")
    named = f'attachment; filename="report-{referral.reference}.pdf"'
    assert got.headers["Content-Disposition"] == named
    assert got.headers["X-Content-Type-Options"] == "nosniff"
    assert got.headers["Cache-Control"] == "no-store"
    nothing = as_(cast.tuva).get(f"/filer/{uuid4()}/")
    for other in (cast.tuva, cast.mona, cast.olga, cast.rut, cast.gun, cast.adam):
        there = as_(other).get(url)
        assert (there.status_code, there.content) == (404, nothing.content)
    assert AccessEntry.objects.filter(what="file", outcome="shown").count() == 1
    assert AccessEntry.objects.filter(what="file", outcome="refused").count() == 7


def test_a_file_on_a_case_is_the_teams_until_shown(as_, path, cast):
    case = path.support()
    team, url = as_(cast.tuva), f"/arenden/{case.reference}/filer/"
    given = {"title": "Brev", "kind": "letter"}
    for shown in ({}, {"shown_to_other_side": "on"}):
        sent = {"key": str(uuid4()), "file": upload("b.pdf", corpus.pdf())} | given | shown
        assert team.post(url, sent).status_code == 302
    own, shared = Attachment.objects.order_by("pk")
    school = as_(cast.sara)
    assert school.get(f"/filer/{own.uuid}/").status_code == 404
    assert school.get(f"/filer/{shared.uuid}/").status_code == 200
    assert as_(cast.tore).get(f"/filer/{shared.uuid}/").status_code == 404
    assert as_(cast.tore).post(url, given | {"key": str(uuid4())}).status_code == 404
    from history.door import perform

    consent = case.consents.active().get()
    perform(consent.withdraw, by=cast.tuva, line=consent.lines.first())
    assert school.get(f"/filer/{shared.uuid}/").status_code == 404
    assert team.get(f"/filer/{shared.uuid}/").status_code == 200


def test_a_refused_file_keeps_what_was_typed(as_, path, cast):
    answer = _send(as_(cast.sara), path.draft(), upload("x.pdf", b"MZ"), title="Intyg")
    assert "Välj en PDF, PNG, JPEG eller ett Word-dokument" in text(answer)
    assert 'value="Intyg"' in text(answer)
    assert (Attachment.objects.count(), StoredFile.objects.count()) == (0, 0)


def test_a_double_click_keeps_one_file(as_, path, cast, settings):
    referral, key = path.draft(), str(uuid4())
    client = as_(cast.sara)
    for _click in range(2):
        sent = _send(client, referral, upload("x.pdf", corpus.pdf()), key=key)
        assert sent.status_code == 302
    assert (Attachment.objects.count(), StoredFile.objects.count()) == (1, 1)
    assert len([p for p in Path(settings.FILES_ROOT).rglob("*") if p.is_file()]) == 1


def test_marked_in_error_it_is_gone_from_everybody(as_, path, cast):
    client, referral = as_(cast.sara), path.draft()
    _send(client, referral, upload("x.pdf", corpus.pdf()))
    row = Attachment.objects.get()
    assert client.post(f"/filer/{row.uuid}/fel/").status_code == 302
    assert client.get(f"/filer/{row.uuid}/").status_code == 404
    assert "Inga filer än" in text(client.get(f"/remisser/{referral.reference}/filer/"))


def test_the_scanner_gets_the_whole_file_and_what_it_refuses_is_not_kept(db, settings):
    streamed: list[bytes] = []
    with clamd(b"stream: OK\0", streamed) as address:
        settings.CLAMAV_SOCKET = address
        row = vault.uploads.keep(upload("stor.jpg", _noise()))
        assert (row.state, streamed) == (State.CLEAN, [vault.files.read(row)])
        assert len(streamed[0]) > 2 * scanner.PIECE
    with clamd(b"stream: Eicar-Signature FOUND\0") as address:
        settings.CLAMAV_SOCKET = address
        with pytest.raises(ValidationError, match="skadlig kod"):
            vault.uploads.keep(upload("a.pdf", corpus.pdf()))
    assert StoredFile.objects.count() == 1


def _noise() -> bytes:
    out = io.BytesIO()
    Image.effect_noise((900, 900), 90).convert("RGB").save(out, "JPEG", quality=95)
    return out.getvalue()


@pytest.mark.parametrize(
    "answer", [b"INSTREAM size limit exceeded. ERROR\0", b"", b"hej\0", b"stream: OK FOUNDATION\0"]
)
def test_any_other_answer_means_quarantine(answer, db, settings):
    with clamd(answer) as address:
        settings.CLAMAV_SOCKET = address
        row = vault.uploads.keep(upload("a.pdf", corpus.pdf()))
    assert row.state == State.QUARANTINE
    with pytest.raises(vault.files.Quarantined):
        vault.files.read(row)


def test_quarantine_opens_for_nobody_until_the_scanner_has_passed_it(as_, path, cast, settings):
    settings.CLAMAV_SOCKET = "unix:/nonexistent/clamd.ctl"
    client, referral = as_(cast.sara), path.draft()
    _send(client, referral, upload("x.pdf", corpus.pdf()))
    url = f"/filer/{Attachment.objects.get().uuid}/"
    assert "Väntar på kontroll" in text(client.get(f"/remisser/{referral.reference}/filer/"))
    assert client.get(url).status_code == 404
    assert vault.uploads.scan_waiting() == 0
    with clamd(b"stream: OK\0") as address:
        settings.CLAMAV_SOCKET = address
        assert vault.uploads.scan_waiting() == 1
    assert client.get(url).status_code == 200


def test_what_turns_out_infected_in_quarantine_loses_its_content(db, settings):
    settings.CLAMAV_SOCKET = "tcp:127.0.0.1:1"
    row = vault.uploads.keep(upload("a.pdf", corpus.pdf()))
    with clamd(b"stream: Pdf.Exploit FOUND\0") as address:
        settings.CLAMAV_SOCKET = address
        assert vault.uploads.scan_waiting() == 1
    row.refresh_from_db()
    assert row.state == State.INFECTED
    with pytest.raises(FileNotFoundError):
        vault.files.read(row, quarantined=True)
