"""People, roles and organisations change in one transaction, told to whoever must know."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from django.db import transaction
from django.dispatch import Signal

from accounts import wall
from accounts.models import Actor

# Sent last inside the transaction, with by, what, subject (a uuid or None) and reason: `history`
# puts it on the chain, `workflows` promises the mail it leads to.
changed = Signal()
# The same of a try that was turned away: a wrong password, a closed account.
refused = Signal()


@contextmanager
def change(
    by: Actor | None, what: str, subject: UUID | None, *, closes: bool = True, reason: str = ""
) -> Iterator[None]:
    """Make a change and have it on record; all or nothing.

    `closes`: whether it can take away somebody's sight of a pupil. Then every page on its way out
    is made again, so that an open session meets the change on its next request.
    """
    with transaction.atomic():
        yield
        if closes:
            wall.raise_epoch()
        changed.send(sender=None, by=by, what=what, subject=subject, reason=reason)
