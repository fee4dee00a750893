"""What time brings about in the collaboration: reviews that fall due, reminders, publishing."""

from __future__ import annotations

from django.db import transaction

from accounts import clock
from accounts.models import Membership, Role
from collaboration.choices import IN_FORCE, AgreementStatus
from collaboration.models import Agreement
from collaboration.models.agreement import REMINDERS
from workflows import notices
from workflows.clockwork import made


def run() -> dict[str, int]:
    """Everything, in order; how many of each were done."""
    return {
        "published": publish(),
        "agreement_reviews": call_reviews(),
        "agreement_reminders": remind_of_agreements(),
    }


def publish() -> int:
    """Signed, and the day it is to hold from has come."""
    ready = Agreement.objects.filter(status=AgreementStatus.SIGNED, valid_from__lte=clock.today())
    return sum(made(agreement.publish) for agreement in ready)


def call_reviews() -> int:
    """A year after it came into force, or was evaluated, it is to be looked over."""
    due = Agreement.objects.filter(status=AgreementStatus.ACTIVE, evaluate_by__lte=clock.today())
    return sum(made(agreement.call_review) for agreement in due)


def remind_of_agreements() -> int:
    """90, 60, 30 and 0 days before an evaluation is due, to the district's managers; once each.

    After days without a run only the nearest reminder is sent, not all that were missed.
    """
    today, told = clock.today(), 0
    for agreement in Agreement.objects.filter(status__in=IN_FORCE).exclude(evaluate_by=None):
        left = (agreement.evaluate_by - today).days
        reached = [days for days in REMINDERS if left <= days]
        if not reached:
            continue
        key = f"agreement:{agreement.uuid}:{agreement.evaluate_by}:{min(reached)}"
        with transaction.atomic():
            told += notices.tell(managers_of(agreement.district_id), "agreement", key, agreement)
    return told


def managers_of(district: int) -> list[Membership]:
    """The managers of a district in force today."""
    there = Membership.objects.in_force().filter(organisation=district, role=Role.DISTRICT)
    return list(there.order_by("pk"))
