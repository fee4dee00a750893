"""Named participants of a case, with profession."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Actor, Clock, Membership
from history.models import LivingQuerySet, StatusField, transition
from referrals import policy
from referrals.choices import ParticipantStatus, Side
from referrals.models.belongs import CasePart
from referrals.models.case import Case


class ParticipantQuerySet(LivingQuerySet["Participant"]):
    def visible_to(self, actor: Actor) -> ParticipantQuerySet:
        """Who takes part is known to whoever knows that there is a case."""
        if isinstance(actor, Clock):
            return self.all()
        return self.filter(Exists(Case.objects.visible_to(actor).filter(pk=OuterRef("case"))))

    def visible_in(self, case: Case, actor: Actor) -> ParticipantQuerySet:
        """The same of one case, which the actor has been let to know of (`for_page`)."""
        told = hasattr(case, "full")
        return self.filter(case=case) if told else self.visible_to(actor).filter(case=case)

    def named(self) -> ParticipantQuerySet:
        return self.filter(status=ParticipantStatus.NAMED)


class Participant(CasePart):
    """Somebody from school or social services who works with the pupil in this case."""

    birth, beginner = "name", policy.team

    case = models.ForeignKey(Case, models.PROTECT, related_name="participants")
    membership = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    profession = models.CharField("yrke", max_length=100)
    side = models.CharField(max_length=10, choices=Side)
    status = StatusField(choices=ParticipantStatus.choices, default=ParticipantStatus.NAMED)

    objects = ParticipantQuerySet.as_manager()

    class Meta(CasePart.Meta):
        abstract = False
        base_manager_name = "objects"
        constraints = [
            models.UniqueConstraint(
                fields=["case", "membership"],
                condition=Q(status="named"),
                name="participant_once_a_case",
            )
        ]

    def __str__(self) -> str:
        return f"{self.membership.name}, {self.profession}"

    def before_birth(self) -> None:
        super().before_birth()
        there = self.membership.organisation_id
        if there not in (self.case.school_id, self.case.team_id):
            raise ValidationError({"membership": _("Välj någon i teamet eller på elevens skola.")})
        self.side = Side.SCHOOL if there == self.case.school_id else Side.TEAM

    @transition(
        status,
        ParticipantStatus.NAMED,
        ParticipantStatus.ENDED,
        permission=policy.team | policy.clock,
        custom={"closes": True},
    )
    def leave(self) -> None:
        """No longer takes part, and no longer reads."""
