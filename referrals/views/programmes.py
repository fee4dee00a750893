"""The programmes: whom each is for, what it asks and when; versioned, with local additions."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts import clock
from accounts.http import Request
from accounts.models import Membership, Organisation, Role
from history.reading import note_change
from referrals.choices import ENDS, Category
from referrals.forms.programme import (
    STEPS,
    AdditionForm,
    ProgrammeForm,
    SectionForms,
    sections_of,
)
from referrals.models import Programme, ProgrammeAddition, ProgrammeVersion, Tool

READERS = (Role.TEAM, Role.MANAGER, Role.DISTRICT, Role.CENTRAL, Role.ADMIN)


def _reader(request: Request) -> Membership:
    actor = request.actor
    if not isinstance(actor, Membership) or actor.role not in READERS:
        raise Http404
    return actor


@require_GET
def programmes(request: Request) -> HttpResponse:
    """Every programme and whom it is for, as it holds today."""
    actor = _reader(request)
    rows = ProgrammeVersion.objects.filter(current=True).select_related("programme__owner")
    context = {"versions": rows.order_by("programme__name"), "keeps": actor.role == Role.ADMIN}
    return render(request, "referrals/programmes.html", context)


@require_GET
def programme(request: Request, key: str) -> HttpResponse:
    """One programme: the common core, what districts have added, and every version there has been."""
    actor = _reader(request)
    row = get_object_or_404(Programme.objects.select_related("owner"), key=key)
    version = row.current
    additions = row.additions.filter(current=True).select_related("district", "made_by__user")
    used = Tool.objects.filter(Q(programmes=None) | Q(programmes=row), active=True)
    context = {
        "programme": row,
        "version": version,
        "versions": row.versions.select_related("made_by__user").order_by("-number"),
        "additions": additions.order_by("district__name"),
        "tools": used.select_related("owner").distinct().order_by("level", "name"),
        "deadlines": [(STEPS[step], version.deadlines.get(step)) for step in STEPS],
        "closure_codes": [
            label
            for code, label in ENDS
            if not version.closure_codes or code in version.closure_codes
        ],
        "categories": [
            label
            for code, label in Category.choices
            if not version.consent_categories or code in version.consent_categories
        ],
        "keeps": actor.role == Role.ADMIN,
        "adds": actor.role == Role.DISTRICT,
        "own": actor.organisation,
    }
    return render(request, "referrals/programme.html", context)


@require_http_methods(["GET", "POST"])
def change(request: Request, key: str) -> HttpResponse:
    """A new version of the common core; cases already open keep theirs."""
    actor = request.actor
    if not isinstance(actor, Membership) or actor.role != Role.ADMIN:
        raise Http404
    now = get_object_or_404(Programme, key=key).current
    given = request.POST if request.method == "POST" else None
    form = ProgrammeForm(given, version=now)
    sections = SectionForms(given, initial=now.sections, prefix="del")
    if form.is_valid() and sections.is_valid():
        wanted = form.figures() | {"sections": sections_of(sections)}
        if wanted["sections"]:
            if any(getattr(now, name) != value for name, value in wanted.items()):
                _next_version(now, wanted, actor)
            return redirect("referrals:programme", key)
        form.add_error(None, _("Kartläggningen behöver minst en del."))
    context = {"form": form, "sections": sections, "version": now}
    return render(request, "referrals/programme_change.html", context)


def _next_version(now: ProgrammeVersion, wanted: dict[str, Any], actor: Membership) -> None:
    with transaction.atomic():
        ProgrammeVersion.objects.filter(pk=now.pk).update(current=False)
        now.pk, now.number, now.since, now.made_by = None, now.number + 1, clock.today(), actor
        now.current = True
        for name, value in wanted.items():
            setattr(now, name, value)
        now.save(force_insert=True)
        note_change(actor, "programme.changed")


@require_http_methods(["GET", "POST"])
def addition(request: Request, key: str) -> HttpResponse:
    """What the reader's own district adds: sections of the mapping, lines in the review."""
    actor = request.actor
    if not isinstance(actor, Membership) or actor.role != Role.DISTRICT:
        raise Http404
    row = get_object_or_404(Programme, key=key)
    now = row.additions.filter(district=actor.organisation, current=True).first()
    given = request.POST if request.method == "POST" else None
    form = AdditionForm(given, addition=now)
    sections = SectionForms(given, initial=now.sections if now else [], prefix="del")
    if form.is_valid() and sections.is_valid():
        wanted = {
            "sections": sections_of(sections),
            "review_template": form.cleaned_data["review_template"],
        }
        if now is None or any(getattr(now, name) != value for name, value in wanted.items()):
            _next_addition(row, actor.organisation, now, wanted, actor)
        return redirect("referrals:programme", key)
    context = {"form": form, "sections": sections, "programme": row, "district": actor.organisation}
    return render(request, "referrals/programme_addition.html", context)


def _next_addition(
    programme: Programme,
    district: Organisation,
    now: ProgrammeAddition | None,
    wanted: dict[str, Any],
    actor: Membership,
) -> None:
    with transaction.atomic():
        ProgrammeAddition.objects.filter(
            programme=programme, district=district, current=True
        ).update(current=False)
        ProgrammeAddition.objects.create(
            programme=programme,
            district=district,
            number=(now.number if now else 0) + 1,
            since=clock.today(),
            made_by=actor,
            **wanted,
        )
        note_change(actor, "programme.addition")
