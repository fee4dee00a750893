"""Effects outside the database: promised in the transaction that causes them, kept afterwards.

`add` writes a row with the move. A task sends it once the transaction is there; a sweep sends
what was lost on the way. A handler may be called again after a crash, so it must be idempotent.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Q

from accounts import clock
from history.models import Outgoing

# How long a claim is believed before somebody else may try, and how long between tries.
CLAIM = timedelta(minutes=5)
TRIES = 8

Handler = Callable[[Outgoing], None]
_handlers: dict[str, Handler] = {}


def handler(kind: str) -> Callable[[Handler], Handler]:
    """Register what keeps promises of one kind; it gets the row, whose payload holds ids only."""

    def register(function: Handler) -> Handler:
        if kind in _handlers:
            raise RuntimeError(f"Utkorgen har redan någon för {kind}.")
        _handlers[kind] = function
        return function

    return register


def add(kind: str, *, key: str, due: datetime | None = None, **ids: Any) -> Outgoing | None:
    """Promise an effect, once per key; None when it was promised before."""
    if not connection.in_atomic_block:
        raise RuntimeError("Det som ska ut skrivs i samma transaktion som det som orsakar det.")
    if Outgoing.objects.filter(key=key).exists():
        return None
    row = Outgoing.objects.create(kind=kind, key=key, due=due or clock.now(), payload=ids)
    transaction.on_commit(lambda: _hand_over(row.pk), robust=True)
    return row


def _hand_over(pk: int) -> None:
    from history.tasks import send  # noqa: PLC0415 -- the task imports this module

    send.delay(pk)


def waiting(now: datetime) -> list[int]:
    """What is due, not sent and claimed by nobody at work."""
    free = Q(claimed=None) | Q(claimed__lt=now - CLAIM)
    rows = Outgoing.objects.filter(free, sent=None, due__lte=now, tries__lt=TRIES)
    return list(rows.order_by("due", "pk").values_list("pk", flat=True)[:500])


def send(pk: int) -> bool:
    """Keep one promise, unless it is kept or somebody is at it; whether this call kept it."""
    now = clock.now()
    free = Q(claimed=None) | Q(claimed__lt=now - CLAIM)
    claimed = Outgoing.objects.filter(free, pk=pk, sent=None, due__lte=now).update(claimed=now)
    if not claimed:
        return False
    row = Outgoing.objects.get(pk=pk)
    try:
        _handlers[row.kind](row)
    except Exception as error:
        # Only the kind of fault is kept: its words may hold what a row must not.
        later = now + timedelta(minutes=2**row.tries)
        Outgoing.objects.filter(pk=pk).update(
            claimed=None, tries=row.tries + 1, due=later, fault=type(error).__name__
        )
        return False
    Outgoing.objects.filter(pk=pk).update(sent=clock.now(), fault="")
    return True
