"""What the rooms below tell of themselves goes on the same chain."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import transaction
from django.dispatch import receiver

from accounts import changes
from accounts.models import Actor
from history.models import Outcome
from history.reading import Look, note_change, write


@receiver(changes.changed)
def put_a_change_on_the_chain(
    by: Actor | None, what: str, subject: UUID | None, reason: str = "", **kwargs: Any
) -> None:
    note_change(by, what, subject, reason)


@receiver(changes.refused)
def put_a_refusal_on_the_chain(what: str, subject: UUID | None, **kwargs: Any) -> None:
    with transaction.atomic():
        write(Look(what, None, subject), Outcome.REFUSED)
