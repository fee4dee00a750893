"""The pupil's own plan: large type, short sentences, what the pupil has agreed to."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.db.models import Q, QuerySet

from accounts.models import Actor, Membership
from documents.sheets import Sheet
from referrals.choices import CaseStatus, GoalStatus, InterventionStatus, Protection
from referrals.models import Case, Estimate, Goal, Intervention, Plan
from referrals.views.showing import show

TEXTS = Path(__file__).resolve().parent.parent / "texts"
VERSION = "1"
MET = {GoalStatus.FULLY_MET: "fully_met", GoalStatus.PARTLY_MET: "partly_met"}
GOING_ON = (InterventionStatus.ACCEPTED, InterventionStatus.ONGOING)
# While there is a plan: not before it is made, not after the case is over.
PLANNED = (
    CaseStatus.PLANNING,
    CaseStatus.SUPPORT,
    CaseStatus.REVIEW,
    CaseStatus.TRANSFERRING,
    CaseStatus.CLOSING,
)


def rows(actor: Actor) -> QuerySet[Case]:
    """Cases with a goal this actor may read: the team's own, and the school's as consent says."""
    goals = Goal.objects.visible_to(actor).exclude(status=GoalStatus.DROPPED)
    readers = Q(pk__in=Case.objects.open_to(actor).values("pk")) | Q(school_id=_school(actor))
    mine = Case.objects.visible_to(actor).filter(readers, pk__in=goals.values("case"))
    return mine.filter(status__in=PLANNED, pupil__protection=Protection.NONE)


def _school(actor: Actor) -> int | None:
    return actor.organisation_id if isinstance(actor, Membership) else None


@lru_cache(maxsize=8)
def words(language: str) -> dict[str, Any]:
    """The letter's own words, one file a language; checked by a person before use."""
    return tomllib.loads((TEXTS / f"plan-{VERSION}-{language}.toml").read_text())


def sheet(case: Case, actor: Membership, language: str) -> Sheet:
    who = show(case, actor)
    said = words(language)
    plan = Plan.objects.visible_to(actor).filter(case=case).exclude(status="superseded").first()
    rows = Goal.objects.visible_to(actor).filter(case=case).exclude(status=GoalStatus.DROPPED)
    goals = list(rows.order_by("pk"))
    last = {row.goal_id: row for row in _estimates(case, actor)}
    helps = Intervention.objects.visible_to(actor).filter(case=case, status__in=GOING_ON)
    return Sheet(
        title=f"{said['title']} {case.reference}",
        sender=str(case.team),
        reference=case.reference,
        text_version=VERSION,
        values={
            "words": said,
            "name": who.name,
            "plan": plan.text.open() if plan else "",
            "agreed": bool(plan and plan.agreed_on),
            "agreed_on": plan.agreed_on if plan else None,
            "goals": [_goal(goal, last.get(goal.pk), said) for goal in goals],
            "tools": [str(one.tool) for one in helps.select_related("tool").order_by("pk")],
            "next_review": case.next_review,
            "contact": case.responsible.name,
        },
    )


def _estimates(case: Case, actor: Membership) -> QuerySet[Estimate]:
    """All estimates of the case, oldest first: the last of a goal is the one that stands."""
    rows = Estimate.objects.visible_to(actor).filter(case=case, status="written")
    return rows.order_by("month", "pk")


def _goal(goal: Goal, estimate: Estimate | None, said: dict[str, Any]) -> dict[str, Any]:
    now = (estimate.by_pupil or estimate.by_team) if estimate else goal.start
    return {
        "text": goal.text.open(),
        "who": goal.who.open(),
        "due": goal.due,
        "now_words": said["now"].format(now=now, target=goal.target),
        "met": MET.get(GoalStatus(goal.status), ""),
        "steps": [
            {"x": 4 + 26 * (n - 1), "full": n <= now, "goal": n == goal.target}
            for n in range(1, 11)
        ],
    }
