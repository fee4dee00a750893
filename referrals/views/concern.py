"""Orosanmälan: to the municipality's own channel in two clicks, and following what came back."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts import clock, keyset
from accounts.http import Request
from accounts.models import Membership, Role
from history import legal
from history.door import begin
from history.reading import only_opened, reads, seen, subject
from referrals.forms.base import OwnForm, day
from referrals.forms.offers import offers
from referrals.models import Case, ConcernReport, Pupil, Referral

REPORTERS = (Role.SCHOOL, Role.PRINCIPAL, Role.TEAM, Role.MANAGER)


class ConcernForm(OwnForm):
    key = forms.UUIDField(widget=forms.HiddenInput)
    made_on = day(_("Vilken dag gjorde du anmälan?"))


@require_http_methods(["GET", "POST"])
@reads("concern.new")
def new(request: Request) -> HttpResponse:
    """Where to report, at once; and a note that it was done, so that feedback is asked for."""
    actor = request.actor
    if not isinstance(actor, Membership) or actor.role not in REPORTERS:
        raise Http404
    pupil = _pupil(request)
    form = ConcernForm(request.POST or None, initial={"made_on": clock.today(), "key": uuid4()})
    if form.is_valid():
        report = ConcernReport(
            pupil=pupil,
            reporter=actor,
            reporters=actor.organisation,
            deputy=_deputy(actor),
            made_on=form.cleaned_data["made_on"],
        )
        try:
            event = begin(report, by=actor, key=form.cleaned_data["key"])
        except ValidationError as error:
            form.blame(error)
        else:
            return redirect("referrals:concern", event.obj.uuid)
    context = {
        "form": form,
        "channel": settings.CONCERN_CHANNEL,
        "phone": settings.CONCERN_PHONE,
        "pupil": pupil,
    }
    return render(request, "referrals/new_concern.html", context)


def _pupil(request: Request) -> Pupil | None:
    """The pupil of the page one came from, if the reader may know them."""
    reference = request.GET.get("om", "")
    if not reference:
        return None
    case = Case.objects.visible_to(request.actor).filter(reference=reference).first()
    matter = case or Referral.objects.visible_to(request.actor).filter(reference=reference).first()
    pk = matter.pupil_id if matter else None
    pupil = Pupil.objects.visible_to(request.actor).filter(pk=pk).first() if pk else None
    if pupil:
        if pupil.protected:
            only_opened(pupil.uuid)
        seen(pupil.uuid, "duty to report")
    return pupil


def _deputy(actor: Membership) -> Membership | None:
    """The principal or unit manager, who is shown what the reporter leaves lying."""
    chief = Membership.objects.in_force().filter(
        organisation=actor.organisation, role__in=(Role.PRINCIPAL, Role.MANAGER)
    )
    return chief.exclude(pk=actor.pk).order_by("pk").first()


@require_GET
@reads("concern.list")
def listing(request: Request) -> HttpResponse:
    """One's own reports; a principal's or unit manager's whole place. Never a name."""
    actor = request.actor
    if not isinstance(actor, Membership) or actor.role not in (*REPORTERS, Role.AUDITOR):
        raise Http404
    rows = ConcernReport.objects.visible_to(actor).select_related("reporter__user", "reporters")
    limit = clock.today() - timedelta(days=legal.limit("feedback.reminder"))
    found, more = keyset.page(rows, ("made_on", "pk"), request.GET.get("efter", ""), newest=True)
    late = [report.pk for report in found if report.is_open and report.made_on <= limit]
    context = {"reports": found, "late": late, "more": more}
    return render(request, "referrals/concerns.html", context)


@require_GET
@reads("concern")
def detail(request: Request, uuid: UUID) -> HttpResponse:
    """That it was made, when, and what came back; nothing of what it said."""
    report = get_object_or_404(ConcernReport.objects.visible_to(request.actor), uuid=uuid)
    subject(report.uuid)
    pk = report.pupil_id
    known = Pupil.objects.visible_to(request.actor).filter(pk=pk).first() if pk else None
    if known:
        if known.protected:
            only_opened(known.uuid)
        seen(known.uuid, "own")
    context = {"report": report, "pupil": known, "offers": offers(report, request.actor)}
    return render(request, "referrals/concern.html", context)
