"""The people of the tests, and a path told move by move."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import count
from types import SimpleNamespace
from typing import Any

from accounts import clock, personnummer
from accounts.models import Kind, Membership, Organisation, Role, Signatory, User
from history.door import begin, perform
from referrals.models import (
    Absence,
    Case,
    Consent,
    Goal,
    Guardian,
    Intervention,
    MappedNeed,
    Occasion,
    Programme,
    ProgrammeVersion,
    Pupil,
    Referral,
    Review,
    Tool,
    Transfer,
)

_numbers = count(0)
SECTIONS = [
    {"key": "school", "title": "Skolsituation", "side": "school"},
    {"key": "home", "title": "Hemmet"},
]


def make_cast() -> SimpleNamespace:
    """sara writes at the school under petra, its principal; tuva and tore work in the team, mona
    leads it; rut receives; olga, odd, oda and ove stand on the other side of every wall."""

    def org(kind: Kind, name: str, **more: Any) -> Organisation:
        return Organisation.objects.create(kind=kind, name=name, **more)

    def person(name: str, where: Organisation, role: Role) -> Membership:
        user = User.objects.create(username=name, first_name=name.title(), last_name="Test")
        return Membership.objects.create(
            user=user, organisation=where, role=role, since=date(2020, 1, 1)
        )

    city = org(Kind.MUNICIPALITY, "Staden")
    south = org(Kind.DISTRICT, "Söder", parent=city)
    north = org(Kind.DISTRICT, "Norr", parent=city)
    school = org(Kind.SCHOOL, "Åsö skola", parent=south, code="11111111")
    new_school = org(Kind.SCHOOL, "Nya skolan", parent=south, code="22222222")
    other_school = org(Kind.SCHOOL, "Vasa skola", parent=north, code="33333333")
    team, other_team = (
        org(Kind.TEAM, "Team Söder", parent=south),
        org(Kind.TEAM, "Team Norr", parent=north),
    )
    team.serves.add(south)
    other_team.serves.add(north)
    receiver = org(Kind.RECEIVER, "Mottagningen Söder", parent=south)
    other_receiver = org(Kind.RECEIVER, "Mottagningen Norr", parent=north)
    programme = Programme.objects.create(key="sst", name="SST", owner=city)
    version = ProgrammeVersion.objects.create(
        programme=programme,
        since=date(2024, 1, 1),
        grade_from=4,
        grade_to=9,
        absence_max=20,
        sections=SECTIONS,
    )
    tool = Tool.objects.create(key="talk", name="Samtal", owner=city)
    return SimpleNamespace(
        city=city,
        south=south,
        north=north,
        school=school,
        new_school=new_school,
        team=team,
        other_team=other_team,
        receiver=receiver,
        programme=version,
        tool=tool,
        sara=person("sara", school, Role.SCHOOL),
        siv=person("siv", school, Role.SCHOOL),
        petra=person("petra", school, Role.PRINCIPAL),
        tuva=person("tuva", team, Role.TEAM),
        tore=person("tore", team, Role.TEAM),
        mona=person("mona", team, Role.MANAGER),
        rut=person("rut", receiver, Role.RECEIVER),
        nina=person("nina", new_school, Role.PRINCIPAL),
        olga=person("olga", other_school, Role.PRINCIPAL),
        odd=person("odd", other_team, Role.MANAGER),
        oda=person("oda", other_team, Role.TEAM),
        ove=person("ove", other_receiver, Role.RECEIVER),
        dag=person("dag", south, Role.DISTRICT),
        cecilia=person("cecilia", city, Role.CENTRAL),
        gun=person("gun", city, Role.AUDITOR),
        adam=person("adam", city, Role.ADMIN),
    )


class Path:
    """Tells a path, one move after the other; every step through the door."""

    def __init__(self, cast: SimpleNamespace) -> None:
        self.cast = cast

    def pupil(self, guardians: int = 1, *, by: Membership | None = None, **more: Any) -> Pupil:
        by = by or self.cast.sara
        n = next(_numbers)
        born = date(2012, 1, 1) + timedelta(days=n)
        new = {
            "school": by.organisation,
            "registered_by": by,
            "given_name": f"Alva{n}",
            "family_name": "Hemlig",
            "number": personnummer.for_tests(born, 980 + n % 20),
            "birth_date": born.isoformat(),
            "grade": 7,
            "home_district": self.cast.south,
        } | more
        pupil = begin(Pupil(**new), by=by).obj
        for nth in range(guardians):
            guardian = Guardian(
                pupil=pupil,
                trail_id=pupil.trail_id,
                given_name=f"Vera{nth}",
                family_name="Hemlig",
                phone=f"07017406{n % 90 + 10}",
                email=f"vera{n}.{nth}@example.org",
            )
            begin(guardian, by=by)
        return pupil

    def draft(
        self, pupil: Pupil | None = None, *, by: Membership | None = None, **more: Any
    ) -> Referral:
        by = by or self.cast.sara
        new = {
            "school": by.organisation,
            "author": by,
            "pupil": pupil or self.pupil(by=by),
            "team": self.cast.team,
            "programme": self.cast.programme,
            "protection_asked": True,
            "needs": "attendance",
            "worry": "Eleven kommer sällan till första lektionen.",
            "measures": "Extra anpassningar sedan september.",
            "pupil_knows": "Vi har pratat med eleven.",
            "guardians_know": "Möte i skolan.",
        } | more
        referral = begin(Referral(**new), by=by).obj
        absence = Absence(
            referral=referral,
            purpose="baseline",
            period_from=clock.today() - timedelta(days=40),
            period_to=clock.today() - timedelta(days=12),
            offered=6000,
            reported=6000,
            valid=600,
            invalid=300,
        )
        begin(absence, by=by)
        return referral

    def submitted(self, **more: Any) -> Referral:
        return perform(self.draft(**more).submit, by=self.cast.sara).obj

    def accepted(self, **more: Any) -> Referral:
        return perform(self.submitted(**more).accept, by=self.cast.tuva, **self.two).obj

    @property
    def two(self) -> dict[str, Any]:
        return {"responsible": self.cast.tuva, "deputy": self.cast.mona}

    def ask(self, matter: Referral | Case, *, by: Membership | None = None, **more: Any) -> Consent:
        """Ask pupil and every guardian with custody, or those of `who`; nobody has answered yet."""
        by = by or self.cast.sara
        case = matter if isinstance(matter, Case) else getattr(matter, "case", None)
        new: dict[str, Any] = {
            "pupil": matter.pupil,
            "referral": matter if isinstance(matter, Referral) else matter.referral,
            "categories": "referral attendance mapping plan review meetings",
            "names_team": matter.team,
            "names_school": matter.school,
            "asked_by": by,
            "responsible": by,
            "deputy": self.cast.petra,
        } | more
        if new["referral"] is None:
            new["case"] = case
        every = [matter.pupil, *matter.pupil.guardians.with_custody()]
        who = new.pop("who", every)
        return begin(Consent(**new), by=by, signatories=who).obj

    def sign(self, consent: Consent) -> Consent:
        """Everybody says yes, each by their own link."""
        for line in consent.lines.filter(status="waiting").order_by("pk"):
            consent = perform(consent.sign, by=link(consent), line=line).obj
        return consent

    def mapping(self, **more: Any) -> Case:
        referral = self.accepted(**more)
        self.sign(self.ask(referral))
        return Case.objects.get(referral=referral)

    def planning(self, **more: Any) -> Case:
        case, tuva = self.mapping(**more), self.cast.tuva
        for section in case.sections.all():
            perform(section.write, by=tuva, text="Vi har pratat med alla.")
        perform(case.voices.get().answer, by=tuva, words="Det är för stökigt i klassen.")
        return perform(case.finish_mapping, by=tuva).obj

    def goal(self, case: Case) -> Goal:
        need = begin(MappedNeed(case=case, text="Lugnare start"), by=self.cast.tuva).obj
        goal = Goal(
            case=case,
            need=need,
            text="Vara i skolan fyra dagar i veckan",
            due=clock.today() + timedelta(days=60),
        )
        return begin(goal, by=self.cast.tuva).obj

    def support(self, **more: Any) -> Case:
        case = self.planning(**more)
        self.goal(case)
        return perform(
            case.agree_plan, by=self.cast.tuva, **self.next_review(), voice_how="took_part"
        ).obj

    def next_review(self) -> dict[str, Any]:
        return {"next_review": clock.today() + timedelta(days=28)}

    def review(self, **more: Any) -> Case:
        return perform(self.support(**more).begin_review, by=self.cast.tuva).obj

    def reviewed(self, case: Case, *, progress: bool = True) -> Review:
        tuva = self.cast.tuva
        review = begin(Review(case=case, held_on=clock.today()), by=tuva).obj
        return perform(
            review.document,
            by=tuva,
            held_on=clock.today(),
            text="Det går bättre.",
            progress=progress,
            absence_not_known="no_data",
        ).obj

    def occasion(self, case: Case) -> Occasion:
        tuva = self.cast.tuva
        chosen = Intervention(
            case=case, tool=self.cast.tool, owner=tuva, legal_form="without_needs_test"
        )
        chosen = begin(chosen, by=tuva).obj
        chosen = perform(chosen.accept, by=tuva).obj
        held = Occasion(case=case, intervention=chosen, on=clock.today(), minutes=45, given_by=tuva)
        return begin(held, by=tuva).obj

    def closing(self, **more: Any) -> Case:
        case = self.support(**more)
        return perform(case.propose_closure, by=self.cast.tuva, code="goals_met", planned=True).obj

    def closed(self, **more: Any) -> Case:
        case = self.closing(**more)
        return perform(self.ready_to_close(case).confirm_closure, by=self.cast.mona).obj

    def ready_to_close(self, case: Case) -> Case:
        from history.door import edit

        for goal in case.goals.filter(status="open"):
            perform(goal.meet_partly, by=self.cast.tuva, on=clock.today())
        return edit(
            case,
            by=self.cast.tuva,
            satisfaction=8,
            end_absence_not_known="no_data",
            tools_complete=True,
        ).obj

    def considered(self, case: Case) -> Transfer:
        """The family has said yes to a hand-over, and what to hand over has been chosen."""
        consent = self.ask(
            case,
            by=self.cast.tuva,
            purpose="transfer",
            names_receiver=self.cast.receiver,
            deputy=self.cast.mona,
        )
        self.sign(consent)
        transfer = Transfer(
            case=case,
            receiver=self.cast.receiver,
            proposal="low_progress",
            responsible=self.cast.tuva,
            deputy=self.cast.mona,
        )
        items = [("identity", str(case.pupil.uuid))]
        return begin(transfer, by=self.cast.tuva, items=items).obj

    def transferring(self, **more: Any) -> Case:
        case = self.support(**more)
        self.considered(case)
        return perform(case.propose_transfer, by=self.cast.tuva).obj

    def transferred(self, **more: Any) -> Case:
        case, rut = self.transferring(**more), self.cast.rut
        transfer = perform(case.transfers.get().acknowledge, by=rut, person=rut).obj
        perform(transfer.start, by=rut, on=clock.today())
        return Case.objects.get(pk=case.pk)

    def frozen(self, **more: Any) -> Case:
        case = self.mapping(**more)
        perform(case.consents.active().get().withdraw, by=self.cast.sara)
        return Case.objects.get(pk=case.pk)


def link(consent: Consent) -> Signatory:
    return Signatory.objects.create(opens=consent.uuid)
