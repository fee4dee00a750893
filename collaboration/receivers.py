"""What follows from what in the collaboration: each row asks where things stand, not how they came."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver

from collaboration.choices import IN_FORCE, AgreementStatus
from collaboration.models import Agreement
from history.door import moved, then
from history.models import Event, Living


@receiver(moved, sender=Agreement)
def the_new_version_holds(
    sender: type[Living], *, obj: Agreement, event: Event, **kwargs: Any
) -> None:
    """When a revision comes into force, what it replaces is superseded."""
    old = obj.replaces
    if obj.status == AgreementStatus.ACTIVE and old is not None and old.status in IN_FORCE:
        then(old.supersede, because=event)
