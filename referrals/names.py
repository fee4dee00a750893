"""Names, numbers and addresses in free text that the team may read before anybody has consented.

The writer decides: what is found is marked and shown, and nothing is saved until they have looked.
"""

from __future__ import annotations

import re
from typing import Any

from accounts import identities
from referrals.models import Pupil

_WORD = re.compile(r"\w{3,}", re.UNICODE)


def in_words(details: dict[str, Any], pupil: Pupil | None) -> list[str]:
    """What in these texts looks like it tells who the pupil is, in the order it stands there."""
    told = known_names(pupil) if pupil else set()
    found: dict[str, None] = {}
    for value in details.values():
        if not isinstance(value, str):
            continue
        found |= dict.fromkeys(identities.in_text(value))
        found |= {word: None for word in _WORD.findall(value) if word.casefold() in told}
    return list(found)


def known_names(pupil: Pupil) -> set[str]:
    """The parts of the pupil's and the guardians' names, as they might stand in a text."""
    people = [pupil, *pupil.guardians.all()]
    words = " ".join(person.name for person in people)
    parts = {part.casefold() for part in _WORD.findall(words)}
    return parts | {f"{part}s" for part in parts}
