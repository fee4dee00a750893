from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from config import backups


class Command(BaseCommand):
    """Put a copy back and try it: the chain, an anchor kept elsewhere, every file, every kind of sealed value."""

    help = "restore MAPP [--anchor 'PLATS MAC'] [--replace]: lägger tillbaka en kopia och prövar den; 1 om något är fel."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path)
        parser.add_argument(
            "--anchor",
            default="",
            help="en utskrift av history anchor, som har legat på annat håll",
        )
        parser.add_argument("--replace", action="store_true", help="ersätt det som finns")

    def handle(self, *, folder: Path, anchor: str, replace: bool, **options: Any) -> None:
        try:
            backups.put_back(folder, replace=replace)
        except (backups.Unusable, OSError) as error:
            raise CommandError(str(error)) from error
        call_command("migrate", verbosity=0)
        found = backups.faults(anchor)
        for fault in found:
            self.stderr.write(fault)
        self.stdout.write(f"Kopian är tillbaka. {len(found)} fel.")
        if found:
            raise SystemExit(1)
