"""Who has read the support material: unit by unit for those who keep it, one's own unit for its leader."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from accounts import keyset, paging
from accounts.http import Request
from accounts.models import LEADERS, Membership
from collaboration import reading_up
from collaboration.choices import MaterialStatus
from collaboration.models import SupportMaterial
from collaboration.policy import KEEPERS


@require_GET
def coverage(request: Request) -> HttpResponse:
    """How many of each unit's people have read what they should, in the version that holds now."""
    actor = request.actor
    if not isinstance(actor, Membership) or actor.role not in KEEPERS:
        raise Http404
    materials = list(
        SupportMaterial.objects.filter(status=MaterialStatus.PUBLISHED).order_by("title", "pk")
    )
    chosen = next((m for m in materials if str(m.uuid) == request.GET.get("material")), None)
    chosen = chosen or (materials[0] if materials else None)
    rows: list[Any] = []
    more = ""
    if chosen:
        rows, more = keyset.page(
            reading_up.of_material(chosen, reading_up.units_of(actor)),
            ("percent", "organisation__name", "organisation"),
            request.GET.get("efter", ""),
        )
    context = {"materials": materials, "chosen": chosen, "rows": rows, "more": more}
    return render(request, "collaboration/material_coverage.html", context)


@require_GET
def unit(request: Request, uuid: UUID) -> HttpResponse:
    """The same of one unit, material by material: for its leader, and for those who keep them."""
    actor = request.actor
    if not isinstance(actor, Membership):
        raise Http404
    place = get_object_or_404(reading_up.units_of(actor), uuid=uuid)
    shown, more = paging.page(reading_up.in_unit(place), request.GET.get("efter", ""))
    context = {
        "unit": place,
        "leads": actor.role in LEADERS,
        "rows": shown,
        "more": more,
        "together": reading_up.of_unit(place),
    }
    return render(request, "collaboration/unit_coverage.html", context)
