"""The city's own public results, to compare the pupils' answers with."""

from __future__ import annotations

import csv

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import paging
from accounts.http import Request
from accounts.models import Membership, Role
from collaboration import city
from collaboration.forms.city import CityFiguresForm
from collaboration.models import CityFigure
from history import reading


@require_http_methods(["GET", "POST"])
def city_figures(request: Request) -> HttpResponse:
    """What is kept, year by year, and more of it: all or nothing, and a second time changes nothing."""
    actor = request.actor
    if not isinstance(actor, Membership) or actor.role != Role.CENTRAL:
        raise Http404
    if request.GET.get("form") == "csv":
        return _empty_file()
    form = CityFiguresForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        with transaction.atomic():
            kept = city.keep(form.figures, form.cleaned_data["source"])
            if kept.written:
                reading.note_change(actor, "survey.city_figures")
        said = {"new": kept.new, "changed": kept.changed, "same": kept.same}
        words = _("%(new)s nya, %(changed)s ändrade, %(same)s som förut.") % said
        messages.success(request, words)
        return redirect("collaboration:city_figures")
    every = CityFigure.objects.order_by("-year").values_list("year", flat=True).distinct()
    shown, more = paging.page(every, request.GET.get("efter", ""))
    context = {
        "form": form,
        "asked": city.asked(),
        "years": city.years(CityFigure.objects.filter(year__in=shown)),
        "more": more,
    }
    return render(request, "collaboration/city_figures.html", context)


def _empty_file() -> HttpResponse:
    """Every question and answer in words, with year and per cent to fill in."""
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="stadens-resultat.csv"'
    response.write("\ufeff")
    rows = csv.writer(response, delimiter=";")
    rows.writerow(city.COLUMNS)
    for question in city.asked():
        rows.writerows([question.name, words, "", ""] for _key, words in question.options)
    return response
