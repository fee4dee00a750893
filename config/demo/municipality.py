"""The municipality of the seeds: districts, schools, teams, receivers, programmes, toolbox, people."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.contrib.auth.hashers import make_password

from accounts.models import Kind, Membership, Organisation, Role, User
from referrals.choices import LegalForm, Level
from referrals.models import Programme, ProgrammeVersion, Tool

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

SECTIONS = [
    {
        "key": "school",
        "title": "Skolsituation",
        "side": "school",
        "prompt": "Ämnen, arbetsro, lärare, kamrater.",
    },
    {
        "key": "environment",
        "title": "Lärmiljö",
        "side": "school",
        "prompt": "Vad i klassen, gruppen och skolan påverkar frånvaron?",
    },
    {"key": "home", "title": "Hemmet", "side": "team", "prompt": "Vardag, sömn, stöd från vuxna."},
    {
        "key": "health",
        "title": "Hälsa",
        "side": "team",
        "prompt": "Kropp, mående, kontakter med vården.",
    },
    {"key": "leisure", "title": "Fritid", "side": "team", "prompt": "Vänner, intressen, skärmtid."},
]
DEADLINES = {
    "screen": 10,
    "decide": 5,
    "complete": 10,
    "ask": 20,
    "await_consent": 20,
    "request_consent": 5,
    "ask_anew": 10,
    "map": 20,
    "plan": 10,
    "review": 5,
    "close": 5,
}
FOSTER = ["placement_ended", "turned_13"]
COMMON = [
    "goals_met",
    "enough_progress",
    "transferred",
    "consent_declined",
    "consent_withdrawn",
    "no_answer",
    "moved",
    "left_year_9",
    "dropped_out",
    "died",
    "other",
]
PROGRAMMES: dict[str, dict[str, Any]] = {
    "sst": {"name": "SST", "grade_from": 4, "grade_to": 9, "absence_max": 20},
    "ppss": {"name": "PPSS", "grade_from": 7, "grade_to": 9},
    "skolfam": {
        "name": "SkolFam",
        "age_from": 6,
        "age_to": 12,
        "direct_start": True,
        "foster_placed": True,
    },
}
# Reference/domain.md A2.10: the tools the seeds name, and two for the learning environment.
TOOLS: list[tuple[str, str, str, str, str]] = [
    (
        "samtal",
        "Möten och samtal med skolsocionom",
        "Regelbundna samtal med en vuxen som är elevens egen.",
        Level.PUPIL,
        LegalForm.WITHOUT_NEEDS_TEST,
    ),
    (
        "samtalsstod",
        "Samtalsstöd",
        "Samtal om det som är svårt, enskilt eller med familjen.",
        Level.PUPIL,
        LegalForm.WITHOUT_NEEDS_TEST,
    ),
    (
        "hembesok",
        "Hembesök",
        "Teamet träffar eleven och familjen hemma.",
        Level.PUPIL,
        LegalForm.WITHOUT_NEEDS_TEST,
    ),
    (
        "till-skolan",
        "Hjälp att ta sig till och från skolan",
        "Någon möter upp och går med.",
        Level.PUPIL,
        LegalForm.WITHOUT_NEEDS_TEST,
    ),
    (
        "socialt-stod",
        "Socialt stöd",
        "Hjälp att hitta sammanhang och vänner.",
        Level.PUPIL,
        LegalForm.WITHOUT_NEEDS_TEST,
    ),
    (
        "planering",
        "Planering",
        "Veckoplan, rutiner och stöd att hålla dem.",
        Level.PUPIL,
        LegalForm.WITHOUT_NEEDS_TEST,
    ),
    (
        "praktiskt-stod",
        "Praktiskt stöd",
        "Till exempel att söka sommarjobb.",
        Level.PUPIL,
        LegalForm.WITHOUT_NEEDS_TEST,
    ),
    (
        "gymnasiebesok",
        "Besök på gymnasieskola",
        "Se hur det kan bli efter nian.",
        Level.PUPIL,
        LegalForm.WITHOUT_NEEDS_TEST,
    ),
    (
        "sommararbete",
        "Sommarlovsarbete",
        "Kontakt och aktiviteter under sommarlovet.",
        Level.PUPIL,
        LegalForm.WITHOUT_NEEDS_TEST,
    ),
    (
        "simtraning",
        "Simträning",
        "Så att eleven kan bli godkänd i idrott.",
        Level.PUPIL,
        LegalForm.WITHOUT_NEEDS_TEST,
    ),
    (
        "faltare",
        "Fältare",
        "Fältassistenten möter eleven där eleven är.",
        Level.PUPIL,
        LegalForm.WITHOUT_NEEDS_TEST,
    ),
    (
        "familjebehandling",
        "Familjebehandling",
        "Stöd till hela familjen.",
        Level.PUPIL,
        LegalForm.NEEDS_TESTED,
    ),
    (
        "syv",
        "Studie- och yrkesvägledning",
        "Vägar vidare, och vad som krävs.",
        Level.PUPIL,
        LegalForm.SCHOOL_MEASURE,
    ),
    (
        "studiestod",
        "Kontaktperson med studiestöd",
        "Läxor och skolarbete tillsammans med en vuxen.",
        Level.PUPIL,
        LegalForm.NEEDS_TESTED,
    ),
    (
        "klassens-start",
        "Lugnare start i klassen",
        "Fasta platser, samma vuxen, tydlig början på lektionen.",
        Level.CLASS,
        LegalForm.SCHOOL_MEASURE,
    ),
    (
        "skolgard",
        "Tryggare raster",
        "Vuxna ute och aktiviteter att vara med i.",
        Level.SCHOOL,
        LegalForm.SCHOOL_MEASURE,
    ),
]
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


def build() -> Town:
    """The municipality before anything has happened in it."""
    town = Town()
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
        team = town.teams[name] = place(Kind.TEAM, f"Skolsociala teamet {name}", parent=district)
        team.serves.add(district)
        town.receivers[name] = place(Kind.RECEIVER, f"Barn och unga {name}", parent=district)
    town.teams["SkolFam"] = place(Kind.TEAM, "SkolFam-teamet", parent=city)
    town.teams["SkolFam"].serves.add(city)


def _programmes(town: Town, city: Organisation) -> None:
    for key, given in PROGRAMMES.items():
        figures = dict(given)
        programme = Programme.objects.create(key=key, name=figures.pop("name"), owner=city)
        town.programmes[key] = ProgrammeVersion.objects.create(
            programme=programme,
            since=SINCE,
            deadlines=DEADLINES,
            sections=SECTIONS,
            closure_codes=COMMON + (FOSTER if key == "skolfam" else []),
            **figures,
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
    first_names = iter(FIRST_NAMES * 4)
    for n, place in enumerate(
        [
            *town.schools.values(),
            *town.teams.values(),
            *town.receivers.values(),
            *town.districts.values(),
        ]
    ):
        wanted = {
            Kind.SCHOOL: [(Role.SCHOOL, "Skolkurator"), (Role.PRINCIPAL, "Rektor")],
            Kind.TEAM: [(Role.TEAM, "Skolsocionom"), (Role.MANAGER, "Enhetschef")],
            Kind.RECEIVER: [(Role.RECEIVER, "Socialsekreterare")],
            Kind.DISTRICT: [(Role.DISTRICT, "Avdelningschef")],
        }[Kind(place.kind)]
        for role, profession in wanted:
            if (place.pk, role) not in staffed:
                person(
                    f"p{n}{role}",
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
