"""Reviews and booked meetings as calendar files: a day and a case's number, never a name.

A protected pupil's case is in none: a calendar is seen by others than its owner.
"""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET
from icalendar import Calendar, Event

from accounts import clock
from accounts.http import Request
from accounts.models import Membership
from history.reading import reads, seen
from referrals.choices import ContactStatus
from referrals.models import Case, OutsideContact, Review
from referrals.models.sight import SCHOOL_ROLES, TEAM_ROLES, named_in


@require_GET
@reads("calendar")
def of_case(request: Request, reference: str) -> HttpResponse:
    """One case's reviews and booked meetings, as far as the reader sees them."""
    case = get_object_or_404(Case.objects.visible_to(request.actor), reference=reference)
    if case.pupil.protected:
        raise Http404
    return _file(Case.objects.filter(pk=case.pk), request, case.reference)


@require_GET
@reads("calendar")
def own(request: Request) -> HttpResponse:
    """The same of every open case the reader is named in."""
    actor = request.actor
    if not isinstance(actor, Membership) or actor.role not in (*SCHOOL_ROLES, *TEAM_ROLES):
        raise Http404
    named = Case.objects.filter(named_in(actor, "")).values("pk")
    cases = Case.objects.visible_to(actor).open().filter(pk__in=named, pupil__protection="none")
    return _file(cases, request, "bryggan")


def _file(chosen: QuerySet[Case], request: Request, name: str) -> HttpResponse:
    cases = list(chosen.select_related("pupil").order_by("pk"))
    inside = Case.objects.filter(pk__in=chosen.values("pk")).values("pk")
    found = Calendar()
    found.add("prodid", "-//Bryggan//SV")
    found.add("version", "2.0")
    numbers = {case.pk: case.reference for case in cases}
    for case in cases:
        seen(case.pupil.uuid, "calendar")
    reviews = Review.objects.visible_to(request.actor).filter(case__in=inside, status="planned")
    planned = set()
    for review in reviews.order_by("held_on", "pk"):
        planned.add(review.case_id)
        words = _("Uppföljning %s") % numbers[review.case_id]
        found.add_component(_entry(review.uuid, review.held_on, words))
    for case in cases:
        if case.pk not in planned and case.next_review:
            words = _("Uppföljning %s") % case.reference
            found.add_component(_entry(case.uuid, case.next_review, words))
    meetings = OutsideContact.objects.visible_to(request.actor).filter(
        case__in=inside, status=ContactStatus.MEETING
    )
    for meeting in meetings.order_by("due", "pk"):
        words = _("Möte %s") % numbers[meeting.case_id]
        found.add_component(_entry(meeting.uuid, meeting.due, words))
    answer = HttpResponse(found.to_ical(), content_type="text/calendar; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.ics"'
    return answer


def _entry(uuid: UUID, day: date, words: str) -> Event:
    entry = Event()
    entry.add("uid", f"{uuid}@bryggan")  # the same thing moved is the same entry
    entry.add("dtstamp", clock.now())
    entry.add("dtstart", day)
    entry.add("summary", words)
    return entry
