"""Every test: on SQLite all of them, then on a real PostgreSQL what differs there."""

from __future__ import annotations

import os
import subprocess
import sys

from tests.servers import postgresql

PYTEST = [sys.executable, "-m", "pytest"]


def main(arguments: list[str]) -> int:
    if arguments:
        return subprocess.call([*PYTEST, *arguments])
    print("· everything, on SQLite", flush=True)
    first = subprocess.call([*PYTEST, "tests"], env={**os.environ, "DATABASE_URL": ""} | _sqlite())
    print("· what differs, on PostgreSQL", flush=True)
    with postgresql() as url:
        second = subprocess.call(
            [*PYTEST, "tests", "-m", "both_engines"], env={**os.environ, "DATABASE_URL": url}
        )
    return first or second


def _sqlite() -> dict[str, str]:
    return {"DATABASE_URL": "sqlite:///var/test.sqlite3"}


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
