"""One district's money for one year, as it is read: what there is to use, what came of it, whose
turn it is and by when. The moves are `FundingApplication`'s."""

from __future__ import annotations

import hashlib
import json
from datetime import date
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts import clock, working_days
from accounts.models import Membership, Organisation, Role
from collaboration import few, outcomes, sight
from collaboration.choices import CAME_TO_NOTHING, AnswerStatus, ReportKind
from collaboration.choices import FundingStatus as Status
from collaboration.models.funding_parts import FundingReport
from history.models import Living

# When the reports are due: how the year goes, and how it went (month, day).
JULY_FROM, JULY_BY, FINAL_BY = (6, 1), (7, 31), (1, 31)
# Working days to decide, school days for a principal to answer.
DECIDE_WITHIN, ANSWER_WITHIN = 20, 10


class FundingYear(Living):
    """The fields of an application, and what is read out of them."""

    # What leads to the one model that is made of this.
    schools: Any
    reports: Any
    answers: Any

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
    # Since when the principals are asked to stand behind it; empty before that.
    asked_on = models.DateField(null=True, editable=False)
    # When the draft is to be sent, and then to be decided; what is granted has the year's own days.
    due = models.DateField(default=clock.today, editable=False)
    granted = models.PositiveIntegerField("beviljat belopp i kronor", null=True, editable=False)
    decided_on = models.DateField(null=True, editable=False)
    decision = models.CharField("beslutets nummer", max_length=60, blank=True, editable=False)
    decision_reason = models.TextField("skäl", blank=True, editable=False)
    # What may be carried over from the year before; empty until somebody has decided.
    carry_granted = models.PositiveIntegerField("ombudgeterat", null=True, editable=False)
    carry_decision = models.CharField(max_length=60, blank=True, editable=False)
    carry_reason = models.TextField(blank=True, editable=False)

    class Meta(Living.Meta):
        abstract = True

    def __str__(self) -> str:
        return f"{self.district}, {self.year}"

    WRITTEN = ("year", "plan", "target_pupils", "amount")
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

    def unanswered(self) -> dict[str, object]:
        """The questions without an answer, in words that say which question it is about."""
        return {
            name: _("Svara först på frågan ”%s”") % question
            for name, question in self.ASKED.items()
            if not getattr(self, name)
        }

    def lacking(self) -> dict[str, object]:
        """What keeps it from being sent, by field."""
        lacking = self.unanswered()
        schools, answers = list(self.schools.select_related("school")), self.open_answers()
        waiting = ", ".join(
            str(row.school) for row in schools if answers.get(row.school_id) != AnswerStatus.JOINED
        )
        if not schools:
            lacking["schools"] = _("Välj minst en skola.")
        elif waiting:
            lacking["schools"] = _("Rektor har inte ställt sig bakom ansökan: %s.") % waiting
        return lacking

    def faults_of_carry(self, carry: int, why: str) -> dict[str, object]:
        left = self.left_from_before()
        if left is None:
            return {"carry": _("Slutrapporten för året före har inte kommit än.")}
        if carry > left:
            words = _("Högst %(left)s kronor: så mycket finns kvar enligt slutrapporten.")
            return {"carry": words % {"left": left}}
        if carry < left and not why.strip():
            return {"why": _("Skriv varför hela beloppet inte får föras över.")}
        return {}

    # What is there to use, and what has been used.

    def left_from_before(self) -> int | None:
        """Kronor that the final reports of the year before ask to carry over, of the district and
        those it has followed; None while one of them is still to come."""
        rows: models.QuerySet[Any] = type(self)._default_manager.all()
        rows = rows.filter(
            sight.inherited("district", self.district_id),
            year=self.year - 1,
            status__in=(Status.GRANTED, Status.REPORTED),
        )
        before = list(rows)
        if any(one.status == Status.GRANTED for one in before):
            return None
        last: list[FundingReport | None] = [one.newest_report() for one in before]
        return sum(report.carry for report in last if report is not None)

    def money(self) -> int:
        """What there is to use in the year, in kronor."""
        return (self.granted or 0) + (self.carry_granted or 0)

    def newest_report(self) -> FundingReport | None:
        newest: FundingReport | None = self.reports.order_by("-pk").first()
        return newest

    def cost_per_pupil(self) -> int | None:
        """Kronor used for each pupil enrolled, as reported (seed 003); None before that, and of few:
        a cost for each of a few would tell how few they are."""
        report = self.newest_report()
        if report is None or report.enrolled < few.smallest():
            return None
        return round(report.used / report.enrolled)

    def school_numbers(self) -> set[int]:
        """Whose pupils the figures are of: its schools, and those that have followed them or been
        followed by them."""
        own = {row.school.heir.pk for row in self.schools.select_related("school")}
        there = Organisation.objects.filter(
            Q(pk__in=own)
            | Q(successor__in=own)
            | Q(successor__successor__in=own)
            | Q(pk__in=self.schools.values("school"))
        )
        return set(there.values_list("pk", flat=True))

    def outcome(self, through: date | None = None) -> outcomes.Year:
        """What the cases say of the year so far, or through a day."""
        last = min(date(self.year, 12, 31), through or clock.today())
        return outcomes.of(self.school_numbers(), date(self.year, 1, 1), last)

    # Whose turn it is, to do what, by when.

    def july_is_next(self) -> bool:
        """Money granted by then is told of in July; a year that is over is told of as a whole."""
        asked = self.decided_on is not None and self.decided_on <= date(self.year, *JULY_BY)
        return asked and not self.year_is_over() and not self.told_in_july()

    def told_in_july(self) -> bool:
        return bool(self.reports.filter(kind=ReportKind.JULY).exists())

    def july_has_come(self) -> bool:
        first, last = date(self.year, *JULY_FROM), date(self.year, 12, 31)
        return first <= clock.today() <= last and not self.told_in_july()

    def year_is_over(self) -> bool:
        return clock.today() > date(self.year, 12, 31)

    def is_reported(self) -> bool:
        return bool(self.reports.exists())

    def carry_waits(self) -> bool:
        """Something was left of the year before, and nobody has decided what becomes of it."""
        return self.carry_granted is None and bool(self.left_from_before())

    def nobody_is_asked(self) -> bool:
        return self.asked_on is None

    def all_are_behind(self) -> bool:
        answers = self.open_answers()
        schools = self.schools.values_list("school", flat=True)
        return bool(schools) and all(
            answers.get(school) == AnswerStatus.JOINED for school in schools
        )

    def open_answers(self) -> dict[int, str]:
        """What each school's principal says now, by the school."""
        rows = self.answers.exclude(status=AnswerStatus.LAPSED)
        return dict(rows.values_list("school", "status"))

    @property
    def next_step(self) -> str:
        if self.status == Status.DRAFT:
            return "send_money" if self.all_are_behind() else "write_money"
        if self.status == Status.SUBMITTED:
            return "decide_money"
        if self.carry_waits():
            return "decide_carry"
        return "report_july" if self.july_is_next() else "report_final"

    @property
    def next_due(self) -> date:
        step = self.next_step
        if step == "report_july":
            return date(self.year, *JULY_BY)
        if step == "report_final":
            return date(self.year + 1, *FINAL_BY)
        return self.carry_due() if step == "decide_carry" else self.due

    def carry_due(self) -> date:
        """So long after the last of the final reports that say that something is left."""
        told = FundingReport.objects.filter(
            sight.inherited("application__district", self.district_id),
            application__year=self.year - 1,
            kind=ReportKind.FINAL,
            number=1,
        )
        days = [self.decided_on or clock.today(), *told.values_list("on", flat=True)]
        return working_days.add(max(days), DECIDE_WITHIN)

    def is_central(self) -> bool:
        return self.next_step in ("decide_money", "decide_carry")

    def people(self) -> list[Membership]:
        """Those whose turn it is, first the one who has it: the district's, or the central ones."""
        there = Membership.objects.in_force().filter(stands_in_for=None).order_by("pk")
        if self.is_central():
            return list(there.filter(role=Role.CENTRAL).select_related("organisation"))
        others = there.filter(role=Role.DISTRICT, organisation=self.district.heir)
        return [self.responsible, *others.exclude(pk=self.responsible_id)]

    @property
    def organisation(self) -> Organisation:
        people = self.people()
        return people[0].organisation if self.is_central() and people else self.district.heir

    @property
    def whose_turn(self) -> Membership | None:
        return next(iter(self.people()), None)

    @property
    def deputy(self) -> Membership | None:
        return next(iter(self.people()[1:]), None)

    def seal(self) -> str:
        """What stands in it, as one short word: another when anything that is joined is changed."""
        schools = sorted(self.schools.values_list("school", flat=True))
        said = [getattr(self, name) for name in (*self.WRITTEN, *self.ANCHORED)]
        return hashlib.sha256(json.dumps([*said, schools]).encode()).hexdigest()

    def following(self) -> models.QuerySet[Any]:
        """The next year's, of the district or whoever has followed it: what it left is decided there."""
        rows: models.QuerySet[Any] = type(self)._default_manager.all()
        rows = rows.filter(year=self.year + 1).exclude(status__in=CAME_TO_NOTHING)
        return rows.filter(district__in=(self.district_id, self.district.heir.pk))

    def least_carry(self) -> int:
        """Kronor that the final report must leave: they have been let over to the year after."""
        least, newest = 0, self.newest_report()
        for one in self.following():
            left = one.left_from_before()
            if left is not None and newest is not None:
                least = max(least, (one.carry_granted or 0) - (left - newest.carry))
        return least
