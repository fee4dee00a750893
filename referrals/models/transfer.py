"""Slussning: handing a pupil over to assessed social services, item by item, days counted."""

from __future__ import annotations

from datetime import date

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from accounts import clock
from accounts.models import Actor, Clock, Kind, Membership, Organisation, Role
from accounts.prepared import prepared
from history.models import Living, LivingQuerySet, Part, StatusField, transition
from referrals import policy
from referrals.choices import OPEN_TRANSFER, Category, Proposal
from referrals.choices import TransferStatus as Status
from referrals.models import sight
from referrals.models.case import Case
from vault.fields import SealedTextField

# The limits, in days from offer to start, at which the managers are alarmed (design section 4).
ALARMS = ("transfer.first_alarm", "transfer.second_alarm")


class TransferQuerySet(LivingQuerySet["Transfer"]):
    @prepared
    def visible_to(self, actor: Actor) -> TransferQuerySet:
        """The team's own; the receiver's from `offered` on; the school, as far as a consent
        lets it follow the case, that there is one and how far it has come."""
        if isinstance(actor, Clock):
            return self.all()
        if not isinstance(actor, Membership):
            return self.none()
        if actor.role == Role.RECEIVER:
            offered = ~Q(status__in=(Status.CONSIDERED, Status.WITHDRAWN))
            here = Q(receiver=actor.organisation_id) & offered
            return self.filter(here & sight.unprotected(actor, "case__pupil__")).distinct()
        if actor.role in sight.TEAM_ROLES:
            return self.filter(Exists(Case.objects.visible_to(actor).filter(pk=OuterRef("case"))))
        if actor.role in sight.SCHOOL_ROLES:
            handed = ~Q(status__in=(Status.CONSIDERED, Status.WITHDRAWN))
            told = sight.shared_with_school(actor, Category.REVIEW, "case__")
            return self.filter(handed & told).distinct()
        return self.none()


class Transfer(Living):
    """One hand-over. While it goes on, the team's support goes on (seed 004: long waits)."""

    birth, beginner, editor = "consider", policy.team, policy.team

    case = models.ForeignKey(Case, models.PROTECT, related_name="transfers")
    receiver = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    proposal = models.CharField("varför", max_length=20, choices=Proposal)
    summary = SealedTextField("sammanfattning", blank=True)
    responsible = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    deputy = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    receiver_person = models.ForeignKey(Membership, models.PROTECT, null=True, related_name="+")
    offered_on = models.DateField(null=True, editable=False)
    acknowledged_on = models.DateField(null=True, editable=False)
    started_on = models.DateField(null=True, editable=False)
    ended_on = models.DateField(null=True, editable=False)
    why = SealedTextField("skäl", blank=True)
    status = StatusField(choices=Status.choices, default=Status.CONSIDERED)

    objects = TransferQuerySet.as_manager()

    class Meta(Living.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=Q(status__in=OPEN_TRANSFER), name="transfer_one_open"
            ),
        ]

    def __str__(self) -> str:
        return "Överlämning"

    @property
    def editable(self) -> tuple[str, ...]:
        return ("summary", "receiver", "proposal") if self.status == Status.CONSIDERED else ()

    @property
    def is_open(self) -> bool:
        return self.status in OPEN_TRANSFER

    @property
    def team(self) -> Organisation:
        return self.case.team

    @property
    def school(self) -> Organisation:
        return self.case.school

    def ground_in_force(self) -> str:
        consent = self.case.transfer_consent()
        return f"consent {consent.pk} v{consent.number}" if consent else ""

    def days(self) -> int | None:
        """Calendar days from offer to start, or to today while it waits; None before the offer."""
        if self.offered_on is None:
            return None
        return ((self.started_on or self.ended_on or clock.today()) - self.offered_on).days

    def find_trail(self) -> None:
        self.trail_id = self.case.trail_id

    def before_birth(self) -> None:
        if self.receiver.kind != Kind.RECEIVER:
            raise ValidationError({"receiver": _("Välj en mottagare i socialtjänsten.")})

    def born(self, *, items: list[tuple[str, str]] | None = None, **details: object) -> None:
        for kind, uuid in items or []:
            HandoverItem(transfer=self, kind=kind, item=uuid).save()

    @transition(status, Status.CONSIDERED, None, permission=policy.team)
    def choose_items(self, *, items: list[tuple[str, str]]) -> None:
        """Replace the list of what is handed over: pairs of kind and uuid."""
        chosen = {(kind, str(uuid)) for kind, uuid in items}
        for row in self.items.all():
            if (row.kind, str(row.item)) not in chosen:
                row.delete()
        there = {(row.kind, str(row.item)) for row in self.items.all()}
        for kind, uuid in sorted(chosen - there):
            HandoverItem(transfer=self, kind=kind, item=uuid).save()

    def case_is_transferring(self) -> bool:
        return bool(self.case.status == "transferring")

    @transition(
        status,
        Status.CONSIDERED,
        Status.OFFERED,
        conditions=[case_is_transferring],
        permission=policy.clock,
    )
    def offer(self) -> None:
        """The case is being handed over: the receiver sees the items from now on."""
        self.offered_on = clock.today()

    @transition(status, Status.OFFERED, Status.ACKNOWLEDGED, permission=policy.receiver)
    def acknowledge(self, *, person: Membership | None = None) -> None:
        """The receiver has it and says who answers for it."""
        self.receiver_person, self.acknowledged_on = person, clock.today()

    @transition(status, Status.ACKNOWLEDGED, Status.STARTED, permission=policy.receiver)
    def start(self, *, on: date | None) -> None:
        """Support has begun; only the fact, never its content."""
        offered = self.offered_on
        if on is None or on > clock.today() or (offered and on < offered):
            raise ValidationError({"on": _("Skriv vilken dag stödet började.")})
        self.started_on = on

    @transition(
        status,
        Status.ACKNOWLEDGED,
        Status.NOT_STARTED,
        permission=policy.receiver,
        custom={"closes": True},
    )
    def not_start(self, *, why: str) -> None:
        """Support did not begin, and why."""
        if not why.strip():
            raise ValidationError({"why": _("Skriv varför stödet inte började.")})
        self.why, self.ended_on = why, clock.today()

    @transition(
        status,
        [Status.OFFERED, Status.ACKNOWLEDGED],
        Status.DECLINED,
        permission=policy.receiver,
        custom={"closes": True},
    )
    def decline(self, *, why: str) -> None:
        """The receiver cannot take it, and why."""
        if not why.strip():
            raise ValidationError({"why": _("Skriv varför ni inte tar emot.")})
        self.why, self.ended_on = why, clock.today()

    def case_is_over_and_not_followed(self) -> bool:
        """The way back is a new case, and one at a time."""
        return not self.case.is_open and not self.case.followed_by.exists()

    @transition(
        status,
        Status.STARTED,
        None,
        conditions=[case_is_over_and_not_followed],
        permission=policy.receiver,
    )
    def hand_back(self, *, why: str) -> None:
        """The pupil needs the team again: a new case opens there, pointing to the old one."""
        if not why.strip():
            raise ValidationError({"why": _("Skriv varför eleven behöver teamet igen.")})
        self.why = why

    @transition(
        status,
        list(OPEN_TRANSFER),
        Status.WITHDRAWN,
        permission=policy.team | policy.clock,
        custom={"closes": True},
    )
    def withdraw(self) -> None:
        """Taken back by the team, or because the case goes on or its consent is gone."""
        self.ended_on = clock.today()

    @transition(status, list(OPEN_TRANSFER), None, permission=policy.clock)
    def cover(self, *, responsible: Membership, deputy: Membership) -> None:
        """Somebody has left the team: whoever remains answers for it meanwhile."""
        self.responsible, self.deputy = responsible, deputy

    @transition(status, list(OPEN_TRANSFER), None, permission=policy.team)
    def hand_on(self, *, responsible: Membership, deputy: Membership) -> None:
        """Let others of the team answer for it."""
        for name, person in (("responsible", responsible), ("deputy", deputy)):
            if person.organisation_id != self.team.pk or not person.in_force:
                raise ValidationError({name: _("Välj någon som arbetar i teamet.")})
        self.responsible, self.deputy = responsible, deputy

    @transition(
        status,
        [Status.OFFERED, Status.ACKNOWLEDGED],
        None,
        permission=policy.receiver | policy.clock,
    )
    def name_person(self, *, person: Membership | None) -> None:
        """Who at the receiver's desk answers for it from now on; None when nobody is left."""
        if person is not None and person.organisation_id != self.receiver_id:
            raise ValidationError({"person": _("Välj någon hos mottagaren.")})
        self.receiver_person = person


class HandoverItem(Part):
    """One thing chosen to be handed over: its kind and which one."""

    owner_name = "transfer"

    transfer = models.ForeignKey(Transfer, models.PROTECT, related_name="items")
    kind = models.CharField(max_length=20)
    item = models.UUIDField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["transfer", "kind", "item"], name="handover_item_once")
        ]

    def __str__(self) -> str:
        return self.kind
