"""Who comes to the forums: counted by the database, per term, kind of school, role and organisation."""

from __future__ import annotations

from typing import Any

from django.db.models import Case, CharField, Count, Q, Value, When
from django.utils.translation import gettext as _

from accounts import paging
from accounts.models import Kind, Organisation
from collaboration import terms
from collaboration.choices import TOOK_PLACE, Presence, Seat
from collaboration.models import Invitee

TERMS = 6
COUNTS = {
    "n": Count("pk"),
    "came": Count("pk", filter=Q(presence=Presence.PRESENT)),
    "excused": Count("pk", filter=Q(presence=Presence.EXCUSED)),
    "away": Count("pk", filter=Q(presence=Presence.ABSENT)),
}
GROUPS = Case(
    When(organisation__kind=Kind.SCHOOL, organisation__independent=True, then=Value("free")),
    When(organisation__kind=Kind.PROVIDER, organisation__independent=True, then=Value("free")),
    When(organisation__kind__in=(Kind.SCHOOL, Kind.PROVIDER), then=Value("municipal")),
    default=Value("social"),
    output_field=CharField(),
)


def called(district: Organisation | None) -> Any:
    """Everyone called to a meeting that has been, in one district or the whole municipality."""
    rows = Invitee.objects.filter(meeting__status__in=TOOK_PLACE)
    return rows if district is None else rows.filter(meeting__forum__district=district)


def by_term(district: Organisation | None) -> list[dict[str, Any]]:
    """The last terms, newest first: how many were called, came and stayed away, by group."""
    counted = (
        called(district)
        .annotate(group=GROUPS)
        .values("meeting__term", "group")
        .annotate(**COUNTS)
        .order_by("-meeting__term")
    )
    labels = {
        "municipal": _("Kommunala skolor och utbildningsförvaltningen"),
        "free": _("Fristående skolor och deras huvudmän"),
        "social": _("Socialtjänsten"),
    }
    found: dict[str, dict[str, Any]] = {}
    for row in counted:
        term = terms.read(row["meeting__term"])
        if term is not None:
            name = row["meeting__term"]
            here = found.setdefault(name, {"label": term.label, "groups": {}})
            here["groups"][row["group"]] = shares(row) | {"label": labels[row["group"]]}
    return [
        {"label": here["label"], "groups": [here["groups"].get(name) for name in labels]}
        for here in list(found.values())[:TERMS]
    ]


def shares(row: dict[str, Any]) -> dict[str, Any]:
    """Counts with what they are of all called, in per cent; the bar's width in its own units."""
    told = {name: round(100 * row[name] / row["n"]) for name in ("came", "excused", "away")}
    return told | {"n": row["n"], "width": 4 * told["came"]}


def by_role(district: Organisation | None) -> list[dict[str, Any]]:
    """Over all their calls, in which role people sit, those who stay away most first."""
    rows = called(district).values("role").annotate(**COUNTS).order_by("-away", "role")
    return [shares(row) | {"label": Seat(row["role"]).label} for row in rows]


def by_organisation(
    district: Organisation | None, before: str = ""
) -> tuple[list[dict[str, Any]], str]:
    """A page of organisations over all their calls, those who stay away most first, and the next."""
    rows = (
        called(district)
        .values(
            "organisation",
            "organisation__name",
            "organisation__kind",
            "organisation__independent",
        )
        .annotate(**COUNTS)
        .order_by("-away", "organisation__name", "organisation")
    )
    shown, more = paging.page(rows, before)
    return [
        shares(row)
        | {"label": row["organisation__name"], "independent": row["organisation__independent"]}
        for row in shown
    ], more
