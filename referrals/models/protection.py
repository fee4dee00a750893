"""Protected identity: who may see one pupil, given by two persons; and what a guardian may be told.

Whoever registers a protected pupil holds the right already: the identity came from them.
"""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Actor, Clock, Membership, Organisation
from accounts.rules import Holds, Rule
from history.models import Living, LivingQuerySet, StatusField, transition
from referrals import policy
from referrals.models.pupil import Guardian, Pupil
from vault.fields import SealedTextField


class RightStatus(models.TextChoices):
    PROPOSED = "proposed", _("Föreslagen")
    GIVEN = "given", _("Given")
    ENDED = "ended", _("Avslutad")


OPEN_RIGHT = (RightStatus.PROPOSED, RightStatus.GIVEN)
_colleague = Holds("organisation", policy.WORKERS)


class Proposes(Rule):
    """A colleague of the one who is to hold it, in the same organisation, and not that one."""

    def __call__(self, obj: Any, actor: Actor) -> bool:
        return (
            isinstance(actor, Membership)
            and _colleague(obj, actor)
            and obj.first_id == actor.pk
            and obj.holder.organisation_id == obj.organisation_id
            and obj.holder.user_id != actor.user_id
        )


class Gives(Rule):
    """A third person of the same organisation; one of the two answers for it.

    Persons are compared, not memberships: nobody is two because they have two roles.
    """

    def __call__(self, obj: Any, actor: Actor) -> bool:
        if not isinstance(actor, Membership) or not _colleague(obj, actor):
            return False
        another = actor.user_id not in (obj.first.user_id, obj.holder.user_id)
        return another and bool({actor.role, obj.first.role} & set(policy.CHIEFS))


class RightQuerySet(LivingQuerySet["ProtectionRight"]):
    def visible_to(self, actor: Actor) -> RightQuerySet:
        """Those who answer see all of their organisation's; a colleague what waits for a second
        person, and their own. A right tells a number and two colleagues, nothing of the pupil."""
        if isinstance(actor, Clock):
            return self.all()
        if not isinstance(actor, Membership) or actor.role not in policy.WORKERS:
            return self.none()
        here = Q(organisation=actor.organisation_id)
        if actor.role in policy.CHIEFS:
            return self.filter(here)
        return self.filter(here & (Q(holder=actor) | Q(first=actor) | Q(status="proposed")))


class ProtectionRight(Living):
    """The right to see one protected pupil in one case; it ends with the case."""

    birth, beginner = "propose", Proposes()

    pupil = models.ForeignKey(Pupil, models.PROTECT, related_name="rights")
    reference = models.CharField("nummer", max_length=20)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    holder = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    first = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    second = models.ForeignKey(Membership, models.PROTECT, null=True, related_name="+")
    status = StatusField(choices=RightStatus.choices, default=RightStatus.PROPOSED)

    objects = RightQuerySet.as_manager()

    class Meta(Living.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(
                fields=["pupil", "holder"],
                condition=Q(status__in=OPEN_RIGHT),
                name="right_once_a_holder",
            )
        ]

    def __str__(self) -> str:
        return "Rätt till skyddat ärende"

    def find_trail(self) -> None:
        self.trail_id = self.pupil.trail_id

    def before_birth(self) -> None:
        if not self.holder.in_force:
            raise ValidationError({"holder": _("Välj någon som arbetar här nu.")})

    @transition(status, RightStatus.PROPOSED, RightStatus.GIVEN, permission=Gives())
    def give(self, *, second: Membership) -> None:
        """A second person agrees; from now on the holder may open the case, with a reason."""
        if second.user_id in (self.first.user_id, self.holder.user_id):
            raise ValidationError({"second": _("En annan person än den första behöver godkänna.")})
        self.second = second

    @transition(
        status,
        OPEN_RIGHT,
        RightStatus.ENDED,
        permission=_colleague | policy.clock,
        custom={"closes": True},
    )
    def end(self) -> None:
        """The right is taken back, or its case is over."""


class Shown(models.TextChoices):
    """What of the matter a guardian may be told."""

    SCHOOL = "school", _("Vilken skola")
    DISTRICT = "district", _("Vilken stadsdel")
    PEOPLE = "people", _("Vilka som arbetar med eleven")
    DATES = "dates", _("Datum för möten och uppföljning")


class HoldsRight(Rule):
    """May see this pupil, whom two persons or the registering itself have let the actor see."""

    def __call__(self, obj: Any, actor: Actor) -> bool:
        if not isinstance(actor, Membership) or actor.role not in policy.WORKERS:
            return False
        return Pupil.objects.visible_to(actor).filter(pk=obj.pupil_id).exists()


class DecisionStatus(models.TextChoices):
    MADE = "made", _("Beslutat")
    REPLACED = "replaced", _("Ersatt")


class DecisionQuerySet(LivingQuerySet["GuardianDecision"]):
    def visible_to(self, actor: Actor) -> DecisionQuerySet:
        """To whoever may see the pupil."""
        if isinstance(actor, Clock):
            return self.all()
        return self.filter(pupil__in=Pupil.objects.visible_to(actor))


class GuardianDecision(Living):
    """Whether one guardian of a protected pupil may be asked at all, and what may be shown.

    Until it is made nobody asks, links or writes to that guardian. A later one replaces it.
    """

    birth, beginner = "decide", HoldsRight()
    closes_at_birth = True  # it can take a link away

    pupil = models.ForeignKey(Pupil, models.PROTECT, related_name="+")
    guardian = models.ForeignKey(Guardian, models.PROTECT, related_name="decisions")
    may_be_asked = models.BooleanField("får frågas", default=False)
    shows = models.CharField("får visas", max_length=60, blank=True)  # codes of Shown, spaced
    why = SealedTextField("varför")
    decided_by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    status = StatusField(choices=DecisionStatus.choices, default=DecisionStatus.MADE)

    objects = DecisionQuerySet.as_manager()

    class Meta(Living.Meta):
        abstract = False

    def __str__(self) -> str:
        return "Beslut om vårdnadshavare"

    def find_trail(self) -> None:
        self.trail_id = self.pupil.trail_id

    def before_birth(self) -> None:
        errors: dict[str, object] = {}
        if self.guardian.pupil_id != self.pupil_id:
            errors["guardian"] = _("Välj en av elevens vårdnadshavare.")
        if not self.why.open().strip():
            errors["why"] = _("Skriv varför.")
        if set(self.shows.split()) - set(Shown.values):
            errors["shows"] = _("Välj bland alternativen.")
        if errors:
            raise ValidationError(errors)

    @transition(status, DecisionStatus.MADE, DecisionStatus.REPLACED, permission=policy.clock)
    def replace(self) -> None:
        """A newer decision holds."""


def may_be_shown(guardian: Guardian | None, pupil: Pupil) -> set[str]:
    """What of school, district, people and dates stands on what this person reads."""
    if not pupil.protected or guardian is None:
        return set(Shown.values)
    decision = guardian.decision()
    return set(decision.shows.split()) if decision and decision.may_be_asked else set()
