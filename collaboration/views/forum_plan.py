"""A district's forums and their terms: set up, and planned from how often each is to meet."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import clock
from accounts.http import Request
from accounts.models import Organisation
from collaboration import planning, terms
from collaboration.choices import Level, MeetingKind
from collaboration.forms.forum import ForumForm
from collaboration.forms.planning import NewMeetingForm
from collaboration.models import Forum, ForumMeeting
from history.door import begin, together
from history.models import Event, Trail
from history.reading import note_change
from history.views.saving import saved

HOUR = time(13, 0)


def _district(request: Request, *, leads: bool = False) -> Organisation:
    """The district the reader plans for; 404 for anyone else."""
    district = planning.district_of(request.actor)
    if district is None or (leads and not planning.leads(request.actor)):
        raise Http404
    return district


def _term(request: Request) -> terms.Term:
    return terms.read(request.GET.get("termin", "")) or terms.of(clock.today())


@require_http_methods(["GET", "POST"])
def new(request: Request) -> HttpResponse:
    """Set up one of the four forums; from the term's plan, the one that is missing."""
    district = _district(request, leads=True)
    form = ForumForm(request.POST or None, district=district, initial=_asked_for(request, district))
    if form.is_valid():
        given = form.cleaned_data
        same = Forum.objects.filter(district=district, level=given["level"], name=given["name"])
        if same.filter(active=True).exists():
            form.add_error("name", _("Det finns redan ett forum som heter så."))
        else:
            with transaction.atomic():
                # One that was closed is taken into use again, with all that it has been.
                forum = same.first() or Forum(district=district, trail=Trail.objects.create())
                for name, value in (given | {"active": True}).items():
                    setattr(forum, name, value)
                forum.save()
                note_change(request.actor, "forum.made", forum.uuid)
            if "termin" in request.GET:
                return redirect(f"/samverkan/forum/plan/?termin={_term(request)}")
            return redirect("collaboration:forums")
    return render(request, "collaboration/forum_new.html", {"form": form})


def _asked_for(request: Request, district: Organisation) -> dict[str, Any]:
    """The level the plan misses, by the name the level has, and where the others meet."""
    level = request.GET.get("niva", "")
    if level not in Level.values:
        return {}
    with translation.override(settings.LANGUAGE_CODE):
        name = str(Level(level).label)
    others = Forum.objects.filter(district=district, active=True).exclude(place="")
    place = others.values_list("place", flat=True).first() or ""
    return {"level": level, "name": name, "convener": request.actor, "place": place}


@require_http_methods(["GET", "POST"])
def plan(request: Request) -> HttpResponse:
    """The term's plan, generated from how often each forum is to meet; what is there already stays."""
    district, term, actor = _district(request), _term(request), request.actor
    if request.method == "POST":
        _plan(district, term, actor)
        return redirect(f"/samverkan/forum/?termin={term}")
    rows = planning.rhythms(district, term)
    proposals = planning.proposals(rows, term, actor)
    before = planning.rhythms(district, term.before) if term.before.is_over else []
    told, crowded = planning.callable_by(actor, rows), {p.forum.pk for p in proposals if not p.on}
    context = {
        "district": district,
        "term": term,
        "rows": told,
        "leads": planning.leads(actor),
        "missing": sorted((one for one in proposals if one.on), key=lambda one: one.on or date.max),
        "homeless": [row for row in rows if row.forum and row.forum.pk in crowded],
        "absent": any(row.forum is None for row in rows),
        "others": any(row.missing and not calls for row, calls in told),
        "complete": not any(row.short for row in rows),
        "missed": [] if term.is_over else [row for row in before if row.forum and row.missing],
    }
    return render(request, "collaboration/forum_plan.html", context)


def _plan(district: Organisation, term: terms.Term, actor: Any) -> None:
    """What is missing is asked anew under lock, so that two who plan at once plan it once."""
    forums = {
        one.forum.pk: one.forum
        for one in planning.proposals(planning.rhythms(district, term), term, actor)
    }
    with together(*(ForumMeeting(forum=one, trail_id=one.trail_id) for one in forums.values())):
        for forum, kind, on in planning.proposals(planning.rhythms(district, term), term, actor):
            if on and forum.pk in forums:
                begin(_planned(forum, kind, on), by=actor)


def _planned(forum: Forum, kind: str, on: date, at: time = HOUR, **more: Any) -> ForumMeeting:
    new = {"length": 240 if kind == MeetingKind.LECTURE else 120, "place": forum.place} | more
    starts = timezone.make_aware(datetime.combine(on, at))
    term = str(terms.of(on))
    return ForumMeeting(
        forum=forum, term=term, kind=kind, convener=forum.convener, starts=starts, **new
    )


@require_http_methods(["GET", "POST"])
def new_meeting(request: Request, uuid: UUID) -> HttpResponse:
    """One meeting more than the cadence asks for, or one it asks for on a day of one's own."""
    district, actor = _district(request), request.actor
    rows = Forum.objects.select_related("district", "convener__user", "convener__organisation")
    forum = get_object_or_404(rows, uuid=uuid, district=district, active=True)
    if not planning.may_call(forum, actor):
        raise Http404
    kind = request.GET.get("slag", "")
    kind = kind if kind in MeetingKind.values else MeetingKind.MEETING.value
    on = planning.first_day(forum, _term(request)) if request.method == "GET" else None
    first = _planned(forum, kind, on or clock.today())
    initial = NewMeetingForm.of(first) | {"kind": kind, "on": on}
    form = NewMeetingForm(request.POST or None, forum=forum, initial=initial)
    context = {
        "form": form,
        "obj": forum,
        "back": f"/samverkan/forum/?termin={_term(request)}",
        "offer": {"label": _("Planera ett möte"), "intro": ""},
    }
    if form.is_valid():
        given = form.cleaned_data
        details = {name: given[name] for name in ("length", "place", "agenda")}
        meeting = _planned(forum, given["kind"], given["on"], given["at"], **details)
        where = f"/samverkan/moten/{form.planned_before or meeting.uuid}/"
        if form.planned_before:
            return redirect(where)

        def save() -> Event:
            return begin(meeting, by=actor, key=given["key"])

        if answer := saved(request, form, save, context, to=where):
            return answer
    return render(request, "collaboration/act.html", context)
