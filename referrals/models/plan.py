"""Plan and goals, made with the pupil; each goal estimated month by month."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import OuterRef, Q, Subquery
from django.db.models.functions import JSONObject
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership
from history.models import StatusField, transition
from referrals import policy
from referrals.choices import Category, EntryStatus, GoalStatus, PlanStatus
from referrals.models.belongs import CasePart, CasePartQuerySet
from referrals.models.case import Case
from referrals.models.mapping import MappedNeed
from vault.fields import SealedTextField

ASSESSED = (GoalStatus.FULLY_MET, GoalStatus.PARTLY_MET, GoalStatus.NOT_MET, GoalStatus.DROPPED)


class PlanQuerySet(CasePartQuerySet["Plan"]):
    category = Category.PLAN


class Plan(CasePart):
    """One agreed wording of the plan; a revision is a new row, the old is superseded."""

    birth, beginner, editor = "draft", policy.team | policy.clock, policy.team

    case = models.ForeignKey(Case, models.PROTECT, related_name="plans")
    number = models.PositiveSmallIntegerField("version", default=1)
    text = SealedTextField("planen med elevens ord", blank=True)
    agreed_on = models.DateField(null=True, editable=False)
    status = StatusField(choices=PlanStatus.choices, default=PlanStatus.DRAFT)

    objects = PlanQuerySet.as_manager()

    class Meta(CasePart.Meta):
        abstract = False
        base_manager_name = "objects"
        constraints = [
            models.UniqueConstraint(fields=["case", "number"], name="plan_number_once"),
            models.UniqueConstraint(
                fields=["case"], condition=~Q(status="superseded"), name="plan_one_current"
            ),
        ]

    def __str__(self) -> str:
        return f"Plan {self.number}"

    @property
    def editable(self) -> tuple[str, ...]:
        return ("text",) if self.status == PlanStatus.DRAFT else ()

    @transition(status, PlanStatus.DRAFT, PlanStatus.AGREED, permission=policy.clock)
    def agree(self, *, on: date) -> None:
        """Agreed with the pupil; follows from the case's own move."""
        self.agreed_on = on

    @transition(
        status,
        [PlanStatus.DRAFT, PlanStatus.AGREED],
        PlanStatus.SUPERSEDED,
        permission=policy.clock,
    )
    def supersede(self) -> None:
        """A revision has begun."""


class GoalQuerySet(CasePartQuerySet["Goal"]):
    category = Category.PLAN

    def with_latest_estimate(self) -> GoalQuerySet:
        """Each with `latest`: the newest month's estimates as a dict, or None."""
        rows = Estimate.objects.filter(goal=OuterRef("pk"), status=EntryStatus.WRITTEN)
        found = JSONObject(by_team="by_team", by_pupil="by_pupil")
        newest = rows.order_by("-month", "-pk").values(found=found)[:1]
        return self.annotate(latest=Subquery(newest))


class Goal(CasePart):
    """What the pupil wants to reach, who does what, and when; an interim goal has a parent."""

    birth, beginner, editor = "set", policy.team, policy.team

    case = models.ForeignKey(Case, models.PROTECT, related_name="goals")
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="interim")
    need = models.ForeignKey(MappedNeed, models.PROTECT, null=True, related_name="goals")
    text = SealedTextField("mål")
    who = SealedTextField("vem gör vad", blank=True)
    owner = models.ForeignKey(Membership, models.PROTECT, null=True, related_name="+")
    due = models.DateField("klart till")
    start = models.PositiveSmallIntegerField("började på", default=1)
    target = models.PositiveSmallIntegerField("målet är", default=8)
    assessed_on = models.DateField(null=True, editable=False)
    pupils_view = models.CharField("elevens bedömning", max_length=12, blank=True)
    status = StatusField(choices=GoalStatus.choices, default=GoalStatus.OPEN)

    objects = GoalQuerySet.as_manager()

    class Meta(CasePart.Meta):
        abstract = False
        base_manager_name = "objects"
        constraints = [
            models.CheckConstraint(
                condition=Q(start__range=(1, 10), target__range=(1, 10)), name="goal_scale"
            )
        ]

    def __str__(self) -> str:
        return "Mål"

    @property
    def newest(self) -> dict[str, Any]:
        """Its newest month's estimates, of a row `with_latest_estimate`; empty without one."""
        return getattr(self, "latest", None) or {}

    @property
    def editable(self) -> tuple[str, ...]:
        if self.status != GoalStatus.OPEN:
            return ()
        return ("text", "who", "owner", "due", "target", "need")

    def before_birth(self) -> None:
        super().before_birth()
        if not self.text.open().strip():
            raise ValidationError({"text": _("Skriv målet.")})
        if self.parent and self.parent.case_id != self.case_id:
            raise ValidationError({"parent": _("Delmålet hör till ett annat ärende.")})

    @transition(status, GoalStatus.OPEN, GoalStatus.FULLY_MET, permission=policy.team)
    def meet_fully(self, *, on: date, pupils_view: str = "") -> None:
        """Reached."""
        self.assessed_on, self.pupils_view = on, pupils_view

    @transition(status, GoalStatus.OPEN, GoalStatus.PARTLY_MET, permission=policy.team)
    def meet_partly(self, *, on: date, pupils_view: str = "") -> None:
        """Part of the way."""
        self.assessed_on, self.pupils_view = on, pupils_view

    @transition(status, GoalStatus.OPEN, GoalStatus.NOT_MET, permission=policy.team)
    def miss(self, *, on: date, pupils_view: str = "") -> None:
        """Not reached."""
        self.assessed_on, self.pupils_view = on, pupils_view

    @transition(status, GoalStatus.OPEN, GoalStatus.DROPPED, permission=policy.team)
    def drop(self, *, on: date, why: str) -> None:
        """No longer a goal, and why."""
        if not why.strip():
            raise ValidationError({"why": _("Skriv varför målet stryks.")})
        self.assessed_on = on

    def case_is_open(self) -> bool:
        return bool(self.case.is_open)

    @transition(
        status,
        list(ASSESSED),
        GoalStatus.OPEN,
        conditions=[case_is_open],
        permission=policy.team,
    )
    def reopen(self, *, why: str) -> None:
        """Not settled after all, until the case is closed."""
        if not why.strip():
            raise ValidationError({"why": _("Skriv varför målet öppnas igen.")})
        self.assessed_on, self.pupils_view = None, ""


class EstimateQuerySet(CasePartQuerySet["Estimate"]):
    category = Category.PLAN


class Estimate(CasePart):
    """How far a goal has come one month: the team's view and the pupil's, kept apart (seed 000)."""

    birth, beginner = "estimate", policy.team

    case = models.ForeignKey(Case, models.PROTECT, related_name="estimates")
    goal = models.ForeignKey(Goal, models.PROTECT, related_name="estimates")
    month = models.DateField("månad")  # the first of the month
    by_team = models.PositiveSmallIntegerField("teamets skattning 1–10")
    by_pupil = models.PositiveSmallIntegerField("elevens skattning 1–10", null=True, blank=True)
    status = StatusField(choices=EntryStatus.choices, default=EntryStatus.WRITTEN)

    objects = EstimateQuerySet.as_manager()

    class Meta(CasePart.Meta):
        abstract = False
        base_manager_name = "objects"
        constraints = [
            models.UniqueConstraint(
                fields=["goal", "month"],
                condition=Q(status="written"),
                name="estimate_once_a_month",
            ),
            models.CheckConstraint(
                condition=Q(by_team__range=(1, 10))
                & (Q(by_pupil=None) | Q(by_pupil__range=(1, 10))),
                name="estimate_scale",
            ),
        ]

    def __str__(self) -> str:
        return "Skattning"

    def before_birth(self) -> None:
        super().before_birth()
        self.month = self.month.replace(day=1)
        errors: dict[str, object] = {}
        for name in ("by_team", "by_pupil"):
            value = getattr(self, name)
            if value is not None and not 1 <= value <= 10:
                errors[name] = _("Välj ett tal från 1 till 10.")
        if errors:
            raise ValidationError(errors)

    @transition(status, EntryStatus.WRITTEN, EntryStatus.IN_ERROR, permission=policy.team)
    def mark_in_error(self) -> None:
        """Wrong figure; a new estimate is written instead."""
