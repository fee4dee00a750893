"""The toolbox: what the municipality offers, and what a district has added of its own."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts import paging
from accounts.forms import SeveralOf
from accounts.http import Request
from accounts.models import Kind, Membership, Organisation, Role
from collaboration.models import MaterialVersion, SupportMaterial
from history.reading import note_change
from referrals.choices import LegalForm, Level
from referrals.forms.base import OwnForm, choice, long_text, short_text, yes
from referrals.models import Programme, Tool

KEEPERS = (Role.ADMIN, Role.DISTRICT)


class ToolForm(OwnForm):
    name = short_text(_("Namn"), limit=100)
    description = long_text(_("Vad är det?"), rows=4)
    level = choice(_("Vem riktas det till?"), Level.choices)
    legal_form = choice(_("Rättslig form"), LegalForm.choices)
    programmes = SeveralOf(
        Programme.objects.order_by("name"),
        label=_("I vilka program?"),
        required=False,
        help_text=_("Välj inget om verktyget passar alla."),
        widget=forms.CheckboxSelectMultiple,
    )
    active = yes(_("I bruk"))


def _owner(actor: Membership) -> Organisation:
    """A district adds tools of its own; the administrator keeps the common core."""
    if actor.role == Role.DISTRICT:
        return actor.organisation
    return Organisation.objects.of(Kind.MUNICIPALITY).earliest("pk")


@login_not_required
@require_GET
def tools(request: Request) -> HttpResponse:
    """The films and pages to show, then the tools by whom each is for: the pupil, or those around.

    Where the municipality wants it, anyone may read what is in use and meant for everybody, without
    signing in.
    """
    actor = getattr(request, "actor", None)
    if actor is None and not settings.PUBLIC_TOOLBOX:
        return redirect_to_login(request.get_full_path())
    rows = Tool.objects.select_related("owner").prefetch_related("programmes")
    if actor is None:
        rows = rows.filter(active=True)
    keeper = actor if isinstance(actor, Membership) and actor.role in KEEPERS else None
    materials = SupportMaterial.objects.to_show(actor)
    shown, more = paging.page(
        MaterialVersion.objects.holding(materials), request.GET.get("efter", "")
    )
    levels: dict[str, list[Tool]] = {}
    for tool in rows.order_by("-active", "name"):
        levels.setdefault(tool.level, []).append(tool)
    context = {
        "materials": shown,
        "more": more,
        "inside": isinstance(actor, Membership),
        "levels": [(level.label, levels[level]) for level in Level if level in levels],
        "keeps": keeper is not None,
        "owner": _owner(keeper) if keeper else None,
    }
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
    initial: dict[str, Any] = {name: getattr(row, name) for name in fields}
    if row.pk:
        initial["programmes"] = list(row.programmes.values_list("pk", flat=True))
    form = ToolForm(request.POST or None, initial=initial)
    if form.is_valid():
        for name in fields:
            setattr(row, name, form.cleaned_data[name])
        row.key = row.key or _free_key(row.name)
        with transaction.atomic():
            row.save()
            row.programmes.set(form.cleaned_data["programmes"])
            note_change(actor, "tool.changed")
        return redirect("referrals:tools")
    return render(request, "referrals/tool.html", {"form": form, "tool": row})


def _free_key(name: str) -> str:
    base = slugify(name)[:40] or "verktyg"
    taken = set(Tool.objects.filter(key__startswith=base).values_list("key", flat=True))
    return next(
        key for n in range(len(taken) + 1) if (key := f"{base}-{n}" if n else base) not in taken
    )
