"""What goes over to the organisation that takes over: people, parts, schools run, districts served."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts import clock, register, standing
from accounts.models import WHERE, Membership, Organisation


def moved_on() -> QuerySet[Membership]:
    """The roles people had where another organisation has taken over, ended or not."""
    there = {"organisation__until__lte": clock.today(), "organisation__successor__isnull": False}
    return Membership.objects.filter(user__is_active=True, **there)


def role_after(old: Membership) -> Membership | None:
    """The same person's same role where the tasks are now; None for whoever did not go over."""
    heir = old.organisation.heir
    if heir.pk == old.organisation_id:
        return None
    there = Membership.objects.in_force().filter(organisation=heir, role=old.role)
    return there.filter(user=old.user_id, stands_in_for=None).order_by("pk").first()


def _people(organisation: Organisation) -> Any:
    today = clock.today()
    return organisation.memberships.filter(Q(until=None) | Q(until__gt=today))


def _people_follow(organisation: Organisation, successor: Organisation, on: date) -> None:
    """The same roles in the successor from today; the old ones end with the old organisation, or
    when it has wound up. What the old ones held of the collaboration follows to the new ones."""
    for old in _people(organisation).filter(user__is_active=True, stands_in_for=None):
        if WHERE[old.role] == successor.kind:
            role_in(old, successor)


def role_in(old: Membership, successor: Organisation) -> Membership:
    """The same person's same role there, made if it is not there yet; `old` is not ended here."""
    today = clock.today()
    there = Membership.objects.filter(
        Q(until=None) | Q(until__gt=today),
        user=old.user_id,
        organisation=successor,
        role=old.role,
    )
    return there.first() or Membership.objects.create(
        user_id=old.user_id,
        organisation=successor,
        role=old.role,
        profession=old.profession,
        since=max(today, old.since),
        until=old.until,
    )


def _parts_follow(organisation: Organisation, successor: Organisation, on: date) -> None:
    """What lay in it lies in the successor from then on, and remembers where it lay."""
    for part in organisation.parts.at_work():
        if register.began(part) < on:
            register.remember(part, on)
        part.parent = successor
        part.save()


def _runs_follow(organisation: Organisation, successor: Organisation, on: date) -> None:
    for school in organisation.runs.in_service():
        if register.began(school) < on:
            register.remember(school, on)
        school.provider = successor
        school.save()


def _served_follows(organisation: Organisation, successor: Organisation, on: date) -> None:
    for team in organisation.served_by.in_service():
        team.serves.remove(organisation)
        team.serves.add(successor)


standing.tell(
    standing.Standing(
        "people", _("Personer med en roll"), lambda o: _people(o).count(), _people_follow
    )
)
standing.tell(
    standing.Standing(
        "parts",
        _("Organisationer som ligger i den"),
        lambda o: o.parts.at_work().count(),
        _parts_follow,
    )
)
standing.tell(
    standing.Standing(
        "runs", _("Skolor som den driver"), lambda o: o.runs.in_service().count(), _runs_follow
    )
)
standing.tell(
    standing.Standing(
        "served",
        _("Team som arbetar åt den"),
        lambda o: o.served_by.in_service().count(),
        _served_follows,
    )
)
