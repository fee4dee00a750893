"""What follows from what in the collaboration: each row asks where things stand, not how they came."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver

from collaboration.choices import IN_FORCE, AgreementStatus, ContactStatus, RoundStatus
from collaboration.models import Agreement, ContactAssignment, SurveyRound
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


@receiver(moved, sender=SurveyRound)
def what_follows_is_opened(
    sender: type[Living], *, obj: SurveyRound, event: Event, **kwargs: Any
) -> None:
    """Next month's pulse is no draft that waits for somebody."""
    if obj.status == RoundStatus.DRAFT and obj.follows_id:
        then(obj.open, because=event)


@receiver(moved, sender=ContactAssignment)
def the_school_is_told_and_the_post_is_handed_over(
    sender: type[Living], *, obj: ContactAssignment, event: Event, **kwargs: Any
) -> None:
    """Whoever is named is announced at once; whoever is confirmed takes over on the day."""
    if obj.status == ContactStatus.APPOINTED:
        then(obj.announce if obj.is_named() else obj.open_vacancy, because=event)
    if obj.status == ContactStatus.ANNOUNCED and obj.its_day():
        before = obj.predecessor
        if before is not None:
            then(before.end, because=event)
        then(obj.activate, because=event)
