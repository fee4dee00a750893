"""What lies on disk tells nothing: database, write-ahead log, dump, broker, uploads, read as a thief would."""

from __future__ import annotations

import base64
import json
import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.live import TOP, database
from tests.oracle.secrets import PLAIN

pytestmark = [pytest.mark.both_engines, pytest.mark.slow]
CANARY = re.compile(rb"qzq[a-z0-9]+?zz([a-z]+?)qzq")
# What is no secret, and shows that the same search finds what lies open: the school's name.
OPEN = "Åsö skola".encode()


@pytest.fixture(scope="module")
def spilled() -> Iterator[tuple[dict[str, bytes], dict[str, Any]]]:
    """Everything on disk, by where it lies, after a path was told and its process killed."""
    with database() as environment:
        command = [sys.executable, "-m", "tests.oracle.spilled"]
        told = subprocess.run(
            command, env=environment, cwd=TOP, stdout=subprocess.PIPE, text=True, check=False
        )
        assert told.returncode == -9
        folder = Path(environment["BRYGGAN_VAR"])
        lies = {
            "uploads": content(folder / "files"),
            "broker": b"".join(messages(folder / "broker")),
        }
        url = environment["DATABASE_URL"]
        lies |= on_postgresql(url) if url.startswith("postgresql") else on_sqlite(folder)
        yield lies, json.loads(told.stdout.splitlines()[-1])


def content(folder: Path) -> bytes:
    return b"\n".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def messages(folder: Path) -> Iterator[bytes]:
    """The broker's messages, with their bodies as they are and as they read."""
    for path in folder.rglob("*.msg"):
        yield path.read_bytes()
        yield base64.b64decode(json.loads(path.read_bytes())["body"])


def on_sqlite(folder: Path) -> dict[str, bytes]:
    file = folder / "bryggan.sqlite3"
    lies = {"log": Path(f"{file}-wal").read_bytes(), "database": file.read_bytes()}
    with sqlite3.connect(file) as link:
        return lies | {"dump": "\n".join(link.iterdump()).encode()}


def on_postgresql(url: str) -> dict[str, bytes]:
    """The server's own folder, write-ahead log and all, and a dump."""
    with psycopg.connect(url, autocommit=True) as link:
        link.execute("CHECKPOINT")
        folder = Path(link.execute("SHOW data_directory").fetchone()[0])
        oid = link.execute(
            "SELECT oid FROM pg_database WHERE datname = current_database()"
        ).fetchone()[0]
    home = sorted(Path("/usr/lib/postgresql").glob("*/bin"))[-1]
    dump = subprocess.run([f"{home}/pg_dump", url], stdout=subprocess.PIPE, check=True).stdout
    return {
        "log": content(folder / "pg_wal"),
        "database": content(folder / "base" / str(oid)),
        "dump": dump,
    }


def test_there_was_something_to_find(spilled):
    """Canaries are there once opened, and what is open is found in the same places."""
    lies, told = spilled
    assert told["opened"] > 50
    assert {name: OPEN in lies[name] for name in ("database", "log", "dump")} == dict.fromkeys(
        ("database", "log", "dump"), True
    )
    assert b"qzq" not in lies["uploads"]
    assert min(len(lies["uploads"]), len(lies["broker"])) > 0


@pytest.mark.parametrize("where", ["database", "log", "dump", "broker", "uploads"])
def test_no_secret_lies_there_in_plain_text(spilled, where):
    lies, told = spilled
    number = told["number"]
    found = [kind.decode() for kind in CANARY.findall(lies[where]) if kind.decode() not in PLAIN]
    digits = (number, f"{number[:8]}-{number[8:]}", number[2:])
    assert found == []
    assert [one for one in digits if one.encode() in lies[where]] == []
