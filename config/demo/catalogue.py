"""The programmes, their versions and the toolbox as the demo's municipality keeps them."""

from __future__ import annotations

from datetime import date
from typing import Any

from referrals.choices import LegalForm, Level

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
    "section": 15,
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
PLAN_TEMPLATE = "Det här vill jag:\n\nSå här gör jag:\n\nSå här hjälper andra mig:\n"
REVIEW_TEMPLATE = "I skolan:\n\nHemma:\n\nDet vi provade:\n"
PROGRAMMES = {"sst": "SST", "ppss": "PPSS", "skolfam": "SkolFam"}


def versions(key: str) -> list[dict[str, Any]]:
    """Every version of a programme, oldest first."""
    core: dict[str, Any] = {
        "deadlines": DEADLINES,
        "sections": SECTIONS,
        "closure_codes": COMMON + (FOSTER if key == "skolfam" else []),
        "plan_template": PLAN_TEMPLATE,
        "review_template": REVIEW_TEMPLATE,
        "review_weeks": 8,
        "baseline_days": 20,
    }
    if key == "skolfam":
        # Seed 001: by age and not grade, no absence band, followed up every eighth week.
        own = {"age_from": 6, "age_to": 12, "direct_start": True, "foster_placed": True}
        return [core | own | {"since": date(2019, 1, 1)}]
    if key == "ppss":
        return [core | {"grade_from": 7, "grade_to": 9, "since": date(2019, 1, 1)}]
    first = {"grade_from": 4, "grade_to": 9, "absence_max": 40, "since": date(2019, 1, 1)}
    # Seed 004: the target group is those who are away up to 20 per cent.
    return [core | first, core | first | {"absence_max": 20, "since": date(2024, 8, 12)}]


# What Rinkeby-Kista adds to SST, and Farsta to the toolbox.
ADDITION: dict[str, Any] = {
    "sections": [
        {
            "key": "network",
            "title": "Syskon och nätverk",
            "side": "team",
            "prompt": "Vilka vuxna och syskon finns runt eleven?",
        }
    ],
    "review_template": "Nätverket:\n",
}
LOCAL_TOOL = (
    "kolonilotten",
    "Kolonilotten",
    "En förmiddag i veckan på områdets odlingslott, tillsammans med en fältare.",
    Level.GROUP,
    LegalForm.WITHOUT_NEEDS_TEST,
)
# Reference/domain.md A2.10: the tools the seeds name, and those for class, group and school.
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
        "liten-grupp",
        "Liten grupp",
        "Några elever arbetar tillsammans med en vuxen ett par lektioner i veckan.",
        Level.GROUP,
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
