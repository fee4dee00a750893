"""The law as administrators see it: what holds, since when, from where, and who checked it."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts import clock
from accounts.forms import OwnForm, day, long_text, number, short_text
from accounts.http import Request
from accounts.models import Membership, Role
from history import legal
from history.reading import note_change

READERS = (Role.ADMIN, Role.AUDITOR, Role.DISTRICT, Role.CENTRAL)


class CheckedForm(OwnForm):
    """What every row of the law says about itself: since when, from where, checked when."""

    valid_from = day(_("Gäller från"))
    source = short_text(_("Källa"), limit=300, hint=_("Där du läste det: lag, beslut eller sida."))
    checked_on = day(_("Kontrollerad"), hint=_("Dagen då du läste källan."))

    def clean_checked_on(self) -> Any:
        checked = self.cleaned_data["checked_on"]
        if checked and checked > clock.today():
            self.add_error("checked_on", _("Dagen har inte varit än."))
        return checked


class LimitForm(CheckedForm):
    value = number(_("Värde"), high=10_000)
    field_order = ("value",)


class ReferenceForm(CheckedForm):
    title = short_text(_("Vad den säger"))
    statute = short_text(_("Författning"))
    sfs = short_text(_("Nummer"), limit=30)
    place = short_text(_("Kapitel och paragraf"), limit=100)
    field_order = ("title", "statute", "sfs", "place")


class DecisionForm(OwnForm):
    answer = long_text(_("Svar"), ask=_("Skriv vad som har beslutats."), rows=4)
    decided_by = short_text(_("Beslutad av"), hint=_("Nämnd eller den som har delegation."))
    decided_on = day(_("Beslutsdag"))
    number = short_text(_("Diarienummer"), limit=60)


def _admin(request: Request) -> Membership:
    actor = request.actor
    if not isinstance(actor, Membership) or actor.role != Role.ADMIN:
        raise Http404
    return actor


@require_GET
def overview(request: Request) -> HttpResponse:
    """What is still to decide, every limit, every reference; what has not been checked for a year."""
    actor = request.actor
    if not isinstance(actor, Membership) or actor.role not in READERS:
        raise Http404
    questions = legal.questions()
    rows = legal.references()
    context = {
        "keeps": actor.role == Role.ADMIN,
        "questions": questions,
        "undecided": [one for one in questions if one.decision is None],
        "bounds": legal.bounds(),
        "references": [row for row in rows if row.valid_to is None],
        "earlier": [row for row in rows if row.valid_to is not None],
        "to_check": legal.to_check(),
    }
    return render(request, "history/law.html", context)


@require_http_methods(["GET", "POST"])
def change_limit(request: Request, key: str) -> HttpResponse:
    """A new value from a day on, or the same one checked anew; the old row is kept."""
    actor = _admin(request)
    bound = next((one for one in legal.bounds() if one.key == key), None)
    if bound is None:
        raise Http404
    initial = {"value": bound.value, "source": bound.source, "valid_from": clock.today()}
    form = LimitForm(request.POST or None, initial=initial | {"checked_on": clock.today()})
    if form.is_valid():
        with transaction.atomic():
            legal.replace(legal.Limit(key=key, checked_by=actor, **form.cleaned_data))
            note_change(actor, "limit.changed")
        return redirect("history:law")
    context = {"form": form, "title": bound.title, "about": bound.unit.label}
    return render(request, "history/law_change.html", context)


@require_http_methods(["GET", "POST"])
def change_reference(request: Request, key: str) -> HttpResponse:
    """A new wording or place from a day on, or the same one checked anew; the old row is kept."""
    actor = _admin(request)
    try:
        now = legal.reference(key)
    except KeyError as error:
        raise Http404 from error
    fields = ("title", "statute", "sfs", "place", "source", "valid_from")
    initial = {name: getattr(now, name) for name in fields} | {"checked_on": clock.today()}
    form = ReferenceForm(request.POST or None, initial=initial)
    if form.is_valid():
        with transaction.atomic():
            legal.replace(legal.LegalReference(key=key, checked_by=actor, **form.cleaned_data))
            note_change(actor, "reference.changed")
        return redirect("history:law")
    return render(
        request, "history/law_change.html", {"form": form, "title": now.title, "about": now.words}
    )


@require_http_methods(["GET", "POST"])
def decide(request: Request, key: str) -> HttpResponse:
    """Write down who has answered one of the questions, when, and under which number."""
    actor = _admin(request)
    question = next((one for one in legal.questions() if one.key == key), None)
    if question is None:
        raise Http404
    said = question.decision
    names = ("answer", "decided_by", "decided_on", "number")
    form = DecisionForm(
        request.POST or None, initial={name: getattr(said, name) for name in names} if said else {}
    )
    if form.is_valid():
        with transaction.atomic():
            legal.Decision.objects.create(key=key, made_by=actor, **form.cleaned_data)
            note_change(actor, "question.decided")
        return redirect("history:law")
    return render(request, "history/law_change.html", {"form": form, "title": question.title})
