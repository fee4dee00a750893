"""Tells a path as the other tests' `Path` does, with a canary wherever somebody writes."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import count
from types import SimpleNamespace
from typing import Any

import vault.files
from accounts import clock, personnummer
from history.door import begin, edit, perform
from referrals.models import (
    Attachment,
    Case,
    Consent,
    FosterVoice,
    Goal,
    Intervention,
    MappedNeed,
    Note,
    Occasion,
    OutsideContact,
    Participant,
    Pupil,
    Referral,
    Transfer,
)
from referrals.models.signature import SignatureLine
from tests.cast import Path
from tests.oracle.canary import canary, paper

_parents = count(0)


class Teller(Path):
    """Tells one situation, with a canary wherever somebody writes."""

    situation = ""

    def __init__(self, cast: SimpleNamespace) -> None:
        super().__init__(cast)
        self.extra: dict[str, Any] = {}
        # What else the situation's addresses are made of, by the name of its id.
        self.rows: dict[str, Any] = {}

    def says(self, secret: str) -> str:
        return canary(self.situation, secret)

    @property
    def two(self) -> dict[str, Any]:
        return {"responsible": self.cast.tuva, "deputy": self.cast.tore}

    def pupil(self, guardians: int = 1, **more: Any) -> Pupil:
        names = {
            "given_name": self.says("identity"),
            "family_name": self.says("identity"),
            "address": self.says("identity"),
            "phone": self.says("identity"),
            "email": f"{self.says('identity')}@example.org",
        }
        pupil = super().pupil(guardians=guardians, **(names | self.extra | more))
        for guardian in pupil.guardians.all():
            edit(
                guardian,
                by=more.get("by") or self.cast.sara,
                given_name=self.says("guardian"),
                family_name=self.says("guardian"),
                address=self.says("guardian"),
                phone=self.says("guardian"),
                email=f"{self.says('guardian')}@example.org",
                number=personnummer.for_tests(date(1980, 1, 1) + timedelta(next(_parents)), 980),
            )
        return pupil

    def draft(self, pupil: Pupil | None = None, **more: Any) -> Referral:
        words = {
            name: self.says("referral")
            for name in (
                "worry",
                "measures",
                "pupil_knows",
                "guardians_know",
                "other_plans_note",
            )
        }
        return super().draft(pupil or self.pupil(), **(words | more))

    def accepted(self, **more: Any) -> Referral:
        taken: dict[str, Any] = {**self.two, "exception": self.says("exception")}
        return perform(self.submitted(**more).accept, by=self.cast.tuva, **taken).obj

    def sign(self, consent: Consent) -> Consent:
        """Everybody says yes on paper before a witness, and whoever asked keeps the paper."""
        for line in consent.lines.filter(status="waiting").order_by("pk"):
            consent = self.sign_one(consent, line)
        return consent

    def sign_one(self, consent: Consent, line: SignatureLine) -> Consent:
        by = consent.asked_by
        secret = "signature" if by.organisation == self.cast.school else "teamsignature"
        told = dict.fromkeys(("witness", "note", "proof"), self.says(secret))
        kept = vault.files.store(paper(self.says(secret)), "application/pdf")
        answer: dict[str, Any] = {"line": line, "how": "paper", "file": kept.uuid, **told}
        return perform(consent.sign, by=by, **answer).obj

    def worked(self, case: Case) -> Case:
        """A case with something of everything that can be read in it."""
        cast, says = self.cast, self.says
        for section in case.sections.all():
            side = "schoolsection" if section.side == "school" else "teamsection"
            if section.key.startswith("aside"):
                why: dict[str, Any] = {"why": says(side), "reason": says(side)}
                perform(section.set_aside, by=cast.tuva, **why)
                perform(section.hide_from_guardian, by=cast.tuva, **why)
                continue
            perform(section.write, by=cast.tuva, text=says(side), strengths=says(side))
        if case.programme.foster_placed:
            self.asked_the_foster_home(case)
        perform(case.voices.get().answer, by=cast.tuva, words=says("teamsection"))
        case = perform(case.finish_mapping, by=cast.tuva).obj
        edit(case.plans.get(), by=cast.tuva, text=says("plan"))
        left = begin(MappedNeed(case=case, text=says("plan")), by=cast.tuva).obj
        perform(left.leave_without_goal, by=cast.tuva, why=says("plan"))
        need = begin(MappedNeed(case=case, text=says("plan")), by=cast.tuva).obj
        due = clock.today() + timedelta(days=60)
        goal = Goal(case=case, need=need, text=says("plan"), who=says("plan"), due=due)
        begin(goal, by=cast.tuva)
        for secret, shown in (("note", False), ("meeting", True)):
            note = Note(
                case=case,
                kind="meeting",
                on=clock.today(),
                text=says(secret),
                took_part=says(secret),
                written_by=cast.tuva,
                shown_to_other_side=shown,
                hidden_from_guardian=True,
                hidden_why=says("note"),
            )
            perform(begin(note, by=cast.tuva).obj.sign, by=cast.tuva)
        contact = OutsideContact(
            case=case,
            kind="bup",
            name=says("note"),
            next_step="Ring",
            due=due,
            responsible=cast.tuva,
        )
        begin(contact, by=cast.tuva)
        stored = vault.files.store(paper(says("note")), "application/pdf")
        scan = Attachment(
            case=case,
            kind="report",
            title=says("note"),
            added_by=cast.tuva,
            file=stored.uuid,
            size=stored.size,
            media_type=stored.media_type,
        )
        begin(scan, by=cast.tuva)
        chosen = Intervention(
            case=case,
            tool=cast.tool,
            owner=cast.tuva,
            legal_form="without_needs_test",
            note=says("plan"),
        )
        chosen = perform(begin(chosen, by=cast.tuva).obj.accept, by=cast.tuva).obj
        held = Occasion(
            case=case,
            intervention=chosen,
            on=clock.today(),
            minutes=45,
            given_by=cast.tuva,
            took_part=says("plan"),
        )
        begin(held, by=cast.tuva)
        if not case.participants.filter(membership=cast.pia).exists():
            begin(Participant(case=case, membership=cast.pia, profession="Fältare"), by=cast.tuva)
        return case

    def asked_the_foster_home(self, case: Case) -> None:
        who = {"name": self.says("foster"), "phone": self.says("foster")}
        voice = FosterVoice(
            case=case,
            email=f"{self.says('foster')}@example.org",
            question="Hur går det i skolan?",
            asked_by=self.cast.tuva,
            **who,
        )
        voice = begin(voice, by=self.cast.tuva).obj
        perform(voice.answer, by=self.cast.tuva, words=self.says("foster"))

    def planning(self, **more: Any) -> Case:
        return self.worked(self.mapping(**more))

    def support(self, **more: Any) -> Case:
        agreed: dict[str, Any] = {
            **self.next_review(),
            "voice_how": "asked_twice",
            "voice_known": self.says("plan"),
        }
        case = perform(self.planning(**more).agree_plan, by=self.cast.tuva, **agreed).obj
        return edit(case, by=self.cast.tuva, summer_plan=self.says("plan")).obj

    def considered(self, case: Case) -> Transfer:
        transfer = super().considered(case)
        return edit(transfer, by=self.cast.tuva, summary=self.says("summary")).obj
