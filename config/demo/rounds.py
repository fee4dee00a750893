"""The demo's earlier surveys: a year before the last, three months of the pulse, one of the pupils'."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from decimal import Decimal
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from accounts import clock
from accounts.models import Membership
from collaboration import answering, questions
from collaboration.choices import RoundStatus
from collaboration.models import CityFigure, SurveyRound
from history.door import begin, perform

ZONE = ZoneInfo("Europe/Stockholm")
ROLES = "school principal team manager"
# What staff tend to mark today and at start, by question; the rest lie in between.
MARKS = {"meetings": (4, 2), "discuss_referral": (4, 2), "bup": (2, 2), "relations": (4, 3)}
SIDES = ("school", "social", "team")
# What pupils wrote when they began; made up for the demo.
PUPILS_SAID = {
    "good": (
        "Kompisarna.",
        "Idrotten.",
        "Maten är bra.",
        "Min mentor.",
        "Att det finns lugna rum.",
    ),
    "help": (
        "Att få börja lite senare.",
        "Någon som möter mig vid dörren.",
        "Färre vikarier.",
        "Att veta dagen innan vad vi ska göra.",
        "Att sitta i en mindre grupp.",
    ),
}
# How sixteen pupils answered, question by question, from its first answer to its last.
PUPILS_CHOSE = ((2, 6, 5, 3), (4, 6, 4, 2), (1, 5, 7, 3), (3, 4, 5, 4), (3, 7, 4, 2))
PUPILS = 16
# The city's own, in the same order; the later year is a little better.
CITY = {2: ("38.5", "46.0", "11.0", "4.5"), 1: ("39.5", "46.5", "10.0", "4.0")}


def on(days_ago: int) -> datetime:
    day = clock.today() - timedelta(days=days_ago)
    return datetime.combine(day, time(10), ZONE)


def the_year_before(analyst: Membership) -> None:
    """The first collaboration survey, when less worked than a year later."""
    year = on(695).year
    _staff("collaboration", f"Samverkan, hösten {year}", (695, 665), analyst, Random(12), 11, -1)


def last_year(analyst: Membership) -> None:
    """The pupils' own, three pulses, and what the city as a whole has answered."""
    dice = Random(13)
    _pupils(analyst)
    for opened in (98, 68, 37):
        _staff("pulse", "Månadens puls", (opened, opened - 14), analyst, dice, 9, 0)
    _city()


def _staff(
    kind: str,
    title: str,
    days: tuple[int, int],
    analyst: Membership,
    dice: Random,
    count: int,
    shift: int,
) -> None:
    """Asked, answered by so many and reported; `shift`: how the marks differ from the usual."""
    opened, closed = days
    with clock.at(on(opened)):
        new = SurveyRound(kind=kind, title=title, roles=ROLES, responsible=analyst)
        survey = perform(begin(new, by=analyst).obj.open, by=analyst).obj
        answer(survey, dice, count, shift)
    with clock.at(on(closed)):
        survey = perform(survey.close, by=analyst).obj
        perform(survey.report, by=analyst)


def answer(survey: SurveyRound, dice: Random, count: int, shift: int = 0) -> None:
    """The first so many of those asked answer, each by a link of their own."""
    for token in survey.tokens.filter(used=False).order_by("pk")[:count]:
        given: dict[str, dict[str, Any]] = {}
        for question in survey.questions.questions:
            now, start = MARKS.get(question.key, (3, 3))
            marks = {"today": min(5, max(1, now + shift + dice.choice((-1, 0, 0, 1))))}
            if question.form == "aspect":
                marks["before"] = min(5, max(1, start + dice.choice((-1, 0, 0, 1))))
            given[question.key] = marks
        if survey.status == RoundStatus.OPEN:
            answering.answer(token, given, dice.choice(SIDES))


def _pupils(analyst: Membership) -> None:
    """Last year's pupils, as many as it takes for their shares to be told of."""
    with clock.at(on(320)):
        new = SurveyRound(
            kind="entry",
            title="Elevens frågor vid start, förra läsåret",
            responsible=analyst,
            closes=clock.today() + timedelta(days=150),
        )
        survey = perform(begin(new, by=analyst).obj.open, by=analyst).obj
        chose = [[place for place, n in enumerate(row) for _n in range(n)] for row in PUPILS_CHOSE]
        for number in range(PUPILS):
            given: dict[str, dict[str, Any]] = {
                key: {"text": texts[number]}
                for key, texts in PUPILS_SAID.items()
                if number < len(texts)
            }
            for question, places in zip(_closed(), chose, strict=True):
                key, _words = question.options[places[number]]
                given[question.key] = {"choice": key}
            answering.answer(survey.invite(), given)
    with clock.at(on(165)):
        survey = perform(survey.close, by=analyst).obj
        perform(survey.report, by=analyst)


def _closed() -> list[questions.Question]:
    asked = questions.asked("entry", questions.newest("entry")).questions
    return [one for one in asked if one.form == "choice"]


def _city() -> None:
    """The city's own answers to the pupils' questions, two years."""
    for years_ago, percents in CITY.items():
        for question in _closed():
            for (option, _words), percent in zip(question.options, percents, strict=True):
                CityFigure.objects.create(
                    question=question.city,
                    choice=option,
                    year=clock.today().year - years_ago,
                    percent=Decimal(percent),
                    source="Påhittade siffror för demon",
                )
