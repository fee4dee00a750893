"""Absence with its measuring period: never a percentage without where it came from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Actor, Clock, Organisation
from accounts.prepared import kept_with, prepared
from history.models import Living, LivingQuerySet, StatusField, transition
from referrals import policy
from referrals.choices import AbsencePurpose, Band, Category, Source, Unit
from referrals.choices import EntryStatus as Status
from referrals.models import sight
from referrals.models.referral import Referral

if TYPE_CHECKING:
    from referrals.models.case import Case


class AbsenceQuerySet(LivingQuerySet["Absence"]):
    @prepared
    def visible_to(self, actor: Actor) -> AbsenceQuerySet:
        if isinstance(actor, Clock):
            return self.all()
        readable = Referral.objects.visible_in_full(actor).filter(pk=OuterRef("referral"))
        of_referral = Q(Exists(readable))  # asked row by row: a list of all would be read whole
        of_case = sight.case_parts(actor, Category.ATTENDANCE, manager=True)
        return self.filter(sight.not_in_error() & (of_referral | of_case)).distinct()

    def reachable_by(self, actor: Actor, move: str) -> AbsenceQuerySet:
        seen = self.visible_to(actor)
        for case in ("referral__case__", "case__"):
            seen = sight.without_emergencies(seen, actor, case)
        return seen

    def of_case(self, case: Any) -> AbsenceQuerySet:
        """Every measured period of one case, its referral's among them, oldest first."""
        return self.of_matter(case.pk, case.referral_id).order_by("period_from", "pk")

    def seen_in(self, case: Case, actor: Actor) -> AbsenceQuerySet:
        """Those of one case that the actor sees, oldest first."""
        rows = kept_with(_seen_in, actor, case=case.pk, referral=case.referral_id or 0)
        return cast(AbsenceQuerySet, rows.order_by("period_from", "pk"))

    def of_matter(self, case: Any, referral: Any) -> AbsenceQuerySet:
        """The same by the ids of the case and its referral, if any, in no order."""
        return self.kept().filter(Q(case=case) | (Q(referral=referral) if referral else Q(pk=None)))

    def baselines_of(self, referrals: list[Any]) -> dict[int, Absence]:
        """The latest kept baseline of each of these referrals, in one question."""
        rows = self.kept().filter(referral__in=[pk for pk in referrals if pk], purpose="baseline")
        return {cast(int, row.referral_id): row for row in rows.order_by("pk")}

    def kept(self) -> AbsenceQuerySet:
        return self.filter(status=Status.WRITTEN)


def _seen_in(actor: Actor, *, case: Any, referral: Any) -> AbsenceQuerySet:
    return Absence.objects.visible_to(actor).of_matter(case, referral)


class Absence(Living):
    """One measured period. Rate = (valid + invalid) / reported (reference/domain.md A5.1).

    Amounts are minutes or lessons, as `unit` says; an unreported lesson says nothing, so with
    nothing reported the rate is unknown, never 0. The variant over offered time stands beside it.
    """

    birth, beginner = "measure", policy.school | policy.team

    referral = models.ForeignKey(Referral, models.PROTECT, null=True, related_name="absences")
    case = models.ForeignKey("Case", models.PROTECT, null=True, related_name="absences")
    purpose = models.CharField("avser", max_length=10, choices=AbsencePurpose)
    period_from = models.DateField("från och med")
    period_to = models.DateField("till och med")
    unit = models.CharField("räknat i", max_length=10, choices=Unit, default=Unit.MINUTES)
    offered = models.PositiveIntegerField("erbjuden tid", validators=[MinValueValidator(1)])
    reported = models.PositiveIntegerField("rapporterad tid")
    valid = models.PositiveIntegerField("giltig frånvaro")
    invalid = models.PositiveIntegerField("ogiltig frånvaro")
    source = models.CharField("källa", max_length=10, choices=Source, default=Source.MANUAL)
    # The baseline is frozen when the referral is sent and never recalculated in silence.
    frozen = models.BooleanField(default=False, editable=False)
    status = StatusField(choices=Status.choices, default=Status.WRITTEN)

    objects = AbsenceQuerySet.as_manager()

    class Meta(Living.Meta):
        abstract = False
        constraints = [
            models.CheckConstraint(
                condition=Q(period_to__gte=F("period_from")), name="absence_period"
            ),
            models.CheckConstraint(
                condition=Q(offered__gte=F("reported"), reported__gte=F("valid") + F("invalid")),
                name="absence_amounts",
            ),
        ]

    def __str__(self) -> str:
        return "Frånvaro"

    @property
    def matter(self) -> Case | Referral:
        """What it was measured for: a constraint holds that it is one of them."""
        return self.case or cast(Referral, self.referral)

    @property
    def school(self) -> Organisation:
        return self.matter.school

    @property
    def team(self) -> Organisation | None:
        return self.case.team if self.case else None

    @property
    def rate(self) -> float | None:
        """Per cent of reported time, one decimal; None when nothing was reported."""
        if not self.reported:
            return None
        return round(100 * (self.valid + self.invalid) / self.reported, 1)

    @property
    def rate_of_offered(self) -> float:
        return round(100 * (self.valid + self.invalid) / self.offered, 1)

    @property
    def coverage(self) -> float:
        """Per cent of offered time that was reported; under 80 the figure is flagged."""
        return round(100 * self.reported / self.offered, 1)

    @property
    def band(self) -> Band:
        rate = self.rate
        if rate is None:
            return Band.UNKNOWN
        return Band.LOW if rate < 20 else Band.MEDIUM if rate <= 40 else Band.HIGH

    def find_trail(self) -> None:
        self.trail_id = self.matter.trail_id

    def before_birth(self) -> None:
        errors: dict[str, object] = {}
        if self.period_to < self.period_from:
            errors["period_to"] = _("Perioden slutar innan den börjar. Kontrollera datumen.")
        if self.reported > self.offered:
            errors["reported"] = _("Den rapporterade tiden kan inte vara längre än den erbjudna.")
        if self.valid + self.invalid > self.reported:
            errors["valid"] = _("Frånvaron kan inte vara längre än den rapporterade tiden.")
        if not self.offered:
            errors["offered"] = _("Skriv hur mycket undervisning eleven har erbjudits.")
        baseline = self.case.baseline if self.case and self.purpose == AbsencePurpose.END else None
        if baseline and baseline.unit != self.unit:
            errors["unit"] = _(
                "Mät som i utgångsläget, i %(unit)s, så att det går att jämföra."
            ) % {"unit": baseline.get_unit_display().lower()}
        if errors:
            raise ValidationError(errors)

    @transition(status, Status.WRITTEN, None, permission=policy.clock)
    def freeze(self) -> None:
        """The referral has been sent: this is the baseline from now on."""
        self.frozen = True

    @transition(status, Status.WRITTEN, None, permission=policy.clock)
    def follow(self, *, case: Case) -> None:
        """The case it is about has opened, or the pupil's earlier case takes it over."""
        self.case = case

    @transition(status, Status.WRITTEN, Status.IN_ERROR, permission=policy.school | policy.team)
    def mark_in_error(self) -> None:
        """Wrong figures or wrong pupil; a new row is written instead."""
