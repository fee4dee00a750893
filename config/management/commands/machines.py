from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from config import machines


class Command(BaseCommand):
    """Draw every state machine and flow into docs/machines.md."""

    help = "Ritar alla tillståndsmaskiner och flöden till docs/machines.md."

    def handle(self, **options: Any) -> None:
        machines.write()
        self.stdout.write(str(machines.PAGE))
