"""What in a free text may tell who somebody is: numbers, addresses, and words that look like names.

It marks; the writer decides. A personnummer alone is never a matter of opinion.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

NUMBER = re.compile(r"\b(?:19|20)?\d{6}[-+ ]?\d{4}\b")
_PHONE = re.compile(r"(?:\+46|\b0)[\d][\d \-]{6,12}\d")
_MAIL = re.compile(r"\b[\w.+-]+@[\w-]+\.[\w.]+\b")
_STREET = re.compile(
    r"\b[A-ZÅÄÖ][\wåäö]+(?:gatan|vägen|gränd|stigen|torget|backen)\s+\d+", re.UNICODE
)
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*", re.UNICODE)
# After these a word begins a sentence, a line or a list, and its capital says nothing.
_STARTS = re.compile(r"(?:^|[.!?:\n•–*]|\d\.)\s*[\"”(]*$", re.UNICODE)


def in_text(text: str) -> list[str]:
    """Numbers of persons and telephones, mail and street addresses, in the order of their kinds."""
    found: dict[str, None] = {}
    for pattern in (NUMBER, _PHONE, _MAIL, _STREET):
        found |= {match[0].strip(): None for match in pattern.finditer(text)}
    return list(found)


def name_like(text: str, known: Iterable[str] = ()) -> list[str]:
    """Words with a capital inside a sentence, as Swedish writes names; those in `known` left out.

    `known` are texts whose words may stand there: names of those present, schools, districts.
    """
    allowed = {word.casefold() for one in known for word in _WORD.findall(one)}
    allowed |= {f"{word}s" for word in allowed}
    found: dict[str, None] = {}
    for match in _WORD.finditer(text):
        word = match[0]
        plain = word[0].isupper() and any(char.islower() for char in word)
        if plain and word.casefold() not in allowed and not _STARTS.search(text[: match.start()]):
            found[word] = None
    return list(found)
