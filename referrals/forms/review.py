"""One review on one page: absence since last time, every goal this month, what changes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from accounts import clock
from history.door import begin, perform, together
from history.models import Event
from referrals import choices
from referrals.forms.base import MoveForm, day, long_text, number, pick, short_text
from referrals.forms.new import absence_fields
from referrals.models import Absence, Estimate, Goal

MEASURED = ("period_from", "period_to", "unit", "offered", "reported", "valid", "invalid", "source")


class ReviewForm(MoveForm):
    """`obj` is the review, booked before or not yet begun."""

    held_on = day(_("Vilken dag hölls uppföljningen?"))
    took_part = short_text(_("Vilka var med?"), required=False)
    period_from, period_to, unit, offered, reported, valid, invalid, source = (
        absence_fields().values()
    )
    absence_not_known = pick(
        _("Om frånvaron inte är känd: varför?"),
        [("", _("Den är mätt här ovanför")), *choices.NotKnown.choices],
        required=False,
    )
    text = long_text(_("Vad har hänt sedan sist?"), rows=6)
    pupils_view = long_text(
        _("Vad säger eleven?"), required=False, rows=4, hint=_("Med elevens egna ord.")
    )
    changes = long_text(_("Vad ändrar ni?"), required=False, rows=4)
    progress = forms.TypedChoiceField(
        label=_("Går det framåt?"),
        choices=[("1", _("Ja")), ("0", _("Nej, inte än"))],
        coerce=lambda value: value == "1",
        widget=forms.RadioSelect,
        error_messages={"required": _("Välj om det går framåt.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        case = self.obj.case
        self.goals = list(
            Goal.objects.visible_to(self.actor)
            .filter(case=case, status=choices.GoalStatus.OPEN)
            .with_latest_estimate()
            .order_by("pk")
        )
        self._ask_of_goals()
        self._begin_from(case)

    def _ask_of_goals(self) -> None:
        month = clock.today().replace(day=1)
        now = {
            row.goal_id: row
            for row in Estimate.objects.filter(goal__in=self.goals, month=month, status="written")
        }
        for goal in self.goals:
            for who, label in (("team", _("Teamets skattning")), ("pupil", _("Elevens skattning"))):
                field = number(label, low=1, high=10, required=who == "team")
                field.widget.attrs |= {"class": "input", "autocomplete": "off"}
                name = f"{who}_{goal.pk}"
                self.fields[name] = field
                if goal.pk in now:
                    self.initial.setdefault(name, getattr(now[goal.pk], f"by_{who}"))
        self.now = now

    def _begin_from(self, case: Any) -> None:
        """The day after the last measured one, counted as the baseline was; the template's words."""
        baseline, today = case.baseline, clock.today()
        last = case.absence_rows().aggregate(last=Max("period_to"))["last"]
        if last and last < today - timedelta(days=1):
            self.initial.setdefault("period_from", last + timedelta(days=1))
        self.initial.setdefault("period_to", today - timedelta(days=1))
        self.initial.setdefault("unit", baseline.unit if baseline else choices.Unit.MINUTES)
        self.initial.setdefault("source", baseline.source if baseline else choices.Source.MANUAL)
        self.initial.setdefault("held_on", min(self.obj.held_on, today))
        template = case.programme.review_template_in(case.team.district)
        self.initial.setdefault("text", template)

    def goal_rows(self) -> list[dict[str, Any]]:
        """Each open goal with its two fields and what was said last, for the page."""
        return [
            {
                "text": goal.text.open(),
                "last": goal.newest,
                "team": self[f"team_{goal.pk}"],
                "pupil": self[f"pupil_{goal.pk}"],
            }
            for goal in self.goals
        ]

    def clean(self) -> dict[str, Any]:
        """Absence is asked for as a whole, or not at all when somebody has said why."""
        cleaned = super().clean()
        if cleaned.get("absence_not_known"):
            for name in MEASURED:
                self.errors.pop(name, None)
                cleaned.pop(name, None)
        return cleaned

    def apply(self) -> None:
        """Absence, estimates and the review itself, all or nothing."""
        case, by, given = self.obj.case, self.actor, self.cleaned_data
        booked = self.obj.pk is not None
        with together(case):
            if Event.objects.filter(key=given["key"], subject_uuid__in=self._reviews()).exists():
                return  # a second click: the first has done it all
            absence = None
            if not given["absence_not_known"]:
                row = Absence(case=case, purpose="review", **{n: given[n] for n in MEASURED})
                absence = begin(row, by=by).obj
            for goal in self.goals:
                self._estimate(goal)
            review = self.obj if booked else begin(self.obj, by=by).obj
            perform(
                review.document,
                by=by,
                version=given["version"] if booked else None,
                key=given["key"],
                absence=absence,
                **{
                    name: given[name]
                    for name in (
                        "held_on",
                        "took_part",
                        "absence_not_known",
                        "text",
                        "pupils_view",
                        "changes",
                        "progress",
                    )
                },
            )

    def _reviews(self) -> Any:
        return self.obj.case.reviews.values("uuid")

    def _estimate(self, goal: Goal) -> None:
        by_team, by_pupil = (self.cleaned_data[f"{who}_{goal.pk}"] for who in ("team", "pupil"))
        if now := self.now.get(goal.pk):
            if (now.by_team, now.by_pupil) == (by_team, by_pupil):
                return
            perform(now.mark_in_error, by=self.actor)
        row = Estimate(
            case=self.obj.case, goal=goal, month=clock.today(), by_team=by_team, by_pupil=by_pupil
        )
        begin(row, by=self.actor)


__all__ = ["ReviewForm"]
