"""What of pupils' paths is still open at an organisation: numbers only, for nobody there sees a pupil."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import CLOCK, Kind, Organisation
from accounts.standing import Standing, tell
from history.door import perform
from referrals.choices import OPEN_CASE, OPEN_CONCERN, OPEN_REFERRAL, OPEN_TRANSFER, ConsentStatus
from referrals.models import Case, ConcernReport, Consent, Referral, Transfer

_IN_FORCE = (ConsentStatus.REQUESTED, ConsentStatus.PARTIAL, ConsentStatus.ACTIVE)


def referrals(organisation: Organisation) -> QuerySet[Any]:
    here = Q(school=organisation) | Q(team=organisation)
    return Referral.objects.filter(here, status__in=("draft", *OPEN_REFERRAL))


def consents(organisation: Organisation) -> QuerySet[Any]:
    named = (
        Q(names_school=organisation) | Q(names_team=organisation) | Q(names_receiver=organisation)
    )
    return Consent.objects.filter(named, status__in=_IN_FORCE)


def school_cases(organisation: Organisation) -> QuerySet[Any]:
    return Case.objects.filter(school=organisation, status__in=OPEN_CASE)


def team_cases(organisation: Organisation) -> QuerySet[Any]:
    return Case.objects.filter(team=organisation, status__in=OPEN_CASE)


def transfers(organisation: Organisation) -> QuerySet[Any]:
    return Transfer.objects.filter(receiver=organisation, status__in=OPEN_TRANSFER)


def concerns(organisation: Organisation) -> QuerySet[Any]:
    return ConcernReport.objects.filter(reporters=organisation, status__in=OPEN_CONCERN)


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
tell(Standing("cases", _("Teamets öppna ärenden"), lambda o: team_cases(o).count()))
tell(Standing("referrals", _("Remisser som inte är avgjorda"), lambda o: referrals(o).count()))
tell(Standing("consents", _("Samtycken som nämner den"), lambda o: consents(o).count()))
tell(Standing("transfers", _("Överlämningar på väg"), lambda o: transfers(o).count()))
tell(Standing("concerns", _("Orosanmälningar som väntar svar"), lambda o: concerns(o).count()))
