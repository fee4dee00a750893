"""The case: the whole path on one page, all that has happened, and what is asked before its end."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts import clock
from accounts.http import Request
from accounts.rules import Rule
from history.reading import reads, subject
from history.views.saving import edit_of, saved
from referrals import charts, happenings, policy
from referrals.choices import CaseStatus, Category, GoalStatus, Purpose, TransferStatus
from referrals.forms.closing import ClosingForm, SummerForm
from referrals.forms.offers import offers
from referrals.models import Absence, Case, Consent, Goal, Intervention
from referrals.models.plan import GoalQuerySet
from referrals.models.sight import SCHOOL_ROLES
from referrals.next_step import Reader, next_step
from referrals.timeline import KINDS, timeline
from referrals.views.duplicate import the_one_that_stays
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
AFTER: dict[str, str] = {
    CaseStatus.TRANSFERRING: CaseStatus.REVIEW,
    CaseStatus.TRANSFERRED: CaseStatus.CLOSING,
}
# How much of the timeline the overview tells; the whole has a page of its own.
NEWEST = 7
PAGE = 40


def progress(case: Case) -> list[dict[str, Any]]:
    """The steps of the path with where it stands: done, now or to come."""
    here: str = AFTER.get(case.status) or case.status
    if here == CaseStatus.FROZEN:
        here = case.stage()
    order: list[str] = [status for status, _words in LINE]
    at = len(order) if here == CaseStatus.CLOSED else order.index(here)
    return [
        {"words": words, "state": "done" if n < at else "now" if n == at else "todo"}
        for n, (_status, words) in enumerate(LINE)
    ]


def found_case(request: Request, reference: str) -> Case:
    """The case, with how much of it the reader may know, in one query."""
    case = get_object_or_404(Case.objects.seen_by(request.actor), reference=reference)
    subject(case.uuid)
    _read_json(case)
    return case


def _read_json(case: Any) -> None:
    """What came folded in JSON, as it is used; engines write lists, uuids and dates differently."""
    for name in ("people", "parts"):
        rows = getattr(case, name)
        setattr(case, name, json.loads(rows) if isinstance(rows, str) else rows or [])
    case.people.sort(key=lambda one: (one["side"], one["first"]))
    for one in case.people:
        one["uuid"] = UUID(str(one["uuid"]))
        one["name"] = f"{one['first']} {one['last']}".strip()
    if told := case.handed:
        days = ("offered_on", "acknowledged_on", "started_on")
        case.handed = told | {day: clock.day(told[day]) for day in days}
        case.handed |= {"uuid": UUID(str(told["uuid"]))}
        case.handed |= {"state": TransferStatus(told["status"]).label}


def frame_of(request: Request, case: Case) -> dict[str, Any]:
    """What every page of a case shows on top."""
    actor = request.actor
    consents = list(Consent.objects.seen_in(case, actor).order_by("-pk"))
    main = [one for one in consents if one.purpose == Purpose.SUPPORT and one.status == "active"]
    consent = main[0] if main else None
    full = case.full  # type: ignore[attr-defined]  # annotated by for_page
    return {
        "case": case,
        "pages": _pages(case, full, actor, consent),
        "who": show(case, actor, consent),
        "full": full,
        "own_team": case.team_id == actor.organisation_id,
        "steps": progress(case),
        "consents": consents,
        "consent": consent,
        "handed": case.handed,  # type: ignore[attr-defined]  # annotated by for_page
    }


def _pages(
    case: Case, full: bool, actor: Any, consent: Consent | None
) -> list[tuple[str, str, Any]]:
    """The pages of a case this reader has something on, as (name, address, label)."""
    labels = {
        "case": _("Översikt"),
        "mapping": _("Kartläggning"),
        "plan": _("Plan och insatser"),
        "reviews": _("Uppföljningar"),
        "notes": _("Anteckningar"),
        "case_files": _("Filer"),
        "events": _("Händelser"),
    }
    shown: Any = labels if full else ("case", "events")
    if not full and actor.role in SCHOOL_ROLES and case.enrolled:
        plan = consent is not None and consent.names(Category.PLAN)
        files = ["case_files"] if consent is not None else []
        shown = ("case", "mapping", *(["plan"] if plan else []), "notes", *files, "events")
    return [(n, reverse(f"referrals:{n}", args=[case.reference]), labels[n]) for n in shown]


def reasons_of(case: Case, actor: Any, full: bool) -> int | None:
    """Whose kept reasons this reader is told: their own side's, if the case is theirs to follow."""
    own = full or (actor.role in SCHOOL_ROLES and not case.glass)  # type: ignore[attr-defined]  # annotated by for_page
    return actor.organisation_id if own else None


@require_GET
@reads("case")
def detail(request: Request, reference: str) -> HttpResponse:
    """Where the path stands, what is next, goals, absence, tools, and the newest that happened."""
    case, actor = found_case(request, reference), request.actor
    frame = frame_of(request, case)
    full = frame["full"]
    goals = with_estimates(Goal.objects.visible_in(case, actor))
    measured = list(Absence.objects.seen_in(case, actor))
    interventions = list(
        Intervention.objects.visible_in(case, actor)
        .with_occasions()
        .select_related("tool")
        .order_by("pk")
    )
    gaps = _gaps(case, goals, measured) if frame["own_team"] else {}
    step = next_step(case, _reader(frame, actor, len(gaps)))
    # One that waits for consent is in outline for all of the team, and any of them can end it.
    waits = frame["own_team"] and case.enrolled is None
    ways = offers(case, actor, full=full or waits)
    stays = the_one_that_stays(case, actor)
    context = frame | {
        "stays": stays,
        "duplicate": case.duplicate_of_id is not None,
        "may_be_duplicate": not case.glass  # type: ignore[attr-defined]  # annotated by for_page
        and any(move == "propose_closure" for move, _offer in ways),
        "goals": goals,
        "absences": measured,
        "chart": charts.absence(measured),
        "wrong": _may_be_wrong(case, actor, full, measured),
        "tools": [tool_at_a_glance(one) for one in interventions],
        "gaps": gaps,
        "unassessed": [
            (row["goal"], row["text"]) for row in goals if row["goal"].status == GoalStatus.OPEN
        ],
        "step": step,
        "offers": [one for one in ways if one[0] in step.moves],
        "more": [one for one in ways if one[0] not in step.moves],
        "events": timeline(
            happenings.events(case, actor, full),
            NEWEST,
            details=happenings.named(goals, measured, interventions),
            reasons_of=reasons_of(case, actor, full),
        ),
    }
    return render(request, "referrals/case.html", context)


def _reader(frame: dict[str, Any], actor: Any, gaps: int) -> Reader:
    """Who looks, for the next step: the family is asked by the side that began the path."""
    case, ours = frame["case"], frame["own_team"]
    put = [one for one in frame["consents"] if one.purpose == Purpose.SUPPORT]
    asked = next((one.uuid for one in put if one.is_open), None)
    theirs = ours if case.referral is None else case.school_id == actor.organisation_id
    may_ask = case.is_open and frame["consent"] is None and asked is None and theirs
    return Reader(frame["full"], ours, theirs, may_ask, asked, not put, gaps)


def corrects(case: Case, actor: Any, full: bool, chief: Rule) -> bool:
    """Whether the reader answers for what is written in it, and can say that something was wrong:
    those it is open to, and their chief, whoever wrote it; an emergency is for reading."""
    mine = case.is_open and not case.glass  # type: ignore[attr-defined]  # annotated by for_page
    return mine and (full or chief(case, actor))


def _may_be_wrong(case: Case, actor: Any, full: bool, measured: list[Absence]) -> set[int]:
    """The figures this reader may say are wrong; what was sent with a referral is its school's."""
    if not corrects(case, actor, full, policy.school | policy.manager):
        return set()
    sent = case.referral is not None and case.referral.school_id == actor.organisation_id
    return {row.pk for row in measured if row.case_id or sent}


def _gaps(case: Case, goals: list[dict[str, Any]], measured: list[Absence]) -> dict[str, str]:
    """What a closure still lacks, from what the page has read already."""
    if case.status not in (CaseStatus.CLOSING, CaseStatus.TRANSFERRED):
        return {}
    return case.closure_gaps(
        end_measured=any(row.purpose == "end" and row.case_id == case.pk for row in measured),
        goals_open=any(row["goal"].status == GoalStatus.OPEN for row in goals),
    )


def tool_at_a_glance(one: Intervention) -> dict[str, Any]:
    """A tool as used with the pupil: how often, how long, and how often nobody came."""
    held = one.held  # type: ignore[attr-defined]  # annotated by with_occasions
    occasions = json.loads(held) if isinstance(held, str) else held or []
    came = [row for row in occasions if not row["no_show"]]
    return {
        "tool": one.tool,
        "intervention": one,
        "times": len(came),
        "minutes": sum(row["minutes"] for row in came),
        "missed": len(occasions) - len(came),
    }


def with_estimates(goals: GoalQuerySet) -> list[dict[str, Any]]:
    """Each goal with its latest estimate and how far along the bar that is; interim goals follow
    the goal they are part of."""
    found = []
    for goal in goals.with_latest_estimate().select_related("owner__user").order_by("pk"):
        last = goal.newest
        now = last.get("by_team") or goal.start
        found.append(
            {
                "goal": goal,
                "text": goal.text.open(),
                "who": goal.who.open(),
                "now": now,
                "estimated": bool(last),
                "pupil": last.get("by_pupil"),
                "done": now * 40,
                "mark": goal.target * 40 - 3,
                "pupil_at": (last.get("by_pupil") or 0) * 40,
            }
        )
    tops = [row for row in found if row["goal"].parent_id is None]
    for number, top in enumerate(tops, start=1):
        top["number"] = str(number)
    ordered = []
    for top in tops:
        parts = [row for row in found if row["goal"].parent_id == top["goal"].pk]
        for nth, part in enumerate(parts, start=1):
            part |= {"number": f"{top['number']}.{nth}", "interim": True}
        ordered += [top, *parts]
    return ordered


@require_GET
@reads("case.events")
def events(request: Request, reference: str) -> HttpResponse:
    """All that has happened, in words, narrowed to one kind when it is long."""
    case, actor = found_case(request, reference), request.actor
    frame = frame_of(request, case)
    chosen = request.GET.get("slag", "")
    kinds = KINDS[chosen][1] if chosen in KINDS else ()
    before = request.GET.get("fore", "")
    found = timeline(
        happenings.events(case, actor, frame["full"], kinds),
        PAGE + 1,
        before=int(before) if before.isdecimal() and len(before) < 19 else None,
        details=happenings.details(case, actor) if frame["full"] else None,
        reasons_of=reasons_of(case, actor, frame["full"]),
    )
    context = frame | {
        "events": found[:PAGE],
        "next": found[PAGE - 1].pk if len(found) > PAGE else None,
        "kinds": [(key, label) for key, (label, _models) in KINDS.items()],
        "chosen": chosen if kinds else "",
    }
    return render(request, "referrals/events.html", context)


def _edited(
    request: Request, case: Case, form: Any, context: dict[str, Any], template: str
) -> HttpResponse:
    context["back"] = reverse("referrals:case", args=[case.reference])
    if form.is_valid():
        save = edit_of(form, case, request.actor)
        if answer := saved(request, form, save, context):
            return answer
    return render(request, template, context)


@require_http_methods(["GET", "POST"])
@reads("case.closing")
def closing(request: Request, reference: str) -> HttpResponse:
    """What the evaluation asks for before a case is closed."""
    case = found_case(request, reference)
    frame = frame_of(request, case)
    # An emergency opens a case for reading; who has opened it so writes nothing in it.
    if not frame["full"] or not case.is_open or case.glass:  # type: ignore[attr-defined]  # annotated by for_page
        raise Http404
    form = ClosingForm(request.POST or None, obj=case, actor=request.actor)
    unassessed = Goal.objects.visible_in(case, request.actor).filter(status=GoalStatus.OPEN)
    context = frame | {
        "form": form,
        "gaps": case.closure_gaps(),
        "unassessed": [(goal, goal.text.open()) for goal in unassessed.order_by("pk")],
    }
    return _edited(request, case, form, context, "referrals/closing.html")


@require_http_methods(["GET", "POST"])
@reads("case.summer")
def summer(request: Request, reference: str) -> HttpResponse:
    """The summer line: who, what and until when, or a pause with a date in August."""
    case = found_case(request, reference)
    frame = frame_of(request, case)
    # An emergency opens a case for reading; who has opened it so writes nothing in it.
    if not frame["full"] or not case.is_open or case.glass:  # type: ignore[attr-defined]  # annotated by for_page
        raise Http404
    form = SummerForm(request.POST or None, obj=case, actor=request.actor)
    context = frame | {"form": form, "today": clock.today()}
    return _edited(request, case, form, context, "referrals/summer.html")
