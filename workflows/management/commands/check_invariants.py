from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from workflows.invariants import breaches


class Command(BaseCommand):
    """Whether what must always hold does (design section 4), over the whole database; 1 if not."""

    help = "Prövar det som alltid ska gälla."

    def handle(self, **options: Any) -> None:
        found = 0
        for problem in breaches():
            found += 1
            self.stderr.write(problem)
        self.stdout.write(f"{found} avvikelser.")
        if found:
            raise SystemExit(1)
