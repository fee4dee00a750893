"""Lists of what is disposed of: one proposes, another decides, and a receipt is left."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from accounts import paging
from accounts.forms import OwnForm, long_text, short_text
from accounts.http import Request
from accounts.models import Kind as Place
from accounts.models import Role
from accounts.views.asking import one_of
from history.door import Conflict, begin, perform
from history.reading import reads, seen, subject
from referrals.models import Pupil
from workflows import erasing
from workflows.disposals import Disposal, Outcome
from workflows.disposals import Status as DisposalStatus

CHIEFS = (Role.PRINCIPAL, Role.MANAGER)
READERS = (*CHIEFS, Role.DISTRICT, Role.ADMIN, Role.AUDITOR)


@require_http_methods(["GET", "POST"])
def disposals(request: Request) -> HttpResponse:
    """The lists there are, and a new one of what is due now; numbers and dates, no people."""
    actor = one_of(request, READERS)
    proposes = actor.role in CHIEFS and actor.organisation.kind in (Place.TEAM, Place.SCHOOL)
    rows = erasing.due(actor.organisation) if proposes else []
    fault = ""
    if request.method == "POST":
        if not proposes:
            raise Http404
        try:
            new = Disposal(organisation=actor.organisation, proposed_by=actor)
            event = begin(new, by=actor, rows=rows)
        except ValidationError as error:
            fault = " ".join(error.messages)
        else:
            return redirect("workflows:disposal", event.subject_uuid)
    lists = Disposal.objects.visible_to(actor).select_related("organisation", "proposed_by__user")
    shown, more = paging.page(lists.order_by("-pk"), request.GET.get("efter", ""))
    context = {
        "lists": shown,
        "more": more,
        "due": len([row for row in rows if row.outcome == Outcome.DISPOSE]),
        "research": len([row for row in rows if row.outcome == Outcome.RESEARCH]),
        "proposes": proposes,
        "fault": fault,
    }
    return render(request, "workflows/disposals.html", context)


class HoldForm(OwnForm):
    row = forms.TypedChoiceField(label=_("Vilket ärende?"), coerce=int, choices=[])
    why = short_text(_("Varför ska det inte gallras nu?"))

    def __init__(self, *args: Any, rows: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer(
            "row", [(row.pk, row.reference) for row in rows if row.outcome == Outcome.DISPOSE]
        )


class RejectForm(OwnForm):
    why = long_text(_("Varför godtar du inte listan?"), rows=3)


@require_http_methods(["GET", "POST"])
@reads("disposal")
def disposal(request: Request, uuid: UUID) -> HttpResponse:
    """One list, and afterwards its receipt: how many under which rule, when, by whom; nobody's name."""
    actor = one_of(request, READERS)
    row = get_object_or_404(Disposal.objects.visible_to(actor), uuid=uuid)
    rows = list(row.rows.order_by("rule", "last_on", "pk"))
    subject(row.uuid)
    # A number is a look at whom it stands for; of a path that is emptied none is left.
    on_list = Pupil.objects.filter(trail__in=[one.path_id for one in rows if one.path_id])
    for pupil in on_list.values_list("uuid", flat=True):
        seen(pupil, "retention")
    what = request.POST.get("move", "")
    data = request.POST if request.method == "POST" else None
    hold = HoldForm(data if what == "hold" else None, rows=rows)
    reject = RejectForm(data if what == "reject" else None)
    approve = OwnForm(data if what == "approve" else None)
    form: Any = {"hold": hold, "reject": reject, "approve": approve}.get(what)
    if form is not None and form.is_valid():
        details = dict(form.cleaned_data) | ({} if what == "hold" else {"whose": actor})
        try:
            perform(getattr(row, what), by=actor, **details)
        except ValidationError as error:
            form.blame(error)
        except Conflict as conflict:
            row = conflict.obj  # type: ignore[assignment]  # the same row, read again
            form.add_error(None, _("Någon annan har redan gjort det här."))
        else:
            return redirect(request.path)
    context = {
        "disposal": row,
        "rows": rows,
        "counts": _counts(rows),
        "moves": {move.name for move in row.moves_for(actor)},
        "over": row.status == DisposalStatus.CARRIED_OUT,
        "form": form,
        "hold": hold,
        "reject": reject,
    }
    return render(request, "workflows/disposal.html", context)


def _counts(rows: list[Any]) -> list[tuple[str, int, str, int]]:
    """How many paths under each rule with each outcome: (rule, years, outcome, how many)."""
    found: dict[tuple[str, int, str], int] = {}
    for row in rows:
        key = (row.rule, row.years, row.get_outcome_display())
        found[key] = found.get(key, 0) + 1
    return [(*key, count) for key, count in sorted(found.items())]
