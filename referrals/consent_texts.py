"""The words a family is asked with: versioned, one file a language, never machine-made on the way.

A consent points at the version and the language that was read; the Swedish text is what holds.
The pages around it speak the same languages, from files of their own.
"""

from __future__ import annotations

import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any

from referrals.choices import Category

FOLDER = Path(__file__).resolve().parent / "texts"
LANGUAGES = [("sv", "Svenska"), ("en", "English"), ("ar", "العربية")]
RIGHT_TO_LEFT = {"ar"}


def known(language: str) -> str:
    """The language itself where there are texts in it, else Swedish."""
    return language if language in dict(LANGUAGES) else "sv"


@lru_cache(maxsize=16)
def words(version: str, language: str) -> dict[str, Any]:
    """One text; raises FileNotFoundError for a version or language that does not exist."""
    return tomllib.loads((FOLDER / f"consent-{version}-{language}.toml").read_text())


@lru_cache(maxsize=8)
def pages(language: str) -> dict[str, Any]:
    """What the pages around the question say; in Swedish for a language without a file."""
    language = known(language)
    told = tomllib.loads((FOLDER / f"pages-{language}.toml").read_text())
    return told | {
        "language": language,
        "direction": "rtl" if language in RIGHT_TO_LEFT else "ltr",
    }


def text_for(language: str, consent: Any, pupil: bool) -> dict[str, Any]:
    """The text in the language asked for, else in Swedish, with what this consent names."""
    language = known(language)
    found = words(consent.text_version, language)
    found = found | found.get(consent.purpose, {})
    named = [name for name in Category.values if consent.names(name)]
    school = consent.names_school
    law = "law_independent" if school and school.independent else "law"
    return {
        **{key: value for key, value in found.items() if isinstance(value, str)},
        "language": language,
        "direction": "rtl" if language in RIGHT_TO_LEFT else "ltr",
        "lead": found["pupil_lead"] if pupil else found["lead"],
        "law": found[law],
        "shared": found.get("shares") or [found["categories"][name] for name in named],
        "categories": [(name, found["categories"][name]) for name in named],
        "print": found["print"],
    }
