"""Forums: the meetings of a term, a district's groups, and who comes."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.db.models import Count, Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts import clock, paging
from accounts.http import Request
from accounts.models import Kind, Membership, Organisation, Role
from collaboration import attendance, planning, sight, terms
from collaboration.choices import OPEN_MEETING
from collaboration.forms.forum import ForumSettingsForm
from collaboration.models import Forum, ForumAction, ForumMeeting
from history.reading import note_change


def _district(request: Request) -> Organisation | None:
    """The district whose forums the reader works with; None for those who see all."""
    actor = request.actor
    return actor.organisation.district if isinstance(actor, Membership) else None


def _seen(actor: Membership, chosen: str) -> Organisation | None:
    """The district whose forums stand beside the meetings: one's own, or the one chosen."""
    if chosen and actor.role in sight.OVERVIEW:
        districts = Organisation.objects.in_service().filter(kind=Kind.DISTRICT)
        return districts.filter(pk=int(chosen)).first()
    return planning.district_of(actor)


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
    here = _seen(actor, chosen)
    rhythms = planning.callable_by(actor, planning.rhythms(here, term)) if here else []
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
        "plans": here is not None and actor.role not in sight.OVERVIEW,
        "leads": planning.leads(actor),
        "here": here,
        "rows": rhythms,
        "kept": [row.forum.pk for row, _calls in rhythms if row.forum and row.forum.kept_by(actor)],
        "actions": ForumAction.objects.visible_to(actor)
        .open()
        .filter(organisation=actor.organisation_id)
        .select_related("meeting__forum")[:20],
    }
    return render(request, "collaboration/forums.html", context)


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
