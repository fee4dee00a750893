"""Who has had a school's posts, on a day that was, through time, and on a day to come."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from accounts import clock
from accounts.models import Organisation
from collaboration.choices import COMING_CONTACT, ContactStatus, Post
from collaboration.models import ContactAssignment

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Span:
    """Somebody held a post, or nobody did, from a day to a last day; None while it goes on."""

    row: ContactAssignment
    since: date
    last: date | None
    vacant: bool = False

    @property
    def who(self) -> str:
        return "" if self.vacant or self.row.person is None else self.row.person.name


def spans(rows: Iterable[ContactAssignment]) -> list[Span]:
    """By post, the newest first; a vacancy is a span of its own after whoever left it."""
    found: list[Span] = []
    for row in rows:
        begins, ends = row.held_from, row.held_until
        if begins is None:
            continue
        empty = row.vacant_since
        if empty is not None:
            found.append(_span(row, empty, ends, vacant=True))
        if row.person is not None:
            found.append(_span(row, begins, empty or ends))
    return [one for one in found if one.last is None or one.last >= one.since]


def _span(row: ContactAssignment, since: date, until: date | None, *, vacant: bool = False) -> Span:
    return Span(row, since, until - DAY if until else None, vacant)


def planned(school: Organisation, day: date) -> list[dict[str, Any]]:
    """Who is to have each post on a day to come, as far as it is known today."""
    rows = ContactAssignment.objects.filter(school=school).select_related("person__user")
    held = {row.post: row for row in rows.now()}
    coming = {row.post: row for row in rows.filter(status__in=COMING_CONTACT)}
    found = []
    for post in Post:
        now, then = held.get(post), coming.get(post)
        if then is not None and max(then.since, clock.today()) <= day:
            found.append({"label": post.label, "row": then, "who": then.person})
        elif now is not None:
            ends = now.ends_after
            there = now.status == ContactStatus.ACTIVE and not (ends and ends < day)
            found.append({"label": post.label, "row": now, "who": now.person if there else None})
    return found
