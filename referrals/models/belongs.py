"""What belongs to a case: its trail, its sides, and whoever may read one category of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self, TypeVar

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Actor, Organisation
from accounts.prepared import prepared
from history.models import Living, LivingQuerySet
from referrals.choices import WORKING, CaseStatus, EntryStatus
from referrals.models import sight

if TYPE_CHECKING:
    from referrals.models.case import Case

M = TypeVar("M", bound="CasePart", covariant=True)

# Statuses of a case in which its work goes on; a hand-over under way does not stop support.
AT_WORK = (*WORKING, CaseStatus.TRANSFERRING)


class CasePartQuerySet(LivingQuerySet[M]):
    """Read by the case's people; by the school as far as an active consent names `category`."""

    category = ""
    for_manager = True

    @prepared
    def visible_to(self, actor: Actor) -> Self:
        seen = sight.case_parts(actor, self.category, manager=self.for_manager)
        return self.filter(seen).exclude(status=EntryStatus.IN_ERROR).distinct()

    def reachable_by(self, actor: Actor, move: str) -> Self:
        return sight.without_emergencies(self.visible_to(actor), actor, "case__")

    def visible_in(self, case: Case, actor: Actor) -> Self:
        """The same as `visible_to`, in one case that `for_page` has just told the actor's sight of.

        Whoever reads the case in full reads all its parts, so the rule need not be asked again.
        """
        if getattr(case, "full", False):
            return self.filter(case=case).exclude(status=EntryStatus.IN_ERROR)
        return self.visible_to(actor).filter(case=case)


class CasePart(Living):
    """A thing with a life of its own inside one case."""

    case: models.ForeignKey[Case, Case]

    class Meta:
        abstract = True

    @property
    def school(self) -> Organisation:
        return self.case.school

    @property
    def team(self) -> Organisation:
        return self.case.team

    def find_trail(self) -> None:
        self.trail_id = self.case.trail_id

    def before_birth(self) -> None:
        self.needs_work_going_on()

    def needs_work_going_on(self) -> None:
        """Nothing is added to a case that waits for consent, is frozen, or is over."""
        if self.case.status not in AT_WORK:
            raise ValidationError(_("Ärendet är inte öppet för nya uppgifter just nu."))

    def ground_in_force(self) -> str:
        return self.case.ground_in_force()
