"""Looks that an auditor should look at: each pattern in a fixed number of queries, however long the log.

A pattern is nothing but a reason to ask: the people it names may have done exactly what they should.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from secrets import SystemRandom
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Count, Max, Min, Q, QuerySet
from django.db.models.functions import TruncHour

import vault
from accounts.models import Membership, Role, User
from history import legal
from history.directory import directory
from history.models import AccessEntry, CheckMethod, Outcome, Seen

# Before and after these hours, local time, and on Saturdays and Sundays, looks are unusual.
MORNING, EVENING = 6, 20
WEEKEND = (1, 7)
MOST = 100  # looks drawn for one check of a pattern


@dataclass(frozen=True)
class Period:
    """Whole days here, both included."""

    first: date
    last: date

    def of(self, rows: QuerySet[AccessEntry]) -> QuerySet[AccessEntry]:
        zone = ZoneInfo(settings.TIME_ZONE)
        start = datetime.combine(self.first, time(), zone)
        end = datetime.combine(self.last + timedelta(days=1), time(), zone)
        return rows.filter(at__gte=start, at__lt=end)


@dataclass(frozen=True)
class Found:
    """One person in one pattern: how often, and which looks."""

    method: CheckMethod
    membership: int
    times: int
    entries: Q


def one_by_one(rows: QuerySet[AccessEntry]) -> QuerySet[AccessEntry]:
    """Looks at one pupil; a list shows many, and is opened by everybody every day."""
    return rows.filter(outcome=Outcome.SHOWN, pupils=1, membership__isnull=False)


def many(rows: QuerySet[AccessEntry]) -> list[Found]:
    """More different pupils, one by one, within an hour than the limit."""
    limit = legal.limit("log.many_pupils")
    hours = (
        one_by_one(rows)
        .values("membership", hour=TruncHour("at"))
        .annotate(n=Count("seen__pupil_uuid", distinct=True))
        .filter(n__gt=limit)
        .order_by("membership", "hour")
    )
    found: dict[int, tuple[int, Q]] = {}
    for row in hours:
        most, entries = found.get(row["membership"], (0, Q(pk__in=())))
        span = Q(at__gte=row["hour"], at__lt=row["hour"] + timedelta(hours=1))
        found[row["membership"]] = (max(most, row["n"]), entries | span)
    return [
        Found(CheckMethod.MANY, who, times, Q(membership=who, pupils=1) & entries)
        for who, (times, entries) in found.items()
    ]


def hours(rows: QuerySet[AccessEntry]) -> list[Found]:
    """Pupils looked at by night or at the weekend."""
    odd = Q(at__hour__lt=MORNING) | Q(at__hour__gte=EVENING) | Q(at__week_day__in=WEEKEND)
    counted = rows.filter(odd, outcome=Outcome.SHOWN, pupils__gte=1, membership__isnull=False)
    return _counted(CheckMethod.HOURS, counted, odd & Q(outcome=Outcome.SHOWN, pupils__gte=1))


def refused(rows: QuerySet[AccessEntry]) -> list[Found]:
    """Many tries at what was not theirs."""
    limit = legal.limit("log.refused")
    counted = rows.filter(outcome=Outcome.REFUSED, membership__isnull=False)
    found = _counted(CheckMethod.REFUSED, counted, Q(outcome=Outcome.REFUSED))
    return [one for one in found if one.times >= limit]


def glass(rows: QuerySet[AccessEntry]) -> list[Found]:
    """Every look behind broken glass: each is to be reviewed."""
    behind = Q(seen__ground__startswith="break")
    counted = rows.filter(behind, membership__isnull=False).distinct()
    return _counted(CheckMethod.GLASS, counted, behind)


def _counted(method: CheckMethod, rows: QuerySet[AccessEntry], entries: Q) -> list[Found]:
    counted = rows.values("membership").annotate(n=Count("pk", distinct=True)).order_by("-n")
    return [
        Found(method, row["membership"], row["n"], Q(membership=row["membership"]) & entries)
        for row in counted
    ]


def _pairs(rows: QuerySet[AccessEntry]) -> list[tuple[int, UUID, int]]:
    """Who has looked at whom, one pupil at a time: (membership, pupil, times)."""
    looks = Seen.objects.filter(entry__in=rows.values("pk"))
    counted = looks.values("entry__membership", "pupil_uuid").annotate(n=Count("pk"))
    return [(row["entry__membership"], row["pupil_uuid"], row["n"]) for row in counted]


def unnamed(rows: QuerySet[AccessEntry]) -> list[Found]:
    """Pupils opened by somebody who is not, and has not been, named for them."""
    workers = one_by_one(rows).filter(role__in=(Role.SCHOOL, Role.TEAM))
    pairs = _pairs(workers)
    named = directory().named({pupil for _who, pupil, _n in pairs})
    odd = [(who, pupil, n) for who, pupil, n in pairs if (pupil, who) not in named]
    return _by_pupils(CheckMethod.UNNAMED, odd)


def family(rows: QuerySet[AccessEntry]) -> list[Found]:
    """Readers who share a family name with the pupil, are its guardian, or work with one."""
    pairs = _pairs(one_by_one(rows))
    readers = Membership.objects.filter(pk__in={who for who, _pupil, _n in pairs})
    people = {m.pk: m for m in readers.select_related("user")}
    names = {pk: vault.name_parts(m.user.last_name) for pk, m in people.items()}
    same_name = directory().with_name_parts({index for parts in names.values() for index in parts})
    children = _children_at({m.organisation_id for m in people.values()})
    odd = []
    for who, pupil, n in pairs:
        reader = people[who]
        related = any(pupil in same_name.get(index, ()) for index in names[who])
        if related or pupil in children[reader.organisation_id]:
            odd.append((who, pupil, n))
    return _by_pupils(CheckMethod.FAMILY, odd)


def _children_at(organisations: set[int]) -> dict[int, set[UUID]]:
    """Pupils with a guardian who works there: the same e-mail address in both places."""
    rows = User.objects.filter(memberships__organisation__in=organisations).exclude(email="")
    found: dict[int, set[UUID]] = defaultdict(set)
    signs: dict[str, set[int]] = defaultdict(set)
    for email, place in rows.values_list("email", "memberships__organisation").distinct():
        signs[vault.index("contact.email", email.strip().casefold())].add(place)
    for sign, pupils in directory().with_guardians(signs).items():
        for place in signs[sign]:
            found[place] |= pupils
    return found


def _by_pupils(method: CheckMethod, odd: list[tuple[int, UUID, int]]) -> list[Found]:
    pupils: dict[int, list[UUID]] = defaultdict(list)
    times: dict[int, int] = defaultdict(int)
    for who, pupil, n in odd:
        pupils[who].append(pupil)
        times[who] += n
    return [
        Found(method, who, times[who], Q(membership=who, pupils=1, seen__pupil_uuid__in=seen[:500]))
        for who, seen in sorted(pupils.items(), key=lambda pair: -times[pair[0]])
    ]


PATTERNS: dict[CheckMethod, Callable[[QuerySet[AccessEntry]], list[Found]]] = {
    CheckMethod.FAMILY: family,
    CheckMethod.MANY: many,
    CheckMethod.HOURS: hours,
    CheckMethod.REFUSED: refused,
    CheckMethod.UNNAMED: unnamed,
    CheckMethod.GLASS: glass,
}


def sample(rows: QuerySet[AccessEntry], size: int) -> list[AccessEntry]:
    """Looks drawn at random, each as likely as another; all of them when there are fewer."""
    looks = rows.filter(outcome__in=(Outcome.SHOWN, Outcome.REFUSED), membership__isnull=False)
    ends: dict[str, Any] = looks.aggregate(low=Min("position"), high=Max("position"))
    if ends["low"] is None:
        return []
    low, high = ends["low"], ends["high"]
    if high - low < 20 * size:
        found = list(looks)
        return SystemRandom().sample(found, min(size, len(found)))
    drawn: dict[int, AccessEntry] = {}
    for _try in range(20):
        wanted = [SystemRandom().randint(low, high) for _n in range(4 * size)]
        hits = {entry.position: entry for entry in looks.filter(position__in=wanted)}
        drawn |= {place: hits[place] for place in wanted if place in hits}
        if len(drawn) >= size:
            break
    return list(drawn.values())[:size]


def drawn(
    method: str, rows: QuerySet[AccessEntry], membership: int | None = None
) -> list[AccessEntry]:
    """The looks to judge in one check, newest first; of one person when one is asked for."""
    if method == CheckMethod.SAMPLE:
        return sample(rows, legal.limit("log.sample"))
    found = PATTERNS[CheckMethod(method)](rows)
    wanted = Q(pk__in=())
    for one in found:
        if membership in (None, one.membership):
            wanted |= one.entries
    return list(rows.filter(wanted).distinct().order_by("-position")[:MOST])
