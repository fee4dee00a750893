from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from accounts.models import User
from config.demo import desk, municipality, record
from config.demo.stories import Teller


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
        town = municipality.build()
        teller = Teller(town)
        told = teller.tell_all()
        teller.concern()
        record.tell(town)
        desk.tell(town)
        self.stdout.write(
            f"Demokommunen är inläst: {told} elever. Lösenordet är {municipality.PASSWORD}."
        )
        for username, (first, last, role, where, _profession) in municipality.SIGN_IN.items():
            self.stdout.write(f"  {username:<11} {role.label}, {where} ({first} {last})")
