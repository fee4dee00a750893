"""What of pupils' paths is still open at an organisation: numbers only, for nobody there sees a pupil."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import CLOCK, Kind, Organisation
from accounts.standing import Standing, tell
from history.door import perform
from referrals.choices import (
    OPEN_CASE,
    OPEN_CONCERN,
    OPEN_REFERRAL,
    OPEN_TRANSFER,
    CaseStatus,
    ScreeningStatus,
)
from referrals.models import Case, ConcernReport, Consent, Referral, Screening, Transfer


def referrals(organisation: Organisation) -> QuerySet[Any]:
    """The team's to decide; the school's to write, complete, and ask the family about."""
    team = Q(team=organisation, status__in=OPEN_REFERRAL)
    asked_by_school = Q(case__status=CaseStatus.AWAITING_CONSENT)
    at_school = Q(status__in=("draft", *OPEN_REFERRAL)) | asked_by_school
    return Referral.objects.filter(team | Q(school=organisation) & at_school)


def questions(organisation: Organisation) -> QuerySet[Any]:
    """Consents asked for by somebody there, who reminds and notes the answers."""
    return Consent.objects.waiting().filter(asked_by__organisation=organisation)


def consents(organisation: Organisation) -> QuerySet[Any]:
    """In force, and naming it as the pupil's school or as who receives; a team's go with its cases."""
    named = Q(names_school=organisation) | Q(names_receiver=organisation)
    return Consent.objects.active().filter(named)


def school_cases(organisation: Organisation) -> QuerySet[Any]:
    return Case.objects.filter(school=organisation, status__in=OPEN_CASE)


def team_cases(organisation: Organisation) -> QuerySet[Any]:
    return Case.objects.filter(team=organisation, status__in=OPEN_CASE)


def transfers(organisation: Organisation) -> QuerySet[Any]:
    return Transfer.objects.filter(receiver=organisation, status__in=OPEN_TRANSFER)


def concerns(organisation: Organisation) -> QuerySet[Any]:
    return ConcernReport.objects.filter(reporters=organisation, status__in=OPEN_CONCERN)


def screenings(organisation: Organisation) -> QuerySet[Any]:
    return Screening.objects.filter(team=organisation, status=ScreeningStatus.PLANNED)


def change_school(organisation: Organisation, successor: Organisation, on: date) -> None:
    """The pupils go to the new school; it reads nothing of them until a consent names it."""
    if successor.kind == Kind.SCHOOL:
        for case in school_cases(organisation):
            perform(case.change_school, by=CLOCK, school=successor)


tell(
    Standing(
        "cases_school",
        _("Ärenden för skolans elever"),
        lambda o: school_cases(o).count(),
        change_school,
        apart=True,
    )
)
tell(Standing("consents", _("Samtycken som nämner den"), lambda o: consents(o).count()))
for key, label, rows in (
    ("cases", _("Teamets öppna ärenden"), team_cases),
    ("referrals", _("Remisser som inte är avgjorda"), referrals),
    ("questions", _("Frågor om samtycke som väntar svar"), questions),
    ("transfers", _("Överlämningar på väg"), transfers),
    ("concerns", _("Orosanmälningar som väntar svar"), concerns),
    ("screenings", _("Gemensamma genomgångar som är planerade"), screenings),
):
    tell(Standing(key, label, lambda o, rows=rows: rows(o).count(), winds_up=True))  # type: ignore[misc]  # bound here
