"""How many families say no, and why, counted without anybody's identity."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import models
from django.db.models import F

from accounts import clock
from accounts.models import Organisation
from referrals.choices import NoCode, Purpose


class ConsentNo(models.Model):
    """A counter for one month, district, purpose and reason; it points at no case and no person."""

    month = models.DateField()  # its first day
    district = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")
    purpose = models.CharField(max_length=10, choices=Purpose)
    by_pupil = models.BooleanField()
    code = models.CharField(max_length=20, choices=NoCode)
    n = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["month", "district", "purpose", "by_pupil", "code"],
                name="consent_no_one_counter",
            ),
            # To the database no district is not the same as no district.
            models.UniqueConstraint(
                fields=["month", "purpose", "by_pupil", "code"],
                condition=models.Q(district=None),
                name="consent_no_one_without_district",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.code}: {self.n}"


def count(team: Organisation | None, purpose: str, *, by_pupil: bool, code: str) -> ConsentNo:
    """One more no of this month."""
    day = clock.today().replace(day=1)
    where: dict[str, Any] = {
        "month": day,
        "district": team.district if team else None,
        "purpose": purpose,
        "by_pupil": by_pupil,
    }
    return _add(where, code)


def tell_why(counted: int, code: str) -> None:
    """Move one from "not said" to the reason the person cared to give."""
    row = ConsentNo.objects.filter(pk=counted, code=NoCode.NOT_SAID, n__gt=0).first()
    if row is None or code == NoCode.NOT_SAID or code not in NoCode.values:
        return
    if ConsentNo.objects.filter(pk=row.pk, n__gt=0).update(n=F("n") - 1):
        where = {name: getattr(row, name) for name in ("month", "district", "purpose", "by_pupil")}
        _add(where, code)


def _add(where: dict[str, Any], code: str) -> ConsentNo:
    row, _new = ConsentNo.objects.get_or_create(**where, code=code)
    ConsentNo.objects.filter(pk=row.pk).update(n=F("n") + 1)
    return row


def by_reason(since: date, district: Organisation | None) -> dict[str, int]:
    """How many of each reason since a day, in one district or all."""
    rows = ConsentNo.objects.filter(month__gte=since)
    if district is not None:
        rows = rows.filter(district=district)
    found = rows.values_list("code").annotate(total=models.Sum("n"))
    return {code: total for code, total in found if total}
