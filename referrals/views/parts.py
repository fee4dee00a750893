"""The pages of a case's work: mapping, plan and interventions, reviews, notes."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.http import Request
from collaboration.models import SurveyRound
from history.reading import reads
from referrals import policy
from referrals.choices import CaseStatus
from referrals.forms.offers import offers
from referrals.models import (
    Case,
    Estimate,
    FosterVoice,
    Goal,
    Intervention,
    MappedNeed,
    Note,
    Occasion,
    OutsideContact,
    Plan,
    PupilVoice,
    Review,
    Section,
)
from referrals.models.belongs import AT_WORK
from referrals.models.sight import selves
from referrals.views.case import corrects, found_case, frame_of, with_estimates


def _of(case: Case, rows: Any) -> list[Any]:
    """The rows with the case they belong to at hand: their rules ask it, and it is read already."""
    found = list(rows)
    for row in found:
        row.case = case
    return found


def _writes(frame: dict[str, Any]) -> bool:
    """Whether the case is the reader's to work in: an emergency opens it for reading only."""
    return bool(frame["full"] and not frame["case"].glass)


@require_GET
@reads("case.mapping")
def mapping(request: Request, reference: str) -> HttpResponse:
    """Section by section, and the pupil's own words; for the school its own sections at least."""
    case, actor = found_case(request, reference), request.actor
    frame = frame_of(request, case)
    sections = _of(
        case,
        Section.objects.visible_to(actor)
        .filter(case=case)
        .select_related("owner__user")
        .order_by("order"),
    )
    voices = _of(case, PupilVoice.objects.visible_to(actor).filter(case=case))
    fosters = _of(case, FosterVoice.objects.visible_to(actor).filter(case=case).order_by("-pk"))
    if not (sections or voices or frame["full"]):
        raise Http404
    at_work = case.status in AT_WORK and not case.glass  # type: ignore[attr-defined]  # annotated by for_page
    maps = case.status == CaseStatus.MAPPING and frame["full"]
    context = frame | {
        "sections": [
            {
                "section": section,
                "offers": offers(section, actor) if at_work else [],
                "mine": section.owner_id in selves(actor),
            }
            for section in sections
        ],
        "voices": [(voice, offers(voice, actor) if at_work else []) for voice in voices],
        "needs": list(_needs(case, actor)) if frame["full"] else [],
        "fosters": [(row, offers(row, actor) if at_work else []) for row in fosters],
        "asks_foster": frame["full"] and at_work and case.programme.foster_placed,
        "link": request.session.pop("foster_link", None),
        "done": sum(section.status != "empty" for section in sections),
        "at_work": at_work,
        "finishes": maps,
        "entry_survey": at_work and maps and SurveyRound.objects.to_hand_out(actor).first(),
    }
    return render(request, "referrals/mapping.html", context)


def _needs(case: Case, actor: Any) -> QuerySet[MappedNeed]:
    rows = MappedNeed.objects.visible_to(actor).filter(case=case)
    return rows.select_related("section").order_by("pk")


@require_GET
@reads("case.plan")
def plan(request: Request, reference: str) -> HttpResponse:
    """The plan in the pupil's words, needs, goals month by month, tools with their occasions."""
    case, actor = found_case(request, reference), request.actor
    frame = frame_of(request, case)
    full, writes = frame["full"], _writes(frame) and case.status in AT_WORK
    rows = with_estimates(Goal.objects.visible_to(actor).filter(case=case))
    needs = _of(case, _needs(case, actor))
    may_correct = corrects(case, actor, full, policy.manager)
    interventions = _interventions(case, actor, writes, may_correct)
    if not full and not (rows or needs or interventions):
        raise Http404
    covered = {row["goal"].need_id for row in rows if row["goal"].status != "dropped"}
    months = _months(case, actor)
    _of(case, [row["goal"] for row in rows])
    for row in rows:
        row["offers"] = offers(row["goal"], actor) if writes else []
        row["months"] = months.get(row["goal"].pk, [])
    current = Plan.objects.visible_to(actor).filter(case=case).exclude(status="superseded").first()
    ways = offers(case, actor, full=full)
    context = frame | {
        "goals": rows,
        "needs": [
            (
                need,
                need.pk in covered,
                [
                    one
                    for one in offers(need, actor)
                    if writes or (may_correct and one[0] == "mark_in_error")
                ],
            )
            for need in needs
        ],
        "interventions": interventions,
        "plan": current,
        "writes": writes,
        "case_offers": [one for one in ways if one[0] in ("agree_plan", "revise_plan")],
    }
    return render(request, "referrals/plan.html", context)


def _months(case: Case, actor: Any) -> dict[int, list[Estimate]]:
    """Every goal's estimates by month, oldest first: the team's and the pupil's side by side."""
    found: dict[int, list[Estimate]] = {}
    rows = Estimate.objects.visible_to(actor).filter(case=case, status="written")
    for row in rows.order_by("month", "pk"):
        found.setdefault(row.goal_id, []).append(row)
    return found


def _interventions(case: Case, actor: Any, writes: bool, may_correct: bool) -> list[dict[str, Any]]:
    rows = Intervention.objects.visible_to(actor).filter(case=case)
    held: dict[int, list[Occasion]] = {}
    for row in Occasion.objects.visible_to(actor).filter(case=case).order_by("on", "pk"):
        held.setdefault(row.intervention_id, []).append(row)
    return [
        {
            "one": one,
            "occasions": held.get(one.pk, []),
            "minutes": sum(row.minutes for row in held.get(one.pk, []) if not row.no_show),
            "offers": offers(one, actor) if writes else [],
            "corrects": may_correct,
            "records": writes and one.status in ("accepted", "ongoing"),
        }
        for one in _of(case, rows.select_related("tool", "owner__user", "goal").order_by("pk"))
    ]


@require_GET
@reads("case.reviews")
def reviews(request: Request, reference: str) -> HttpResponse:
    """Every review with its absence, and the one that is booked."""
    case, actor = found_case(request, reference), request.actor
    frame = frame_of(request, case)
    found = Review.objects.visible_to(actor).filter(case=case).exclude(status="cancelled")
    rows = _of(case, found.select_related("absence").order_by("-held_on", "-pk"))
    if not frame["full"] and not rows:
        raise Http404
    context = frame | {
        "reviews": [(row, offers(row, actor) if _writes(frame) else []) for row in rows],
        "works": _writes(frame) and case.status in AT_WORK,
    }
    return render(request, "referrals/reviews.html", context)


@require_GET
@reads("case.notes")
def notes(request: Request, reference: str) -> HttpResponse:
    """Notes and meetings of one's own side and those shown to it; contacts with outside parties."""
    case, actor = found_case(request, reference), request.actor
    frame = frame_of(request, case)
    rows = _of(
        case,
        Note.objects.visible_to(actor)
        .filter(case=case)
        .select_related("written_by__user", "corrects")
        .prefetch_related("corrections")
        .order_by("-on", "-pk"),
    )
    outside = _of(
        case, OutsideContact.objects.visible_to(actor).filter(case=case).order_by("due", "pk")
    )
    noted = _writes(frame) or Case.objects.noted_by(actor).filter(pk=case.pk).exists()
    writes = noted and case.status in AT_WORK
    # That something was wrong can be said also while the case rests or is about to end.
    may_correct = noted and case.is_open
    if not (frame["full"] or rows or writes):
        raise Http404
    own = set(selves(actor))
    context = frame | {
        "notes": [
            {
                "note": note,
                "offers": [
                    one
                    for one in offers(note, actor)
                    if (may_correct and one[0] == "mark_in_error")
                    or (writes and note.written_by_id in own)
                ],
                "mine": writes and note.written_by_id in own,
                "corrected": any(one.status == "signed" for one in note.corrections.all()),
            }
            for note in rows
        ],
        "outside": [(one, offers(one, actor) if _writes(frame) else []) for one in outside],
        "writes": writes,
    }
    return render(request, "referrals/notes.html", context)
