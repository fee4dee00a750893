"""What in a free text may tell who somebody is: numbers, addresses, and words that look like names.

It marks; the writer decides. A personnummer alone is never a matter of opinion.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

NUMBER = re.compile(r"\b(?:19|20)?\d{6}[-+ ]?\d{4}\b")
_PHONE = re.compile(r"(?:\+46|\b0)[\d][\d \-]{6,12}\d")
_MAIL = re.compile(r"\b[\w.+-]+@[\w-]+\.[\w.]+\b")
_STREET = re.compile(
    r"\b[A-ZÅÄÖ][\wåäö]+(?:gatan|vägen|gränd|stigen|torget|backen)\s+\d+", re.UNICODE
)
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*", re.UNICODE)
# What points at one pupil without a name: a year or day of birth, a class.
_BORN = re.compile(r"\bfödd(?:es)?\s+(?:den\s+|i\s+)?(?:\w+\s+){0,2}(?:19|20)\d{2}\b", re.I)
_CLASS = re.compile(r"\b[1-9]\s?[A-E]\b")
# Longer words in capitals alone are no abbreviation of the field's (SIP, BUP, LSS).
_ABBREVIATION = 4
# After these a word begins a sentence, a line or a list, and its capital says nothing.
_STARTS = re.compile(r"(?:^|[.!?:\n•–*]|\d\.)\s*[\"”(]*$", re.UNICODE)


def in_text(text: str) -> list[str]:
    """Numbers of persons and telephones, mail and street addresses, in the order of their kinds."""
    found: dict[str, None] = {}
    for pattern in (NUMBER, _PHONE, _MAIL, _STREET):
        found |= {match[0].strip(): None for match in pattern.finditer(text)}
    return list(found)


@cache
def given_names() -> frozenset[str]:
    """The commonest given names in Sweden, those left out that are ordinary words too.

    Nobody's in particular: to look for our own pupils' names would tell who is known here.
    """
    names = Path(__file__).with_name("given_names.txt").read_text(encoding="utf-8").split()
    return frozenset(names) | {f"{name}s" for name in names}


def name_like(text: str, known: Iterable[str] = ()) -> list[str]:
    """Words that look like names, and what else points at one pupil; those in `known` left out.

    That is a word with a capital inside a sentence, as Swedish writes names, one in capitals alone,
    a common given name however it is written and wherever it stands, a birth, a class.
    `known` are texts whose words may stand there: names of those present, schools, districts.
    """
    allowed = {word.casefold() for one in known for word in _WORD.findall(one)}
    allowed |= {f"{word}s" for word in allowed}
    found: dict[str, None] = {}
    for match in _WORD.finditer(text):
        word = match[0]
        if word.casefold() in allowed:
            continue
        written = word[0].isupper() and any(char.islower() for char in word)
        inside = written and not _STARTS.search(text[: match.start()])
        shouted = word.isupper() and len(word) > _ABBREVIATION
        if inside or shouted or word.casefold() in given_names():
            found[word] = None
    for pattern in (_BORN, _CLASS):
        found |= {match[0]: None for match in pattern.finditer(text)}
    return list(found)
