"""What Rinkeby-Kista discusses before anybody is referred."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from accounts import clock, working_days
from accounts.models import Organisation, Role
from config.demo.municipality import Town
from config.demo.stories import ZONE
from history.door import begin, perform
from referrals.choices import Band, ScreeningOutcome, Stage
from referrals.models import Screening

QUESTIONS = (
    (Stage.UPPER, Band.HIGH, "Hemma sedan lovet. Vi når familjen men inte eleven. Hur börjar vi?"),
    (
        Stage.MIDDLE,
        Band.MEDIUM,
        "Sen varje morgon efter en flytt. Räcker det att skolan prövar själv?",
    ),
)
OUTCOMES = (ScreeningOutcome.LIGHT_SUPPORT, ScreeningOutcome.SCHOOL_GOES_ON)


def tell(town: Town) -> None:
    """One meeting that has been, with questions nobody is named in, and one to come."""
    team, school = town.teams["Rinkeby-Kista"], town.schools["Akalla grundskola"]
    worker, staff = town.people["team"], town.people["skola"]
    today = clock.today()
    past = working_days.add(today - timedelta(days=24), 0)
    with clock.at(datetime.combine(past, time(13), ZONE)):
        held = _meeting(team, worker, past)
        for stage, band, question in QUESTIONS:
            held = _ask(held, staff, school, stage, band, question)
        for row, outcome in zip(held.rows.order_by("pk"), OUTCOMES, strict=True):
            held = perform(held.decide, by=worker, row=row, outcome=outcome).obj
        perform(held.hold, by=worker, light_support=6)
    with clock.at(datetime.combine(working_days.add(today - timedelta(days=4), 0), time(9), ZONE)):
        coming = _meeting(team, worker, working_days.add(today + timedelta(days=6), 0))
        coming = perform(coming.list_referrals, by=worker).obj
        principal = town.one(school, Role.PRINCIPAL)
        words = "Frånvaro varje fredag, lugnt i övrigt. Är det något för teamet?"
        _ask(coming, principal, school, Stage.UPPER, Band.LOW, words)


def _meeting(team: Organisation, worker: Any, day: Any) -> Any:
    when: dict[str, Any] = {"on": day, "at": time(14), "place": "Akalla grundskola"}
    return begin(Screening(team=team, responsible=worker, **when), by=worker).obj


def _ask(
    meeting: Any, author: Any, school: Organisation, stage: str, band: str, question: str
) -> Any:
    more: dict[str, Any] = {"stage": stage, "band": band, "question": question}
    return perform(meeting.ask, by=author, school=school, author=author, **more).obj
