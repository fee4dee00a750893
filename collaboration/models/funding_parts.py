"""What an application for money consists of: its schools, and the reports on the year."""

from __future__ import annotations

from django.db import models

from accounts.models import Organisation
from collaboration.choices import ReportKind
from history.models import Part


class FundingSchool(Part):
    """A school the application is made with; what its principal says is a `FundingAnswer`."""

    owner_name = "application"

    application = models.ForeignKey("FundingApplication", models.PROTECT, related_name="schools")
    school = models.ForeignKey(Organisation, models.PROTECT, related_name="+")

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
    """What was told in July or at the end; the figures as the cases said them that day.

    What was wrong is told again: a new number of the same kind, with why. The newest holds.
    """

    owner_name = "application"

    application = models.ForeignKey("FundingApplication", models.PROTECT, related_name="reports")
    kind = models.CharField(max_length=10, choices=ReportKind)
    number = models.PositiveSmallIntegerField(default=1)
    why = models.TextField("varför den rättades", blank=True)
    on = models.DateField()
    # The last day the figures of the cases are of.
    through = models.DateField()
    used = models.PositiveIntegerField("använt belopp i kronor")
    carry = models.PositiveIntegerField("att ombudgetera i kronor", default=0)
    text = models.TextField()
    # Pupils reached by support without being enrolled (seed 001: "200 others").
    reached = models.PositiveIntegerField(default=0)
    enrolled = models.PositiveIntegerField()
    closed = models.PositiveIntegerField()
    occasions = models.PositiveIntegerField()
    # The pupils those occasions were for: of a few of them the occasions are not told either.
    served = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["application", "kind", "number"], name="funding_report_number_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.on}"
