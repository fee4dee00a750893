"""Money for the collaboration: applied for by district and schools together, decided, reported."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts import clock, school_days, working_days
from accounts.models import Actor, Clock, Membership, Organisation, Role
from collaboration import policy, sight
from collaboration.choices import CAME_TO_NOTHING, OPEN_FUNDING, ReportKind
from collaboration.choices import FundingStatus as Status
from collaboration.handing import handing_on
from collaboration.models.funding_parts import FundingSchool
from collaboration.models.funding_year import ANSWER_WITHIN, DECIDE_WITHIN, FundingYear
from history.models import LivingQuerySet, StatusField, transition

# The application is to be sent in the autumn before its year (month, day); working days to write on.
APPLY_BY = (11, 1)
WRITE_WITHIN = 10


class FundingApplicationQuerySet(LivingQuerySet["FundingApplication"]):
    def visible_to(self, actor: Actor) -> FundingApplicationQuerySet:
        """The district's own, and those of districts it has followed; the schools and teams it is
        made with; the central ones, once sent."""
        if isinstance(actor, Clock):
            return self.all()
        if not isinstance(actor, Membership):
            return self.none()
        if actor.role in sight.OVERVIEW:
            return self.exclude(status__in=(Status.DRAFT, Status.DROPPED))
        if actor.role == Role.DISTRICT:
            return self.filter(sight.inherited("district", actor.organisation_id))
        if actor.role == Role.PRINCIPAL:
            with_it = FundingSchool.objects.filter(sight.inherited("school", actor.organisation_id))
            return self.filter(pk__in=with_it.values("application"))
        if actor.role == Role.MANAGER:
            return self.filter(sight.inherited("district", actor.organisation.parent_id))
        return self.none()

    def reachable_by(self, actor: Actor, move: str) -> FundingApplicationQuerySet:
        """Whoever hands on what a leaver held hands on drafts too, without reading them."""
        admin = isinstance(actor, Membership) and actor.role == Role.ADMIN
        return self.all() if admin and move == "hand_on" else self.visible_to(actor)


class FundingApplication(FundingYear):
    """One district's application for one year, made by school and district together (seed 000)."""

    birth, beginner, editor = "draft", policy.money_keeper, policy.money_keeper

    status = StatusField(choices=Status.choices, default=Status.DRAFT)

    objects = FundingApplicationQuerySet.as_manager()

    class Meta(FundingYear.Meta):
        abstract = False
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=Status.values), name="funding_status_known"
            ),
            models.UniqueConstraint(
                fields=["district", "year"],
                condition=~Q(status__in=CAME_TO_NOTHING),
                name="funding_once_a_year",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=(Status.GRANTED, Status.REPORTED))
                | Q(granted__isnull=False),
                name="funding_granted_has_amount",
            ),
        ]
        ordering = ["-year", "district__name"]

    @property
    def editable(self) -> tuple[str, ...]:
        fields = (*self.WRITTEN, *self.ANCHORED)
        return (*fields, "responsible") if self.status == Status.DRAFT else ()

    @property
    def is_open(self) -> bool:
        return self.status in OPEN_FUNDING

    def before_birth(self) -> None:
        self.due = max(date(self.year - 1, *APPLY_BY), self._working_days(WRITE_WITHIN))

    def born(self, *, schools: Iterable[Organisation] = (), **details: Any) -> None:
        for school in schools:
            self.schools.create(school=school)

    @staticmethod
    def _working_days(count: int) -> date:
        return working_days.add(clock.today(), count)

    @transition(
        status,
        Status.DRAFT,
        conditions=[FundingYear.nobody_is_asked],
        permission=policy.money_keeper,
    )
    def ask_principals(self) -> None:
        """Every school's principal is asked to stand behind it, as it is written now."""
        lacking = self.unanswered()
        schools = [row.school for row in self.schools.select_related("school")]
        if not schools:
            lacking["schools"] = _("Välj minst en skola.")
        led = Membership.objects.in_force().filter(role=Role.PRINCIPAL, organisation__in=schools)
        without = set(schools) - {one.organisation for one in led.select_related("organisation")}
        if without:
            names = ", ".join(sorted(str(school) for school in without))
            lacking["schools"] = _("Ingen rektor kan svara för: %s. Säg till administratören.") % (
                names
            )
        if lacking:
            raise ValidationError(lacking)
        self.asked_on = clock.today()
        self.due = max(self.due, school_days.add(clock.today(), ANSWER_WITHIN))

    @transition(status, Status.DRAFT, None, permission=policy.money_keeper)
    def choose_schools(self, *, schools: Any) -> None:
        """Which schools take part; the principals of the others need not answer."""
        self._set_schools(schools)

    @transition(status, Status.GRANTED, None, permission=policy.money_keeper)
    def change_schools(self, *, schools: Any, why: str) -> None:
        """A running grant is used at other schools (seed 000: Bäckahagen instead of Rågsved)."""
        if not why.strip():
            raise ValidationError({"why": _("Skriv varför skolorna ändras.")})
        self._set_schools(schools)

    def _set_schools(self, schools: Any) -> None:
        chosen = {school.pk: school for school in schools}
        self.schools.exclude(school__in=chosen).delete()
        there = set(self.schools.values_list("school", flat=True))
        for pk, school in chosen.items():
            if pk not in there:
                self.schools.create(school=school)

    @transition(status, Status.DRAFT, Status.SUBMITTED, permission=policy.money_keeper)
    def submit(self) -> None:
        """Sent to the social board, by district and schools together."""
        if lacking := self.lacking():
            raise ValidationError(lacking)
        self.due = self._working_days(DECIDE_WITHIN)

    cover, hand_on = handing_on(status, list(OPEN_FUNDING), "responsible")

    @transition(status, list(OPEN_FUNDING), None, permission=policy.clock)
    def follow_organisation(
        self, *, old: Organisation, new: Organisation, responsible: Membership
    ) -> None:
        """Its district, or one of its schools, goes on as another; the district it was sought for
        stays, and is read through its heir."""
        self.responsible = responsible
        row = self.schools.filter(school=old).first()
        if row is not None and self.schools.filter(school=new).exists():
            self.schools.filter(school=old).delete()
        elif row is not None:
            row.application, row.school = self, new
            row.save()

    @transition(status, Status.DRAFT, Status.DROPPED, permission=policy.money_keeper)
    def drop(self, *, why: str) -> None:
        """It is not to be sent; the year can be applied for anew."""
        if not why.strip():
            raise ValidationError({"why": _("Skriv varför ni lägger ner ansökan.")})

    @transition(status, Status.SUBMITTED, Status.DRAFT, permission=policy.money_keeper)
    def take_back(self, *, why: str) -> None:
        """Something is to be changed before it is decided."""
        if not why.strip():
            raise ValidationError({"why": _("Skriv varför ni tar tillbaka ansökan.")})
        self.due = self._working_days(WRITE_WITHIN)

    @transition(status, Status.SUBMITTED, Status.GRANTED, permission=policy.central)
    def grant(
        self, *, granted: int, decision: str, carry: int | None = None, why: str = ""
    ) -> None:
        """Wholly, or partly with a reason; with what was left of the year before, once it is known."""
        errors = self.faults_of_carry(carry, why) if carry is not None else {}
        if not 0 < granted <= self.amount:
            errors["granted"] = _("Beloppet ska vara högst det sökta.")
        if granted < self.amount and not why.strip():
            errors["why"] = _("Skriv varför hela beloppet inte beviljas.")
        if not decision.strip():
            errors["decision"] = _("Skriv beslutets nummer.")
        if errors:
            raise ValidationError(errors)
        self.granted, self.decision = granted, decision.strip()
        self.decision_reason, self.decided_on = why.strip(), clock.today()
        if carry is not None:
            self.carry_granted, self.carry_decision = carry, self.decision

    @transition(
        status, Status.GRANTED, conditions=[FundingYear.carry_waits], permission=policy.central
    )
    def decide_carry(self, *, carry: int, decision: str, why: str = "") -> None:
        """What becomes of what was left of the year before, when its final report came afterwards."""
        errors = self.faults_of_carry(carry, why)
        if not decision.strip():
            errors["decision"] = _("Skriv beslutets nummer.")
        if errors:
            raise ValidationError(errors)
        self.carry_granted, self.carry_decision = carry, decision.strip()
        self.carry_reason = why.strip()

    @transition(status, Status.SUBMITTED, Status.REJECTED, permission=policy.central)
    def reject(self, *, decision: str, why: str) -> None:
        errors: dict[str, object] = {}
        if not why.strip():
            errors["why"] = _("Skriv varför.")
        if not decision.strip():
            errors["decision"] = _("Skriv beslutets nummer.")
        if errors:
            raise ValidationError(errors)
        self.decision, self.decision_reason = decision.strip(), why.strip()
        self.decided_on = clock.today()

    def _tell(
        self, kind: str, used: int, text: str, reached: int, carry: int, why: str = ""
    ) -> None:
        """Write one report; what is told twice of a kind is a correction, with why."""
        earlier = self.reports.filter(kind=kind).order_by("number")
        first, others = earlier.first(), self.reports.exclude(kind=kind)
        july = others.filter(kind=ReportKind.JULY).order_by("-number").first()
        if july is not None and used < july.used:
            words = _("I juli hade ni redan använt %(used)s kronor.")
            raise ValidationError({"used": words % {"used": july.used}})
        if used > self.money():
            words = _("Ni har %(money)s kronor att använda.")
            raise ValidationError({"used": words % {"money": self.money()}})
        if carry > self.money() - used:
            raise ValidationError({"carry": _("Så mycket finns inte kvar.")})
        if not text.strip():
            raise ValidationError({"text": _("Skriv hur det har gått.")})
        through = first.through if first else min(clock.today(), date(self.year, 12, 31))
        told = self.outcome(through)
        self.reports.create(
            kind=kind,
            number=earlier.count() + 1,
            why=why.strip(),
            on=clock.today(),
            through=through,
            used=used,
            carry=carry,
            text=text.strip(),
            reached=reached,
            enrolled=told.enrolled,
            closed=told.closed,
            occasions=told.occasions,
            served=told.served,
        )

    @transition(
        status,
        Status.GRANTED,
        conditions=[FundingYear.july_has_come],
        permission=policy.money_keeper,
    )
    def report_in_july(self, *, used: int, text: str, reached: int = 0) -> None:
        """How the year goes; the figures are those of the cases."""
        self._tell(ReportKind.JULY, used, text, reached, 0)

    @transition(
        status,
        Status.GRANTED,
        Status.REPORTED,
        conditions=[FundingYear.year_is_over],
        permission=policy.money_keeper,
    )
    def report_finally(self, *, used: int, text: str, reached: int = 0, carry: int = 0) -> None:
        """How the year went, and what is asked to be carried over."""
        self._tell(ReportKind.FINAL, used, text, reached, carry)

    @transition(
        status,
        [Status.GRANTED, Status.REPORTED],
        None,
        conditions=[FundingYear.is_reported],
        permission=policy.money_keeper,
    )
    def correct_report(
        self, *, used: int, text: str, why: str, reached: int = 0, carry: int = 0
    ) -> None:
        """The newest report was wrong: told anew with why, and the old one stays to be read."""
        if not why.strip():
            raise ValidationError({"why": _("Skriv vad som var fel.")})
        least = self.least_carry()
        if carry < least:
            words = _("%(given)s kronor har redan förts över till året efter.")
            raise ValidationError({"carry": words % {"given": least}})
        newest = self.newest_report()
        kind = newest.kind if newest else ReportKind.JULY
        self._tell(kind, used, text, reached, carry, why)
