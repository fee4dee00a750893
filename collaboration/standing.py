"""Läget i samverkan: what the motion and the audit of seed 001 asked for, as figures per district.

Each measure is one question to the database with a row a district: how many of how many. All are
joined into one read. A room above adds a measure of its own with `measure`, and so may another
module of this room; here nobody is named and no pupil is counted but by number.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import (
    Case,
    CharField,
    Count,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Coalesce
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts import clock
from accounts.models import Kind, Organisation
from collaboration import parties, serving, terms
from collaboration.choices import (
    IN_FORCE,
    TOOK_PLACE,
    AgreementStatus,
    ContactStatus,
    Level,
    Presence,
)
from collaboration.models import Agreement, ContactAssignment, Forum, ForumMeeting, Invitee

YEAR = timedelta(days=365)
# Fewer than so many are not shown where a measure counts what happened to single children.
SMALL = 5


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
    """How one demand is counted: `rows` gives district, good and total; `items` what is behind."""

    code: str
    definition: Any
    rows: Callable[[], QuerySet[Any, Any]]
    items: Callable[[Organisation], list[dict[str, Any]]]
    green: int = 90  # per cent and above
    amber: int = 70  # per cent and above; below is red
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
    """The city first, then every district in service: two questions to the database."""
    known = read()
    districts = list(Organisation.objects.in_service().filter(kind=Kind.DISTRICT).order_by("name"))
    codes = [demand.code for demand in DEMANDS]

    def figure(code: str, good: int, total: int) -> Figure:
        one = _measures.get(code)
        hidden = bool(one and one.hides_small and 0 < total < SMALL)
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


# How each is counted. What "good" means stands in the definition shown on the page.


def _contacts() -> QuerySet[Any, Any]:
    """Schools in service with both posts held by somebody the school has confirmed."""
    held = ContactAssignment.objects.filter(school=OuterRef("pk"), status=ContactStatus.ACTIVE)
    both = Q(Exists(held.filter(post="contact"))) & Q(Exists(held.filter(post="deputy")))
    return _by_district(serving.schools_with_duty(), both)


def _by_district(schools: QuerySet[Any, Any], good: Q) -> QuerySet[Any, Any]:
    """Schools counted by the district they lie in; `good` is asked of each."""
    told = schools.filter(parent__kind=Kind.DISTRICT).annotate(
        is_good=Case(When(good, then=Value(1)), default=Value(0), output_field=IntegerField())
    )
    by_district = told.order_by().values(of=F("parent"))
    counted: QuerySet[Any, Any] = by_district.annotate(good=Sum("is_good"), total=Count("pk"))
    return counted


def _contact_items(district: Organisation) -> list[dict[str, Any]]:
    schools = serving.schools_with_duty().filter(parent=district).order_by("name")
    held: dict[int, set[str]] = {}
    rows = ContactAssignment.objects.filter(school__in=schools, status=ContactStatus.ACTIVE)
    for school, post in rows.values_list("school", "post"):
        held.setdefault(school, set()).add(post)
    return [
        {
            "label": school.name,
            "url": f"/samverkan/kontakter/skola/{school.uuid}/",
            "good": len(held.get(school.pk, ())) == 2,
            "note": _("båda") if len(held.get(school.pk, ())) == 2 else _("saknas"),
        }
        for school in schools
    ]


def _agreements() -> QuerySet[Any, Any]:
    """Schools in service bound by an agreement in force whose evaluation is not overdue."""
    fresh = parties.bound_today().filter(
        organisation=OuterRef("pk"),
        agreement__status=AgreementStatus.ACTIVE,
        agreement__evaluate_by__gte=clock.today(),
    )
    return _by_district(serving.schools_with_duty(), Q(Exists(fresh)))


def _agreement_items(district: Organisation) -> list[dict[str, Any]]:
    fresh = parties.bound_today().filter(
        agreement__status=AgreementStatus.ACTIVE, agreement__evaluate_by__gte=clock.today()
    )
    bound = set(fresh.values_list("organisation", flat=True))
    schools = serving.schools_with_duty().filter(parent=district).order_by("name")
    return [
        {
            "label": school.name,
            "url": "/samverkan/overenskommelser/tackning/",
            "good": school.pk in bound,
            "note": _("omfattas") if school.pk in bound else _("omfattas inte, eller för gammal"),
        }
        for school in schools
    ]


def _calls(kind: Q) -> QuerySet[Any, Any]:
    """Calls of the last twelve months to meetings that were held, and those who came."""
    since = clock.now() - YEAR
    rows = Invitee.objects.filter(kind, meeting__status__in=TOOK_PLACE, meeting__starts__gte=since)
    return (
        rows.order_by()
        .values(of=F("meeting__forum__district"))
        .annotate(good=Count("pk", filter=Q(presence=Presence.PRESENT)), total=Count("pk"))
    )


INDEPENDENT = Q(organisation__independent=True, organisation__kind__in=(Kind.SCHOOL, Kind.PROVIDER))
SCHOOLS = Q(organisation__kind=Kind.SCHOOL)


def _call_items(kind: Q) -> Callable[[Organisation], list[dict[str, Any]]]:
    def items(district: Organisation) -> list[dict[str, Any]]:
        rows = (
            Invitee.objects.filter(
                kind,
                meeting__forum__district=district,
                meeting__status__in=TOOK_PLACE,
                meeting__starts__gte=clock.now() - YEAR,
            )
            .select_related("organisation", "meeting__forum")
            .order_by("organisation__name", "-meeting__starts", "pk")
        )
        return [
            {
                "label": f"{row.organisation}: {row.meeting}",
                "url": f"/samverkan/moten/{row.meeting.uuid}/",
                "good": row.presence == Presence.PRESENT,
                "note": row.get_presence_display(),
            }
            for row in rows
        ]

    return items


def _evaluations() -> QuerySet[Any, Any]:
    """Agreements in force that the steering group has evaluated in the last twelve months."""
    since = clock.today() - YEAR
    # One that came into force within the year has not had its year yet, and is not behind.
    good = Q(evaluations__on__gte=since) | Q(published_on__gte=since)
    return (
        Agreement.objects.filter(status__in=IN_FORCE)
        .order_by()
        .values(of=F("district"))
        .annotate(good=Count("pk", filter=good, distinct=True), total=Count("pk", distinct=True))
    )


def _evaluation_items(district: Organisation) -> list[dict[str, Any]]:
    since = clock.today() - YEAR
    rows = Agreement.objects.filter(status__in=IN_FORCE, district=district)
    found = []
    for row in rows.prefetch_related("evaluations").order_by("title"):
        last = next(iter(row.evaluations.all()), None)
        fresh = bool(last and last.on >= since) or bool(
            row.published_on and row.published_on >= since
        )
        found.append(
            {
                "label": str(row),
                "url": f"/samverkan/overenskommelser/{row.uuid}/",
                "good": fresh,
                "note": last.on.isoformat() if last else _("inte utvärderad än"),
            }
        )
    return found


def _kept(level: str) -> QuerySet[Any, Any]:
    """A district's forums of one level that met as often as they should in the last two terms."""
    now = terms.of(clock.today())
    last = [str(now.before), str(now.before.before)]
    held = (
        ForumMeeting.objects.filter(forum=OuterRef("pk"), term__in=last, status__in=TOOK_PLACE)
        .order_by()
        .values("forum")
        .annotate(n=Count("pk"))
        .values("n")
    )
    return (
        Forum.objects.filter(active=True, level=level, district=OuterRef("pk"))
        .annotate(held=Coalesce(Subquery(held), 0))
        .filter(held__gte=needed(level))
    )


def needed(level: str) -> int:
    """How many meetings a forum of this level has in two terms."""
    return sum(len(terms.wanted(level, terms.Term(2026, half))) for half in (1, 2))


def _cadences() -> QuerySet[Any, Any]:
    """Of the four forums: those the district has and that kept their rhythm."""
    kept = Value(0)
    for level in Level.values:
        kept = kept + Case(  # type: ignore[assignment]  # a sum of cases is no case
            When(Exists(_kept(level)), then=Value(1)),
            default=Value(0),
            output_field=IntegerField(),
        )
    districts = Organisation.objects.in_service().filter(kind=Kind.DISTRICT).order_by()
    return districts.annotate(
        of=F("pk"), good=kept, total=Value(len(Level), output_field=IntegerField())
    )


def _cadence_items(district: Organisation) -> list[dict[str, Any]]:
    now = terms.of(clock.today())
    last = [str(now.before), str(now.before.before)]
    held = Count("meetings", filter=Q(meetings__term__in=last, meetings__status__in=TOOK_PLACE))
    forums = Forum.objects.filter(active=True, district=district).annotate(held=held)
    by_level: dict[str, int] = {}
    for level, n in forums.values_list("level", "held"):
        by_level[level] = max(n, by_level.get(level, 0))
    return [
        {
            "label": level.label,
            "url": "/samverkan/forum/",
            "good": by_level.get(level, -1) >= needed(level),
            "note": gettext("%(n)s av %(of)s möten") % {"n": by_level[level], "of": needed(level)}
            if level in by_level
            else _("finns inte"),
        }
        for level in Level
    ]


measure(
    Measure(
        "contact",
        _(
            "Skolor i stadsdelen som har både kontaktperson och ersättare, av alla skolor. "
            "En person räknas när skolan har bekräftat att den vet."
        ),
        _contacts,
        _contact_items,
        green=100,
    )
)
measure(
    Measure(
        "agreement",
        _(
            "Skolor som omfattas av en överenskommelse som gäller och inte väntar på att ses över, "
            "av alla skolor, kommunala och fristående."
        ),
        _agreements,
        _agreement_items,
    )
)
measure(
    Measure(
        "independent",
        _(
            "Fristående skolor och huvudmän som kom, av alla kallelser till dem de senaste tolv "
            "månaderna. Jämför med raden om skolans personal."
        ),
        lambda: _calls(INDEPENDENT),
        _call_items(INDEPENDENT),
        green=80,
        amber=50,
    )
)
measure(
    Measure(
        "follow_up",
        _(
            "Gällande överenskommelser som styrgruppen har utvärderat de senaste tolv månaderna, "
            "av alla som gäller. En som är yngre än ett år räknas som följd."
        ),
        _evaluations,
        _evaluation_items,
        green=100,
    )
)
measure(
    Measure(
        "school_staff",
        _(
            "Skolor som kom, av alla kallelser till skolor de senaste tolv månaderna, "
            "kommunala och fristående."
        ),
        lambda: _calls(SCHOOLS),
        _call_items(SCHOOLS),
        green=80,
        amber=50,
    )
)
measure(
    Measure(
        "cadence",
        _(
            "Av de fyra forumen: de som finns i stadsdelen och har mötts så ofta som de ska de två "
            "senaste hela terminerna. Saknas ett möte blir stadsdelens rad röd."
        ),
        _cadences,
        _cadence_items,
        green=100,
        amber=100,
    )
)
