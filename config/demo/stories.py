"""About sixty pupils' paths, told move by move at the time they happened, on a fixed seed."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from accounts import clock, personnummer, working_days
from accounts.models import Membership, Organisation, Role, Signatory
from config.demo.municipality import Town
from history.door import begin, edit, perform
from referrals.models import (
    Absence,
    Case,
    ConcernReport,
    Consent,
    Estimate,
    Goal,
    Guardian,
    Intervention,
    MappedNeed,
    Note,
    Occasion,
    OutsideContact,
    Participant,
    Pupil,
    Referral,
    Review,
    Transfer,
)

ZONE = ZoneInfo("Europe/Stockholm")
GIVEN = [
    "Alva",
    "Milo",
    "Yusuf",
    "Elsa",
    "Leo",
    "Nadia",
    "Oskar",
    "Tilde",
    "Amina",
    "Noah",
    "Ebba",
    "Ibrahim",
    "Saga",
    "Łukasz",
    "Zahra",
    "Hugo",
    "Ronja",
    "Abdi",
    "Freja",
    "Emir",
    "Tyra",
    "Dawit",
    "Astrid",
    "Malik",
]
FAMILY = [
    "Lindström",
    "Karlsson",
    "Abdi",
    "Nyström",
    "Fransson",
    "Rahimi",
    "Wallin",
    "Öberg",
    "Hassan",
    "Sjögren",
    "Đorđević",
    "Şahin",
    "Nilsson",
    "Tesfaye",
    "Holmgren",
]
WORRIES = [
    "Eleven kommer sällan till de första lektionerna och går ofta hem efter lunch.",
    "Frånvaron har ökat sedan höstlovet. Eleven säger att det är stökigt i klassen.",
    "Eleven är i skolan men går inte in på lektionerna. Vi ser samma mönster på eftermiddagarna.",
    "Eleven har bytt grupp två gånger och äter inte i matsalen. Frånvaron är störst på måndagar.",
]
MEASURES = [
    "Extra anpassningar sedan september, samtal med elev och hem varje vecka, anpassat schema.",
    "Mentorssamtal, kontakt med elevhälsan, möjlighet att sitta i mindre grupp.",
    "Vi har provat en lugnare start på dagen och en fast plats i klassrummet.",
]
VOICES = [
    "Det är för högt ljud i korridoren. Om någon möter mig vid dörren går det lättare.",
    "Jag vill gå i skolan men på morgonen får jag ont i magen.",
    "Ingen frågar varför jag går. De frågar bara när jag kommer tillbaka.",
]
GOALS = [
    ("Jag är i skolan minst fyra dagar i veckan", "Eleven, hemmet och mentorn"),
    ("Jag har en trygg vuxen att gå till", "Skolkuratorn"),
    ("Vuxna hemma och i skolan svarar lika när jag inte vill gå", "Hemmet och mentorn"),
]
# How many of each ending, in the order told; together about sixty, in every status.
PLAN: list[tuple[str, int]] = [
    ("draft", 3),
    ("submitted", 5),
    ("returned", 2),
    ("declined", 2),
    ("withdrawn", 2),
    ("awaiting", 5),
    ("refused", 2),
    ("mapping", 6),
    ("planning", 5),
    ("support", 9),
    ("review", 4),
    ("frozen", 2),
    ("transferring", 2),
    ("transferred", 1),
    ("closing", 2),
    ("closed", 9),
]


class Teller:
    """Tells stories that end today; remembers how old each one is while it is told."""

    def __init__(self, town: Town, seed: int = 2026) -> None:
        self.town, self.dice = town, Random(seed)
        self.today = clock.today()
        self.now = self.today
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

    def tell_all(self) -> int:
        """Every story; how many pupils there are."""
        told = 0
        for ending, count in PLAN:
            for nth in range(count):
                self.tell(ending, told, first=nth == 0)
                told += 1
        for nth, ending in enumerate(("mapping", "support", "support", "closed")):
            self.tell(ending, told + nth, foster=True)
        return told + 4

    def place(self, number: int, *, first: bool) -> tuple[Organisation, Organisation, str]:
        """School, team and programme; every ending's first story is Akalla's, so that the
        people who sign in meet every status."""
        town = self.town
        name = (
            "Akalla grundskola"
            if first or number % 3 == 0
            else self.dice.choice(list(town.schools))
        )
        if number % 11 == 5:
            name = "Nya Linjens friskola"
        school = town.schools[name]
        district = school.parent.name  # type: ignore[union-attr]
        return school, town.teams[district], "ppss" if number % 5 == 4 else "sst"

    def tell(self, ending: str, number: int, *, first: bool = False, foster: bool = False) -> None:
        age = {"draft": 6, "submitted": 8, "returned": 12, "awaiting": 18}.get(ending, 60)
        if ending in ("support", "review", "frozen", "transferring", "transferred", "closing"):
            age = 120 + 10 * (number % 5)
        if ending == "closed":
            age = 240 + 12 * (number % 6)
        self.start = self.today - timedelta(days=age)
        school, team, programme = self.place(number, first=first)
        if foster:
            team, programme = self.town.teams["SkolFam"], "skolfam"
        self.school, self.team = school, team
        self.staff = self.town.one(school, Role.SCHOOL)
        self.principal = self.town.one(school, Role.PRINCIPAL)
        workers = [
            m for m in self.town.people.values() if m.organisation == team and m.role == Role.TEAM
        ]
        self.worker = workers[number % len(workers)] if ending != "submitted" else workers[0]
        self.manager = self.town.one(team, Role.MANAGER)
        others = [m for m in workers if m != self.worker]
        self.deputy = others[0] if others else self.manager
        story: Callable[[str], None] = self.direct if foster else self.by_referral
        self.programme = self.town.programmes[programme]
        self.number = number
        story(ending)

    def pupil(self, by: Membership, *, foster: bool = False) -> Pupil:
        n = self.born = self.born + 1
        grade = 3 if foster else (7 + n % 3 if self.programme.grade_from == 7 else 4 + n % 6)
        born = date(self.today.year - grade - 7, 1 + n % 12, 1 + n % 28)
        pupil = Pupil(
            school=self.school,
            team=self.team if foster else None,
            registered_by=by,
            given_name=GIVEN[n % len(GIVEN)],
            family_name=FAMILY[n % len(FAMILY)],
            number=personnummer.for_tests(born, 980 + n % 20),
            birth_date=born.isoformat(),
            grade=grade,
            sex="girl" if n % 5 < 3 else "boy",
            home_district=self.school.parent,
            language="ar" if n % 7 == 3 else "sv",
            foster_placed=foster,
            protection="marked" if n == 14 else "none",
        )
        pupil = begin(pupil, by=by).obj
        for nth in range(1 + n % 2):
            self.guardian(pupil, by, nth, foster=foster)
        return pupil

    def guardian(self, pupil: Pupil, by: Membership, nth: int, *, foster: bool) -> None:
        n = self.born
        guardian = Guardian(
            pupil=pupil,
            kind="board" if foster and nth else "parent",
            given_name=["Maria", "Karim", "Eva", "Peter", "Hodan"][(n + nth) % 5],
            family_name=pupil.family_name.open(),
            # The series 070-174 06 xx is kept free for fiction by PTS.
            phone=f"070174{600 + (2 * n + nth) % 100:04d}",
            email=f"familj{n}.{nth}@example.org",
            language=pupil.language,
            interpreter=pupil.language != "sv",
        )
        begin(guardian, by=by)

    def absence(self, *, rate: int, purpose: str, days: int = 28, **of: Any) -> None:
        offered = 20 * 300
        away = offered * rate // 100
        row = Absence(
            purpose=purpose,
            period_from=self.now - timedelta(days=days + 1),
            period_to=self.now - timedelta(days=1),
            offered=offered,
            reported=offered - 300 * (self.born % 3),
            valid=away * 2 // 3,
            invalid=away - away * 2 // 3,
            **of,
        )
        begin(row, by=self.staff if "referral" in of else self.worker)

    def by_referral(self, ending: str) -> None:
        rate = self.rate = [12, 18, 24, 31, 16, 44, 19][self.number % 7]
        with self.at(self.start, 8):
            pupil = self.pupil(self.staff)
            referral = Referral(
                school=self.school,
                author=self.staff,
                pupil=pupil,
                protection_asked=True,
                colleague=None,
            )
            referral = begin(referral, by=self.staff).obj
            referral = edit(
                referral,
                by=self.staff,
                needs=["attendance lessons", "attendance wellbeing", "peers learning"][
                    self.number % 3
                ],
                worry=WORRIES[self.number % len(WORRIES)],
                touched=clock.now(),
            ).obj
        if ending == "draft":
            return
        with self.at(self.later(1), 11):
            referral = edit(
                referral,
                by=self.staff,
                tried=["adaptations home", "adaptations student_health", "environment home"][
                    self.number % 3
                ],
                measures=MEASURES[self.number % len(MEASURES)],
                investigation_began=self.now - timedelta(days=30),
                pupil_knows="Vi har pratat med eleven.",
                guardians_know="Möte i skolan med vårdnadshavare.",
                programme=self.programme,
                team=self.team,
                touched=clock.now(),
            ).obj
            self.absence(rate=rate, purpose="baseline", referral=referral)
            referral = perform(referral.submit, by=self.staff).obj
        self.after_submit(ending, referral)

    def after_submit(self, ending: str, referral: Referral) -> None:
        if ending == "submitted":
            return
        if ending in ("returned", "declined", "withdrawn"):
            with self.at(self.later(3)):
                if ending == "returned":
                    perform(
                        referral.return_for_completion,
                        by=self.worker,
                        missing="Hur länge har frånvaron varit hög?",
                    )
                elif ending == "declined":
                    perform(
                        referral.decline,
                        by=self.manager,
                        code="ongoing_assessed",
                        instead="Kontakta familjens socialsekreterare.",
                    )
                else:
                    perform(
                        referral.withdraw, by=self.staff, code="not_needed", reason="Det har vänt."
                    )
            return
        with self.at(self.later(4), 9):
            if referral.pupil.protected:
                return  # waits until a right has been given: nobody in the team sees it before
            outside = "Vi ser att stödet behövs nu." if referral.outside_target() else ""
            two = {"responsible": self.worker, "deputy": self.deputy}
            perform(referral.accept, by=self.worker, exception=outside, **two)
        case = Case.objects.get(referral=referral)
        with self.at(self.later(2), 13):
            consent = self.ask(referral)
        if ending == "awaiting":
            if self.number % 5 == 0:
                self.let_the_team_call(referral)
            if self.number % 2:
                with self.at(self.later(3)):
                    self.sign(consent, only=1)
            return
        if ending == "refused":
            with self.at(self.later(5)):
                line = consent.lines.order_by("-pk").first()
                perform(consent.refuse, by=self.staff, line=line, how="phone")
            return
        with self.at(self.later(5), 15):
            self.sign(consent)
        self.with_case(ending, Case.objects.get(pk=case.pk))

    def let_the_team_call(self, referral: Referral) -> None:
        """One guardian says only that the team may contact them."""
        guardian = referral.pupil.guardians.order_by("pk").first()
        asked = Consent(
            referral=referral,
            pupil=referral.pupil,
            purpose="contact",
            names_team=referral.team,
            names_school=referral.school,
            valid_to=self.today + timedelta(days=60),
            asked_by=self.staff,
            responsible=self.staff,
            deputy=self.principal,
        )
        consent = begin(asked, by=self.staff, signatories=[guardian]).obj
        line = consent.lines.get()
        by = Signatory.objects.create(opens=consent.uuid, line=line.uuid)
        perform(consent.sign, by=by, line=line, how="link", language=guardian.language)

    def direct(self, ending: str) -> None:
        self.rate = 0
        with self.at(self.start, 9):
            pupil = self.pupil(self.worker, foster=True)
            case = Case(
                pupil=pupil,
                programme=self.programme,
                team=self.team,
                school=self.school,
                responsible=self.worker,
                deputy=self.deputy,
                baseline_unknown="no_data",
            )
            case = begin(case, by=self.worker).obj
            consent = self.ask(case)
        with self.at(self.later(6)):
            self.sign(consent)
        self.with_case(ending, Case.objects.get(pk=case.pk))

    def ask(self, matter: Referral | Case, **more: Any) -> Consent:
        team_asks = isinstance(matter, Case) or bool(more)
        by = self.worker if team_asks else self.staff
        new = {
            "referral": matter if isinstance(matter, Referral) else matter.referral,
            "case": matter if isinstance(matter, Case) and matter.referral is None else None,
            "pupil": matter.pupil,
            "categories": "referral attendance mapping plan review meetings",
            "names_team": matter.team,
            "names_school": matter.school,
            "valid_to": self.today + timedelta(days=200),
            "asked_by": by,
            "responsible": by,
            "deputy": self.deputy if team_asks else self.principal,
        } | more
        who = [matter.pupil, *matter.pupil.guardians.with_custody()]
        return begin(Consent(**new), by=by, signatories=who).obj

    def sign(self, consent: Consent, *, only: int | None = None) -> None:
        """By link, each in their own language; the first of them sometimes on paper at school."""
        for nth, line in enumerate(consent.lines.order_by("pk")[:only]):
            paper = nth == 0 and self.number % 4 == 0
            by = (
                consent.asked_by
                if paper
                else Signatory.objects.create(opens=consent.uuid, line=line.uuid)
            )
            perform(
                consent.sign,
                by=by,
                line=line,
                how="paper" if paper else "link",
                language=line.person.language,
                note="Papperet finns i elevakten." if paper else "",
            )  # type: ignore[arg-type]

    def with_case(self, ending: str, case: Case) -> None:
        if ending == "mapping":
            self.map(case, done=self.number % 4)
            return
        with self.at(self.later(8)):
            self.map(case, done=9)
            case = perform(case.finish_mapping, by=self.worker).obj
            for text in ("En lugnare start på dagen", "En trygg vuxen i skolan"):
                begin(MappedNeed(case=case, text=text), by=self.worker)
        if ending == "planning":
            with self.at(self.later(2)):
                self.set_goals(case, 1)
            return
        with self.at(self.later(5)):
            self.set_goals(case, 3)
            case = perform(
                case.agree_plan, by=self.worker, next_review=self.later(42), voice_how="took_part"
            ).obj
        self.work(case)
        self.end(ending, case)

    def map(self, case: Case, *, done: int) -> None:
        for nth, section in enumerate(case.sections.order_by("order")):
            if nth >= done:
                return
            by = self.worker
            if section.key == "leisure" and self.number % 3 == 0:
                perform(section.set_aside, by=by, why="Eleven ville inte prata om fritiden nu.")
            else:
                perform(
                    section.write,
                    by=by,
                    text="Vi har pratat med alla och ser ett mönster under veckan.",
                    strengths="Goda relationer till mentorn och ett stort musikintresse.",
                )
        voice = case.voices.get()
        perform(voice.answer, by=self.worker, words=VOICES[self.number % len(VOICES)])

    def set_goals(self, case: Case, count: int) -> None:
        needs = list(case.needs.order_by("pk"))
        for nth, (text, who) in enumerate(GOALS[:count]):
            goal = Goal(
                case=case,
                text=text,
                who=who,
                need=needs[nth % len(needs)],
                due=self.now + timedelta(days=120),
                start=2 + nth,
                target=8,
            )
            begin(goal, by=self.worker)

    def work(self, case: Case) -> None:
        """Weeks of support: tools, occasions, notes, an outside contact."""
        tools = list(self.town.tools.values())
        for nth in range(2):
            with self.at(self.later(3)):
                tool = tools[(self.number + 5 * nth) % 11]
                one = Intervention(
                    case=case,
                    tool=tool,
                    owner=self.worker,
                    legal_form=tool.legal_form,
                    weeks=8,
                    goal=case.goals.order_by("pk").first(),
                )
                one = perform(begin(one, by=self.worker).obj.accept, by=self.worker).obj
            for held in range(2 + self.number % 3):
                with self.at(self.later(5), 14):
                    begin(
                        Occasion(
                            case=case,
                            intervention=one,
                            on=self.now,
                            minutes=30 + 15 * held,
                            no_show=held == 2,
                            given_by=self.worker,
                            took_part="Eleven och skolsocionomen",
                        ),
                        by=self.worker,
                    )
        with self.at(self.later(1)):
            note = Note(
                case=case,
                kind="meeting",
                on=self.now,
                text="Möte med eleven, hemmet och mentorn. Vi kom överens om morgonrutinen.",
                took_part="Elev, vårdnadshavare, mentor",
                written_by=self.worker,
                shown_to_other_side=True,
            )
            perform(begin(note, by=self.worker).obj.sign, by=self.worker)
            if self.number % 3 == 0:
                begin(
                    OutsideContact(
                        case=case,
                        kind="bup",
                        next_step="Ring mottagningen",
                        due=self.later(14),
                        responsible=self.worker,
                    ),
                    by=self.worker,
                )
            if case.referral_id:
                begin(
                    Participant(
                        case=case, membership=self.principal, profession="Rektor", side="school"
                    ),
                    by=self.worker,
                )

    def held_review(self, case: Case, *, progress: bool = True) -> Case:
        day = max(case.next_review, self.now)  # type: ignore[type-var]
        with self.at(day, 9):
            if self.now < day:
                return case
            case = perform(case.begin_review, by=self.worker).obj
            self.absence(
                rate=max(self.rate - 4 * (case.reviews_made + 1), 4), purpose="review", case=case
            )
            review = begin(Review(case=case, held_on=self.now), by=self.worker).obj
            perform(
                review.document,
                by=self.worker,
                held_on=self.now,
                text="Det går bättre på förmiddagarna. Måndagar är svårast.",
                pupils_view="Jag gillar att någon möter mig.",
                changes="Vi lägger till ett samtal på måndagar.",
                progress=progress,
            )
            for goal in case.goals.filter(status="open"):
                begin(
                    Estimate(
                        case=case,
                        goal=goal,
                        month=self.now,
                        by_team=4 + case.reviews_made,
                        by_pupil=5,
                    ),
                    by=self.worker,
                )
            return perform(case.continue_support, by=self.worker, next_review=self.later(49)).obj

    def end(self, ending: str, case: Case) -> None:
        if ending == "review":
            with self.at(self.today):
                perform(case.begin_review, by=self.worker)
            return
        case = self.held_review(Case.objects.get(pk=case.pk))
        if ending == "support":
            return
        if ending == "frozen":
            with self.at(self.today - timedelta(days=4)):
                consent = case.consents.active().for_support().get()
                perform(
                    consent.withdraw,
                    by=self.staff if case.referral else self.worker,
                    how="phone",
                    reason="Vårdnadshavaren ringde.",
                )
            return
        if ending in ("transferring", "transferred"):
            self.hand_over(ending, case)
            return
        with self.at(min(self.later(30), self.today - timedelta(days=3))):
            case = perform(
                case.propose_closure,
                by=self.worker,
                code="goals_met" if self.number % 3 else "enough_progress",
                planned=True,
            ).obj
            if ending == "closing":
                return
            for nth, goal in enumerate(case.goals.filter(status="open").order_by("pk")):
                perform(
                    goal.meet_fully if (nth + self.number) % 3 else goal.meet_partly,
                    by=self.worker,
                    on=self.now,
                )
            self.absence(rate=max(self.rate - 9, 3), purpose="end", case=case)
            for one in case.interventions.filter(status="ongoing"):
                perform(one.complete, by=self.worker)
            case = edit(
                case, by=self.worker, satisfaction=7 + self.number % 4, tools_complete=True
            ).obj
        with self.at(min(self.later(3), self.today - timedelta(days=1))):
            perform(case.confirm_closure, by=self.manager)

    def hand_over(self, ending: str, case: Case) -> None:
        receiver = self.town.receivers.get(self.school.parent.name)  # type: ignore[union-attr]
        with self.at(self.today - timedelta(days=25)):
            consent = self.ask(case, purpose="transfer", names_receiver=receiver)
            self.sign(consent)
            items = [
                ("identity", str(case.pupil.uuid)),
                *[("goal", str(g.uuid)) for g in case.goals.all()],
            ]
            transfer = Transfer(
                case=case,
                receiver=receiver,
                proposal="outside_prevention",
                summary="Eleven behöver mer än vi kan ge.",
                responsible=self.worker,
                deputy=self.deputy,
            )
            begin(transfer, by=self.worker, items=items)
            perform(case.propose_transfer, by=self.worker)
        if ending == "transferring" and self.number % 2:
            return
        who = self.town.one(receiver, Role.RECEIVER)  # type: ignore[arg-type]
        with self.at(self.today - timedelta(days=12)):
            transfer = perform(case.transfers.get().acknowledge, by=who, person=who).obj
        if ending == "transferred":
            with self.at(self.today - timedelta(days=2)):
                perform(transfer.start, by=who, on=self.now)

    def concern(self) -> None:
        """One report of concern, waiting for its feedback."""
        staff, principal = self.town.people["skola"], self.town.people["rektor"]
        with self.at(self.today - timedelta(days=9)):
            report = ConcernReport(
                reporter=staff, reporters=staff.organisation, deputy=principal, made_on=self.now
            )
            perform(begin(report, by=staff).obj.receive, by=staff, on=self.now)
