"""A server over a copy of a database that was told once; seen through pages, mails and commands."""

from __future__ import annotations

import email
import email.policy
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import urlsplit

from tests import made
from tests.browser.clock import FILE
from tests.servers import web

PASSWORD = "bryggan-demo"
# Who signs in to the demo municipality.
PEOPLE = (
    "skola",
    "rektor",
    "friskola",
    "team",
    "team2",
    "teamfarsta",
    "chef",
    "distrikt",
    "skolfam",
    "mottagare",
    "analytiker",
    "granskare",
    "admin",
)


def environment(folder: Path) -> dict[str, str]:
    return made.demo_mode(folder) | {"DJANGO_SETTINGS_MODULE": "tests.browser.settings"}


@dataclass(frozen=True)
class Stage:
    """One server at `url`, which keeps everything in `folder`."""

    url: str
    folder: Path

    def later(self, days: int) -> None:
        """Let days go by, and the worker do what it does when they have."""
        file = self.folder / FILE
        passed = int(file.read_text()) if file.exists() else 0
        file.write_text(str(passed + days))
        made.command(environment(self.folder), "-m", "tests.browser.night")

    def manage(self, *words: str) -> str:
        return made.command(environment(self.folder), "manage.py", *words)

    def files(self, kind: str) -> list[Path]:
        """What was sent by "mail" or "sms", oldest first."""
        found = (self.folder / kind).glob("*")
        return sorted(found, key=lambda file: (file.stat().st_mtime_ns, file.name))

    def mails(self) -> list[EmailMessage]:
        return [mail for file in self.files("mail") for mail in mails_in(file)]

    def texts(self) -> list[str]:
        """Every text message so far; the number on its first line."""
        return [file.read_text() for file in self.files("sms")]

    def link_to(self, address: str) -> str:
        """The link in the last mail to an address."""
        mail = [one for one in self.mails() if one["To"] == address][-1]
        return links_in(words_of(mail))[-1]

    def link_and_code(self, address: str, number: str) -> tuple[str, str]:
        """What lies last in somebody's mailbox and on their phone."""
        digits = "".join(char for char in number if char.isdigit())
        text = [t for t in self.texts() if "".join(filter(str.isdigit, t.split("\n")[0])) == digits]
        return self.link_to(address), codes_in(text[-1].split("\n", 1)[1])[-1]


def words_of(mail: EmailMessage) -> str:
    """What a person reads in it, with or without something attached."""
    body = mail.get_body(("plain",))
    return str(body.get_content()) if body else ""


def links_in(words: str) -> list[str]:
    """The paths of the addresses in a mail, whichever host they name."""
    return [urlsplit(found).path for found in re.findall(r"https?://\S+", words)]


def codes_in(words: str) -> list[str]:
    return re.findall(r"\b\d{6}\b", words)


def mails_in(file: Path) -> list[EmailMessage]:
    """Django writes a line of dashes after each."""
    parts = file.read_bytes().split(b"\n" + b"-" * 79 + b"\n")
    read = (email.message_from_bytes(part, policy=email.policy.default) for part in parts if part)
    return [mail for mail in read if isinstance(mail, EmailMessage)]


@contextmanager
def staged(template: Path, folder: Path) -> Iterator[Stage]:
    """A server over a copy; the copy stays behind when the server is gone."""
    shutil.copytree(template, folder)
    with web(environment(folder)) as url:
        yield Stage(url, folder)
