"""In production: it refuses what it should, says nothing in its own check, and its copies come back."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import secrets
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import Client

from config import guard
from tests import live, made

ROOT = Path(__file__).resolve().parent.parent


def keys(**more: str) -> dict[str, str]:
    key = base64.b64encode(os.urandom(32)).decode
    own = {
        "SECRET_KEY": secrets.token_urlsafe(64),
        "CHAIN_KEY": secrets.token_urlsafe(64),
        "VAULT_KEYS": f"k1:{key()}",
        "VAULT_INDEX_KEY": base64.b64encode(os.urandom(32)).decode(),
    }
    return own | more


def production(tmp_path: Path, **more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG")}
    own = {
        "BRYGGAN_MODE": "production",
        "BRYGGAN_VAR": str(tmp_path / "var"),
        "ALLOWED_HOSTS": "bryggan.example.se",
    }
    return kept | own | keys() | {"BASE_URL": "https://bryggan.example.se"} | more


def manage(*words: str, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "manage.py", *words]
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)


def test_the_deploy_check_is_silent_in_production(tmp_path):
    told = manage("check", "--deploy", "--fail-level", "WARNING", env=production(tmp_path))
    assert (told.returncode, told.stderr) == (0, "")
    assert "no issues (0 silenced)" in told.stdout


WEAK = {
    "missing": {"CHAIN_KEY": ""},
    "the demo's": {
        "SECRET_KEY": "demo-only-not-a-secret-demo-only-not-a-secret-demo-only-0123456789"
    },
    "the demo's beside a new one": {
        "VAULT_KEYS": f"k2:{base64.b64encode(os.urandom(32)).decode()},demo1:ZGVtby1rZXktb25seS1mb3ItdGhlLWRlbW8tMDAwMSE="
    },
    "short": {"SECRET_KEY": "kort"},
    "simple": {"SECRET_KEY": "a" * 80},
    "no address": {"ALLOWED_HOSTS": ""},
    "every address": {"ALLOWED_HOSTS": "*"},
    "debug": {"DEBUG": "1"},
}


@pytest.mark.parametrize("what", WEAK)
def test_it_refuses_to_start(what, tmp_path):
    told = manage("check", env=production(tmp_path, **WEAK[what]))
    assert told.returncode != 0
    assert "ImproperlyConfigured" in told.stderr


def test_one_key_for_two_things_is_refused():
    one = keys()
    with pytest.raises(ImproperlyConfigured, match="samma"):
        guard.refuse_weak_keys(one | {"CHAIN_KEY": one["SECRET_KEY"]}, {})
    guard.refuse_weak_keys(one, {})


def test_a_key_file_everybody_may_read_is_refused(tmp_path):
    file = tmp_path / "chain.key"
    file.write_text(secrets.token_urlsafe(64))
    env = production(tmp_path, CHAIN_KEY_FILE=str(file))
    file.chmod(0o644)
    assert "kan läsas av alla" in manage("check", env=env).stderr
    file.chmod(0o640)
    assert manage("check", env=env).returncode == 0


START = "import config.wsgi"


def start(env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", START],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.slow
def test_it_starts_names_what_is_undecided_and_refuses_a_readable_database_and_demo_people(
    tmp_path,
):
    env = production(tmp_path)
    (tmp_path / "var").mkdir(mode=0o700)
    old = os.umask(0o077)
    try:
        assert manage("migrate", "-v", "0", env=env).returncode == 0
    finally:
        os.umask(old)
    told = start(env)
    assert told.returncode == 0, told.stderr
    assert told.stderr.count("Inte beslutat:") == 8
    database = tmp_path / "var" / "bryggan.sqlite3"
    database.chmod(0o644)
    assert "kan läsas av alla" in start(env).stderr
    database.chmod(0o600)
    made = "from accounts.models import User; User.objects.create(username='granskare', email='g@example.org')"
    assert manage("shell", "-c", made, env=env).returncode == 0
    refused = start(env)
    assert (refused.returncode != 0, "demots användare" in refused.stderr) == (True, True)
    assert "Vägras i drift" in manage("demo", "--help", env=env).stdout
    assert manage("demo", env=env).returncode != 0


def test_where_to_report_a_vulnerability(db):
    answer = Client().get("/.well-known/security.txt")
    lines = dict(line.split(": ", 1) for line in answer.content.decode().splitlines())
    assert set(lines) == {"Contact", "Expires", "Preferred-Languages", "Canonical"}
    assert answer.headers["Content-Type"].startswith("text/plain")


def life(tmp_path: Path, url: str = "") -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG")}
    return kept | made.demo_mode(tmp_path / "var", url)


COUNT = (
    "from history.models import Event;from referrals.models import Pupil;from vault.models import StoredFile;"
    "print([Event.objects.count(), [p.name for p in Pupil.objects.order_by('pk')[:5]], StoredFile.objects.count()])"
)
FILE = "import vault.files; row = vault.files.store(b'KANARIE i en fil', 'application/pdf'); print(row.pk)"


@pytest.mark.slow
def test_a_copy_made_and_put_back_by_the_documented_commands(tmp_path):
    """And nothing lies in clear in the copy; `test_plaintext.py` reads what the copy is made of."""
    shutil.copytree(made.told(), tmp_path / "var")
    env = life(tmp_path)
    assert manage("shell", "-c", FILE, env=env).returncode == 0
    anchor = manage("history", "anchor", env=env).stdout.strip()
    before = manage("shell", "-c", COUNT, env=env).stdout
    copy = tmp_path / "copy"
    told = manage("backup", str(copy), env=env)
    assert told.returncode == 0, told.stderr
    assert _in_clear(env, list(copy.iterdir())) == []
    assert "är inte tom" in manage("backup", str(copy), env=env).stderr
    assert "--replace" in manage("restore", str(copy), env=env).stderr
    elsewhere = life(tmp_path / "elsewhere")
    told = manage("restore", str(copy), "--anchor", anchor, env=elsewhere)
    assert (told.returncode, told.stdout) == (0, "Kopian är tillbaka. 0 fel.\n"), told.stderr
    assert manage("shell", "-c", COUNT, env=elsewhere).stdout == before
    assert manage("check_invariants", env=elsewhere).returncode == 0
    # Other keys open nothing and say so; an anchor later than the copy tells that something is missing.
    other = elsewhere | {"VAULT_KEYS": f"demo1:{base64.b64encode(os.urandom(32)).decode()}"}
    wrong = manage("restore", str(copy), "--replace", env=other)
    assert (wrong.returncode, "går inte att öppna" in wrong.stderr) == (1, True)
    later = f"{int(anchor.split()[0]) + 10} x"
    late = manage("restore", str(copy), "--replace", "--anchor", later, env=elsewhere)
    assert (late.returncode, "inte längre den som fanns" in late.stderr) == (1, True)
    # A copy somebody has touched is not put back.
    with (copy / "files.tar").open("ab") as file:
        file.write(b"x")
    assert (
        "är inte som när den skrevs"
        in manage("restore", str(copy), "--replace", env=elsewhere).stderr
    )
    # Nor is one whose files would land outside, though its sums are right.
    kept = _files(tmp_path / "elsewhere", "files")
    with tarfile.open(copy / "files.tar", "w") as packed:
        packed.add(copy / "manifest.json", "files/../../outside")
    manifest = json.loads((copy / "manifest.json").read_text())
    manifest["sha256"]["files.tar"] = hashlib.sha256((copy / "files.tar").read_bytes()).hexdigest()
    (copy / "manifest.json").write_text(json.dumps(manifest))
    outside = manage("restore", str(copy), "--replace", env=elsewhere)
    assert (outside.returncode, "innehåller annat än filer" in outside.stderr) == (1, True)
    assert not list(tmp_path.rglob("outside"))
    assert (len(kept) > 0, _files(tmp_path / "elsewhere", "files")) == (True, kept)


def _files(tmp_path: Path, *folders: str) -> list[Path]:
    return [p for name in folders for p in (tmp_path / "var" / name).rglob("*") if p.is_file()]


SECRETS = (
    "import json;from referrals.models import *;"
    "print(json.dumps([v for p in Pupil.objects.all() for v in (p.number.open(),)]"
    " + [v for g in Guardian.objects.all() for v in (g.phone.open(), g.email.open())]"
    " + [r.worry.open() for r in Referral.objects.all()] + [v.words.open() for v in PupilVoice.objects.all()]))"
)


def _in_clear(env: dict[str, str], paths: list[Path]) -> list[str]:
    told = manage("shell", "-c", SECRETS, env=env).stdout.splitlines()[-1]
    secret = {word for word in json.loads(told) if word} | {"KANARIE i en fil"}
    assert len(secret) > 100
    found = []
    for path in paths:
        content = path.read_bytes()
        found += [f"{path.name}: {word}" for word in secret if word.encode() in content]
    return found


@pytest.mark.slow
@pytest.mark.postgresql
def test_the_same_on_postgresql(tmp_path):
    with live.database() as house:
        live.told(house, 2)
        env = life(tmp_path, house["DATABASE_URL"]) | {"BRYGGAN_VAR": house["BRYGGAN_VAR"]}
        anchor = manage("history", "anchor", env=env).stdout.strip()
        before = manage("shell", "-c", COUNT, env=env).stdout
        copy = tmp_path / "copy"
        told = manage("backup", str(copy), env=env)
        assert told.returncode == 0, told.stderr
        told = manage("restore", str(copy), "--replace", "--anchor", anchor, env=env)
        assert (told.returncode, told.stdout) == (0, "Kopian är tillbaka. 0 fel.\n"), told.stderr
        assert manage("shell", "-c", COUNT, env=env).stdout == before
