"""Programmes are data: whom they are for, how long things may take, what is asked. Versioned."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q

from accounts.models import Membership, Organisation


class Programme(models.Model):
    """SST, PPSS, SkolFam … or what a municipality adds; what holds when is in its versions."""

    key = models.SlugField("nyckel", unique=True)
    name = models.CharField("namn", max_length=100)
    owner = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="ägare")
    active = models.BooleanField("i bruk", default=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def current(self) -> ProgrammeVersion:
        return self.versions.get(current=True)


class ProgrammeVersion(models.Model):
    """What one programme asks for, from a day on. Never changed once in use: a new one is made.

    Grades and ages are inclusive; None means no limit. `absence_max` is per cent of reported time.
    Deadlines are working days by step, keyed as in `deadline()`. Sections are dicts of key, title,
    prompt and side; categories and closure codes lists of codes, where none means all.
    """

    programme = models.ForeignKey(Programme, models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField("version", default=1)
    current = models.BooleanField("gäller", default=True)
    since = models.DateField("från")
    made_by = models.ForeignKey(Membership, models.PROTECT, null=True, related_name="+")
    grade_from = models.PositiveSmallIntegerField("från årskurs", null=True, blank=True)
    grade_to = models.PositiveSmallIntegerField("till årskurs", null=True, blank=True)
    age_from = models.PositiveSmallIntegerField("från ålder", null=True, blank=True)
    age_to = models.PositiveSmallIntegerField("till ålder", null=True, blank=True)
    absence_min = models.PositiveSmallIntegerField(
        "lägsta frånvaro i procent", null=True, blank=True
    )
    absence_max = models.PositiveSmallIntegerField(
        "högsta frånvaro i procent", null=True, blank=True
    )
    direct_start = models.BooleanField("börjar utan remiss", default=False)
    foster_placed = models.BooleanField("för placerade barn", default=False)
    review_weeks = models.PositiveSmallIntegerField("veckor mellan uppföljningar", default=8)
    baseline_days = models.PositiveSmallIntegerField("skoldagar i utgångsläget", default=20)
    deadlines = models.JSONField("tider", default=dict)
    sections = models.JSONField("kartläggningens delar", default=list)
    # What a consent proposes and how long it may hold; who signs is the consent rules' own table.
    consent_days = models.PositiveSmallIntegerField("längsta samtycke i dagar", default=365)
    consent_categories = models.JSONField("uppgifter som samtycket föreslår", default=list)
    # The texts a plan and a review begin from, for the pupil and the team to write on.
    plan_template = models.TextField("planens mall", blank=True)
    review_template = models.TextField("uppföljningens mall", blank=True)
    closure_codes = models.JSONField("avslutsskäl", default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["programme", "number"], name="programme_version_once"),
            models.UniqueConstraint(
                fields=["programme"], condition=Q(current=True), name="programme_one_current"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.programme} v{self.number}"

    def review_template_in(self, district: Organisation | None) -> str:
        """What a review's text begins from: the core's lines, then the district's."""
        added = self.programme.additions.filter(district=district, current=True).first()
        texts = [self.review_template, added.review_template if added else ""]
        return "\n".join(filter(None, texts))

    def sections_in(self, district: Organisation | None) -> list[dict[str, Any]]:
        """The common core's sections and those the district has added, in that order."""
        added = self.programme.additions.filter(district=district, current=True).first()
        known = {part["key"] for part in self.sections}
        local = [part for part in (added.sections if added else []) if part["key"] not in known]
        return [*self.sections, *local]

    def deadline(self, step: str) -> int:
        """Working days for a step; raises KeyError for a step the version does not know."""
        return int(self.deadlines[step])

    def outside_target(
        self, *, grade: int | None, age: int | None, absence: float | None
    ) -> list[str]:
        """In which ways a pupil falls outside whom the programme is for: grade, age, absence."""

        def outside(value: float | None, low: Any, high: Any) -> bool:
            if value is None:
                return False
            return (low is not None and value < low) or (high is not None and value > high)

        limits = {
            "grade": (grade, self.grade_from, self.grade_to),
            "age": (age, self.age_from, self.age_to),
            "absence": (absence, self.absence_min, self.absence_max),
        }
        return [name for name, (value, low, high) in limits.items() if outside(value, low, high)]


class ProgrammeAddition(models.Model):
    """What one district adds to a programme's common core; versioned like the core.

    It can only add: sections of the mapping, and lines to the review's template.
    """

    programme = models.ForeignKey(Programme, models.PROTECT, related_name="additions")
    district = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField("version", default=1)
    current = models.BooleanField("gäller", default=True)
    since = models.DateField("från")
    made_by = models.ForeignKey(Membership, models.PROTECT, null=True, related_name="+")
    sections = models.JSONField("kartläggningens delar", default=list)
    review_template = models.TextField("uppföljningens mall", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "district", "number"], name="addition_version_once"
            ),
            models.UniqueConstraint(
                fields=["programme", "district"],
                condition=Q(current=True),
                name="addition_one_current",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.programme}, {self.district} v{self.number}"
