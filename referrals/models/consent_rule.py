"""Who has to sign, by purpose and age: dated data, never an age in the code."""

from __future__ import annotations

import tomllib
import uuid
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts import clock
from accounts.models import Membership
from referrals.choices import GuardiansSign, Purpose

SHIPPED = Path(__file__).resolve().parent.parent / "rules" / "consent-1.toml"


@dataclass(frozen=True)
class Demand:
    """What one rule asks for, whoever set it. Ages in whole years, both ends included."""

    name: str
    purpose: str
    age_from: int | None
    age_to: int | None
    pupil_signs: bool
    guardians: str
    pupil_alone: bool
    source: str
    checked_on: date
    since: date | None = None
    set_by: str = ""

    def covers(self, age: int | None) -> bool:
        """Whether it is for somebody of this age; an unknown age is the youngest there is."""
        years = age or 0
        low = self.age_from is None or years >= self.age_from
        return low and (self.age_to is None or years <= self.age_to)

    @property
    def is_old(self) -> bool:
        """Whether nobody has held it against the law for a year."""
        return (clock.today() - self.checked_on).days > 365


class ConsentRule(models.Model):
    """A municipality's own rule for one purpose and span of ages; never changed, only followed
    by a newer one, so that what held on a certain day can be told."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    purpose = models.CharField("ändamål", max_length=10, choices=Purpose)
    age_from = models.PositiveSmallIntegerField("från ålder", null=True, blank=True)
    age_to = models.PositiveSmallIntegerField("till och med ålder", null=True, blank=True)
    pupil_signs = models.BooleanField("eleven skriver under", default=True)
    guardians = models.CharField("vårdnadshavare", max_length=5, choices=GuardiansSign)
    pupil_alone = models.BooleanField("eleven kan få bestämma själv", default=False)
    since = models.DateField("gäller från", default=clock.today)
    source = models.CharField("källa", max_length=300)
    checked_on = models.DateField("kontrollerad", default=clock.today)
    set_by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    made = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(age_from=None) | Q(age_to=None) | Q(age_to__gte=F("age_from")),
                name="consent_rule_ages",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_purpose_display()} {self.age_from or 0}–{self.age_to or ''}"

    def clean(self) -> None:
        if self.age_from is not None and self.age_to is not None and self.age_to < self.age_from:
            raise ValidationError({"age_to": _("Till-åldern är lägre än från-åldern.")})

    @property
    def demand(self) -> Demand:
        return Demand(
            f"rule {self.pk}",
            self.purpose,
            self.age_from,
            self.age_to,
            self.pupil_signs,
            self.guardians,
            self.pupil_alone,
            self.source,
            self.checked_on,
            self.since,
            self.set_by.name,
        )


@lru_cache(maxsize=1)
def shipped() -> tuple[Demand, ...]:
    """What holds where the municipality has said nothing."""
    told = tomllib.loads(SHIPPED.read_text())
    return tuple(
        Demand(
            f"shipped {number}",
            row["purpose"],
            row.get("from"),
            row.get("to"),
            row["pupil_signs"],
            row["guardians"],
            row["pupil_alone"],
            row["source"],
            told["checked_on"],
        )
        for number, row in enumerate(told["rule"], start=1)
    )


def in_force(purpose: str, age: int | None, day: date | None = None) -> Demand:
    """The rule for somebody of this age: the municipality's newest of that day, else the shipped."""
    rows = ConsentRule.objects.filter(purpose=purpose, since__lte=day or clock.today())
    for row in rows.select_related("set_by__user").order_by("-since", "-pk"):
        if row.demand.covers(age):
            return row.demand
    return next(demand for demand in shipped() if demand.purpose == purpose and demand.covers(age))
