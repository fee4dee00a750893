"""What time brings about in the collaboration: reviews that fall due, reminders, publishing."""

from __future__ import annotations

from datetime import date, timedelta
from typing import cast

from django.db import transaction

from accounts import clock, working_days
from accounts.models import CLOCK, Membership, Role
from collaboration import serving
from collaboration.choices import (
    IN_FORCE,
    OPEN_CONTACT,
    AgreementStatus,
    ContactStatus,
    MeetingStatus,
    Post,
    Reply,
    Signature,
)
from collaboration.models import (
    Agreement,
    ContactAssignment,
    ForumMeeting,
)
from collaboration.models.agreement import REMINDERS
from collaboration.models.contact import ALARM, ESCALATE
from collaboration.models.contact import REMINDERS as CONTACT_REMINDERS
from collaboration.models.forum import REMIND_BEFORE
from history.door import begin, perform, together
from workflows import money, notices
from workflows.clockwork import made

# How long before comments are due a silent party is asked again, and how often for a signature: well
# before the thirty days its link lives.
COMMENT_SOON, SIGN_AGAIN = timedelta(days=5), timedelta(days=10)
# How long before the last day of whoever holds posts their leader is told.
WARN_BEFORE = timedelta(days=30)


def run() -> dict[str, int]:
    """Everything, in order; how many of each were done."""
    return {
        "published": publish(),
        "agreements_run_out": run_out(),
        "agreement_parties_reminded": remind_parties(),
        "agreement_reviews": call_reviews(),
        "agreement_reminders": remind_of_agreements(),
        "contacts_closed": close_with_schools(),
        "contacts_missing": open_vacancies(),
        "contacts_begun": hand_over_posts(),
        "contacts_ended": end_as_planned(),
        "contacts_leaving": tell_of_roles_that_end(),
        "contacts_reminded": remind_schools(),
        "contacts_chased": chase(),
        "forums_reminded": remind_of_meetings(),
        "money": money.keep_turns(),
    }


def publish() -> int:
    """Signed, and the day it is to hold from has come."""
    ready = Agreement.objects.filter(status=AgreementStatus.SIGNED, valid_from__lte=clock.today())
    return sum(made(agreement.publish) for agreement in ready)


def run_out() -> int:
    """In force until a day that has passed."""
    over = Agreement.objects.filter(status__in=IN_FORCE, valid_to__lt=clock.today())
    return sum(made(agreement.run_out) for agreement in over)


def remind_parties() -> int:
    """Once before comments are due; while signatures are missing every tenth day."""
    waiting = Agreement.objects.filter(
        status=AgreementStatus.IN_REVIEW, parties__signature=Signature.WAITING
    ).distinct()
    return sum(made(agreement.remind) for agreement in waiting if _is_late(agreement))


def _is_late(agreement: Agreement) -> bool:
    today = clock.today()
    if agreement.signing_since:
        return today >= (agreement.reminded_on or agreement.signing_since) + SIGN_AGAIN
    near = agreement.comment_by is not None and today >= agreement.comment_by - COMMENT_SOON
    return near and agreement.reminded_on is None and today <= cast(date, agreement.comment_by)


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
        left = (cast(date, agreement.evaluate_by) - today).days
        reached = [days for days in REMINDERS if left <= days]
        if not reached:
            continue
        key = f"agreement:{agreement.uuid}:{agreement.evaluate_by}:{min(reached)}"
        with transaction.atomic():
            told += notices.tell(managers_of(agreement.district_id), "agreement", key, agreement)
    return told


def close_with_schools() -> int:
    """A school that is no more calls nobody: its posts end the day it did."""
    left = ContactAssignment.objects.filter(
        status__in=OPEN_CONTACT, school__until__lte=clock.today()
    ).select_related("school")
    return sum(made(row.close_with_school, on=row.school.until) for row in left)


def open_vacancies() -> int:
    """A school in service that nobody has been named for has an open vacancy, not nothing."""
    opened = 0
    for post in Post:
        held = ContactAssignment.objects.now().filter(post=post).values("school")
        for school in serving.schools_with_duty().exclude(pk__in=held):
            team = serving.answering(school)
            if team is not None:
                row = ContactAssignment(school=school, team=team, post=post)
                opened += bool(begin(row, by=CLOCK))
    return opened


def hand_over_posts() -> int:
    """Confirmed before its day: it takes over when the day has come."""
    ready = ContactAssignment.objects.filter(
        status=ContactStatus.ANNOUNCED, confirmed_on__isnull=False, since__lte=clock.today()
    )
    count = 0
    for row in ready:
        before = row.predecessor
        with together(row):
            if before is not None:
                perform(before.end, by=CLOCK)
            perform(row.activate, by=CLOCK)
        count += 1
    return count


def end_as_planned() -> int:
    """The last day of a planned end has passed and nobody has taken over: the post is empty."""
    over = ContactAssignment.objects.filter(
        status=ContactStatus.ACTIVE, expected_end__lt=clock.today()
    ).exclude(gone="")
    return sum(made(row.vacate, gone=row.gone) for row in over)


def tell_of_roles_that_end() -> int:
    """A month before the last day of whoever holds posts, once, to the leader of the team; of the
    leader's own to the district's managers."""
    today, told = clock.today(), 0
    ending = Membership.objects.in_force().filter(
        until__gt=today, until__lte=today + WARN_BEFORE, contact_for__status__in=OPEN_CONTACT
    )
    for person in ending.distinct().order_by("pk"):
        held = person.contact_for.exclude(status=ContactStatus.VACANT)
        row = held.filter(status__in=OPEN_CONTACT).order_by("pk").first()
        if row is None:
            continue
        leader = serving.manager_of(row.team)
        to = [leader] if leader and leader != person else _above(row)
        with transaction.atomic():
            key = f"role_ends:{person.pk}:{person.until}"
            told += notices.tell(to, "role_ends", key, row)
    return told


def _above(row: ContactAssignment) -> list[Membership]:
    return managers_of(row.district.pk) if row.district is not None else []


def remind_schools() -> int:
    """A school that has not confirmed is told again, twice; after that the unit manager calls."""
    waiting = ContactAssignment.objects.filter(
        status=ContactStatus.ANNOUNCED, confirmed_on=None, reminders__lt=CONTACT_REMINDERS
    )
    due = [row for row in waiting if row.next_due < clock.today()]
    return sum(made(row.remind) for row in due)


def chase() -> int:
    """Day 1: the team's leader and the school. Day 5: the district's managers too.

    The same for a school that has been told three times and has not confirmed.
    """
    today, told = clock.today(), 0
    vacant = ContactAssignment.objects.filter(status=ContactStatus.VACANT)
    silent = ContactAssignment.objects.filter(
        status=ContactStatus.ANNOUNCED, confirmed_on=None, reminders__gte=CONTACT_REMINDERS
    )
    for row in [*vacant, *silent]:
        empty = row.status == ContactStatus.VACANT
        since = row.vacant_since if empty else row.reminded
        days = working_days.between(since, today)
        first, later = ("vacant", "vacant_long") if empty else ("unconfirmed", "unconfirmed")
        people = [serving.manager_of(row.team), serving.leader_of(row.school)]
        with transaction.atomic():
            if days >= ALARM:
                to = [one for one in people if one is not None]
                told += notices.tell(to, first, f"{first}:{row.uuid}:{since}:1", row)
            if days >= ESCALATE and row.district is not None:
                to = managers_of(row.district.pk)
                told += notices.tell(to, later, f"{later}:{row.uuid}:{since}:5", row)
    return told


def remind_of_meetings() -> int:
    """A week before, those who have not answered are asked once more."""
    last = clock.now() + timedelta(days=REMIND_BEFORE)
    coming = ForumMeeting.objects.filter(
        status=MeetingStatus.INVITED,
        reminded_on=None,
        starts__lte=last,
        starts__gt=clock.now(),
        invitees__reply=Reply.NONE,
    ).distinct()
    return sum(made(meeting.remind) for meeting in coming)


def managers_of(district: int) -> list[Membership]:
    """The managers of a district in force today."""
    there = Membership.objects.in_force().filter(organisation=district, role=Role.DISTRICT)
    return list(there.order_by("pk"))
