"""The case: the whole path on one page, and its mapping, plan and notes."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts import clock
from accounts.http import Request
from history.door import Conflict, edit
from history.reading import reads, subject
from referrals import charts
from referrals.choices import CaseStatus, Purpose, TransferStatus
from referrals.forms.closing import ClosingForm, SummerForm
from referrals.forms.moves import offers
from referrals.models import (
    Absence,
    Case,
    Consent,
    Goal,
    Intervention,
    MappedNeed,
    Note,
    OutsideContact,
    Participant,
    PupilVoice,
    Referral,
    Review,
    Section,
    Transfer,
)
from referrals.timeline import timeline
from referrals.views.showing import show

# The path as one line: (status in which a step is under way, what it is called).
LINE = (
    ("referral", _("Remiss")),
    (CaseStatus.AWAITING_CONSENT, _("Samtycke")),
    (CaseStatus.MAPPING, _("Kartläggning")),
    (CaseStatus.PLANNING, _("Plan")),
    (CaseStatus.SUPPORT, _("Stöd")),
    (CaseStatus.REVIEW, _("Uppföljning")),
    (CaseStatus.CLOSING, _("Avslut")),
)
AFTER = {
    CaseStatus.TRANSFERRING: CaseStatus.REVIEW,
    CaseStatus.TRANSFERRED: CaseStatus.CLOSING,
}


def progress(case: Case) -> list[dict[str, Any]]:
    """The steps of the path with where it stands: done, now or to come."""
    here = AFTER.get(case.status, case.status)  # type: ignore[call-overload]
    if here == CaseStatus.FROZEN:
        here = case.stage()
    order = [status for status, _words in LINE]
    at = len(order) if here == CaseStatus.CLOSED else order.index(here)
    return [
        {"words": words, "state": "done" if n < at else "now" if n == at else "todo"}
        for n, (_status, words) in enumerate(LINE)
    ]


def found_case(request: Request, reference: str) -> Case:
    """The case, with how much of it the reader may know, in one query."""
    rows = Case.objects.visible_to(request.actor).for_page(request.actor)
    case = get_object_or_404(rows, reference=reference)
    subject(case.uuid)
    return case


def frame_of(request: Request, case: Case) -> dict[str, Any]:
    """What every page of a case shows on top."""
    actor = request.actor
    mine = Consent.objects.visible_to(actor).filter(pk__in=case.consents.values("pk"))
    consents = list(mine.order_by("-pk"))
    main = [one for one in consents if one.purpose == Purpose.SUPPORT and one.status == "active"]
    consent = main[0] if main else None
    full = case.full  # type: ignore[attr-defined]  # annotated by for_page
    return {
        "case": case,
        "pages": _pages(case, full=full, shared=consent is not None),
        "who": show(case, actor, consent),
        "full": full,
        "own_team": case.team_id == actor.organisation_id,  # type: ignore[union-attr]
        "steps": progress(case),
        "consents": consents,
        "consent": consent,
        "handed": _handed(case),
    }


def _handed(case: Case) -> dict[str, Any] | None:
    """The latest hand-over in words; engines write a uuid in JSON differently."""
    told = case.handed  # type: ignore[attr-defined]  # annotated by for_page
    if not told:
        return None
    return {
        "uuid": UUID(str(told["uuid"])),
        "receiver": told["receiver"],
        "state": TransferStatus(told["status"]).label,
    }


def _pages(case: Case, *, full: bool, shared: bool) -> list[tuple[str, str, Any]]:
    """The pages of a case for this reader, as (name, address, label)."""
    labels = {
        "case": _("Översikt"),
        "mapping": _("Kartläggning"),
        "plan": _("Plan och insatser"),
        "reviews": _("Uppföljningar"),
        "notes": _("Anteckningar"),
        "case_files": _("Filer"),
    }
    mine = labels if full else ["case", "case_files"] if shared else ["case"]
    return [(n, reverse(f"referrals:{n}", args=[case.reference]), labels[n]) for n in mine]


@require_GET
@reads("case")
def detail(request: Request, reference: str) -> HttpResponse:
    """Where the path stands, what is next, goals, absence and what has happened."""
    case, actor = found_case(request, reference), request.actor
    frame = frame_of(request, case)
    goals = Goal.objects.visible_in(case, actor)
    absences = Absence.objects.visible_to(actor).of_case(case)
    interventions = Intervention.objects.visible_in(case, actor)
    participants = Participant.objects.visible_in(case, actor).named()
    measured = list(absences)
    context = frame | {
        "goals": with_estimates(goals),
        "absences": measured,
        "chart": charts.absence(measured),
        "interventions": list(interventions.select_related("tool").order_by("pk")),
        "participants": list(participants.select_related("membership__user").order_by("pk")),
        **_split(offers(case, actor, full=frame["full"])),
        "events": timeline(case.trail_id, _happened_in(case, actor, frame["full"]), 30),
    }
    return render(request, "referrals/case.html", context)


def _happened_in(case: Case, actor: Any, full: bool) -> list[QuerySet]:
    """What the timeline tells of: the path itself, and as much of its parts as the reader sees."""
    path = [
        Case.objects.filter(pk=case.pk),
        Referral.objects.filter(pk=case.referral_id),
        Consent.objects.filter(pk__in=case.consents.values("pk")),
    ]
    if full:
        path += [
            model.objects.filter(case=case) for model in (Goal, Review, Transfer, Intervention)
        ]
    return path


def _split(found: list[Any]) -> dict[str, Any]:
    """The one thing to do next stands out; the rest waits under "more"."""
    return {
        "offers": [one for one in found if one[1].primary],
        "more": [one for one in found if not one[1].primary],
    }


def with_estimates(goals: QuerySet) -> list[dict[str, Any]]:
    """Each goal with its latest estimate, and how far along the bar that is."""
    found = []
    for goal in goals.with_latest_estimate().select_related("parent").order_by("pk"):
        last = goal.latest or {}
        now = last.get("by_team") or goal.start
        found.append(
            {
                "goal": goal,
                "text": goal.text.open(),
                "who": goal.who.open(),
                "now": now,
                "pupil": last.get("by_pupil"),
                "done": now * 40,
                "mark": goal.target * 40 - 3,
            }
        )
    return found


@require_GET
@reads("case.mapping")
def mapping(request: Request, reference: str) -> HttpResponse:
    """Section by section, and the pupil's own words."""
    case, actor = found_case(request, reference), request.actor
    frame = frame_of(request, case)
    sections = list(
        Section.objects.visible_to(actor)
        .filter(case=case)
        .select_related("owner__user")
        .order_by("order")
    )
    voices = list(PupilVoice.objects.visible_to(actor).filter(case=case))
    if not sections and not voices and not frame["full"]:
        raise Http404
    at_work = case.status in (
        CaseStatus.MAPPING,
        CaseStatus.PLANNING,
        CaseStatus.SUPPORT,
        CaseStatus.REVIEW,
        CaseStatus.TRANSFERRING,
    )
    context = frame | {
        "sections": [(section, offers(section, actor) if at_work else []) for section in sections],
        "voices": [(voice, offers(voice, actor) if at_work else []) for voice in voices],
        "at_work": at_work,
    }
    return render(request, "referrals/mapping.html", context)


@require_GET
@reads("case.plan")
def plan(request: Request, reference: str) -> HttpResponse:
    """Needs, goals and interventions, with their occasions."""
    case, actor = found_case(request, reference), request.actor
    frame = frame_of(request, case)
    rows = with_estimates(Goal.objects.visible_to(actor).filter(case=case))
    needs = list(MappedNeed.objects.visible_to(actor).filter(case=case).order_by("pk"))
    interventions = list(
        Intervention.objects.visible_to(actor)
        .filter(case=case)
        .select_related("tool", "owner__user", "goal")
        .prefetch_related("occasions")
        .order_by("pk")
    )
    if not frame["full"] and not (rows or needs or interventions):
        raise Http404
    covered = {entry["goal"].need_id for entry in rows}
    for entry in rows:
        entry["offers"] = offers(entry["goal"], actor) if frame["full"] else []
    context = frame | {
        "goals": rows,
        "needs": [
            (need, need.pk in covered, offers(need, actor) if frame["full"] else [])
            for need in needs
        ],
        "interventions": [
            (
                one,
                [o for o in one.occasions.all() if o.status == "written"],
                offers(one, actor) if frame["full"] else [],
            )
            for one in interventions
        ],
        "plan": case.plans.exclude(status="superseded").first(),
        "case_offers": [
            o
            for o in offers(case, actor, full=frame["full"])
            if o[0] in ("agree_plan", "revise_plan")
        ],
    }
    return render(request, "referrals/plan.html", context)


@require_GET
@reads("case.reviews")
def reviews(request: Request, reference: str) -> HttpResponse:
    """Every review, and the one that is planned."""
    case, actor = found_case(request, reference), request.actor
    frame = frame_of(request, case)
    rows = list(Review.objects.visible_to(actor).filter(case=case).order_by("-held_on", "-pk"))
    if not frame["full"] and not rows:
        raise Http404
    context = frame | {
        "reviews": [(row, offers(row, actor) if frame["full"] else []) for row in rows]
    }
    return render(request, "referrals/reviews.html", context)


@require_GET
@reads("case.notes")
def notes(request: Request, reference: str) -> HttpResponse:
    """Notes and meetings, and contacts with outside parties."""
    case, actor = found_case(request, reference), request.actor
    frame = frame_of(request, case)
    rows = list(
        Note.objects.visible_to(actor)
        .filter(case=case)
        .select_related("written_by__user", "corrects")
        .order_by("-on", "-pk")
    )
    outside = list(OutsideContact.objects.visible_to(actor).filter(case=case).order_by("due"))
    if not frame["full"] and not rows:
        raise Http404
    own = [
        (note, [o for o in offers(note, actor) if note.written_by_id == actor.pk or o[0] != "sign"])
        for note in rows
    ]  # type: ignore[union-attr]
    context = frame | {"notes": own, "outside": [(one, offers(one, actor)) for one in outside]}
    return render(request, "referrals/notes.html", context)


def _edited(
    request: Request, case: Case, form: Any, context: dict[str, Any], template: str
) -> HttpResponse:
    if form.is_valid():
        given = form.cleaned_data
        try:
            edit(
                case, by=request.actor, version=given["version"], key=given["key"], **form.details()
            )
        except Conflict as conflict:
            back = case.reference
            return render(
                request,
                "referrals/conflict.html",
                context | {"now": conflict.obj, "back": f"/arenden/{back}/"},
                status=409,
            )
        except ValidationError as error:
            form.blame(error)
        else:
            return redirect("referrals:case", case.reference)
    return render(request, template, context)


@require_http_methods(["GET", "POST"])
@reads("case.closing")
def closing(request: Request, reference: str) -> HttpResponse:
    """What the evaluation asks for before a case is closed."""
    case = found_case(request, reference)
    frame = frame_of(request, case)
    if not frame["full"] or not case.is_open:
        raise Http404
    form = ClosingForm(request.POST or None, obj=case, actor=request.actor)
    context = frame | {"form": form, "gaps": case.closure_gaps()}
    return _edited(request, case, form, context, "referrals/closing.html")


@require_http_methods(["GET", "POST"])
@reads("case.summer")
def summer(request: Request, reference: str) -> HttpResponse:
    """The summer line: who, what and until when, or a pause with a date in August."""
    case = found_case(request, reference)
    frame = frame_of(request, case)
    if not frame["full"] or not case.is_open:
        raise Http404
    form = SummerForm(request.POST or None, obj=case, actor=request.actor)
    context = frame | {"form": form, "today": clock.today()}
    return _edited(request, case, form, context, "referrals/summer.html")
