from __future__ import annotations

from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from vault import keys, rotation
from vault.sealing import Unsealable


class Command(BaseCommand):
    """Seal everything anew under the first key of VAULT_KEYS, and write the blind indexes anew under
    the first of VAULT_INDEX_KEY. Stopped anywhere, it goes on where it was when run again."""

    help = "Förseglar allt på nytt med den första nyckeln. Kan avbrytas och köras igen."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--check", action="store_true", help="räkna bara vad som är kvar; 1 om något är det"
        )

    def handle(self, *, check: bool, **options: Any) -> None:
        if check:
            left = rotation.left()
            self.stdout.write(f"{left} förseglade värden har en äldre nyckel.")
            if left:
                raise SystemExit(1)
            return
        done: Counter[str] = Counter()
        try:
            for table, count in rotation.columns():
                done[table] += count
            for count in rotation.stored_files():
                done["filer"] += count
            for table, count in rotation.indexes():
                done[f"{table} (index)"] += count
        except Unsealable as error:
            raise CommandError(
                f"Ett värde går inte att öppna, inget är ändrat där: {error}"
            ) from error
        for name, count in sorted(done.items()):
            if count:
                self.stdout.write(f"  {name}: {count}")
        self.stdout.write(f"Allt är förseglat med nyckeln {keys.ring().current}.")
