"""What the pages are held against: the same page from memory, and the same page done naively.

A floor renders the product's own template with what the product's page was given a moment ago, signed
in and with the same look written to the log; nothing else is asked of the database. A naive control
shows the same rows as most first versions do; the gates must fail on it.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import path

from accounts import clock
from config.urls import *  # noqa: F403 -- the product's pages, with the bench's beside them
from config.urls import urlpatterns as product
from history.reading import reads, seen
from referrals.models import Case, Estimate, Goal
from workflows import worklist
from workflows.models import Turn
from workflows.steps import WORDS

# What each floor shows: filled by `config.bench.measure` from one answer of the product's page.
KEPT: dict[str, tuple[str, dict[str, Any], list[UUID]]] = {}


@reads("bench")
def floor(request: HttpRequest, name: str) -> HttpResponse:
    template, context, pupils = KEPT[name]
    for uuid in pupils:
        seen(uuid, "own")
    return render(request, template, context)


def bare(request: HttpRequest, name: str) -> HttpResponse:
    """The same without the log."""
    template, context, _pupils = KEPT[name]
    return render(request, template, context)


@reads("bench")
def naive_worklist(request: HttpRequest, name: str) -> HttpResponse:
    """Objects, related rows one by one, OFFSET and a full count."""
    actor: Any = request.actor  # type: ignore[attr-defined]  # Django's has none
    turns = Turn.objects.on_side_of(actor).order_by("due", "pk")
    page = Paginator(turns, worklist.PAGE).get_page(request.GET.get("sida", 1))
    rows = []
    for turn in page:
        pupil = turn.pupil
        about: Any = turn.kind.get_object_for_this_type(pk=turn.object_id)
        row = {
            "uuid": turn.uuid,
            "reference": turn.reference,
            "kind": turn.get_what_display(),
            "state": about.get_status_display(),
            "words": WORDS[turn.step],
            "school__name": turn.school.name if turn.school else "",
            "person": turn.responsible.name if turn.responsible else "",
            "name": pupil.name if pupil else "",
            "url": f"/arenden/{turn.reference}/",
            "due": turn.due,
            "when": worklist.in_words((turn.due - clock.today()).days),
        }
        if pupil:
            seen(pupil.uuid, "own")
        rows.append(row)
    template, context, _pupils = KEPT["worklist"]
    return render(request, template, context | {"rows": rows, "more": page.has_next()})


@reads("bench")
def naive_case(request: HttpRequest, name: str) -> HttpResponse:
    """The case bare, and each thing asked for as the page comes to it, through what has no index."""
    case = get_object_or_404(Case, reference=name)
    seen(case.pupil.uuid, "own")
    goals = []
    for goal in Goal.objects.all().filter(case__reference=name):
        last = Estimate.objects.filter(goal__uuid=goal.uuid).order_by("-month").first()
        now = last.by_team if last else 0
        goals.append({"goal": goal, "text": goal.text.open(), "now": now, "done": now * 40})
    for one in case.interventions.all():
        _ = one.tool.name, one.owner.name, one.occasions.count()
    for kind in ("goals", "interventions", "occasions", "reviews", "absences"):
        for row in getattr(case, kind).all():
            _ = row.case.pupil.school.name
    template, context, _pupils = KEPT["case"]
    return render(request, template, context | {"goals": goals})


urlpatterns = [
    path("bench/golv/<name>/", floor),
    path("bench/bart/<name>/", bare),
    path("bench/naivt/att-gora/<name>/", naive_worklist),
    path("bench/naivt/arende/<name>/", naive_case),
    *product,
]
