"""Gallring: a list of paths whose time is over, a second person's yes, and then they are emptied."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts import clock
from accounts.models import Actor, Clock, Kind, Membership, Organisation, Role
from accounts.rules import Holds, Rule, by_itself
from history import outbox
from history.models import Living, LivingQuerySet, Part, StatusField, Trail, transition
from vault.fields import SealedTextField


class Status(models.TextChoices):
    PROPOSED = "proposed", _("Väntar på beslut")
    APPROVED = "approved", _("Beslutad, gallras")
    REJECTED = "rejected", _("Avslagen")
    CARRIED_OUT = "carried_out", _("Gallrad")


class Outcome(models.TextChoices):
    """What becomes of one path on the list."""

    DISPOSE = "dispose", _("Gallras")
    RESEARCH = "research", _("Bevaras: född den 5, 15 eller 25")
    HELD = "held", _("Bevaras: undantag")
    DONE = "done", _("Gallrad")


class SecondPerson(Rule):
    """The district manager there or an administrator, and never whoever proposed it."""

    def __call__(self, obj: Disposal, actor: Actor) -> bool:
        if not isinstance(actor, Membership) or not actor.in_force:
            return False
        if actor.user_id == obj.proposed_by.user_id:
            return False
        if actor.role == Role.ADMIN:
            return True
        district = obj.organisation.district
        return (
            actor.role == Role.DISTRICT
            and district is not None
            and actor.organisation_id == district.pk
        )


proposer = Holds("organisation", (Role.MANAGER, Role.PRINCIPAL))
approver = SecondPerson()


class DisposalQuerySet(LivingQuerySet["Disposal"]):
    def visible_to(self, actor: Actor) -> DisposalQuerySet:
        """Those who propose there, and those who may decide; the list tells of no person."""
        if isinstance(actor, Clock):
            return self.all()
        if not isinstance(actor, Membership):
            return self.none()
        if actor.role in (Role.MANAGER, Role.PRINCIPAL):
            return self.filter(organisation=actor.organisation_id)
        if actor.role in (Role.ADMIN, Role.AUDITOR):
            return self.all()
        if actor.role == Role.DISTRICT:
            inside = Q(organisation__parent=actor.organisation_id)
            return self.filter(inside | Q(organisation=actor.organisation_id))
        return self.none()


class Disposal(Living):
    """One list. Its rows name numbers, dates and rules; who is behind them nobody is shown here."""

    birth, beginner = "propose", proposer

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    proposed_by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    proposed_on = models.DateField(default=clock.today, editable=False)
    decided_by = models.ForeignKey(Membership, models.PROTECT, null=True, related_name="+")
    decided_on = models.DateField(null=True, editable=False)
    carried_out_on = models.DateField(null=True, editable=False)
    why = SealedTextField("skäl", blank=True)
    status = StatusField(choices=Status.choices, default=Status.PROPOSED)

    objects = DisposalQuerySet.as_manager()

    class Meta(Living.Meta):
        abstract = False

    def __str__(self) -> str:
        return "Gallring"

    def before_birth(self) -> None:
        if self.organisation.kind not in (Kind.TEAM, Kind.SCHOOL):
            raise ValidationError(_("Gallring görs av ett team eller en skola."))

    def born(self, *, rows: Sequence[DisposalRow] = (), **details: Any) -> None:
        if not rows:
            raise ValidationError(_("Det finns inget att gallra just nu."))
        for row in rows:
            row.disposal = self
            row.save()

    @transition(status, Status.PROPOSED, None, permission=proposer)
    def hold(self, *, row: int, why: str) -> None:
        """One path is left out this time: a dispute, a damage claim, a new need on its way."""
        found = self.rows.filter(pk=row, outcome=Outcome.DISPOSE).first()
        if found is None:
            raise ValidationError({"row": _("Välj en rad på listan.")})
        if not why.strip():
            raise ValidationError({"why": _("Skriv varför den inte ska gallras.")})
        found.disposal, found.outcome, found.why = self, Outcome.HELD, why
        found.save()

    @transition(status, Status.PROPOSED, Status.APPROVED, permission=approver)
    def approve(self, *, whose: Membership) -> None:
        """A second person has read the list. The worker empties the paths, one at a time."""
        self.decided_by, self.decided_on = whose, clock.today()
        outbox.add("disposal", key=f"disposal:{self.uuid}", disposal=str(self.uuid))

    @transition(status, Status.PROPOSED, Status.REJECTED, permission=approver)
    def reject(self, *, whose: Membership, why: str) -> None:
        if not why.strip():
            raise ValidationError({"why": _("Skriv varför listan inte godtas.")})
        self.decided_by, self.decided_on, self.why = whose, clock.today(), why

    @transition(status, Status.APPROVED, None, permission=by_itself)
    def tick_off(self, *, row: int) -> None:
        """One path is emptied: the row keeps its rule and its day, and forgets which it was."""
        found = self.rows.get(pk=row)
        found.disposal, found.outcome, found.done_on = self, Outcome.DONE, clock.today()
        found.reference, found.path = "", None
        found.save()

    def all_done(self) -> bool:
        return not self.rows.filter(outcome=Outcome.DISPOSE).exists()

    @transition(
        status, Status.APPROVED, Status.CARRIED_OUT, conditions=[all_done], permission=by_itself
    )
    def finish(self) -> None:
        """Every path on the list is emptied; what is left is the receipt."""
        self.carried_out_on = clock.today()


class DisposalRow(Part):
    """One path on the list, with the rule it falls under and whose record it is."""

    owner_name = "disposal"

    disposal = models.ForeignKey(Disposal, models.PROTECT, related_name="rows")
    path = models.ForeignKey(Trail, models.PROTECT, null=True, related_name="+")
    reference = models.CharField(max_length=20, blank=True)
    rule = models.CharField(max_length=60)  # the key of the limit
    years = models.PositiveSmallIntegerField()
    last_on = models.DateField()
    controllers = models.CharField(max_length=300)
    outcome = models.CharField(max_length=10, choices=Outcome, default=Outcome.DISPOSE)
    why = SealedTextField(blank=True)
    done_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["path"], condition=Q(outcome="dispose"), name="disposal_once_a_path"
            )
        ]
