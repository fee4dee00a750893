"""Every test: on SQLite all of them, and beside it on a real PostgreSQL what differs there.

Both at once, for a test that waits for a server, a browser or a disk leaves its core to another.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile

from tests.servers import postgresql

PYTEST = [sys.executable, "-m", "pytest"]
# Two at a time: one for each core of the smallest machine the suite is promised for.
SIDE_BY_SIDE = ["-n", "2", "--dist", "worksteal"]


def main(arguments: list[str]) -> int:
    if arguments:
        return subprocess.call([*PYTEST, *arguments])
    with postgresql() as url, tempfile.TemporaryFile() as said:
        differs = subprocess.Popen(
            [*PYTEST, *SIDE_BY_SIDE, "tests", "-m", "both_engines or postgresql"],
            env=os.environ | {"DATABASE_URL": url},
            stdout=said,
            stderr=subprocess.STDOUT,
        )
        try:
            print("· everything, on SQLite", flush=True)
            first = subprocess.call([*PYTEST, *SIDE_BY_SIDE, "tests"], env=os.environ | _sqlite())
            second = differs.wait()
        finally:
            differs.kill()
        print("· what differs, on PostgreSQL", flush=True)
        said.seek(0)
        sys.stdout.buffer.write(said.read())
    return first or second


def _sqlite() -> dict[str, str]:
    return {"DATABASE_URL": "sqlite:///var/test.sqlite3"}


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
