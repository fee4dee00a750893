"""The demo's surveys, support material, money and staffing: what the collaboration knows of itself."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from accounts import clock
from accounts.models import Membership, Role
from collaboration.models import (
    FundingAnswer,
    FundingApplication,
    Interview,
    SupportMaterial,
    SurveyRound,
    TeamPost,
)
from config.demo import rounds
from config.demo.collaboration import KEEPS
from config.demo.municipality import Town
from history.door import begin, edit, perform

ZONE = ZoneInfo("Europe/Stockholm")
POSTS: dict[str, tuple[tuple[str, str, str], ...]] = {
    "Rinkeby-Kista": (
        ("Skolsocionom", "social", "1"),
        ("Skolsocionom", "social", "0.8"),
        ("Skolkurator", "school", "1"),
    ),
    "Farsta": (("Skolsocionom", "social", "1"), ("Skolkurator", "school", "0.5")),
}
FIRST_GUIDE = "Ring skolans kontaktperson i socialtjänsten när du är osäker."
GUIDE = (
    f"{FIRST_GUIDE} Du behöver inte säga vem eleven är.\n\n"
    "Tänk på tre saker:\n"
    "- En remiss skickas av skolan.\n"
    "- En orosanmälan väntar aldrig på ett samtycke.\n"
    "- Säg alltid vem som gör vad, och när.\n\n"
    "Mer finns på https://stad.example/samverkan."
)


def tell(town: Town) -> None:
    """Everything, each on the day it happened."""
    analyst = town.people["analytiker"]
    manager = town.people["distrikt"]
    _materials(manager, town)
    _surveys(analyst)
    _interviews(analyst, town)
    _funding(analyst, manager, town)
    _posts(town)


def _on(days_ago: int) -> datetime:
    day = clock.today() - timedelta(days=days_ago)
    return datetime.combine(day, time(10), ZONE)


def _materials(keeper: Membership, town: Town) -> None:
    rows = [
        ("Så samverkar vi", "guide", "Riktlinjerna på en sida", " school team ", FIRST_GUIDE, ""),
        (
            "Film om skolsociala teamet",
            "film",
            "Tre minuter, att visa elev och vårdnadshavare",
            "",
            "Visa filmen innan du frågar om samtycke.",
            "https://stad.example/film-om-sst",
        ),
        (
            "Verktygslådan på en sida",
            "toolbox",
            "Vad teamet kan erbjuda",
            "",
            "Samtal, hembesök, hjälp till och från skolan, planering och praktiskt stöd.",
            "",
        ),
    ]
    with clock.at(_on(120)):
        for title, kind, about, audience, text, address in rows:
            new = SupportMaterial(
                title=title, kind=kind, about=about, audience=audience, owner=keeper
            )
            draft = begin(new, by=keeper).obj
            perform(draft.publish, by=keeper, text=text, address=address)
    guide = SupportMaterial.objects.get(title="Så samverkar vi")
    sheet = SupportMaterial.objects.get(kind="toolbox")
    soon = clock.today() + timedelta(days=5)
    with clock.at(_on(40)):
        told = "Tre saker att tänka på"
        guide = perform(guide.publish, by=keeper, text=GUIDE, what_is_new=told).obj
        edit(sheet, by=keeper, review_by=soon)
    with clock.at(_on(20)):
        readers = [one for one in town.people.values() if one.role in (Role.SCHOOL, Role.TEAM)]
        keeps = {town.districts[name].pk for name in KEEPS}
        here = [one for one in readers if one.organisation.parent_id in keeps]
        elsewhere = [one for one in readers if one not in here]
        for reader in (*here, *elsewhere[::3]):
            guide = perform(guide.acknowledge, by=reader, who=reader).obj


def _surveys(analyst: Membership) -> None:
    """Last year's survey reported, this month's pulse open, the pupils' own going on."""
    rounds.the_year_before(analyst)
    dice = Random(11)
    with clock.at(_on(330)):
        new = SurveyRound(
            kind="collaboration",
            title=f"Samverkan, hösten {clock.today().year}",
            roles=rounds.ROLES,
            responsible=analyst,
        )
        survey = perform(begin(new, by=analyst).obj.open, by=analyst).obj
        rounds.answer(survey, dice, 14)
    with clock.at(_on(300)):
        survey = perform(survey.close, by=analyst).obj
        perform(survey.report, by=analyst)
    rounds.last_year(analyst)
    with clock.at(_on(6)):
        pulse = SurveyRound(
            kind="pulse",
            title="Månadens puls",
            roles=rounds.ROLES,
            responsible=analyst,
            repeats=True,
        )
        pulse = perform(begin(pulse, by=analyst).obj.open, by=analyst).obj
        rounds.answer(pulse, dice, 6)
    with clock.at(_on(90)):
        entry = SurveyRound(
            kind="entry",
            title="Elevens frågor vid start",
            responsible=analyst,
            closes=clock.today() + timedelta(days=200),
        )
        perform(begin(entry, by=analyst).obj.open, by=analyst)
    with clock.at(_on(2)):
        draft = SurveyRound(
            kind="collaboration",
            title=f"Samverkan, hösten {clock.today().year}",
            roles=rounds.ROLES,
            addresses="rektor@friskola.example",
            responsible=analyst,
        )
        begin(draft, by=analyst)


# What staff said when it began, and what pupils say now; made up for the demo.
STAFF_SAID = (
    ("helps", "Att det finns ett direktnummer och att någon svarar samma dag."),
    ("hinders", "Ny kontaktperson utan att skolan fick veta det."),
    ("helps", "Att socionomen är på skolan vissa dagar i veckan."),
    ("trust", "Vi vågar ringa tidigare när vi känner varandra."),
    ("change", "Återkoppla efter en orosanmälan, också när det inte blir något."),
)


def _interviews(analyst: Membership, town: Town) -> None:
    """Five talks with staff summed up; a pupil's and a parent's planned, one of them with its yes."""
    district, asker = town.districts["Rinkeby-Kista"], town.people["team"]
    for number, (theme, words) in enumerate(STAFF_SAID):
        with clock.at(_on(170 - number)):
            new = Interview(
                subject="staff",
                occasion="start",
                district=district,
                on=clock.today(),
                interviewer=analyst,
            )
            row = perform(begin(new, by=analyst).obj.permit, by=analyst, how="spoken").obj
            row = perform(row.hold, by=analyst, on=clock.today()).obj
            perform(row.summarise, by=analyst, themes={theme: words})
    for subject in ("pupil", "parent"):
        with clock.at(_on(3)):
            new = Interview(
                subject=subject,
                occasion="after",
                district=district,
                on=clock.today() + timedelta(days=25),
                interviewer=analyst,
                asker=asker,
            )
            row = begin(new, by=analyst).obj
            if subject == "pupil":
                perform(row.permit, by=asker, how="written", guardian=True)


def _funding(analyst: Membership, manager: Membership, town: Town) -> None:
    """Last year reported with something left, which may be used this year; next year asked about."""
    district = manager.organisation
    schools = [one for one in town.schools.values() if one.parent_id == district.pk]
    principals = [town.one(school, Role.PRINCIPAL) for school in schools]
    this_year = clock.today().year
    words: dict[str, Any] = {
        "plan": "Ett skolsocialt team på plats i skolorna tre dagar i veckan.",
        "target_pupils": 24,
        "anchored_bus": "Styrgruppen är densamma, och ärendena delas inte.",
        "anchored_health": "Elevhälsan är med när kartläggningen görs.",
        "anchored_support": "Familjen har en och samma kontakt i förvaltningen.",
    }

    def asked(year: int, amount: int) -> FundingApplication:
        new = FundingApplication(district=district, year=year, responsible=manager)
        draft = begin(new, by=manager, schools=schools).obj
        draft = edit(draft, by=manager, amount=amount, **words).obj
        whole: FundingApplication = perform(draft.ask_principals, by=manager).obj
        return whole

    def stand_behind(application: FundingApplication, who: Membership) -> None:
        answer = FundingAnswer.objects.get(application=application, school=who.organisation)
        perform(answer.join, by=who, who=who)

    for year, amount, granted in (
        (this_year - 1, 1_400_000, 1_400_000),
        (this_year, 1_600_000, 1_300_000),
    ):
        with clock.at(datetime(year - 1, 10, 15, 10, tzinfo=ZONE)):
            application = asked(year, amount)
            for principal in principals:
                stand_behind(application, principal)
            sent = perform(application.submit, by=manager).obj
        with clock.at(datetime(year - 1, 12, 10, 10, tzinfo=ZONE)):
            why = "" if granted == amount else "Ramen räckte inte till alla."
            perform(sent.grant, by=analyst, granted=granted, decision=f"1.2-{year}/88", why=why)
    last, now = FundingApplication.objects.filter(district=district).order_by("year")
    with clock.at(datetime(this_year - 1, 7, 5, 10, tzinfo=ZONE)):
        told = "Teamet är på plats i skolorna. Det tog tid innan vårdnadshavarna hittade dit."
        last = perform(last.report_in_july, by=manager, used=640_000, text=told, reached=31).obj
    with clock.at(min(datetime(this_year, 1, 20, 10, tzinfo=ZONE), clock.now())):
        told = "Fler elever tackade ja på våren. En tjänst var vakant i två månader."
        perform(
            last.report_finally, by=manager, used=1_270_000, text=told, reached=64, carry=130_000
        )
    with clock.at(min(datetime(this_year, 2, 10, 10, tzinfo=ZONE), clock.now())):
        now = perform(
            now.decide_carry, by=analyst, carry=130_000, decision=f"1.2-{this_year}/112"
        ).obj
    if clock.now() > (july := datetime(this_year, 7, 5, 10, tzinfo=ZONE)):
        with clock.at(july):
            told = "Alla tjänster är tillsatta, och skolorna hör av sig tidigare."
            perform(now.report_in_july, by=manager, used=720_000, text=told, reached=22)
    with clock.at(_on(9)):
        stand_behind(asked(this_year + 1, 1_700_000), town.people["rektor"])


def _posts(town: Town) -> None:
    """Who works in some of the teams: Rinkeby-Kista's meets the state grant's conditions (2023:179:
    two full posts, one from each side), Farsta's is short; the others have put in nobody yet."""
    for name, posts in POSTS.items():
        for profession, employer, share in posts:
            TeamPost.objects.create(
                team=town.teams[name],
                profession=profession,
                employer=employer,
                fte=Decimal(share),
                since=date(clock.today().year - 1, 8, 1),
            )
