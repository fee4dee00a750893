"""Somebody calls, writes or comes by to take a consent back: anyone at the school can note it.

Whoever takes it down sees nothing of the case by that; it is in force when noted.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods

import vault
from accounts.http import Request
from accounts.models import Membership, Role
from history.door import Conflict, perform
from history.reading import reads, seen, subject
from referrals.forms.consent import FindConsentForm
from referrals.forms.moves import WithdrawConsentForm
from referrals.models import Consent

WHO = (Role.SCHOOL, Role.PRINCIPAL, Role.TEAM, Role.MANAGER)


def _reachable(request: Request) -> QuerySet[Consent]:
    if not isinstance(request.actor, Membership) or request.actor.role not in WHO:
        raise Http404
    return Consent.objects.reachable_by(request.actor, "withdraw").active()


@require_http_methods(["GET", "POST"])
@reads("consent.find")
def find(request: Request) -> HttpResponse:
    """Which pupil, by the number the caller gives; what holds for them here and nowhere else."""
    rows = _reachable(request)
    form = FindConsentForm(request.POST or None)
    found: list[Consent] | None = None
    if form.is_valid():
        signs = vault.signs("pupil.number", form.cleaned_data["number"].text)
        here = rows.filter(pupil__number_index__in=signs, pupil__status="current")
        found = list(here.select_related("pupil").order_by("purpose", "pk"))
        for consent in found:
            seen(consent.pupil.uuid, "own")
    return render(request, "referrals/take_back.html", {"form": form, "found": found})


@require_http_methods(["GET", "POST"])
@reads("consent.take_back")
def note(request: Request, uuid: UUID) -> HttpResponse:
    """Who takes it back and how it was told; nothing else is shown."""
    consent = get_object_or_404(_reachable(request).select_related("pupil"), uuid=uuid)
    subject(consent.uuid)
    seen(consent.pupil.uuid, "own")
    form = WithdrawConsentForm(request.POST or None, obj=consent, actor=request.actor)
    context: dict[str, Any] = {"form": form, "consent": consent}
    if form.is_valid():
        given = form.cleaned_data
        try:
            perform(
                consent.withdraw,
                by=request.actor,
                version=given["version"],
                key=given["key"],
                reason=given["reason"],
                line=given["line"],
                how=given["how"],
            )
        except Conflict as conflict:
            if conflict.obj.status == "active":  # it was changed meanwhile: ask again
                return redirect("referrals:note_taken_back", uuid)
            return redirect("referrals:taken_back")
        except ValidationError as error:
            form.blame(error)
        else:
            return redirect("referrals:taken_back")
    return render(request, "referrals/note_taken_back.html", context)


@require_GET
def done(request: Request) -> HttpResponse:
    """It holds no more; says nothing of whom."""
    _reachable(request)
    return render(request, "referrals/taken_back.html")
