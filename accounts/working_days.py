"""Working days as Swedish municipalities count them; legal times are calendar days, not here."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from functools import lru_cache

import holidays

_DAY = timedelta(days=1)


@lru_cache(maxsize=32)
def free_days(year: int) -> frozenset[date]:
    """The year's holidays on any day of the week, and the eves when municipal offices are closed."""
    found = holidays.country_holidays(
        "SE", years=year, include_sundays=False, language="sv", categories=("public", "de_facto")
    )
    return frozenset(found)


def is_working_day(day: date) -> bool:
    return day.weekday() < 5 and day not in free_days(day.year)


# `counts` says which days are counted: here working days, in `school_days` fewer.


def add(day: date, count: int, counts: Callable[[date], bool] = is_working_day) -> date:
    """The count-th working day after `day`; for 0 the day itself or the first working day after."""
    step = day
    while count > 0 or not counts(step):
        step += _DAY
        if counts(step):
            count -= 1
    return step


def back(day: date, count: int, counts: Callable[[date], bool] = is_working_day) -> date:
    """The count-th working day before `day`."""
    step = day
    while count > 0:
        step -= _DAY
        if counts(step):
            count -= 1
    return step


def between(first: date, last: date, counts: Callable[[date], bool] = is_working_day) -> int:
    """Working days after `first` up to and with `last`; negative when `last` comes first."""
    if last < first:
        return -between(last, first, counts)
    days = (first + _DAY * n for n in range(1, (last - first).days + 1))
    return sum(counts(day) for day in days)
