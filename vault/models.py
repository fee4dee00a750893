from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    CLEAN = "clean", _("Kontrollerad")
    QUARANTINE = "quarantine", _("Väntar på kontroll")
    INFECTED = "infected", _("Borttagen: innehöll skadlig kod")


class StoredFile(models.Model):
    """One encrypted file on disk. What it is and whose, those who keep its uuid know."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    media_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField()  # bytes in clear
    made = models.DateTimeField()
    # What came from outside opens only once a scanner, where one is set up, has found it clean.
    state = models.CharField(max_length=12, choices=State, default=State.CLEAN)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=State.values), name="file_state_known")
        ]
        indexes = [
            models.Index(fields=["id"], condition=Q(state="quarantine"), name="file_waiting")
        ]

    def __str__(self) -> str:
        return str(self.uuid)
