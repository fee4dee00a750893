"""One person's answer to one consent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from history.models import Part
from referrals.choices import GuardianKind, LineStatus, Method
from referrals.models.pupil import Guardian, Pupil
from vault.fields import SealedTextField

if TYPE_CHECKING:
    pass


class SignatureLine(Part):
    """One person's answer to one consent: the pupil's own, or a guardian's."""

    owner_name = "consent"

    consent = models.ForeignKey("Consent", models.PROTECT, related_name="lines")
    guardian = models.ForeignKey(Guardian, models.PROTECT, null=True, related_name="lines")
    status = models.CharField(max_length=10, choices=LineStatus, default=LineStatus.WAITING)
    method = models.CharField(max_length=10, choices=Method, blank=True)
    language = models.CharField(max_length=8, blank=True)
    text_version = models.CharField(max_length=20, blank=True)
    answered = models.DateTimeField(null=True)
    witness = SealedTextField(blank=True)
    note = SealedTextField(blank=True)
    # The scanned form in the vault's file store.
    file = models.UUIDField(null=True)
    # What an e-identity said: the adapter and its own reference of the signing.
    proof = SealedTextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["consent", "guardian"], name="line_once_a_guardian"),
            models.UniqueConstraint(
                fields=["consent"], condition=Q(guardian=None), name="line_once_a_pupil"
            ),
        ]

    def __str__(self) -> str:
        return "Underskrift"

    @property
    def person(self) -> Pupil | Guardian:
        return self.guardian or self.consent.pupil

    @property
    def role(self) -> object:
        """In what place the person answers, for whoever may not know the name."""
        return _("Eleven") if self.guardian is None else self.guardian.get_kind_display()

    @property
    def by_board(self) -> bool:
        """Whether a board decides in the custodian's place, and so by a decision."""
        return self.guardian is not None and self.guardian.kind == GuardianKind.BOARD

    @property
    def is_pupil(self) -> bool:
        return self.guardian_id is None
