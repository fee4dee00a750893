"""Checks of the log: beginning one, judging each look, asking, concluding. Each is itself on record."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, cast
from uuid import UUID, uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts import clock
from accounts.forms import OwnForm, choice, day, long_text, pick, short_text
from accounts.http import Request
from accounts.models import Membership
from history import legal, patterns
from history.door import Conflict, begin, perform, together
from history.models import (
    AccessEntry,
    CheckMethod,
    CheckResult,
    CheckStatus,
    LogCheck,
    Verdict,
)
from history.reading import reads, subject
from history.views.log import auditor, period_of, told

WAITING = (CheckStatus.PLANNED, CheckStatus.DRAWN, CheckStatus.ASKED)


@require_GET
def listing(request: Request) -> HttpResponse:
    """What is due, and what has been checked."""
    mine = LogCheck.objects.visible_to(auditor(request)).select_related("drawn_by__user")
    context = {
        "waiting": mine.filter(status__in=WAITING).order_by("due", "pk"),
        "concluded": mine.filter(status=CheckStatus.CONCLUDED).order_by("-concluded_on", "-pk")[
            :100
        ],
        "today": clock.today(),
        "days": legal.limit("log.check_interval"),
    }
    return render(request, "history/checks.html", context)


class DrawForm(OwnForm):
    key = forms.UUIDField(widget=forms.HiddenInput)
    method = pick(_("Vad ska kontrolleras?"), CheckMethod.choices)
    period_from = day(_("Från och med"))
    period_to = day(_("Till och med"))
    # Set when the check begins with one person in a pattern.
    person = forms.IntegerField(
        widget=forms.HiddenInput, required=False, min_value=1, max_value=2**62
    )

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        first, last = given.get("period_from"), given.get("period_to")
        if first and last and (first > last or last > clock.today()):
            self.add_error("period_to", _("Välj en period som har varit."))
        return given


@require_http_methods(["GET", "POST"])
@reads("log.check")
def new(request: Request) -> HttpResponse:
    """Draw the looks to judge: a random sample, or those of a pattern, of everybody or of one person."""
    actor = auditor(request)
    period = period_of(request.GET)
    person, method = request.GET.get("person", ""), request.GET.get("hur", "")
    initial: dict[str, Any] = {
        "key": uuid4(),
        "method": method if method in CheckMethod.values else CheckMethod.SAMPLE,
        "period_from": period.first,
        "period_to": period.last,
        "person": person if person.isdecimal() and len(person) < 18 else None,
    }
    form = DrawForm(request.POST or None, initial=initial)
    if form.is_valid():
        return redirect("history:check", _drawn(actor, form.cleaned_data).uuid)
    reader = Membership.objects.filter(pk=initial["person"]).first() if initial["person"] else None
    return render(request, "history/new_check.html", {"form": form, "reader": reader})


def _drawn(actor: Membership, given: dict[str, Any]) -> LogCheck:
    """The check that waits, drawn now; one of its own when none waits or a pattern is asked for."""
    mine = LogCheck.objects.visible_to(actor)
    waiting = mine.filter(status=CheckStatus.PLANNED).order_by("due", "pk").first()
    if given["method"] != CheckMethod.SAMPLE:
        waiting = None
    period = patterns.Period(given["period_from"], given["period_to"])
    rows = period.of(AccessEntry.objects.visible_to(actor))
    entries = patterns.drawn(given["method"], rows, given["person"])
    check = waiting or LogCheck(
        organisation=actor.organisation,
        method=given["method"],
        due=clock.today() + timedelta(days=legal.limit("log.check_interval")),
    )
    with together(*([waiting] if waiting else [])):
        if not waiting:
            check = cast(LogCheck, begin(check, by=actor, key=given["key"]).obj)
            if check.status != CheckStatus.PLANNED:  # a second click
                return check
        perform(
            check.draw,
            by=actor,
            period_from=period.first,
            period_to=period.last,
            entries=entries,
            whose=actor,
        )
    return check


class JudgeForm(OwnForm):
    """One verdict and one note for each look of the check."""

    def __init__(self, *args: Any, rows: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rows = rows
        for row in rows:
            choices = [("", _("Inte bedömd")), *Verdict.choices]
            self.fields[f"v{row.pk}"] = pick(_("Bedömning"), choices, required=False)
            self.fields[f"n{row.pk}"] = short_text(_("Anteckning"), required=False)
            self.initial |= {f"v{row.pk}": row.verdict, f"n{row.pk}": row.note.open()}

    def verdicts(self) -> dict[int, tuple[str, str]]:
        """What has been judged now, as row → (verdict, note)."""
        given = self.cleaned_data
        said = {row.pk: (given[f"v{row.pk}"], given[f"n{row.pk}"]) for row in self.rows}
        return {pk: pair for pk, pair in said.items() if pair[0]}


class AskForm(OwnForm):
    whom = short_text(_("Vem har fått frågan?"), hint=_("Till exempel enhetschefen."))
    due = day(_("När ska svaret ha kommit?"))


class ConcludeForm(OwnForm):
    result = choice(_("Vad visade kontrollen?"), CheckResult.choices)
    words = long_text(_("Beskriv kort"), hint=_("Skriv inga namn på elever."), rows=4)


FORMS: dict[str, type[OwnForm]] = {"ask": AskForm, "conclude": ConcludeForm}


@require_http_methods(["GET", "POST"])
@reads("log.check")
def detail(request: Request, uuid: UUID) -> HttpResponse:
    """The looks of one check with their verdicts, and what may be done with it now."""
    actor = auditor(request)
    check = get_object_or_404(LogCheck.objects.visible_to(actor), uuid=uuid)
    subject(check.uuid)
    rows = list(
        check.rows.select_related("entry__membership__user", "entry__signatory").order_by("pk")
    )
    what = request.POST.get("move", "") if request.method == "POST" else ""
    judge = JudgeForm(request.POST if what == "judge" else None, rows=rows)
    asked = {name: form(request.POST if what == name else None) for name, form in FORMS.items()}
    form: Any = {"judge": judge, **asked}.get(what)
    if form is not None and form.is_valid():
        details = {"verdicts": judge.verdicts()} if what == "judge" else form.cleaned_data
        try:
            perform(getattr(check, what), by=actor, **details)
        except ValidationError as error:
            form.blame(error)
        except Conflict as conflict:
            check = cast(LogCheck, conflict.obj)
            form.add_error(None, _("Någon annan har redan gjort det här."))
        else:
            return redirect(request.path)
    seen_rows = {row["entry"].pk: row for row in told([row.entry for row in rows])}
    context = {
        "check": check,
        "rows": [
            {
                "told": seen_rows[row.entry_id],
                "row": row,
                "verdict": judge[f"v{row.pk}"],
                "note": judge[f"n{row.pk}"],
            }
            for row in rows
        ],
        "judge": judge,
        "form": form,
        "ask": asked["ask"],
        "conclude": asked["conclude"],
        "open": check.status in (CheckStatus.DRAWN, CheckStatus.ASKED),
        "left": sum(not row.verdict for row in rows),
    }
    return render(request, "history/check.html", context)
