from __future__ import annotations

import json
import os
import time
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from accounts.models import Organisation
from config.bench import measure, town
from config.bench.cases import Cases
from referrals.models import Case

# name → (what is measured, what it is held against, the largest ratio allowed; None: only told)
HELD: dict[str, tuple[str, str, float | None]] = {
    "worklist": ("worklist", "worklist, floor", 1.7),
    "worklist mine": ("worklist, mine", "worklist, floor", 1.7),
    "worklist deep": ("worklist, deep", "worklist, floor", 1.7),
    "worklist deep to first": ("worklist, deep", "worklist", 1.2),
    "worklist to bare": ("worklist", "worklist, bare", None),
    "worklist naive": ("worklist, naive", "worklist, floor", None),
    "case": ("case", "case, floor", 3.5),
    "case to bare": ("case", "case, bare", None),
    "case naive": ("case, naive", "case, floor", None),
    "move": ("move", "move, floor", None),
    "move naive": ("move, naive", "move, floor", None),
}


class Command(BaseCommand):
    """Seed synthetic cases and print pages and moves as ratios to their floors in the same run."""

    help = "Fyller en tom databas med påhittade ärenden och mäter sidor och steg."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--cases", type=int, default=10_000)
        parser.add_argument("--rounds", type=int, default=40)
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--json", action="store_true")

    def handle(self, **options: Any) -> None:
        if "DATABASE_URL" not in os.environ and connection.vendor == "sqlite":
            connection.settings_dict["NAME"] = settings.VAR / f"bench-{options['cases']}.sqlite3"
            connection.close()
        call_command("migrate", verbosity=0)
        town.refuse_where_people_live()
        told: dict[str, Any] = {"engine": connection.vendor, "cases": options["cases"]}
        told |= self.filled(options["cases"], options["seed"])
        worker = measure.busiest()
        with measure.bench(worker) as ready:
            rows = measure.pages_in_turn(ready, options["rounds"])
            rows |= measure.moves_in_turn(options["rounds"])
        told |= {"rows": rows, "ratios": ratios(rows)}
        if options["json"]:
            self.stdout.write(json.dumps(told, indent=1))
        else:
            self.tell(told)

    def filled(self, cases: int, seed: int) -> dict[str, Any]:
        """Seed unless the same bench stands there already."""
        if Organisation.objects.filter(name=town.NAME).exists():
            if (there := Case.objects.count()) != cases:
                raise CommandError(f"Där finns redan en mätbänk med {there} ärenden.")
            return {"seeded": False}
        began = time.perf_counter()
        written = Cases(town.build(), seed).fill(cases)
        return {"rows_seeded": written, "seed_seconds": round(time.perf_counter() - began, 1)}

    def tell(self, told: dict[str, Any]) -> None:
        self.stdout.write(f"{told['engine']}, {told['cases']} ärenden")
        if "seed_seconds" in told:
            self.stdout.write(f"{told['rows_seeded']} rader på {told['seed_seconds']} s")
        for name, row in told["rows"].items():
            self.stdout.write(
                f"{name:18} {row['p50_ms']:9.2f} ms  {row['queries']:4} frågor"
                f" (+{row['log_queries']} loggens)  {row['calls']:8} anrop"
                f"{'  HELA TABELLER' if row['whole_tables'] else ''}"
            )
        for name, (ratio, limit) in told["ratios"].items():
            kept = (
                ""
                if limit is None
                else f"  (högst {limit}{'' if ratio <= limit else ': FÖR MYCKET'})"
            )
            self.stdout.write(f"{name:24} × {ratio:.2f}{kept}")


def ratios(rows: dict[str, dict[str, Any]]) -> dict[str, tuple[float, float | None]]:
    return {
        name: (round(rows[one]["p50_ms"] / rows[other]["p50_ms"], 2), limit)
        for name, (one, other, limit) in HELD.items()
    }
