"""What a round tells, computed by the database, and only of many."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.db.models import Avg, Count, F, Q

from collaboration import few
from collaboration.choices import Side
from collaboration.city import newest_of
from collaboration.models import SurveyMark, SurveyRound, SurveyWords
from collaboration.questions import UNKNOWN

# An aspect has "developed much" for the one who marks it this many steps higher than at start.
MUCH = 2


@dataclass
class Row:
    """One question's result; means are of 1–5 among those who knew, `n` of them."""

    question: Any
    n: int = 0
    today: float | None = None
    before: float | None = None
    change: float | None = None
    much: int | None = None  # percent of those who marked both
    unknown: int = 0  # who answered that they do not know; not who left it out
    options: list[dict[str, Any]] = field(default_factory=list)


@dataclass
class Result:
    asked: int
    answered: int
    groups: list[tuple[str, list[Row]]]
    sides: list[tuple[str, int]]  # empty when one side alone would be too few
    words: list[tuple[Any, list[str]]]  # of a question that too few wrote to: none
    smallest: int
    shares: int

    @property
    def rate(self) -> int | None:
        return round(100 * self.answered / self.asked) if self.asked else None


def of(survey: SurveyRound, *, words: bool) -> Result | None:
    """The result, or None when so few have answered that it could tell of somebody.

    `words`: whether what people wrote is read too; it opens sealed text.
    """
    answered, smallest, shares = survey.sheets(), few.smallest(), few.shares()
    if answered < smallest:
        return None
    rows = _rows(survey, smallest, shares)
    groups: dict[str, list[Row]] = {}
    for row in rows:
        groups.setdefault(row.question.group, []).append(row)
    return Result(
        asked=survey.tokens.count(),
        answered=answered,
        groups=list(groups.items()),
        sides=_sides(survey, smallest),
        words=_words(survey, smallest) if words else [],
        smallest=smallest,
        shares=shares,
    )


def _rows(survey: SurveyRound, smallest: int, shares: int) -> list[Row]:
    marks = SurveyMark.objects.filter(box=survey.box)
    both = Q(today__isnull=False, before__isnull=False)
    figures = {
        one["question"]: one
        for one in marks.values("question").annotate(
            n=Count("today"),
            unknown=Count("id", filter=Q(today_unknown=True)),
            now=Avg("today"),
            start=Avg("before"),
            both=Count("id", filter=both),
            change=Avg(F("today") - F("before"), filter=both),
            much=Count("id", filter=both & Q(today__gte=F("before") + MUCH)),
        )
    }
    chosen = {
        (one["question"], one["choice"]): one["n"]
        for one in marks.exclude(choice="").values("question", "choice").annotate(n=Count("id"))
    }
    found = []
    for question in survey.questions.questions:
        if question.form == "open":
            continue
        one: Any = figures.get(question.key, {})
        if question.form == "choice":
            found.append(_choices(question, chosen, shares))
            continue
        enough = one.get("both", 0) >= smallest
        shown = one.get("n", 0) >= smallest
        share = one.get("both", 0) >= shares
        found.append(
            Row(
                question,
                n=one.get("n", 0),
                today=one["now"] if shown else None,
                before=one["start"] if enough else None,
                change=one["change"] if enough else None,
                much=round(100 * one["much"] / one["both"]) if share else None,
                unknown=one.get("unknown", 0),
            )
        )
    return found


def _choices(question: Any, chosen: dict[tuple[str, str], int], shares: int) -> Row:
    counts = [(key, words, chosen.get((question.key, key), 0)) for key, words in question.options]
    n = sum(count for _key, _words, count in counts)
    city = newest_of(question.city)
    options = [
        {
            "name": words,
            # A share of a few would tell of somebody; the city's own figure is public.
            "percent": round(100 * count / n) if n >= shares else None,
            "city": city.get(key),
        }
        for key, words, count in counts
    ]
    return Row(question, n=n, unknown=chosen.get((question.key, UNKNOWN), 0), options=options)


def _sides(survey: SurveyRound, smallest: int) -> list[tuple[str, int]]:
    """How many from each side, unless any side is too small: a total would give it away."""
    marks = SurveyMark.objects.filter(box=survey.box).exclude(side="")
    counts = marks.values("side").annotate(n=Count("sheet", distinct=True))
    found = {one["side"]: one["n"] for one in counts}
    if not found or min(found.values()) < smallest:
        return []
    return [(str(Side(side).label), n) for side, n in sorted(found.items())]


def _words(survey: SurveyRound, smallest: int) -> list[tuple[Any, list[str]]]:
    """What was written to each open question, where so many wrote that no text is one person's.

    Sheets do not count here: most may have answered and one alone written.
    """
    written = SurveyWords.objects.filter(box=survey.box)
    counted = written.values("question").annotate(n=Count("uuid")).filter(n__gte=smallest)
    texts: dict[str, list[str]] = {}
    for row in written.filter(question__in=counted.values("question")).order_by("uuid"):
        texts.setdefault(row.question, []).append(row.text.open())
    return [
        (question, texts.get(question.key, []))
        for question in survey.questions.questions
        if question.form == "open"
    ]


def developed_most(rows: list[Row], count: int = 3) -> list[Row]:
    """The aspects that have come furthest, most first (seed 004, figure 8).

    Nought is no development, and of equals all are named or none: a list of three says that the
    others came less far.
    """
    known = sorted((row for row in rows if row.much), key=lambda row: -(row.much or 0))
    if len(known) <= count:
        return known
    return [row for row in known[:count] if row.much != known[count].much]
