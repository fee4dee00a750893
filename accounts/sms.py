"""Text messages, by an adapter named in the settings: `SMS_BACKEND`.

An adapter is a class with one method, `send(number, text)`, that raises when it cannot send.
"""

from __future__ import annotations

from typing import Protocol
from uuid import uuid4

from django.conf import settings
from django.utils.module_loading import import_string


class Adapter(Protocol):
    def send(self, number: str, text: str) -> None: ...


class ToFolder:
    """Writes each message as a file, for the demo and for trying out."""

    def send(self, number: str, text: str) -> None:
        settings.SMS_FOLDER.mkdir(parents=True, exist_ok=True)
        (settings.SMS_FOLDER / f"{uuid4()}.txt").write_text(f"{number}\n{text}\n")


def adapter() -> Adapter:
    backend: Adapter = import_string(settings.SMS_BACKEND)()
    return backend
