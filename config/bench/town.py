"""The bench's own municipality, and the refusal to build it where anybody lives."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from django.conf import settings
from django.core.management.base import CommandError

from accounts.models import Kind, Membership, Organisation, Role, User
from config.demo.catalogue import COMMON, DEADLINES, SECTIONS
from referrals.models import Programme, ProgrammeVersion, Tool

NAME = "Bryggans mätbänk"
SINCE = date(2020, 1, 1)
PREFIX = "bench-"
DISTRICTS, SCHOOLS, WORKERS = 20, 25, 10  # schools in each district, workers in each team


@dataclass
class District:
    organisation: Organisation
    team: Organisation
    manager: Membership
    workers: list[Membership] = field(default_factory=list)
    schools: list[tuple[Organisation, Membership, Membership]] = field(default_factory=list)


@dataclass
class Town:
    programme: ProgrammeVersion
    tool: Tool
    districts: list[District]


def refuse_where_people_live() -> None:
    """Raises CommandError unless the database is empty or holds nothing but a bench."""
    if settings.PRODUCTION:
        raise CommandError("Mätbänken körs aldrig i drift.")
    strangers = User.objects.exclude(username__startswith=PREFIX).exists()
    built = Organisation.objects.filter(name=NAME).exists()
    if strangers or (Organisation.objects.exists() and not built):
        raise CommandError(
            "Databasen har andra användare. Mätbänken fyller bara en tom databas: "
            "sätt DATABASE_URL till en egen."
        )


def build(districts: int = DISTRICTS, schools: int = SCHOOLS) -> Town:
    city = Organisation.objects.create(kind=Kind.MUNICIPALITY, name=NAME, since=SINCE)
    programme = Programme.objects.create(key="sst", name="SST", owner=city)
    version = ProgrammeVersion.objects.create(
        programme=programme,
        since=SINCE,
        grade_from=4,
        grade_to=9,
        absence_max=20,
        sections=SECTIONS,
        deadlines=DEADLINES,
        closure_codes=COMMON,
    )
    tool = Tool.objects.create(key="talk", name="Samtal", owner=city)
    return Town(version, tool, [_district(city, n, schools) for n in range(districts)])


def _district(city: Organisation, n: int, schools: int) -> District:
    here = Organisation.objects.create(
        kind=Kind.DISTRICT, name=f"Stadsdel {n}", parent=city, since=SINCE
    )
    team = Organisation.objects.create(kind=Kind.TEAM, name=f"Team {n}", parent=here, since=SINCE)
    team.serves.add(here)
    found = District(here, team, _person(f"chef{n}", team, Role.MANAGER))
    found.workers = [_person(f"team{n}-{m}", team, Role.TEAM) for m in range(WORKERS)]
    for m in range(schools):
        school = Organisation.objects.create(
            kind=Kind.SCHOOL, name=f"Skola {n}.{m}", parent=here, since=SINCE
        )
        staff = _person(f"skola{n}-{m}", school, Role.SCHOOL)
        found.schools.append((school, staff, _person(f"rektor{n}-{m}", school, Role.PRINCIPAL)))
    return found


def _person(name: str, where: Organisation, role: Role) -> Membership:
    user = User.objects.create(
        username=f"{PREFIX}{name}", first_name=name.title(), last_name="Bänk", password="!"
    )
    return Membership.objects.create(user=user, organisation=where, role=role, since=SINCE)
