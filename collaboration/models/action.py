"""What somebody has promised at a meeting; it stands on the next one's agenda until it is done."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Case, Q, Value, When
from django.utils.translation import gettext_lazy as _

from accounts import clock
from accounts.models import Actor, Membership, Organisation
from collaboration import inviting, policy
from collaboration.choices import ActionStatus as Status
from collaboration.choices import MeetingStatus
from collaboration.handing import handing_on
from collaboration.models.forum import ForumMeeting
from history import outbox
from history.models import Living, LivingQuerySet, StatusField, transition


class ActionQuerySet(LivingQuerySet["ForumAction"]):
    def visible_to(self, actor: Actor) -> ActionQuerySet:
        """Seen by whoever sees the meeting."""
        return self.filter(meeting__in=ForumMeeting.objects.visible_to(actor))

    def open(self) -> ActionQuerySet:
        return self.filter(status=Status.OPEN)


class ForumAction(Living):
    """One thing to do, by an organisation, until a day."""

    birth = "promise"
    beginner = policy.meeting_convener
    editor = policy.meeting_convener
    editable = ("due",)

    meeting = models.ForeignKey(ForumMeeting, models.PROTECT, related_name="actions")
    text = models.CharField("vad ska göras", max_length=300)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    responsible = models.ForeignKey(Membership, models.PROTECT, null=True, related_name="+")
    due = models.DateField("klart senast")
    outcome = models.CharField("hur det gick", max_length=300, blank=True, editable=False)
    status = StatusField(choices=Status.choices, default=Status.OPEN)

    objects = ActionQuerySet.as_manager()

    class Meta(Living.Meta):
        abstract = False
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=Status.values), name="action_status_known"
            )
        ]
        indexes = [models.Index(fields=["status", "due"], name="action_due")]

    def __str__(self) -> str:
        return self.text

    @property
    def is_open(self) -> bool:
        return bool(self.status == Status.OPEN)

    @property
    def is_late(self) -> bool:
        return self.is_open and self.due < clock.today()

    @property
    def done_at(self) -> Organisation:
        """Where it stands on a list: the convener's, when nobody of those who promised has one."""
        return self.responsible.organisation if self.responsible else self.organisation

    @property
    def district(self) -> Organisation:
        return self.meeting.forum.district

    @property
    def deputy(self) -> Membership:
        return self.meeting.convener

    @property
    def next_due(self) -> date:
        return self.due

    def find_trail(self) -> None:
        self.trail_id = self.meeting.trail_id

    def before_birth(self) -> None:
        if self.meeting.status not in (MeetingStatus.HELD, MeetingStatus.MINUTED):
            raise ValidationError(_("Mötet har inte varit än."))
        self.responsible = self.responsible or self.whose()

    def whose(self) -> Membership:
        """Whoever leads where it was promised, else somebody there, else the convener."""
        there = Membership.objects.in_force().filter(
            organisation=self.organisation, role__in=policy.action_owner.roles, stands_in_for=None
        )
        lead = Case(When(role__in=inviting.LEADERS, then=Value(0)), default=Value(1))
        return there.order_by(lead, "pk").first() or self.meeting.convener

    def born(self, *, in_minutes: bool = False, **details: Any) -> None:
        """Those who were called from a place without an account are told by mail, with the minutes
        where it is written in them."""
        told = in_minutes or self.meeting.status != MeetingStatus.MINUTED
        if told or self.done_at == self.organisation:
            return
        for row in self.meeting.invitees.filter(organisation=self.organisation).exclude(email=""):
            key = f"forum.action:{self.uuid}:{row.uuid}"
            outbox.add("forum.action", key=key, action=str(self.uuid), invitee=str(row.uuid))

    @transition(
        status,
        Status.OPEN,
        Status.DONE,
        permission=policy.meeting_convener | policy.action_owner,
    )
    def finish(self, *, outcome: str = "") -> None:
        """It is done, and how it went."""
        self.outcome = outcome.strip()

    cover, hand_on = handing_on(status, [Status.OPEN], "responsible")

    @transition(status, Status.OPEN, None, permission=policy.clock)
    def follow_organisation(self, *, new: Organisation) -> None:
        """Whoever promised it is another's now, and the promise with it."""
        self.organisation = new
        self.responsible = self.whose()

    @transition(status, Status.OPEN, Status.DROPPED, permission=policy.meeting_convener)
    def drop(self, *, outcome: str) -> None:
        """It will not be done, and why."""
        if not outcome.strip():
            raise ValidationError({"outcome": _("Skriv varför det stryks.")})
        self.outcome = outcome.strip()
