"""Names and districts that were others before, somebody who has left, and leaders with deputies."""

from __future__ import annotations

from datetime import date, timedelta

from accounts import clock, people, register
from accounts.models import CLOCK, Former, Kind, Membership, Role, User
from config.demo.municipality import SINCE, Town
from history.door import perform
from referrals.models import Case
from workflows import leaving

# Seed 000's footnote: what the schools of today were called, and which were replaced and by which.
RENAMED = {
    "Farsta grundskola": "Kvickentorpsskolan",
    "Kista grundskola": "Ärvingeskolan",
    "Skarpatorpsskolan": "Tåtorpsskolan",
}
REPLACED = {"Rågsvedsskolan": "Bäckahagens skola", "Solbergaskolan": "Sjöängsskolan"}
REPLACED_ON = date(2014, 7, 1)
# Two districts that became one of the seeds' eight.
MERGED, MERGED_ON = (
    {"Enskede-Årsta": "Enskede-Årsta-Vantör", "Vantör": "Enskede-Årsta-Vantör"},
    date(2007, 1, 1),
)
LONG_AGO = date(1998, 1, 1)


def tell(town: Town) -> None:
    _register(town)
    _somebody_has_left(town)
    _deputies(town)


def _register(town: Town) -> None:
    """Through the same functions as the pages, dated as it was."""
    for now, before in RENAMED.items():
        school = town.schools[now]
        Former.objects.create(
            organisation=school,
            name=before,
            parent=school.parent,
            provider=school.provider,
            since=REPLACED_ON,
            until=SINCE,
        )
        school.since = REPLACED_ON
        school.save()
    for number, (old, new) in enumerate(REPLACED.items()):
        successor = town.schools[new]
        successor.since = REPLACED_ON
        successor.save()
        school = register.create(
            CLOCK,
            kind=Kind.SCHOOL,
            name=old,
            code=str(19_000_001 + number),
            municipality_code="0180",
            parent=successor.parent,
            since=LONG_AGO,
        )
        register.close(CLOCK, school, on=REPLACED_ON, successor=successor)
    for old, new in MERGED.items():
        merged = town.districts[new]
        merged.since = MERGED_ON
        merged.save()
        district = register.create(
            CLOCK, kind=Kind.DISTRICT, name=old, parent=merged.parent, since=LONG_AGO
        )
        register.close(CLOCK, district, on=MERGED_ON, successor=merged)


def _somebody_has_left(town: Town) -> None:
    """Two cases whose worker left today: the deputy has them, the manager chooses."""
    team, manager = town.teams["Rinkeby-Kista"], town.people["chef"]
    user = User.objects.create(username="slutade", first_name="Vera", last_name="Holmberg")
    left = Membership.objects.create(
        user=user, organisation=team, role=Role.TEAM, profession="Skolsocionom", since=SINCE
    )
    for case in Case.objects.filter(team=team, status="support").order_by("pk")[:2]:
        perform(case.hand_on, by=manager, responsible=left, deputy=case.responsible)
    people.deactivate(town.people["admin"], user)
    leaving.sweep()


def _deputies(town: Town) -> None:
    """One who stands in now, and one who will."""
    today = clock.today()
    for district, days in (("Skärholmen", 0), ("Rinkeby-Kista", 7)):
        team = town.teams[district]
        manager, worker = town.one(team, Role.MANAGER), town.one(team, Role.TEAM)
        people.add_membership(
            manager,
            worker.user,
            organisation=team,
            role=Role.MANAGER,
            since=today + timedelta(days=days),
            until=today + timedelta(days=days + 21),
            profession=worker.profession,
            stands_in_for=manager,
        )
