"""What is dear to make and the same for every test: made once a run, copied since.

A run is one `pytest` with its workers. They share a folder, gone with the run; `KEEP` names one that
outlives it, for whoever works on the browser tests.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg
from django.db import connection
from django.db.backends.base.creation import TEST_DATABASE_PREFIX
from psycopg import sql

TOP = Path(__file__).resolve().parent.parent
# Names the folder to all processes of a run.
RUN = "BRYGGAN_TEST_RUN"
# The template on a run's own PostgreSQL server.
TEMPLATE = "migrated"


def begin_run() -> Path | None:
    """The folder's name goes to the workers by the environment; None when somebody else began."""
    if os.environ.get(RUN):
        return None
    kept = os.environ.get("KEEP")
    os.environ[RUN] = str(Path(kept).resolve()) if kept else tempfile.mkdtemp(prefix="bryggan-run-")
    return Path(os.environ[RUN])


def end_run(folder: Path) -> None:
    os.environ.pop(RUN)
    if not os.environ.get("KEEP"):
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def locked(file: Path) -> Iterator[None]:
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def once(name: str, make: Callable[[Path], None]) -> Path:
    """A folder made once for the whole run, whichever worker comes first."""
    root = Path(os.environ[RUN])
    folder = root / name
    with locked(root / f"{name}.lock"):
        if not (folder / "ready").exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
            make(folder)
            (folder / "ready").touch()
    return folder


def demo_mode(folder: Path, url: str = "") -> dict[str, str]:
    """The environment of a process of the product that keeps everything in `folder`."""
    return {
        "BRYGGAN_VAR": str(folder),
        "BRYGGAN_MODE": "demo",
        "DATABASE_URL": url or f"sqlite:///{folder / 'bryggan.sqlite3'}",
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }


def command(environment: dict[str, str], *words: str) -> str:
    """What one of our processes said; raises RuntimeError with all of it when it failed."""
    done = subprocess.run(
        [sys.executable, *words],
        cwd=TOP,
        env={**os.environ, "PYTHONWARNINGS": "ignore", **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{' '.join(words)}: {done.stdout}{done.stderr}")
    return done.stdout


def migrated() -> Path:
    """A `var` with an empty database, every migration in it, and the static files; on SQLite."""

    def make(folder: Path) -> None:
        for words in (("migrate", "-v0"), ("collectstatic", "--noinput", "-v0")):
            command(demo_mode(folder), "manage.py", *words)
        _settle(folder / "bryggan.sqlite3")

    return once("migrated", make)


def told() -> Path:
    """A `var` with the demo municipality, its mails and files, as the two commands make it."""

    def make(folder: Path) -> None:
        shutil.copytree(migrated(), folder, dirs_exist_ok=True)
        (folder / "ready").unlink()
        # Its passwords by a hash that costs nothing: a hundred sign-ins follow.
        fast = {"DJANGO_SETTINGS_MODULE": "tests.browser.settings"}
        command(demo_mode(folder) | fast, "manage.py", "demo")
        _settle(folder / "bryggan.sqlite3")

    return once("told", make)


def _settle(file: Path) -> None:
    """What still lies in the write-ahead log goes into the file, which can be copied then."""
    with closing(sqlite3.connect(file)) as link:
        link.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def on_postgresql(server: str, name: str) -> str:
    """A new database with every migration, and its address; one of that name is replaced."""
    home = server.rpartition("/")[0]

    def make(folder: Path) -> None:
        _create(server, TEMPLATE)
        command(demo_mode(folder, f"{home}/{TEMPLATE}"), "manage.py", "migrate", "-v0")

    once("migrated-postgresql", make)
    _create(server, name, TEMPLATE)
    return f"{home}/{name}"


@contextmanager
def test_database() -> Iterator[None]:
    """The database of pytest-django's tests, with its migrations in it before it is asked for."""
    settings = connection.settings_dict
    if connection.vendor == "postgresql":
        name = settings["TEST"]["NAME"] or f"{TEST_DATABASE_PREFIX}{settings['NAME']}"
        on_postgresql(os.environ["DATABASE_URL"], name)
        yield
        return
    # In memory, under Django's name for it, and there as long as somebody holds it. Under another name
    # it would be made from nothing, which is slow and as right.
    name = f"file:memorydb_{connection.alias}?mode=memory&cache=shared"
    with closing(sqlite3.connect(name, uri=True)) as held:
        with closing(sqlite3.connect(migrated() / "bryggan.sqlite3")) as link:
            link.backup(held)
        yield


def _create(server: str, name: str, template: str = "template0") -> None:
    with psycopg.connect(server, autocommit=True) as link:
        drop(server, name)
        words = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        link.execute(words.format(sql.Identifier(name), sql.Identifier(template)))


def drop(server: str, name: str) -> None:
    with psycopg.connect(server, autocommit=True) as link:
        words = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
        link.execute(words.format(sql.Identifier(name)))
