"""In production Bryggan starts only as it should: own keys, no demo, nothing readable by all.

What settings alone can tell is refused when they are read; what needs the database or the disk is refused
when the web, the worker or a server process starts.
"""

from __future__ import annotations

import stat
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

# A key of random bytes has many different signs; "aaaa…" and "password1234" have not.
DIFFERENT_SIGNS = 12
SHORTEST = 40


def refuse_weak_keys(keys: Mapping[str, str], demo: Mapping[str, str]) -> None:
    """Raises ImproperlyConfigured for a demo key, a short one, a plain one, or one used twice."""
    secrets: set[str] = set()
    known = {part.rpartition(":")[2] for value in demo.values() for part in value.split(",")}
    for name, value in keys.items():
        for part in value.split(","):
            secret = part.strip().rpartition(":")[2] if name.startswith("VAULT") else value
            if secret in known or secret in demo.values():
                raise ImproperlyConfigured(f"{name} är demots nyckel. Gör en egen nyckel.")
            if len(secret) < SHORTEST or len(set(secret)) < DIFFERENT_SIGNS:
                raise ImproperlyConfigured(
                    f"{name} är för kort eller för enkel. Gör en egen nyckel."
                )
            if secret in secrets and name != "SECRET_KEY" and "," not in value:
                raise ImproperlyConfigured(f"{name} är samma som en annan nyckel. Gör en egen.")
        secrets |= {part.strip().rpartition(":")[2] for part in value.split(",")}


def refuse_readable_by_all(paths: Iterable[str | Path]) -> None:
    """Raises ImproperlyConfigured for a file or folder that everybody on the machine may read."""
    for path in paths:
        if not path:
            continue
        here = Path(path)
        if here.exists() and here.stat().st_mode & (stat.S_IROTH | stat.S_IWOTH):
            raise ImproperlyConfigured(f"{here} kan läsas av alla på maskinen: chmod o-rwx {here}")


def refuse_to_start() -> None:
    """Asked by web and worker as they start; does nothing outside production."""
    from django.conf import settings  # noqa: PLC0415 -- settings import this module

    if not settings.PRODUCTION:
        return
    if settings.DEBUG:
        raise ImproperlyConfigured("DEBUG är på. I drift startar Bryggan inte så.")
    refuse_readable_by_all(_data_of(settings))
    _refuse_demo_people()
    for question in _undecided():
        sys.stderr.write(f"Inte beslutat: {question} (Lag och gränser)\n")


def _data_of(settings: object) -> list[str | Path]:
    database = settings.DATABASES["default"]  # type: ignore[attr-defined]  # the module of settings, not yet configured
    found = [settings.FILES_ROOT]  # type: ignore[attr-defined]  # the same
    return [*found, database["NAME"]] if database["ENGINE"].endswith("sqlite3") else found


def _refuse_demo_people() -> None:
    from accounts.models import User  # noqa: PLC0415 -- after the rooms are loaded
    from config.demo.municipality import SIGN_IN  # noqa: PLC0415

    demo = User.objects.filter(username__in=SIGN_IN, email__endswith="@example.org")
    if demo.exists():
        raise ImproperlyConfigured(
            "Databasen har demots användare. I drift startar Bryggan inte så."
        )


def _undecided() -> list[str]:
    from history import legal  # noqa: PLC0415

    return [question.title for question in legal.undecided()]
