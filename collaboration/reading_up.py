"""The motion's first demand as a figure: who has read the support material that is meant for them."""

from __future__ import annotations

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
    Sum,
    Value,
    When,
)
from django.db.models.functions import Concat
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Kind, Membership, Organisation
from collaboration.choices import MaterialKind, MaterialStatus
from collaboration.models import Receipt, SupportMaterial
from collaboration.standing import Measure, measure


def readers() -> QuerySet[Any, Any]:
    """People in the districts' schools and teams who have something to read; `behind`: whether the
    version that holds now is unread."""
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
    there: QuerySet[Any, Any] = Membership.objects.in_force().filter(
        organisation__kind__in=(Kind.SCHOOL, Kind.TEAM), organisation__parent__kind=Kind.DISTRICT
    )
    behind = Exists(guides.exclude(Exists(read)))
    told: QuerySet[Any, Any] = there.filter(Exists(guides), stands_in_for=None).annotate(
        is_good=Case(When(behind, then=Value(0)), default=Value(1), output_field=IntegerField())
    )
    return told


def by_district() -> QuerySet[Any, Any]:
    places = readers().order_by().values(of=F("organisation__parent"))
    counted: QuerySet[Any, Any] = places.annotate(good=Sum("is_good"), total=Count("pk"))
    return counted


def by_unit(district: Organisation) -> list[dict[str, Any]]:
    """Each school and team with how many of its people: nobody is named here."""
    rows = (
        readers()
        .filter(organisation__parent=district)
        .order_by()
        .values("organisation__name")
        .annotate(n=Sum("is_good"), of=Count("pk"))
        .order_by("organisation__name")
    )
    return [
        {
            "label": row["organisation__name"],
            "url": "/samverkan/material/",
            "good": row["n"] == row["of"],
            "n": row["n"],
            "of": row["of"],
            "note": gettext("%(n)s av %(of)s har läst") % {"n": row["n"], "of": row["of"]},
        }
        for row in rows
    ]


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
