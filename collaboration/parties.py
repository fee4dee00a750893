"""Who could be bound by a district's agreement: the district, education, independent providers, schools."""

from __future__ import annotations

from typing import Any

from django.db.models import Case, Exists, IntegerField, OuterRef, Q, QuerySet, Value, When
from django.utils.translation import gettext as _

from accounts import clock
from accounts.models import Kind, Organisation
from collaboration.choices import Signature
from collaboration.models.agreement_parts import AgreementParty


def candidates(district: Organisation) -> Any:
    """In the order they stand in an agreement. Seed 001: independent schools and their providers too."""
    runs_here = Q(runs__parent=district, runs__kind=Kind.SCHOOL, independent=True)
    education = Q(kind=Kind.PROVIDER, independent=False)
    schools = Q(kind=Kind.SCHOOL, parent=district)
    order = Case(
        When(pk=district.pk, then=Value(0)),
        When(kind=Kind.PROVIDER, independent=False, then=Value(1)),
        When(kind=Kind.PROVIDER, then=Value(2)),
        When(independent=False, then=Value(3)),
        default=Value(4),
        output_field=IntegerField(),
    )
    found = Organisation.objects.in_service().filter(
        Q(pk=district.pk) | education | (Q(kind=Kind.PROVIDER) & runs_here) | schools
    )
    return found.annotate(order=order).distinct().order_by("order", "name")


def row_for(organisation: Organisation) -> dict[str, Any]:
    """A party's first row: a school is covered by its provider's signature, the others sign."""
    covered = organisation.kind == Kind.SCHOOL and organisation.provider_id is not None
    return {
        "organisation": organisation,
        "signature": Signature.NOT_NEEDED if covered else Signature.WAITING,
    }


def bound_today() -> QuerySet[AgreementParty]:
    """Rows of agreements that hold today."""
    today = clock.today()
    still = Q(until=None) | Q(until__gt=today)
    return AgreementParty.objects.filter(still, in_force=True, since__lte=today)


def covered(district: str = "") -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Every school in service and whether it is bound today, and the districts to choose among."""
    held = Exists(bound_today().filter(organisation=OuterRef("pk")))
    schools = Organisation.objects.in_service().filter(kind=Kind.SCHOOL, parent__kind=Kind.DISTRICT)
    if district:
        schools = schools.filter(parent=int(district))
    rows = schools.annotate(covered=held).values(
        "pk", "name", "independent", "parent__name", "provider__name", "covered"
    )
    districts = Organisation.objects.in_service().filter(kind=Kind.DISTRICT).values("pk", "name")
    told = [dict(row) for row in rows.order_by("parent__name", "name")]
    return told, [dict(row) for row in districts]


def shares(schools: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Covered of all, for municipal, independent and both."""
    found = []
    for label, chosen in (
        (_("Kommunala skolor"), [s for s in schools if not s["independent"]]),
        (_("Fristående skolor"), [s for s in schools if s["independent"]]),
        (_("Alla skolor"), schools),
    ):
        n = sum(1 for school in chosen if school["covered"])
        share = round(100 * n / len(chosen)) if chosen else None
        found.append({"label": label, "n": n, "of": len(chosen), "share": share})
    return found
