"""What is done in a case, week by week: mapping, plan, tools, notes, reviews."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, cast

from accounts import school_days
from accounts.models import CLOCK, Signatory
from config.demo.telling import Telling
from history.door import begin, edit, perform, together
from referrals.models import (
    Case,
    Estimate,
    FosterVoice,
    Goal,
    Intervention,
    MappedNeed,
    Note,
    Occasion,
    OutsideContact,
    Participant,
    Review,
)

# Days of a review's cycle, shorter than the eight weeks a programme allows at most.
CYCLE = 49


class Work(Telling):
    def map(self, case: Case, *, done: int = 9, voice: bool = True) -> None:
        """So many sections filled by whoever owns them, and the pupil's own words."""
        for section in case.sections.order_by("order")[:done]:
            if section.key == "leisure" and self.number % 4 == 0:
                why = "Eleven ville inte prata om fritiden nu."
                perform(section.set_aside, by=self.worker, why=why, reason=why)
                continue
            works, hard = self.profile.sections[section.key]
            owner = self.staff if section.side == "school" else self.worker
            perform(section.write, by=owner, text=hard, strengths=works)
        if not voice:
            return
        asked = case.voices.get()
        if self.number % 9 == 5:
            perform(asked.decline, by=self.worker)
        else:
            perform(asked.answer, by=self.worker, words=self.profile.voice)

    def find_needs(self, case: Case) -> None:
        sections = list(case.sections.order_by("order"))
        for nth, text in enumerate(self.profile.mapped):
            need = MappedNeed(case=case, text=text, section=sections[(2 * nth) % len(sections)])
            begin(need, by=self.worker)

    def set_goals(self, case: Case, count: int = 9) -> None:
        """Goals with owner and date; the first with an interim goal."""
        needs = list(case.needs.order_by("pk"))
        owners = [self.worker, self.staff if case.referral_id else self.worker, self.deputy]
        for nth, told in enumerate(self.profile.goals[:count]):
            goal = Goal(
                case=case,
                text=told.text,
                who=told.who,
                owner=owners[nth % 3],
                need=needs[nth % len(needs)],
                due=self.now + timedelta(days=110 + 14 * nth),
                start=2 + (self.number + nth) % 3,
                target=8,
            )
            goal = begin(goal, by=self.worker).obj
            if told.part:
                part = Goal(
                    case=case,
                    parent=goal,
                    text=told.part,
                    who=told.who,
                    owner=self.worker,
                    due=self.now + timedelta(days=42),
                    start=3,
                    target=8,
                )
                begin(part, by=self.worker)

    def agree(self, case: Case) -> Case:
        plan = case.plans.get(status="draft")
        edit(plan, by=self.worker, text=self.profile.plan)
        agreed = perform(
            case.agree_plan,
            by=self.worker,
            next_review=self.later(CYCLE),
            voice_how="took_part",
        )
        return cast(Case, agreed.obj)

    def hear_the_home(self, case: Case) -> None:
        """The foster parent answers by link."""
        with self.at(self.later(2), 15):
            asked = FosterVoice(
                case=case,
                name="Birgitta Sand",
                question="Hur går det i skolan, och vad tror du skulle hjälpa?",
                asked_by=self.worker,
            )
            asked = begin(asked, by=self.worker).obj
        with self.at(self.later(2), 19):
            link = Signatory.objects.create(opens=asked.uuid, line=asked.uuid, purpose="foster")
            words = "Läxorna går bra när vi gör dem före middagen. Måndagarna är svårast."
            perform(asked.answer, by=link, words=words)

    def take_part(self, case: Case) -> None:
        """Named participants from both sides, with their professions."""
        if case.referral_id:
            mentor = Participant(case=case, membership=self.mentor, profession="Mentor")
            begin(mentor, by=self.worker)
        if self.number % 3 == 0 and self.deputy.profession:
            deputy = Participant(
                case=case, membership=self.deputy, profession=self.deputy.profession
            )
            begin(deputy, by=self.worker)

    def use(self, case: Case, key: str, *, occasions: int, weeks: int = 8) -> Intervention:
        """A tool, agreed and begun; nobody comes to the third occasion of some."""
        tool = self.town.tools[key]
        new = Intervention(
            case=case,
            tool=tool,
            owner=self.staff
            if tool.legal_form == "school_measure" and case.referral
            else self.worker,
            legal_form=tool.legal_form,
            weeks=weeks,
            goal=case.goals.filter(parent=None).order_by("pk").first(),
        )
        one = perform(begin(new, by=self.worker).obj.accept, by=self.worker).obj
        for nth in range(occasions):
            with self.at(self.later(6), 13):
                missed = nth == 2 and self.number % 3 != 1
                held = Occasion(
                    case=case,
                    intervention=one,
                    on=self.now,
                    minutes=0 if missed else 30 + 15 * ((self.number + nth) % 3),
                    no_show=missed,
                    given_by=self.worker,
                    took_part="" if missed else "Eleven och skolsocionomen",
                )
                begin(held, by=self.worker)
        return Intervention.objects.get(pk=one.pk)

    def note(self, case: Case, nth: int, *, signed: bool = True) -> None:
        kind, who, text = self.profile.notes[nth % len(self.profile.notes)]
        note = Note(
            case=case,
            kind=kind,
            on=self.now,
            text=text,
            took_part=who,
            written_by=self.worker,
            shown_to_other_side=kind == "meeting",
        )
        note = begin(note, by=self.worker).obj
        if signed:
            perform(note.sign, by=self.worker)

    def outside(self, case: Case) -> None:
        """BUP for some, a SIP or BUS for others; each with its dated next step."""
        kind, step = [
            ("bup", "Ring mottagningen"),
            ("sip", "Kalla till SIP-möte"),
            ("bus", "Ta upp i BUS-gruppen"),
        ][self.number % 3]
        contact = OutsideContact(
            case=case,
            kind=kind,
            next_step=step,
            due=min(self.later(14), self.today + timedelta(days=9)),
            responsible=self.worker,
        )
        contact = begin(contact, by=self.worker).obj
        if (self.today - self.now).days > 30:
            contact = perform(
                contact.contact, by=self.worker, next_step="Vänta på svar", due=self.later(14)
            ).obj
            perform(contact.finish, by=self.worker)
        elif self.number % 2:
            due = self.today + timedelta(days=3 + self.number % 12)
            perform(
                contact.contact, by=self.worker, next_step="Vänta på svar och ring igen", due=due
            )

    def work(self, case: Case) -> None:
        """The first weeks of support."""
        first, second, *_rest = self.profile.tools
        with self.at(self.later(2)):
            self.take_part(case)
            self.note(case, 0)
        with self.at(self.later(4)):
            self.use(case, first, occasions=3)
        with self.at(self.later(3)):
            self.use(case, second, occasions=2 if self.number % 2 else 1)
            if self.number % 3 != 1:
                self.outside(case)

    def estimates(self, case: Case, step: int) -> None:
        """The team's view and the pupil's, who is often a little ahead or behind."""
        for nth, goal in enumerate(case.goals.filter(status="open").order_by("pk")):
            by_team = min(goal.start + step + (nth % 2 == 0 and not self.stalls(step)), 9)
            by_pupil = None if (self.number + nth) % 6 == 5 else min(by_team + (-1) ** nth, 10)
            row = Estimate(case=case, goal=goal, month=self.now, by_team=by_team, by_pupil=by_pupil)
            begin(row, by=self.worker)

    def stalls(self, step: int) -> bool:
        """Whether the story's own review at this step saw no progress."""
        return self.rate(step) >= self.rate(step - 1) if step else False

    def between(self, case: Case, step: int) -> None:
        """What happens between two reviews: a month measured, a month's estimates, a talk."""
        with self.at(self.later(25), 11):
            if school_days.counted()(self.now):
                self.absence(step, purpose="month", by=self.worker, case=case)
            if self.number % 2 == 0:
                self.note(case, 1)

    def begin_review(self, case: Case, day: date) -> Case:
        """By the team when it is ahead of the clock, else by the clock on the day."""
        with self.at(day, 6):
            begun: Case = perform(case.begin_review, by=CLOCK).obj
        return begun

    def hold_review(self, case: Case, step: int, *, decide: bool = True) -> Case:
        """Absence, estimates, what has happened; and on with the next review dated."""
        happened, pupil, changes = self.profile.reviews[(step - 1) % len(self.profile.reviews)]
        progress = not self.stalls(2 * step)
        with together(case):
            measured = self.absence(2 * step, purpose="review", by=self.worker, case=case)
            self.estimates(case, step)
            review = begin(Review(case=case, held_on=self.now), by=self.worker).obj
            perform(
                review.document,
                by=self.worker,
                held_on=self.now,
                text=happened,
                pupils_view=pupil,
                changes=changes,
                took_part="Elev, vårdnadshavare, mentor och skolsocionom",
                progress=progress,
                absence=measured,
            )
        if not decide:
            return Case.objects.get(pk=case.pk)
        why = "" if progress else "Familjen vill fortsätta och planen ändras på en punkt."
        details: dict[str, Any] = {"next_review": self.later(CYCLE), "why": why}
        case = Case.objects.get(pk=case.pk)
        goes_on = perform(case.continue_support, by=self.worker, reason=why, **details)
        return cast(Case, goes_on.obj)

    def cycle(self, case: Case, step: int) -> Case:
        """From one review to the next one held."""
        self.between(case, 2 * step - 1)
        day = max(case.next_review or self.now, self.now)
        with self.at(day, 6):
            case = perform(case.begin_review, by=CLOCK).obj
        with self.at(day + timedelta(days=1), 9):
            return self.hold_review(case, step)

    def end_measures(self, case: Case) -> Case:
        """Everything a closure asks for."""
        ways = ("meet_fully", "meet_partly", "miss")
        for nth, goal in enumerate(case.goals.filter(status="open").order_by("pk")):
            way = (
                ways[0] if self.rate(9) < 12 and nth % 3 != 2 else ways[1 + (nth + self.number) % 2]
            )
            perform(getattr(goal, way), by=self.worker, on=self.now, pupils_view="partly")
        self.absence(9, purpose="end", by=self.worker, case=case)
        for one in case.interventions.filter(status="ongoing"):
            perform(one.complete, by=self.worker)
        asked: dict[str, Any] = {"satisfaction": 6 + self.number % 5}
        if self.number % 7 == 3:
            asked = {"satisfaction_not_known": "refused"}
        words = "" if self.number % 2 else "Det var bra att någon brydde sig och inte gav upp."
        case = Case.objects.get(pk=case.pk)
        done = edit(case, by=self.worker, tools_complete=True, pupils_words=words, **asked)
        return cast(Case, done.obj)
