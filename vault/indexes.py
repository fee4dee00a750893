"""Keyed blind indexes: the same value gives the same sign, and nobody without the key knows whose."""

from __future__ import annotations

import hashlib
import hmac
import re
import unicodedata

from vault import keys

_BETWEEN = re.compile(r"[\s\-‐–']+")


def index(purpose: str, value: str) -> str:
    """64 hex signs for a normalised value, as it is written now; purposes never meet."""
    return signs(purpose, value)[0]


def signs(purpose: str, value: str) -> list[str]:
    """Every sign the value may stand under, the newest key's first: what a search asks for."""
    said = f"{purpose}\x00{value}".encode()
    return [hmac.new(key, said, hashlib.sha256).hexdigest() for key in keys.index_keys()]


def normalised(name: str) -> str:
    return unicodedata.normalize("NFKC", name).casefold().strip()


def name_parts(name: str) -> list[str]:
    """The indexes of a name's parts, so that an exact part can be looked up."""
    return [index("name.part", part) for part in _BETWEEN.split(normalised(name)) if part]
