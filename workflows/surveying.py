"""What time brings about in the surveys: reminders, closing, too few, next month's pulse."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

from django.core.exceptions import ValidationError

from accounts import clock
from accounts.models import CLOCK
from collaboration.choices import RoundStatus, SurveyKind
from collaboration.models import SurveyRound
from collaboration.models.survey import REMINDERS
from history.door import begin
from workflows.clockwork import made


def run() -> dict[str, int]:
    """Everything, in order; how many of each were done."""
    return {
        "survey_reminders": remind(),
        "surveys_closed": close(),
        "surveys_too_few": set_aside(),
        "surveys_repeated": repeat(),
    }


def _open() -> list[SurveyRound]:
    return list(SurveyRound.objects.filter(status=RoundStatus.OPEN).order_by("pk"))


def remind() -> int:
    """On day 7 and 14, to those who have not answered; a missed day is made up for once."""
    told = 0
    for survey in _open():
        if survey.kind == SurveyKind.ENTRY or survey.reminders >= len(REMINDERS):
            continue
        days = REMINDERS[survey.reminders]
        if survey.opened is not None and clock.today() >= survey.opened + timedelta(days=days):
            told += made(survey.remind)
    return told


def close() -> int:
    """The day after the last day to answer."""
    over = [survey for survey in _open() if survey.closes and survey.closes < clock.today()]
    return sum(made(survey.close) for survey in over)


def set_aside() -> int:
    """Closed with too few answers: erased, for nothing of them may be told."""
    closed = SurveyRound.objects.filter(status=RoundStatus.CLOSED).order_by("pk")
    return sum(made(survey.set_aside) for survey in closed)


def repeat() -> int:
    """On the first working day of the month after a pulse that goes on, the next one."""
    over = SurveyRound.objects.filter(repeats=True, followed_by=None)
    over = over.exclude(
        status__in=(RoundStatus.DRAFT, RoundStatus.OPEN, RoundStatus.DROPPED)
    ).order_by("pk")
    opened = 0
    for survey in list(over):
        due = survey.next_on()
        if due is not None and due <= clock.today():
            with suppress(ValidationError):  # nobody has the roles today; asked again tomorrow
                opened += bool(begin(survey.next_one(), by=CLOCK))
    return opened
