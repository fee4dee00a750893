"""Whose turn it is with the money, and who is told of what has become of it."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.dispatch import receiver

from collaboration.choices import OPEN_FUNDING, AnswerStatus
from collaboration.models import FundingAnswer, FundingApplication
from history.door import moved
from history.models import Event, Living
from workflows import notices
from workflows.models import Turn
from workflows.receivers import keep_plain_turn


@receiver(moved, sender=FundingAnswer)
def all_stand_behind_it(
    sender: type[Living], *, obj: FundingAnswer, event: Event, **kwargs: Any
) -> None:
    """What the district has to do next depends on what the principals have said."""
    of = FundingApplication.objects.get(pk=obj.application_id)
    keep_plain_turn(of)


@receiver(moved, sender=FundingApplication)
def the_next_year_waits(
    sender: type[Living], *, obj: FundingApplication, event: Event, **kwargs: Any
) -> None:
    """What one year leaves is decided on in the next."""
    for after in obj.following():
        keep_plain_turn(after)


@receiver(moved, sender=FundingApplication)
def tell_of_money(
    sender: type[Living], *, obj: FundingApplication, event: Event, **kwargs: Any
) -> None:
    """Those who are to decide, once it is sent; those who stand behind it, once it is decided."""
    if event.move == "submit":
        notices.tell(obj.people(), "money_sent", f"money:{event.pk}", obj)
    if event.move in ("grant", "reject", "decide_carry"):
        behind = [row.answered_by for row in obj.answers.filter(status="joined").order_by("pk")]
        to = sorted({one for one in (obj.responsible, *behind) if one}, key=lambda one: one.pk)
        notices.tell(to, "money_decided", f"money:{event.pk}", obj)


@receiver(moved, sender=FundingAnswer)
def tell_of_the_principals(
    sender: type[Living], *, obj: FundingAnswer, event: Event, **kwargs: Any
) -> None:
    """The principal who is asked, or asked anew; the district, of a no, and when all stand behind."""
    of = obj.application
    asked = {"ask": "money_ask", "ask_again": "money_changed"}
    if event.move in asked and obj.responsible is not None:
        notices.tell([obj.responsible], asked[event.move], f"answer:{event.pk}", obj)
    if event.move == "decline":
        notices.tell([of.responsible], "money_declined", f"answer:{event.pk}", of)
    if event.move == "join" and of.all_are_behind():
        notices.tell([of.responsible], "money_ready", f"answer:{event.pk}", of)


def keep_turns() -> int:
    """A year that has ended is told of by its final report, whatever became of July's; and who leads
    a school, or decides, may be somebody else than when the turn began."""
    told = ("step", "due", "side_id", "responsible_id", "deputy_id")
    waiting: list[FundingApplication | FundingAnswer] = [
        *FundingApplication.objects.filter(status__in=OPEN_FUNDING),
        *FundingAnswer.objects.filter(status=AnswerStatus.ASKED),
    ]
    changed = 0
    for obj in waiting:
        turns = Turn.objects.open().filter(object_uuid=obj.uuid)
        before = list(turns.values_list(*told))
        with transaction.atomic():
            keep_plain_turn(obj)
        changed += before != list(turns.values_list(*told))
    return changed
