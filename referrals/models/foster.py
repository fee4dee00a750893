"""Familjehemmets röst: foster parents take part by a link of their own (SkolFam, seed 001)."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts import clock
from accounts.models import Actor, Membership, Signatory
from history.models import StatusField, transition
from referrals import policy
from referrals.choices import FosterStatus
from referrals.models.belongs import AT_WORK, CasePart, CasePartQuerySet
from referrals.models.case import Case
from vault.fields import SealedTextField


class FosterVoiceQuerySet(CasePartQuerySet["FosterVoice"]):
    for_manager = False

    def visible_to(self, actor: Actor) -> FosterVoiceQuerySet:
        """The case's own people; whoever holds the link, what they themselves were asked."""
        if isinstance(actor, Signatory):
            return self.filter(uuid=actor.opens)
        return super().visible_to(actor)


class FosterVoice(CasePart):
    """A foster parent asked how school goes, answering in their own words; holds no custody."""

    birth, beginner = "ask", policy.team

    case = models.ForeignKey(Case, models.PROTECT, related_name="foster_voices")
    name = SealedTextField("namn")
    phone = SealedTextField("telefon", blank=True)
    email = SealedTextField("e-post", blank=True)
    language = models.CharField("språk", max_length=8, default="sv")
    question = models.CharField("fråga", max_length=300)
    words = SealedTextField("familjehemmets egna ord", blank=True)
    asked_by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    asked_on = models.DateField(default=clock.today, editable=False)
    answered_on = models.DateField(null=True, editable=False)
    status = StatusField(choices=FosterStatus.choices, default=FosterStatus.ASKED)

    objects = FosterVoiceQuerySet.as_manager()

    class Meta(CasePart.Meta):
        abstract = False
        base_manager_name = "objects"

    def __str__(self) -> str:
        return "Familjehemmets röst"

    def before_birth(self) -> None:
        super().before_birth()
        errors: dict[str, object] = {}
        if not self.case.programme.foster_placed:
            errors["name"] = _("Programmet är inte för placerade barn.")
        if not self.name.open().strip():
            errors["name"] = _("Skriv vem som får frågan.")
        if errors:
            raise ValidationError(errors)

    def case_goes_on(self) -> bool:
        return self.case.status in AT_WORK

    @transition(
        status,
        [FosterStatus.ASKED, FosterStatus.ANSWERED],
        FosterStatus.ANSWERED,
        conditions=[case_goes_on],
        permission=policy.family | policy.team,
    )
    def answer(self, *, words: str) -> None:
        """What the foster parent writes, or says to whoever writes it down; may be written anew."""
        if not words.strip():
            raise ValidationError({"words": _("Skriv ditt svar.")})
        self.words, self.answered_on = words, clock.today()

    @transition(
        status,
        FosterStatus.ASKED,
        FosterStatus.DECLINED,
        conditions=[case_goes_on],
        permission=policy.family | policy.team,
    )
    def decline(self) -> None:
        """They do not want to answer this time."""
        self.answered_on = clock.today()

    @transition(
        status,
        FosterStatus.ASKED,
        FosterStatus.WITHDRAWN,
        permission=policy.team | policy.clock,
        custom={"closes": True},
    )
    def withdraw(self) -> None:
        """Nobody waits for an answer any more; the link opens nothing."""
