"""Writing a referral in short steps; every step is saved as it is sent."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from accounts import clock, personnummer
from accounts.http import Request
from accounts.models import Role
from history.door import Conflict, begin, edit, perform, together
from history.reading import reads
from referrals import names
from referrals.choices import Need, OtherPlan
from referrals.forms.base import MoveForm
from referrals.forms.new import AbsenceFields
from referrals.forms.referral import (
    STEPS,
    FindPupilForm,
    GuardianForm,
    ProtectionForm,
    PupilForm,
)
from referrals.models import Absence, Guardian, Pupil, Referral, sight
from referrals.views.showing import show
from vault import sealing

# A number that waits between two pages lies sealed in the session, never in clear in a table.
IN_SESSION = "session.new_pupil"
# The steps in order: (slug, what it is called). The pupil comes first, the check last.
ORDER = (
    ("familj", _("Vårdnadshavare")),
    ("oro", _("Vad som oroar er")),
    ("provat", _("Vad ni har provat")),
    ("franvaro", _("Frånvaro")),
    ("familjen", _("Vad familjen vet")),
    ("vart", _("Vart remissen ska")),
)


def _writes(request: Request) -> None:
    if request.actor.role not in (Role.SCHOOL, Role.PRINCIPAL):  # type: ignore[union-attr]
        raise Http404


@require_http_methods(["GET", "POST"])
def protection(request: Request) -> HttpResponse:
    """Before anything else: does the child need protection now?"""
    _writes(request)
    form = ProtectionForm(request.POST or None)
    if form.is_valid():
        if form.cleaned_data["needed"] == "yes":
            return redirect("referrals:new_concern")
        request.session["protection_asked"] = True
        return redirect("referrals:find_pupil")
    return render(request, "referrals/protection.html", {"form": form})


@require_http_methods(["GET", "POST"])
@reads("pupil.find")
def find_pupil(request: Request) -> HttpResponse:
    """Search among the school's own pupils before anybody is registered twice."""
    _writes(request)
    if not request.session.get("protection_asked"):
        return redirect("referrals:protection")
    form = FindPupilForm(request.POST or None)
    if form.is_valid():
        number = form.cleaned_data["number"]
        pupil = _found(request, number.text)
        if pupil is not None:
            return _referral_for(request, pupil)
        request.session["new_pupil"] = sealing.seal(number.text, IN_SESSION)
        return redirect("referrals:new_pupil")
    return render(request, "referrals/find_pupil.html", {"form": form})


def _found(request: Request, number: str) -> Pupil | None:
    """The school's own pupil with this number; a protected one only for whoever may see them."""
    rows = Pupil.objects.filter(status="current").by_number(number, request.actor.organisation)  # type: ignore[union-attr]
    return rows.filter(sight.unprotected(request.actor, "")).first()  # type: ignore[arg-type]


def _referral_for(request: Request, pupil: Pupil) -> HttpResponse:
    """Open the pupil's open referral if there is one; else begin a draft of theirs."""
    here = Referral.objects.filter(pupil=pupil, status__in=("draft", "submitted", "returned"))
    already = here.first()
    if already is not None:
        if not Referral.objects.visible_to(request.actor).filter(pk=already.pk).exists():
            return render(request, "referrals/already.html", {"principal": True})
        return redirect("referrals:referral", already.reference)
    referral = Referral(
        school=pupil.school, author=request.actor, pupil=pupil, protection_asked=True
    )
    try:
        begun = begin(referral, by=request.actor).obj
    except IntegrityError:  # two clicks at once: the first one's draft is meant
        begun = here.get()
    request.session.pop("new_pupil", None)
    return redirect("referrals:step", begun.reference, ORDER[0][0])


@require_http_methods(["GET", "POST"])
def new_pupil(request: Request) -> HttpResponse:
    """Register a pupil the school has not registered before."""
    _writes(request)
    waiting = request.session.get("new_pupil")
    if not waiting:
        return redirect("referrals:find_pupil")
    number = sealing.unseal(waiting, IN_SESSION)
    form = PupilForm(request.POST or None)
    if form.is_valid():
        pupil = Pupil(
            school=request.actor.organisation,
            registered_by=request.actor,
            number=number,
            birth_date=personnummer.read(number).day.isoformat(),
            **form.cleaned_data,
        )
        try:
            pupil = begin(pupil, by=request.actor).obj
        except IntegrityError:
            pupil = _found(request, number)
            if pupil is None:
                raise PermissionDenied from None
        request.session["opened"] = str(pupil.uuid)  # who registers has the reason
        return _referral_for(request, pupil)
    return render(request, "referrals/new_pupil.html", {"form": form})


def _draft(request: Request, reference: str) -> Referral:
    referral = get_object_or_404(Referral.objects.visible_to(request.actor), reference=reference)
    _writes(request)
    if not referral.editable:
        raise PermissionDenied
    return referral


@require_http_methods(["GET", "POST"])
@reads("referral.write")
def step(request: Request, reference: str, step: str) -> HttpResponse:
    """One step of the draft."""
    referral = _draft(request, reference)
    slugs = [slug for slug, _name in ORDER]
    if step not in slugs:
        raise Http404
    context = {
        "referral": referral,
        "who": show(referral, request.actor),
        "number": slugs.index(step) + 1,
        "of": len(ORDER),
        "title": dict(ORDER)[step],
        "back": _url(referral, slugs, slugs.index(step) - 1),
        "step": step,
    }
    after = _url(referral, slugs, slugs.index(step) + 1)
    if "kolla" in request.GET:
        after = reverse("referrals:check", args=[reference])
    if step == "familj":
        return _guardians(request, referral, context, after)
    if step == "franvaro":
        return _absence(request, referral, context, after)
    return _words(request, referral, context, after, step)


def _url(referral: Referral, slugs: list[str], place: int) -> str:
    if place < 0:
        return reverse("referrals:referral", args=[referral.reference])
    if place >= len(slugs):
        return reverse("referrals:check", args=[referral.reference])
    return reverse("referrals:step", args=[referral.reference, slugs[place]])


def _words(
    request: Request, referral: Referral, context: Any, after: str, step: str
) -> HttpResponse:
    form = STEPS[step](request.POST or None, obj=referral, actor=request.actor)
    context["form"] = form
    if form.is_valid():
        details = form.details()
        found = names.in_words(details, referral.pupil)
        if found and "sure" not in request.POST:
            return render(request, "referrals/step.html", context | {"found": found})
        try:
            edit(
                referral,
                by=request.actor,
                version=form.cleaned_data["version"],
                key=form.cleaned_data["key"],
                touched=clock.now(),
                **details,
            )
        except Conflict as conflict:
            context |= {"now": conflict.obj, "back": _url(referral, [], -1)}
            return render(request, "referrals/conflict.html", context, status=409)
        except ValidationError as error:
            form.blame(error)
        else:
            return redirect(after)
    return render(request, "referrals/step.html", context)


def _guardians(request: Request, referral: Referral, context: Any, after: str) -> HttpResponse:
    guardians = list(referral.pupil.guardians.filter(status="current").order_by("pk"))
    adding = "ny" in request.GET or not guardians
    form = GuardianForm(request.POST or None) if adding else None
    context |= {"form": form, "guardians": guardians, "after": after}
    if form is not None and form.is_valid():
        guardian = Guardian(pupil=referral.pupil, **form.cleaned_data)
        try:
            begin(guardian, by=request.actor)
        except ValidationError as error:
            form.blame(error)
        else:
            return redirect(request.path)
    return render(request, "referrals/guardians.html", context)


def _absence(request: Request, referral: Referral, context: Any, after: str) -> HttpResponse:
    now = referral.baseline
    fields = (
        "period_from",
        "period_to",
        "unit",
        "offered",
        "reported",
        "valid",
        "invalid",
        "source",
    )
    initial = {name: getattr(now, name) for name in fields} if now else {}
    form = AbsenceFields(request.POST or None, initial=initial)
    context["form"] = form
    if form.is_valid():
        same = now and all(getattr(now, name) == form.cleaned_data[name] for name in fields)
        if same:
            return redirect(after)
        absence = Absence(referral=referral, purpose="baseline", **form.cleaned_data)
        try:
            with together(referral):
                if now:
                    perform(now.mark_in_error, by=request.actor)
                begin(absence, by=request.actor)
        except ValidationError as error:
            form.blame(error)
        else:
            return redirect(after)
    return render(request, "referrals/step.html", context)


@require_http_methods(["GET", "POST"])
@reads("referral.check")
def check(request: Request, reference: str) -> HttpResponse:
    """Read it through, see what is missing, send it."""
    referral = _draft(request, reference)
    form = MoveForm(request.POST or None, obj=referral, actor=request.actor)
    missing = referral.what_is_missing()
    context: dict[str, Any] = {
        "referral": referral,
        "who": show(referral, request.actor),
        "guardians": referral.pupil.guardians.filter(status="current").order_by("pk"),
        "missing": missing,
        "form": form,
        "answers": answers(referral),
        "outside": [] if missing else referral.outside_target(),
    }
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            perform(referral.submit, by=request.actor, version=given["version"], key=given["key"])
        except Conflict as conflict:
            context |= {"now": conflict.obj, "back": _url(referral, [], -1)}
            return render(request, "referrals/conflict.html", context, status=409)
        except ValidationError as error:
            form.blame(error)
            form.data = form.data.copy()
            form.data["key"] = str(uuid4())
        else:
            return redirect("referrals:sent", reference)
    return render(request, "referrals/check.html", context)


def answers(referral: Referral) -> list[tuple[str, Any, Any]]:
    """What has been written, as (step, label, words), in the order of the steps."""
    guardians = referral.pupil.guardians.filter(status="current").order_by("pk")
    baseline = referral.baseline
    measured = ""
    if baseline:
        days = f"{baseline.period_from} – {baseline.period_to}"
        measured = f"{baseline.rate} % ({days})" if baseline.rate is not None else days
    needs = ", ".join(str(Need(code).label) for code in referral.need_codes)
    plans = ", ".join(str(OtherPlan(code).label) for code in referral.other_plans.split())
    return [
        ("familj", _("Vårdnadshavare"), ", ".join(guardian.name for guardian in guardians)),
        ("oro", _("Behov"), needs),
        ("oro", _("Vad som oroar er"), referral.worry.open()),
        ("provat", _("Vad ni har provat"), referral.measures.open()),
        ("provat", _("Skolans utredning"), referral.investigation_began or ""),
        ("provat", _("Andra planer"), plans),
        ("franvaro", _("Frånvaro"), measured),
        ("familjen", _("Vad eleven vet"), referral.pupil_knows.open()),
        ("familjen", _("Vad vårdnadshavarna vet"), referral.guardians_know.open()),
        ("vart", _("Stöd"), referral.programme.programme.name if referral.programme else ""),
        ("vart", _("Team"), referral.team or ""),
    ]


@require_http_methods(["GET"])
@reads("referral.sent")
def sent(request: Request, reference: str) -> HttpResponse:
    """It is sent: its number, and what happens now."""
    referral = get_object_or_404(Referral.objects.visible_to(request.actor), reference=reference)
    return render(
        request, "referrals/sent.html", {"referral": referral, "who": show(referral, request.actor)}
    )
