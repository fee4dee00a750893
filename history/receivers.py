"""What the rooms below tell of themselves goes on the same chain; a check concluded plans the next."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import transaction
from django.dispatch import receiver

from accounts import changes
from accounts.models import Actor
from history import legal
from history.door import moved, then
from history.models import CheckStatus, Event, Living, LogCheck, Outcome
from history.reading import Look, note_change, write


@receiver(changes.changed)
def put_a_change_on_the_chain(
    by: Actor | None, what: str, subject: UUID | None, reason: str = "", **kwargs: Any
) -> None:
    note_change(by, what, subject, reason)


@receiver(changes.refused)
def put_a_refusal_on_the_chain(what: str, subject: UUID | None, **kwargs: Any) -> None:
    with transaction.atomic():
        write(Look(what, None, subject), Outcome.REFUSED)


@receiver(moved, sender=LogCheck)
def plan_the_next(sender: type[Living], *, obj: LogCheck, event: Event, **kwargs: Any) -> None:
    """As soon as one is concluded, unless another already waits."""
    waiting = LogCheck.objects.filter(organisation=obj.organisation).exclude(
        status=CheckStatus.CONCLUDED
    )
    if obj.status == CheckStatus.CONCLUDED and not waiting.exists():
        then(obj.next_one(legal.limit("log.check_interval")), because=event)
