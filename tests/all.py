"""Every test: on SQLite all of them, then on a real PostgreSQL what differs there."""

from __future__ import annotations

import os
import subprocess
import sys

from tests.servers import postgresql

PYTEST = [sys.executable, "-m", "pytest"]
# Two at a time: one for each core of the smallest machine the suite is promised for.
SIDE_BY_SIDE = ["-n", "2", "--dist", "worksteal"]


def main(arguments: list[str]) -> int:
    if arguments:
        return subprocess.call([*PYTEST, *arguments])
    print("· everything, on SQLite", flush=True)
    first = subprocess.call([*PYTEST, *SIDE_BY_SIDE, "tests"], env=os.environ | _sqlite())
    print("· what differs, on PostgreSQL", flush=True)
    with postgresql() as url:
        second = subprocess.call(
            [*PYTEST, *SIDE_BY_SIDE, "tests", "-m", "both_engines or postgresql"],
            env=os.environ | {"DATABASE_URL": url},
        )
    return first or second


def _sqlite() -> dict[str, str]:
    return {"DATABASE_URL": "sqlite:///var/test.sqlite3"}


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
