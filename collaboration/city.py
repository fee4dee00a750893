"""The city's own public answers to the pupils' questions: read from text, kept, and told year by year."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from accounts import clock
from accounts.csv_import import Fault, Result
from collaboration import questions
from collaboration.models import CityFigure

COLUMNS = ("fråga", "svar", "år", "procent")
FIRST_YEAR = 2000
PERCENT = re.compile(r"[0-9]{1,3}(?:[.,][0-9]+)?")
Key = tuple[str, str, int]


@dataclass(frozen=True)
class Figure:
    """One answer's share one year."""

    question: str
    choice: str
    year: int
    percent: Decimal

    @property
    def key(self) -> Key:
        return self.question, self.choice, self.year


def asked() -> list[questions.Question]:
    """The questions the city has asked too, as the newest version words them."""
    every = questions.asked("entry", questions.newest("entry")).questions
    return [one for one in every if one.city]


def _plain(words: str) -> str:
    return " ".join(words.casefold().split()).rstrip("?.")


def _spoken(words: dict[str, str]) -> Iterator[str]:
    """In every language, for a file may be written in any."""
    yield from (_plain(one) for name, one in words.items() if name != "key")


def _named() -> tuple[dict[str, str], dict[str, dict[str, str]]]:
    """What may be written for each question, and for each of its answers: codes and words."""
    names: dict[str, str] = {}
    answers: dict[str, dict[str, str]] = {}
    for one in asked():
        for name in (one.city, *_spoken(one.words["name"]), *_spoken(one.words["today"])):
            names[_plain(name)] = one.city
        answers[one.city] = {
            _plain(name): option["key"]
            for option in one.words["options"]
            for name in (option["key"], *_spoken(option))
        }
    return names, answers


def read(text: str) -> tuple[list[Figure], list[Fault]]:
    """The figures, and every fault of every row; a first row with the columns' names is passed by."""
    names, answers = _named()
    found: dict[Key, int] = {}
    figures: list[Figure] = []
    faults: list[Fault] = []
    for number, cells in _rows(text, faults):
        if number == 1 and _plain(cells[0]) not in names and not re.search(r"\d", "".join(cells)):
            continue
        wrong, figure = _figure(number, cells, names, answers)
        faults += wrong
        if figure is None:
            continue
        if before := found.get(figure.key):
            words = _("Samma fråga, svar och år står på rad %s.") % before
            faults.append(Fault(number, "", words))
        found.setdefault(figure.key, number)
        figures.append(figure)
    if not figures and not faults:
        faults.append(Fault(1, "", _("Här finns inga siffror.")))
    return figures, faults


def _rows(text: str, faults: list[Fault]) -> Iterator[tuple[int, list[str]]]:
    """Each row that holds something, with its number; empty cells at its end are nothing."""
    delimiter = next((sign for sign in (";", "\t") if sign in text), ",")
    reader = csv.reader(io.StringIO(text), delimiter=delimiter)
    try:
        for number, row in enumerate(reader, start=1):
            cells = [cell.strip() for cell in row]
            while cells and not cells[-1]:
                cells.pop()
            if cells:
                yield number, cells
    except csv.Error:
        faults.append(Fault(reader.line_num, "", _("Raden går inte att läsa som CSV.")))


def _figure(
    number: int, cells: list[str], names: dict[str, str], answers: dict[str, dict[str, str]]
) -> tuple[list[Fault], Figure | None]:
    if len(cells) != len(COLUMNS):
        words = _("Raden ska ha fyra kolumner, med semikolon emellan.")
        return [Fault(number, "", words)], None
    question = names.get(_plain(cells[0]), "")
    choice = answers[question].get(_plain(cells[1]), "") if question else ""
    year, percent = cells[2], cells[3].removesuffix("%").strip()
    wrong = {
        COLUMNS[0]: "" if question else _("Frågan finns inte i elevernas enkät."),
        COLUMNS[1]: _("Frågan har inget sådant svar.") if question and not choice else "",
        COLUMNS[2]: _wrong_year(year),
        COLUMNS[3]: _wrong_percent(percent),
    }
    faults = [Fault(number, column, words) for column, words in wrong.items() if words]
    if faults:
        return faults, None
    return [], Figure(question, choice, int(year), Decimal(percent.replace(",", ".")))


def _wrong_year(year: str) -> str:
    if not re.fullmatch(r"[0-9]{4}", year):
        return _("Skriv året med fyra siffror.")
    if not FIRST_YEAR <= int(year) <= clock.today().year:
        return _("Skriv ett år från %s till i år.") % FIRST_YEAR
    return ""


def _wrong_percent(percent: str) -> str:
    """Figures are kept with one decimal; one with more is refused, not rounded behind one's back."""
    if not PERCENT.fullmatch(percent):
        return _("Skriv procenten som ett tal mellan 0 och 100.")
    value = Decimal(percent.replace(",", "."))
    if value > 100:
        return _("Skriv procenten som ett tal mellan 0 och 100.")
    if value != round(value, 1):
        return _("Skriv högst en decimal.")
    return ""


def keep(figures: Iterable[Figure], source: str) -> Result:
    """Put them in; what is there already with the same figure and source is left as it is."""
    there = {(row.question, row.choice, row.year): row for row in CityFigure.objects.all()}
    result = Result()
    for figure in figures:
        row = there.get(figure.key)
        if row and (row.percent, row.source) == (figure.percent, source):
            result.same += 1
            continue
        CityFigure.objects.update_or_create(
            question=figure.question,
            choice=figure.choice,
            year=figure.year,
            defaults={"percent": figure.percent, "source": source},
        )
        result.changed += bool(row)
        result.new += not row
    return result


def newest_of(question: str) -> dict[str, CityFigure]:
    """By answer, of the newest year the city has told of the question: years are never mixed."""
    rows = list(CityFigure.objects.filter(question=question).order_by("-year")) if question else []
    return {row.choice: row for row in rows if row.year == rows[0].year}


@dataclass(frozen=True)
class Told:
    """What the city answered to one question one year, in words."""

    question: str
    answers: list[tuple[str, Decimal]]
    sources: list[str]


def years(rows: Iterable[Any]) -> list[tuple[int, list[Told]]]:
    """Figures by year, newest first, and by question in the order they are asked."""
    known = {one.city: one for one in asked()}
    order = list(known)
    by_year: dict[int, dict[str, list[Any]]] = {}
    for row in rows:
        by_year.setdefault(row.year, {}).setdefault(row.question, []).append(row)

    def place(code: str) -> tuple[int, str]:
        return (order.index(code) if code in known else len(order), code)

    return [
        (
            year,
            [
                _told(code, known.get(code), by_year[year][code])
                for code in sorted(found, key=place)
            ],
        )
        for year, found in sorted(by_year.items(), reverse=True)
    ]


def _told(code: str, question: questions.Question | None, rows: list[Any]) -> Told:
    words = dict(question.options) if question else {}
    order = list(words)
    rows = sorted(
        rows, key=lambda row: (order.index(row.choice) if row.choice in words else 99, row.choice)
    )
    return Told(
        question=question.today if question else code,
        answers=[(words.get(row.choice, row.choice), row.percent) for row in rows],
        sources=list(dict.fromkeys(row.source for row in rows)),
    )
