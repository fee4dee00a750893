"""Pages and moves, measured in turn, round by round; what lasts are ratios and counts."""

from __future__ import annotations

import cProfile
import pstats
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from statistics import median
from typing import Any, cast

from django.conf import settings
from django.db import connection
from django.db.models import Count
from django.test import Client
from django.test.utils import override_settings, setup_test_environment, teardown_test_environment

from accounts.models import Membership
from config.bench import moves, pages
from referrals.models import Case
from workflows import worklist
from workflows.models import Turn

# Unmeasured rounds first: what a process and a connection keep, they have kept (PostgreSQL keeps a
# plan when a statement has been prepared, after five times, and planned five times more).
BEFORE = 12
STATEMENTS = ("SELECT", "INSERT", "UPDATE", "DELETE")
# The log's and the wall's own statements are counted apart (design section 8).
APART = (
    "history_head",
    "history_accessentry",
    "history_seen",
    "accounts_epoch",
    "pg_advisory_xact_lock",
)
BIG = (
    "workflows_turn",
    "history_event",
    "history_trail",
    "referrals_pupil",
    "referrals_case",
    "referrals_referral",
    "referrals_consent",
    "referrals_goal",
    "referrals_estimate",
    "referrals_intervention",
    "referrals_occasion",
    "referrals_absence",
    "referrals_review",
    "referrals_guardian",
)


@dataclass
class Counted:
    """What one run asked of the database, and how many functions it called."""

    own: list[tuple[str, Any]] = field(default_factory=list)
    apart: int = 0
    calls: int = 0

    @property
    def queries(self) -> int:
        return len(self.own)


def counted(run: Callable[[], Any]) -> Counted:
    """Queries in one run and function calls in another, so that neither counts the other."""
    found = Counted()

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.split(None, 1)[0].upper() in STATEMENTS:
            if any(table in sql for table in APART):
                found.apart += 1
            else:
                found.own.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        run()
    profile = cProfile.Profile()
    profile.runcall(run)
    found.calls = pstats.Stats(profile).total_calls  # type: ignore[attr-defined]  # not in the stubs
    return found


def whole_tables(asked: Counted) -> list[str]:
    """Plans that walk a big table from end to end, as "table: query"; nothing when all is well.

    PostgreSQL is asked with sequential scans priced out, so that a small table's cheap scan does
    not hide a missing index.
    """
    found = []
    with connection.cursor() as cursor:
        postgresql = connection.vendor == "postgresql"
        if postgresql:
            cursor.execute("SET enable_seqscan = off")
        for sql, params in asked.own:
            if not sql.startswith("SELECT"):
                continue
            cursor.execute(f"EXPLAIN {'' if postgresql else 'QUERY PLAN '}{sql}", params)
            for line in cursor.fetchall():
                step = str(line[0] if postgresql else line[-1])
                words = step.replace('"', "").split()
                sign = ("Seq", "Scan", "on") if postgresql else ("SCAN",)
                for at in range(len(words) - len(sign)):
                    table = words[at + len(sign)]
                    walks = tuple(words[at : at + len(sign)]) == sign and "USING" not in words
                    if walks and (table in BIG or (not postgresql and _aliased(table, sql))):
                        found.append(f"{table}: {sql[:200]}")
        if postgresql:
            cursor.execute("RESET enable_seqscan")
    return found


def _aliased(alias: str, sql: str) -> bool:
    """Whether a name in SQLite's plan stands for a big table in the query."""
    return any(f'"{table}" {alias} ' in sql or f'"{table}" "{alias}"' in sql for table in BIG)


@contextmanager
def _told_what_pages_are_given() -> Iterator[None]:
    """Django's test instruments put a page's template and context on its answer."""
    try:
        setup_test_environment()
    except RuntimeError:  # inside the suite they are on already
        yield
        return
    try:
        yield
    finally:
        teardown_test_environment()


class Bench:
    """The pages of one worker in one team."""

    def __init__(self, worker: Membership) -> None:
        self.worker = worker
        self.client = Client()
        self.client.force_login(worker.user)
        self.case = Case.objects.filter(responsible=worker, status="support").order_by("pk").first()

    def get(self, url: str) -> Callable[[], Any]:
        def ask() -> None:
            answer = self.client.get(url)
            if answer.status_code != 200:
                raise RuntimeError(f"{url}: {answer.status_code}")

        return ask

    @property
    def addresses(self) -> dict[str, str]:
        middle = self._middle()
        return {
            "worklist": "/?vems=alla",
            "worklist, deep": f"/?vems=alla&efter={middle}",
            "worklist, mine": "/?vems=mina",
            "worklist, floor": "/bench/golv/worklist/",
            "worklist, bare": "/bench/bart/worklist/",
            "worklist, naive": "/bench/naivt/att-gora/worklist/",
            "case": f"/arenden/{self.case.reference}/",  # type: ignore[union-attr]  # chosen before anything is measured
            "case, floor": "/bench/golv/case/",
            "case, bare": "/bench/bart/case/",
            "case, naive": f"/bench/naivt/arende/{self.case.reference}/",  # type: ignore[union-attr]  # chosen before anything is measured
        }

    def _middle(self) -> str:
        """The key of a row far down the team's list, a full page still to come."""
        turns = Turn.objects.on_side_of(self.worker).order_by("due", "pk")
        place = max(turns.count() - 3 * worklist.PAGE, 0)
        due, pk = turns.values_list("due", "pk")[place]
        return f"{due:%Y-%m-%d}_{pk}"

    def keep_for_floors(self) -> None:
        """Let each product page answer once, and keep what it was given for its floor."""
        with _told_what_pages_are_given():
            for name in ("worklist", "case"):
                answer = self.client.get(self.addresses[name])
                given: dict[str, Any] = {}
                for layer in reversed(list(cast(Any, answer.context))):
                    given |= layer.flatten()
                for own in ("request", "user", "perms", "messages", "csrf_token", "block"):
                    given.pop(own, None)
                rows = given.get("rows") or []
                pupils = [row["pupil__uuid"] for row in rows if row["pupil__uuid"]]
                pupils = pupils or [self.case.pupil.uuid]  # type: ignore[union-attr]  # the same
                pages.KEPT[name] = (str(answer.templates[0].name), given, pupils)


def busiest() -> Membership:
    """The worker with the most cases in support: a full list, and cases enough to move."""
    turns = Turn.objects.open().filter(state="support").values("responsible")
    most = turns.annotate(n=Count("pk")).order_by("-n", "responsible").first()
    if most is None:
        raise RuntimeError("Det finns inga ärenden i stöd: fyll på med fler.")
    return Membership.objects.select_related("user").get(pk=most["responsible"])


@contextmanager
def bench(worker: Membership) -> Iterator[Bench]:
    """A bench with its own pages beside the product's, for one worker."""
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    with override_settings(
        ROOT_URLCONF="config.bench.pages",
        ALLOWED_HOSTS=["testserver"],
        STORAGES=settings.STORAGES | {"staticfiles": plain},  # nothing need be collected first
    ):
        ready = Bench(worker)
        ready.keep_for_floors()
        yield ready


def timed(run: Callable[[], Any]) -> float:
    start = time.perf_counter()
    run()
    return (time.perf_counter() - start) * 1000


def pages_in_turn(ready: Bench, rounds: int) -> dict[str, dict[str, Any]]:
    """Milliseconds of every page, asked one after the other in every round."""
    asks = {name: ready.get(url) for name, url in ready.addresses.items()}
    for _round in range(BEFORE):
        for ask in asks.values():
            ask()
    took: dict[str, list[float]] = {name: [] for name in asks}
    for _round in range(rounds):
        for name, ask in asks.items():
            took[name].append(timed(ask))
    return {name: summary(times) | _counts(asks[name]) for name, times in took.items()}


def moves_in_turn(rounds: int) -> dict[str, dict[str, Any]]:
    """The same for a move, each time of another case; the first ones and two to count are not timed."""
    ways = {"move": moves.product, "move, floor": moves.raw, "move, naive": moves.naive}
    cases = moves.supported((BEFORE + rounds + 2) * len(ways))
    took: dict[str, list[float]] = {name: [] for name in ways}
    for _round in range(max(len(cases) // len(ways) - 2, 0)):
        for name, way in ways.items():
            case = cases.pop()
            took[name].append(timed(partial(way, case)))
    before = min(BEFORE, len(took["move"]) // 2)
    return {
        name: summary(took[name][before:]) | _counts(lambda way=way: way(cases.pop()))  # type: ignore[misc]  # bound in the loop
        for name, way in ways.items()
    }


def _counts(run: Callable[[], Any]) -> dict[str, Any]:
    asked = counted(run)
    return {
        "queries": asked.queries,
        "log_queries": asked.apart,
        "calls": asked.calls,
        "whole_tables": whole_tables(asked),
    }


def summary(times: list[float]) -> dict[str, float]:
    return {"p50_ms": round(median(times), 2), "min_ms": round(min(times), 2)}
