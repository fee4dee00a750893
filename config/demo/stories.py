"""About sixty pupils' paths, each told from its first day to where it stands this morning."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from accounts import clock
from accounts.models import CLOCK, Organisation, Role, Signatory
from config.demo.telling import ZONE
from config.demo.work import CYCLE, Work
from history.door import begin, edit, perform
from referrals.forms.new import baseline_window
from referrals.models import (
    Absence,
    Case,
    ConcernReport,
    Consent,
    ProtectionRight,
    Referral,
    Transfer,
)

__all__ = ["ZONE", "Teller"]

# Where each path stands today, and how many days it has stood there: some fresh, some late.
ENDINGS: list[tuple[str, tuple[int, ...]]] = [
    ("draft", (1, 6, 50)),
    ("submitted", (1, 4, 8, 11, 16)),
    ("returned", (3, 17)),
    ("declined", (12, 40)),
    ("withdrawn", (9, 33)),
    ("awaiting", (2, 5, 9, 16, 20)),
    ("refused", (3, 8)),
    ("mapping", (4, 11, 19, 26, 34, 8)),
    ("planning", (2, 6, 10, 13, 19)),
    ("support", (4, 11, 20, 28, 33, 38, 44, 47, 15)),
    ("review", (1, 3, 6, 10)),
    ("frozen", (4, 21)),
    ("transferring", (33, 12)),
    ("transferred", (2,)),
    ("closing", (1, 9)),
    ("closed", (8, 20, 36, 55, 80, 110, 140, 170, 200)),
    ("handed_back", (4,)),
]
FOSTERED: list[tuple[str, int]] = [("mapping", 9), ("support", 12), ("review", 2), ("closed", 25)]
# Reviews already held on the way, by ending, and by the number of the path.
HELD = {"support": (1, 2, 0, 3), "review": (1, 2), "closed": (2, 3)}


class Teller(Work):
    def tell_all(self) -> int:
        """Every story; how many pupils there are."""
        told = 0
        for ending, days in ENDINGS:
            for nth, stood in enumerate(days):
                school, team, programme = self.place(told, first=nth == 0)
                self.set_out(told, school, team, programme)
                self.tell(ending, stood, nth)
                told += 1
        for nth, (ending, stood) in enumerate(FOSTERED):
            school = list(self.town.schools.values())[3 * nth + 1]
            self.set_out(told, school, self.town.teams["SkolFam"], "skolfam")
            self.tell(ending, stood, nth, foster=True)
            told += 1
        return told

    def place(self, number: int, *, first: bool) -> tuple[Organisation, Organisation, str]:
        """School, team and programme. Every ending's first story is Akalla's, so that the people
        who sign in meet every status; the rest is spread over the city."""
        schools = list(self.town.schools)
        name = schools[(5 * number + number // 7) % len(schools)]
        if first or number % 4 == 0:
            name = "Akalla grundskola"
        elif number % 9 == 5:
            name = "Nya Linjens friskola"
        school = self.town.schools[name]
        district = school.parent.name  # type: ignore[union-attr]  # the demo's schools lie in districts
        return school, self.town.teams[district], "ppss" if number % 5 == 4 else "sst"

    def tell(self, ending: str, stood: int, nth: int, *, foster: bool = False) -> None:
        """Set out early enough to have stood at the ending for so many days."""
        held = HELD.get(ending, (1,))
        self.reviews = held[nth % len(held)]
        self.ending, self.stood = ending, stood
        self.start = self.ago(stood + self.way_there(foster))
        story: Callable[[], None] = self.direct if foster else self.by_referral
        story()

    def way_there(self, foster: bool) -> int:
        """Days from the first word to the ending: as the story below tells them."""
        begun = {"draft": 0, "submitted": 2, "returned": 5, "declined": 8, "withdrawn": 5}
        begun |= {"awaiting": 10, "refused": 14}
        if self.ending in begun:
            return begun[self.ending]
        enrolled = 7 if foster else 16
        if self.ending == "mapping":
            return enrolled
        if self.ending == "planning":
            return enrolled + 18
        supported = enrolled + 18 + 8
        return supported + self.reviews * (CYCLE + 2) + self.after_support()

    def after_support(self) -> int:
        return {
            "review": CYCLE + 1,
            "frozen": 8,
            "transferring": 6,
            "transferred": 30,
            "closing": 25,
            "closed": 32,
            "handed_back": 75,
        }.get(self.ending, 0)

    # From the school's referral

    def propose_right(self, referral: Referral) -> None:
        right = ProtectionRight(
            pupil=referral.pupil,
            reference=referral.reference,
            organisation=self.team,
            holder=self.worker,
            first=self.manager,
        )
        begin(right, by=self.manager)

    def by_referral(self) -> None:
        told = self.profile
        with self.at(self.start, 8):
            pupil = self.pupil(self.staff)
            new = Referral(
                school=self.school, author=self.staff, pupil=pupil, protection_asked=True
            )
            referral = begin(new, by=self.staff).obj
            referral = edit(
                referral, by=self.staff, needs=told.needs, worry=told.worry, touched=clock.now()
            ).obj
        if self.ending == "draft":
            return
        with self.at(self.later(2), 11):
            referral = edit(
                referral,
                by=self.staff,
                tried=["adaptations home", "adaptations student_health", "environment home"][
                    self.number % 3
                ],
                measures=told.measures,
                investigation_began=self.now - timedelta(days=30),
                pupil_knows="Vi har pratat med eleven, som vill prova.",
                guardians_know="Möte i skolan med vårdnadshavare.",
                programme=self.programme,
                team=self.team,
                colleague=self.mentor,
                touched=clock.now(),
            ).obj
            self.absence(0, purpose="baseline", by=self.staff, referral=referral)
            referral = perform(referral.submit, by=self.staff).obj
        self.after_submit(self.ending, referral)

    def after_submit(self, ending: str, referral: Referral) -> None:
        if ending == "submitted":
            if self.number % 3 == 0:
                with self.at(self.later(1)):
                    perform(referral.ask_manager, by=self.worker)
            return
        if ending in ("returned", "declined", "withdrawn"):
            self.answer_otherwise(ending, referral)
            return
        with self.at(self.later(5), 9):
            if referral.whom.protected:
                self.propose_right(referral)
                return  # waits for a second person: nobody in the team sees it before
            outside = "Vi ser att stödet behövs nu." if referral.outside_target() else ""
            two: dict[str, Any] = {"responsible": self.worker, "deputy": self.deputy}
            perform(referral.accept, by=self.worker, exception=outside, **two)
        case = Case.objects.get(referral=referral)
        with self.at(self.later(3), 13):
            consent = self.ask(referral)
        if ending == "awaiting":
            if self.number % 5 == 0:
                self.let_the_team_call(referral)
            if self.school.name == "Akalla grundskola":
                self.written_twice(referral)
            self.wait_for(consent)
            return
        if ending == "refused":
            with self.at(self.later(4)):
                line = consent.lines.order_by("-pk").first()
                perform(consent.refuse, by=self.staff, line=line, how="phone")
            return
        with self.at(self.later(6), 15):
            self.sign(consent)
        self.with_case(Case.objects.get(pk=case.pk))

    def answer_otherwise(self, ending: str, referral: Referral) -> None:
        with self.at(self.later(3)):
            if ending == "returned":
                missing = "Hur länge har frånvaron varit hög, och vad säger eleven själv?"
                perform(referral.return_for_completion, by=self.worker, missing=missing)
            elif ending == "withdrawn":
                reason = "Eleven har börjat komma igen och familjen vill vänta."
                perform(referral.withdraw, by=self.staff, code="not_needed", reason=reason)
            else:
                perform(referral.ask_manager, by=self.worker)
        if ending == "declined":
            with self.at(self.later(2)):
                instead = "Familjen har redan stöd. Ta kontakt med familjens socialsekreterare."
                referral = Referral.objects.get(pk=referral.pk)
                perform(referral.decline, by=self.manager, code="ongoing_assessed", instead=instead)

    def written_twice(self, first: Referral) -> None:
        """The mentor did not know of it and wrote another, which the principal took back."""
        with self.at(self.now, 14):
            new = Referral(
                school=self.school, author=self.mentor, pupil=first.pupil, protection_asked=True
            )
            second = begin(new, by=self.mentor).obj
            words: dict[str, Any] = {"needs": self.profile.needs, "worry": self.profile.worry}
            second = edit(second, by=self.mentor, touched=clock.now(), **words).obj
        with self.at(self.now, 16):
            reason = "Två på skolan har skrivit om samma elev."
            how: dict[str, Any] = {"code": "duplicate", "of": first}
            perform(second.withdraw, by=self.principal, reason=reason, **how)

    def wait_for(self, consent: Consent) -> None:
        """Some have answered; those who have not are reminded by the clock."""
        asked = self.now
        if self.number % 2:
            with self.at(self.later(1)):
                self.sign(consent, only=1)
        for days in (7, 14):
            if asked + timedelta(days=days) <= self.today:
                with self.at(asked + timedelta(days=days), 6):
                    perform(Consent.objects.get(pk=consent.pk).remind, by=CLOCK)

    def let_the_team_call(self, referral: Referral) -> None:
        """One guardian says only that the team may contact them."""
        guardian = referral.whom.guardians.order_by("pk")[0]
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

    # Without a referral: the team begins

    def direct(self) -> None:
        with self.at(self.start, 9):
            pupil = self.pupil(self.worker, foster=True)
            case = Case(
                pupil=pupil,
                programme=self.programme,
                team=self.team,
                school=self.school,
                responsible=self.worker,
                deputy=self.deputy,
                baseline_asked=self.later(10),
            )
            case = begin(case, by=self.worker).obj
            consent = self.ask(case)
        with self.at(self.later(7)):
            self.sign(consent)
            if self.ending != "mapping":
                self.baseline_before_start(Case.objects.get(pk=case.pk))
        self.with_case(Case.objects.get(pk=case.pk))

    def baseline_before_start(self, case: Case) -> None:
        """The school has answered: the twenty school days before the case was opened."""
        first, last = baseline_window(case)
        offered = 20 * 280
        away = offered * self.rate(0) // 100
        row = Absence(
            case=case,
            purpose="baseline",
            period_from=first,
            period_to=last,
            offered=offered,
            reported=offered,
            valid=away,
            invalid=0,
        )
        begin(row, by=self.worker)

    # The case

    def with_case(self, case: Case) -> None:
        if self.ending == "mapping":
            with self.at(self.later(3)):
                self.map(case, done=min(self.stood // 6, 4), voice=self.stood > 10)
            return
        with self.at(self.later(18)):
            self.map(case)
            self.find_needs(case)
            case = perform(Case.objects.get(pk=case.pk).finish_mapping, by=self.worker).obj
        if self.ending == "planning":
            if self.stood > 4:
                with self.at(self.later(2)):
                    self.set_goals(case, 1)
            return
        with self.at(self.later(8)):
            self.set_goals(case)
            case = self.agree(case)
        agreed = self.now
        if (self.today - agreed).days > 20:
            self.work(case)
        elif (self.today - agreed).days > 3:
            with self.at(self.later(2)):
                self.take_part(case)
                self.use(case, self.profile.tools[0], occasions=1)
        if self.programme.foster_placed:
            self.hear_the_home(case)
        for step in range(1, self.reviews + 1):
            case = self.cycle(Case.objects.get(pk=case.pk), step)
        self.end(Case.objects.get(pk=case.pk))

    def end(self, case: Case) -> None:
        ways: dict[str, Callable[[Case], None]] = {
            "support": self.goes_on,
            "review": self.is_reviewed,
            "frozen": self.freezes,
            "transferring": self.hand_over,
            "transferred": self.hand_over,
            "handed_back": self.hand_over,
            "closing": self.close,
            "closed": self.close,
        }
        ways[self.ending](case)

    def goes_on(self, case: Case) -> None:
        """Since the last review: a tool for the environment, a draft of a note, a booked meeting."""
        if self.stood > 14:
            with self.at(self.ago(self.stood // 2)):
                self.use(case, self.profile.tools[2], occasions=1)
                self.note(case, 1, signed=self.number % 2 == 0)

    def is_reviewed(self, case: Case) -> None:
        """Begun by the clock; the eldest is documented and waits for its decision."""
        with self.at(self.ago(self.stood), 6):
            case = perform(case.begin_review, by=CLOCK).obj
        if self.stood > 5:
            with self.at(self.ago(self.stood - 3)):
                self.hold_review(case, self.reviews + 1, decide=False)

    def freezes(self, case: Case) -> None:
        with self.at(self.ago(self.stood)):
            consent = case.consents.active().for_support().get()
            line = consent.lines.exclude(guardian=None).first()
            reason = "Vårdnadshavaren ringde och vill tänka igenom det."
            by = self.staff if case.referral else self.worker
            perform(consent.withdraw, by=by, line=line, how="phone", reason=reason)

    def close(self, case: Case) -> None:
        left = 0 if self.ending == "closing" else 4
        code, planned = "goals_met" if self.rate(9) < 12 else "enough_progress", True
        if self.programme.foster_placed:
            code = "placement_ended"
        elif self.number % 8 == 3:
            code, planned = "dropped_out", False
        with self.at(self.ago(self.stood + left)):
            reason = "Vi har pratat med eleven och familjen, som är överens."
            details: dict[str, Any] = {"code": code, "planned": planned}
            case = perform(case.propose_closure, by=self.worker, reason=reason, **details).obj
            if self.ending == "closing" and self.stood < 5:
                return
            case = self.end_measures(case)
        if self.ending == "closed":
            with self.at(self.ago(self.stood)):
                perform(case.confirm_closure, by=self.manager)

    # To the assessed services, and back

    def hand_over(self, case: Case) -> None:
        receiver = self.town.receivers[self.school.parent.name]  # type: ignore[union-attr]  # the demo's schools lie in districts
        waits = {"transferring": self.stood, "transferred": 28, "handed_back": 75}[self.ending]
        with self.at(self.ago(waits + 5)):
            consent = self.ask(case, purpose="transfer", names_receiver=receiver)
            self.sign(consent)
        with self.at(self.ago(waits)):
            items = [
                ("identity", str(case.pupil.uuid)),
                *[("section", str(row.uuid)) for row in case.sections.filter(status="written")[:2]],
                *[("goal", str(row.uuid)) for row in case.goals.filter(parent=None)],
            ]
            transfer = Transfer(
                case=case,
                receiver=receiver,
                proposal="outside_prevention",
                summary="Familjen behöver stöd i hemmet på morgnarna, mer än teamet kan ge.",
                responsible=self.worker,
                deputy=self.deputy,
            )
            begin(transfer, by=self.worker, items=items)
            perform(case.propose_transfer, by=self.worker)
        self.receive(case, waits)

    def receive(self, case: Case, waits: int) -> None:
        receiver = case.transfers.get().receiver
        who = self.town.one(receiver, Role.RECEIVER)
        if self.ending == "transferring" and self.stood < 20:
            return
        with self.at(self.ago(waits - 6)):
            transfer = perform(case.transfers.get().acknowledge, by=who, person=who).obj
        if self.ending == "transferring":
            return
        with self.at(self.ago(waits - 26)):
            transfer = perform(transfer.start, by=who, on=self.now).obj
        if self.ending == "transferred":
            return
        with self.at(self.ago(waits - 30)):
            case = self.end_measures(Case.objects.get(pk=case.pk))
            perform(case.confirm_closure, by=self.manager)
        with self.at(self.ago(self.stood)):
            why = "Stödet i hemmet är klart. Eleven behöver någon i skolan igen."
            perform(Transfer.objects.get(pk=transfer.pk).hand_back, by=who, why=why, reason=why)

    def concern(self) -> None:
        """One report of concern, waiting for its feedback."""
        staff, principal = self.town.people["skola"], self.town.people["rektor"]
        with self.at(self.ago(9)):
            report = ConcernReport(
                reporter=staff, reporters=staff.organisation, deputy=principal, made_on=self.now
            )
            perform(begin(report, by=staff).obj.receive, by=staff, on=self.now)
