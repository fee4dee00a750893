"""Whether somebody can be named for a school: what is missing, by field, before anything is saved."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from accounts import clock
from accounts.models import Kind, Membership, Organisation, Role
from collaboration import serving
from collaboration.choices import COMING_CONTACT, OPEN_CONTACT, ContactStatus, Why

if TYPE_CHECKING:
    from collaboration.models import ContactAssignment


def _roles(team: Organisation) -> tuple[Role, ...]:
    """Who works with its schools; a district without a team names from its own people."""
    return (Role.DISTRICT,) if team.kind == Kind.DISTRICT else (Role.TEAM, Role.MANAGER)


def colleagues(team: Organisation) -> QuerySet[Membership]:
    """Those who can be named for its schools."""
    there = Membership.objects.in_force().filter(
        organisation=team, role__in=_roles(team), stands_in_for=None
    )
    return there.select_related("user").order_by("user__first_name", "pk")


def unreachable(schools: Iterable[Organisation]) -> list[Organisation]:
    """Those that cannot be told in any way of their own: nobody there, and no address."""
    staff = Membership.objects.in_force().filter(organisation=OuterRef("pk"))
    rows = Organisation.objects.filter(pk__in=[one.pk for one in schools], function_address="")
    return list(rows.exclude(Exists(staff)).order_by("name", "pk"))


def check(row: ContactAssignment) -> None:
    """Raise ValidationError by field; an empty post that the clock opens needs only its school."""
    if row.school.kind != Kind.SCHOOL:
        raise ValidationError({"school": _("Välj en skola.")})
    if row.person is None:
        return
    if row.person.organisation_id != row.team_id or row.person.role not in _roles(row.team):
        raise ValidationError({"person": _("Välj någon som arbetar i teamet.")})
    _check_days(row)
    _check_others(row)
    _check_that_it_can_be_told(row)
    if not row.phone.strip():
        words = _("%s: skriv numret som skolan ska ringa.")
        raise ValidationError({"phone": words % row.school})


def _check_days(row: ContactAssignment) -> None:
    if row.since < clock.today():
        raise ValidationError({"since": _("Välj i dag eller en dag framåt.")})
    if row.why == Why.LEAVE and row.expected_end is None:
        raise ValidationError({"expected_end": _("Skriv ledighetens sista dag.")})
    if row.expected_end and row.expected_end <= row.since:
        raise ValidationError({"expected_end": _("Slutet kommer före början.")})


def _check_others(row: ContactAssignment) -> None:
    """Nobody else is on the way to the post, and the same person does not hold the other one."""
    same: QuerySet[Any] = type(row).objects.filter(school=row.school_id, status__in=OPEN_CONTACT)
    if same.filter(post=row.post, status__in=COMING_CONTACT).exists():
        words = _("%s: någon är redan utsedd och väntar på skolan.")
        raise ValidationError({"school": words % row.school})
    other = same.exclude(post=row.post).filter(person=row.person)
    if other.exclude(status=ContactStatus.VACANT).exists():
        words = _("%s: samma person kan inte vara både kontaktperson och ersättare.")
        raise ValidationError({"person": words % row.school})


def _check_that_it_can_be_told(row: ContactAssignment) -> None:
    """An address given by hand is only for a school that has no way of its own, and for it alone:
    whoever reads it confirms for the school."""
    if not unreachable([row.school]):
        row.told_at = ""
        return
    if not row.told_at:
        words = _("%s kan inte få veta det: skriv skolans e-postadress.")
        raise ValidationError({"told_at": words % row.school})
    theirs = serving.schools_at(row.told_at).exclude(pk=row.school_id).first()
    given = type(row).objects.filter(status__in=OPEN_CONTACT, told_at__iexact=row.told_at)
    other = given.exclude(school=row.school_id).select_related("school").first()
    if theirs or other:
        words = _("Adressen hör till %(other)s. Skriv den som %(school)s läser.")
        said = {"other": theirs or (other and other.school), "school": row.school}
        raise ValidationError({"told_at": words % said})
