"""The municipality of the seeds: districts, schools, teams, receivers, programmes, toolbox, people."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.contrib.auth.hashers import make_password

from accounts import clock
from accounts.models import Kind, Membership, Organisation, Role, SchoolBreak, User
from config.demo.catalogue import ADDITION, LOCAL_TOOL, PROGRAMMES, TOOLS, versions
from referrals.models import Programme, ProgrammeAddition, ProgrammeVersion, Tool

PASSWORD = "bryggan-demo"
SINCE = date(2019, 1, 1)
# Seed 000's districts and schools, under the schools' names of today; codes are the demo's own.
DISTRICTS = {
    "Enskede-Årsta-Vantör": ["Bäckahagens skola"],
    "Farsta": ["Farsta grundskola", "Gubbängsskolan", "Hökarängsskolan"],
    "Hässelby-Vällingby": ["Grimstaskolan", "Hässelbygårdsskolan"],
    "Rinkeby-Kista": ["Akalla grundskola", "Husbygårdsskolan", "Kista grundskola", "Rinkebyskolan"],
    "Skarpnäck": ["Bagarmossens skola", "Skarpatorpsskolan"],
    "Skärholmen": ["Bredängsskolan", "Sätraskolan"],
    "Spånga-Tensta": ["Hjulsta grundskola"],
    "Älvsjö": ["Sjöängsskolan"],
}
INDEPENDENT = {"Farsta": "Nya Linjens friskola", "Rinkeby-Kista": "Ärvinge friskola"}

# username → (first name, last name, role, where, profession)
SIGN_IN: dict[str, tuple[str, str, Role, str, str]] = {
    "skola": ("Sara", "Holm", Role.SCHOOL, "Akalla grundskola", "Skolkurator"),
    "rektor": ("Rikard", "Ek", Role.PRINCIPAL, "Akalla grundskola", "Rektor"),
    "friskola": ("Frida", "Lund", Role.SCHOOL, "Nya Linjens friskola", "Specialpedagog"),
    "team": ("Tilda", "Berg", Role.TEAM, "Skolsociala teamet Rinkeby-Kista", "Skolsocionom"),
    "team2": ("Tomas", "Åberg", Role.TEAM, "Skolsociala teamet Rinkeby-Kista", "Familjebehandlare"),
    "teamfarsta": ("Tova", "Nyman", Role.TEAM, "Skolsociala teamet Farsta", "Skolsocionom"),
    "chef": ("Carina", "Dahl", Role.MANAGER, "Skolsociala teamet Rinkeby-Kista", "Enhetschef"),
    "distrikt": ("David", "Sand", Role.DISTRICT, "Rinkeby-Kista", "Avdelningschef"),
    "skolfam": ("Stina", "Falk", Role.TEAM, "SkolFam-teamet", "Specialpedagog"),
    "mottagare": (
        "Maja",
        "Strand",
        Role.RECEIVER,
        "Barn och unga Rinkeby-Kista",
        "Socialsekreterare",
    ),
    "analytiker": ("Anders", "Vik", Role.CENTRAL, "Socialförvaltningen", "Analytiker"),
    "granskare": ("Gudrun", "Hall", Role.AUDITOR, "Socialförvaltningen", "Granskare"),
    "admin": ("Adam", "Lind", Role.ADMIN, "Socialförvaltningen", "Administratör"),
}


@dataclass
class Town:
    """What the demo's stories are told about."""

    districts: dict[str, Organisation] = field(default_factory=dict)
    schools: dict[str, Organisation] = field(default_factory=dict)
    teams: dict[str, Organisation] = field(default_factory=dict)
    receivers: dict[str, Organisation] = field(default_factory=dict)
    programmes: dict[str, ProgrammeVersion] = field(default_factory=dict)
    tools: dict[str, Tool] = field(default_factory=dict)
    people: dict[str, Membership] = field(default_factory=dict)

    def one(self, organisation: Organisation, *roles: Role) -> Membership:
        """Somebody with one of these roles there; raises StopIteration when nobody has."""
        rows = self.people.values()
        return next(m for m in rows if m.organisation == organisation and m.role in roles)


def breaks() -> None:
    """The years the stories are told in, and to the end of the next."""
    for year in range(clock.today().year - 4, clock.today().year + 2):
        weeks = {"Sportlov": 9, "Påsklov": 15, "Höstlov": 44}
        days = {
            name: (date.fromisocalendar(year, week, 1), date.fromisocalendar(year, week, 5))
            for name, week in weeks.items()
        }
        days["Sommarlov"] = (date(year, 6, 12), date(year, 8, 15))
        days["Jullov"] = (date(year, 12, 21), date(year + 1, 1, 8))
        SchoolBreak.objects.bulk_create(
            SchoolBreak(name=name, first=first, last=last) for name, (first, last) in days.items()
        )


def build() -> Town:
    """The municipality before anything has happened in it."""
    town = Town()
    breaks()
    city = Organisation.objects.create(
        kind=Kind.MUNICIPALITY, name="Socialförvaltningen", municipality_code="0180", since=SINCE
    )
    _places(town, city)
    _programmes(town, city)
    _people(town, city)
    return town


def _places(town: Town, city: Organisation) -> None:
    def place(kind: Kind, name: str, **more: Any) -> Organisation:
        return Organisation.objects.create(kind=kind, name=name, since=SINCE, **more)

    number = 10_000_001
    provider = place(
        Kind.PROVIDER, "Nya Linjen AB", independent=True, function_address="linjen@example.org"
    )
    education = place(
        Kind.PROVIDER, "Utbildningsförvaltningen", function_address="utbildning@example.org"
    )
    for name, schools in DISTRICTS.items():
        district = town.districts[name] = place(Kind.DISTRICT, name, parent=city)
        for school in [*schools, *filter(None, [INDEPENDENT.get(name)])]:
            independent = school == INDEPENDENT.get(name)
            town.schools[school] = place(
                Kind.SCHOOL,
                school,
                parent=district,
                code=str(number),
                independent=independent,
                provider=provider if independent else education,
                municipality_code="0180",
            )
            number += 1
        team = town.teams[name] = place(
            Kind.TEAM,
            f"Skolsociala teamet {name}",
            parent=district,
            phone=f"08-508 0{len(town.teams) + 1} 100",
            function_address=f"teamet{len(town.teams) + 1}@example.org",
        )
        team.serves.add(district)
        town.receivers[name] = place(
            Kind.RECEIVER,
            f"Barn och unga {name}",
            parent=district,
            function_address=f"barnochunga{len(town.receivers) + 1}@example.org",
        )
    town.teams["SkolFam"] = place(
        Kind.TEAM,
        "SkolFam-teamet",
        parent=city,
        phone="08-508 09 100",
        function_address="skolfam.teamet@example.org",
    )
    town.teams["SkolFam"].serves.add(city)


def _programmes(town: Town, city: Organisation) -> None:
    """Every version there has been; the cases of today began under the newest."""
    for key, name in PROGRAMMES.items():
        programme = Programme.objects.create(key=key, name=name, owner=city)
        told = versions(key)
        for number, figures in enumerate(told, start=1):
            town.programmes[key] = ProgrammeVersion.objects.create(
                programme=programme, number=number, current=number == len(told), **figures
            )
    for key, name, description, level, legal_form in TOOLS:
        town.tools[key] = Tool.objects.create(
            key=key,
            name=name,
            description=description,
            owner=city,
            level=level,
            legal_form=legal_form,
        )
    town.tools["studiestod"].programmes.add(town.programmes["skolfam"].programme)
    # What one district has added to the common core: a tool, and a section of the mapping.
    key, name, description, level, legal_form = LOCAL_TOOL
    farsta, kista = town.districts["Farsta"], town.districts["Rinkeby-Kista"]
    Tool.objects.create(
        key=key,
        name=name,
        description=description,
        owner=farsta,
        level=level,
        legal_form=legal_form,
    )
    ProgrammeAddition.objects.create(
        programme=town.programmes["sst"].programme,
        district=kista,
        since=date(2025, 8, 11),
        **ADDITION,
    )


def _people(town: Town, city: Organisation) -> None:
    places = {
        o.name: o
        for o in (
            *town.schools.values(),
            *town.teams.values(),
            *town.receivers.values(),
            *town.districts.values(),
            city,
        )
    }
    password = make_password(PASSWORD)

    def person(
        username: str, first: str, last: str, role: Role, where: Organisation, profession: str
    ) -> None:
        user = User.objects.create(
            username=username,
            first_name=first,
            last_name=last,
            email=f"{username}@example.org",
            password=password,
        )
        town.people[username] = Membership.objects.create(
            user=user, organisation=where, role=role, profession=profession, since=SINCE
        )

    for username, (first, last, role, where, profession) in SIGN_IN.items():
        person(username, first, last, role, places[where], profession)
    staffed = {(m.organisation_id, m.role) for m in town.people.values()}
    first_names = iter(FIRST_NAMES * 6)
    for n, place in enumerate(
        [
            *town.schools.values(),
            *town.teams.values(),
            *town.receivers.values(),
            *town.districts.values(),
        ]
    ):
        wanted = {
            Kind.SCHOOL: [
                (Role.SCHOOL, "Skolkurator"),
                (Role.PRINCIPAL, "Rektor"),
                (Role.SCHOOL, "Mentor"),
            ],
            Kind.TEAM: [(Role.TEAM, "Skolsocionom"), (Role.MANAGER, "Enhetschef")],
            Kind.RECEIVER: [(Role.RECEIVER, "Socialsekreterare")],
            Kind.DISTRICT: [(Role.DISTRICT, "Avdelningschef")],
        }[Kind(place.kind)]
        for nth, (role, profession) in enumerate(wanted):
            if profession == "Mentor" or (place.pk, role) not in staffed:
                person(
                    f"p{n}{role}{nth or ''}",
                    next(first_names),
                    LAST_NAMES[n % len(LAST_NAMES)],
                    role,
                    place,
                    profession,
                )


FIRST_NAMES = [
    "Alma",
    "Björn",
    "Clara",
    "Daniel",
    "Elin",
    "Farid",
    "Greta",
    "Hassan",
    "Ida",
    "Johan",
    "Karin",
    "Leyla",
    "Mikael",
    "Nora",
    "Olof",
    "Pia",
]
LAST_NAMES = [
    "Andersson",
    "Bergström",
    "Ceder",
    "Dahlgren",
    "Eriksson",
    "Forsberg",
    "Gren",
    "Haddad",
    "Isaksson",
    "Jonsson",
    "Karlsson",
]
