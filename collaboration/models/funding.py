"""Money for the collaboration: applied for together, decided, reported; and who works in the team."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts import clock
from accounts.models import Actor, Clock, Membership, Organisation, Role
from collaboration import few, outcomes, policy, sight
from collaboration.choices import Employer, ReportKind
from collaboration.choices import FundingStatus as Status
from collaboration.handing import handing_on
from history.models import Living, LivingQuerySet, Part, StatusField, transition

# What the state grant asks of a team: full-time equivalents in all, and of each side
# (förordning 2023:179; domain.md B3).
FTE_NEEDED = Decimal(2)
FTE_OF_EACH = Decimal(1)


class FundingApplicationQuerySet(LivingQuerySet["FundingApplication"]):
    def visible_to(self, actor: Actor) -> FundingApplicationQuerySet:
        """The district's own; the schools and teams it is made with; the central ones, once sent."""
        if isinstance(actor, Clock):
            return self.all()
        if not isinstance(actor, Membership):
            return self.none()
        if actor.role in sight.OVERVIEW:
            return self.exclude(status=Status.DRAFT)
        if actor.role == Role.DISTRICT:
            return self.filter(district=actor.organisation_id)
        if actor.role == Role.PRINCIPAL:
            joined = FundingSchool.objects.filter(school=actor.organisation_id)
            return self.filter(pk__in=joined.values("application"))
        if actor.role == Role.MANAGER:
            return self.filter(district=actor.organisation.parent_id)
        return self.none()

    def reachable_by(self, actor: Actor, move: str) -> FundingApplicationQuerySet:
        """Whoever hands on what a leaver held hands on drafts too, without reading them."""
        admin = isinstance(actor, Membership) and actor.role == Role.ADMIN
        return self.all() if admin and move == "hand_on" else self.visible_to(actor)


class FundingApplication(Living):
    """One district's application for one year, made by school and district together (seed 000)."""

    birth, beginner, editor = "draft", policy.district_manager, policy.district_manager

    district = models.ForeignKey(Organisation, models.PROTECT, related_name="applications")
    year = models.PositiveSmallIntegerField("år")
    responsible = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    plan = models.TextField("vad ni ska göra", blank=True)
    target_pupils = models.PositiveIntegerField("planerat antal elever", default=0)
    amount = models.PositiveIntegerField("sökt belopp i kronor", default=0)
    # How the work is anchored in what is there already (seed 002).
    anchored_bus = models.TextField("hur det hänger ihop med BUS", blank=True)
    anchored_health = models.TextField("hur det hänger ihop med elevhälsan", blank=True)
    anchored_support = models.TextField("hur det hänger ihop med försörjningsstödet", blank=True)
    granted = models.PositiveIntegerField("beviljat belopp i kronor", null=True, editable=False)
    carried_over = models.PositiveIntegerField("ombudgeterat från året före", default=0)
    decided_on = models.DateField(null=True, editable=False)
    decision = models.CharField("beslutets nummer", max_length=60, blank=True, editable=False)
    decision_reason = models.TextField("skäl", blank=True, editable=False)
    status = StatusField(choices=Status.choices, default=Status.DRAFT)

    objects = FundingApplicationQuerySet.as_manager()

    class Meta(Living.Meta):
        abstract = False
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=Status.values), name="funding_status_known"
            ),
            models.UniqueConstraint(fields=["district", "year"], name="funding_once_a_year"),
            models.CheckConstraint(
                condition=~Q(status__in=(Status.GRANTED, Status.REPORTED))
                | Q(granted__isnull=False),
                name="funding_granted_has_amount",
            ),
        ]
        ordering = ["-year", "district__name"]

    def __str__(self) -> str:
        return f"{self.district}, {self.year}"

    WRITTEN = ("plan", "target_pupils", "amount", "carried_over")
    ANCHORED = ("anchored_bus", "anchored_health", "anchored_support")
    # What must be answered before it is sent, in the words it is asked in.
    ASKED = {
        "plan": _("Vad ska ni göra?"),
        "target_pupils": _("Hur många elever planerar ni för?"),
        "amount": _("Hur mycket söker ni, i kronor?"),
        "anchored_bus": _("Hur hänger det ihop med BUS?"),
        "anchored_health": _("Hur hänger det ihop med elevhälsan?"),
        "anchored_support": _("Hur hänger det ihop med försörjningsstödet?"),
    }

    @property
    def editable(self) -> tuple[str, ...]:
        fields = (*self.WRITTEN, *self.ANCHORED)
        return (*fields, "responsible") if self.status == Status.DRAFT else ()

    @property
    def is_open(self) -> bool:
        return self.status in (Status.DRAFT, Status.SUBMITTED, Status.GRANTED)

    def born(self, *, schools: Iterable[Organisation] = (), **details: Any) -> None:
        for school in schools:
            self.schools.create(school=school)

    def money(self) -> int:
        """What there is to use in the year, in kronor."""
        return (self.granted or 0) + self.carried_over

    def outcome(self) -> outcomes.Year:
        """What the cases say of the year so far."""
        last = min(date(self.year, 12, 31), clock.today())
        return outcomes.of(self.district, date(self.year, 1, 1), last)

    def used(self) -> int | None:
        """Kronor used according to the newest report; None before the first."""
        report = self.reports.order_by("-pk").first()
        return report.used if report else None

    def cost_per_pupil(self) -> int | None:
        """Kronor used (before a report: granted) for each pupil enrolled (seed 003)."""
        report = self.reports.order_by("-pk").first()
        pupils = report.enrolled if report else self.outcome().enrolled
        spent = report.used if report else self.money()
        # A cost for each of a few would tell how few they are.
        return round(spent / pupils) if pupils >= few.smallest() else None

    @transition(status, Status.DRAFT, None, permission=policy.funding_school)
    def join(self, *, who: Membership) -> None:
        """The school's principal stands behind the application."""
        row = self.schools.filter(school=who.organisation_id).first()
        if row is None:
            raise ValidationError(_("Skolan är inte med i ansökan."))
        row.joined_on, row.joined_by = clock.today(), who
        row.save()

    @transition(status, Status.DRAFT, None, permission=policy.district_manager)
    def choose_schools(self, *, schools: Any) -> None:
        """Which schools take part; whoever stays has joined still."""
        chosen = {school.pk: school for school in schools}
        self.schools.exclude(school__in=chosen).delete()
        there = set(self.schools.values_list("school", flat=True))
        for pk, school in chosen.items():
            if pk not in there:
                self.schools.create(school=school)

    @transition(status, Status.DRAFT, Status.SUBMITTED, permission=policy.district_manager)
    def submit(self) -> None:
        """Sent to the social board, by district and schools together."""
        if lacking := self.lacking():
            raise ValidationError(lacking)

    def lacking(self) -> dict[str, object]:
        """What keeps it from being sent, by field, in words that say which question it is about."""
        lacking: dict[str, object] = {
            name: _("Svara först på frågan ”%s”") % question
            for name, question in self.ASKED.items()
            if not getattr(self, name)
        }
        schools = list(self.schools.select_related("school"))
        waiting = ", ".join(str(row.school) for row in schools if row.joined_on is None)
        if not schools:
            lacking["schools"] = _("Välj minst en skola.")
        elif waiting:
            lacking["schools"] = _("Rektor har inte ställt sig bakom ansökan: %s.") % waiting
        return lacking

    cover, hand_on = handing_on(
        status, [Status.DRAFT, Status.SUBMITTED, Status.GRANTED], "responsible"
    )

    @transition(status, Status.SUBMITTED, Status.DRAFT, permission=policy.district_manager)
    def take_back(self, *, why: str) -> None:
        """Something is to be changed before it is decided."""
        if not why.strip():
            raise ValidationError({"why": _("Skriv varför ni tar tillbaka ansökan.")})

    @transition(status, Status.SUBMITTED, Status.GRANTED, permission=policy.central)
    def grant(self, *, granted: int, decision: str, why: str = "") -> None:
        """Wholly, or partly with a reason."""
        errors: dict[str, object] = {}
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

    def report_now(self, kind: str, used: int, text: str, reached: int, carry: int) -> None:
        if used > self.money():
            words = _("Ni har %(money)s kronor att använda.") % {"money": self.money()}
            raise ValidationError({"used": words})
        if carry > self.money() - used:
            raise ValidationError({"carry": _("Så mycket finns inte kvar.")})
        if not text.strip():
            raise ValidationError({"text": _("Skriv hur det har gått.")})
        told = self.outcome()
        self.reports.create(
            kind=kind,
            on=clock.today(),
            used=used,
            carry=carry,
            text=text.strip(),
            reached=reached,
            enrolled=told.enrolled,
            closed=told.closed,
            occasions=told.occasions,
        )

    @transition(status, Status.GRANTED, None, permission=policy.district_manager)
    def report_in_july(self, *, used: int, text: str, reached: int = 0) -> None:
        """How the year goes; the figures are those of the cases."""
        self.report_now(ReportKind.JULY, used, text, reached, 0)

    @transition(status, Status.GRANTED, Status.REPORTED, permission=policy.district_manager)
    def report_finally(self, *, used: int, text: str, reached: int = 0, carry: int = 0) -> None:
        """How the year went, and what is asked to be carried over."""
        self.report_now(ReportKind.FINAL, used, text, reached, carry)


class FundingSchool(Part):
    """A school of the application, and that its principal stands behind it."""

    owner_name = "application"

    application = models.ForeignKey(FundingApplication, models.PROTECT, related_name="schools")
    school = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    joined_on = models.DateField(null=True)
    joined_by = models.ForeignKey(Membership, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["school__name"]
        constraints = [
            models.UniqueConstraint(
                fields=["application", "school"], name="school_once_an_application"
            )
        ]

    def __str__(self) -> str:
        return str(self.school)


class FundingReport(Part):
    """What was told in July or at the end; the figures as the cases said them that day."""

    owner_name = "application"

    application = models.ForeignKey(FundingApplication, models.PROTECT, related_name="reports")
    kind = models.CharField(max_length=10, choices=ReportKind)
    on = models.DateField()
    used = models.PositiveIntegerField("använt belopp i kronor")
    carry = models.PositiveIntegerField("att ombudgetera i kronor", default=0)
    text = models.TextField()
    # Pupils reached by support without being enrolled (seed 001: "200 others").
    reached = models.PositiveIntegerField(default=0)
    enrolled = models.PositiveIntegerField()
    closed = models.PositiveIntegerField()
    occasions = models.PositiveIntegerField()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.on}"


class TeamPostQuerySet(models.QuerySet["TeamPost"]):
    def visible_to(self, actor: Actor) -> TeamPostQuerySet:
        """The team's own, the district's teams', and all for those who see the whole collaboration."""
        if isinstance(actor, Clock):
            return self.all()
        if not isinstance(actor, Membership):
            return self.none()
        if actor.role in sight.OVERVIEW:
            return self.all()
        if actor.role == Role.DISTRICT:
            return self.filter(team__parent=actor.organisation_id)
        if actor.role in sight.TEAM_ROLES:
            return self.filter(team=actor.organisation_id)
        return self.none()

    def on(self, day: date) -> TeamPostQuerySet:
        """In force on this day."""
        return self.filter(since__lte=day).exclude(until__lte=day)


class TeamPost(models.Model):
    """One post of a team: profession, employer and share of full time, for a period.

    `until` is the first day it no longer holds. A change is a new row, so that the register can say
    how a team was staffed on any day.
    """

    team = models.ForeignKey(Organisation, models.PROTECT, related_name="posts")
    profession = models.CharField("yrke", max_length=100)
    employer = models.CharField("anställd av", max_length=10, choices=Employer)
    fte = models.DecimalField("del av heltid", max_digits=3, decimal_places=2)
    since = models.DateField("från")
    until = models.DateField("till", null=True, blank=True)

    objects = TeamPostQuerySet.as_manager()

    class Meta:
        ordering = ["team__name", "profession", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(fte__gt=0) & Q(fte__lte=1), name="team_post_part_of_full_time"
            ),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gt=models.F("since")), name="team_post_period"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.profession}, {self.fte}"


def meets_the_grant(by_employer: dict[str, Decimal]) -> bool:
    """Whether a team so staffed is one the state grant is given for."""
    each = all(by_employer.get(side, Decimal(0)) >= FTE_OF_EACH for side in Employer.values)
    return each and sum(by_employer.values(), Decimal(0)) >= FTE_NEEDED
