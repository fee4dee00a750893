"""The town the oracle asks about: its people, and one pupil's path for each fact of the table.

Only here does the oracle touch the product, and only to tell what has happened. Every secret
field of a situation holds a canary: its situation, what kind of secret it is, and who knows.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import vault.files
from accounts import clock
from accounts.models import Membership, Role, User
from history.door import begin, edit, perform
from referrals.models import (
    Attachment,
    BreakGlass,
    Case,
    ConcernReport,
    Consent,
    Goal,
    GuardianDecision,
    Intervention,
    MappedNeed,
    Note,
    Occasion,
    OutsideContact,
    Participant,
    Programme,
    ProgrammeVersion,
    ProtectionRight,
    Pupil,
    Referral,
    Review,
    Transfer,
)
from tests.cast import SECTIONS, Path, make_cast
from tests.oracle import ground
from tests.oracle.canary import canary, paper
from workflows.models import Turn

# Who else there is than the cast of the other tests: username → (same place as, role).
MORE = {
    "sol": ("sara", Role.SCHOOL),
    "pia": ("tuva", Role.TEAM),
    "tim": ("tuva", Role.TEAM),
    "otto": ("odd", Role.TEAM),
    "ola": ("olga", Role.SCHOOL),
    "dora": ("north", Role.DISTRICT),
}


@dataclass
class Situation:
    """One path as it stands: what its addresses are made of, and its pupil."""

    name: str
    pupil: Pupil
    ids: dict[str, str] = field(default_factory=dict)
    versions: dict[str, int] = field(default_factory=dict)


class Teller(Path):
    """Tells one situation, with a canary wherever somebody writes."""

    situation = ""

    def __init__(self, cast: SimpleNamespace) -> None:
        super().__init__(cast)
        self.extra: dict[str, Any] = {}

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
                email=f"{self.says('guardian')}@example.org",
            )
        return pupil

    def draft(self, pupil: Pupil | None = None, **more: Any) -> Referral:
        words = {
            name: self.says("referral")
            for name in ("worry", "measures", "pupil_knows", "guardians_know")
        }
        return super().draft(pupil or self.pupil(), **(words | more))

    def worked(self, case: Case) -> Case:
        """A case with something of everything that can be read in it."""
        cast, says = self.cast, self.says
        for section in case.sections.all():
            side = "schoolsection" if section.side == "school" else "teamsection"
            perform(section.write, by=cast.tuva, text=says(side), strengths=says(side))
        perform(case.voices.get().answer, by=cast.tuva, words=says("teamsection"))
        case = perform(case.finish_mapping, by=cast.tuva).obj
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

    # The facts of the table, each a path that ends there.

    def tell_draft(self) -> Any:
        return self.draft()

    def tell_submitted(self) -> Any:
        return self.submitted()

    def tell_returned(self) -> Any:
        missing: dict[str, Any] = {"missing": self.says("answer")}
        return perform(self.submitted().return_for_completion, by=self.cast.tuva, **missing).obj

    def tell_declined(self) -> Any:
        no: dict[str, Any] = {"code": "no_answer", "instead": self.says("answer")}
        return perform(self.submitted().decline, by=self.cast.mona, **no).obj

    def tell_taken_back(self) -> Any:
        return perform(self.submitted().withdraw, by=self.cast.sara, code="other").obj

    def tell_accepted(self) -> Any:
        return Case.objects.get(referral=self.accepted())

    def tell_asked(self) -> Any:
        referral = self.accepted()
        self.ask(referral)
        return Case.objects.get(referral=referral)

    def tell_partial(self) -> Any:
        referral = self.accepted()
        consent = self.ask(referral)
        line = consent.lines.order_by("pk").first()
        paper: dict[str, Any] = {"how": "paper", "note": self.says("identity")}
        perform(consent.sign, by=self.cast.sara, line=line, **paper)
        return Case.objects.get(referral=referral)

    def tell_refused(self) -> Any:
        referral = self.accepted()
        consent = self.ask(referral)
        line = consent.lines.order_by("pk").first()
        paper: dict[str, Any] = {"how": "paper", "note": self.says("identity")}
        perform(consent.refuse, by=self.cast.sara, line=line, **paper)
        return Case.objects.get(referral=referral)

    def tell_lapsed(self) -> Any:
        referral = self.accepted()
        perform(self.ask(referral).lapse, by=self.cast.sara, code="no_answer")
        return Case.objects.get(referral=referral)

    def tell_mapping(self) -> Any:
        return self.mapping()

    def tell_planning(self) -> Any:
        return self.planning()

    def tell_support(self) -> Any:
        return self.support()

    def tell_review(self) -> Any:
        case = perform(self.support().begin_review, by=self.cast.tuva).obj
        words = dict.fromkeys(("text", "took_part", "pupils_view", "changes"), self.says("plan"))
        review = begin(Review(case=case, held_on=clock.today()), by=self.cast.tuva).obj
        done: dict[str, Any] = {
            "held_on": clock.today(),
            "progress": True,
            "absence_not_known": "no_data",
        }
        perform(review.document, by=self.cast.tuva, **(done | words))
        return Case.objects.get(pk=case.pk)

    def tell_narrowed(self) -> Any:
        case = self.support()
        consent = case.consents.active().get()
        perform(consent.narrow, by=self.cast.sara, categories=["referral", "attendance"])
        return Case.objects.get(pk=case.pk)

    def tell_expired(self) -> Any:
        from accounts.models import CLOCK

        case = self.support()
        perform(case.consents.active().get().expire, by=CLOCK)
        return Case.objects.get(pk=case.pk)

    def tell_withdrawn(self) -> Any:
        case = self.support()
        perform(case.consents.active().get().withdraw, by=self.cast.sara)
        return Case.objects.get(pk=case.pk)

    def tell_closing(self) -> Any:
        return self.closing()

    def tell_closed(self) -> Any:
        return self.closed()

    def tell_offered(self) -> Any:
        return self.transferring()

    def tell_started(self) -> Any:
        return self.transferred()

    def tell_moved(self) -> Any:
        case = self.support()
        return perform(case.change_school, by=self.cast.tuva, school=self.cast.new_school).obj

    def tell_broken(self) -> Any:
        """In support, and a colleague on each side has opened it in an emergency."""
        case = self.support()
        for colleague, side in ((self.cast.siv, "school"), (self.cast.tim, "team")):
            why = self.says(f"why{side}")
            begin(BreakGlass(case=case, by=colleague, hours=1, why=why), by=colleague)
        return case

    def tell_direct(self) -> Any:
        """SkolFam: registered by the team, no referral, nobody asked yet."""
        programme = Programme.objects.create(key="skolfam", name="SkolFam", owner=self.cast.city)
        version = ProgrammeVersion.objects.create(
            programme=programme, since=date(2024, 1, 1), direct_start=True, sections=SECTIONS
        )
        cast = self.cast
        pupil = self.pupil(by=cast.tuva, school=cast.school, team=cast.team)
        case = Case(pupil=pupil, programme=version, team=cast.team, school=cast.school, **self.two)
        case.baseline_unknown = "no_data"
        return begin(case, by=cast.tuva).obj

    def tell_hidden(self) -> Any:
        """Protected, sent, and nobody in the team has the right yet: one is proposed."""
        self.extra = {"protection": "marked"}
        referral = self.submitted()
        self.right(referral, holder=self.cast.tim, first=self.cast.mona)
        return referral

    def tell_guarded(self) -> Any:
        """Protected, in support, and one in the team has the right, given by two."""
        cast, self.extra = self.cast, {"protection": "registered"}
        referral = self.submitted()
        right = self.right(referral, holder=cast.tuva, first=cast.mona)
        perform(right.give, by=cast.tore, second=cast.tore)
        for guardian in referral.pupil.guardians.all():
            decision = GuardianDecision(
                pupil=referral.pupil,
                guardian=guardian,
                may_be_asked=True,
                why=self.says("guardian"),
                decided_by=cast.sara,
            )
            begin(decision, by=cast.sara)
        accepted = perform(referral.accept, by=cast.tuva, **self.two).obj
        self.sign(self.ask(accepted))
        return self.worked(Case.objects.get(referral=referral))

    def right(
        self, referral: Referral, *, holder: Membership, first: Membership
    ) -> ProtectionRight:
        right = ProtectionRight(
            pupil=referral.pupil,
            reference=referral.reference,
            organisation=first.organisation,
            holder=holder,
            first=first,
        )
        return begin(right, by=first).obj


FACTS: dict[str, Callable[[Teller], Any]] = {
    name.removeprefix("tell_"): getattr(Teller, name)
    for name in vars(Teller)
    if name.startswith("tell_")
}


def build() -> tuple[SimpleNamespace, dict[str, Situation], dict[str, Any]]:
    """The people by name, every situation by the name of its fact, and what belongs to no path."""
    cast = make_cast()
    add_colleagues(cast)
    situations = {}
    for name, tell in FACTS.items():
        teller = Teller(cast)
        teller.situation = name
        situations[name] = described(name, tell(teller), cast)
    # The same case once its holder has said why they open it.
    situations["opened"] = replace(situations["guarded"], name="opened")
    return cast, situations, ground.Ground(cast).tell() | ground.tell_screenings(cast)


def add_colleagues(cast: SimpleNamespace) -> None:
    """The people the table knows beside the cast of the other tests."""
    for name, (like, role) in MORE.items():
        user = User.objects.create(username=name, first_name=name.title(), last_name="Test")
        there = getattr(cast, like)
        where = getattr(there, "organisation", there)
        person = Membership.objects.create(
            user=user, organisation=where, role=role, since=date(2020, 1, 1)
        )
        setattr(cast, name, person)
    cast.nomad = Membership.objects.create(
        user=User.objects.create(username="nomad"),
        organisation=cast.school,
        role=Role.SCHOOL,
        since=date(2020, 1, 1),
        until=date(2020, 2, 1),
    )


def ids_of(cast: SimpleNamespace, rows: dict[str, Any]) -> dict[str, str]:
    """What belongs to no path: a person, a role of theirs, an organisation, what is done together."""
    told = {name: str(getattr(row, "uuid", row.pk)) for name, row in rows.items()}
    return told | {
        "person.siv": str(cast.siv.user.uuid),
        "role.siv": str(cast.siv.uuid),
        "organisation.school": str(cast.school.uuid),
        "organisation.team": str(cast.team.uuid),
        "district": str(cast.south.pk),
    }


def described(name: str, matter: Any, cast: SimpleNamespace) -> Situation:
    """What its addresses are made of, as plain strings."""
    found = Situation(name, matter.pupil)
    referral = matter if isinstance(matter, Referral) else matter.referral
    case = matter if isinstance(matter, Case) else None
    consent = Consent.objects.filter(pupil=matter.pupil).order_by("-pk").first()
    rows: dict[str, Any] = {"referral": referral, "case": case, "consent": consent}
    if case is not None:
        for kind in (
            "sections",
            "goals",
            "notes",
            "needs",
            "outside_contacts",
            "participants",
            "attachments",
        ):
            rows[kind.rstrip("s")] = getattr(case, kind).order_by("pk").first()
        rows["transfer"] = Transfer.objects.filter(case=case).first()
    rows["glass"] = BreakGlass.objects.filter(by=cast.tim, case=case).first()
    rows["schoolglass"] = BreakGlass.objects.filter(by=cast.siv, case=case).first()
    rows["pupil"] = matter.pupil
    rows["guardian"] = matter.pupil.guardians.order_by("pk").first()
    rows["right"] = matter.pupil.rights.order_by("pk").first()
    if name == "support":
        report = ConcernReport(
            pupil=matter.pupil,
            reporter=cast.sara,
            reporters=cast.school,
            deputy=cast.petra,
            made_on=clock.today(),
        )
        rows["concern"] = begin(report, by=cast.sara).obj
    for key, row in rows.items():
        if row is not None:
            found.ids[key] = str(row.uuid)
            found.versions[key] = row.version
            if hasattr(row, "reference"):
                found.ids[f"{key}.reference"] = row.reference
    if case is not None or referral is not None:
        found.ids["matter.reference"] = (case or referral).reference
    turn = Turn.objects.open().filter(trail=matter.trail_id, what__in=("referral", "case")).first()
    if turn is not None:
        found.ids["turn"] = str(turn.uuid)
    if consent is not None:
        found.ids["line"] = str(consent.lines.order_by("pk").first().uuid)
    return found
