"""A worker leaves today: nothing they held is left without anybody, and nothing is forgotten.

The sign-in is closed before this begins and never waits for it. Everything here asks where things
stand now, so it can be run at any time, twice, or late.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import uuid4

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.dispatch import receiver
from django.http import Http404
from django.utils.translation import gettext as _

from accounts import changes, clock, following, working_days
from accounts.models import CLOCK, Actor, Membership, Role, User
from history import holdings, outbox
from history.door import Conflict, begin, moved, perform, then, together
from history.models import Event, Outgoing
from workflows import notices
from workflows.models import Leaving, Turn, Vacancy
from workflows.vacancies import decides

# After how many working days a vacancy is alarmed, and escalated.
ALARM, ESCALATE = 1, 5
# What a thing is called on the page, in so many characters (the vacancy's own column).
REFERENCE = 40
# What the door answers when somebody else was first; the next sweep tries again.
NOT_NOW = (Conflict, ValidationError, PermissionDenied, Http404, IntegrityError)
# Changes after which somebody may have left something.
CAUSES = ("person.closed", "role.ended", "organisation.closed", "organisation.wound_up")


@receiver(changes.changed)
def promise_to_cover(what: str, **kwargs: Any) -> None:
    if what in CAUSES:
        outbox.add("leaving", key=f"leaving:{uuid4()}")


@outbox.handler("leaving")
def cover_by_promise(promise: Outgoing) -> None:
    sweep()


def gone() -> Any:
    """Roles that have ended, and roles of those whose sign-in is closed."""
    ended = Q(until__lte=clock.today()) | Q(user__is_active=False)
    return Membership.objects.filter(ended)


def sweep() -> int:
    """Cover all that is held by somebody who is gone; how many things were. First what its holder
    keeps: who went over to the organisation that took over has not left."""
    Turn.objects.open().filter(taken_by__in=gone()).update(taken_by=None)
    covered = 0
    for holding in holdings.every():
        if holding.follow is not None:
            for obj in holding.by(following.moved_on()):
                covered += go_over(holding, obj)
        for obj in holding.by(gone()):
            covered += cover(holding, obj)
    return covered


def go_over(holding: holdings.Holding, obj: Any) -> bool:
    """Let the same person's new role have it; False where there is none, or it could not be moved."""
    left = _holder(holding, obj)
    own = following.role_after(left)
    if own is None or holding.follow is None:
        return False
    try:
        with together(obj):
            row = holding.rows().filter(pk=obj.pk, **{holding.field: left}).first()
            if row is None:
                return False
            holding.follow(row, own)
    except NOT_NOW:
        return False
    return True


def _holder(holding: holdings.Holding, obj: Any) -> Membership:
    rows = Membership.objects.select_related("user", "organisation__successor")
    return rows.get(pk=getattr(obj, f"{holding.field}_id"))


def cover(holding: holdings.Holding, obj: Any) -> bool:
    """Let the deputy, else the leader, have it meanwhile, and leave a vacancy; False when it is
    covered already or could not be moved (the next sweep tries again)."""
    left = _holder(holding, obj)
    if Vacancy.objects.filter(holding=holding.key, object_id=obj.pk, left=left).exists():
        return False
    leaving = _leaving(left.user)
    try:
        with together(leaving, obj):
            row = holding.rows().filter(pk=obj.pk, **{holding.field: left}).first()
            if row is None:
                return False
            side = holding.side(row)
            keeper = holding.cover(row, left)
            vacancy = Vacancy(
                leaving=leaving,
                holding=holding.key,
                object_id=obj.pk,
                reference=holding.reference(row)[:REFERENCE],
                left=left,
                organisation=side,
                pupils=holding.pupils,
                keeper=keeper,
            )
            begin(vacancy, by=CLOCK)
            if keeper is not None:
                notices.tell([keeper], "turn", f"covering:{leaving.uuid}", row)
            deciders = holdings.leaders(side) if holding.pupils else _deciders(vacancy)
            notices.tell(deciders, "vacancy", f"vacancy:{leaving.uuid}:{leaving.began}", leaving)
    except NOT_NOW:
        return False
    return True


def _leaving(person: User) -> Leaving:
    """The person's hand-over under way, or a new one."""
    found = Leaving.objects.filter(person=person, status="open").first()
    return found or begin(Leaving(person=person), by=CLOCK).obj


@receiver(moved, sender=Vacancy)
def finish_when_all_is_decided(obj: Vacancy, event: Event, **kwargs: Any) -> None:
    leaving = Leaving.objects.get(pk=obj.leaving_id)
    if event.move != obj.birth and leaving.status == "open" and leaving.all_decided():
        then(leaving.finish, because=event)


def telephones(vacancies: Iterable[Vacancy]) -> dict[int, str]:
    """The number each is answered at, by the vacancy's key, of those that need one."""
    found: dict[int, str] = {}
    for holding in holdings.every():
        mine = [one for one in vacancies if one.holding == holding.key]
        if holding.telephone is None or not mine:
            continue
        objs = holding.rows().model.objects.in_bulk([one.object_id for one in mine])
        found |= {one.pk: holding.telephone(objs[one.object_id]) for one in mine}
    return found


def fill(vacancy: Vacancy, successor: Membership, by: Actor, *, phone: str = "") -> None:
    """Hand the thing itself on and close the vacancy: both or neither; raises as the door does."""
    holding = holdings.one(vacancy.holding)
    if holding.hand_on is None:
        raise ValidationError({"successor": _("Det här lämnas över på sin egen sida.")})
    obj = _object(holding, vacancy)
    with together(vacancy, obj):
        perform(vacancy.fill, by=by, successor=successor)
        more = {"phone": phone} if holding.telephone else {}
        holding.hand_on(obj, successor, by, **more)


def _object(holding: holdings.Holding, vacancy: Vacancy) -> Any:
    return holding.rows().model.objects.get(pk=vacancy.object_id)


def candidates(vacancy: Vacancy) -> Any:
    """Those who could take over: who works in the same place as whoever left, or where its tasks
    are now; what is no pupil's, also whoever works where the thing belongs."""
    place = vacancy.left.organisation
    places = {place.pk, place.heir.pk}
    if not vacancy.pupils:
        places.add(vacancy.organisation.heir.pk)
    there = Membership.objects.in_force().filter(organisation__in=places, stands_in_for=None)
    return there.exclude(pk=vacancy.left_id).select_related("user").order_by("user__first_name")


def alarm() -> int:
    """Day 1: those who decide. Day 5, and when a date set has passed: one step further up."""
    today, told = clock.today(), 0
    waiting = Vacancy.objects.waiting().select_related("leaving", "organisation__parent")
    for vacancy in waiting:
        late = working_days.between(vacancy.until or vacancy.leaving.began, today)
        overdue = vacancy.until is not None
        if late < ALARM and not overdue:
            continue
        key = f"{vacancy.leaving.uuid}:{vacancy.until or vacancy.leaving.began}"
        with transaction.atomic():
            told += notices.tell(_deciders(vacancy), "vacancy", f"alarm:{key}", vacancy.leaving)
            if late >= ESCALATE:
                above = _above(vacancy)
                told += notices.tell(above, "vacancy_late", f"late:{key}", vacancy.leaving)
    return told


def _deciders(vacancy: Vacancy) -> list[Membership]:
    return list(decides.holders(vacancy).order_by("pk"))


def _above(vacancy: Vacancy) -> list[Membership]:
    """The district manager and the administrators: a number and a link, no pupil."""
    district = vacancy.organisation.heir.district
    up = Q(role=Role.ADMIN)
    if district is not None:
        up |= Q(role=Role.DISTRICT, organisation=district.heir)
    return list(Membership.objects.in_force().filter(up).order_by("pk"))
