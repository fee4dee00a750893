"""Joint screening ("diskutera aktualisering"): school and team look together at whom to refer.

Nobody has consented yet, so the list holds what a sealed referral shows, and questions that name nobody.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q, Sum
from django.utils.translation import gettext_lazy as _

from accounts import clock, identities
from accounts.models import Actor, Clock, Membership, Organisation, Role
from history.models import Living, LivingQuerySet, Part, StatusField, transition
from referrals import policy
from referrals.choices import Band, ScreeningOutcome, Stage
from referrals.choices import ScreeningStatus as Status
from referrals.models import sight
from referrals.models.referral import Referral
from vault.fields import SealedTextField


class ScreeningQuerySet(LivingQuerySet["Screening"]):
    def visible_to(self, actor: Actor) -> ScreeningQuerySet:
        """The team: its own meetings. A school: the coming ones of a team that serves it, and
        those on whose list it has a row of its own.
        """
        if isinstance(actor, Clock):
            return self.all()
        if not isinstance(actor, Membership):
            return self.none()
        if actor.role in sight.TEAM_ROLES:
            return self.filter(team=actor.organisation_id)
        if actor.role in sight.SCHOOL_ROLES:
            mine = ScreeningRow.objects.visible_to(actor)
            coming = Q(status=Status.PLANNED) & policy.serves(actor.organisation, "team__")
            return self.filter(coming | Q(pk__in=mine.values("screening"))).distinct()
        return self.none()


class Screening(Living):
    """One meeting of a team with its schools about sealed referrals and anonymous questions."""

    birth, beginner, editor = "plan", policy.team, policy.team

    team = models.ForeignKey(Organisation, models.PROTECT, related_name="screenings")
    on = models.DateField("dag")
    at = models.TimeField("klockan", null=True)
    place = models.CharField("plats", max_length=200, blank=True)
    responsible = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    # Pupils who got light support without being enrolled or listed (seed 001: "200 others").
    light_support = models.PositiveSmallIntegerField("fler som fått lätt stöd", default=0)
    status = StatusField(choices=Status.choices, default=Status.PLANNED)

    objects = ScreeningQuerySet.as_manager()

    class Meta(Living.Meta):
        abstract = False
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=Status.values), name="screening_status_known"
            )
        ]
        ordering = ["-on", "-pk"]

    def __str__(self) -> str:
        return f"{self.team}, {self.on}"

    @property
    def editable(self) -> tuple[str, ...]:
        return ("responsible",) if self.status == Status.PLANNED else ()

    @property
    def is_open(self) -> bool:
        return bool(self.status == Status.PLANNED)

    @property
    def district(self) -> Organisation | None:
        return self.team.district

    @property
    def next_due(self) -> date:
        """When it is to be held, and what came of each row written."""
        return self.on

    def before_birth(self) -> None:
        self._must_lie_ahead(self.on)

    @staticmethod
    def _must_lie_ahead(on: date) -> None:
        if on < clock.today():
            raise ValidationError({"on": _("Välj en dag som inte har varit.")})

    def referrals_to_list(self) -> models.QuerySet[Referral]:
        """Sealed referrals to the team that wait to be screened and are not on this list."""
        waiting = Referral.objects.filter(team=self.team_id, status="submitted")
        listed = self.rows.exclude(referral=None).values("referral")
        return waiting.exclude(pk__in=listed).filter(pupil__protection="none")

    @transition(status, Status.PLANNED, None, permission=policy.team)
    def list_referrals(self) -> None:
        """Put every referral that waits on the list."""
        for referral in self.referrals_to_list().select_related("school"):
            self.rows.create(referral=referral, school=referral.school)

    @transition(status, Status.PLANNED, None, permission=policy.team | policy.asks_team)
    def ask(
        self, *, school: Organisation, author: Membership, stage: str, band: str, question: str
    ) -> None:
        """A question about somebody who is not named."""
        errors: dict[str, object] = {}
        if not question.strip():
            errors["question"] = _("Skriv vad ni vill diskutera.")
        if found := identities.in_text(question):
            words = _("Det här kan visa vem det är: %s. Skriv om, så att ingen känns igen.")
            errors["question"] = words % ", ".join(found)
        if errors:
            raise ValidationError(errors)
        self.rows.create(
            school=school, author=author, stage=stage, band=band, question=question.strip()
        )

    @transition(status, Status.PLANNED, None, permission=policy.team | policy.asks_team)
    def take_off(self, *, row: Any, who: Membership) -> None:
        """A question that should not have been asked like that: its author or the team removes it."""
        own = self.rows.filter(pk=row.pk, referral=None, outcome="")
        if who.organisation_id != self.team_id:
            own = own.filter(author__in=sight.selves(who))
        if own.delete()[0] == 0:
            raise ValidationError(_("Frågan går inte att ta bort. Den kan redan ha fått ett svar."))

    @transition(status, Status.PLANNED, None, permission=policy.team)
    def move_to(self, *, on: date, at: Any = None, place: str = "") -> None:
        """Another day, time or place; the schools are told."""
        self._must_lie_ahead(on)
        self.on, self.at, self.place = on, at, place.strip()

    @transition(status, [Status.PLANNED, Status.HELD], None, permission=policy.team)
    def decide(self, *, row: Any, outcome: str) -> None:
        """What came of one row."""
        there = self.rows.filter(pk=row.pk).first()
        if there is None or outcome not in ScreeningOutcome.values:
            raise ValidationError({"outcome": _("Välj vad det blev.")})
        if there.referral is None and outcome == ScreeningOutcome.ACCEPT:
            words = _("En fråga är ingen remiss: låt skolan skicka en först.")
            raise ValidationError({"outcome": words})
        there.outcome, there.decided_on = outcome, clock.today()
        there.save()

    @property
    def has_come(self) -> bool:
        return self.on <= clock.today()

    @transition(status, Status.PLANNED, Status.HELD, permission=policy.team)
    def hold(self, *, light_support: int = 0) -> None:
        """It has been held; every row has an outcome."""
        if not self.has_come:
            raise ValidationError(_("Genomgången har inte varit än."))
        if self.rows.filter(outcome="").exists():
            raise ValidationError(_("Skriv först vad det blev av varje rad."))
        self.light_support = light_support

    @transition(status, Status.HELD, None, permission=policy.team)
    def count_again(self, *, light_support: int) -> None:
        """The number beside the list was wrong."""
        self.light_support = light_support

    @transition(status, Status.PLANNED, None, permission=policy.clock)
    def cover(self, *, responsible: Membership) -> None:
        """The responsible has left: the unit manager has it meanwhile."""
        self.responsible = responsible

    @transition(status, Status.PLANNED, None, permission=policy.manager)
    def hand_on(self, *, responsible: Membership) -> None:
        """Somebody else holds it."""
        self.responsible = responsible

    @transition(status, Status.PLANNED, Status.CANCELLED, permission=policy.team)
    def cancel(self, *, why: str) -> None:
        if not why.strip():
            raise ValidationError({"why": _("Skriv varför.")})


class ScreeningRowQuerySet(models.QuerySet["ScreeningRow"]):
    def visible_to(self, actor: Actor) -> ScreeningRowQuerySet:
        """The team all of its own list; a school its own rows; nobody else any.

        The principal sees all of the school's; others the questions they asked themselves and the
        referrals that are theirs, for a colleague may know the pupil by the question (domain A4)."""
        if isinstance(actor, Clock):
            return self.all()
        if not isinstance(actor, Membership):
            return self.none()
        if actor.role in sight.TEAM_ROLES:
            return self.filter(screening__team=actor.organisation_id)
        if actor.role in sight.SCHOOL_ROLES:
            asked = Q(author__in=sight.selves(actor))
            if actor.role == Role.PRINCIPAL:
                asked = Q(referral=None)
            mine = asked | Q(referral__in=Referral.objects.visible_to(actor))
            return self.filter(mine, school=actor.organisation_id)
        return self.none()


class ScreeningRow(Part):
    """One sealed referral, or one question that names nobody."""

    owner_name = "screening"

    screening = models.ForeignKey(Screening, models.PROTECT, related_name="rows")
    school = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    referral = models.ForeignKey(Referral, models.PROTECT, null=True, related_name="+")
    author = models.ForeignKey(Membership, models.PROTECT, null=True, related_name="+")
    stage = models.CharField("årskurser", max_length=10, choices=Stage, blank=True)
    band = models.CharField("frånvaro", max_length=10, choices=Band, blank=True)
    question = SealedTextField("vad ni vill diskutera", blank=True)
    outcome = models.CharField("vad det blev", max_length=20, choices=ScreeningOutcome, blank=True)
    decided_on = models.DateField(null=True)

    objects = ScreeningRowQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["screening", "referral"], name="referral_once_a_screening"
            )
        ]

    def __str__(self) -> str:
        return self.referral.reference if self.referral else f"Fråga från {self.school}"


def reached_without_enrolment(schools: Collection[int], first: date, last: date) -> int:
    """Pupils of these schools who got light support in a period: rows with that outcome, and those
    counted beside by the teams of the schools' districts, where no row says which school."""
    held = Screening.objects.filter(on__range=(first, last), status=Status.HELD)
    light = ScreeningOutcome.LIGHT_SUPPORT
    rows = ScreeningRow.objects.filter(screening__in=held, school__in=schools, outcome=light)
    districts = Organisation.objects.filter(pk__in=schools).values("parent")
    beside = held.filter(team__parent__in=districts).aggregate(n=Sum("light_support"))["n"] or 0
    return rows.count() + int(beside)
