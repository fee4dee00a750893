"""What time brings about: reminders, escalation, and the clock's own moves. Safe to run at any time.

Every step asks where things stand today, so a missed night is made up for by the next run, and
a second run finds nothing to do: a notice is unique per person and cause, a move is no longer
possible once made.
"""

from __future__ import annotations

from datetime import date, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet

from accounts import clock, register, school_days, working_days
from accounts.models import CLOCK, Kind, Membership, Organisation, Role
from history import legal
from history.door import begin, together
from history.models import CheckStatus, LogCheck
from referrals.choices import OPEN_TRANSFER, WAITING_CONSENT, CaseStatus
from referrals.models import Case, Consent, Referral, Transfer
from referrals.models.transfer import ALARMS
from workflows import collaborating, leaving, notices, receivers, seasons, surveying, term_plans
from workflows.clockwork import made as _made
from workflows.models import Turn, What

# After the asking, those who have not answered are reminded so many times (days: the legal data).
REMINDERS = ("consent.first_reminder", "consent.second_reminder")
# How many working days late before the unit manager or principal is told.
ESCALATE = 5


def run() -> dict[str, int]:
    """Everything; how many of each were done. First what moves, last who is told of what waits:
    a turn that a move has just given somebody is told of in the same run."""
    return {
        "wound_up": register.finish_winding(),
        "covered": leaving.sweep(),
        "reviews": begin_reviews(),
        "reminders": remind_of_consents(),
        "lapsed": lapse_consents(),
        "expired": expire_consents(),
        "schools": change_schools(),
        "drafts": clear_drafts(),
        "seasons": ask_of_the_season(),
        "checks": keep_the_log_checked(),
        **collaborating.run(),
        **surveying.run(),
        **term_plans.run(),
        "alarms": alarm_of_transfers(),
        "due": tell_of_due(),
        "late": escalate(),
        "vacant": leaving.alarm(),
        "law": tell_of_old_law(),
        "log": remind_of_log_checks(),
    }


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
    over = [c for c in waited if c.reminded and clock.today() > working_days.add(c.reminded, days)]
    return sum(_made(consent.lapse, code="no_answer") for consent in over)


def expire_consents() -> int:
    """Its period is over, or a guardian who came later has not answered in time."""
    today = clock.today()
    over = Consent.objects.active().filter(Q(valid_to__lt=today) | Q(line_due__lt=today))
    return sum(_made(consent.expire) for consent in over.iterator(200))


def change_schools() -> int:
    """A change of school that was dated takes place on its day."""
    due = Case.objects.open().filter(school_from__lte=clock.today(), next_school__isnull=False)
    return sum(_made(case.change_school, school=case.next_school) for case in due)


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


def ask_of_the_season() -> int:
    """Put the summer, leaving year 9 and growing out of a programme into the cases' next step.

    Only turns that are due later than what is asked, and not asked already, are looked at.
    """
    year, asked = clock.today().year, 0
    wanted = Q(case__programme__age_to__isnull=False)
    if seasons.asked_now():
        unsaid = Q(case__summer_until=None) | Q(case__summer_until__year__lt=year)
        undecided = Q(case__goes_on_until=None) | Q(case__goes_on_until__lte=clock.today())
        leaving = undecided & Q(pupil__grade=seasons.LAST_GRADE)
        later = Q(due__gt=date(year, *seasons.SUMMER_DUE))
        wanted |= later & (unsaid | leaving)
    turns = Turn.objects.open().filter(wanted, what=What.CASE).exclude(step__in=seasons.STEPS)
    for case in Case.objects.filter(status__in=seasons.CASES, pk__in=turns.values("case")):
        found = seasons.step_of(case)
        if found is None:
            continue
        with together(case):
            receivers.keep_turn(Case.objects.get(pk=case.pk))
        asked += Turn.objects.open().filter(case=case, what=What.CASE, step=found[0]).count()
    return asked


def alarm_of_transfers() -> int:
    """30 and 90 days after the offer, while support has not started: once each, to the unit
    managers of both sides and the district managers."""
    days, told = legal.limits(*ALARMS), 0
    for transfer in Transfer.objects.filter(status__in=OPEN_TRANSFER, offered_on__isnull=False):
        waited = transfer.days() or 0
        for key in ALARMS:
            if waited >= days[key]:
                told += _alarm(transfer, key)
    return told


def _alarm(transfer: Transfer, key: str) -> int:
    sides = (transfer.case.team, transfer.receiver)
    districts = [side.district for side in sides if side.district]
    chiefs = Membership.objects.in_force().filter(
        Q(organisation__in=sides, role=Role.MANAGER)
        | Q(organisation__in=districts, role=Role.DISTRICT)
    )
    to = [transfer.case.responsible, *chiefs.order_by("pk")]
    with transaction.atomic():
        return notices.tell(dict.fromkeys(to), "alarm", f"alarm:{transfer.uuid}:{key}", transfer)


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
    at_school = school_days.counted()
    for turn in late:
        counts = at_school if turn.side.kind == Kind.SCHOOL else working_days.is_working_day
        if working_days.between(turn.due, limit, counts) < ESCALATE:
            continue
        chiefs = Membership.objects.in_force().filter(_leads(turn))
        to = {person for person in (turn.deputy, *chiefs) if person is not None}
        with transaction.atomic():
            told += notices.tell_of_turn(sorted(to, key=lambda m: m.pk), "late", turn)
    return told


def _leads(turn: Turn) -> Q:
    """Who is told of what is late: the leader there, and of money those who gave it."""
    there = Q(organisation=turn.side, role__in=(Role.MANAGER, Role.PRINCIPAL))
    if turn.what == What.FUNDING:
        there |= Q(organisation=turn.side, role=Role.DISTRICT) | Q(role=Role.CENTRAL)
    return there


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
