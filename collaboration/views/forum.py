"""Forums: a district's groups, the term's plan, who comes."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts import clock, paging
from accounts.http import Request
from accounts.models import Actor, Kind, Membership, Organisation, Role
from collaboration import attendance, sight, terms
from collaboration.choices import OPEN_MEETING, MeetingStatus
from collaboration.forms.forum import ForumForm, ForumSettingsForm
from collaboration.models import Forum, ForumAction, ForumMeeting
from history.door import begin, together
from history.models import Trail
from history.reading import note_change

HOUR = time(13, 0)


def _district(request: Request) -> Organisation | None:
    """The district whose forums the reader works with; None for those who see all."""
    actor = request.actor
    return actor.organisation.district if isinstance(actor, Membership) else None


def _plans(request: Request) -> Organisation:
    """The district the reader plans for; 404 for anyone else."""
    actor = request.actor
    if isinstance(actor, Membership) and actor.role in (Role.DISTRICT, Role.MANAGER):
        district = actor.organisation.district
        if district is not None:
            return district
    raise Http404


@require_GET
def index(request: Request) -> HttpResponse:
    """The meetings to come and those that have been, of the forums the reader has to do with."""
    actor = request.actor
    if not isinstance(actor, Membership):
        raise Http404
    term = terms.read(request.GET.get("termin", "")) or terms.of(clock.today())
    meetings = ForumMeeting.objects.visible_to(actor).filter(term=str(term))
    chosen = sight.district_in(request.GET)
    if chosen:
        meetings = meetings.filter(forum__district=int(chosen))
    waiting = Count("invitees", filter=Q(invitees__reply="none"))
    rows = meetings.select_related("forum__district").annotate(
        called=Count("invitees"), waiting=waiting
    )
    plans = actor.role in (Role.DISTRICT, Role.MANAGER)
    shown, more = paging.page(rows.order_by("starts", "pk"), request.GET.get("efter", ""))
    context = {
        "term": term,
        "meetings": shown,
        "more": more,
        "chosen": chosen,
        "districts": Organisation.objects.in_service()
        .filter(kind=Kind.DISTRICT)
        .values("pk", "name")
        if actor.role in sight.OVERVIEW
        else [],
        "plans": plans,
        "forums": [(one, one.kept_by(actor)) for one in _forums(request)] if plans else [],
        "actions": ForumAction.objects.visible_to(actor)
        .open()
        .filter(organisation=actor.organisation_id)
        .select_related("meeting__forum")[:20],
    }
    return render(request, "collaboration/forums.html", context)


def _forums(request: Request) -> QuerySet[Forum]:
    """The forums in use of the district the reader works with."""
    there = Forum.objects.filter(district=_district(request), active=True)
    return there.select_related("convener__user", "convener__organisation")


@require_http_methods(["GET", "POST"])
def new(request: Request) -> HttpResponse:
    """Set up one of the four forums."""
    district = _plans(request)
    form = ForumForm(request.POST or None, district=district)
    if form.is_valid():
        given = form.cleaned_data
        same = Forum.objects.filter(district=district, level=given["level"], name=given["name"])
        before = same.first()
        if before is not None and before.active:
            form.add_error("name", _("Det finns redan ett forum som heter så."))
        else:
            with transaction.atomic():
                if before is not None:  # closed, and meets again: it goes on where it stopped
                    same.update(active=True, **given)
                forum = before or Forum.objects.create(
                    district=district, trail=Trail.objects.create(), **given
                )
                note_change(request.actor, "forum.made", forum.uuid)
            return redirect("collaboration:forums")
    return render(request, "collaboration/forum_new.html", {"form": form})


@require_http_methods(["GET", "POST"])
def plan(request: Request) -> HttpResponse:
    """The term's plan, generated from how often each forum is to meet; what is there already stays."""
    district = _plans(request)
    term = terms.read(request.GET.get("termin", "")) or terms.of(clock.today())
    missing = _missing(district, term, request.actor)
    if request.method == "POST":
        forums = {forum.pk: forum for forum, _kind, _day in missing}
        for forum in forums.values():
            first = forum.meetings.first()
            with together(*([first] if first else [])):
                for of, kind, on in missing:
                    if of.pk == forum.pk:
                        begin(_planned(forum, term, kind, on), by=request.actor)
        return redirect(f"/samverkan/forum/?termin={term}")
    context = {"district": district, "term": term, "missing": missing}
    return render(request, "collaboration/forum_plan.html", context)


def _missing(
    district: Organisation, term: terms.Term, actor: Actor
) -> list[tuple[Forum, str, Any]]:
    """What the cadences ask for in the term that is neither planned nor held, with proposed days:
    of the forums the actor may call."""
    found = []
    for forum in Forum.objects.filter(district=district, active=True).select_related("convener"):
        called = ForumMeeting(forum=forum, convener=forum.convener)
        if not called.beginner(called, actor):
            continue
        there = list(
            forum.meetings.filter(term=str(term))
            .exclude(status=MeetingStatus.CANCELLED)
            .values_list("kind", flat=True)
        )
        left = []
        for kind in terms.wanted(forum.level, term):
            if kind in there:
                there.remove(kind)
            else:
                left.append(kind)
        found += list(zip([forum] * len(left), left, terms.days(term, len(left)), strict=True))
    return found


def _planned(forum: Forum, term: terms.Term, kind: str, on: Any) -> ForumMeeting:
    return ForumMeeting(
        forum=forum,
        term=str(term),
        kind=kind,
        convener=forum.convener,
        starts=timezone.make_aware(datetime.combine(on, HOUR)),
        length=240 if kind == "lecture" else 120,
        place=forum.place,
    )


@require_http_methods(["GET", "POST"])
def change(request: Request, uuid: UUID) -> HttpResponse:
    """What a forum is called, where it meets and who calls from now on."""
    forum = _kept(request, uuid)
    initial = {"name": forum.name, "place": forum.place, "convener": forum.convener_id}
    form = ForumSettingsForm(request.POST or None, district=forum.district, initial=initial)
    if form.is_valid():
        given = form.cleaned_data
        same = Forum.objects.filter(
            district=forum.district, level=forum.level, name=given["name"]
        ).exclude(pk=forum.pk)
        if same.exists():
            form.add_error("name", _("Det finns redan ett forum som heter så."))
        else:
            with transaction.atomic():
                Forum.objects.filter(pk=forum.pk).update(**given)
                note_change(request.actor, "forum.changed", forum.uuid)
            return redirect("collaboration:forums")
    return render(request, "collaboration/forum_change.html", {"form": form, "forum": forum})


@require_http_methods(["GET", "POST"])
def close(request: Request, uuid: UUID) -> HttpResponse:
    """A forum that meets no more, once it has been asked about; what it has been stays."""
    forum = _kept(request, uuid)
    if request.method == "POST":
        with transaction.atomic():
            Forum.objects.filter(pk=forum.pk).update(active=False)
            note_change(request.actor, "forum.closed", forum.uuid)
        return redirect("collaboration:forums")
    context = {"forum": forum, "waiting": forum.meetings.filter(status__in=OPEN_MEETING).count()}
    return render(request, "collaboration/forum_close.html", context)


def _kept(request: Request, uuid: UUID) -> Forum:
    """The forum in use, for those whose it is to change; 404 for anyone else."""
    rows = Forum.objects.filter(active=True).select_related(
        "district", "convener__user", "convener__organisation"
    )
    forum = get_object_or_404(rows, uuid=uuid)
    if not forum.kept_by(request.actor):
        raise Http404
    return forum


@require_GET
def presence(request: Request) -> HttpResponse:
    """Who comes and who stays away, term by term: schools by kind, and each organisation."""
    actor = request.actor
    if not isinstance(actor, Membership) or actor.role not in (
        Role.DISTRICT,
        Role.MANAGER,
        Role.CENTRAL,
        Role.ADMIN,
    ):
        raise Http404
    chosen = sight.district_in(request.GET)
    district = _district(request)
    if actor.role in sight.OVERVIEW:
        district = (
            get_object_or_404(Organisation, pk=int(chosen), kind=Kind.DISTRICT) if chosen else None
        )
    organisations, more = attendance.by_organisation(district, request.GET.get("efter", ""))
    context = {
        "district": district,
        "chosen": chosen,
        "districts": Organisation.objects.in_service()
        .filter(kind=Kind.DISTRICT)
        .values("pk", "name")
        if actor.role in sight.OVERVIEW
        else [],
        "terms": attendance.by_term(district),
        "roles": attendance.by_role(district),
        "organisations": organisations,
        "more": more,
    }
    return render(request, "collaboration/presence.html", context)
