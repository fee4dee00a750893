"""A file somebody adds to a referral or a case: checked, cleaned, encrypted, read like its matter."""

from __future__ import annotations

from typing import cast

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from accounts import clock
from accounts.models import Actor, Clock, Membership, Organisation
from accounts.rules import Rule
from history.models import Living, LivingQuerySet, StatusField, transition
from referrals import policy
from referrals.choices import AttachmentKind, Category, EntryStatus, Side
from referrals.models import sight
from referrals.models.belongs import AT_WORK
from referrals.models.case import Case
from referrals.models.referral import Referral
from vault.fields import SealedTextField


class AddsTo(Rule):
    """Whoever may write on the matter: the school on its referral, the team on its own case."""

    def __call__(self, obj: Attachment, actor: Actor) -> bool:
        if obj.case_id:
            return (
                policy.team(obj, actor)
                and Case.objects.written_by(actor).filter(pk=obj.case_id).exists()
            )
        referral = obj.referral
        mine = isinstance(actor, Membership) and referral is not None and referral.is_of(actor)
        return mine and policy.school(obj, actor)


class AttachmentQuerySet(LivingQuerySet["Attachment"]):
    def visible_to(self, actor: Actor) -> AttachmentQuerySet:
        """On a referral: who reads it in full. On a case: the case's own people; the school what
        was shown to it, while a consent names meetings."""
        if isinstance(actor, Clock):
            return self.all()
        if not isinstance(actor, Membership):
            return self.none()
        readable = Referral.objects.visible_in_full(actor).filter(pk=OuterRef("referral"))
        on_referral = Q(Exists(readable))
        on_case = sight.case_parts(actor, "", manager=False) & Q(case__isnull=False)
        if actor.role in sight.SCHOOL_ROLES:
            shown = sight.shared_with_school(actor, Category.MEETINGS, "case__")
            on_case = shown & Q(shown_to_other_side=True)
        rows = self.filter(on_referral | on_case).exclude(status=EntryStatus.IN_ERROR)
        return rows.distinct()


class Attachment(Living):
    """One file, with a title of its own; what it was called on somebody's computer is not kept."""

    birth, beginner, editor = "attach", AddsTo(), AddsTo()
    editable = ("title", "shown_to_other_side")
    closing_fields = frozenset({"shown_to_other_side"})

    referral = models.ForeignKey(Referral, models.PROTECT, null=True, related_name="attachments")
    case = models.ForeignKey(Case, models.PROTECT, null=True, related_name="attachments")
    kind = models.CharField("slag", max_length=12, choices=AttachmentKind)
    title = SealedTextField("rubrik")
    side = models.CharField(max_length=10, choices=Side, default=Side.TEAM)
    added_by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    added = models.DateTimeField(default=clock.now, editable=False)
    shown_to_other_side = models.BooleanField("visas för den andra sidan", default=False)
    media_type = models.CharField(max_length=100, editable=False)
    size = models.PositiveIntegerField("storlek i byte", editable=False)
    file = models.UUIDField(editable=False)  # in the vault's file store
    status = StatusField(choices=EntryStatus.choices, default=EntryStatus.WRITTEN)

    objects = AttachmentQuerySet.as_manager()

    class Meta(Living.Meta):
        abstract = False
        constraints = [
            models.CheckConstraint(
                condition=Q(referral__isnull=False) ^ Q(case__isnull=False),
                name="attachment_has_one_matter",
            ),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()

    @property
    def matter(self) -> Referral | Case:
        return self.case or cast(Referral, self.referral)  # a constraint: one of them

    @property
    def school(self) -> Organisation:
        return self.matter.school

    @property
    def team(self) -> Organisation | None:
        return self.matter.team

    def find_trail(self) -> None:
        self.trail_id = self.matter.trail_id

    def before_birth(self) -> None:
        if not self.title.open().strip():
            raise ValidationError({"title": _("Skriv vad filen är.")})
        if self.case and self.case.status not in AT_WORK:
            raise ValidationError(_("Ärendet är inte öppet för nya uppgifter just nu."))
        at_school = self.added_by.organisation_id == self.matter.school_id
        self.side = Side.SCHOOL if at_school else Side.TEAM

    def ground_in_force(self) -> str:
        return self.matter.ground_in_force()

    @transition(
        status,
        EntryStatus.WRITTEN,
        EntryStatus.IN_ERROR,
        permission=AddsTo(),
        custom={"closes": True},
    )
    def mark_in_error(self) -> None:
        """Added to the wrong pupil: gone from every reader but auditor and retention."""
