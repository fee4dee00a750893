"""The words a family is asked with: versioned, one file a language, never machine-made on the way.

A consent points at the version and the language that was read; the Swedish text is what holds.
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


@lru_cache(maxsize=16)
def words(version: str, language: str) -> dict[str, Any]:
    """One text; raises FileNotFoundError for a version or language that does not exist."""
    return tomllib.loads((FOLDER / f"consent-{version}-{language}.toml").read_text())


def text_for(language: str, consent: Any, pupil: bool) -> dict[str, Any]:
    """The text in the language asked for, else in Swedish, with what this consent names."""
    if language not in dict(LANGUAGES):
        language = "sv"
    found = words(consent.text_version, language)
    found = found | found.get(consent.purpose, {})
    named = [name for name in Category.values if consent.names(name)]
    return {
        "language": language,
        "direction": "rtl" if language in RIGHT_TO_LEFT else "ltr",
        # The page around the text speaks Swedish or English.
        "ui": language if language in ("sv", "en") else "en",
        "lead": found["pupil_lead"] if pupil else found["lead"],
        "shared": found.get("shares") or [found["categories"][name] for name in named],
        "print": found["print"],
        **{key: value for key, value in found.items() if isinstance(value, str)},
    }
