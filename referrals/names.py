"""Names, numbers and addresses in free text that the team may read before anybody has consented.

The writer decides: what is found is marked and shown, and nothing is saved until they have looked.
"""

from __future__ import annotations

import re
from typing import Any

from referrals.models import Pupil

_NUMBER = re.compile(r"\b(?:19|20)?\d{6}[-+ ]?\d{4}\b")
_PHONE = re.compile(r"(?:\+46|\b0)[\d][\d \-]{6,12}\d")
_MAIL = re.compile(r"\b[\w.+-]+@[\w-]+\.[\w.]+\b")
_STREET = re.compile(
    r"\b[A-ZÅÄÖ][\wåäö]+(?:gatan|vägen|gränd|stigen|torget|backen)\s+\d+", re.UNICODE
)
_WORD = re.compile(r"\w{3,}", re.UNICODE)


def in_words(details: dict[str, Any], pupil: Pupil | None) -> list[str]:
    """What in these texts looks like it tells who the pupil is, in the order it stands there."""
    told = known_names(pupil) if pupil else set()
    found: dict[str, None] = {}
    for value in details.values():
        if not isinstance(value, str):
            continue
        for pattern in (_NUMBER, _PHONE, _MAIL, _STREET):
            found |= {match[0].strip(): None for match in pattern.finditer(value)}
        found |= {word: None for word in _WORD.findall(value) if word.casefold() in told}
    return list(found)


def known_names(pupil: Pupil) -> set[str]:
    """The parts of the pupil's and the guardians' names, as they might stand in a text."""
    people = [pupil, *pupil.guardians.all()]
    words = " ".join(person.name for person in people)
    parts = {part.casefold() for part in _WORD.findall(words)}
    return parts | {f"{part}s" for part in parts}
