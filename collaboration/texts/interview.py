"""The interview guides: what is talked about with staff, pupils and parents. Versioned like the surveys.

A guide opens a conversation and gives no scale: what comes of it is written under themes. The topics are
seed 000's (how it was to take part, what hindered and helped) and seed 003's (the situation before and
after six months); the wording is ours. A changed word is a new version, in either language.
"""

from __future__ import annotations

from hashlib import sha256

from django.utils.translation import get_language

VERSION = 1
# A heading and its questions, in order.
Topics = list[tuple[str, list[str]]]
# By whom one talks with.
GUIDES: dict[str, Topics] = {
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
ENGLISH: dict[str, Topics] = {
    "staff": [
        (
            "How is it now?",
            [
                "Tell me about the last time the school and social services worked together.",
                "Whom do you call first, and what usually happens then?",
            ],
        ),
        (
            "What helps and what is in the way?",
            [
                "What has made working together easier?",
                "What difficulties have you met, and how did you solve them?",
            ],
        ),
        (
            "From here",
            ["What would you change first?", "What must not be lost?"],
        ),
    ],
    "pupil": [
        (
            "How it was",
            [
                "What was it like to take part? What did you do?",
                "Who listened to you? Did you have a say?",
            ],
        ),
        (
            "What helped",
            ["What got better, at school or at home?", "What did not help?"],
        ),
        ("If you decided", ["What would the adults do differently?"]),
    ],
    "parent": [
        (
            "How it was",
            [
                "How did you learn what the support meant? Was it easy to understand?",
                "What was it like to talk with the school and social services at the same time?",
            ],
        ),
        (
            "What helped",
            ["What has changed for your child, and for you?", "What was missing?"],
        ),
        ("To others", ["What would you say to another family who is asked?"]),
    ],
}
BY_LANGUAGE = {"sv": GUIDES, "en": ENGLISH}


def topics(subject: str) -> Topics:
    """What is talked about, in the reader's language, else in Swedish."""
    return BY_LANGUAGE.get(get_language() or "sv", GUIDES)[subject]


def fingerprint(language: str = "sv") -> str:
    """What the wording is today; pinned by a test."""
    return sha256(repr(sorted(BY_LANGUAGE[language].items())).encode()).hexdigest()[:16]
