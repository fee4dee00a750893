"""The interview guides: what is talked about with staff, pupils and parents. Versioned like the surveys.

A guide opens a conversation and gives no scale: what comes of it is written under themes. The topics are
seed 000's (how it was to take part, what hindered and helped) and seed 003's (the situation before and
after six months); the wording is ours. A changed word is a new version.
"""

from __future__ import annotations

from hashlib import sha256

VERSION = 1
# By whom one talks with: a heading and its questions, in order.
GUIDES: dict[str, list[tuple[str, list[str]]]] = {
    "staff": [
        (
            "Hur ser det ut nu?",
            [
                "Berätta om senaste gången skolan och socialtjänsten arbetade tillsammans.",
                "Vem ringer du först, och vad brukar hända sedan?",
            ],
        ),
        (
            "Vad hjälper och vad hindrar?",
            [
                "Vad har underlättat samarbetet?",
                "Vilka svårigheter har ni mött, och hur har ni löst dem?",
            ],
        ),
        (
            "Framåt",
            ["Vad skulle du ändra först?", "Vad får inte försvinna?"],
        ),
    ],
    "pupil": [
        (
            "Hur det var",
            [
                "Hur var det att vara med? Vad gjorde ni?",
                "Vem lyssnade på dig? Fick du vara med och bestämma?",
            ],
        ),
        (
            "Vad som hjälpte",
            ["Vad blev bättre, i skolan eller hemma?", "Vad hjälpte inte?"],
        ),
        ("Om du fick bestämma", ["Vad skulle de vuxna göra på ett annat sätt?"]),
    ],
    "parent": [
        (
            "Hur det var",
            [
                "Hur fick ni veta vad stödet innebar? Var det lätt att förstå?",
                "Hur var det att prata med skola och socialtjänst samtidigt?",
            ],
        ),
        (
            "Vad som hjälpte",
            ["Vad har blivit annorlunda för ert barn, och för er?", "Vad saknades?"],
        ),
        ("Till andra", ["Vad skulle ni säga till en annan familj som får frågan?"]),
    ],
}


def fingerprint() -> str:
    """What the wording is today; pinned by a test."""
    return sha256(repr(sorted(GUIDES.items())).encode()).hexdigest()[:16]
