"""How a path is told: at the moment it happened, by whoever did it, always through the door."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from accounts import clock, personnummer, school_days, working_days
from accounts.models import Membership, Organisation, Role, Signatory
from config.demo.municipality import Town
from config.demo.words import FAMILY, FOSTER, GIVEN, PARENTS, PROFILES, Profile
from history.door import begin, perform
from referrals.models import Absence, Case, Consent, Guardian, Pupil, Referral

ZONE = ZoneInfo("Europe/Stockholm")
# Minutes of teaching in a school day of the demo, and school days in four weeks.
DAY, DAYS = 300, 20
CATEGORIES = "referral attendance mapping plan review meetings"


class Telling:
    """The people and the day of the path being told; every random choice from one seed."""

    def __init__(self, town: Town, seed: int = 2026) -> None:
        self.town, self.dice = town, Random(seed)
        self.today = clock.today()
        self.now = self.start = self.today
        self.born = 0

    @contextmanager
    def at(self, day: date, hour: int = 10) -> Any:
        """Live on a working day, never later than today."""
        day = min(working_days.add(day, 0), self.today)
        if not working_days.is_working_day(day):
            day = self.today
        moment = datetime.combine(day, time(hour, self.dice.randrange(60)), ZONE)
        if day == self.today:
            moment = min(moment, datetime.now(ZONE))
        self.now = day
        with clock.at(moment):
            yield

    def later(self, days: int) -> date:
        return self.now + timedelta(days=days)

    def ago(self, days: int) -> date:
        return self.today - timedelta(days=days)

    def set_out(
        self, number: int, school: Organisation, team: Organisation, programme: str
    ) -> None:
        """Who is who in the next path, and what kind of story it is."""
        people = self.town.people.values()
        self.number, self.school, self.team = number, school, team
        self.programme = self.town.programmes[programme]
        self.profile: Profile = (
            FOSTER if programme == "skolfam" else PROFILES[number % len(PROFILES)]
        )
        self.staff = self.town.one(school, Role.SCHOOL)
        self.principal = self.town.one(school, Role.PRINCIPAL)
        self.mentor = next(
            m for m in people if m.organisation == school and m.profession == "Mentor"
        )
        workers = [m for m in people if m.organisation == team and m.role == Role.TEAM]
        self.worker = workers[number % len(workers)]
        self.manager = self.town.one(team, Role.MANAGER)
        others = [m for m in workers if m != self.worker]
        self.deputy = others[0] if others else self.manager

    def pupil(self, by: Membership, *, foster: bool = False) -> Pupil:
        n = self.born = self.born + 1
        given, sex = GIVEN[n % len(GIVEN)]
        autumn = self.start.year if self.start.month >= 8 else self.start.year - 1
        grade = 1 + n % 5 if foster else 7 + n % 3 if self.programme.grade_from == 7 else 4 + n % 6
        born = date(autumn - grade - 6, 1 + n % 12, 1 + n % 28)
        new = Pupil(
            school=self.school,
            team=self.team if foster else None,
            registered_by=by,
            given_name=given,
            family_name=FAMILY[n % len(FAMILY)],
            # Only birth numbers of the series kept for tests; the last digit but one tells the sex.
            number=personnummer.for_tests(born, 980 + 2 * (n % 10) + (sex == "boy")),
            birth_date=born.isoformat(),
            grade=grade,
            sex=sex,
            home_district=self.school.parent,
            language="ar" if n % 7 == 3 else "sv",
            foster_placed=foster,
            protection="marked" if n == 14 else "none",
        )
        pupil: Pupil = begin(new, by=by).obj
        for nth in range(1 + n % 2):
            self.guardian(pupil, by, nth, foster=foster)
        return pupil

    def guardian(self, pupil: Pupil, by: Membership, nth: int, *, foster: bool) -> None:
        n = self.born
        guardian = Guardian(
            pupil=pupil,
            kind="board" if foster and nth else "parent",
            given_name=PARENTS[(n + nth) % len(PARENTS)],
            family_name=pupil.family_name.open(),
            # The series 070-174 06 xx is kept free for fiction by PTS.
            phone=f"07017406{(2 * n + nth) % 100:02d}",
            email=f"familj{n}.{nth}@example.org",
            language=pupil.language,
            interpreter=pupil.language != "sv",
        )
        begin(guardian, by=by)

    def rate(self, step: int) -> int:
        """The absence at a step of the story's curve, a little different for every pupil."""
        curve = self.profile.curve
        return max(curve[min(step, len(curve) - 1)] + self.number % 5 - 2, 2)

    def absence(self, step: int, *, purpose: str, by: Membership, **of: Any) -> Absence:
        """Twenty school days up to now, with a curve's figure; some lessons are never reported."""
        first, last = school_days.before(self.now, DAYS)
        offered = DAYS * DAY
        reported = offered - DAY * (self.number % 3)
        away = reported * self.rate(step) // 100
        row = Absence(
            purpose=purpose,
            period_from=first,
            period_to=last,
            offered=offered,
            reported=reported,
            valid=away * 2 // 3,
            invalid=away - away * 2 // 3,
            **of,
        )
        written: Absence = begin(row, by=by).obj
        return written

    def ask(self, matter: Referral | Case, **more: Any) -> Consent:
        """The family is asked by the school, or by the team where the team began or hands over."""
        team_asks = isinstance(matter, Case)
        by = self.worker if team_asks else self.staff
        pupil = matter.pupil if isinstance(matter, Case) else matter.whom
        new = {
            "referral": matter if isinstance(matter, Referral) else matter.referral,
            "case": matter if isinstance(matter, Case) and matter.referral is None else None,
            "pupil": pupil,
            "categories": CATEGORIES,
            "names_team": matter.team,
            "names_school": matter.school,
            # Never longer than the law's own limit lets a consent hold.
            "valid_to": min(
                self.today + timedelta(days=150 + 7 * (self.number % 20)),
                self.now + timedelta(days=364),
            ),
            "asked_by": by,
            "responsible": by,
            "deputy": self.deputy if team_asks else self.principal,
        } | more
        who = [pupil, *pupil.guardians.with_custody()]
        asked: Consent = begin(Consent(**new), by=by, signatories=who).obj
        return asked

    def sign(self, consent: Consent, *, only: int | None = None) -> None:
        """By link, each in their own language; the first of them sometimes on paper at school."""
        for nth, line in enumerate(consent.lines.order_by("pk")[:only]):
            paper = nth == 0 and self.number % 4 == 0
            link = {"opens": consent.uuid, "line": line.uuid}
            by = consent.asked_by if paper else Signatory.objects.create(**link)
            perform(
                consent.sign,
                by=by,  # type: ignore[arg-type]  # whoever asked is there while it waits
                line=line,
                how="paper" if paper else "link",
                note="Papperet finns i elevakten." if paper else "",
                language=line.person.language,
            )
