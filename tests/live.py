"""The product as server processes over a database of its own, for tests that race or kill it.

`python -m tests.live N` fills the database it is pointed at with N pupils' cases and prints, as
JSON, sessions to read with and addresses to read; the tests see the rest only over HTTP and SQL.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path as Folder
from typing import Any

from tests import made
from tests.servers import free_port

TOP = Folder(__file__).resolve().parent.parent


@contextmanager
def database() -> Iterator[dict[str, str]]:
    """An empty database on the engine of this run, as the environment of a server process."""
    folder = Folder(tempfile.mkdtemp(prefix="bryggan-live-"))
    server, url = os.environ.get("DATABASE_URL", ""), ""
    # Each test of a worker has its own.
    name = f"live_{os.getpid()}"
    shutil.copytree(made.migrated(), folder, dirs_exist_ok=True)
    if server.startswith("postgresql"):
        url = made.on_postgresql(server, name)
    try:
        yield os.environ | made.demo_mode(folder, url)
    finally:
        if url:
            made.drop(server, name)
        shutil.rmtree(folder, ignore_errors=True)


def manage(environment: dict[str, str], *arguments: str) -> str:
    command = [sys.executable, "manage.py", *arguments]
    return subprocess.run(
        command, env=environment, cwd=TOP, check=True, stdout=subprocess.PIPE, text=True
    ).stdout


def told(environment: dict[str, str], cases: int) -> dict[str, Any]:
    """Fill it, in a process of its own."""
    command = [sys.executable, "-m", "tests.live", str(cases)]
    said = subprocess.run(
        command, env=environment, cwd=TOP, check=True, stdout=subprocess.PIPE, text=True
    ).stdout
    return json.loads(said.splitlines()[-1])


class Server:
    """gunicorn with its workers in a process group of their own, so that kill -9 takes them all."""

    def __init__(self, environment: dict[str, str], workers: int = 2) -> None:
        self.port, self.environment, self.workers = free_port(), environment, workers
        self.url = f"http://127.0.0.1:{self.port}"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [str(Folder(sys.executable).parent / "gunicorn"), "config.wsgi"]
        command += ["--bind", f"127.0.0.1:{self.port}", "--workers", str(self.workers)]
        command += ["--log-level", "critical"]
        self.process = subprocess.Popen(
            command,
            env=self.environment | {"BASE_URL": self.url},
            cwd=TOP,
            start_new_session=True,
            stderr=subprocess.DEVNULL,
        )
        for _attempt in range(600):
            try:
                if self.get("/halsa/")[0] == 200:
                    return
            except OSError:
                time.sleep(0.1)
        raise RuntimeError(f"{self.url} svarar inte.")

    def stop(self, how: int = signal.SIGTERM) -> None:
        if self.process is not None:
            os.killpg(self.process.pid, how)
            self.process.wait(timeout=60)
            self.process = None

    def get(self, path: str, session: str = "") -> tuple[int, str]:
        """Status and body; raises OSError when no whole answer came."""
        return self.send(urllib.request.Request(f"{self.url}{path}"), session)

    def post(self, path: str, data: bytes, session: str, csrf: str) -> tuple[int, str]:
        request = urllib.request.Request(f"{self.url}{path}", data=data, method="POST")
        request.add_header("Cookie", f"bryggan={session}; csrf={csrf}")
        return self.send(request, "")

    def send(self, request: urllib.request.Request, session: str) -> tuple[int, str]:
        if session:
            request.add_header("Cookie", f"bryggan={session}")
        try:
            with OPENER.open(request, timeout=60) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode(errors="replace")


class _Stays(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args: Any) -> None:
        return None


OPENER = urllib.request.build_opener(_Stays)


def main(cases: int) -> None:
    import django

    django.setup()
    from django.test import Client

    from tests.cast import make_cast
    from tests.oracle.canary import canary
    from tests.oracle.teller import Teller
    from tests.oracle.town import add_colleagues

    cast = make_cast()
    add_colleagues(cast)

    def session(membership: Any) -> str:
        client = Client()
        client.force_login(membership.user, backend="accounts.backend.WithRoles")
        store = client.session
        store["membership"] = membership.pk
        store.save()
        return str(store.session_key)

    paths = []
    for n in range(cases):
        teller = Teller(cast)
        teller.situation = f"live{n}"
        case = teller.support()
        consent = case.consents.active().get()
        paths.append(
            {
                "reference": case.reference,
                "pupil": case.pupil.uuid.hex,
                "consent": str(consent.uuid),
                "consent_hex": consent.uuid.hex,
                "goal": str(case.goals.get().uuid),
                "secret": canary(teller.situation, "plan"),
            }
        )
    people = {name: session(getattr(cast, name)) for name in ("sara", "petra", "tuva")}
    print(json.dumps({"paths": paths, "sessions": people}))


if __name__ == "__main__":
    main(int(sys.argv[1]))
