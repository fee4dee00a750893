"""What differs between two versions of a text, word by word, ready to be read and heard."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from collaboration.models import Agreement

_PIECES = re.compile(r"\s+|\w+|[^\w\s]", re.UNICODE)


@dataclass(frozen=True)
class Piece:
    """A run of words: kept, added or removed."""

    kind: str
    text: str


@dataclass(frozen=True)
class Changed:
    """One section of the new version beside the old: "same", "changed", "added" or "removed"."""

    title: str
    old_title: str
    kind: str
    pieces: list[Piece]


def between(old: str, new: str) -> list[Piece]:
    """The new text with what was taken out of the old one in its place."""
    before, after = _PIECES.findall(old), _PIECES.findall(new)
    found: list[Piece] = []
    for kind, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind == "equal":
            found.append(Piece("same", "".join(after[c:d])))
            continue
        if b > a:
            found.append(Piece("removed", "".join(before[a:b])))
        if d > c:
            found.append(Piece("added", "".join(after[c:d])))
    return found


def of_versions(old: Agreement, new: Agreement) -> list[Changed]:
    """Section by section, by key; what the new one lacks comes last."""
    before: dict[str, Any] = {row.key: row for row in old.sections.all()}
    found = []
    for row in new.sections.all():
        was = before.pop(row.key, None)
        if was is None:
            found.append(Changed(row.title, "", "added", between("", row.body)))
            continue
        same = (was.title, was.body) == (row.title, row.body)
        pieces = between(was.body, row.body)
        found.append(Changed(row.title, was.title, "same" if same else "changed", pieces))
    return found + [
        Changed(row.title, row.title, "removed", between(row.body, "")) for row in before.values()
    ]
