"""What the surveys ask: one file a version, never changed once somebody has answered it."""

from __future__ import annotations

import hashlib
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.utils.translation import get_language

HERE = Path(__file__).resolve().parent
# "1" is "does not hold at all" and "5" is "holds fully"; the seeds give no scale, this one is ours.
SCALE = (1, 2, 3, 4, 5)
# "Don't know" is an answer of its own to every closed question.
UNKNOWN = "unknown"


def spoken(words: dict[str, str]) -> str:
    """The words in the reader's language, else in Swedish."""
    return words.get(get_language() or "sv", words.get("sv", ""))


@dataclass(frozen=True)
class Question:
    """`form`: aspect (now and at start, 1–5), scale (now, 1–5), choice (one of options), open."""

    key: str
    form: str
    words: Any

    @property
    def on_scale(self) -> bool:
        return self.form in ("aspect", "scale")

    @property
    def group(self) -> str:
        return spoken(self.words.get("group", {}))

    @property
    def name(self) -> str:
        return spoken(self.words["name"])

    @property
    def today(self) -> str:
        return spoken(self.words["today"])

    @property
    def before(self) -> str:
        return spoken(self.words.get("before", {}))

    @property
    def options(self) -> list[tuple[str, str]]:
        return [(one["key"], spoken(one)) for one in self.words.get("options", [])]

    @property
    def city(self) -> str:
        """Under which name the city's own public result of the same question is imported."""
        return str(self.words.get("city", ""))


@dataclass(frozen=True)
class QuestionSet:
    kind: str
    version: int
    words: Any
    questions: tuple[Question, ...]
    fingerprint: str  # SHA-256 of the file: what was asked can be proved afterwards

    @property
    def title(self) -> str:
        return spoken(self.words["title"])

    @property
    def intro(self) -> str:
        return spoken(self.words["intro"])


@cache
def asked(kind: str, version: int) -> QuestionSet:
    """One version of one survey; raises FileNotFoundError when there is none."""
    raw = (HERE / f"{kind}-{version}.toml").read_bytes()
    words = tomllib.loads(raw.decode())
    questions = tuple(Question(one["key"], one["form"], one) for one in words["questions"])
    return QuestionSet(kind, version, words, questions, hashlib.sha256(raw).hexdigest())


@cache
def newest(kind: str) -> int:
    """The version a new round asks with."""
    return max(int(path.stem.rpartition("-")[2]) for path in HERE.glob(f"{kind}-*.toml"))
