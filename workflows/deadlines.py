"""What time brings about: reminders, escalation, and the clock's own moves. Safe to run at any time.

Every step asks where things stand today, so a missed night is made up for by the next run, and
a second run finds nothing to do: a notice is unique per person and cause, a move is no longer
possible once made.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404

from accounts import clock, working_days
from accounts.models import CLOCK, Membership, Organisation, Role
from history import legal
from history.door import Conflict, begin, perform
from history.models import CheckStatus, LogCheck
from referrals.choices import WAITING_CONSENT, CaseStatus, ConsentStatus
from referrals.models import Case, Consent, Referral
from workflows import notices
from workflows.models import Turn

# After the asking, those who have not answered are reminded so many times (days: the legal data).
REMINDERS = ("consent.first_reminder", "consent.second_reminder")
# How many working days late before the unit manager or principal is told.
ESCALATE = 5


def run() -> dict[str, int]:
    """Everything, in order; how many of each were done."""
    return {
        "reviews": begin_reviews(),
        "reminders": remind_of_consents(),
        "lapsed": lapse_consents(),
        "expired": expire_consents(),
        "drafts": clear_drafts(),
        "due": tell_of_due(),
        "late": escalate(),
        "law": tell_of_old_law(),
        "checks": keep_the_log_checked(),
        "log": remind_of_log_checks(),
    }


def _made(move: Any, **details: Any) -> bool:
    """Whether the clock could make the move; if somebody was first there is nothing left to do."""
    try:
        perform(move, by=CLOCK, **details)
    except (Conflict, PermissionDenied, ValidationError, Http404):
        return False
    return True


def begin_reviews() -> int:
    """The day a review was dated to, it begins by itself."""
    due = Case.objects.filter(status=CaseStatus.SUPPORT, next_review__lte=clock.today())
    return sum(_made(case.begin_review) for case in due.iterator(200))


def remind_of_consents() -> int:
    """One reminder at a time: after a time out of service the next waits its days from the last."""
    today, made = clock.today(), 0
    days = legal.limits(*REMINDERS)
    between = timedelta(days=days[REMINDERS[1]] - days[REMINDERS[0]])
    for consent in Consent.objects.filter(status__in=WAITING_CONSENT, reminders__lt=len(REMINDERS)):
        at = consent.asked_on + timedelta(days=days[REMINDERS[consent.reminders]])
        if consent.reminded:
            at = max(at, consent.reminded + between)
        if today >= at:
            made += _made(consent.remind)
    return made


def lapse_consents() -> int:
    """Some working days after the second reminder; never paused."""
    days = legal.limit("consent.lapse")
    waited = Consent.objects.filter(status__in=WAITING_CONSENT, reminders__gte=len(REMINDERS))
    over = [c for c in waited if clock.today() > working_days.add(c.reminded, days)]
    return sum(_made(consent.lapse, code="no_answer") for consent in over)


def expire_consents() -> int:
    over = Consent.objects.filter(status=ConsentStatus.ACTIVE, valid_to__lt=clock.today())
    return sum(_made(consent.expire) for consent in over.iterator(200))


def clear_drafts() -> int:
    """Warn of drafts nobody has touched, then clear them."""
    days = legal.limits("draft.warning", "draft.kept")
    warned = clock.now() - timedelta(days=days["draft.warning"])
    kept = clock.now() - timedelta(days=days["draft.kept"])
    for draft in Referral.objects.filter(status="draft", touched__lte=warned):
        with transaction.atomic():
            notices.tell([draft.author], "draft_old", f"draft:{draft.uuid}:{draft.version}", draft)
    old = Referral.objects.filter(status="draft", touched__lte=kept)
    return sum(_made(draft.clear_draft) for draft in old)


def tell_of_due() -> int:
    """Once, two days before it is due, to whoever it waits for."""
    soon = clock.today() + timedelta(days=2)
    told = 0
    for turn in Turn.objects.open().filter(due__lte=soon).select_related("responsible", "taken_by"):
        to = turn.taken_by or turn.responsible
        if to is not None:
            with transaction.atomic():
                told += notices.tell_of_turn([to], "due", turn)
    return told


def escalate() -> int:
    """Late by a working week: to the deputy and to the unit manager or principal."""
    limit = clock.today()
    told = 0
    late = Turn.objects.open().filter(due__lt=limit).select_related("deputy", "side")
    for turn in late:
        if working_days.between(turn.due, limit) < ESCALATE:
            continue
        chiefs = Membership.objects.in_force().filter(
            organisation=turn.side, role__in=(Role.MANAGER, Role.PRINCIPAL)
        )
        to = {person for person in (turn.deputy, *chiefs) if person is not None}
        with transaction.atomic():
            told += notices.tell_of_turn(sorted(to, key=lambda m: m.pk), "late", turn)
    return told


def tell_of_old_law() -> int:
    """Once a month to the administrators, while something has not been checked for a year."""
    if not legal.to_check():
        return 0
    admins = Membership.objects.in_force().filter(role=Role.ADMIN)
    with transaction.atomic():
        return notices.tell_of_page(admins, "law_old", f"law:{clock.today():%Y-%m}", "law")


def _auditors() -> QuerySet[Membership]:
    return Membership.objects.in_force().filter(role=Role.AUDITOR)


def keep_the_log_checked() -> int:
    """Every organisation with an auditor has a check of its log planned or under way."""
    waiting = LogCheck.objects.exclude(status=CheckStatus.CONCLUDED).values("organisation")
    without = Organisation.objects.filter(pk__in=_auditors().values("organisation"))
    due = clock.today() + timedelta(days=legal.limit("log.check_interval"))
    made = 0
    for organisation in without.exclude(pk__in=waiting):
        begin(LogCheck(organisation=organisation, due=due), by=CLOCK)
        made += 1
    return made


def remind_of_log_checks() -> int:
    """Once for each day a check was due on, to the auditors of that organisation."""
    late = LogCheck.objects.exclude(status=CheckStatus.CONCLUDED).filter(due__lte=clock.today())
    told = 0
    for check in late:
        to = _auditors().filter(organisation=check.organisation_id)
        with transaction.atomic():
            key = f"check:{check.uuid}:{check.due}"
            told += notices.tell_of_page(to, "log_check", key, "logcheck")
    return told
