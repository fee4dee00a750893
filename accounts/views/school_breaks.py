"""School breaks: days on which nothing is asked of a school, kept by the administrator."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts import changes, clock, paging
from accounts.forms import OwnForm, day, short_text
from accounts.http import Request
from accounts.models import SchoolBreak
from accounts.views.asking import administrators


class BreakForm(OwnForm):
    name = short_text(_("Vad heter lovet?"), limit=60, ask=_("Skriv till exempel höstlov."))
    first = day(_("Första lediga dagen"), ask=_("Skriv den första lediga dagen."))
    last = day(_("Sista lediga dagen"), ask=_("Skriv den sista lediga dagen."))

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        first, last = given.get("first"), given.get("last")
        if first and last and last < first:
            self.add_error("last", _("Den sista dagen kommer före den första."))
        elif first and last and (last - first).days >= SchoolBreak.LONGEST:
            words = _("Ett lov är kortare än %(n)s dagar. Kontrollera årtalen.")
            self.add_error("last", words % {"n": SchoolBreak.LONGEST})
        return given


@require_http_methods(["GET", "POST"])
@administrators
def index(request: Request) -> HttpResponse:
    """The breaks to come and those that have been, the latest first, and a new one."""
    form = BreakForm(request.POST or None)
    if form.is_valid():
        new = SchoolBreak(**form.cleaned_data)
        with changes.change(request.actor, "school_break.added", new.uuid, closes=False):
            new.save()
        return redirect("accounts:school_breaks")
    shown, more = paging.page(
        SchoolBreak.objects.order_by("-first", "-pk"), request.GET.get("efter", "")
    )
    context = {
        "breaks": shown,
        "more": more,
        "form": form,
        "today": clock.today(),
        "known_until": _known_until(),
    }
    return render(request, "accounts/school_breaks.html", context)


def _known_until() -> date | None:
    """The last day of the last break put in: after it every working day counts as a school day."""
    last = SchoolBreak.objects.order_by("-last").first()
    return last.last if last else None


@require_http_methods(["GET", "POST"])
@administrators
def change(request: Request, uuid: UUID) -> HttpResponse:
    one = get_object_or_404(SchoolBreak, uuid=uuid)
    initial = {"name": one.name, "first": one.first, "last": one.last}
    form = BreakForm(request.POST or None, initial=initial)
    if form.is_valid():
        with changes.change(request.actor, "school_break.changed", one.uuid, closes=False):
            for name, value in form.cleaned_data.items():
                setattr(one, name, value)
            one.save()
        return redirect("accounts:school_breaks")
    return render(request, "accounts/school_break.html", {"one": one, "form": form})


@require_POST
@administrators
def remove(request: Request, uuid: UUID) -> HttpResponse:
    one = get_object_or_404(SchoolBreak, uuid=uuid)
    with changes.change(request.actor, "school_break.removed", one.uuid, closes=False):
        one.delete()
    return redirect("accounts:school_breaks")
