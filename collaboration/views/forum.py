"""Forums: the meetings of a term, one meeting from plan to minutes, and who comes."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Count, Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts import clock, paging
from accounts.http import Request
from accounts.models import Kind, Membership, Organisation, Role
from collaboration import attendance, invitations, planning, sight, terms, timeline
from collaboration.choices import ActionStatus, MeetingStatus
from collaboration.forms.forum import (
    ActionForm,
    AnswerForm,
    InviteeForm,
    MeetingForm,
    NewInviteeForm,
)
from collaboration.forms.offers import offers
from collaboration.models import ForumAction, ForumMeeting
from collaboration.views.acting import only_theirs
from history.door import begin, edit, perform
from history.views.saving import move_of, saved


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
        "rows": planning.callable_by(actor, planning.rhythms(here, term)) if here else [],
        "actions": ForumAction.objects.visible_to(actor)
        .open()
        .filter(organisation=actor.organisation_id)
        .select_related("meeting__forum")[:20],
    }
    return render(request, "collaboration/forums.html", context)


def _meeting(request: Request, uuid: UUID) -> ForumMeeting:
    rows = ForumMeeting.objects.visible_to(request.actor)
    return get_object_or_404(
        rows.select_related("forum__district", "convener__user", "convener__organisation"),
        uuid=uuid,
    )


@require_GET
def meeting(request: Request, uuid: UUID) -> HttpResponse:
    """One meeting: what is next, who is called, what was decided, what is still to be done."""
    row = _meeting(request, uuid)
    actor = request.actor
    convenes = row.editor(row, actor)
    mine = row.invitees.filter(organisation=actor.organisation_id).first()
    earlier = ForumAction.objects.visible_to(actor).filter(
        meeting__forum=row.forum_id, meeting__starts__lt=row.starts, status=ActionStatus.OPEN
    )
    own = list(row.actions.select_related("organisation").order_by("pk"))
    carried = list(earlier.select_related("organisation", "meeting__forum").order_by("due", "pk"))
    context = {
        "meeting": row,
        "offers": offers(row, actor),
        "convenes": convenes,
        "mine": mine if mine and row.status == MeetingStatus.INVITED else None,
        "invitees": row.invitees.select_related("organisation"),
        "counts": row.invitees.aggregate(
            yes=Count("pk", filter=Q(reply__in=("yes", "other"))),
            no=Count("pk", filter=Q(reply="no")),
            none=Count("pk", filter=Q(reply="none")),
        ),
        "decisions": row.decisions.all(),
        "actions": [(one, offers(one, actor)) for one in own],
        "carried": [(one, offers(one, actor)) for one in carried],
        "can_promise": convenes and row.status in (MeetingStatus.HELD, MeetingStatus.MINUTED),
        "called_open": row.status in (MeetingStatus.PLANNED, MeetingStatus.INVITED),
        "events": timeline.of(row) if convenes else [],
    }
    return render(request, "collaboration/meeting.html", context)


def _page(
    request: Request, row: ForumMeeting, label: str, form: Any, move: Any, **details: Any
) -> HttpResponse:
    context = {
        "form": form,
        "obj": row,
        "offer": {"label": label},
        "back": f"/samverkan/moten/{row.uuid}/",
    }
    if form.is_valid():
        save = move_of(form, move, request.actor, **details)
        if answer := saved(request, form, save, context):
            return answer
    return render(request, "collaboration/act.html", context)


@require_http_methods(["GET", "POST"])
def change(request: Request, uuid: UUID) -> HttpResponse:
    """When, where and about what, while it is only planned."""
    row = _meeting(request, uuid)
    if row.status != MeetingStatus.PLANNED or not row.editor(row, request.actor):
        raise Http404
    initial = MeetingForm.of(row) | {"kind": row.kind, "agenda": row.agenda}
    form = MeetingForm(request.POST or None, obj=row, actor=request.actor, initial=initial)
    back = f"/samverkan/moten/{row.uuid}/"
    offer = {"label": _("Ändra tid och dagordning")}
    context = {"form": form, "obj": row, "back": back, "offer": offer}
    if form.is_valid():
        given, starts = form.cleaned_data, form.starts()
        save = partial(
            edit,
            row,
            by=request.actor,
            version=given["version"],
            key=given["key"],
            starts=starts,
            term=str(terms.of(given["on"])),
            length=given["length"],
            place=given["place"],
            kind=given["kind"],
            agenda=given["agenda"],
        )
        if answer := saved(request, form, save, context):
            return answer
    return render(request, "collaboration/act.html", context)


@require_http_methods(["GET", "POST"])
def invitee(request: Request, uuid: UUID, row: UUID) -> HttpResponse:
    """Put a name or an address right."""
    of = _meeting(request, uuid)
    only_theirs(request, of, "set_invitee")
    called = get_object_or_404(of.invitees, uuid=row)
    initial = {"name": called.name, "role": called.role, "email": called.email}
    form = InviteeForm(request.POST or None, obj=of, actor=request.actor, initial=initial)
    return _page(request, of, _("Ändra vem som kallas"), form, of.set_invitee, invitee=called)


@require_http_methods(["GET", "POST"])
def new_invitee(request: Request, uuid: UUID) -> HttpResponse:
    """Call somebody more: a profession that is needed, a lecturer's organisation."""
    of = _meeting(request, uuid)
    only_theirs(request, of, "set_invitee")
    form = NewInviteeForm(request.POST or None, obj=of, actor=request.actor)
    return _page(
        request,
        of,
        _("Kalla fler"),
        form,
        of.set_invitee,
        invitee=of.invitees.model(meeting=of),
    )


@require_http_methods(["GET", "POST"])
def answer(request: Request, uuid: UUID) -> HttpResponse:
    """Say whether one's own organisation comes."""
    of = _meeting(request, uuid)
    only_theirs(request, of, "answer")
    here = request.actor.organisation_id
    called = get_object_or_404(of.invitees.order_by("pk"), organisation=here)
    form = AnswerForm(request.POST or None, initial=_said(called))
    back = f"/samverkan/moten/{of.uuid}/"
    context = {"form": form, "obj": of, "back": back, "offer": {"label": _("Svara")}}
    if form.is_valid():
        given = form.cleaned_data
        save = partial(
            perform,
            of.answer,
            by=request.actor,
            key=given["key"],
            invitee=called,
            reply=given["reply"],
            instead=given["instead"],
        )
        if answer := saved(request, form, save, context):
            return answer
    return render(request, "collaboration/act.html", context)


def _said(called: Any) -> dict[str, Any]:
    return {"reply": "" if called.reply == "none" else called.reply, "instead": called.instead}


@require_http_methods(["GET", "POST"])
def new_action(request: Request, uuid: UUID) -> HttpResponse:
    """Somebody has promised something until a day."""
    of = _meeting(request, uuid)
    if not of.editor(of, request.actor):
        raise Http404
    form = ActionForm(request.POST or None, meeting=of)
    back = f"/samverkan/moten/{of.uuid}/"
    offer = {"label": _("Skriv vad någon ska göra")}
    context = {"form": form, "obj": of, "back": back, "offer": offer}
    if form.is_valid():
        given = form.cleaned_data
        place = Organisation.objects.get(pk=int(given["organisation"]))
        leads = Membership.objects.in_force().filter(
            organisation=place, role__in=("principal", "manager", "district")
        )
        action = ForumAction(
            meeting=of,
            text=given["text"],
            organisation=place,
            responsible=leads.order_by("pk").first(),
            due=given["due"],
        )
        try:
            begin(action, by=request.actor, key=given["key"])
        except ValidationError as error:
            form.blame(error)
            form.fresh_key()
        else:
            return redirect(back)
    return render(request, "collaboration/act.html", context)


@require_GET
def action(request: Request, uuid: UUID) -> HttpResponse:
    """Something to do is shown on the page of the meeting where it was promised."""
    rows = ForumAction.objects.visible_to(request.actor).select_related("meeting")
    return redirect("collaboration:meeting", get_object_or_404(rows, uuid=uuid).meeting.uuid)


@require_GET
def calendar(request: Request, uuid: UUID) -> HttpResponse:
    """The meeting as a calendar file, for those who have it on the screen."""
    row = _meeting(request, uuid)
    body = invitations.calendar(row, None, cancelled=row.status == MeetingStatus.CANCELLED)
    response = HttpResponse(body, content_type="text/calendar; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="mote.ics"'
    return response


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
