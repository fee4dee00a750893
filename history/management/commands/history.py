from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from accounts import clock
from history import chain
from history.models import Head


class Command(BaseCommand):
    """`verify` reads the whole chain and names the first link that does not hold (1). `anchor`
    prints where the chain ends: keep it outside, for whoever may write tables can move the head."""

    help = "history verify [--anchor 'POSITION MAC'] | history anchor"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("what", choices=["verify", "anchor"])
        parser.add_argument("--anchor", default="", help="en tidigare utskrift av anchor")

    def handle(self, *, what: str, anchor: str, **options: Any) -> None:
        if what == "anchor":
            head = Head.objects.get()
            self.stdout.write(f"{head.position} {head.mac or '-'} {clock.now().isoformat()}")
            return
        found = [*chain.faults(), *chain.against(anchor)]
        for fault in found:
            self.stderr.write(fault)
        self.stdout.write(f"{len(found)} fel i kedjan.")
        if found:
            raise SystemExit(1)
