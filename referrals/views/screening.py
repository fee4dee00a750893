"""Joint screening: a meeting's list, its questions, and what came of each row."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts import keyset
from accounts.http import Request
from accounts.models import Membership, Role
from history.door import begin
from history.forms import MoveForm
from history.reading import reads, seen
from history.views.saving import move_of, saved
from referrals.choices import Band, Need
from referrals.forms.screening import (
    AskForm,
    CancelForm,
    CountForm,
    DecideForm,
    MoveToForm,
    NewScreeningForm,
)
from referrals.models import Absence, Screening, ScreeningRow
from referrals.models.sight import SCHOOL_ROLES, TEAM_ROLES, selves

# The moves of a meeting by the word in its address: the move, its form and how it is offered.
STEPS: dict[str, tuple[str, type[MoveForm], Any]] = {
    "lista": ("list_referrals", MoveForm, _("Lägg till remisserna som väntar")),
    "fraga": ("ask", AskForm, _("Ställ en fråga utan namn")),
    "hall": ("hold", CountForm, _("Mötet är genomfört")),
    "flytta": ("move_to", MoveToForm, _("Byt dag, tid eller plats")),
    "rakna-om": ("count_again", CountForm, _("Rätta antalet med lätt stöd")),
    "stall-in": ("cancel", CancelForm, _("Ställ in mötet")),
}


def _actor(request: Request, *roles: Role) -> Membership:
    actor = request.actor
    if not isinstance(actor, Membership) or actor.role not in roles:
        raise Http404
    return actor


@require_GET
def index(request: Request) -> HttpResponse:
    actor = _actor(request, *SCHOOL_ROLES, *TEAM_ROLES)
    rows = Screening.objects.visible_to(actor).select_related("team")
    found, more = keyset.page(rows, ("on", "pk"), request.GET.get("efter", ""), newest=True)
    context = {"screenings": found, "more": more, "plans": actor.role in TEAM_ROLES}
    return render(request, "referrals/screenings.html", context)


@require_http_methods(["GET", "POST"])
def new(request: Request) -> HttpResponse:
    actor = _actor(request, *TEAM_ROLES)
    form = NewScreeningForm(request.POST or None)
    if form.is_valid():
        given = form.cleaned_data
        key = given.pop("key")
        screening = Screening(team=actor.organisation, responsible=actor, **given)
        event = begin(screening, by=actor, key=key)
        return redirect("referrals:screening", event.obj.uuid)
    return render(request, "referrals/screening_new.html", {"form": form})


@require_GET
@reads("screening")
def detail(request: Request, uuid: UUID) -> HttpResponse:
    """The list: the team sees all rows, a school its own, and neither a name by it."""
    actor = _actor(request, *SCHOOL_ROLES, *TEAM_ROLES)
    screening = get_object_or_404(
        Screening.objects.visible_to(actor).select_related("team"), uuid=uuid
    )
    rows = ScreeningRow.objects.visible_to(actor).filter(screening=screening)
    rows = rows.select_related("school", "referral__pupil")
    baselines = Absence.objects.baselines_of([row.referral_id for row in rows])
    lines = []
    for row in rows:
        if row.referral is not None and row.referral.pupil is not None:
            ground = "own" if actor.role in SCHOOL_ROLES else "sealed"
            seen(row.referral.pupil.uuid, ground)
        lines.append(_line(row, baselines, actor))
    asked = {move.name for move in screening.moves_for(actor)}
    team = actor.role in TEAM_ROLES
    waiting = team and "list_referrals" in asked and screening.referrals_to_list().exists()
    context = {
        "screening": screening,
        "lines": lines,
        "steps": [
            (word, label)
            for word, (move, _form, label) in STEPS.items()
            if move in asked
            and (move != "list_referrals" or waiting)
            and (move != "hold" or screening.has_come)
        ],
        "decides": "decide" in asked,
        "team": team,
    }
    return render(request, "referrals/screening.html", context)


def _line(row: ScreeningRow, baselines: dict[int, Absence], actor: Membership) -> dict[str, Any]:
    """What a sealed referral shows, or the question; and whether the reader may take it off."""
    own = actor.role in TEAM_ROLES or row.author_id in selves(actor)
    line: dict[str, Any] = {"row": row, "comes_off": own and not row.referral and not row.outcome}
    if row.referral is None:
        return line | {"stage": row.get_stage_display(), "band": row.get_band_display()}
    baseline = baselines.get(row.referral.pk)
    return line | {
        "stage": row.referral.stage.label,
        "band": (baseline.band if baseline else Band.UNKNOWN).label,
        "needs": [Need(code).label for code in row.referral.need_codes],
    }


@require_http_methods(["GET", "POST"])
def step(request: Request, uuid: UUID, word: str) -> HttpResponse:
    """One move of a meeting, with what it asks for."""
    if word not in STEPS:
        raise Http404
    move, form_class, label = STEPS[word]
    return _move(request, uuid, move, form_class, label)


@require_http_methods(["GET", "POST"])
def decide(request: Request, uuid: UUID, row: UUID) -> HttpResponse:
    """What came of one row."""
    actor = _actor(request, *TEAM_ROLES)
    rows = ScreeningRow.objects.visible_to(actor).filter(screening__uuid=uuid)
    there = get_object_or_404(rows.select_related("school", "referral"), uuid=row)
    return _move(request, uuid, "decide", DecideForm, _("Vad blev det?"), row=there)


@require_http_methods(["GET", "POST"])
def take_off(request: Request, uuid: UUID, row: UUID) -> HttpResponse:
    """A question is taken off the list by whoever asked it, or by the team."""
    actor = _actor(request, *SCHOOL_ROLES, *TEAM_ROLES)
    rows = ScreeningRow.objects.visible_to(actor).filter(screening__uuid=uuid, referral=None)
    if actor.role in SCHOOL_ROLES:
        rows = rows.filter(author__in=selves(actor))
    there = get_object_or_404(rows.filter(outcome="").select_related("school"), uuid=row)
    label = _("Ta bort frågan från listan")
    return _move(request, uuid, "take_off", MoveForm, label, row=there, who=actor)


def _move(
    request: Request, uuid: UUID, move: str, form_class: type[MoveForm], label: Any, **more: Any
) -> HttpResponse:
    actor = _actor(request, *SCHOOL_ROLES, *TEAM_ROLES)
    screening = get_object_or_404(Screening.objects.visible_to(actor), uuid=uuid)
    if not screening.lets(actor, move):
        raise PermissionDenied
    form = form_class(request.POST or None, obj=screening, actor=actor)
    if isinstance(form, DecideForm):
        form.for_row(more["row"])
    context = {"form": form, "screening": screening, "label": label} | more
    context["back"] = reverse("referrals:screening", args=[uuid])
    if form.is_valid():
        save = move_of(form, getattr(screening, move), actor, **more)
        if answer := saved(request, form, save, context):
            return answer
    return render(request, "referrals/screening_step.html", context)
