"""The pupil as the school or the team registered them: mended, given a new number, taken away."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

import vault
from accounts import personnummer
from accounts.http import Request
from history.door import Conflict, begin, edit
from history.reading import only_opened, reads, seen, subject
from referrals.forms.offers import offers
from referrals.forms.pupil import EditGuardianForm, EditPupilForm, NumberForm
from referrals.models import Guardian, Pupil, Referral
from referrals.policy import school, team


def _known(request: Request, uuid: UUID) -> Pupil:
    """A pupil the reader may know; put on record."""
    pupil = get_object_or_404(Pupil.objects.visible_to(request.actor), uuid=uuid)
    subject(pupil.uuid)
    if pupil.protected:
        only_opened(pupil.uuid)
    seen(pupil.uuid, "own")
    return pupil


def _keeps(request: Request, pupil: Pupil) -> bool:
    """Whether the reader's side registered the pupil and may mend what it wrote."""
    writes = Pupil.objects.reachable_by(request.actor, "edit").filter(pk=pupil.pk).exists()
    return writes and (school | team)(pupil, request.actor)


def _mended(request: Request, uuid: UUID) -> Pupil:
    pupil = _known(request, uuid)
    if not _keeps(request, pupil):
        raise PermissionDenied
    return pupil


def _back(request: Request, pupil: Pupil) -> str:
    """To the referral that is being written, or to the pupil's own page."""
    reference = request.GET.get("fran", "")
    mine = Referral.objects.visible_to(request.actor).filter(reference=reference, pupil=pupil)
    if reference and mine.exists():
        return reverse("referrals:check", args=[reference])
    return reverse("referrals:pupil", args=[pupil.uuid])


@require_GET
@reads("pupil")
def detail(request: Request, uuid: UUID) -> HttpResponse:
    """What is registered, and what can happen to it."""
    pupil = _known(request, uuid)
    keeps = _keeps(request, pupil)
    guardians = Guardian.objects.visible_to(request.actor).filter(pupil=pupil, status="current")
    context = {
        "pupil": pupil,
        "guardians": [
            (one, offers(one, request.actor) if keeps else []) for one in guardians.order_by("pk")
        ],
        "keeps": keeps,
        "offers": offers(pupil, request.actor) if keeps else [],
        "referrals": Referral.objects.visible_to(request.actor).filter(pupil=pupil).order_by("-pk"),
    }
    return render(request, "referrals/pupil.html", context)


def _edited(request: Request, obj: Any, form: Any, fields: dict[str, Any]) -> bool:
    """Whether the change is made; what is wrong stands in the form."""
    try:
        given = form.cleaned_data
        edit(obj, by=request.actor, version=given["version"], key=given["key"], **fields)
    except Conflict:
        form.add_error(None, _("Någon annan har ändrat uppgifterna. Öppna sidan på nytt."))
    except ValidationError as error:
        form.blame(error)
    except IntegrityError:
        form.add_error("number", _("Skolan har redan en elev med det numret."))
    else:
        return True
    return False


@require_http_methods(["GET", "POST"])
@reads("pupil.edit")
def change(request: Request, uuid: UUID) -> HttpResponse:
    """Mend name, grade, language, phone and what else was registered."""
    pupil = _mended(request, uuid)
    form = EditPupilForm(request.POST or None, obj=pupil, actor=request.actor)
    if form.is_valid() and _edited(request, pupil, form, form.details()):
        return redirect(_back(request, pupil))
    context = {"form": form, "pupil": pupil, "back": _back(request, pupil)}
    return render(request, "referrals/pupil_edit.html", context | {"title": _("Om eleven")})


@require_http_methods(["GET", "POST"])
@reads("pupil.number")
def number(request: Request, uuid: UUID) -> HttpResponse:
    """A coordination or provisional number gives way to a personnummer; the person is the same."""
    pupil = _mended(request, uuid)
    form = NumberForm(request.POST or None, obj=pupil, actor=request.actor)
    if form.is_valid():
        found: personnummer.Number = form.cleaned_data["number"]
        fields: dict[str, Any] = {
            "number": found.text,
            "number_index": vault.index("pupil.number", found.text),
        }
        if form.cleaned_data["birth_date_too"]:
            fields["birth_date"] = found.day.isoformat()
        if _edited(request, pupil, form, fields):
            return redirect(_back(request, pupil))
    context = {"form": form, "pupil": pupil, "back": _back(request, pupil)}
    return render(request, "referrals/pupil_edit.html", context | {"title": _("Nytt nummer")})


@require_http_methods(["GET", "POST"])
@reads("guardian.edit")
def guardian(request: Request, uuid: UUID, guardian: UUID | None = None) -> HttpResponse:
    """Mend what is registered of a guardian, or register one more."""
    pupil = _mended(request, uuid)
    rows = Guardian.objects.visible_to(request.actor).filter(pupil=pupil, status="current")
    row = get_object_or_404(rows, uuid=guardian) if guardian else Guardian(pupil=pupil)
    form = EditGuardianForm(request.POST or None, obj=row, actor=request.actor)
    if form.is_valid():
        if row.pk and _edited(request, row, form, form.details()):
            return redirect(_back(request, pupil))
        if not row.pk:
            new = Guardian(pupil=pupil, **form.details())
            begin(new, by=request.actor, key=form.cleaned_data["key"])
            return redirect(_back(request, pupil))
    title = _("Vårdnadshavare")
    context = {"form": form, "pupil": pupil, "back": _back(request, pupil), "title": title}
    return render(request, "referrals/pupil_edit.html", context)
