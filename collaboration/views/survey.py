"""Surveys: made and opened by the central ones, answered by anyone with a link, told of many."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import segno
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from accounts import paging
from accounts.http import Request
from accounts.models import Membership, Role
from collaboration import answering, few, over_time, results
from collaboration.choices import RoundStatus, SurveyKind
from collaboration.forms.offers import offers
from collaboration.forms.survey import NewRoundForm, SheetForm
from collaboration.models import SurveyRound
from collaboration.views.survey_draft import meant_for
from history import reading
from history.door import begin
from history.forms import MoveForm


def _central(request: Request) -> Membership:
    actor = request.actor
    if not isinstance(actor, Membership) or actor.role != Role.CENTRAL:
        raise Http404
    return actor


@require_GET
def index(request: Request) -> HttpResponse:
    """The rounds the reader may know of, newest first."""
    rows = SurveyRound.objects.visible_to(request.actor).select_related("district")
    shown, more = paging.page(rows.order_by("-pk"), request.GET.get("efter", ""))
    told = over_time.rates(shown)
    context = {
        "rounds": [(row, told.get(row.pk)) for row in shown],
        "kinds": SurveyKind,
        "more": more,
        "makes": request.actor.role == Role.CENTRAL,
        "smallest": few.smallest(),
    }
    return render(request, "collaboration/surveys.html", context)


@require_http_methods(["GET", "POST"])
def new(request: Request) -> HttpResponse:
    """A new round: a draft, until it is opened."""
    actor = _central(request)
    form = NewRoundForm(request.POST or None)
    if form.is_valid():
        given = form.cleaned_data
        survey = SurveyRound(
            kind=given["kind"],
            title=given["title"],
            district=given["district"],
            roles=" ".join(given["roles"]),
            addresses=given["addresses"],
            closes=given["closes"],
            repeats=given["repeats"],
            responsible=actor,
        )
        event = begin(survey, by=actor, key=given["key"])
        return redirect("collaboration:survey", event.obj.uuid)
    return render(request, "collaboration/survey_new.html", {"form": form})


@require_GET
def detail(request: Request, uuid: UUID) -> HttpResponse:
    """Where a round stands, what may be done, and, once it is closed, what it tells."""
    rows = SurveyRound.objects.visible_to(request.actor).select_related("district")
    survey = get_object_or_404(rows, uuid=uuid)
    central = request.actor.role == Role.CENTRAL
    told = survey.status == RoundStatus.REPORTED or (
        central and survey.status == RoundStatus.CLOSED
    )
    result = results.of(survey, words=central) if told else None
    asked, answered = survey.tokens.count(), survey.answered()
    context = {
        "survey": survey,
        "offers": offers(survey, request.actor),
        "hands_out": SurveyRound.objects.to_hand_out(request.actor).filter(pk=survey.pk).exists(),
        "meant_for": meant_for(survey) if survey.status == RoundStatus.DRAFT else None,
        "changes": bool(survey.editable) and survey.editor(survey, request.actor),
        "asked": asked,
        # While it is open the count of answers would tell who has just answered.
        "answered": answered if survey.status != RoundStatus.OPEN else None,
        "rate": round(100 * answered / asked) if asked else None,
        "next_on": survey.next_on(),
    } | told_of(result)
    return render(request, "collaboration/survey.html", context)


def told_of(result: results.Result | None) -> dict[str, Any]:
    """What the page of a result takes: collaboration/survey_result.html."""
    rows = [row for _group, rows in result.groups for row in rows] if result else []
    return {
        "result": result,
        "most": results.developed_most(rows),
        "smallest": result.smallest if result else few.smallest(),
    }


@require_http_methods(["GET", "POST"])
def hand_out(request: Request, uuid: UUID) -> HttpResponse:
    """One link for one pupil, on the screen only: no name, no case, no address is asked."""
    survey = get_object_or_404(SurveyRound.objects.to_hand_out(request.actor), uuid=uuid)
    context: dict[str, Any] = {"survey": survey}
    form = MoveForm(request.POST or None, obj=survey, actor=request.actor)
    if form.is_valid():
        with transaction.atomic():
            token = survey.invite()
            url = settings.BASE_URL + answering.address(token)
            reading.note_change(request.actor, "survey.hand_out", survey.uuid)
        context |= {"url": url, "qr": segno.make(url, error="m").svg_data_uri(scale=6)}
    context["form"] = MoveForm(obj=survey, actor=request.actor)
    return render(request, "collaboration/survey_hand_out.html", context)


@login_not_required
@require_http_methods(["GET", "POST"])
def sheet(request: HttpRequest, secret: str) -> HttpResponse:
    """The survey itself. Whoever holds the link answers once; nobody is asked who they are."""
    token = answering.by_secret(secret)
    if token is None:
        return render(request, "collaboration/link_gone.html", status=404)
    asked = token.round.questions
    form = SheetForm(request.POST or None, asked=asked)
    if request.method == "POST" and form.is_valid():
        answering.answer(token, form.given(), form.cleaned_data.get("side", ""))
        return redirect("collaboration:sheet_thanks", token.round.uuid)
    context = {"asked": asked, "form": form, "parts": form.parts()}
    return render(request, "collaboration/survey_sheet.html", context)


def _asked(uuid: UUID) -> SurveyRound:
    """A round that somebody may have answered, for whoever has its address."""
    rows = SurveyRound.objects.exclude(status=RoundStatus.DRAFT).select_related("district")
    return get_object_or_404(rows, uuid=uuid)


@login_not_required
@require_GET
def thanks(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Where the result will be: pupils have no address it could be sent to."""
    survey = _asked(uuid)
    url = settings.BASE_URL + reverse("collaboration:survey_reported", args=[survey.uuid])
    qr = segno.make(url, error="m").svg_data_uri(scale=5)
    context = {"survey": survey, "url": url, "qr": qr, "smallest": few.smallest()}
    return render(request, "collaboration/survey_thanks.html", context)


@login_not_required
@require_GET
def reported(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Back to those who answered: the result of many, or why there is none yet."""
    survey = _asked(uuid)
    over = survey.status == RoundStatus.REPORTED
    context = {"survey": survey} | told_of(results.of(survey, words=False) if over else None)
    return render(request, "collaboration/survey_reported.html", context)
