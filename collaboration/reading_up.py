"""The motion's first demand as a figure: who has read the support material that is meant for them."""

from __future__ import annotations

from functools import partial
from typing import Any, cast

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
    Value,
    When,
)
from django.db.models.functions import Concat
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import (
    LEADERS,
    Kind,
    Membership,
    MembershipQuerySet,
    Organisation,
    OrganisationQuerySet,
    Role,
)
from collaboration import sight
from collaboration.choices import MaterialKind, MaterialStatus
from collaboration.models import Receipt, SupportMaterial
from collaboration.standing import Measure, measure


def people() -> MembershipQuerySet:
    """Whoever is counted: once for each role of their own, never where they stand in for another."""
    return Membership.objects.in_force().filter(stands_in_for=None)


def readers() -> QuerySet[Any, Any]:
    """People in the districts' schools and teams who have something to read; `is_good`: 1 when
    the version that holds now is read, else 0."""
    kinds = (Kind.SCHOOL, Kind.TEAM)
    return _with_something_to_read(
        people().filter(organisation__kind__in=kinds, organisation__parent__kind=Kind.DISTRICT)
    )


def _with_something_to_read(there: MembershipQuerySet) -> QuerySet[Any, Any]:
    role = Concat(Value(" "), OuterRef("role"), Value(" "), output_field=CharField())
    guides = SupportMaterial.objects.filter(
        Q(audience="") | Q(audience__contains=role),
        status=MaterialStatus.PUBLISHED,
        kind=MaterialKind.GUIDE,
    )
    read = Receipt.objects.filter(
        material=OuterRef("pk"),
        number=OuterRef("number"),
        membership__user=OuterRef(OuterRef("user")),
    )
    behind = Exists(guides.exclude(Exists(read)))
    return cast(
        "QuerySet[Any, Any]",
        there.filter(Exists(guides)).annotate(
            is_good=Case(When(behind, then=Value(0)), default=Value(1), output_field=IntegerField())
        ),
    )


# Persons, however many roles they have in one place: good when nothing is left in any of them.
_ALL = Count("user", distinct=True)
_GOOD = _ALL - Count("user", distinct=True, filter=Q(is_good=0))


def by_district() -> QuerySet[Any, Any]:
    counted = readers().order_by().values(of=F("organisation__parent"))
    return cast("QuerySet[Any, Any]", counted.annotate(good=_GOOD, total=_ALL))


def by_unit(district: Organisation) -> list[dict[str, Any]]:
    """Each school and team with how many of its people: nobody is named here."""
    place = ("organisation", "organisation__uuid", "organisation__name")
    there = readers().filter(organisation__parent=district).order_by().values(*place)
    rows = there.annotate(n=_GOOD, of=_ALL).order_by("organisation__name", "organisation")
    return [
        {
            "label": row["organisation__name"],
            "url": f"/samverkan/material/tackning/{row['organisation__uuid']}/",
            "open_to": partial(opens, unit=row["organisation"], district=district.pk),
            "good": row["n"] == row["of"],
            "n": row["n"],
            "of": row["of"],
            "note": gettext("%(n)s av %(of)s har läst") % {"n": row["n"], "of": row["of"]},
        }
        for row in rows
    ]


def opens(actor: Membership, *, unit: int, district: int | None) -> bool:
    """Who may see it unit by unit: those of the whole city, the district's, and its own leader."""
    if actor.role in sight.OVERVIEW:
        return True
    if actor.role == Role.DISTRICT:
        return actor.organisation_id in (unit, district)
    return actor.role in LEADERS and actor.organisation_id == unit


def units_of(actor: Membership) -> OrganisationQuerySet:
    """The units that `opens` says yes of."""
    units, own = Organisation.objects.all(), Q(pk=actor.organisation_id)
    if actor.role in sight.OVERVIEW:
        return units
    if actor.role == Role.DISTRICT:
        return units.filter(own | Q(parent=actor.organisation_id))
    return units.filter(own) if actor.role in LEADERS else units.none()


def of_material(material: SupportMaterial, units: OrganisationQuerySet) -> QuerySet[Any, Any]:
    """Per unit: people it is for, how many of them have read it, and that in per cent, rounded
    down so that nobody who has not read is lost in it."""
    there = people().filter(organisation__in=units)
    if material.audience:
        there = there.filter(role__in=material.audience.split())
    read = Receipt.objects.filter(material=material, number=material.number)
    has_read = Q(user__in=read.values("membership__user"))
    counted = there.values("organisation", "organisation__name", "organisation__uuid")
    return counted.annotate(n=_ALL, read=Count("user", filter=has_read, distinct=True)).annotate(
        percent=F("read") * 100 / F("n")
    )


def of_unit(unit: Organisation) -> tuple[int, int]:
    """The unit's row in Läget: how many have read all that is counted there, of how many."""
    there = _with_something_to_read(people().filter(organisation=unit))
    found = there.order_by().values("user", "is_good").distinct()
    behind = {row["user"] for row in found if not row["is_good"]}
    everybody = {row["user"] for row in found}
    return len(everybody - behind), len(everybody)


def in_unit(unit: Organisation) -> list[dict[str, Any]]:
    """Each published material that is for somebody there: of how many, and how many have read it."""
    there = list(people().filter(organisation=unit).values_list("user", "role"))
    published = SupportMaterial.objects.filter(status=MaterialStatus.PUBLISHED)
    receipts = Receipt.objects.filter(
        material__in=published,
        number=F("material__number"),
        membership__user__in={user for user, _role in there},
    )
    has_read = set(receipts.values_list("material", "membership__user"))
    found = []
    for material in published.order_by("title", "pk"):
        meant = {user for user, role in there if material.is_for(role)}
        read = {user for user in meant if (material.pk, user) in has_read}
        if meant:
            found.append({"material": material, "n": len(meant), "read": len(read)})
    return found


measure(
    Measure(
        "material",
        _(
            "Personer i skolor och team som har läst och förstått den version av stödmaterialet "
            "som gäller och är tänkt för dem, av alla som det är tänkt för. Öppna siffran och se "
            "det skola för skola."
        ),
        by_district,
        by_unit,
        green=80,
        amber=50,
    )
)
