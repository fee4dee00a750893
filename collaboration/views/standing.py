"""The page "Läget i samverkan", and what is behind each figure."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from accounts import clock, paging
from accounts.http import Request
from accounts.models import Kind, Membership, Organisation, Role
from collaboration import standing
from collaboration.models import ForumMeeting

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
        "city": [
            (demand, one, figure, one.beside(None) if one and one.beside else None)
            for demand, figure in city
            for one in [standing.of(demand.code)]
        ],
        "lines": lines[1:],
        "demands": standing.DEMANDS,
        "today": clock.today(),
        "red": sum(1 for line in lines[1:] if line.tone == "danger"),
    }
    return render(request, "collaboration/standing.html", context)


def _measured(code: str) -> tuple[standing.Demand, standing.Measure]:
    one = standing.of(code)
    if one is None:
        raise Http404
    return next(row for row in standing.DEMANDS if row.code == code), one


@require_GET
def districts(request: Request, code: str) -> HttpResponse:
    """The city's figure, district by district, the lowest first."""
    _may(request)
    demand, one = _measured(code)
    lines = [
        (line.district, figure)
        for line in standing.table()[1:]
        for figure in line.figures
        if figure.code == code
    ]
    lines.sort(key=lambda row: (row[1].percent is None, row[1].percent or 0, str(row[0])))
    shown, more = paging.page(lines, request.GET.get("efter", ""))
    context = {"demand": demand, "measure": one, "rows": shown, "more": more}
    return render(request, "collaboration/standing_districts.html", context)


def _everybody(actor: Membership) -> bool:
    return True


@require_GET
def behind(request: Request, code: str, pk: int) -> HttpResponse:
    """The rows one district's figure is made of."""
    _may(request)
    demand, one = _measured(code)
    places = Organisation.objects.in_service().filter(kind=Kind.DISTRICT)
    district = get_object_or_404(places, pk=pk)
    rows = sorted(one.items(district), key=lambda row: row["good"])
    shown, more = paging.page(rows, request.GET.get("efter", ""))
    context = {
        "demand": demand,
        "measure": one,
        "district": district,
        "rows": [
            row if row.get("open_to", _everybody)(request.actor) else row | {"url": ""}
            for row in _led(shown, request)
        ],
        "more": more,
        # A row is one thing, or a unit with so many of so many.
        "good": sum(row.get("n", int(row["good"])) for row in rows),
        "total": sum(row.get("of", 1) for row in rows),
        "beside": one.beside(district) if one.beside else None,
    }
    return render(request, "collaboration/standing_rows.html", context)


def _led(rows: list[dict[str, Any]], request: Request) -> list[dict[str, Any]]:
    """Whoever may read a figure may not read every meeting behind it: those lead nowhere."""
    meetings = [row["meeting"] for row in rows if "meeting" in row]
    if not meetings:
        return rows
    seen = ForumMeeting.objects.visible_to(request.actor).filter(pk__in=meetings)
    open_to = set(seen.values_list("pk", flat=True))
    return [row | {"url": row["url"] if row["meeting"] in open_to else ""} for row in rows]
