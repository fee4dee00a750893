"""Läget i samverkan: what the motion and the audit of seed 001 asked for, as figures per district.

Each measure is one question to the database with a row a district: how many of how many. All are
joined into one read. A room above adds a measure of its own with `measure`, and so may another
module of this room; here nobody is named and no pupil is counted but by number.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import CharField, QuerySet, Value
from django.utils.translation import gettext_lazy as _

from accounts.models import Kind, Organisation
from collaboration import few


@dataclass(frozen=True)
class Demand:
    """One row of the page: what was asked, by whom."""

    code: str
    short: Any
    label: Any
    source: Any


DEMANDS: tuple[Demand, ...] = (
    Demand(
        "material",
        _("Stödmaterial"),
        _("1. Stödmaterialet används"),
        _("Motionens första krav: ta del av stödmaterialet, använd det och sprid det."),
    ),
    Demand(
        "contact",
        _("Kontakt"),
        _("2. Skolorna har en kontaktperson"),
        _("Motionens andra krav: en särskild kontaktperson, och skolan får veta när den byts ut."),
    ),
    Demand(
        "agreement",
        _("Avtal"),
        _("3. Överenskommelsen ses över"),
        _("Motionens tredje krav: revidera den lokala överenskommelsen regelbundet."),
    ),
    Demand(
        "independent",
        _("Fristående"),
        _("4. Fristående skolor deltar"),
        _("Motionens fjärde krav: fristående skolor deltar lika mycket som kommunala."),
    ),
    Demand(
        "follow_up",
        _("Uppföljning"),
        _("5. Samverkan följs upp"),
        _("Motionens femte krav: inför modellen för uppföljning."),
    ),
    Demand(
        "feedback",
        _("Återkoppling"),
        _("6. Återkoppling efter orosanmälan"),
        _("Stadsrevisionen 2011: skolorna fick alltför sällan återkoppling."),
    ),
    Demand(
        "school_staff",
        _("Skolan kommer"),
        _("Skolans personal kommer till mötena"),
        _("Östermalms eget svar 2016: skolpersonal uteblir från samverkansmötena."),
    ),
    Demand(
        "cadence",
        _("Möten"),
        _("Forumen möts så ofta som de ska"),
        _("Överenskommelsens egen rytm, till exempel styrgrupp minst en gång per termin."),
    ),
)


@dataclass(frozen=True)
class Measure:
    """How one demand is counted: `rows` gives district, good and total; `items` what is behind.

    An item leads to its `url`; where not everybody who sees the figure may go there, its `open_to`
    says of an actor whether they may.
    """

    code: str
    definition: Any
    rows: Callable[[], QuerySet[Any, Any]]
    items: Callable[[Organisation], list[dict[str, Any]]]
    # What the figure is to be compared with, of one district or the city: its words, how many of how many.
    beside: Callable[[Organisation | None], tuple[Any, int, int]] | None = None
    green: int = 90  # per cent and above
    amber: int = 70  # per cent and above; below is red
    # It counts what happened to single children: fewer than the smallest group are not shown.
    hides_small: bool = False


_measures: dict[str, Measure] = {}


def measure(one: Measure) -> Measure:
    """Register how a demand is counted; one measure a demand."""
    if one.code in _measures:
        raise RuntimeError(f"{one.code} mäts redan.")
    _measures[one.code] = one
    return one


def of(code: str) -> Measure | None:
    return _measures.get(code)


def read() -> dict[tuple[int, str], tuple[int, int]]:
    """All figures of all districts in one read: (district, code) to (good, total)."""
    parts = [
        one.rows()
        .annotate(demand=Value(code, output_field=CharField()))
        .values_list("of", "demand", "good", "total")
        for code, one in sorted(_measures.items())
    ]
    if not parts:
        return {}
    joined = parts[0].union(*parts[1:], all=True) if len(parts) > 1 else parts[0]
    return {(of, code): (good or 0, total or 0) for of, code, good, total in joined}


@dataclass(frozen=True)
class Figure:
    """One cell as it is shown."""

    code: str
    good: int
    total: int
    measured: bool
    hidden: bool = False

    @property
    def percent(self) -> int | None:
        return round(100 * self.good / self.total) if self.total and not self.hidden else None

    @property
    def tone(self) -> str:
        """ "success", "warning" or "danger"; "" where there is nothing to measure."""
        one = _measures.get(self.code)
        if one is None or self.percent is None:
            return ""
        if self.percent >= one.green:
            return "success"
        return "warning" if self.percent >= one.amber else "danger"


@dataclass(frozen=True)
class Line:
    """One district, or the city, with its figures in the order of the demands."""

    district: Organisation | None
    figures: list[Figure]

    @property
    def tone(self) -> str:
        """Red when a cadence is missed or any figure is red (issue, point 3)."""
        tones = {figure.tone for figure in self.figures}
        cadence = next((f for f in self.figures if f.code == "cadence"), None)
        if "danger" in tones or (cadence and cadence.total and cadence.good < cadence.total):
            return "danger"
        return "warning" if "warning" in tones else "success" if "success" in tones else ""


def table() -> list[Line]:
    """The city first, then every district in service: three questions to the database."""
    known = read()
    districts = list(Organisation.objects.in_service().filter(kind=Kind.DISTRICT).order_by("name"))
    codes = [demand.code for demand in DEMANDS]
    smallest = few.smallest()

    def figure(code: str, good: int, total: int) -> Figure:
        one = _measures.get(code)
        hidden = bool(one and one.hides_small and 0 < total < smallest)
        return Figure(code, good, total, measured=one is not None, hidden=hidden)

    lines = [
        Line(place, [figure(code, *known.get((place.pk, code), (0, 0))) for code in codes])
        for place in districts
    ]
    # What is hidden in a district is left out of the city too, or it could be reckoned back.
    sums = {code: [0, 0] for code in codes}
    for line in lines:
        for one in line.figures:
            if not one.hidden:
                sums[one.code][0] += one.good
                sums[one.code][1] += one.total
    city = Line(None, [figure(code, *sums[code]) for code in codes])
    return [city, *lines]
