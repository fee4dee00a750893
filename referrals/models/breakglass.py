"""Nödöppning: reading, for a while and with a reason, what one's own organisation holds.

It makes the opener for that time like somebody named in the case, and no more: what the other
side holds, a sealed referral and what a consent has closed stay as they are for everybody named.
A protected pupil is not opened so.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts import clock
from accounts.models import Actor, Clock, Membership, Organisation, Role
from accounts.rules import Rule
from history.models import Living, LivingQuerySet, StatusField, transition
from referrals.choices import GlassStatus as Status
from referrals.choices import GlassVerdict
from referrals.models.case import Case
from vault.fields import SealedTextField

# How long it lasts at most, and how many hours one may ask for.
HOURS = (1, 4, 24)
OPENERS = (Role.SCHOOL, Role.TEAM, Role.MANAGER)


class Opens(Rule):
    """Somebody of the case's own team or school who may know that there is a case."""

    def __call__(self, obj: Any, actor: Actor) -> bool:
        if not isinstance(actor, Membership) or obj.by_id != actor.pk or obj.case is None:
            return False
        return BreakGlass.openable(actor).filter(pk=obj.case_id).exists()


class Reviews(Rule):
    """The unit manager or principal of the opener's organisation, or the auditor; never oneself."""

    def __call__(self, obj: Any, actor: Actor) -> bool:
        if not isinstance(actor, Membership) or not actor.in_force:
            return False
        chief = actor.role in (Role.MANAGER, Role.PRINCIPAL)
        here = chief and actor.organisation_id == obj.organisation_id
        return (here or actor.role == Role.AUDITOR) and actor.user_id != obj.by.user_id


class Stops(Rule):
    """Whoever opened, when they are done; or whoever reviews it."""

    def __call__(self, obj: Any, actor: Actor) -> bool:
        return (isinstance(actor, Membership) and obj.by_id == actor.pk) or Reviews()(obj, actor)


class GlassQuerySet(LivingQuerySet["BreakGlass"]):
    def visible_to(self, actor: Actor) -> GlassQuerySet:
        """Whoever opened, the unit manager or principal there, and the auditor."""
        if isinstance(actor, Clock):
            return self.all()
        if not isinstance(actor, Membership):
            return self.none()
        if actor.role == Role.AUDITOR:
            return self.all()
        seen = Q(by=actor)
        if actor.role in (Role.MANAGER, Role.PRINCIPAL):
            seen |= Q(organisation=actor.organisation_id)
        return self.filter(seen)


class BreakGlass(Living):
    """One opening of one case, by one person, until a time; reviewed by their unit manager."""

    birth, beginner = "break_glass", Opens()

    case = models.ForeignKey(Case, models.PROTECT, related_name="glasses")
    by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    responsible = models.ForeignKey(Membership, models.PROTECT, null=True, related_name="+")
    deputy = models.ForeignKey(Membership, models.PROTECT, null=True, related_name="+")
    hours = models.PositiveSmallIntegerField("timmar", default=1)
    until = models.DateTimeField(editable=False)
    stopped = models.BooleanField(default=False, editable=False)
    why = SealedTextField("varför")
    verdict = models.CharField("bedömning", max_length=20, choices=GlassVerdict, blank=True)
    comment = SealedTextField("kommentar", blank=True)
    status = StatusField(choices=Status.choices, default=Status.OPENED)

    objects = GlassQuerySet.as_manager()

    class Meta(Living.Meta):
        abstract = False
        indexes = [models.Index(fields=["by", "until"], name="glass_by_until")]

    def __str__(self) -> str:
        return "Nödöppning"

    @staticmethod
    def openable(actor: Membership) -> models.QuerySet[Case]:
        """Cases of the actor's own organisation that are not theirs to read in full already."""
        if actor.role not in OPENERS:
            return Case.objects.none()
        cases = Case.objects.filter(pupil__protection="none")
        if actor.role == Role.SCHOOL:
            own = Q(school=actor.organisation_id, referral__school=actor.organisation_id)
            return cases.filter(own).exclude(pk__in=Case.objects.visible_to(actor))
        own = Q(team=actor.organisation_id, enrolled__isnull=False)
        return cases.filter(own).exclude(pk__in=Case.objects.open_to(actor))

    @property
    def is_open(self) -> bool:
        """Somebody's turn: until it has been reviewed."""
        return bool(self.status == Status.OPENED)

    @property
    def lasts(self) -> bool:
        return not self.stopped and self.until > clock.now()

    @property
    def matter(self) -> Case:
        return self.case

    def find_trail(self) -> None:
        self.trail_id = self.case.trail_id

    def before_birth(self) -> None:
        errors: dict[str, object] = {}
        if not self.why.open().strip():
            errors["why"] = _("Skriv varför du behöver läsa ärendet nu.")
        if self.hours not in HOURS:
            errors["hours"] = _("Välj hur länge.")
        if errors:
            raise ValidationError(errors)
        self.organisation = self.by.organisation
        self.until = clock.now() + timedelta(hours=self.hours)
        chiefs = Membership.objects.in_force().filter(
            organisation=self.organisation, role__in=(Role.MANAGER, Role.PRINCIPAL)
        )
        others = chiefs.exclude(user=self.by.user_id).order_by("stands_in_for", "pk")
        self.responsible, self.deputy = [*others[:2], None, None][:2]

    @transition(status, Status.OPENED, None, permission=Stops(), custom={"closes": True})
    def stop(self) -> None:
        """Over before its time."""
        self.stopped = True

    @transition(status, Status.OPENED, Status.REVIEWED, permission=Reviews())
    def review(self, *, verdict: str, comment: str = "") -> None:
        """Whether it was right to open, looked at afterwards by somebody else."""
        errors: dict[str, object] = {}
        if verdict not in GlassVerdict.values:
            errors["verdict"] = _("Välj om öppningen var befogad.")
        if verdict == GlassVerdict.NOT_JUSTIFIED and not comment.strip():
            errors["comment"] = _("Skriv vad som var fel och vad ni gör åt det.")
        if errors:
            raise ValidationError(errors)
        self.verdict, self.comment = verdict, comment
