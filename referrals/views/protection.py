"""Protected identity: opening with a reason, the right by two persons, and what guardians are told."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.db.models import Q, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.http import Request
from accounts.models import Membership
from history.door import Conflict, begin, perform
from history.reading import only_opened, reads, seen, subject
from history.views.saving import edit_of, saved
from referrals import policy
from referrals.forms.protection import DecisionForm, ProposeForm, ProtectionLevelForm, WhyForm
from referrals.models import (
    Case,
    Guardian,
    GuardianDecision,
    ProtectionRight,
    Pupil,
    Referral,
    sight,
)
from referrals.models.protection import OPEN_RIGHT, Shown


def held(actor: Any) -> QuerySet[Pupil]:
    """Protected pupils the actor may open: registered by them, or by a right given by two."""
    if not isinstance(actor, Membership) or actor.role not in policy.WORKERS:
        return Pupil.objects.none()
    mine = Pupil.objects.exclude(protection="none").filter(status="current")
    return mine.filter(sight.unprotected(actor, "")).distinct()


def here(actor: Membership) -> Q:
    """Pupils the actor's organisation has a matter about, and may know that it has."""
    place = actor.organisation_id
    school = Q(referrals__school=place)
    team = Q(referrals__team=place, referrals__sent=True) | Q(cases__team=place)
    handed = Q(cases__transfers__receiver=place, cases__transfers__status__in=sight.HANDED_OVER)
    return school | team | handed


def answers_for(actor: Any) -> QuerySet[Pupil]:
    """Protected pupils to whom the actor may propose somebody: they answer for them, or hold."""
    if not isinstance(actor, Membership) or actor.role not in policy.WORKERS:
        return Pupil.objects.none()
    every = Pupil.objects.exclude(protection="none").filter(status="current")
    if actor.role in policy.CHIEFS:
        return every.filter(here(actor)).distinct()
    return held(actor)


def _one(rows: QuerySet[Pupil], uuid: UUID) -> Pupil:
    return get_object_or_404(rows, uuid=uuid)


def reference_of(pupil: Pupil) -> str:
    """The number of the pupil's newest matter: what those may be told who may not see the pupil."""
    case = Case.objects.filter(pupil=pupil).order_by("-pk").first()
    matter = case or Referral.objects.filter(pupil=pupil).order_by("-pk").first()
    return matter.reference if matter else ""


@require_http_methods(["GET", "POST"])
@reads("protected.open")
def open_protected(request: Request, pupil: UUID) -> HttpResponse:
    """Say why, and go on to the page that was asked for; the reason is in the log with the look."""
    row = _one(held(request.actor), pupil)
    form = WhyForm(request.POST or None)
    seen(row.uuid, "protected")
    back = request.GET.get("till", "")
    safe = url_has_allowed_host_and_scheme(back, allowed_hosts=None) and back.startswith("/")
    if form.is_valid():
        subject(row.uuid, form.cleaned_data["why"])
        request.session["opened"] = str(row.uuid)
        return redirect(back if safe else "/")
    context = {"form": form, "reference": reference_of(row)}
    return render(request, "referrals/protected_open.html", context)


@require_GET
@reads("protected")
def detail(request: Request, pupil: UUID) -> HttpResponse:
    """Who may see the pupil, and what has been decided about each guardian."""
    row = _one(held(request.actor), pupil)
    only_opened(row.uuid)
    subject(row.uuid)
    seen(row.uuid, "protected")
    guardians = Guardian.objects.visible_to(request.actor).filter(pupil=row, status="current")
    context = {
        "pupil": row,
        "reference": reference_of(row),
        "guardians": [(guardian, _told(guardian)) for guardian in guardians.order_by("pk")],
        "rights": _rights(row, request.actor),
    }
    return render(request, "referrals/protected.html", context)


def _told(guardian: Any) -> dict[str, Any] | None:
    decision = guardian.decision()
    if decision is None:
        return None
    shows = [Shown(code).label for code in decision.shows.split()]
    return {"may": decision.may_be_asked, "shows": shows, "why": decision.why.open()}


def _rights(pupil: Pupil, actor: Any) -> list[ProtectionRight]:
    rows = ProtectionRight.objects.visible_to(actor).filter(pupil=pupil, status__in=OPEN_RIGHT)
    return list(rows.select_related("holder__user", "first__user", "second__user").order_by("pk"))


@require_http_methods(["GET", "POST"])
@reads("protected.propose")
def propose(request: Request, pupil: UUID) -> HttpResponse:
    """The first of two persons: who is to see the case. Nothing of the pupil stands here."""
    row = _one(answers_for(request.actor), pupil)
    form = ProposeForm(request.POST or None, actor=request.actor, pupil=row)
    reference = reference_of(row)
    seen(row.uuid, "protected")
    if form.is_valid():
        right = ProtectionRight(
            pupil=row,
            reference=reference,
            organisation=request.actor.organisation,
            holder=form.cleaned_data["holder"],
            first=request.actor,
        )
        try:
            begin(right, by=request.actor, key=form.cleaned_data["key"])
        except ValidationError as error:
            form.blame(error)
        except IntegrityError:
            form.add_error("holder", _("Den personen är redan föreslagen eller har redan rätten."))
        else:
            return redirect("workflows:protected")
    context = {"form": form, "reference": reference}
    return render(request, "referrals/protected_propose.html", context)


@require_POST
@reads("protected.give")
def give(request: Request, uuid: UUID) -> HttpResponse:
    """The second person agrees."""
    return _moved(request, uuid, "give", second=request.actor)


@require_POST
@reads("protected.end")
def end(request: Request, uuid: UUID) -> HttpResponse:
    """The right is taken back, at once."""
    return _moved(request, uuid, "end")


def _moved(request: Request, uuid: UUID, move: str, **details: Any) -> HttpResponse:
    right = get_object_or_404(ProtectionRight.objects.visible_to(request.actor), uuid=uuid)
    subject(right.uuid)
    seen(right.pupil.uuid, "protected")
    try:
        perform(getattr(right, move), by=request.actor, **details)
    except Conflict as conflict:
        context = {"now": conflict.obj, "back": "/skyddat/", "form": None}
        return render(request, "conflict.html", context, status=409)
    return redirect("workflows:protected")


@require_http_methods(["GET", "POST"])
@reads("protected.guardian")
def decide(request: Request, pupil: UUID, guardian: UUID) -> HttpResponse:
    """Whether this guardian is asked at all, and what may be shown; with a reason."""
    row = _one(held(request.actor), pupil)
    only_opened(row.uuid)
    known = Guardian.objects.visible_to(request.actor).filter(pupil=row, status="current")
    who = get_object_or_404(known, uuid=guardian)
    subject(who.uuid)
    seen(row.uuid, "protected")
    form = DecisionForm(request.POST or None)
    if form.is_valid():
        given = form.cleaned_data
        decision = GuardianDecision(
            pupil=row,
            guardian=who,
            may_be_asked=given["ask"] == "yes",
            shows=" ".join(given["shows"]),
            why=given["why"],
            decided_by=request.actor,
        )
        try:
            begin(decision, by=request.actor, key=given["key"])
        except ValidationError as error:
            form.blame(error)
        else:
            return redirect("referrals:protected", row.uuid)
    context = {"form": form, "guardian": who, "pupil": row}
    return render(request, "referrals/protected_guardian.html", context)


@require_http_methods(["GET", "POST"])
@reads("protected.level")
def level(request: Request, pupil: UUID) -> HttpResponse:
    """Mark a pupil as protected, or lift the mark when Skatteverket has."""
    row = _one(Pupil.objects.visible_to(request.actor), pupil)
    if not row.editor(row, request.actor):
        raise Http404
    if row.protected:
        only_opened(row.uuid)
    subject(row.uuid)
    seen(row.uuid, "protected" if row.protected else "own")
    form = ProtectionLevelForm(request.POST or None, obj=row, actor=request.actor)
    back = reverse("referrals:pupil", args=[row.uuid])
    context = {"form": form, "reference": reference_of(row), "back": back}
    if form.is_valid():
        save = edit_of(form, row, request.actor)
        if answer := saved(request, form, save, context, to=reverse("workflows:worklist")):
            return answer
    return render(request, "referrals/protected_level.html", context)
