"""AES-256-GCM, bound to table, column and row: what is moved, planted or cut does not open.

A token is "v1:<key id>:<base64url of nonce and ciphertext>".
"""

from __future__ import annotations

import base64
import json
import os
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NoReturn
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from vault import keys

VERSION = "v1"
NONCE = 12


class Unsealable(Exception):
    """This does not open here: another row's, not sealed at all, cut, or no key for it."""


@lru_cache(maxsize=16)
def _cipher(key: bytes) -> AESGCM:
    return AESGCM(key)


def seal(text: str, binding: str) -> str:
    ring = keys.ring()
    nonce = os.urandom(NONCE)
    body = nonce + _cipher(ring.keys[ring.current]).encrypt(nonce, text.encode(), binding.encode())
    return f"{VERSION}:{ring.current}:{base64.urlsafe_b64encode(body).decode()}"


def unseal(token: str, binding: str) -> str:
    """The text; raises Unsealable rather than ever giving another one."""
    try:
        version, name, body = token.split(":")
        raw = base64.urlsafe_b64decode(body)
        if version != VERSION:
            raise Unsealable(f"Okänd version: {version[:10]}")
        cipher = _cipher(keys.ring().keys[name])
        return cipher.decrypt(raw[:NONCE], raw[NONCE:], binding.encode()).decode()
    except KeyError as error:
        raise Unsealable("Nyckeln finns inte.") from error
    except (ValueError, InvalidTag) as error:
        raise Unsealable("Det förseglade går inte att öppna här.") from error


def key_of(token: str) -> str:
    """The id of the key a token was sealed with; '' for what is no token."""
    parts = token.split(":")
    return parts[1] if len(parts) == 3 and parts[0] == VERSION else ""


@dataclass(frozen=True, eq=False)
class Sealed:
    """What a sealed column reads as. Shows nothing; opens only when it knows its row."""

    column: str  # "table.column"
    token: str = ""
    row: str = ""
    as_json: bool = False
    # Set, not yet saved: kept in clear in memory until the row is written.
    fresh: Any = None
    is_fresh: bool = False

    def for_row(self, row: UUID | str) -> Sealed:
        """The same, told which row it came from; for values() and values_list()."""
        return Sealed(self.column, self.token, str(row), self.as_json, self.fresh, self.is_fresh)

    def open(self) -> Any:
        """The text ('' when empty), or for JSON the value (None when empty); raises Unsealable."""
        if self.is_fresh:
            return self.fresh
        if not self.token:
            return None if self.as_json else ""
        if not self.row:
            raise Unsealable("Raden är okänd: for_row(uuid) först.")
        text = unseal(self.token, f"{self.column}.{self.row}")
        return json.loads(text) if self.as_json else text

    def sealed_for(self, row: UUID | str) -> str:
        """The token to store for this row; '' for nothing."""
        if not self.is_fresh:
            return self.token
        if self.fresh in ("", None):
            return ""
        text = json.dumps(self.fresh, ensure_ascii=False) if self.as_json else self.fresh
        return seal(text, f"{self.column}.{row}")

    def __bool__(self) -> bool:
        return self.fresh not in ("", None) if self.is_fresh else bool(self.token)

    def __str__(self) -> str:
        return "•••" if self else ""

    def __repr__(self) -> str:
        return f"<Sealed {self.column}>"

    def __eq__(self, other: object) -> NoReturn:
        raise TypeError("Förseglat jämförs inte: öppna först, eller sök med ett index.")

    __hash__ = None  # type: ignore[assignment]  # Python's own way to say unhashable
