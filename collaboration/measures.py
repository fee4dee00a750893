"""How the rows of Läget are counted that this room can count itself. What "good" means stands on the page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db.models import (
    Case,
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
from collaboration.models import (
    Agreement,
    AgreementEvaluation,
    ContactAssignment,
    Forum,
    ForumMeeting,
    Invitee,
)
from collaboration.standing import Measure, measure

YEAR = timedelta(days=365)


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
            "url": f"/samverkan/overenskommelser/tackning/?stadsdel={district.pk}",
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
                "meeting": row.meeting_id,
                "good": row.presence == Presence.PRESENT,
                "note": row.get_presence_display(),
            }
            for row in rows
        ]

    return items


def _municipal(district: Organisation | None) -> tuple[Any, int, int]:
    """The other side of "as much as the municipal ones": how often those came."""
    kinds = Q(organisation__independent=False, organisation__kind__in=(Kind.SCHOOL, Kind.PROVIDER))
    rows = _calls(kinds)
    if district is not None:
        rows = rows.filter(of=district.pk)
    counted = list(rows.values_list("good", "total"))
    return (
        _("Kommunala skolor"),
        sum(good for good, _total in counted),
        sum(total for _good, total in counted),
    )


def _old_enough() -> QuerySet[Any, Any]:
    """Agreements in force that have held for a year, and so should have been evaluated."""
    year_ago = clock.today() - YEAR
    return Agreement.objects.filter(status__in=IN_FORCE, valid_from__lte=year_ago).order_by()


def _number(rows: QuerySet[Any, Any]) -> Any:
    """How many rows there are of the district that is asked about."""
    counted = rows.filter(district=OuterRef("pk")).values("district").annotate(n=Count("pk"))
    return Coalesce(Subquery(counted.values("n")), 0)


def _evaluations() -> QuerySet[Any, Any]:
    """Agreements that have held for a year: those evaluated in the last twelve months.

    A district without an agreement follows nothing up, and counts as one that is not.
    """
    fresh = AgreementEvaluation.objects.filter(
        agreement=OuterRef("pk"), on__gte=clock.today() - YEAR
    )
    has_one = Agreement.objects.filter(status__in=IN_FORCE, district=OuterRef("pk"))
    districts = Organisation.objects.in_service().filter(kind=Kind.DISTRICT).order_by()
    return districts.annotate(
        of=F("pk"),
        good=_number(_old_enough().filter(Exists(fresh))),
        total=Case(
            When(Exists(has_one), then=_number(_old_enough())),
            default=Value(1),
            output_field=IntegerField(),
        ),
    )


def _evaluation_items(district: Organisation) -> list[dict[str, Any]]:
    since = clock.today() - YEAR
    if not Agreement.objects.filter(status__in=IN_FORCE, district=district).exists():
        where = f"/samverkan/overenskommelser/tackning/?stadsdel={district.pk}"
        nothing = {"label": str(district), "url": where, "good": False}
        return [nothing | {"note": _("har ingen överenskommelse att följa upp")}]
    rows = _old_enough().filter(district=district).prefetch_related("evaluations")
    found = []
    for row in rows.order_by("title", "pk"):
        last = max((one.on for one in row.evaluations.all()), default=None)
        found.append(
            {
                "label": str(row),
                "url": f"/samverkan/overenskommelser/{row.uuid}/",
                "good": last is not None and last >= since,
                "note": last.isoformat() if last else _("inte utvärderad än"),
            }
        )
    return found


def _last() -> tuple[terms.Term, terms.Term]:
    """The two whole terms before this one, the older first."""
    now = terms.of(clock.today())
    return now.before.before, now.before


def _kept(level: str) -> QuerySet[Any, Any]:
    """A district's forums of one level that met as often as they should in the last two terms."""
    found = Forum.objects.filter(active=True, level=level, district=OuterRef("pk")).order_by()
    for number, owed in enumerate(terms.owed(level, _last())):
        held = Q(
            meetings__term__in=[str(term) for term in owed.within],
            meetings__kind__in=owed.kinds,
            meetings__status__in=TOOK_PLACE,
        )
        name = f"held_{number}"
        counted = found.annotate(**{name: Count("meetings", filter=held)})
        found = counted.filter(**{f"{name}__gte": owed.count})
    return found


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
    last = _last()
    held: dict[tuple[int, str, str], int] = {}
    rows = ForumMeeting.objects.filter(
        forum__district=district, term__in=[str(term) for term in last], status__in=TOOK_PLACE
    )
    for forum, term, kind in rows.values_list("forum", "term", "kind"):
        held[forum, term, kind] = held.get((forum, term, kind), 0) + 1
    forums: dict[str, list[int]] = {}
    for pk, level in Forum.objects.filter(active=True, district=district).values_list(
        "pk", "level"
    ):
        forums.setdefault(level, []).append(pk)

    def counts(forum: int, level: str) -> list[tuple[terms.Owed, int]]:
        return [
            (
                owed,
                sum(held.get((forum, str(t), kind), 0) for t in owed.within for kind in owed.kinds),
            )
            for owed in terms.owed(level, last)
        ]

    def item(level: Level) -> dict[str, Any]:
        # Of several forums of one level the one that is nearest its rhythm is told of.
        best = max(
            (counts(pk, level) for pk in forums.get(level, ())),
            key=lambda all_: sum(min(n, owed.count) for owed, n in all_),
            default=None,
        )
        told = [
            gettext("%(when)s: %(n)s av %(of)s %(what)s")
            % {"when": owed.when, "n": n, "of": owed.count, "what": owed.what}
            for owed, n in best or ()
        ]
        return {
            "label": level.label,
            "url": f"/samverkan/forum/?stadsdel={district.pk}&termin={last[-1]}",
            "good": best is not None and all(n >= owed.count for owed, n in best),
            "note": "; ".join(told) or _("finns inte"),
        }

    return [item(level) for level in Level]


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
            "månaderna. Bredvid står hur ofta de kommunala kom."
        ),
        lambda: _calls(INDEPENDENT),
        _call_items(INDEPENDENT),
        beside=_municipal,
        green=80,
        amber=50,
    )
)
measure(
    Measure(
        "follow_up",
        _(
            "Överenskommelser som styrgruppen har utvärderat de senaste tolv månaderna, av alla som "
            "har gällt i minst ett år. En stadsdel utan överenskommelse räknas som en som inte "
            "följer upp."
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
