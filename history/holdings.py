"""What a person can hold, told by each room that knows of something: so that nothing is left
without anybody when they leave. Rooms register; `workflows.leaving` hands everything on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from accounts.models import LEADERS, Membership, Organisation


@dataclass(frozen=True)
class Holding:
    """One way of holding something.

    `rows`: what is open, whoever holds it; `field`: the foreign key to the holder's membership.
    `side`: the organisation whose it is, where a successor works. `cover`: the clock's move when
    the holder is gone, to the deputy, else the leader; returns who has it meanwhile, None when
    nobody is left. `hand_on`: one move through the door by whoever decides; None where a new one
    is named in another way. `follow`: the clock's move where another organisation has taken over and
    the same person has the same role there: it stays theirs, and nobody has left. `pupils`: about a
    pupil, so that the side's own leader decides and an administrator sees a number; else the
    administrator does. `telephone`: the number it is answered at, where whoever takes over must have
    one; `hand_on` then takes `phone`, if it is another.
    """

    key: str
    label: Any
    rows: Callable[[], QuerySet[Any]]
    field: str
    side: Callable[[Any], Organisation]
    cover: Callable[[Any, Membership], Membership | None]
    hand_on: Callable[..., None] | None
    pupils: bool = True
    reference: Callable[[Any], str] = lambda obj: getattr(obj, "reference", "")
    follow: Callable[[Any, Membership], None] | None = None
    telephone: Callable[[Any], str] | None = None

    def by(self, holders: Any) -> QuerySet[Any]:
        """The open rows these memberships hold."""
        return self.rows().filter(**{f"{self.field}__in": holders}).order_by("pk")


_known: dict[str, Holding] = {}


def register(holding: Holding) -> None:
    """Called once for each, when its room starts."""
    if holding.key in _known:
        raise RuntimeError(f"Någon håller redan reda på {holding.key}.")
    _known[holding.key] = holding


def every() -> list[Holding]:
    return list(_known.values())


def one(key: str) -> Holding:
    return _known[key]


def leaders(organisation: Organisation) -> QuerySet[Membership]:
    """Unit manager or principal there today: their own first, then those who stand in."""
    there = Membership.objects.in_force().filter(organisation=organisation, role__in=LEADERS)
    return there.select_related("user").order_by("stands_in_for", "pk")


def stand_in(
    organisation: Organisation, gone: Membership, *first: Membership | None
) -> Membership | None:
    """Who has it meanwhile: the first of those named who is still there, else the leader."""
    for person in first:
        if person is not None and person.pk != gone.pk and person.in_force:
            return person
    return leaders(organisation).exclude(pk=gone.pk).filter(stands_in_for=None).first()


def second(
    organisation: Organisation, gone: Membership, responsible: Membership, *first: Membership | None
) -> Membership:
    """A deputy beside the responsible: the one named, the leader, or any colleague of theirs; the
    responsible alone when nobody else is there."""
    for person in first:
        if person is not None and person.pk not in (gone.pk, responsible.pk) and person.in_force:
            return person
    there = Membership.objects.in_force().filter(organisation=organisation, stands_in_for=None)
    there = there.exclude(pk__in=(gone.pk, responsible.pk))
    leader = there.filter(role__in=LEADERS).order_by("pk").first()
    return leader or there.order_by("pk").first() or responsible
