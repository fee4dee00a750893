"""Somebody has left: what they held, who has it meanwhile, and who takes over for good."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts import clock
from accounts.models import LEADERS, Actor, Clock, Membership, Organisation, Role, User
from accounts.rules import Rule, by_itself
from history import holdings
from history.models import Living, LivingQuerySet, StatusField, transition


class LeavingStatus(models.TextChoices):
    OPEN = "open", _("Pågår")
    FINISHED = "finished", _("Klar")


class VacancyStatus(models.TextChoices):
    OPEN = "open", _("Väntar på beslut")
    KEPT_OPEN = "kept_open", _("Vakant till ett datum")
    FILLED = "filled", _("Överlämnad")


@dataclass(frozen=True)
class Decides(Rule):
    """A pupil's thing: the leader where it belongs (at a receiver's desk, anyone there); the rest:
    the administrator, who sees no pupil."""

    def __call__(self, obj: Any, actor: Actor) -> bool:
        if not isinstance(actor, Membership) or not actor.in_force:
            return False
        if not obj.pupils:
            return actor.role == Role.ADMIN
        here = actor.organisation_id == obj.organisation_id
        return here and actor.role in (*LEADERS, Role.RECEIVER)

    def who(self, obj: Any) -> Q:
        if not obj.pupils:
            return Q(role=Role.ADMIN)
        return Q(organisation=obj.organisation_id, role__in=(*LEADERS, Role.RECEIVER))


decides = Decides()


class LeavingQuerySet(LivingQuerySet["Leaving"]):
    def visible_to(self, actor: Actor) -> LeavingQuerySet:
        """The administrator all; a leader those from whom something was left at theirs."""
        if isinstance(actor, Clock):
            return self.all()
        if not isinstance(actor, Membership):
            return self.none()
        if actor.role == Role.ADMIN:
            return self.all()
        if actor.role in (*LEADERS, Role.RECEIVER):
            here = {"vacancies__organisation": actor.organisation_id, "vacancies__pupils": True}
            return self.filter(**here).distinct()
        return self.none()


class Leaving(Living):
    """A person's hand-over: begun the day a role ended with something still held, finished when
    each thing has a successor or an open vacancy with a date."""

    birth, beginner = "begin", by_itself

    person = models.ForeignKey(User, models.PROTECT, related_name="leavings")
    began = models.DateField(default=clock.today, editable=False)
    status = StatusField(choices=LeavingStatus.choices, default=LeavingStatus.OPEN)

    objects = LeavingQuerySet.as_manager()

    class Meta(Living.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=Q(status="open"), name="leaving_one_open_a_person"
            )
        ]

    def __str__(self) -> str:
        return str(self.person)

    def all_decided(self) -> bool:
        return not self.vacancies.filter(status=VacancyStatus.OPEN).exists()

    @transition(
        status,
        LeavingStatus.OPEN,
        LeavingStatus.FINISHED,
        conditions=[all_decided],
        permission=by_itself,
    )
    def finish(self) -> None:
        """Each thing has a successor, or is vacant until a date somebody has set."""


class VacancyQuerySet(LivingQuerySet["Vacancy"]):
    def visible_to(self, actor: Actor) -> VacancyQuerySet:
        """A leader those of their own organisation; the administrator that they are there."""
        if isinstance(actor, Clock):
            return self.all()
        if not isinstance(actor, Membership):
            return self.none()
        if actor.role == Role.ADMIN:
            return self.all()
        if actor.role in (*LEADERS, Role.RECEIVER):
            return self.filter(organisation=actor.organisation_id, pupils=True)
        return self.none()

    def waiting(self) -> VacancyQuerySet:
        """Undecided, or left vacant until a day that has come."""
        over = Q(status=VacancyStatus.KEPT_OPEN, until__lte=clock.today())
        return self.filter(Q(status=VacancyStatus.OPEN) | over)


class Vacancy(Living):
    """One thing somebody held. The object itself is found by its registry key and number."""

    birth, beginner = "leave", by_itself

    leaving = models.ForeignKey(Leaving, models.PROTECT, related_name="vacancies")
    holding = models.CharField(max_length=40)
    object_id = models.BigIntegerField()
    reference = models.CharField(max_length=40, blank=True)
    left = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    pupils = models.BooleanField(default=True)
    # Who has it meanwhile; empty when nobody is left there.
    keeper = models.ForeignKey(Membership, models.PROTECT, null=True, related_name="+")
    successor = models.ForeignKey(Membership, models.PROTECT, null=True, related_name="+")
    until = models.DateField("vakant till", null=True)
    status = StatusField(choices=VacancyStatus.choices, default=VacancyStatus.OPEN)

    objects = VacancyQuerySet.as_manager()

    class Meta(Living.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(
                fields=["holding", "object_id", "left"], name="vacancy_once_a_leaver"
            )
        ]
        indexes = [
            models.Index(
                fields=["organisation"], condition=~Q(status="filled"), name="vacancy_waiting"
            )
        ]

    def __str__(self) -> str:
        return f"{self.what} {self.reference}".strip()

    @property
    def what(self) -> str:
        return str(holdings.one(self.holding).label)

    @property
    def can_be_filled(self) -> bool:
        return holdings.one(self.holding).hand_on is not None

    def find_trail(self) -> None:
        self.trail_id = self.leaving.trail_id

    @transition(
        status,
        [VacancyStatus.OPEN, VacancyStatus.KEPT_OPEN],
        VacancyStatus.FILLED,
        permission=decides,
    )
    def fill(self, *, successor: Membership) -> None:
        """Somebody takes over for good; the thing itself is handed on in the same transaction."""
        if not successor.in_force or successor.pk == self.left_id:
            raise ValidationError({"successor": _("Välj någon som arbetar där nu.")})
        self.successor, self.until = successor, None

    @transition(
        status,
        [VacancyStatus.OPEN, VacancyStatus.KEPT_OPEN],
        VacancyStatus.KEPT_OPEN,
        permission=decides,
    )
    def keep_open(self, *, until: date) -> None:
        """Vacant until a day, when it is asked for again; the keeper has it meanwhile."""
        if until is None or until <= clock.today():
            raise ValidationError({"until": _("Välj en dag framåt i tiden.")})
        self.until = until
