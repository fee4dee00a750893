"""Nödöppning: opening a case of one's own organisation, and looking afterwards at who did."""

from __future__ import annotations

from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from accounts import paging
from accounts.http import Request
from accounts.models import Membership, Role
from history.door import begin
from history.reading import reads, seen, subject
from referrals.forms.breakglass import GlassForm
from referrals.forms.offers import offers
from referrals.models import BreakGlass
from referrals.models.breakglass import OPENERS

READERS = (*OPENERS, Role.PRINCIPAL, Role.AUDITOR)


@require_http_methods(["GET", "POST"])
@reads("glass.list")
def desk(request: Request) -> HttpResponse:
    """The openings one may know of, newest first, and the form to open."""
    actor = request.actor
    if not isinstance(actor, Membership) or actor.role not in READERS:
        raise Http404
    opens = actor.role in OPENERS
    reference = request.GET.get("arende", "")
    form = GlassForm(request.POST or None, actor=actor, reference=reference) if opens else None
    if request.method == "POST" and form is None:
        raise Http404
    if form is not None and form.is_valid():
        given = form.cleaned_data
        glass = BreakGlass(
            case=given["reference"], by=actor, hours=int(given["hours"]), why=given["why"]
        )
        try:
            begin(glass, by=actor, key=given["key"], reason=given["why"])
        except ValidationError as error:
            form.blame(error)
        else:
            seen(glass.case.pupil.uuid, "break-glass")
            return redirect("referrals:case", glass.case.reference)
    rows = BreakGlass.objects.visible_to(actor).select_related("case__pupil", "by__user")
    glasses, more = paging.page(rows.order_by("-pk"), request.GET.get("efter", ""))
    for row in glasses:
        seen(row.case.pupil.uuid, "break-glass")
    context = {"glasses": glasses, "more": more, "form": form}
    return render(request, "referrals/glasses.html", context)


@require_GET
@reads("glass")
def detail(request: Request, uuid: UUID) -> HttpResponse:
    """Who opened which case, why, until when, and what the review said."""
    rows = BreakGlass.objects.visible_to(request.actor)
    related = rows.select_related("case__pupil", "by__user", "organisation", "responsible__user")
    glass = get_object_or_404(related, uuid=uuid)
    subject(glass.uuid)
    seen(glass.case.pupil.uuid, "break-glass")
    context = {"glass": glass, "offers": offers(glass, request.actor)}
    return render(request, "referrals/glass.html", context)
