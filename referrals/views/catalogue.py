"""The toolbox and the programmes: what the municipality offers, and how each support works."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts import clock
from accounts.http import Request
from accounts.models import Kind, Membership, Organisation, Role
from history.reading import note_change
from referrals.choices import LegalForm, Level
from referrals.forms.base import OwnForm, choice, long_text, number, short_text, yes
from referrals.models import Programme, ProgrammeVersion, Tool

KEEPERS = (Role.ADMIN, Role.DISTRICT)


class ToolForm(OwnForm):
    name = short_text(_("Namn"), limit=100)
    description = long_text(_("Vad är det?"), rows=4)
    level = choice(_("Vem riktas det till?"), Level.choices)
    legal_form = choice(_("Rättslig form"), LegalForm.choices)
    active = yes(_("I bruk"))


def _owner(actor: Membership) -> Organisation:
    """A district adds tools of its own; the administrator keeps the common core."""
    if actor.role == Role.DISTRICT:
        return actor.organisation
    return Organisation.objects.of(Kind.MUNICIPALITY).earliest("pk")


@require_GET
def tools(request: Request) -> HttpResponse:
    """The toolbox, for anyone who works with it."""
    rows = Tool.objects.select_related("owner").order_by("-active", "name")
    keeps = request.actor.role in KEEPERS  # type: ignore[union-attr]
    context = {"tools": rows, "keeps": keeps, "owner": _owner(request.actor) if keeps else None}  # type: ignore[arg-type]
    return render(request, "referrals/tools.html", context)


@require_http_methods(["GET", "POST"])
def tool(request: Request, key: str = "") -> HttpResponse:
    """Add a tool or change one; a used tool is put out of use, never deleted."""
    actor = request.actor
    if not isinstance(actor, Membership) or actor.role not in KEEPERS:
        raise Http404
    mine = Tool.objects.filter(owner=_owner(actor))
    row = get_object_or_404(mine, key=key) if key else Tool(owner=_owner(actor), active=True)
    fields = ("name", "description", "level", "legal_form", "active")
    form = ToolForm(request.POST or None, initial={name: getattr(row, name) for name in fields})
    if form.is_valid():
        for name in fields:
            setattr(row, name, form.cleaned_data[name])
        row.key = row.key or _free_key(row.name)
        with transaction.atomic():
            row.save()
            note_change(actor, "tool.changed")
        return redirect("referrals:tools")
    return render(request, "referrals/tool.html", {"form": form, "tool": row})


def _free_key(name: str) -> str:
    base = slugify(name)[:40] or "verktyg"
    taken = set(Tool.objects.filter(key__startswith=base).values_list("key", flat=True))
    return next(
        key for n in range(len(taken) + 1) if (key := f"{base}-{n}" if n else base) not in taken
    )


class ProgrammeForm(OwnForm):
    """The figures of a programme; changing them makes a new version."""

    grade_from = number(_("Från årskurs"), high=12, required=False)
    grade_to = number(_("Till årskurs"), high=12, required=False)
    age_from = number(_("Från ålder"), high=25, required=False)
    age_to = number(_("Till ålder"), high=25, required=False)
    absence_max = number(_("Högsta frånvaro i procent"), high=100, required=False)
    review_weeks = number(_("Veckor mellan uppföljningar"), low=1, high=52)


FIGURES = tuple(ProgrammeForm.base_fields)


@require_GET
def programmes(request: Request) -> HttpResponse:
    """The programmes and their figures, as they hold today."""
    if request.actor.role not in (Role.DISTRICT, Role.CENTRAL, Role.ADMIN):  # type: ignore[union-attr]
        raise Http404
    rows = ProgrammeVersion.objects.filter(current=True).select_related("programme__owner")
    keeps = request.actor.role == Role.ADMIN  # type: ignore[union-attr]
    context = {"versions": rows.order_by("programme__name"), "keeps": keeps}
    return render(request, "referrals/programmes.html", context)


@require_http_methods(["GET", "POST"])
def programme(request: Request, key: str) -> HttpResponse:
    """Change a programme: the old version stays with the cases that began under it."""
    actor = request.actor
    if not isinstance(actor, Membership) or actor.role != Role.ADMIN:
        raise Http404
    now = get_object_or_404(Programme, key=key).current
    form = ProgrammeForm(
        request.POST or None, initial={name: getattr(now, name) for name in FIGURES}
    )
    if form.is_valid():
        given: dict[str, Any] = {name: form.cleaned_data[name] for name in FIGURES}
        if any(getattr(now, name) != value for name, value in given.items()):
            with transaction.atomic():
                _next_version(now, given, actor)
                note_change(actor, "programme.changed")
        return redirect("referrals:programmes")
    return render(request, "referrals/programme.html", {"form": form, "version": now})


def _next_version(now: ProgrammeVersion, given: dict[str, Any], actor: Membership) -> None:
    ProgrammeVersion.objects.filter(pk=now.pk).update(current=False)
    now.pk, now.number, now.since, now.made_by = None, now.number + 1, clock.today(), actor
    now.current = True
    for name, value in given.items():
        setattr(now, name, value)
    now.save(force_insert=True)
