from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from workflows.checks import disagreements


class Command(BaseCommand):
    """Whether object, flow, turn and events say the same, over the whole database; 1 if not."""

    help = "Prövar att status, flöde, tur och händelser säger samma sak."

    def handle(self, **options: Any) -> None:
        found = 0
        for problem in disagreements():
            found += 1
            self.stderr.write(problem)
        self.stdout.write(f"{found} avvikelser.")
        if found:
            raise SystemExit(1)
