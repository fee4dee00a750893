"""The reported rounds of one survey beside each other, each read as it is told of by itself.

Rounds are compared within one version of the questions and one place, and never across.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db.models import Count

from collaboration import few, results
from collaboration.choices import RoundStatus
from collaboration.models import SurveyMark, SurveyRound, SurveyToken


@dataclass(frozen=True)
class Cell:
    """What one round says of one question: a mean, or a share of those who chose an answer.

    Both are empty where so few have answered that the round itself does not tell it.
    """

    mean: float | None = None
    percent: int | None = None
    n: int = 0
    change: float | None = None  # since the last round that told it


@dataclass(frozen=True)
class Line:
    """One question, or one answer to a question that is chosen among."""

    label: str
    cells: list[tuple[SurveyRound, Cell]]


@dataclass(frozen=True)
class Part:
    """Questions under one heading: their group, or the question whose answers are the lines."""

    title: str
    lines: list[Line]


@dataclass(frozen=True)
class Table:
    """The rounds of one version of the questions, in the order they were asked."""

    version: int
    rounds: list[SurveyRound]
    rates: list[tuple[SurveyRound, results.Result | None]]
    parts: list[Part]


def reported(rows: Any, kind: str, district: int | None) -> Any:
    """Newest first; `district`: None is what was asked in the whole city."""
    told = rows.filter(kind=kind, status=RoundStatus.REPORTED, district=district)
    return told.select_related("district").order_by("-opened", "-pk")


def tables(rounds: Iterable[SurveyRound]) -> list[Table]:
    """One table a version, the newest version first; rounds come newest first."""
    by_version: dict[int, list[SurveyRound]] = {}
    for survey in rounds:
        by_version.setdefault(survey.questions_version, []).insert(0, survey)
    return [_table(version, by_version[version]) for version in sorted(by_version, reverse=True)]


def _table(version: int, rounds: list[SurveyRound]) -> Table:
    rates = [(survey, results.of(survey, words=False)) for survey in rounds]
    found = [(survey, _by_question(result)) for survey, result in rates]
    parts: list[Part] = []
    for question in rounds[0].questions.questions:
        if question.form == "open":
            continue
        rows = [(survey, by_key.get(question.key)) for survey, by_key in found]
        if question.form == "choice":
            parts.append(Part(question.today, list(_answers(question, rows))))
            continue
        if not parts or parts[-1].title != question.group:
            parts.append(Part(question.group, []))
        parts[-1].lines.append(_line(question.name, [(s, _mean(row)) for s, row in rows]))
    return Table(version, rounds, rates, parts)


def _by_question(result: results.Result | None) -> dict[str, results.Row]:
    groups = result.groups if result else []
    return {row.question.key: row for _group, rows in groups for row in rows}


def _mean(row: results.Row | None) -> Cell:
    if row is None or row.today is None:
        return Cell()
    return Cell(mean=row.today, n=row.n)


def _answers(question: Any, rows: list[tuple[SurveyRound, results.Row | None]]) -> Iterable[Line]:
    for place, (_key, words) in enumerate(question.options):
        cells = []
        for survey, row in rows:
            percent = row.options[place]["percent"] if row else None
            cells.append((survey, Cell(percent=percent, n=row.n if row else 0)))
        yield _line(words, cells)


def _line(label: str, cells: list[tuple[SurveyRound, Cell]]) -> Line:
    """With how much a mean has changed since the last round that told one."""
    before: float | None = None
    found = []
    for survey, cell in cells:
        if cell.mean is not None:
            if before is not None:
                # Of what is shown, so that whoever reckons it over finds the same.
                change = round(round(cell.mean, 1) - round(before, 1), 1)
                cell = Cell(mean=cell.mean, n=cell.n, change=change)
            before = cell.mean
        found.append((survey, cell))
    return Line(label, found)


def limits() -> tuple[int, int]:
    """How few are told of nowhere, and how few have no share told of them."""
    return few.smallest(), few.shares()


class Rate(NamedTuple):
    """How many have answered, of how many, and that in per cent."""

    n: int
    of: int
    share: int


def rates(rounds: Iterable[SurveyRound]) -> dict[int, Rate]:
    """By round that is reported: how many have answered.

    Two queries, however many the rounds are.
    """
    smallest, _shares = limits()
    told = {row.pk: row.box for row in rounds if row.status == RoundStatus.REPORTED}
    tokens = SurveyToken.objects.filter(round__in=told).values("round").annotate(n=Count("pk"))
    asked = {row["round"]: row["n"] for row in tokens}
    marks = SurveyMark.objects.filter(box__in=told.values()).values("box")
    sheets = {
        row["box"]: row["n"] for row in marks.annotate(n=Count("sheet", distinct=True)).order_by()
    }
    found = {}
    for pk, box in told.items():
        n, of = sheets.get(box, 0), asked.get(pk, 0)
        if of and n >= smallest:
            found[pk] = Rate(n, of, round(100 * n / of))
    return found
