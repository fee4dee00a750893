"""A copy of everything but the keys: the database as it stood at one moment, the files, and the chain's anchor.

The database is copied first and the files after: a file is on disk before its row, so every row of the copy
has its file, unless it was disposed of in between.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import tarfile
from pathlib import Path, PurePosixPath
from typing import Any

from django.conf import settings
from django.db import connection

from accounts import clock
from history import chain
from history.models import Event, Head
from vault import files as vault_files
from vault import rotation
from vault.models import State, StoredFile
from vault.sealing import Unsealable

SQLITE, POSTGRES, FILES, MANIFEST = "bryggan.sqlite3", "bryggan.dump", "files.tar", "manifest.json"


class Unusable(Exception):
    """The copy is not whole, or may not be put back here; the words say why."""


def make(folder: Path) -> dict[str, Any]:
    """Write a copy into an empty folder, readable by its owner only; the manifest last."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if any(folder.iterdir()):
        raise Unusable(f"{folder} är inte tom.")
    old = os.umask(0o077)
    try:
        name = _copy_database(folder)
        with tarfile.open(folder / FILES, "w") as tar:
            if Path(settings.FILES_ROOT).exists():
                tar.add(settings.FILES_ROOT, arcname="files", filter=_whole)
        told = _tell(name, folder)
        (folder / MANIFEST).write_text(json.dumps(told, indent=1))
    finally:
        os.umask(old)
    return told


def _whole(member: tarfile.TarInfo) -> tarfile.TarInfo | None:
    """What is half written has another ending, and no row yet."""
    return None if member.name.endswith(".part") else member


def _copy_database(folder: Path) -> str:
    if connection.vendor == "postgresql":
        _run("pg_dump", "--format=custom", f"--file={folder / POSTGRES}")
        return POSTGRES
    connection.ensure_connection()
    target = sqlite3.connect(folder / SQLITE)
    try:
        connection.connection.backup(target, pages=4096)
    finally:
        target.close()
    return SQLITE


def _tell(name: str, folder: Path) -> dict[str, Any]:
    head = Head.objects.get()
    return {
        "made": clock.now().isoformat(),
        "database": name,
        "sha256": {part: _sum(folder / part) for part in (name, FILES)},
        # Where the chain ended when the copy was written: it cannot be later than this.
        "chain_at_most": head.position,
    }


def _sum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def put_back(folder: Path, *, replace: bool) -> None:
    """Put a copy in place of what is here; raises Unusable before anything is touched."""
    told = json.loads((folder / MANIFEST).read_text())
    for part, said in told["sha256"].items():
        if _sum(folder / part) != said:
            raise Unusable(f"{part} är inte som när den skrevs.")
    if not replace and not _is_empty():
        raise Unusable("Det finns redan uppgifter här: --replace om de ska ersättas.")
    wanted = POSTGRES if connection.vendor == "postgresql" else SQLITE
    if told["database"] != wanted:
        raise Unusable(f"Kopian är {told['database']}, databasen här vill ha {wanted}.")
    _unpack(folder / FILES)
    connection.close()
    if wanted == POSTGRES:
        _run(
            "pg_restore",
            "--clean",
            "--if-exists",
            "--no-owner",
            "--exit-on-error",
            str(folder / POSTGRES),
        )
    else:
        _replace_sqlite(folder / SQLITE)
    shutil.rmtree(settings.FILES_ROOT, ignore_errors=True)
    _move_files()


def _unpack(archive: Path) -> None:
    """The files of a copy, beside those that are here; raises Unusable for anything but plain files
    and folders. Debian 12's Python has no extraction filter yet, so this is looked at here too."""
    with tarfile.open(archive) as tar:
        for one in tar.getmembers():
            inside = PurePosixPath(one.name)
            plain = one.isfile() or one.isdir()
            if not plain or inside.is_absolute() or ".." in inside.parts:
                raise Unusable(f"{FILES} innehåller annat än filer: {one.name}")
        tar.extraction_filter = getattr(tarfile, "data_filter", None)
        shutil.rmtree(_came(), ignore_errors=True)
        tar.extractall(_came())  # noqa: S202  # every member has been looked at


def _came() -> Path:
    return Path(settings.FILES_ROOT).parent / ".restoring"


def _is_empty() -> bool:
    tables = connection.introspection.table_names()
    return "history_event" not in tables or not Event.objects.exists()


def _replace_sqlite(copy: Path) -> None:
    here = Path(connection.settings_dict["NAME"])
    here.parent.mkdir(parents=True, exist_ok=True)
    for ending in ("-wal", "-shm"):
        here.with_name(here.name + ending).unlink(missing_ok=True)
    part = here.with_name(here.name + ".part")
    shutil.copy(copy, part)
    part.chmod(0o600)
    part.replace(here)


def _move_files() -> None:
    came = _came()
    if (came / "files").exists():
        (came / "files").rename(settings.FILES_ROOT)
    shutil.rmtree(came, ignore_errors=True)


def _run(*command: str) -> None:
    """One of PostgreSQL's own tools, told of the database by its environment, never on the line."""
    given = connection.settings_dict
    home = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: float(p.parent.name))
    tool = shutil.which(command[0]) or (str(home[-1] / command[0]) if home else command[0])
    names = {"PGHOST": "HOST", "PGPORT": "PORT", "PGUSER": "USER", "PGPASSWORD": "PASSWORD"}
    own = {name: str(given[key]) for name, key in names.items() if given.get(key)}
    own["PGDATABASE"] = str(given["NAME"])
    line = [tool, *command[1:]]
    if command[0] == "pg_restore":
        line.insert(1, f"--dbname={given['NAME']}")
    done = subprocess.run(line, env=os.environ | own, capture_output=True, text=True, check=False)  # noqa: S603 -- own words
    if done.returncode:
        raise Unusable(done.stderr.strip() or f"{command[0]} misslyckades.")


def faults(anchor: str = "") -> list[str]:
    """What does not hold in the database here: the chain, its anchor, files without content, keys."""
    found = [*chain.faults(), *chain.against(anchor)]
    for row in StoredFile.objects.exclude(state=State.INFECTED).iterator(500):
        try:
            vault_files.read(row, quarantined=True)
        except (FileNotFoundError, Unsealable) as error:
            found.append(f"Fil {row.pk}: {type(error).__name__}.")
    for model, fields in rotation.sealed_models():
        newest = model._base_manager.order_by("-pk").first()
        for field in fields:
            try:
                getattr(newest, field.attname).open() if newest else None
            except Unsealable:
                found.append(f"{field.binding} går inte att öppna med nycklarna här.")
    return found
