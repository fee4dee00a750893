"""The suite's own tests at an issue's full figure; what was seen, and when, goes by hand into
docs/reliability.md."""

from __future__ import annotations

import os
import subprocess
import sys

from tests.servers import postgresql

# name → (what it sets, which test, on which engines)
DRILLS: dict[str, tuple[dict[str, str], str, tuple[str, ...]]] = {
    "walk": ({"WALK": "10000"}, "tests/test_walk.py", ("sqlite", "postgresql")),
    "pages": ({}, "tests/browser", ("sqlite",)),
    "axe": ({"EVERYBODY": "1"}, "tests/browser/test_every_page.py", ("sqlite",)),
    "fuzz": ({"FUZZ": "20000"}, "tests/test_fuzz.py", ("sqlite", "postgresql")),
    "oracle": ({"ORACLE": "full"}, "tests/test_oracle.py", ("sqlite", "postgresql")),
    "kill": ({"KILL": "20x5000"}, "tests/test_live.py", ("sqlite",)),
    "withdraw": ({"WITHDRAW": "12x100"}, "tests/test_live.py", ("postgresql",)),
    "standing": (
        {"STANDING": "1000x10000"},
        "tests/test_standing_size.py",
        ("sqlite", "postgresql"),
    ),
    "race": ({"PAIRS": "1000"}, "tests/test_races.py", ("postgresql",)),
}


def main(arguments: list[str]) -> int:
    if len(arguments) != 1 or arguments[0] not in DRILLS:
        print(f"./bryggan drill {'|'.join(DRILLS)}")
        return 2
    figures, test, engines = DRILLS[arguments[0]]
    failed = 0
    for engine in engines:
        print(f"· {arguments[0]} {figures} on {engine}", flush=True)
        command = [sys.executable, "-m", "pytest", "-s", *test.split()]
        if engine == "sqlite":
            url = {"DATABASE_URL": "sqlite:///var/drill.sqlite3"}
            failed |= subprocess.call(command, env={**os.environ, **figures, **url})
            continue
        with postgresql() as address:
            url = {"DATABASE_URL": address}
            failed |= subprocess.call(command, env={**os.environ, **figures, **url})
    return failed


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
