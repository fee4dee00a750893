"""What a meeting consists of: who is called to it, and what it decided."""

from __future__ import annotations

from django.db import models

from accounts.models import Organisation
from collaboration.choices import Presence, Reply, Seat
from collaboration.models.forum import ForumMeeting
from history.models import Part


class Invitee(Part):
    """One organisation called to one meeting: who, whether they come, whether they came."""

    owner_name = "meeting"

    meeting = models.ForeignKey(ForumMeeting, models.PROTECT, related_name="invitees")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="called_to")
    name = models.CharField("namn", max_length=100, blank=True)
    email = models.EmailField("e-post", blank=True)
    role = models.CharField("roll", max_length=10, choices=Seat, default=Seat.OTHER)
    reply = models.CharField("svar", max_length=10, choices=Reply, default=Reply.NONE)
    instead = models.CharField("vem kommer i stället", max_length=100, blank=True)
    replied_at = models.DateTimeField(null=True)
    presence = models.CharField(
        "närvaro", max_length=10, choices=Presence, default=Presence.UNKNOWN
    )

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "organisation", "name"], name="invitee_once_a_meeting"
            )
        ]
        indexes = [models.Index(fields=["organisation", "presence"], name="invitee_presence")]

    def __str__(self) -> str:
        return str(self.organisation)


class ForumDecision(Part):
    owner_name = "meeting"

    meeting = models.ForeignKey(ForumMeeting, models.PROTECT, related_name="decisions")
    text = models.TextField("beslut")

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.text[:60]
