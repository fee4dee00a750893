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
from vault.models import StoredFile
from vault.sealing import NONCE, Unsealable

_MAGIC = b"bryggan1"


def _path(uuid: UUID) -> Path:
    name = uuid.hex
    return Path(settings.FILES_ROOT) / name[:2] / name


def store(content: bytes, media_type: str) -> StoredFile:
    """Encrypt and keep; the file is whole on disk before its row says that it is there."""
    row = StoredFile(media_type=media_type, size=len(content), made=datetime.now(UTC))
    ring, nonce = keys.ring(), os.urandom(NONCE)
    name = ring.current.encode()
    sealed = AESGCM(ring.keys[ring.current]).encrypt(nonce, content, row.uuid.bytes)
    path = _path(row.uuid)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    part = path.with_suffix(".part")
    with part.open("wb") as file:
        file.write(_MAGIC + bytes([len(name)]) + name + nonce + sealed)
        file.flush()
        os.fsync(file.fileno())
    part.rename(path)
    row.save()
    return row


def read(row: StoredFile) -> bytes:
    """The content; raises Unsealable for another row's, changed or cut, FileNotFoundError when gone."""
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
