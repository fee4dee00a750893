"""Which days a term's meetings are proposed on: school days, ahead, and apart from each other."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date, timedelta

from accounts import clock, school_days
from collaboration import terms
from collaboration.choices import Level
from collaboration.models.forum import INVITE_BEFORE

# The four levels keep apart: so much of the term before or after the day spread alone would give.
SHIFT: dict[str, float] = {
    Level.STEERING_GROUP: -0.12,
    Level.TRANSITION_FORUM: -0.06,
    Level.LOCAL_FORUM: 0,
    Level.MANAGER_FORUM: 0.12,
}


def of(term: terms.Term) -> list[date]:
    """The days of a term that meetings may be on."""
    return _school_days(*term.meets)


def ahead(term: terms.Term) -> list[date]:
    """Those of them that an invitation still reaches in time."""
    first, last = term.meets
    return _school_days(max(first, earliest()), last)


def earliest() -> date:
    """The first day somebody who is called today has known of for as long as they should."""
    return clock.today() + timedelta(days=INVITE_BEFORE)


def _school_days(first: date, last: date) -> list[date]:
    counts = school_days.counted()
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return [day for day in days if counts(day)]


def spread(
    days: Sequence[date],
    count: int,
    *,
    level: str,
    own: Iterable[date] = (),
    taken: Collection[date | None] = (),
) -> list[date | None]:
    """So many of the days, evenly apart from each other and from the forum's `own`; none that is
    taken. What there is no day for comes last, as None."""
    near = [day for day in own if days and days[0] <= day <= days[-1]]
    total = count + len(near)
    wished = [_at(days, (n + 1) / (total + 1) + SHIFT[level]) for n in range(total)] if days else []
    for day in near:
        wished.remove(min(wished, key=lambda wish: abs(wish - day)))
    free, found = [day for day in days if day not in taken], []
    for wish in wished:
        if free:
            day = min(free, key=lambda one: abs(one - wish))
            free.remove(day)
            found.append(day)
    return [*sorted(found), *[None] * (count - len(found))]


def _at(days: Sequence[date], part: float) -> date:
    return days[round(min(max(part, 0), 1) * (len(days) - 1))]
