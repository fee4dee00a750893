"""Everything the screen says in Swedish it can say in English."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parent.parent
HOLES = re.compile(r"%\(\w+\)s|%s")


def test_the_english_catalogue_is_complete_and_fits(tmp_path):
    """The catalogue is made anew from a copy of the sources, so that a new string is red."""
    rooms = {apps.parent.name for apps in ROOT.glob("*/apps.py")}
    for room in sorted(rooms | {"locale", "templates"}):
        shutil.copytree(ROOT / room, tmp_path / room)
    shutil.copy(ROOT / "manage.py", tmp_path)
    command = ["manage.py", "makemessages", "-l", "en", "--no-location", "-v0"]
    own = os.environ | {"DJANGO_SETTINGS_MODULE": "config.settings"}
    subprocess.run([sys.executable, *command], cwd=tmp_path, check=True, env=own)
    catalogue = polib.pofile(str(tmp_path / "locale/en/LC_MESSAGES/django.po"))
    left = [entry.msgid for entry in catalogue if not entry.translated() and not entry.obsolete]
    assert left == []
    for entry in catalogue:
        said = entry.msgstr or entry.msgstr_plural[1]
        asked = entry.msgid_plural or entry.msgid
        assert sorted(HOLES.findall(said)) == sorted(HOLES.findall(asked)), entry.msgid
