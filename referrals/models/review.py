"""Uppföljning: looking back together, at least as often as the programme says."""

from __future__ import annotations

from datetime import date

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts import clock
from history.models import StatusField, transition
from referrals import policy
from referrals.choices import Category, NotKnown, ReviewStatus
from referrals.models.absence import Absence
from referrals.models.belongs import CasePart, CasePartQuerySet
from referrals.models.case import Case
from vault.fields import SealedTextField


class ReviewQuerySet(CasePartQuerySet["Review"]):
    category = Category.REVIEW


class Review(CasePart):
    """One review: absence since last time, what has changed, and whether things move."""

    birth, beginner, editor = "plan", policy.team | policy.clock, policy.team

    case = models.ForeignKey(Case, models.PROTECT, related_name="reviews")
    held_on = models.DateField("dag")
    at = models.TimeField("klockan", null=True, blank=True)
    absence = models.ForeignKey(Absence, models.PROTECT, null=True, related_name="+")
    absence_not_known = models.CharField(max_length=20, choices=NotKnown, blank=True)
    took_part = SealedTextField("vilka var med", blank=True)
    pupils_view = SealedTextField("vad eleven säger", blank=True)
    text = SealedTextField("vad som har hänt", blank=True)
    changes = SealedTextField("vad som ändras", blank=True)
    progress = models.BooleanField("går det framåt", null=True)
    # Whether a decision to go on has been made on it; the next needs a review of its own.
    used = models.BooleanField(default=False, editable=False)
    status = StatusField(choices=ReviewStatus.choices, default=ReviewStatus.PLANNED)

    objects = ReviewQuerySet.as_manager()

    class Meta(CasePart.Meta):
        abstract = False
        base_manager_name = "objects"
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=Q(status="planned"), name="review_one_planned"
            )
        ]

    def __str__(self) -> str:
        return "Uppföljning"

    @property
    def editable(self) -> tuple[str, ...]:
        return ("held_on", "at") if self.status == ReviewStatus.PLANNED else ()

    @transition(status, ReviewStatus.PLANNED, ReviewStatus.DOCUMENTED, permission=policy.team)
    def document(
        self,
        *,
        held_on: date | None,
        text: str,
        progress: bool | None,
        changes: str = "",
        pupils_view: str = "",
        took_part: str = "",
        absence: Absence | None = None,
        absence_not_known: str = "",
    ) -> None:
        """What the review found, whatever is decided next.

        The absence since last time is measured, or a code of `NotKnown` says why it is not.
        """
        errors: dict[str, object] = {}
        if absence is None and absence_not_known not in NotKnown.values:
            errors["absence_not_known"] = _("Mät frånvaron sedan sist, eller välj varför inte.")
        if not text.strip():
            errors["text"] = _("Skriv vad som har hänt sedan sist.")
        if progress is None:
            errors["progress"] = _("Välj om det går framåt.")
        if held_on is None or held_on > clock.today():
            errors["held_on"] = _("Skriv vilken dag uppföljningen hölls.")
        if errors or held_on is None:
            raise ValidationError(errors)
        self.held_on, self.text, self.progress = held_on, text, progress
        self.changes, self.pupils_view, self.took_part = changes, pupils_view, took_part
        self.absence, self.absence_not_known = absence, absence_not_known

    @transition(status, ReviewStatus.DOCUMENTED, None, permission=policy.clock)
    def use(self) -> None:
        """The case has gone on from it."""
        self.used = True

    @transition(
        status, ReviewStatus.PLANNED, ReviewStatus.CANCELLED, permission=policy.team | policy.clock
    )
    def cancel(self) -> None:
        """The case took another way before it was held."""
