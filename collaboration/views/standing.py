"""The page "Läget i samverkan", and what is behind each figure."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from accounts import clock, paging
from accounts.http import Request
from accounts.models import Kind, Membership, Organisation, Role
from collaboration import standing

READERS = (Role.DISTRICT, Role.MANAGER, Role.CENTRAL, Role.ADMIN)


def _may(request: Request) -> None:
    actor = request.actor
    if not isinstance(actor, Membership) or actor.role not in READERS:
        raise Http404


@require_GET
def table(request: Request) -> HttpResponse:
    """The city and every district against the five demands, the audit and the forums' rhythm."""
    _may(request)
    lines = standing.table()
    city = zip(standing.DEMANDS, lines[0].figures, strict=True)
    context = {
        "city": [(demand, standing.of(demand.code), figure) for demand, figure in city],
        "lines": lines[1:],
        "demands": standing.DEMANDS,
        "today": clock.today(),
        "red": sum(1 for line in lines[1:] if line.tone == "danger"),
    }
    return render(request, "collaboration/standing.html", context)


def _everybody(actor: Membership) -> bool:
    return True


@require_GET
def behind(request: Request, code: str, pk: int) -> HttpResponse:
    """The rows one district's figure is made of."""
    _may(request)
    one = standing.of(code)
    if one is None:
        raise Http404
    districts = Organisation.objects.in_service().filter(kind=Kind.DISTRICT)
    district = get_object_or_404(districts, pk=pk)
    demand = next(row for row in standing.DEMANDS if row.code == code)
    rows = sorted(one.items(district), key=lambda row: row["good"])
    shown, more = paging.page(rows, request.GET.get("efter", ""))
    context = {
        "demand": demand,
        "measure": one,
        "district": district,
        "rows": [
            row if row.get("open_to", _everybody)(request.actor) else row | {"url": ""}
            for row in shown
        ],
        "more": more,
        # A row is one thing, or a unit with so many of so many.
        "good": sum(row.get("n", int(row["good"])) for row in rows),
        "total": sum(row.get("of", 1) for row in rows),
    }
    return render(request, "collaboration/standing_rows.html", context)
