"""Notes and meetings of the case, and contacts with outside parties."""

from __future__ import annotations

from datetime import date

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts import clock
from accounts.models import Actor, Membership, Organisation
from history.models import StatusField, transition
from referrals import policy
from referrals.choices import (
    OPEN_CONTACT,
    Category,
    ContactStatus,
    NoteKind,
    NoteStatus,
    OutsideKind,
    Side,
)
from referrals.models import sight
from referrals.models.belongs import CasePart, CasePartQuerySet
from referrals.models.case import Case
from vault.fields import SealedTextField


class NoteQuerySet(CasePartQuerySet["Note"]):
    def visible_to(self, actor: Actor) -> NoteQuerySet:
        """Own side only; the other side what was shown to it, while a consent names meetings."""
        if not isinstance(actor, Membership):
            return super().visible_to(actor)
        mine = Q(written_by__in=sight.selves(actor))
        team = sight.case_parts(actor, "", manager=False) & (
            Q(side=Side.TEAM) | Q(shown_to_other_side=True)
        )
        if actor.role in sight.SCHOOL_ROLES:
            here = sight.at_school(actor, "case__")
            shown = sight.shared_with_school(actor, Category.MEETINGS, "case__")
            seen = (here & Q(side=Side.SCHOOL)) | (shown & Q(shown_to_other_side=True))
        else:
            seen = team
        signed = Q(status=NoteStatus.SIGNED) | (mine & Q(status=NoteStatus.DRAFT))
        return self.filter(seen & signed).distinct()

    def for_guardians(self) -> NoteQuerySet:
        """What a guardian may be given to read: signed, and not hidden from them."""
        return self.filter(hidden_from_guardian=False, status=NoteStatus.SIGNED)


class Note(CasePart):
    """A talk, call, visit or meeting. Signed it stands; a correction is a new note."""

    birth, beginner, editor = "write", policy.team | policy.school, policy.team | policy.school
    closing_fields = frozenset({"shown_to_other_side"})

    case = models.ForeignKey(Case, models.PROTECT, related_name="notes")
    kind = models.CharField("slag", max_length=12, choices=NoteKind)
    on = models.DateField("dag")
    at = models.TimeField("klockan", null=True, blank=True)
    took_part = SealedTextField("vilka var med", blank=True)
    text = SealedTextField("anteckning")
    side = models.CharField(max_length=10, choices=Side, default=Side.TEAM)
    written_by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    shown_to_other_side = models.BooleanField("visas för den andra sidan", default=False)
    hidden_from_guardian = models.BooleanField("visas inte för vårdnadshavare", default=False)
    hidden_why = SealedTextField("varför", blank=True)
    corrects = models.ForeignKey("self", models.PROTECT, null=True, related_name="corrections")
    signed_on = models.DateTimeField(null=True, editable=False)
    status = StatusField(choices=NoteStatus.choices, default=NoteStatus.DRAFT)

    objects = NoteQuerySet.as_manager()

    class Meta(CasePart.Meta):
        abstract = False
        base_manager_name = "objects"

    def __str__(self) -> str:
        return self.get_kind_display()

    @property
    def editable(self) -> tuple[str, ...]:
        if self.status == NoteStatus.SIGNED:
            return ("shown_to_other_side", "hidden_from_guardian", "hidden_why")
        if self.status != NoteStatus.DRAFT:
            return ()
        return (
            "kind",
            "on",
            "at",
            "took_part",
            "text",
            "shown_to_other_side",
            "hidden_from_guardian",
            "hidden_why",
        )

    def before_birth(self) -> None:
        super().before_birth()
        if not self.text.open().strip():
            raise ValidationError({"text": _("Skriv anteckningen.")})
        if self.hidden_from_guardian and not self.hidden_why.open().strip():
            raise ValidationError({"hidden_why": _("Skriv varför den inte visas.")})
        organisation = self.written_by.organisation_id
        self.side = Side.SCHOOL if organisation == self.case.school_id else Side.TEAM
        if self.corrects and self.corrects.side != self.side:
            raise ValidationError(_("En anteckning rättas av den sida som skrev den."))

    @transition(status, NoteStatus.DRAFT, NoteStatus.SIGNED, permission=policy.team | policy.school)
    def sign(self) -> None:
        """From now on only corrected by a new note."""
        self.signed_on = clock.now()

    @transition(
        status,
        [NoteStatus.DRAFT, NoteStatus.SIGNED],
        NoteStatus.IN_ERROR,
        permission=policy.team | policy.principal | policy.writer,
        custom={"closes": True},
    )
    def mark_in_error(self) -> None:
        """Written on the wrong pupil: gone from every reader but auditor and retention."""


class OutsideContactQuerySet(CasePartQuerySet["OutsideContact"]):
    for_manager = False


class OutsideContact(CasePart):
    """BUP, SIP, BUS or another outside party: date and next step, never their content."""

    birth, beginner, editor = "see_need", policy.team, policy.team

    case = models.ForeignKey(Case, models.PROTECT, related_name="outside_contacts")
    kind = models.CharField("part", max_length=10, choices=OutsideKind)
    name = SealedTextField("vem", blank=True)
    next_step = models.CharField("nästa steg", max_length=200)
    due = models.DateField("senast")
    responsible = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    status = StatusField(choices=ContactStatus.choices, default=ContactStatus.NEED_SEEN)

    objects = OutsideContactQuerySet.as_manager()

    class Meta(CasePart.Meta):
        abstract = False
        base_manager_name = "objects"

    def __str__(self) -> str:
        return self.get_kind_display()

    @property
    def editable(self) -> tuple[str, ...]:
        return ("next_step", "due", "responsible") if self.is_open else ()

    @property
    def is_open(self) -> bool:
        return self.status in OPEN_CONTACT

    @property
    def deputy(self) -> Membership:
        return self.case.deputy

    @property
    def organisation(self) -> Organisation:
        return self.case.team

    def _next(self, next_step: str, due: date | None) -> None:
        if not next_step.strip() or due is None:
            raise ValidationError({"due": _("Skriv nästa steg och när det ska vara gjort.")})
        self.next_step, self.due = next_step, due

    @transition(
        status,
        [ContactStatus.NEED_SEEN, ContactStatus.CONTACTED],
        ContactStatus.CONTACTED,
        permission=policy.team,
    )
    def contact(self, *, next_step: str, due: date | None) -> None:
        """They have been asked."""
        self._next(next_step, due)

    @transition(
        status,
        [ContactStatus.NEED_SEEN, ContactStatus.CONTACTED, ContactStatus.MEETING],
        ContactStatus.MEETING,
        permission=policy.team,
    )
    def plan_meeting(self, *, next_step: str, due: date | None) -> None:
        """A meeting has its date."""
        self._next(next_step, due)

    @transition(
        status,
        [ContactStatus.CONTACTED, ContactStatus.MEETING],
        ContactStatus.DONE,
        permission=policy.team,
    )
    def finish(self) -> None:
        """Nothing more to wait for."""

    @transition(status, list(OPEN_CONTACT), None, permission=policy.clock)
    def cover(self, *, responsible: Membership) -> None:
        """Somebody has left: whoever remains takes the next step meanwhile."""
        self.responsible = responsible

    @transition(
        status, list(OPEN_CONTACT), ContactStatus.DECLINED, permission=policy.team | policy.clock
    )
    def decline(self) -> None:
        """The family or the party does not want it."""
