"""The toolbox, and the tools as used with one pupil: owner, weeks, occasions."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import OuterRef, Q
from django.utils.translation import gettext_lazy as _

from accounts import clock
from accounts.models import Membership, Organisation
from history.models import StatusField, transition
from referrals import policy
from referrals.choices import (
    CancelCode,
    Category,
    EntryStatus,
    LegalForm,
    Level,
)
from referrals.choices import InterventionStatus as Status
from referrals.models.belongs import CasePart, CasePartQuerySet
from referrals.models.case import Case
from referrals.models.folded import folded
from referrals.models.plan import Goal
from referrals.models.programme import Programme
from vault.fields import SealedTextField


class ToolQuerySet(models.QuerySet["Tool"]):
    def offered(self, programme: Programme, district: Organisation | None) -> ToolQuerySet:
        """Tools in use in a programme: the common core, and what the district has added."""
        owner = Q(owner__kind="municipality") | Q(owner=district)
        mine = Q(programmes=None) | Q(programmes=programme)
        return self.filter(owner, mine, active=True).distinct().order_by("name")


class Tool(models.Model):
    """One tool of the municipality's catalogue (seed 004's verktygslåda); editable, never deleted."""

    key = models.SlugField("nyckel", unique=True)
    name = models.CharField("namn", max_length=100)
    description = models.TextField("vad det är", blank=True)
    owner = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="ägare")
    programmes = models.ManyToManyField(Programme, blank=True, related_name="tools")
    level = models.CharField("riktas till", max_length=10, choices=Level, default=Level.PUPIL)
    legal_form = models.CharField(
        "rättslig form", max_length=20, choices=LegalForm, default=LegalForm.WITHOUT_NEEDS_TEST
    )
    active = models.BooleanField("i bruk", default=True)

    objects = ToolQuerySet.as_manager()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class InterventionQuerySet(CasePartQuerySet["Intervention"]):
    category = Category.PLAN

    def with_occasions(self) -> InterventionQuerySet:
        """Each with `held`: its recorded occasions as dicts of uuid, minutes and no_show, or None."""
        rows = Occasion.objects.filter(intervention=OuterRef("pk"), status=EntryStatus.WRITTEN)
        columns = {"uuid": "uuid", "minutes": "minutes", "no_show": "no_show"}
        return self.annotate(held=folded(rows, "intervention", **columns))

    def used(self) -> InterventionQuerySet:
        """Used means at least one recorded occasion that took place."""
        held = Q(occasions__status=EntryStatus.WRITTEN, occasions__no_show=False)
        return self.filter(held).distinct()


class Intervention(CasePart):
    """A tool agreed for a pupil, or for the class, group or school around them."""

    birth, beginner, editor = "propose", policy.team, policy.team

    case = models.ForeignKey(Case, models.PROTECT, related_name="interventions")
    tool = models.ForeignKey(Tool, models.PROTECT, related_name="interventions")
    goal = models.ForeignKey(Goal, models.PROTECT, null=True, related_name="interventions")
    owner = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    weeks = models.PositiveSmallIntegerField("veckor", default=8)
    legal_form = models.CharField("rättslig form", max_length=20, choices=LegalForm)
    note = SealedTextField("hur", blank=True)
    started = models.DateField(null=True, editable=False)
    ended = models.DateField(null=True, editable=False)
    code = models.CharField("skäl", max_length=20, choices=CancelCode, blank=True)
    status = StatusField(choices=Status.choices, default=Status.PROPOSED)

    objects = InterventionQuerySet.as_manager()

    class Meta(CasePart.Meta):
        abstract = False
        base_manager_name = "objects"

    def __str__(self) -> str:
        return str(self.tool)

    @property
    def editable(self) -> tuple[str, ...]:
        open_ = self.status in (Status.PROPOSED, Status.ACCEPTED, Status.ONGOING)
        return ("goal", "owner", "weeks", "note") if open_ else ()

    def before_birth(self) -> None:
        super().before_birth()
        if self.case.status == "mapping":
            raise ValidationError(_("Gör klart kartläggningen innan ni väljer verktyg."))
        self.legal_form = self.legal_form or self.tool.legal_form

    @transition(status, Status.PROPOSED, Status.ACCEPTED, permission=policy.team)
    def accept(self) -> None:
        """Pupil and family want it."""

    @transition(status, Status.PROPOSED, Status.DECLINED, permission=policy.team)
    def decline(self) -> None:
        """Pupil or family does not want it."""
        self.ended = clock.today()

    @transition(status, Status.ACCEPTED, Status.ONGOING, permission=policy.clock)
    def get_going(self) -> None:
        """The first occasion has been recorded."""
        self.started = clock.today()

    @transition(status, Status.ONGOING, Status.COMPLETED, permission=policy.team)
    def complete(self) -> None:
        """Done as planned."""
        self.ended = clock.today()

    @transition(
        status,
        [Status.PROPOSED, Status.ACCEPTED, Status.ONGOING],
        Status.CANCELLED,
        permission=policy.team | policy.clock,
    )
    def cancel(self, *, code: str) -> None:
        """Ended before its time."""
        if code not in CancelCode.values:
            raise ValidationError({"code": _("Välj varför insatsen avbryts.")})
        self.code, self.ended = code, clock.today()


class OccasionQuerySet(CasePartQuerySet["Occasion"]):
    category = Category.PLAN


class Occasion(CasePart):
    """One time an intervention was given, or was to be given and nobody came."""

    birth, beginner = "record", policy.team

    case = models.ForeignKey(Case, models.PROTECT, related_name="occasions")
    intervention = models.ForeignKey(Intervention, models.PROTECT, related_name="occasions")
    on = models.DateField("dag")
    minutes = models.PositiveSmallIntegerField("minuter", default=0)
    no_show = models.BooleanField("eleven kom inte", default=False)
    took_part = SealedTextField("vilka var med", blank=True)
    given_by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    status = StatusField(choices=EntryStatus.choices, default=EntryStatus.WRITTEN)

    objects = OccasionQuerySet.as_manager()

    class Meta(CasePart.Meta):
        abstract = False
        base_manager_name = "objects"

    def __str__(self) -> str:
        return "Tillfälle"

    def before_birth(self) -> None:
        super().before_birth()
        errors: dict[str, object] = {}
        if self.on > clock.today():
            errors["on"] = _("Dagen har inte varit än.")
        if not self.no_show and not self.minutes:
            errors["minutes"] = _("Skriv hur många minuter det tog.")
        if self.intervention.status not in (Status.ACCEPTED, Status.ONGOING):
            errors["intervention"] = _("Insatsen är inte igång.")
        if errors:
            raise ValidationError(errors)

    @transition(status, EntryStatus.WRITTEN, EntryStatus.IN_ERROR, permission=policy.team)
    def mark_in_error(self) -> None:
        """Never happened, or with another pupil."""
