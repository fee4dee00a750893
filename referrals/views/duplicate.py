"""Two of the same: the page on which a referral or a case is put away as a duplicate."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_http_methods

from accounts.http import Request
from accounts.models import Membership
from history.reading import reads, subject
from history.views.saving import move_of, saved
from referrals.forms.duplicate import DuplicateForm
from referrals.models import Case, Referral, duplicates
from referrals.models.sight import SCHOOL_ROLES
from referrals.views.acting import page_of
from referrals.views.showing import show


def way_of(matter: Referral | Case, actor: Membership) -> str:
    """The move by which this actor can put it away right now; "" when it is not theirs to do.

    A school takes its own back, a unit manager says no, a team proposes the end of its case: of one
    that waits for consent anybody in the team, as of all in outline; else those it is open to.
    """
    if isinstance(matter, Case) and matter.enrolled:
        written = Case.objects.written_by(actor).filter(pk=matter.pk)
        if not written.exists():
            return ""
    may = {move.name for move in matter.moves_for(actor)}
    ways = ("propose_closure",) if isinstance(matter, Case) else ("withdraw", "decline")
    return next((way for way in ways if way in may), "")


@require_http_methods(["GET", "POST"])
@reads("referral.duplicate")
def of_referral(request: Request, reference: str) -> HttpResponse:
    """The school takes the second back, or the unit manager says no to it."""
    rows = Referral.objects.visible_to(request.actor).select_related("pupil", "school")
    matter = get_object_or_404(rows, reference=reference)
    twins = Referral.objects.none()
    if request.actor.role in SCHOOL_ROLES:  # before a consent nobody else is told who is who
        twins = Referral.objects.visible_to(request.actor).filter(trail=matter.trail_id)
    likely = [row for row in twins if not duplicates.of_referral(matter, row)]
    return _put_away(request, matter, likely)


@require_http_methods(["GET", "POST"])
@reads("case.duplicate")
def of_case(request: Request, reference: str) -> HttpResponse:
    """The team proposes that the second ends; the unit manager confirms it as any end."""
    rows = Case.objects.visible_to(request.actor).select_related("pupil", "school", "referral")
    matter = get_object_or_404(rows, reference=reference)
    known = Case.objects.written_by(request.actor)
    twins = Case.objects.none()
    if known.filter(pk=matter.pk).exists():  # two that are both open to one are known to be alike
        twins = known.filter(trail=matter.trail_id)
    likely = [row for row in twins if not duplicates.of_case(matter, row)]
    return _put_away(request, matter, likely)


def _put_away(request: Request, matter: Any, likely: list[Any]) -> HttpResponse:
    way = way_of(matter, request.actor)
    if not way:
        raise Http404
    subject(matter.uuid)
    who = show(matter, request.actor)
    for one in likely:
        show(one, request.actor)
    # With one other of the same pupil there is nothing to look up.
    initial = {"of": likely[0].reference} if len(likely) == 1 else {}
    form = DuplicateForm(
        request.POST or None, obj=matter, actor=request.actor, move=way, initial=initial
    )
    context = {"form": form, "obj": matter, "who": who, "way": way, "likely": likely}
    context["back"] = page_of(matter)
    if form.is_valid():
        save = move_of(form, getattr(matter, way), request.actor)
        if answer := saved(request, form, save, context):
            return answer
    return render(request, "referrals/duplicate.html", context)


def the_one_that_stays(matter: Any, actor: Membership) -> Any:
    """What it is a duplicate of, if this reader may know of it; None otherwise."""
    if matter.duplicate_of_id is None:
        return None
    rows: Any = type(matter).objects
    return rows.visible_to(actor).filter(pk=matter.duplicate_of_id).first()
