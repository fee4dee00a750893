from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts import csv_import
from accounts.models import CLOCK


class Command(BaseCommand):
    """Bring the register in step with a CSV file; exit code 1 and nothing written when it has faults."""

    help = "Läser in organisationer från en CSV-fil. Allt eller inget."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--check", action="store_true", help="bara kontrollera")

    def handle(self, *, file: Path, check: bool, **options: Any) -> None:
        try:
            content = file.read_bytes()
        except OSError as error:
            raise CommandError(f"Filen går inte att läsa: {error.strerror}.") from error
        result = csv_import.load(content, CLOCK, only_look=check)
        for fault in result.faults:
            self.stderr.write(f"rad {fault.row}, {fault.column or 'hela raden'}: {fault.words}")
        if result.faults:
            raise CommandError("Inget har skrivits.")
        written = 0 if check else result.written
        self.stdout.write(
            f"{result.new} nya, {result.changed} ändrade, {result.same} som förut; "
            f"{written} rader skrivna."
        )
