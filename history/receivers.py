"""What follows from a concluded check of the log: the next one, with its day."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver

from history import legal
from history.door import moved, then
from history.models import CheckStatus, Event, Living, LogCheck


@receiver(moved, sender=LogCheck)
def plan_the_next(sender: type[Living], *, obj: LogCheck, event: Event, **kwargs: Any) -> None:
    """As soon as one is concluded, unless another already waits."""
    waiting = LogCheck.objects.filter(organisation=obj.organisation).exclude(
        status=CheckStatus.CONCLUDED
    )
    if obj.status == CheckStatus.CONCLUDED and not waiting.exists():
        then(obj.next_one(legal.limit("log.check_interval")), because=event)
