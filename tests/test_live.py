"""What only real server processes can show: a race with a withdrawal, and kill -9 under reading."""

from __future__ import annotations

import http.client
import os
import re
import signal
import statistics
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier, Lock
from threading import Event as Flag
from typing import Any
from urllib.parse import urlencode

import psycopg
import pytest

from accounts import clock
from tests import live

READERS, WITHDRAWALS = (int(n) for n in os.environ.get("WITHDRAW", "4x3").split("x"))
CORES = max(2, os.cpu_count() or 2)
KILLS, READS = (int(n) for n in os.environ.get("KILL", "2x60").split("x"))
TIMED = "WITHDRAW" in os.environ  # a figure in milliseconds is asked only of the drill
# Web processes for each core. Two are harder on what must not be told; one is what docs/production.md
# advises, for a form sent then waits its turn once and is not slowed by those who come after it.
PER_CORE = (1, 2) if TIMED else (2,)


@pytest.fixture
def house() -> Iterator[dict[str, str]]:
    with live.database() as environment:
        yield environment


def rows(environment: dict[str, str], statement: str) -> list[tuple[Any, ...]]:
    """Read the server's database from outside."""
    url = environment["DATABASE_URL"]
    if url.startswith("postgresql"):
        with psycopg.connect(url) as link:
            return link.execute(statement).fetchall()
    import sqlite3

    with sqlite3.connect(url.removeprefix("sqlite:///")) as link:
        return link.execute(statement).fetchall()


def plain(column: str, environment: dict[str, str]) -> str:
    """A uuid as thirty-two signs, however the engine keeps it."""
    on_server = environment["DATABASE_URL"].startswith("postgresql")
    return f"replace({column}::text, '-', '')" if on_server else column


@pytest.mark.postgresql
@pytest.mark.parametrize("per_core", PER_CORE)
def test_no_disclosure_after_a_confirmed_withdrawal(per_core, house):
    """Readers at the school race with a guardian's withdrawal noted by the team, over HTTP."""
    town = live.told(house, WITHDRAWALS)
    server = live.Server(house, workers=per_core * CORES)
    server.start()
    took, late = list[float](), list[Any]()
    try:
        for path in town["paths"]:
            took.append(withdraw_under_readers(server, town["sessions"], path, late))
    finally:
        server.stop()
    assert late == []
    assert disclosed_after(house, town["paths"]) == []
    worst = sorted(took)[max(0, int(len(took) * 0.99) - 1)]
    print(
        f"withdrawals: {len(took)} with {READERS} readers, {per_core} processes a core, median "
        f"{statistics.median(took) * 1000:.0f} ms, p99 {worst * 1000:.0f} ms, 0 disclosures after"
    )
    assert worst < 0.5 or not TIMED or per_core > 1


def withdraw_under_readers(server: Any, sessions: Any, path: Any, late: list[str]) -> float:
    """One withdrawal while all readers read without pause; how long it took, in seconds."""
    url, over, met = f"/arenden/{path['reference']}/plan/", Flag(), Flag()
    confirmed: list[float] = []

    def read(session: str) -> None:
        while not over.is_set():
            began = time.monotonic()
            _status, body = server.get(url, session)
            if path["secret"] in body:
                met.set()
                if confirmed and began > confirmed[0]:
                    late.append(path["reference"])

    form = f"/gor/consent/{path['consent']}/withdraw/"
    with ThreadPoolExecutor(READERS) as pool:
        who = [sessions["sara"], sessions["petra"]]
        readers = [pool.submit(read, who[n % 2]) for n in range(READERS)]
        try:
            assert met.wait(60), "nobody was shown the plan before"
            _status, page = server.get(form, sessions["tuva"])
            data, csrf = filled(page)
            began = time.monotonic()
            status, _body = server.post(form, data, sessions["tuva"], csrf)
            confirmed.append(time.monotonic())
            assert status == 302
            time.sleep(0.3)
        finally:
            over.set()
    for reader in readers:
        reader.result()
    return confirmed[0] - began


def filled(page: str, **typed: str) -> tuple[bytes, str]:
    """The form as a person would send it: the first line, by phone."""
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[1]
    fields = dict(re.findall(r'name="(version|key)" value="([^"]+)"', page))
    fields |= dict(re.findall(r'name="(version|key)"[^>]*?value="([^"]+)"', page))
    choices = re.findall(r'<option value="(\d+)"', page) or re.findall(
        r'name="line"[^>]*value="(\d+)"', page
    )
    fields |= {"csrfmiddlewaretoken": token, "reason": "Ringde", "how": "phone"} | typed
    if choices:
        fields["line"] = choices[0]
    return urlencode(fields).encode(), token


def a_day(day: date) -> dict[str, str]:
    return {"on_day": str(day.day), "on_month": str(day.month), "on_year": str(day.year)}


def disclosed_after(house: dict[str, str], paths: list[Any]) -> list[tuple[Any, ...]]:
    """Looks at the plan by the school that stand after the withdrawal in the chain."""
    found = []
    for path in paths:
        found += rows(
            house,
            f"""
            SELECT a.position FROM history_accessentry a JOIN history_seen s ON s.entry_id = a.id
            WHERE {plain("s.pupil_uuid", house)} = '{path["pupil"]}' AND a.what = 'case.plan'
              AND a.outcome = 'shown' AND a.role IN ('school', 'principal')
              AND a.position > (
                SELECT l.position FROM history_seal l JOIN history_event e ON e.id = l.event_id
                WHERE {plain("e.subject_uuid", house)} = '{path["consent_hex"]}'
                  AND e.move = 'withdraw')
            """,
        )
    return found


@pytest.mark.both_engines
@pytest.mark.slow
def test_sixteen_contend_over_http_and_fifteen_keep_what_they_typed(house):
    town = live.told(house, 1)
    (path,), mine = town["paths"], town["sessions"]["tuva"]
    form, start = f"/gor/goal/{path['goal']}/drop/", Barrier(16)
    server = live.Server(house, workers=4)
    server.start()

    def drop(n: int) -> tuple[int, bool]:
        _status, page = server.get(form, mine)
        data, csrf = filled(page, why=f"Skälet nummer {n:02d}", **a_day(clock.today()))
        start.wait(60)
        status, body = server.post(form, data, mine, csrf)
        return status, f"Skälet nummer {n:02d}" in body

    try:
        with ThreadPoolExecutor(16) as pool:
            answers = sorted(pool.map(drop, range(16)))
    finally:
        server.stop()
    assert answers == [(302, False), *[(409, True)] * 15]
    dropped = "SELECT status, version FROM referrals_goal"
    assert rows(house, dropped) == [("dropped", 2)]
    assert live.manage(house, "history", "verify").strip() == "0 fel i kedjan."


@pytest.mark.both_engines
@pytest.mark.slow
def test_kill_nine_under_reading_leaves_no_look_unlogged(house):
    """Whoever got an answer is in the log, however the server died."""
    town = live.told(house, 4)
    server = live.Server(house)
    got: Counter[str] = Counter()
    lock, over = Lock(), Flag()

    def read(path: Any) -> None:
        url = f"/arenden/{path['reference']}/"
        while not over.is_set():
            try:
                _status, body = server.get(url, town["sessions"]["tuva"])
            except (OSError, http.client.HTTPException):  # the connection, or half an answer
                time.sleep(0.05)
                continue
            if path["secret"] in body:
                with lock:
                    got[path["pupil"]] += 1

    server.start()
    killed = 0
    with ThreadPoolExecutor(len(town["paths"])) as pool:
        try:
            readers = [pool.submit(read, path) for path in town["paths"]]
            while killed < KILLS or got.total() < READS:
                wanted = READS * (killed + 1) // (KILLS + 1)
                while got.total() < min(wanted, READS):
                    time.sleep(0.02)
                if killed < KILLS:
                    server.stop(signal.SIGKILL)
                    killed += 1
                    server.start()
        finally:
            over.set()
            server.stop(signal.SIGKILL)
    for reader in readers:
        reader.result()
    logged = Counter(
        dict(
            rows(
                house,
                f"""
                SELECT {plain("s.pupil_uuid", house)}, count(*) FROM history_seen s
                JOIN history_accessentry a ON a.id = s.entry_id
                WHERE a.what = 'case' AND a.outcome = 'shown' GROUP BY 1
                """,
            )
        )
    )
    unlogged = {pupil: n - logged[pupil] for pupil, n in got.items() if n > logged[pupil]}
    print(f"kill -9: {killed} kills, {got.total()} answers, {sum(unlogged.values())} unlogged")
    assert unlogged == {}
    assert live.manage(house, "history", "verify").strip() == "0 fel i kedjan."
