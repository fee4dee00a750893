from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from config import backups


class Command(BaseCommand):
    """Copy database and files into an empty folder, while the product is in use. The keys are not copied."""

    help = (
        "backup MAPP: kopierar databas och filer, medan Bryggan används. Nycklarna kopieras inte."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path)

    def handle(self, *, folder: Path, **options: Any) -> None:
        try:
            told = backups.make(folder)
        except (backups.Unusable, OSError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Kopian ligger i {folder}: {told['database']}, {backups.FILES}.")
