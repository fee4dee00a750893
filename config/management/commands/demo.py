from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.db.models import F

from accounts import clock
from accounts.models import User
from config.demo import (
    collaboration,
    desk,
    knowing,
    municipality,
    record,
    screening,
    staffing,
)
from config.demo.stories import Teller
from workflows import deadlines
from workflows.models import Notice


@contextmanager
def loading() -> Iterator[None]:
    """Load faster: what is lost in a power cut is loaded anew, and nothing here is garbage."""
    sqlite = connection.vendor == "sqlite" and not connection.in_atomic_block
    gc.disable()
    if sqlite:
        _pragma("synchronous = OFF")
    try:
        yield
    finally:
        gc.enable()
        if sqlite:
            _pragma("synchronous = FULL")


def _pragma(words: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA {words}")


class Command(BaseCommand):
    """Load the demo municipality: everything told through the door, relative to today."""

    help = "Läser in demokommunen. Vägras i drift."

    def handle(self, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("Demokommunen läses inte in i drift.")
        if User.objects.exists():
            self.stdout.write(
                "Det finns redan användare. Demokommunen läses bara in i en tom databas."
            )
            return
        with loading():
            town = municipality.build()
            teller = Teller(town)
            told = teller.tell_all()
            teller.concern()
            record.tell(town)
            desk.tell(town)
            staffing.tell(town)
            collaboration.tell(town)
            knowing.tell(town)
            screening.tell(town)
        deadlines.run()
        a_week_ago = clock.now() - timedelta(days=7)
        Notice.objects.filter(made__lt=a_week_ago).update(read=F("made"))
        self.stdout.write(
            f"Demokommunen är inläst: {told} elever. Lösenordet är {municipality.PASSWORD}."
        )
        for username, (first, last, role, where, _profession) in municipality.SIGN_IN.items():
            self.stdout.write(f"  {username:<11} {role.label}, {where} ({first} {last})")
