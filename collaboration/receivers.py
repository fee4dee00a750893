"""What follows from what in the collaboration: each row asks where things stand, not how they came."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver

from collaboration.choices import (
    IN_FORCE,
    AgreementStatus,
    AnswerStatus,
    ContactStatus,
    FundingStatus,
    RoundStatus,
)
from collaboration.models import (
    Agreement,
    ContactAssignment,
    FundingAnswer,
    FundingApplication,
    SurveyRound,
)
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


@receiver(moved, sender=FundingApplication)
def the_principals_are_asked(
    sender: type[Living], *, obj: FundingApplication, event: Event, **kwargs: Any
) -> None:
    """Each of its schools is asked once the district has said so, and anew when what it answered
    to has been changed; a school that is no longer with it, or a dead one, need not answer."""
    schools = set(obj.schools.values_list("school", flat=True))
    answers = obj.answers.exclude(status=AnswerStatus.LAPSED).order_by("pk")
    seal = obj.seal()
    there = set()
    for answer in answers:
        there.add(answer.school_id)
        waits = answer.status == AnswerStatus.ASKED
        if answer.school_id not in schools or (waits and not obj.is_open):
            then(answer.lapse, because=event)
        elif obj.status == FundingStatus.DRAFT and not waits and answer.text_seal != seal:
            then(answer.ask_again, because=event)
    if obj.is_open and obj.asked_on is not None:
        for school in sorted(schools - there):
            new = FundingAnswer(application=obj, school_id=school, trail_id=obj.trail_id)
            then(new, because=event)
