"""Orosanmälan: that one was made, when, by whom, and what came back. Never its content."""

from __future__ import annotations

from datetime import date

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts import clock
from accounts.models import Actor, Clock, Membership, Organisation, Role
from history.models import Living, LivingQuerySet, StatusField, transition
from referrals import policy
from referrals.choices import OPEN_CONCERN, Feedback
from referrals.choices import ConcernStatus as Status
from referrals.models.pupil import Pupil


class ConcernReportQuerySet(LivingQuerySet["ConcernReport"]):
    def visible_to(self, actor: Actor) -> ConcernReportQuerySet:
        """The reporter, and the principal or unit manager of the reporter's own organisation."""
        if isinstance(actor, Clock):
            return self.all()
        if not isinstance(actor, Membership):
            return self.none()
        if actor.role == Role.AUDITOR:
            return self.all()  # that it was made, by whom and when; the name has a door of its own
        mine = Q(reporter=actor)
        if actor.role in (Role.PRINCIPAL, Role.MANAGER):
            mine |= Q(reporters=actor.organisation_id)
        return self.filter(mine)


class ConcernReport(Living):
    """Never needs consent and never waits (duty to report: see the legal references)."""

    birth, beginner = "note", policy.reporter

    pupil = models.ForeignKey(Pupil, models.PROTECT, null=True, related_name="+")
    reporters = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    reporter = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    deputy = models.ForeignKey(Membership, models.PROTECT, null=True, related_name="+")
    made_on = models.DateField("anmäld")
    received_on = models.DateField(null=True)
    feedback = models.CharField("återkoppling", max_length=12, choices=Feedback, blank=True)
    feedback_on = models.DateField(null=True)
    status = StatusField(choices=Status.choices, default=Status.NOTED)

    objects = ConcernReportQuerySet.as_manager()

    class Meta(Living.Meta):
        abstract = False

    def __str__(self) -> str:
        return "Orosanmälan"

    @property
    def is_open(self) -> bool:
        return self.status in OPEN_CONCERN

    @property
    def responsible(self) -> Membership:
        return self.reporter

    def before_birth(self) -> None:
        # A trail of its own: it must never stand on the pupil's timeline.
        if self.made_on > clock.today():
            raise ValidationError({"made_on": _("Dagen har inte varit än.")})
        self.reporters = self.reporter.organisation

    @transition(status, Status.NOTED, Status.RECEIVED, permission=policy.reporter)
    def receive(self, *, on: date) -> None:
        """Social services have confirmed that they have it."""
        self.received_on = on

    @transition(status, Status.RECEIVED, Status.FEEDBACK_GIVEN, permission=policy.reporter)
    def give_feedback(self, *, feedback: str, on: date) -> None:
        """Opened, not opened, or already ongoing; nothing more."""
        if feedback not in Feedback.values:
            raise ValidationError({"feedback": _("Välj vilket besked ni fick.")})
        self.feedback, self.feedback_on = feedback, on

    @transition(
        status,
        [Status.NOTED, Status.RECEIVED],
        Status.NO_FEEDBACK,
        permission=policy.reporter,
    )
    def give_up(self) -> None:
        """Asked for and never given; it counts in the district's figure."""

    @transition(status, list(OPEN_CONCERN), None, permission=policy.clock, custom={"closes": True})
    def cover(self, *, reporter: Membership) -> None:
        """Whoever reported has left: the deputy or leader follows up; the birth event says who it was."""
        self.reporter = reporter

    @transition(
        status,
        list(OPEN_CONCERN),
        None,
        permission=policy.reporters_leader,
        custom={"closes": True},
    )
    def hand_on(self, *, reporter: Membership) -> None:
        """Let somebody else follow up the feedback."""
        if reporter.organisation_id != self.reporters_id or not reporter.in_force:
            raise ValidationError({"reporter": _("Välj någon som arbetar hos er.")})
        self.reporter = reporter
