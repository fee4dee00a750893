"""What the auditor meets: looks at pupils over the last weeks, one check made and the next one due."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from accounts import clock, working_days
from accounts.models import Membership, Role
from config.demo.municipality import Town
from config.demo.stories import ZONE
from history import patterns
from history.door import begin, perform
from history.models import AccessEntry, CheckMethod, LogCheck
from history.reading import let_out, seen
from referrals.models import Case


def tell(town: Town) -> None:
    """Looks by those who work in the cases, by night and by one who is not named; then a check."""
    today = clock.today()
    cases = list(Case.objects.select_related("pupil", "responsible", "deputy").order_by("pk")[:24])
    for n, case in enumerate(cases):
        day = working_days.add(today - timedelta(days=50 - 2 * n), 0)
        _look(case.responsible, case, datetime.combine(min(day, today), time(8 + n % 8, 10), ZONE))
    colleague, auditor = town.people["team2"], town.people["granskare"]
    late = datetime.combine(today - timedelta(days=3), time(22, 40), ZONE)
    _look(cases[0].responsible, cases[0], late)
    others = [case for case in cases if case.team_id == colleague.organisation_id]
    for n, case in enumerate(others[:3]):
        _look(colleague, case, late - timedelta(days=n, hours=9))
    _check(auditor, today - timedelta(days=28))


def _look(actor: Membership, case: Case, moment: datetime) -> None:
    with clock.at(min(moment, datetime.now(ZONE))):
        let_out("case", actor, lambda: seen(case.pupil.uuid, case.ground_in_force() or "own"))


def _check(auditor: Membership, day: date) -> None:
    moment = datetime.combine(day, time(9), ZONE)
    with clock.at(moment):
        check = begin(
            LogCheck(organisation=auditor.organisation, due=clock.today()), by=auditor
        ).obj
        period = patterns.Period(clock.today() - timedelta(days=30), clock.today())
        rows = period.of(AccessEntry.objects.filter(role__in=(Role.TEAM, Role.MANAGER)))
        check = perform(
            check.draw,
            by=auditor,
            whose=auditor,
            period_from=period.first,
            period_to=period.last,
            entries=patterns.drawn(CheckMethod.SAMPLE, rows)[:8],
        ).obj
        verdicts = {row.pk: ("expected", "") for row in check.rows.all()}
        check = perform(check.judge, by=auditor, verdicts=verdicts).obj
        perform(
            check.conclude, by=auditor, result="nothing", words="Alla läsningar hör till arbetet."
        )
