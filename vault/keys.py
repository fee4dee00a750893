"""The keys, from the settings only, the newest first: "id:base64,id:base64" and "base64,base64"."""

from __future__ import annotations

import base64
import binascii
from functools import lru_cache

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured


class Keyring:
    """Which key seals now, and every key that may still open something."""

    def __init__(self, text: str) -> None:
        self.keys: dict[str, bytes] = {}
        for part in filter(None, (piece.strip() for piece in text.split(","))):
            name, _colon, encoded = part.partition(":")
            try:
                key = base64.b64decode(encoded, validate=True)
            except binascii.Error as error:
                raise ImproperlyConfigured(f"VAULT_KEYS: nyckeln {name} är inte base64.") from error
            if len(key) != 32 or not name.isalnum():
                raise ImproperlyConfigured(f"VAULT_KEYS: nyckeln {name} ska vara 32 byte.")
            self.keys[name] = key
        if not self.keys:
            raise ImproperlyConfigured("VAULT_KEYS saknas.")
        self.current = next(iter(self.keys))


@lru_cache(maxsize=8)
def _ring(text: str) -> Keyring:
    return Keyring(text)


def ring() -> Keyring:
    return _ring(settings.VAULT_KEYS)


@lru_cache(maxsize=8)
def _index_keys(text: str) -> tuple[bytes, ...]:
    found = []
    for part in filter(None, (piece.strip() for piece in text.split(","))):
        try:
            key = base64.b64decode(part, validate=True)
        except binascii.Error as error:
            raise ImproperlyConfigured("VAULT_INDEX_KEY är inte base64.") from error
        if len(key) < 32:
            raise ImproperlyConfigured("VAULT_INDEX_KEY ska vara minst 32 byte, base64.")
        found.append(key)
    if not found:
        raise ImproperlyConfigured("VAULT_INDEX_KEY saknas.")
    return tuple(found)


def index_keys() -> tuple[bytes, ...]:
    """The keys of the blind indexes, the newest first; keys of their own, so that search and
    opening stay apart. More than one only while indexes are being made anew."""
    return _index_keys(settings.VAULT_INDEX_KEY)
