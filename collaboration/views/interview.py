"""Interviews: the schedule, the guides, one conversation, and what many have said under each theme."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Count
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from accounts import keyset
from accounts.http import Request
from accounts.models import Membership, Role
from collaboration import few
from collaboration.choices import (
    InterviewOccasion,
    InterviewStatus,
    InterviewTheme,
    InterviewWith,
)
from collaboration.forms.interview import PlanForm
from collaboration.forms.offers import offers
from collaboration.models import Interview
from collaboration.models.interview import told
from collaboration.texts.interview import GUIDES, VERSION, topics
from history.door import begin

READERS = (Role.TEAM, Role.MANAGER, Role.SCHOOL, Role.DISTRICT, Role.CENTRAL, Role.ADMIN)


def _reader(request: Request) -> Membership:
    actor = request.actor
    if not isinstance(actor, Membership) or actor.role not in READERS:
        raise Http404
    return actor


@require_GET
def index(request: Request) -> HttpResponse:
    """The schedule: the reader's own, or all of them; and how many there are of each kind."""
    actor = _reader(request)
    rows = Interview.objects.visible_to(actor).select_related(
        "district", "interviewer__user", "asker__user"
    )
    counted = Interview.objects.visible_to(actor).order_by().values("subject", "status")
    known = {(r["subject"], r["status"]): r["n"] for r in counted.annotate(n=Count("pk"))}
    shown, more = keyset.page(rows, ("on", "pk"), request.GET.get("efter", ""), newest=True)
    context = {
        "interviews": shown,
        "more": more,
        "plans": actor.role == Role.CENTRAL,
        "counts": [
            (subject.label, [known.get((subject, status), 0) for status in InterviewStatus])
            for subject in InterviewWith
        ],
        "statuses": [status.label for status in InterviewStatus],
        "guides": InterviewWith,
    }
    return render(request, "collaboration/interviews.html", context)


@require_http_methods(["GET", "POST"])
def new(request: Request) -> HttpResponse:
    """One more conversation in the schedule."""
    actor = _reader(request)
    if actor.role != Role.CENTRAL:
        raise Http404
    form = PlanForm(request.POST or None)
    if form.is_valid():
        given = dict(form.cleaned_data)
        key = given.pop("key")
        try:
            event = begin(Interview(**given), by=actor, key=key)
        except ValidationError as error:
            form.blame(error)
            form.fresh_key()
        else:
            return redirect("collaboration:interview", event.obj.uuid)
    return render(request, "collaboration/interview_new.html", {"form": form})


@require_GET
def detail(request: Request, uuid: UUID) -> HttpResponse:
    """Where one conversation stands, what is talked about, and what is to be done."""
    actor = _reader(request)
    rows = Interview.objects.visible_to(actor).select_related(
        "district", "interviewer__user", "asker__user", "asker__organisation"
    )
    row = get_object_or_404(rows, uuid=uuid)
    # What was said is the interviewer's until there are enough to be told of together.
    own = actor.pk == row.interviewer_id
    context = {
        "row": row,
        "offers": offers(row, actor),
        "themes": [(said, said.text.open()) for said in row.themes.all()] if own else [],
    }
    return render(request, "collaboration/interview.html", context)


@require_GET
def guide(request: Request, subject: str) -> HttpResponse:
    """What is talked about with staff, pupils or parents."""
    _reader(request)
    if subject not in GUIDES:
        raise Http404
    context = {
        "subject": InterviewWith(subject),
        "topics": topics(subject),
        "version": VERSION,
    }
    return render(request, "collaboration/interview_guide.html", context)


@require_GET
def themes(request: Request) -> HttpResponse:
    """What at least five have said, theme by theme; before and after beside each other."""
    actor = _reader(request)
    if actor.role not in (Role.DISTRICT, Role.CENTRAL, Role.ADMIN, Role.MANAGER):
        raise Http404
    wanted = request.GET.get("vem", "")
    subject = InterviewWith(wanted) if wanted in InterviewWith.values else InterviewWith.STAFF
    rows, smallest = Interview.objects.filter(subject=subject), few.smallest()
    said: list[tuple[Any, dict[str, list[str]]]] = [
        (occasion.label, told(rows.filter(occasion=occasion), smallest))
        for occasion in InterviewOccasion
    ]
    context = {
        "subject": subject,
        "subjects": InterviewWith,
        "said": [
            (label, [(InterviewTheme(theme).label, texts) for theme, texts in found.items()])
            for label, found in said
        ],
        "smallest": smallest,
    }
    return render(request, "collaboration/interview_themes.html", context)
