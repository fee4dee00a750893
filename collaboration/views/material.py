"""The library of support material: read, confirm that it is read, see who has."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

import vault.files
from accounts import clock, paging
from accounts.http import Request
from accounts.models import LEADERS, Membership, Role
from collaboration import differences
from collaboration.choices import MaterialStatus
from collaboration.forms.material import ChangeMaterialForm, NewMaterialForm
from collaboration.forms.offers import offers
from collaboration.http import let_in
from collaboration.models import MaterialVersion, SupportMaterial
from collaboration.policy import KEEPERS
from history.door import begin, perform
from history.forms import MoveForm
from history.views.saving import edit_of, saved
from vault.models import State, StoredFile


def _keeps(request: Request) -> bool:
    return isinstance(request.actor, Membership) and request.actor.role in KEEPERS


@require_GET
def index(request: Request) -> HttpResponse:
    """What is for the reader, what is not read yet first; apart from it, what no longer holds."""
    actor = request.actor
    retired = "tidigare" in request.GET
    seen: QuerySet[Any] = SupportMaterial.objects.visible_to(actor).with_receipt(actor)
    held = Q(status=MaterialStatus.RETIRED)
    rows = seen.filter(held if retired else ~held).select_related("owner__user")
    shown, more = paging.page(rows.order_by("-waits", "title", "pk"), request.GET.get("efter", ""))
    context = {
        "materials": shown,
        "more": more,
        "retired": retired,
        "keeps": _keeps(request),
        "unit": actor.organisation if actor.role in LEADERS else None,
    }
    return render(request, "collaboration/materials.html", context)


@require_GET
def detail(request: Request, uuid: UUID) -> HttpResponse:
    actor = request.actor
    rows: QuerySet[Any] = SupportMaterial.objects.visible_to(actor).with_receipt(actor)
    material = get_object_or_404(rows.select_related("owner__user"), uuid=uuid)
    asked = {move.name for move in material.moves_for(actor)}
    context = {
        "material": material,
        "current": material.current,
        "earlier": material.versions.exclude(number=material.number),
        "for_whom": [Role(code).label for code in material.audience.split()],
        "public": settings.PUBLIC_TOOLBOX
        and SupportMaterial.objects.to_show(None).filter(pk=material.pk).exists(),
        "late": material.is_open and material.next_due <= clock.today(),
        "offers": offers(material, actor),
        "changes": _changes(material, actor),
        "can_acknowledge": "acknowledge" in asked and not material.read,
        "form": MoveForm(obj=material, actor=actor),
    }
    return render(request, "collaboration/material.html", context)


@require_GET
def version(request: Request, uuid: UUID, number: int) -> HttpResponse:
    """What it said before: read by whoever may read what it says now."""
    actor: Any = request.actor
    material = get_object_or_404(SupportMaterial.objects.visible_to(actor), uuid=uuid)
    said = get_object_or_404(material.versions.with_file(), number=number)
    current = material.current
    if current is None or said == current:
        return redirect("collaboration:material", uuid)
    changed = said.text and current.text and said.text != current.text
    context = {
        "material": material,
        "said": said,
        "mine": material.receipts.filter(number=number, membership__user=actor.user_id).first(),
        "pieces": differences.between(said.text, current.text) if changed else [],
    }
    return render(request, "collaboration/material_version.html", context)


@require_POST
def acknowledge(request: Request, uuid: UUID) -> HttpResponse:
    """Read and understood; then on to what a newcomer has left to read, if anything."""
    actor: Any = request.actor
    material = get_object_or_404(SupportMaterial.objects.visible_to(actor), uuid=uuid)
    form = MoveForm(request.POST, obj=material, actor=actor)
    if form.is_valid():
        perform(material.acknowledge, by=actor, key=form.cleaned_data["key"], who=actor)
    if let_in(request, actor):
        return redirect("collaboration:material", uuid)
    return redirect("collaboration:read_first")


@require_GET
def first(request: Request) -> HttpResponse:
    """What somebody new must read before anything else."""
    actor: Any = request.actor
    unread = SupportMaterial.objects.unread_by_newcomer(actor)
    if not unread.exists():
        let_in(request, actor)
        return redirect("/")
    return render(request, "collaboration/read_first.html", {"materials": unread})


@require_http_methods(["GET", "POST"])
def new(request: Request) -> HttpResponse:
    if not _keeps(request):
        raise Http404
    actor: Any = request.actor
    form = NewMaterialForm(request.POST or None)
    if form.is_valid():
        material = SupportMaterial(owner=actor, **form.fields_of())
        event = begin(material, by=actor, key=form.cleaned_data["key"])
        return redirect("collaboration:act", "supportmaterial", event.obj.uuid, "publish")
    return render(request, "collaboration/material_new.html", {"form": form})


def _changes(material: SupportMaterial, actor: Any) -> bool:
    return bool(material.editable) and material.editor(material, actor)


@require_http_methods(["GET", "POST"])
def change(request: Request, uuid: UUID) -> HttpResponse:
    """What it is called and about, for whom, who keeps it, when it is looked over: not the text."""
    actor: Any = request.actor
    material = get_object_or_404(SupportMaterial.objects.visible_to(actor), uuid=uuid)
    if not _changes(material, actor):
        raise Http404
    form = ChangeMaterialForm(request.POST or None, obj=material, actor=actor)
    back = reverse("collaboration:material", args=[uuid])
    offer = {"label": _("Ändra uppgifterna")}
    context = {"form": form, "obj": material, "back": back, "offer": offer}
    if form.is_valid():
        if not form.details():
            return redirect(back)
        if answer := saved(request, form, edit_of(form, material, actor), context):
            return answer
    return render(request, "collaboration/act.html", context)


@login_not_required
@require_GET
def file(request: HttpRequest, uuid: UUID, number: int) -> HttpResponse:
    """The file of one version, as an attachment under a name of ours.

    What is shown beside a public toolbox is fetched without an account too, as it holds now.
    """
    actor = getattr(request, "actor", None)
    if isinstance(actor, Membership):
        material = get_object_or_404(SupportMaterial.objects.visible_to(actor), uuid=uuid)
        said = get_object_or_404(material.versions.exclude(file=None), number=number)
    elif settings.PUBLIC_TOOLBOX:
        shown = MaterialVersion.objects.holding(SupportMaterial.objects.to_show(None))
        said = get_object_or_404(shown, material__uuid=uuid, number=number)
    else:
        return redirect_to_login(request.get_full_path())
    stored = get_object_or_404(StoredFile, uuid=said.file, state=State.CLEAN)
    response = HttpResponse(vault.files.read(stored), content_type=stored.media_type)
    ending = stored.media_type.rsplit("/", 1)[-1]
    name = f"material-{number}.{ending}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
