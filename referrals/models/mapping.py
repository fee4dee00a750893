"""Kartläggning: what is behind the absence, section by section, and in the pupil's own words."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Actor, Membership, Organisation
from history.models import StatusField, transition
from referrals import policy
from referrals.choices import CaseStatus, Category, EntryStatus, SectionStatus, Side, VoiceStatus
from referrals.models import sight
from referrals.models.belongs import CasePart, CasePartQuerySet
from referrals.models.case import Case
from vault.fields import SealedTextField


class SectionQuerySet(CasePartQuerySet["Section"]):
    category = Category.MAPPING
    for_manager = False

    def visible_to(self, actor: Actor) -> SectionQuerySet:
        """The team reads all of its own cases; the school what its consent names, and its own."""
        seen = sight.case_parts(actor, self.category, manager=False)
        if isinstance(actor, Membership) and actor.role in sight.SCHOOL_ROLES:
            here = sight.at_school(actor, "case__") & sight.unprotected(actor, "case__pupil__")
            own = here & Q(owner__in=sight.selves(actor))
            seen = (seen | own) & Q(side=Side.SCHOOL)
        return self.filter(seen).distinct()

    def awaited(self) -> SectionQuerySet:
        """Empty ones that somebody at the pupil's school is to write, while the case is mapped."""
        theirs = Q(side=Side.SCHOOL, owner__organisation=F("case__school"))
        return self.filter(theirs, status=SectionStatus.EMPTY, case__status=CaseStatus.MAPPING)

    def for_guardians(self) -> SectionQuerySet:
        """What a guardian may be given to read: nothing that somebody has hidden from them."""
        return self.filter(hidden_from_guardian=False)


class Section(CasePart):
    """One part of the mapping, with its owner: strengths as well as needs."""

    birth, beginner, editor = "add", policy.clock | policy.team, policy.team | policy.school

    case = models.ForeignKey(Case, models.PROTECT, related_name="sections")
    key = models.CharField("del", max_length=40)
    title = models.CharField("rubrik", max_length=100)
    prompt = models.CharField("fråga", max_length=300, blank=True)
    order = models.PositiveSmallIntegerField(default=0)
    side = models.CharField("vems", max_length=10, choices=Side, default=Side.TEAM)
    owner = models.ForeignKey(Membership, models.PROTECT, null=True, related_name="+")
    strengths = SealedTextField("det som fungerar", blank=True)
    text = SealedTextField("kartläggning", blank=True)
    not_relevant_why = SealedTextField("varför inte aktuell", blank=True)
    # Kept from guardians where the pupil may come to harm (OSL 12 kap. 3 §), with a reason.
    hidden_from_guardian = models.BooleanField(default=False)
    hidden_why = SealedTextField(blank=True)
    status = StatusField(choices=SectionStatus.choices, default=SectionStatus.EMPTY)

    objects = SectionQuerySet.as_manager()

    class Meta(CasePart.Meta):
        abstract = False
        base_manager_name = "objects"
        constraints = [
            models.UniqueConstraint(fields=["case", "key"], name="section_once_a_case"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_open(self) -> bool:
        """Whether it awaits somebody at the school; the team's own is in the case's own step."""
        if self.status != SectionStatus.EMPTY or self.side != Side.SCHOOL or self.owner is None:
            return False
        here = self.owner.organisation_id == self.case.school_id
        return here and self.case.status == CaseStatus.MAPPING

    @property
    def organisation(self) -> Organisation:
        return self.case.school

    @property
    def responsible(self) -> Membership | None:
        return self.owner

    @property
    def deputy(self) -> Membership | None:
        """Nobody is named beside its owner; late, it is the principal who hears of it."""
        return None

    @transition(
        status,
        list(SectionStatus),
        SectionStatus.WRITTEN,
        permission=policy.team | policy.school,
    )
    def write(self, *, text: str, strengths: str = "") -> None:
        """Fill it in, or fill it in anew."""
        self.needs_work_going_on()
        if not text.strip() and not strengths.strip():
            raise ValidationError({"text": _("Skriv vad ni har sett, eller välj inte aktuell.")})
        self.text, self.strengths, self.not_relevant_why = text, strengths, ""

    @transition(
        status,
        list(SectionStatus),
        SectionStatus.NOT_RELEVANT,
        permission=policy.team | policy.school,
    )
    def set_aside(self, *, why: str) -> None:
        """Not relevant for this pupil, and why."""
        self.needs_work_going_on()
        if not why.strip():
            raise ValidationError({"why": _("Skriv varför delen inte är aktuell.")})
        self.not_relevant_why, self.text, self.strengths = why, "", ""

    @transition(status, list(SectionStatus), None, permission=policy.team | policy.school)
    def hide_from_guardian(self, *, why: str) -> None:
        """No guardian reads it, on no page, paper or extract; the pupil may come to harm."""
        if not why.strip():
            raise ValidationError({"why": _("Skriv varför den inte visas.")})
        self.hidden_from_guardian, self.hidden_why = True, why

    def is_hidden(self) -> bool:
        return self.hidden_from_guardian

    @transition(
        status,
        list(SectionStatus),
        None,
        conditions=[is_hidden],
        permission=policy.team | policy.school,
    )
    def show_to_guardian(self, *, why: str) -> None:
        """The reason is gone; why it was hidden stays with the events."""
        if not why.strip():
            raise ValidationError({"why": _("Skriv varför den kan visas nu.")})
        self.hidden_from_guardian, self.hidden_why = False, why

    @transition(status, list(SectionStatus), None, permission=policy.team)
    def assign(self, *, owner: Membership, side: str) -> None:
        """Somebody owns it from now on, at the school or in the team."""
        if owner.organisation_id != (
            self.case.school_id if side == Side.SCHOOL else self.case.team_id
        ):
            raise ValidationError({"owner": _("Välj någon på rätt sida.")})
        if not Case.objects.visible_to(owner).filter(pk=self.case_id).exists():
            raise ValidationError({"owner": _("Lägg till personen som deltagare i ärendet först.")})
        self.owner, self.side = owner, side

    @transition(status, SectionStatus.EMPTY, None, permission=policy.principal | policy.clock)
    def cover(self, *, owner: Membership) -> None:
        """Its owner has left the school: somebody else there has it."""
        if owner.organisation_id != self.case.school_id:
            raise ValidationError({"owner": _("Välj någon på rätt sida.")})
        self.owner = owner


class PupilVoiceQuerySet(CasePartQuerySet["PupilVoice"]):
    for_manager = False


class PupilVoice(CasePart):
    """Elevens röst: offered always, in the pupil's own words, free to decline."""

    birth, beginner = "add", policy.clock | policy.team

    case = models.ForeignKey(Case, models.PROTECT, related_name="voices")
    words = SealedTextField("elevens egna ord", blank=True)
    status = StatusField(choices=VoiceStatus.choices, default=VoiceStatus.WAITING)

    objects = PupilVoiceQuerySet.as_manager()

    class Meta(CasePart.Meta):
        abstract = False
        base_manager_name = "objects"

    def __str__(self) -> str:
        return "Elevens röst"

    @transition(status, VoiceStatus.WAITING, VoiceStatus.OFFERED, permission=policy.team)
    def offer(self) -> None:
        """The pupil has been asked to tell in their own words."""

    @transition(
        status,
        [VoiceStatus.WAITING, VoiceStatus.OFFERED, VoiceStatus.DECLINED, VoiceStatus.ANSWERED],
        VoiceStatus.ANSWERED,
        permission=policy.team,
    )
    def answer(self, *, words: str) -> None:
        """What the pupil said, as it was said."""
        if not words.strip():
            raise ValidationError({"words": _("Skriv elevens egna ord.")})
        self.words = words

    @transition(
        status,
        [VoiceStatus.WAITING, VoiceStatus.OFFERED],
        VoiceStatus.DECLINED,
        permission=policy.team,
    )
    def decline(self) -> None:
        """Offered, and declined; may be offered again."""


class MappedNeedQuerySet(CasePartQuerySet["MappedNeed"]):
    category = Category.PLAN


class MappedNeed(CasePart):
    """A need the mapping found. In the plan it has a goal, or a reason why not."""

    birth, beginner, editor = "find", policy.team, policy.team

    case = models.ForeignKey(Case, models.PROTECT, related_name="needs")
    section = models.ForeignKey(Section, models.PROTECT, null=True, related_name="needs")
    text = SealedTextField("behov")
    no_goal_reason = SealedTextField("varför inget mål", blank=True)
    no_goal_reason_given = models.BooleanField(default=False, editable=False)
    status = StatusField(choices=EntryStatus.choices, default=EntryStatus.WRITTEN)

    objects = MappedNeedQuerySet.as_manager()

    class Meta(CasePart.Meta):
        abstract = False
        base_manager_name = "objects"

    def __str__(self) -> str:
        return "Behov"

    @property
    def editable(self) -> tuple[str, ...]:
        return ("text",) if self.status == EntryStatus.WRITTEN else ()

    def before_birth(self) -> None:
        super().before_birth()
        if not self.text.open().strip():
            raise ValidationError({"text": _("Skriv vilket behov ni ser.")})

    @transition(status, EntryStatus.WRITTEN, None, permission=policy.team)
    def leave_without_goal(self, *, why: str) -> None:
        """No goal for this one, and why."""
        if not why.strip():
            raise ValidationError({"why": _("Skriv varför behovet inte får något mål.")})
        self.no_goal_reason, self.no_goal_reason_given = why, True

    @transition(status, EntryStatus.WRITTEN, EntryStatus.IN_ERROR, permission=policy.team)
    def mark_in_error(self) -> None:
        """Not a need of this pupil after all."""
