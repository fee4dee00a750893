"""One counter and one lock between those who read about pupils and whatever closes a door."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction
from django.db.models import F

from accounts.models import Epoch

# An arbitrary number of our own for PostgreSQL's advisory locks: "wall" as four bytes.
LOCK = 0x77616C6C


def epoch() -> int:
    """How many times a door has been closed."""
    return Epoch.objects.values_list("number", flat=True).first() or 0


def raise_epoch() -> None:
    """Close: wait for every page on its way out, hold back the next; inside a transaction."""
    if not connection.in_atomic_block:
        raise RuntimeError("En dörr stängs i samma transaktion som det som stänger den.")
    if connection.vendor == "postgresql":
        _lock("pg_advisory_xact_lock")
    if not Epoch.objects.update(number=F("number") + 1):
        Epoch.objects.create(number=1)


@contextmanager
def shared() -> Iterator[None]:
    """A short transaction in which no door closes. SQLite has one writer, so it needs no lock."""
    with transaction.atomic():
        if connection.vendor == "postgresql":
            _lock("pg_advisory_xact_lock_shared")
        yield


def _lock(function: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(%s)", [LOCK])
