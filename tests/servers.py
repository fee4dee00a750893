"""Real servers for the tests, each on a free port in a folder of its own, gone when done with."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

CHROMIUM_ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def chromium() -> str:
    return shutil.which("chromium-headless-shell") or "/usr/bin/chromium-headless-shell"


@contextmanager
def postgresql() -> Iterator[str]:
    """A database server of our own; as root it steps down, for PostgreSQL refuses to be root."""
    homes = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: float(p.parent.name))
    if not homes:
        raise RuntimeError("PostgreSQL is not installed: ./bryggan test installs it.")
    home, port = homes[-1], free_port()
    folder = Path(tempfile.mkdtemp(prefix="bryggan-pg-"))
    step_down = (
        ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
        if os.getuid() == 0
        else []
    )
    if step_down:
        shutil.chown(folder, "postgres", "postgres")
    data = folder / "data"

    def run(*command: str) -> None:
        subprocess.run([*step_down, *command], check=True, stdout=subprocess.DEVNULL, cwd="/")

    try:
        run(
            f"{home}/initdb",
            "-D",
            str(data),
            "-U",
            "bryggan",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--no-sync",
            "--locale=C.UTF-8",
        )
        options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off -c max_connections=120"
        run(
            f"{home}/pg_ctl",
            "-D",
            str(data),
            "-o",
            options,
            "-l",
            str(folder / "log"),
            "-w",
            "start",
        )
        run(f"{home}/createdb", "-h", "127.0.0.1", "-p", str(port), "-U", "bryggan", "bryggan")
        yield f"postgresql://bryggan@127.0.0.1:{port}/bryggan"
    finally:
        subprocess.run(
            [*step_down, f"{home}/pg_ctl", "-D", str(data), "-m", "immediate", "stop"],
            stdout=subprocess.DEVNULL,
            cwd="/",
            check=False,
        )
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def web(environment: dict[str, str]) -> Iterator[str]:
    """The product itself, as a process of its own; seen only through its address."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    command = [
        "config.wsgi",
        "--bind",
        f"127.0.0.1:{port}",
        "--workers",
        "2",
        "--log-level",
        "error",
    ]
    full = {**os.environ, **environment, "BASE_URL": url}
    gunicorn = str(Path(sys.executable).parent / "gunicorn")
    process = subprocess.Popen([gunicorn, *command], env=full)
    try:
        _wait_for(f"{url}/halsa/")
        yield url
    finally:
        process.terminate()
        process.wait(timeout=20)


def _wait_for(url: str) -> None:
    for _attempt in range(150):
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.2)
    raise RuntimeError(f"{url} svarar inte.")
