"""Keys: what is moved, planted, cut or under a wrong key never opens; rotation can be stopped and run again."""

from __future__ import annotations

import base64
import os
from datetime import date
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import connection, models

import vault
import vault.files
import vault.uploads
from accounts import links, personnummer
from accounts.models import Signatory
from history import chain
from referrals.models import Guardian, NamePart, Pupil
from tests import corpus
from vault import rotation
from vault.models import StoredFile
from vault.sealing import Unsealable, key_of

pytestmark = pytest.mark.both_engines


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.FILES_ROOT = tmp_path / "files"


def new_key() -> str:
    return base64.b64encode(os.urandom(32)).decode()


def raw(row, column: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM {row._meta.db_table} WHERE id = %s", [row.pk])
        return cursor.fetchone()[0]


def plant(row, column: str, token: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {row._meta.db_table} SET {column} = %s WHERE id = %s", [token, row.pk]
        )


def opened(row, column: str) -> str:
    return getattr(type(row).objects.get(pk=row.pk), column).open()


def test_a_token_of_another_row_column_or_table_does_not_open(path):
    one, other = path.pupil(), path.pupil()
    guardian = other.guardians.get()
    for token in (raw(other, "given_name"), raw(one, "family_name"), raw(guardian, "given_name")):
        plant(one, "given_name", token)
        with pytest.raises(Unsealable):
            opened(one, "given_name")


@pytest.mark.parametrize(
    "spoil",
    [
        lambda t: t[:-6],
        lambda t: t[: len(t) // 2],
        lambda t: "Alva",
        lambda t: "v1:demo1:",
        lambda t: t.replace("v1:", "v2:", 1),
        lambda t: t.replace("demo1", "demo9"),
        lambda t: t[:-9] + ("A" if t[-9] != "A" else "B") + t[-8:],
        lambda t: "v1:demo1:" + "A" * 60,
    ],
)
def test_a_cut_planted_or_changed_token_does_not_open(spoil, path):
    pupil = path.pupil()
    plant(pupil, "number", spoil(raw(pupil, "number")))
    with pytest.raises(Unsealable):
        opened(pupil, "number")


def test_a_wrong_key_opens_nothing_and_a_save_keeps_what_was_there(path, settings):
    pupil, before = path.pupil(), None
    before = raw(pupil, "number")
    settings.VAULT_KEYS = f"demo1:{new_key()}"
    row = Pupil.objects.get(pk=pupil.pk)
    with pytest.raises(Unsealable):
        row.number.open()
    assert raw(pupil, "number") == before


def test_a_file_of_another_row_cut_or_in_clear_does_not_open(db, settings):
    one, other = (vault.uploads.keep(SimpleUploadedFile("a.pdf", corpus.pdf())) for _n in range(2))
    path, theirs = vault.files._path(one.uuid), vault.files._path(other.uuid)
    whole = path.read_bytes()
    for spoiled in (
        theirs.read_bytes(),
        whole[:-1],
        whole[:30],
        b"%PDF-1.4 in clear",
        whole[:-1] + b"\0",
        b"",
    ):
        path.write_bytes(spoiled)
        with pytest.raises(Unsealable):
            vault.files.read(one)
    path.write_bytes(whole)
    assert vault.files.read(one).startswith(b"%PDF")


def values() -> list[str]:
    """Everything sealed, opened, in order."""
    found = []
    for model, fields in rotation.sealed_models():
        rows: models.QuerySet[Any] = models.QuerySet(model)
        for row in rows.order_by("pk"):
            found += [f"{field} {row.pk} {row.__dict__[field.attname].open()}" for field in fields]
    return found


def test_rotation_killed_half_way_and_run_again(path, cast, settings, monkeypatch):
    path.support()
    path.closed()
    for _n in range(3):
        vault.uploads.keep(SimpleUploadedFile("a.pdf", corpus.pdf()))
    before, old = values(), settings.VAULT_KEYS
    contents = [vault.files.read(row) for row in StoredFile.objects.order_by("pk")]
    settings.VAULT_KEYS = f"new:{new_key()},{old}"
    assert rotation.left() > 30
    monkeypatch.setattr(rotation, "BATCH", 3)
    real, done = rotation._sealed_anew, list[Any]()

    def dies(row, field):
        if len(done) == 40:
            raise KeyboardInterrupt
        done.append(row)
        return real(row, field)

    monkeypatch.setattr(rotation, "_sealed_anew", dies)
    with pytest.raises(KeyboardInterrupt):
        call_command("rotate_keys")
    monkeypatch.setattr(rotation, "_sealed_anew", real)
    half = rotation.left()
    assert half > 0
    assert values() == before  # half of each key, and every word still reads
    with pytest.raises(SystemExit):
        call_command("rotate_keys", "--check")
    call_command("rotate_keys")
    assert rotation.left() == 0
    call_command("rotate_keys", "--check")
    settings.VAULT_KEYS = settings.VAULT_KEYS.split(",")[0]  # the old key is gone for good
    assert values() == before
    assert [vault.files.read(row) for row in StoredFile.objects.order_by("pk")] == contents
    assert list(chain.faults()) == []


def test_what_somebody_writes_meanwhile_is_kept(path, settings):
    pupil = path.pupil()
    settings.VAULT_KEYS = f"new:{new_key()},{settings.VAULT_KEYS}"
    stale = Pupil.objects.get(pk=pupil.pk)
    fresh = vault.sealing.seal("Rita", f"referrals_pupil.given_name.{pupil.uuid}")
    plant(pupil, "given_name", fresh)
    field = Pupil._meta.get_field("given_name")
    assert rotation._sealed_anew(stale, field) is False
    assert opened(pupil, "given_name") == "Rita"


def test_a_value_that_does_not_open_stops_the_rotation_and_is_named(path, settings):
    from django.core.management.base import CommandError

    pupil = path.pupil()
    plant(pupil, "phone", raw(pupil, "given_name"))
    settings.VAULT_KEYS = f"new:{new_key()},{settings.VAULT_KEYS}"
    with pytest.raises(CommandError, match=rf"referrals_pupil\.phone, rad {pupil.pk}"):
        call_command("rotate_keys")


def test_the_index_key_is_changed_while_searches_go_on(path, cast, settings):
    pupil = path.pupil(given_name="Anna-Karin")
    number, guardian = pupil.number.open(), pupil.guardians.get()
    _signatory, token, code = links.make(opens=pupil.uuid, line=None, purpose="sign")
    old, new = settings.VAULT_INDEX_KEY, new_key()
    settings.VAULT_INDEX_KEY = f"{new},{old}"

    def found() -> bool:
        return Pupil.objects.by_number(number, cast.school).get() == pupil

    assert found()
    assert links.by_token(token) is not None
    assert links.code_fits(links.by_token(token), token, code)
    again = path.pupil(number=number, by=cast.olga)
    assert again.trail_id == pupil.trail_id
    call_command("rotate_keys")
    settings.VAULT_INDEX_KEY = new
    assert found()
    wanted = {vault.index("name.part", part) for part in ("anna", "karin", "hemlig")}
    assert set(NamePart.objects.filter(pupil=pupil).values_list("index", flat=True)) == wanted
    mail = vault.index("contact.email", guardian.email.open().casefold())
    assert Guardian.objects.get(email_index=mail) == guardian
    assert (
        links.by_token(token) is None
    )  # a link lives as long as its key: keep the old for a month
    assert Signatory.objects.count() == 1


def test_a_thousand_numbers_find_themselves_in_every_way_of_writing(settings):
    signs = set()
    for n in range(1000):
        day = date(2005 + n % 14, 1 + n % 12, 1 + n % 28)
        text = personnummer.for_tests(day, 980 + n % 20)
        ways = (
            text,
            f"{text[:8]}-{text[8:]}",
            f"{text[2:8]}-{text[8:]}",
            f" {text[:8]} {text[8:]} ",
        )
        read = {vault.index("pupil.number", personnummer.read(way).text) for way in ways}
        assert len(read) == 1
        signs |= read
    other = settings.VAULT_INDEX_KEY = new_key()
    assert vault.index("pupil.number", text) not in signs, other
    with pytest.raises(ValidationError):
        personnummer.read("20130427-0000")


def test_a_number_that_waits_between_two_pages_is_not_in_the_session_table(as_, cast):
    from django.contrib.sessions.models import Session

    client = as_(cast.sara)
    number = personnummer.for_tests(date(2013, 5, 9), 981)
    client.post("/remisser/ny/", {"needed": "no"})
    assert client.post("/remisser/ny/elev/", {"number": number}).status_code == 302
    assert number not in str([row.get_decoded() for row in Session.objects.all()])
    assert client.get("/remisser/ny/elev/ny/").status_code == 200


def test_new_rows_have_the_newest_key(path, settings):
    settings.VAULT_KEYS = f"new:{new_key()},{settings.VAULT_KEYS}"
    assert key_of(raw(path.pupil(), "given_name")) == "new"
