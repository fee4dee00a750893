"""What the school year asks of an open case besides its own work: the summer, and leaving.

Asked from a day in spring and due before the term ends, as the case's one dated next step,
whenever it comes before the step the case stands in. Days are (month, day) of any year.
"""

from __future__ import annotations

from datetime import date

from accounts import clock
from referrals.choices import WORKING, CaseStatus
from referrals.models import Case

# The summer line is asked for from the first of May and due well before the term ends.
ASKED_FROM = (5, 1)
SUMMER_DUE = (6, 1)
LEAVING_DUE = (6, 8)
# Until the autumn term begins a pupil of year 9 is still the one who has just left it.
ASKED_UNTIL = (8, 15)
LAST_GRADE = 9
STEPS = ("summer", "leave_year_9", "outgrown")
CASES = (*WORKING, CaseStatus.TRANSFERRING)


def asked_now(today: date | None = None) -> bool:
    today = today or clock.today()
    return ASKED_FROM <= (today.month, today.day) <= ASKED_UNTIL


def step_of(case: Case) -> tuple[str, date] | None:
    """The first thing the year asks of this case and has no answer to, and by when."""
    if case.status not in CASES:
        return None
    found = [each for each in (_outgrown(case), _leaving(case), _summer(case)) if each]
    return min(found, key=lambda each: each[1]) if found else None


def _summer(case: Case) -> tuple[str, date] | None:
    today = clock.today()
    if not asked_now() or (case.summer_until and case.summer_until.year == today.year):
        return None
    return "summer", date(today.year, *SUMMER_DUE)


def _leaving(case: Case) -> tuple[str, date] | None:
    """Close, or go on until a day with the new school in the consent."""
    today = clock.today()
    leaves = case.pupil.grade == LAST_GRADE and case.programme.grade_to == LAST_GRADE
    decided = case.goes_on_until is not None and case.goes_on_until > today
    return (
        ("leave_year_9", date(today.year, *LEAVING_DUE))
        if leaves and asked_now() and not decided
        else None
    )


def _outgrown(case: Case) -> tuple[str, date] | None:
    """A programme by age (SkolFam: 6 to 12) ends when the pupil has grown out of it."""
    limit = case.programme.age_to
    age = case.pupil.age() if limit is not None else None
    if limit is None or age is None or age <= limit:
        return None
    born = date.fromisoformat(case.pupil.birth_date.open())
    return "outgrown", _birthday(born, limit + 1)


def _birthday(born: date, age: int) -> date:
    """The day somebody turns so old; for the 29th of February the day after, in other years."""
    try:
        return born.replace(year=born.year + age)
    except ValueError:
        return date(born.year + age, 3, 1)
