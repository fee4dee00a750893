"""The protected pupils of one's own organisation: a number, a day, and who may open them."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts import clock
from accounts.http import Request
from accounts.models import Membership
from history.reading import reads, seen
from referrals import policy
from referrals.models import ProtectionRight, Pupil
from referrals.models.protection import OPEN_RIGHT
from referrals.views.protection import answers_for, reference_of
from workflows.models import Turn


@require_GET
@reads("protected.desk")
def desk(request: Request) -> HttpResponse:
    """For those who answer for the pupils, and for whoever holds a right or is asked to give one."""
    actor = request.actor
    if not isinstance(actor, Membership) or actor.role not in policy.WORKERS:
        raise Http404
    rights = ProtectionRight.objects.visible_to(actor).filter(status__in=OPEN_RIGHT)
    rights = rights.select_related("pupil", "holder__user", "first__user", "second__user")
    rows: dict[int, dict[str, Any]] = {}
    for pupil in answers_for(actor).order_by("pk"):
        rows[pupil.pk] = _row(pupil, reference_of(pupil))
    for right in rights.order_by("pk"):
        row = rows.setdefault(right.pupil_id, _row(right.pupil, right.reference, answers=False))
        row["rights"].append((right, _may_give(right, actor)))
    for row in rows.values():
        seen(row["pupil"].uuid, "protected")
    _with_due_dates(rows, actor)
    context = {"rows": sorted(rows.values(), key=lambda row: (row["due"] is None, row["due"]))}
    return render(request, "workflows/protected.html", context)


def _row(pupil: Pupil, reference: str, *, answers: bool = True) -> dict[str, Any]:
    return {
        "pupil": pupil,
        "reference": reference,
        "answers": answers,
        "due": None,
        "late": False,
        "rights": [],
    }


def _may_give(right: ProtectionRight, actor: Membership) -> bool:
    return "give" in {move.name for move in right.moves_for(actor)}


def _with_due_dates(rows: dict[int, dict[str, Any]], actor: Membership) -> None:
    """The first day something is due on the own side, so that nobody is forgotten."""
    turns = Turn.objects.open().filter(pupil__in=rows, side=actor.organisation_id, protected=True)
    for pupil, due in turns.order_by("-due").values_list("pupil", "due"):
        rows[pupil] |= {"due": due, "late": due < clock.today()}
