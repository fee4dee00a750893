"""School terms, and how often each forum is to meet. The cadences are seed 001's; a forum may say more."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import clock
from collaboration.choices import Level, MeetingKind


@dataclass(frozen=True, order=True)
class Term:
    """Spring (until July) or autumn of one year, written "2026-1" and "2026-2"."""

    year: int
    half: int

    def __str__(self) -> str:
        return f"{self.year}-{self.half}"

    @property
    def label(self) -> str:
        return (_("VT %s") if self.half == 1 else _("HT %s")) % self.year

    @property
    def first(self) -> date:
        return date(self.year, 1 if self.half == 1 else 8, 1)

    @property
    def end(self) -> date:
        """The first day after."""
        return date(self.year, 8, 1) if self.half == 1 else date(self.year + 1, 1, 1)

    @property
    def is_over(self) -> bool:
        return self.end <= clock.today()

    @property
    def meets(self) -> tuple[date, date]:
        """The first and the last day a meeting is proposed on: schools have begun, and have not ended."""
        if self.half == 1:
            return date(self.year, 1, 20), date(self.year, 5, 30)
        return date(self.year, 9, 1), date(self.year, 12, 5)

    @property
    def before(self) -> Term:
        return Term(self.year, 1) if self.half == 2 else Term(self.year - 1, 2)

    @property
    def after(self) -> Term:
        return Term(self.year, 2) if self.half == 1 else Term(self.year + 1, 1)


def of(day: date) -> Term:
    return Term(day.year, 1 if day.month < 8 else 2)


def read(text: str) -> Term | None:
    """A term as it stands in an address or a row; None for anything else."""
    year, _sign, half = text.partition("-")
    known = year.isdecimal() and len(year) == 4 and half in ("1", "2")
    return Term(int(year), int(half)) if known and 2000 <= int(year) <= 2100 else None


@dataclass(frozen=True)
class Cadence:
    """At least so many meetings a term and a year; half-days with a lecturer come besides."""

    a_term: int = 0
    a_year: int = 0
    lectures_a_year: int = 0
    evaluates: bool = False


# Domain A2.3. How often the transition forum meets is not said in the seed: once a year is ours.
CADENCES: dict[str, Cadence] = {
    Level.STEERING_GROUP: Cadence(a_term=1, evaluates=True),
    Level.MANAGER_FORUM: Cadence(a_year=1),
    Level.TRANSITION_FORUM: Cadence(a_year=1),
    Level.LOCAL_FORUM: Cadence(a_term=2, lectures_a_year=1),
}


def wanted(level: str, term: Term) -> list[str]:
    """The kinds of meeting a forum of this level has in a term; yearly ones fall in the autumn."""
    cadence = CADENCES[level]
    found = [MeetingKind.MEETING.value] * cadence.a_term
    if term.half == 2:
        found += [MeetingKind.MEETING.value] * cadence.a_year
        found += [MeetingKind.LECTURE.value] * cadence.lectures_a_year
    elif cadence.evaluates:
        found[0] = MeetingKind.EVALUATION.value
    return found


@dataclass(frozen=True)
class Owed:
    """So many meetings of some kinds within one term, or within several together."""

    within: tuple[Term, ...]
    kinds: tuple[str, ...]
    count: int

    @property
    def when(self) -> str:
        return " + ".join(term.label for term in self.within)

    @property
    def what(self) -> str:
        if MeetingKind.LECTURE in self.kinds:
            return ngettext("halvdag", "halvdagar", self.count)
        return ngettext("möte", "möten", self.count)


def owed(level: str, year: tuple[Term, ...]) -> list[Owed]:
    """What a forum of this level must have had in a year's terms: a good autumn saves no spring."""
    cadence = CADENCES[level]
    met = (MeetingKind.MEETING.value, MeetingKind.EVALUATION.value)
    asked = [Owed((term,), met, cadence.a_term) for term in year]
    asked.append(Owed(year, met, cadence.a_year))
    asked.append(Owed(year, (MeetingKind.LECTURE.value,), cadence.lectures_a_year))
    return [one for one in asked if one.count]


def left_over(level: str, autumn: Counter[str]) -> list[str]:
    """What falls in the autumn once a year and was not in this one: the spring still owes it."""
    cadence = CADENCES[level]
    met = autumn[MeetingKind.MEETING] + autumn[MeetingKind.EVALUATION]
    meetings = min(cadence.a_year, max(0, cadence.a_term + cadence.a_year - met))
    lectures = max(0, cadence.lectures_a_year - autumn[MeetingKind.LECTURE])
    return [MeetingKind.MEETING.value] * meetings + [MeetingKind.LECTURE.value] * lectures


def lacking(asked: Iterable[str], there: Counter[str]) -> list[str]:
    """The kinds asked for that nothing stands for; the year's evaluation is a meeting too."""
    left, found = Counter(there), []
    for kind in asked:
        evaluation = MeetingKind.EVALUATION.value
        instead = evaluation if kind == MeetingKind.MEETING and not left[kind] else kind
        if left[instead]:
            left[instead] -= 1
        else:
            found.append(kind)
    return found
