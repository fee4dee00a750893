"""Applications for money: written together, decided, reported."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from accounts import clock, paging
from accounts.http import Request
from accounts.models import Membership, Role
from collaboration import timeline
from collaboration.accounting import account, difference, figures, report_rows
from collaboration.choices import AnswerStatus, FundingStatus
from collaboration.forms.funding import TAKEN, NewApplicationForm, WriteForm, taken
from collaboration.forms.offers import offers
from collaboration.models import FundingAnswer, FundingApplication
from history.door import begin
from history.forms import Offer
from history.views.saving import edit_of, saved

READERS = (Role.DISTRICT, Role.CENTRAL, Role.ADMIN, Role.MANAGER, Role.PRINCIPAL)


def _actor(request: Request, *roles: Role) -> Membership:
    actor = request.actor
    if not isinstance(actor, Membership) or actor.role not in roles:
        raise Http404
    return actor


@require_GET
def index(request: Request) -> HttpResponse:
    actor = _actor(request, *READERS)
    rows = FundingApplication.objects.visible_to(actor).select_related("district")
    shown, more = paging.page(
        rows.order_by("-year", "district__name", "pk"), request.GET.get("efter", "")
    )
    context = {
        "applications": shown,
        "more": more,
        "applies": actor.role == Role.DISTRICT,
        "sees_teams": actor.role != Role.PRINCIPAL,
    }
    return render(request, "collaboration/applications.html", context)


@require_http_methods(["GET", "POST"])
def new(request: Request) -> HttpResponse:
    actor = _actor(request, Role.DISTRICT)
    form = NewApplicationForm(request.POST or None, district=actor.organisation)
    if form.is_valid():
        given = form.cleaned_data
        application = FundingApplication(
            district=actor.organisation, year=given["year"], responsible=actor
        )
        if there := taken(actor.organisation, given["year"]):
            return redirect("collaboration:application", there.uuid)
        try:
            event = begin(application, by=actor, key=given["key"], schools=given["schools"])
        except IntegrityError:  # a colleague was first, since we looked
            form.blame(ValidationError({"year": TAKEN % {"year": given["year"]}}))
            form.fresh_key()
        else:
            return redirect("collaboration:write_application", event.obj.uuid)
    return render(request, "collaboration/application_new.html", {"form": form})


@require_http_methods(["GET", "POST"])
def write(request: Request, uuid: UUID) -> HttpResponse:
    """The text and the figures applied for, while it is a draft."""
    actor = _actor(request, Role.DISTRICT)
    application = get_object_or_404(FundingApplication.objects.visible_to(actor), uuid=uuid)
    if not application.editable:
        raise Http404
    fields = (*application.WRITTEN, *application.ANCHORED)
    now = {name: getattr(application, name) or None for name in fields}
    form = WriteForm(request.POST or None, obj=application, actor=actor, initial=now)
    back = f"/samverkan/medel/{uuid}/"
    context = {"form": form, "application": application, "back": back}
    if form.is_valid():
        save = edit_of(form, application, actor)
        try:
            if answer := saved(request, form, save, context):
                return answer
        except IntegrityError:  # a colleague was first with that year, since the form looked
            form.blame(ValidationError({"year": TAKEN % {"year": form.cleaned_data["year"]}}))
            form.fresh_key()
    return render(request, "collaboration/application_write.html", context)


@require_GET
def detail(request: Request, uuid: UUID) -> HttpResponse:
    """One application: what was asked, what was decided, what came of it."""
    actor = _actor(request, *READERS)
    rows = FundingApplication.objects.visible_to(actor).select_related(
        "district", "responsible__user"
    )
    application = get_object_or_404(rows, uuid=uuid)
    begun = application.year <= clock.today().year
    told = application.outcome() if begun else None
    context = {
        "application": application,
        "schools": _schools(application, actor),
        "reports": report_rows(application),
        "offers": _offers(application, actor),
        "next": _next(application) if application.is_open else "",
        "late": application.is_open and application.next_due < clock.today(),
        "writes": application.lets(actor, "submit") and bool(application.editable),
        "figures": figures(told) if told else [],
        "difference": difference(application, told) if told else "",
        "account": account(application),
        "events": timeline.along(application),
    }
    return render(request, "collaboration/application.html", context)


# What is next, said of the whole application; the worklist says it to the one whose turn it is.
NEXT = {
    "write_money": gettext_lazy("Nästa: skriv klart ansökan"),
    "ask_principals": gettext_lazy("Nästa: be rektorerna ta ställning"),
    "await_principals": gettext_lazy("Nästa: rektorerna tar ställning"),
    "send_money": gettext_lazy("Nästa: skicka in ansökan"),
    "decide_money": gettext_lazy("Nästa: socialnämnden beslutar"),
    "decide_carry": gettext_lazy("Nästa: socialnämnden beslutar om medel från året före"),
    "report_july": gettext_lazy("Nästa: lägesrapport i juli"),
    "report_final": gettext_lazy("Nästa: slutrapport när året är slut"),
}


def _offers(application: FundingApplication, actor: Membership) -> list[tuple[str, Offer]]:
    """The moves that can be made now; of a draft, not yet those that would be refused."""
    early = set()
    if application.status == FundingStatus.DRAFT:
        early |= {"submit"} if application.lacking() else set()
        early |= {"ask_principals"} if application.unanswered() else set()
    return [(move, offer) for move, offer in offers(application, actor) if move not in early]


def _next(application: FundingApplication) -> str:
    step = application.next_step
    if step == "write_money" and not application.unanswered():
        step = "ask_principals" if application.asked_on is None else "await_principals"
    return str(NEXT[step])


def _schools(application: FundingApplication, actor: Membership) -> list[dict[str, Any]]:
    """Each school with what its principal says, and what this reader may say of it."""
    rows = application.answers.exclude(status=AnswerStatus.LAPSED).select_related("school")
    answers = {row.school_id: row for row in rows}
    found = []
    for part in application.schools.select_related("school"):
        answer = answers.get(part.school_id)
        mine = offers(answer, actor) if answer and answer.lets(actor, "join") else []
        found.append({"school": part.school, "answer": answer, "offers": mine})
    return found


@require_GET
def answer(request: Request, uuid: UUID) -> HttpResponse:
    """What a principal is asked is shown on the page of the application it is about."""
    rows = FundingAnswer.objects.visible_to(request.actor).select_related("application")
    return redirect(
        "collaboration:application", get_object_or_404(rows, uuid=uuid).application.uuid
    )
