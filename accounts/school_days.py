"""School days: working days outside the breaks the municipality has put in.

What the school must do is counted in them, and so are the days absence is measured over (design
section 3). What a team or a receiver must do goes by working days; legal times by the calendar.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from accounts import working_days
from accounts.models import SchoolBreak


def counted() -> Callable[[date], bool]:
    """Whether a day is a school day, by the breaks as they stand now; one question for many days."""
    breaks = list(SchoolBreak.objects.values_list("first", "last"))

    def is_school_day(day: date) -> bool:
        free = any(first <= day <= last for first, last in breaks)
        return working_days.is_working_day(day) and not free

    return is_school_day


def add(day: date, count: int) -> date:
    """The count-th school day after `day`."""
    return working_days.add(day, count, counted())


def before(day: date, count: int) -> tuple[date, date]:
    """The first and the last of the so many school days before `day`."""
    counts = counted()
    return working_days.back(day, count, counts), working_days.back(day, 1, counts)
