"""Which schools need a contact person, and which team of social services answers for each."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from accounts.models import Kind, Membership, Organisation, Role
from collaboration.choices import ContactStatus


def schools_with_duty() -> QuerySet[Organisation]:
    """Every school in service in one of the municipality's own districts (motion, demand 2)."""
    here = Q(parent__kind__in=(Kind.DISTRICT, Kind.MUNICIPALITY))
    return Organisation.objects.in_service().filter(here, kind=Kind.SCHOOL)


def has_duty(school: Organisation) -> bool:
    """The same of one school, whose parent has been read with it."""
    parent = school.parent
    return parent is not None and parent.kind in (Kind.DISTRICT, Kind.MUNICIPALITY)


def answering(school: Organisation) -> Organisation | None:
    """The team that serves the school, else its district; None where there is neither."""
    teams = Organisation.objects.in_service().filter(kind=Kind.TEAM)
    serves = Q(serves=school.pk) | Q(serves=school.parent_id)
    near = teams.filter(serves).order_by("pk").first()
    return near or teams.filter(parent=school.parent_id).order_by("pk").first() or school.district


def names_itself(district: Organisation) -> bool:
    """Whether a district names contact persons from its own people: no team does so for it, or it
    has posts from a time when none did."""
    teams = Organisation.objects.in_service().filter(kind=Kind.TEAM)
    has = teams.filter(Q(serves=district) | Q(parent=district)).exists()
    return not has or district.contact_posts.exclude(status=ContactStatus.ENDED).exists()


def schools_at(address: str) -> QuerySet[Organisation]:
    """The schools in service that read this address."""
    schools = Organisation.objects.in_service().filter(kind=Kind.SCHOOL)
    return schools.filter(function_address__iexact=address)


def manager_of(team: Organisation | None) -> Membership | None:
    """Who leads it now; None while nobody does."""
    there = Membership.objects.in_force().filter(
        organisation=team, role__in=(Role.MANAGER, Role.DISTRICT), stands_in_for=None
    )
    return there.select_related("user").order_by("pk").first()


def leader_of(school: Organisation) -> Membership | None:
    """The principal now; None for a school that has nobody in the system."""
    there = Membership.objects.in_force().filter(
        organisation=school, role=Role.PRINCIPAL, stands_in_for=None
    )
    return there.select_related("user").order_by("pk").first()


def served_by(team: Organisation) -> QuerySet[Organisation]:
    """The schools a team answers for: those it is said to serve, or its district's. A district
    answers for its own."""
    if team.kind == Kind.DISTRICT:
        ours = Organisation.objects.in_service().filter(kind=Kind.SCHOOL, parent=team)
        return ours.order_by("name")
    served = team.serves.values("pk")
    here = Q(pk__in=served) | Q(parent__in=served) | Q(parent=team.parent_id) | Q(parent=team.pk)
    return Organisation.objects.in_service().filter(here, kind=Kind.SCHOOL).order_by("name")


def named_by(team: Organisation) -> QuerySet[Organisation]:
    """The schools a team names people for: those it answers for, and those it has posts at."""
    held = team.contact_posts.exclude(status=ContactStatus.ENDED).values("school")
    answers = served_by(team).order_by().values("pk")
    schools = Organisation.objects.in_service().filter(kind=Kind.SCHOOL)
    return schools.filter(Q(pk__in=answers) | Q(pk__in=held)).order_by("name")
