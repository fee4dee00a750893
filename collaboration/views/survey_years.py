"""One survey over time: the reported rounds beside each other."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts import paging
from accounts.http import Request
from accounts.models import Organisation
from collaboration import over_time, sight
from collaboration.choices import RoundStatus, SurveyKind
from collaboration.models import SurveyRound

# A year of monthly pulses stands on one page.
COLUMNS = 12


@require_GET
def over_the_years(request: Request, kind: str) -> HttpResponse:
    """What the same questions have been answered, round after round, in the city or one district."""
    if kind not in SurveyKind.values:
        raise Http404
    seen = SurveyRound.objects.visible_to(request.actor)
    told = seen.filter(kind=kind, status=RoundStatus.REPORTED)
    places = Organisation.objects.filter(pk__in=told.values("district")).order_by("name", "pk")
    chosen = sight.district_in(request.GET)
    place = next((one for one in places if str(one.pk) == chosen), None)
    rows = over_time.reported(seen, kind, place.pk if place else None)
    shown, more = paging.page(rows, request.GET.get("efter", ""), size=COLUMNS)
    smallest, shares = over_time.limits()
    context: dict[str, Any] = {
        "kind": SurveyKind(kind),
        "kinds": SurveyKind,
        "places": places,
        "place": place,
        "tables": over_time.tables(shown),
        "more": more,
        "smallest": smallest,
        "denominator": shares,
    }
    return render(request, "collaboration/survey_years.html", context)
