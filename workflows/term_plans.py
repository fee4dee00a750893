"""Whose a term is that nobody has planned: the conveners and the district's managers are told.

Early in each term and when half of it has gone, once each, of what the cadences still lack; and of
what the last whole term never had.
"""

from __future__ import annotations

from datetime import date

from django.db import transaction

from accounts import clock
from accounts.models import Kind, Membership, Organisation, Role
from collaboration import planning, terms
from collaboration.models import ForumMeeting
from workflows import notices
from workflows.collaborating import managers_of

# (month, day) in each half of the year; at the second an invitation still reaches in time.
MOMENTS = {1: ((2, 1), (4, 1)), 2: ((9, 1), (10, 15))}
PAGE = "forumplan"


def run() -> dict[str, int]:
    now = terms.of(clock.today())
    reached = [moment for moment in MOMENTS[now.half] if date(now.year, *moment) <= clock.today()]
    if not reached:
        return {"terms_unplanned": 0, "terms_missed": 0}
    # Before anybody here met, nobody missed a meeting: the term before Bryggan is no term of its own.
    known = ForumMeeting.objects.filter(term__lte=str(now.before)).exists()
    unplanned = missed = 0
    for district in Organisation.objects.in_service().of(Kind.DISTRICT).order_by("pk"):
        key = f"term_plan:{district.uuid}:{now}:{len(reached)}"
        unplanned += _tell(district, now, "term_plan", key)
        if known:
            key = f"term_missed:{district.uuid}:{now.before}"
            missed += _tell(district, now.before, "term_missed", key)
    return {"terms_unplanned": unplanned, "terms_missed": missed}


def _tell(district: Organisation, term: terms.Term, code: str, key: str) -> int:
    """Each convener of their own forums' gaps, the district's managers of every one."""
    short = [row for row in planning.rhythms(district, term) if row.short]
    if term.is_over:  # a level without a forum missed no meeting: it is told of in the term's plan
        short = [row for row in short if row.forum]
    if not short:
        return 0
    conveners = [row.forum.convener for row in short if row.forum and row.forum.convener.in_force]
    to: dict[int, Membership] = {one.pk: one for one in [*conveners, *_leaders(district)]}
    with transaction.atomic():
        return notices.tell_of_page([to[pk] for pk in sorted(to)], code, key, PAGE)


def _leaders(district: Organisation) -> list[Membership]:
    """The district's managers; where it has none, those who lead its teams."""
    units = Membership.objects.in_force().filter(
        organisation__parent=district, role=Role.MANAGER, stands_in_for=None
    )
    return managers_of(district.pk) or list(units)
