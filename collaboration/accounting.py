"""A year's money in words and rows, for the page and for paper: what was planned, what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from collaboration import few
from collaboration.models import FundingApplication, FundingReport
from collaboration.outcomes import Year


def counted(pupils: int) -> str:
    """A count of pupils as it may be told: a small one not at all."""
    smallest = few.smallest()
    return _("färre än %s") % smallest if 0 < pupils < smallest else str(pupils)


def figures(of: Year | FundingReport) -> list[tuple[str, str]]:
    """What the cases say, as it may be told; occasions of a few pupils would tell of those few."""
    hidden = 0 < of.served < few.smallest()
    return [
        (_("Inskrivna elever"), counted(of.enrolled)),
        (_("Avslutade ärenden"), counted(of.closed)),
        (_("Insatstillfällen"), _("för litet underlag") if hidden else str(of.occasions)),
        (_("Stöd utan att vara inskrivna"), counted(of.reached)),
    ]


def difference(application: FundingApplication, told: Year | FundingReport) -> str:
    """How many of the pupils planned for have been enrolled; nothing while they are few."""
    planned, there = application.target_pupils, told.enrolled
    if not planned or 0 < there < few.smallest():
        return ""
    words = {"n": there - planned, "share": round(100 * there / planned)}
    if there < planned:
        words["n"] = planned - there
        return _("%(n)s färre än planerat, %(share)s procent av planen") % words
    if there == planned:
        return _("lika många som planerat")
    return _("%(n)s fler än planerat, %(share)s procent av planen") % words


@dataclass(frozen=True)
class Account:
    """Kronor of one year; None where it is not known yet."""

    asked: int
    carried: int | None
    carry_decided: bool
    granted: int | None
    used: int | None
    left: int | None
    cost: int | None

    @property
    def rows(self) -> list[tuple[str, int | None]]:
        return [
            (_("Sökt"), self.asked),
            (_("Ombudgeteras"), self.carried),
            (_("Beviljat"), self.granted),
            (_("Använt"), self.used),
            (_("Kvar"), self.left),
        ]


def account(application: FundingApplication) -> Account:
    """What was asked for, carried over, granted, used, and is left."""
    report = application.newest_report()
    decided = application.carry_granted is not None
    carried = application.carry_granted if decided else application.left_from_before()
    granted = application.granted
    used = report.used if report else None
    left = None if granted is None or used is None else application.money() - used
    return Account(
        application.amount,
        carried,
        decided or carried == 0,
        granted,
        used,
        left,
        application.cost_per_pupil(),
    )


def report_rows(application: FundingApplication) -> list[dict[str, Any]]:
    """The reports with their figures as they may be told, each kind's newest first of its own."""
    rows = list(application.reports.order_by("pk"))
    newest = {row.kind: row.pk for row in rows}
    return [
        {
            "report": row,
            "figures": figures(row),
            "replaced": newest[row.kind] != row.pk,
            "difference": difference(application, row),
        }
        for row in rows
    ]
