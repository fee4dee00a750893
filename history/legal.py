"""The law as data: references, ages, days and limits, each with its source and when it was checked.

`legal.toml` is what a release knows; a row in the table, made on the page for administrators,
wins over it. Rows are never changed or removed: a new one takes over and the old gets its end.

>>> legal.limit("consent.lapse")              # 10
>>> legal.reference("duty_to_report").words   # "19 kap. 1 § socialtjänstlagen (2025:400)"
>>> legal.reference("duty_to_report", on=date(2020, 1, 1)).words   # the one that held then
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts import clock
from accounts.models import Membership

FILE = Path(__file__).resolve().parent / "legal.toml"
# How long a check is believed.
CHECK_HOLDS = timedelta(days=365)


class Unit(models.TextChoices):
    DAYS = "days", _("kalenderdagar")
    WORKING_DAYS = "working_days", _("arbetsdagar")
    MONTHS = "months", _("månader")
    YEARS = "years", _("år")
    COUNT = "count", _("antal")
    YES_NO = "yes_no", _("ja eller nej")


class Dated(models.Model):
    """One row that holds from a day and until another takes over; never changed but for its end."""

    key = models.SlugField(max_length=60)
    valid_from = models.DateField("gäller från")
    valid_to = models.DateField("gäller till och med", null=True, blank=True)
    source = models.CharField("källa", max_length=300)
    checked_on = models.DateField("kontrollerad")
    checked_by = models.ForeignKey(Membership, models.PROTECT, related_name="+")

    class Meta:
        abstract = True


class LegalReference(Dated):
    title = models.CharField("vad den säger", max_length=200)
    statute = models.CharField("författning", max_length=200)
    sfs = models.CharField("nummer", max_length=30)
    place = models.CharField("kapitel och paragraf", max_length=100)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key", "valid_from"], name="reference_once_a_day"),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                name="reference_period",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.place} {self.statute} ({self.sfs})"


class Limit(Dated):
    # Plain text key, for keys have dots.
    key = models.CharField(max_length=60)
    value = models.PositiveIntegerField("värde")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key", "valid_from"], name="limit_once_a_day"),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")), name="limit_period"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key}: {self.value}"


class Decision(models.Model):
    """What somebody entitled has answered to one of the questions a lawyer must see (who, when, number)."""

    key = models.SlugField(max_length=60)
    answer = models.TextField("svar", max_length=2000)
    decided_by = models.CharField("beslutad av", max_length=200)
    decided_on = models.DateField("beslutsdag")
    number = models.CharField("diarienummer", max_length=60)
    made = models.DateTimeField(default=clock.now)
    made_by = models.ForeignKey(Membership, models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"{self.key}: {self.number}"


@dataclass(frozen=True)
class Reference:
    """A legal reference as it held on the day asked for."""

    key: str
    title: str
    statute: str
    sfs: str
    place: str
    valid_from: date
    valid_to: date | None
    source: str
    checked_on: date
    checked_by: str = ""

    @property
    def words(self) -> str:
        return f"{self.place} {self.statute} ({self.sfs})"

    @property
    def too_old(self) -> bool:
        return self.valid_to is None and _too_old(self.checked_on)


@dataclass(frozen=True)
class Bound:
    """A limit as it held on the day asked for."""

    key: str
    title: str
    value: int
    unit: Unit
    source: str
    checked_on: date
    valid_from: date | None = None
    valid_to: date | None = None
    reference: str = ""
    checked_by: str = ""

    @property
    def too_old(self) -> bool:
        return self.valid_to is None and _too_old(self.checked_on)


@dataclass(frozen=True)
class Question:
    """One thing to be decided before real use, with its answer when there is one."""

    key: str
    title: str
    limit: str = ""
    decision: Decision | None = None


def _too_old(checked: date) -> bool:
    return clock.today() - checked > CHECK_HOLDS


@lru_cache(maxsize=1)
def _shipped() -> dict[str, Any]:
    return tomllib.loads(FILE.read_text())


def _holds(on: date) -> Q:
    return Q(valid_from__lte=on) & (Q(valid_to=None) | Q(valid_to__gte=on))


def limits(*keys: str, on: date | None = None) -> dict[str, int]:
    """Several limits in force on a day (today), by one query; KeyError for one nobody knows."""
    found = {row["key"]: row["value"] for row in _shipped()["limit"]}
    values = {key: found[key] for key in keys}
    rows = Limit.objects.filter(_holds(on or clock.today()), key__in=keys).order_by("valid_from")
    return values | dict(rows.values_list("key", "value"))


def limit(key: str, on: date | None = None) -> int:
    """One limit in force on a day (today); KeyError for one nobody knows."""
    return limits(key, on=on)[key]


def reference(key: str, on: date | None = None) -> Reference:
    """The reference in force on a day (today); KeyError when none was."""
    day = on or clock.today()
    rows = [row for row in references(key) if row.valid_from <= day]
    held = [row for row in rows if row.valid_to is None or row.valid_to >= day]
    if not held:
        raise KeyError(key)
    return held[-1]


def references(*keys: str) -> list[Reference]:
    """Every row of these keys (all), old ones too, by key and from when they held.

    A row of the table ends the shipped one it takes over from, the day before.
    """
    checked = _shipped()["checked_on"]
    found = [
        Reference(**{"checked_on": checked, "valid_to": None} | row)
        for row in _shipped()["reference"]
    ]
    rows = LegalReference.objects.select_related("checked_by__user").order_by("valid_from")
    for row in rows:
        found = [
            _ended(one, row)
            for one in found
            if (one.key, one.valid_from) != (row.key, row.valid_from)
        ]
        named = {name: getattr(row, name) for name in Reference.__dataclass_fields__}
        found.append(Reference(**named | {"checked_by": row.checked_by.name}))
    wanted = [row for row in found if not keys or row.key in keys]
    return sorted(wanted, key=lambda row: (row.key, row.valid_from))


def _ended(one: Reference, by: LegalReference) -> Reference:
    overlaps = one.key == by.key and one.valid_to is None and one.valid_from < by.valid_from
    if not overlaps:
        return one
    values = {name: getattr(one, name) for name in Reference.__dataclass_fields__}
    return Reference(**values | {"valid_to": by.valid_from - timedelta(days=1)})


def bounds() -> list[Bound]:
    """Every limit in force today, in the file's order, with who checked it last."""
    rows = Limit.objects.filter(_holds(clock.today())).select_related("checked_by__user")
    own = {row.key: row for row in rows.order_by("valid_from")}
    found = []
    for shipped in _shipped()["limit"]:
        bound = Bound(
            **{"checked_on": _shipped()["checked_on"]} | shipped | {"unit": Unit(shipped["unit"])}
        )
        if row := own.get(bound.key):
            values = {name: getattr(bound, name) for name in Bound.__dataclass_fields__}
            bound = Bound(
                **values
                | {
                    "value": row.value,
                    "source": row.source,
                    "checked_on": row.checked_on,
                    "valid_from": row.valid_from,
                    "checked_by": row.checked_by.name,
                }
            )
        found.append(bound)
    return found


def questions() -> list[Question]:
    """The checklist, each with its latest decision."""
    latest = {row.key: row for row in Decision.objects.order_by("decided_on", "pk")}
    shipped = _shipped()["question"]
    return [Question(**row, decision=latest.get(row["key"])) for row in shipped]


def undecided() -> list[Question]:
    return [one for one in questions() if one.decision is None]


def to_check() -> list[str]:
    """The keys of references and limits whose check is older than a year."""
    rows: Iterable[Reference | Bound] = [*references(), *bounds()]
    return sorted({row.key for row in rows if row.too_old})


def replace(row: Dated) -> None:
    """Let a new row take over from its own first day; the caller holds a transaction."""
    rows = type(row)._default_manager
    earlier = rows.filter(key=row.key, valid_to=None)
    earlier.filter(valid_from__lt=row.valid_from).update(
        valid_to=row.valid_from - timedelta(days=1)
    )
    rows.update_or_create(
        key=row.key,
        valid_from=row.valid_from,
        defaults={f.name: getattr(row, f.name) for f in row._meta.local_fields if f.name != "id"},
    )
