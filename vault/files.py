"""Files under random names outside the web root, encrypted and bound to their own row."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from vault import keys
from vault.models import State, StoredFile
from vault.sealing import NONCE, Unsealable

_MAGIC = b"bryggan1"


class Quarantined(Unsealable):
    """It came from outside and no scanner has passed it yet, or one has refused it."""


def _path(uuid: UUID) -> Path:
    name = uuid.hex
    return Path(settings.FILES_ROOT) / name[:2] / name


def store(content: bytes, media_type: str, state: State = State.CLEAN) -> StoredFile:
    """Encrypt and keep; the file is whole on disk before its row says that it is there."""
    row = StoredFile(media_type=media_type, size=len(content), made=datetime.now(UTC), state=state)
    _write(row.uuid, content)
    row.save()
    return row


def _write(uuid: UUID, content: bytes) -> None:
    ring, nonce = keys.ring(), os.urandom(NONCE)
    name = ring.current.encode()
    sealed = AESGCM(ring.keys[ring.current]).encrypt(nonce, content, uuid.bytes)
    path = _path(uuid)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    part = path.with_suffix(".part")
    with part.open("wb") as file:
        file.write(_MAGIC + bytes([len(name)]) + name + nonce + sealed)
        file.flush()
        os.fsync(file.fileno())
    part.rename(path)


def key_of(row: StoredFile) -> str:
    """The id of the key a file is sealed with; '' for what is no file of ours or gone."""
    try:
        with _path(row.uuid).open("rb") as file:
            raw = file.read(len(_MAGIC) + 1 + 255)
    except FileNotFoundError:
        return ""
    at = len(_MAGIC) + 1
    return raw[at : at + raw[at - 1]].decode("ascii", "replace") if raw.startswith(_MAGIC) else ""


def seal_anew(row: StoredFile) -> None:
    """The same content under the key that seals now; whole at every moment."""
    _write(row.uuid, read(row, quarantined=True))


def read(row: StoredFile, *, quarantined: bool = False) -> bytes:
    """The content; raises Unsealable for another row's, changed or cut, Quarantined before it is
    known to be clean (but for the scanner itself), FileNotFoundError when gone."""
    if row.state != State.CLEAN and not quarantined:
        raise Quarantined("Filen är inte kontrollerad.")
    raw = _path(row.uuid).read_bytes()
    if not raw.startswith(_MAGIC):
        raise Unsealable("Filen är inte förseglad.")
    at = len(_MAGIC) + 1
    name = raw[at : at + raw[at - 1]].decode("ascii", "replace")
    body = raw[at + raw[at - 1] :]
    try:
        cipher = AESGCM(keys.ring().keys[name])
        return cipher.decrypt(body[:NONCE], body[NONCE:], row.uuid.bytes)
    except (KeyError, ValueError, InvalidTag) as error:
        raise Unsealable("Filen går inte att öppna här.") from error


def remove(row: StoredFile) -> None:
    _path(row.uuid).unlink(missing_ok=True)
    row.delete()


def discard(row: StoredFile) -> None:
    """Take away the content of what a scanner refused, and keep the row that says so."""
    StoredFile.objects.filter(pk=row.pk).update(state=State.INFECTED)
    _path(row.uuid).unlink(missing_ok=True)
