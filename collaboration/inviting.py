"""Whom a forum calls: everybody the agreement names, and every school of the district besides."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from accounts.models import Kind, Membership, Organisation, Role
from collaboration.choices import Level, Seat
from collaboration.parties import bound_today

# Domain A2.3: who sits where. Schools are called to all but the steering group. Of the providers
# only the independent ones meet in the local forum, and only education in the steering group.
KINDS: dict[str, tuple[Kind, ...]] = {
    Level.STEERING_GROUP: (Kind.DISTRICT, Kind.PROVIDER),
    Level.MANAGER_FORUM: (Kind.DISTRICT, Kind.PROVIDER, Kind.SCHOOL, Kind.TEAM),
    Level.TRANSITION_FORUM: (Kind.PROVIDER, Kind.SCHOOL, Kind.TEAM),
    Level.LOCAL_FORUM: (Kind.PROVIDER, Kind.SCHOOL, Kind.TEAM, Kind.RECEIVER),
}
SEATS: dict[str, Seat] = {
    Kind.SCHOOL: Seat.PRINCIPAL,
    Kind.PROVIDER: Seat.PROVIDER,
    Kind.DISTRICT: Seat.DISTRICT,
    Kind.TEAM: Seat.MANAGER,
    Kind.RECEIVER: Seat.WORKER,
}
LEADERS = (Role.PRINCIPAL, Role.DISTRICT, Role.MANAGER, Role.RECEIVER)


def seat_of(organisation: Organisation) -> str:
    """Whoever leads the place is called, so the place says in which role."""
    return SEATS.get(organisation.kind, Seat.OTHER)


@dataclass(frozen=True)
class Called:
    organisation: Organisation
    name: str
    email: str

    @property
    def role(self) -> str:
        return seat_of(self.organisation)


def called(forum: Any) -> Iterator[Called]:
    """Each organisation once, with whoever leads it and an address, "" where none is known."""
    kinds = KINDS[forum.level]
    bound = bound_today().filter(district=forum.district_id)
    named = Q(pk__in=bound.values("organisation"))
    # The motion's fourth demand: no school is left out, whether or not it has joined the agreement.
    near = Q(kind=Kind.SCHOOL, parent=forum.district_id) | Q(
        pk__in=providers_near(forum.district_id).values("pk")
    )
    ours = Q(kind__in=(Kind.TEAM, Kind.RECEIVER), parent=forum.district_id) | Q(
        pk=forum.district_id
    )
    side = Q(kind__in=kinds) & (named | near | ours)
    if forum.level == Level.STEERING_GROUP:
        # The two administrations, with or without an agreement: it is they who make one.
        side = side & ~Q(independent=True) | Q(kind=Kind.PROVIDER, independent=False)
    if forum.level == Level.LOCAL_FORUM:
        side &= ~Q(kind=Kind.PROVIDER, independent=False)
    places = list(
        Organisation.objects.in_service().filter(side).distinct().order_by("kind", "name")
    )
    leaders: dict[int, Membership] = {}
    there = Membership.objects.in_force().filter(
        organisation__in=places, role__in=LEADERS, stands_in_for=None
    )
    for one in there.select_related("user").order_by("-pk"):
        leaders[one.organisation_id] = one
    signers = {row.organisation_id: row for row in bound.exclude(signer_email="").order_by("pk")}
    for place in places:
        leader, signer = leaders.get(place.pk), signers.get(place.pk)
        if leader is not None and leader.user.email:
            yield Called(place, leader.name, leader.user.email)
        elif place.function_address:
            yield Called(place, leader.name if leader else "", place.function_address)
        elif signer is not None:
            yield Called(place, signer.signer_name, signer.signer_email)
        else:
            yield Called(place, "", "")


def providers_near(district: int) -> QuerySet[Organisation]:
    """The providers of a district's independent schools."""
    schools = Organisation.objects.in_service().filter(
        kind=Kind.SCHOOL, independent=True, parent=district
    )
    return Organisation.objects.in_service().filter(
        kind=Kind.PROVIDER, independent=True, pk__in=schools.values("provider")
    )


def worth_calling(meeting: Any) -> QuerySet[Organisation]:
    """Whom a convener may want to call besides: the district's own, education, the providers near,
    teams that serve it, what is the whole municipality's, and whoever is called already."""
    forum = meeting.forum
    city = Q(parent__kind=Kind.MUNICIPALITY)
    found = (
        Q(pk=forum.district_id)
        | Q(parent=forum.district_id)
        | Q(kind=Kind.PROVIDER, independent=False)
        | Q(pk__in=providers_near(forum.district_id).values("pk"))
        | Q(kind=Kind.TEAM, serves=forum.district_id)
        | Q(kind__in=(Kind.TEAM, Kind.RECEIVER)) & city
        | Q(kind=Kind.MUNICIPALITY)
        | Q(pk__in=meeting.invitees.values("organisation"))
    )
    return Organisation.objects.in_service().filter(found).distinct().order_by("name", "pk")
