"""One meeting of a forum, from plan to minutes."""

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

from accounts.http import Request
from accounts.models import Actor, Membership, Organisation
from collaboration import carried, invitations, terms, timeline
from collaboration.choices import MeetingStatus
from collaboration.forms.forum import AnswerForm, InviteeForm, MeetingForm, NewInviteeForm
from collaboration.forms.minutes import ActionForm, MinutesForm
from collaboration.forms.offers import OFFERS, offers
from collaboration.models import ForumAction, ForumMeeting, Invitee
from collaboration.views.acting import only_theirs
from history.door import begin, edit, perform, together
from history.views.saving import move_of, saved


def _meeting(request: Request, uuid: UUID) -> ForumMeeting:
    rows = ForumMeeting.objects.visible_to(request.actor)
    return get_object_or_404(
        rows.select_related("forum__district", "convener__user", "convener__organisation"),
        uuid=uuid,
    )


@require_GET
def meeting(request: Request, uuid: UUID) -> HttpResponse:
    """One meeting: what is next, what is taken up from the last, who is called, what was decided."""
    row = _meeting(request, uuid)
    actor = request.actor
    convenes = row.editor(row, actor)
    asks = row.status == MeetingStatus.INVITED and row.is_to_come()
    own = row.actions.select_related(
        "organisation", "meeting__forum__district", "meeting__convener__organisation"
    )
    before = carried.to(row)
    context = {
        "meeting": row,
        "offers": offers(row, actor),
        "convenes": convenes,
        "mine": _called_here(row, actor) if asks else [],
        "invitees": row.invitees.select_related("organisation"),
        "counts": row.invitees.aggregate(
            yes=Count("pk", filter=Q(reply__in=("yes", "other"))),
            no=Count("pk", filter=Q(reply="no")),
            none=Count("pk", filter=Q(reply="none")),
        ),
        "decisions": row.decisions.all(),
        "actions": [(one, offers(one, actor)) for one in own.order_by("pk")],
        "before": before,
        "sees_last": before.last is not None and _sees(actor, before.last),
        "carried": [(one, offers(one, actor)) for one in before.actions],
        "can_promise": convenes and row.status == MeetingStatus.MINUTED,
        "called_open": row.status in (MeetingStatus.PLANNED, MeetingStatus.INVITED),
        "events": timeline.of(row) if convenes else [],
    }
    return render(request, "collaboration/meeting.html", context)


def _sees(actor: Actor, row: ForumMeeting) -> bool:
    return ForumMeeting.objects.visible_to(actor).filter(pk=row.pk).exists()


def _called_here(row: ForumMeeting, actor: Membership) -> list[Invitee]:
    """The calls to the actor's own organisation; the one sent to the actor first."""
    rows = row.invitees.filter(organisation=actor.organisation_id).select_related("organisation")
    return sorted(rows, key=lambda one: not _is_sent_to(one, actor))


def _is_sent_to(called: Invitee, actor: Membership) -> bool:
    return bool(called.email) and called.email.casefold() == actor.user.email.casefold()


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
    label = _("Lägg till någon som kom") if of.has_begun() else _("Kalla fler")
    return _page(
        request,
        of,
        label,
        form,
        of.set_invitee,
        invitee=of.invitees.model(meeting=of),
    )


@require_http_methods(["GET", "POST"])
def answer(request: Request, uuid: UUID, row: UUID | None = None) -> HttpResponse:
    """Say whether one's own organisation comes; of several called from there, each on its own."""
    of = _meeting(request, uuid)
    only_theirs(request, of, "answer")
    back = f"/samverkan/moten/{of.uuid}/"
    mine = _called_here(of, request.actor)
    if row is not None:
        mine = [one for one in mine if one.uuid == row]
        if not mine:
            raise Http404
    if of.status != MeetingStatus.INVITED or of.is_over():
        return redirect(back)
    if len(mine) > 1 and not _is_sent_to(mine[0], request.actor):
        context = {"meeting": of, "mine": mine, "back": back}
        return render(request, "collaboration/meeting_answers.html", context)
    called = mine[0]
    form = AnswerForm(request.POST or None, initial=_said(called))
    label = _("Svara för %s") % called.name if row is not None and called.name else _("Svara")
    context = {"form": form, "obj": of, "back": back, "offer": {"label": label}}
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
        action = ForumAction(
            meeting=of,
            text=given["text"],
            organisation=Organisation.objects.get(pk=int(given["organisation"])),
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


@require_http_methods(["GET", "POST"])
def write_minutes(request: Request, uuid: UUID) -> HttpResponse:
    """Minutes, decisions and what is to be done in one: the letter that goes out holds it all."""
    of = _meeting(request, uuid)
    only_theirs(request, of, "write_minutes")
    form = MinutesForm(request.POST or None, obj=of, actor=request.actor)
    context = {
        "form": form,
        "obj": of,
        "back": f"/samverkan/moten/{of.uuid}/",
        "offer": OFFERS["forummeeting", "write_minutes"],
    }
    if form.asks_for_more():
        form.draw_again()
    elif form.is_valid():

        def save() -> None:
            with together(of):
                move_of(form, of.write_minutes, request.actor)()
                for key, action in form.actions():
                    begin(action, by=request.actor, key=key, in_minutes=True)

        if answer := saved(request, form, save, context):
            return answer
    return render(request, "collaboration/minutes.html", context)


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
