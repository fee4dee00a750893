"""Names, numbers and addresses in free text that the team may read before anybody has consented.

The writer decides: what is found is marked and shown, and nothing is saved until they have looked.
"""

from __future__ import annotations

import re
from typing import Any

from referrals.models import Pupil

_NUMBER = re.compile(r"\b(?:19|20)?\d{6}[-+ ]?(?:\d{4}|[A-Z]{2}\d{2})\b")
_PHONE = re.compile(r"(?:\+46|\b0)[\d][\d \-]{6,12}\d")
_MAIL = re.compile(r"\b[\w.+-]+@[\w-]+\.[\w.]+\b")
_STREET = re.compile(
    r"\b[A-ZÅÄÖ]\w+(?:gatan|gata|vägen|väg|gränd|stigen|torget|backen|plan)\s+\d+\s?[A-Z]?\b"
)
_POSTCODE = re.compile(r"\b\d{3} ?\d{2} [A-ZÅÄÖ]\w+")
_WORD = re.compile(r"\w{3,}")
# A capital letter inside a sentence: Swedish gives it to names and to little else. Words all in
# capitals (BUP, SIP) are not names.
_NAME = re.compile(r"(?<![.!?:\n])(?<=[\w,;)] )[A-ZÅÄÖ][a-zåäöé]{2,}(?:-[A-ZÅÄÖ]\w+)?")
_PATTERNS = (_NUMBER, _PHONE, _MAIL, _STREET, _POSTCODE, _NAME)


def in_words(details: dict[str, Any], pupil: Pupil | None) -> list[str]:
    """What in these texts looks like it tells who the pupil is, in the order it stands there."""
    told = known_names(pupil) if pupil else set()
    found: dict[str, None] = {}
    for value in details.values():
        if isinstance(value, str):
            found |= {value[start:end].strip(): None for start, end in spans(value, told)}
    return list(found)


def spans(text: str, told: set[str]) -> list[tuple[int, int]]:
    """Where in a text something stands, in order and without overlap."""
    hits = [match.span() for pattern in _PATTERNS for match in pattern.finditer(text)]
    hits += [match.span() for match in _WORD.finditer(text) if match[0].casefold() in told]
    found: list[tuple[int, int]] = []
    for start, end in sorted(hits, key=lambda hit: (hit[0], -hit[1])):
        if not found or start >= found[-1][1]:
            found.append((start, end))
    return found


def marked(text: str, pupil: Pupil | None) -> list[tuple[str, bool]]:
    """The text in pieces, each with whether it is what was found."""
    pieces, at = [], 0
    for start, end in spans(text, known_names(pupil) if pupil else set()):
        pieces += [(text[at:start], False), (text[start:end], True)]
        at = end
    return [*pieces, (text[at:], False)]


def known_names(pupil: Pupil) -> set[str]:
    """The parts of the pupil's and the guardians' names, as they might stand in a text."""
    people = [pupil, *pupil.guardians.all()]
    words = " ".join(person.name for person in people)
    parts = {part.casefold() for part in _WORD.findall(words)}
    return parts | {f"{part}s" for part in parts}
