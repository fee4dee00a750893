"""What an agreement consists of: sections, parties, comments, evaluations."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from accounts import clock
from accounts.models import Membership, Organisation
from collaboration.choices import EvaluationResult, Signature, SignedHow
from collaboration.models.agreement import Agreement
from history.models import Part


class AgreementSection(Part):
    """One part of the text; who writes it, if not the district manager."""

    owner_name = "agreement"

    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="sections")
    position = models.PositiveSmallIntegerField()
    # The same from version to version, so that the difference can be shown.
    key = models.SlugField(max_length=60)
    title = models.CharField("rubrik", max_length=200)
    body = models.TextField("text", blank=True)
    owner = models.ForeignKey(Membership, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["agreement", "key"], name="section_once_an_agreement")
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def trail_id(self) -> int:
        return self.agreement.trail_id


class AgreementParty(Part):
    """Somebody the agreement binds, who signs for it, and since when.

    District, programme and period are copied here, so that the database itself can refuse two rows
    in force for the same organisation at the same time (migration `no_overlap`). Periods are
    half-open: `until` is the first day it no longer holds.
    """

    owner_name = "agreement"

    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="parties")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="party_to")
    district = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    programme = models.SlugField(blank=True)
    signature = models.CharField(
        "underskrift", max_length=20, choices=Signature, default=Signature.WAITING
    )
    signer_name = models.CharField("vem som skriver under", max_length=100, blank=True)
    signer_title = models.CharField("titel", max_length=100, blank=True)
    signer_email = models.EmailField("e-post", blank=True)
    signer_phone = models.CharField("mobilnummer", max_length=30, blank=True)
    how = models.CharField(max_length=10, choices=SignedHow, blank=True)
    signed_at = models.DateTimeField(null=True)
    signed_on = models.DateField(null=True)
    file = models.UUIDField(null=True)
    in_force = models.BooleanField(default=False)
    since = models.DateField(null=True)
    until = models.DateField(null=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["agreement", "organisation"], name="party_once_an_agreement"
            ),
            models.CheckConstraint(
                condition=Q(in_force=False) | Q(since__isnull=False), name="party_in_force_is_dated"
            ),
        ]
        indexes = [
            models.Index(fields=["organisation"], condition=Q(in_force=True), name="party_in_force")
        ]

    def __str__(self) -> str:
        return str(self.organisation)

    @property
    def other_address(self) -> str:
        """The organisation's own address, if it is another than the signer's; else ""."""
        known = self.organisation.function_address
        return known if known.casefold() != self.signer_email.casefold() else ""

    @property
    def code_by_voice(self) -> bool:
        """Nowhere to send the code that opens the link but where the link itself goes."""
        return not self.signer_phone and not self.other_address


class AgreementComment(Part):
    """What one party thinks of a section, or of the whole."""

    owner_name = "agreement"

    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="comments")
    section = models.ForeignKey(
        AgreementSection, models.SET_NULL, null=True, related_name="comments"
    )
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    author = models.CharField(max_length=100)
    text = models.TextField("synpunkt")
    made = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.organisation}: {self.text[:40]}"


class AgreementEvaluation(Part):
    """What the steering group found, once a year or when it was needed."""

    owner_name = "agreement"

    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="evaluations")
    on = models.DateField("dag")
    result = models.CharField("resultat", max_length=20, choices=EvaluationResult)
    text = models.TextField("vad styrgruppen kom fram till")

    class Meta:
        ordering = ["-on", "-pk"]

    def __str__(self) -> str:
        return f"{self.on}: {self.get_result_display()}"
