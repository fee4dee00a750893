"""The town the oracle asks about: its people, and one pupil's path for each fact of the table.

Only here does the oracle touch the product, and only to tell what has happened. Every secret
field of a situation holds a canary: its situation, what kind of secret it is, and who knows.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from types import SimpleNamespace
from typing import Any

from accounts import clock
from accounts.models import Membership, Role, SchoolBreak, User
from history.door import begin, edit, perform
from referrals.models import (
    BreakGlass,
    Case,
    ConcernReport,
    Consent,
    GuardianDecision,
    Programme,
    ProgrammeVersion,
    ProtectionRight,
    Pupil,
    Referral,
    Review,
    Transfer,
)
from tests.cast import SECTIONS, make_cast
from tests.oracle import ground, record
from tests.oracle.teller import Teller
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
# Parts of a mapping that are found not to be relevant: each side's.
ASIDE = [
    {"key": "aside-school", "title": "Språk", "side": "school"},
    {"key": "aside-team", "title": "Fritid"},
]


@dataclass
class Situation:
    """One path as it stands: what its addresses are made of, and its pupil."""

    name: str
    pupil: Pupil
    ids: dict[str, str] = field(default_factory=dict)
    versions: dict[str, int] = field(default_factory=dict)

    def digits(self) -> dict[str, str]:
        """What tells of somebody in digits alone, and which kind of secret that is: personnummer
        and, of the pupil, the day of birth."""
        born = self.pupil.birth_date.open().replace("-", "")
        guardians = self.pupil.guardians.all()
        return {self.pupil.number.open(): "identity", born: "identity"} | {
            one.number.open(): "guardian" for one in guardians
        }


class Facts(Teller):
    """The facts of the table, each a path that ends there."""

    def tell_draft(self) -> Any:
        return self.not_ready(self.draft())

    def not_ready(self, referral: Referral) -> Referral:
        """Somebody has begun to type in it, and gone on to something else."""
        typed = {"oro": {"worry": [self.says("unsent")]}}
        return edit(referral, by=self.cast.sara, unfinished=typed).obj

    def answered(self) -> Referral:
        """Returned, and the school has written its answer."""
        missing: dict[str, Any] = {"missing": self.says("answer")}
        back = perform(self.submitted().return_for_completion, by=self.cast.tuva, **missing).obj
        return edit(back, by=self.cast.sara, reply=self.says("reply")).obj

    def tell_submitted(self) -> Any:
        return perform(self.answered().submit, by=self.cast.sara).obj

    def tell_returned(self) -> Any:
        return self.not_ready(self.answered())

    def tell_declined(self) -> Any:
        no: dict[str, Any] = {"code": "no_answer", "instead": self.says("answer")}
        referral = perform(self.submitted().decline, by=self.cast.mona, **no).obj
        wrong: dict[str, Any] = {"reporter": self.cast.sara, "why": self.says("whyerror")}
        perform(referral.pupil.report_in_error, by=self.cast.sara, **wrong)
        return Referral.objects.get(pk=referral.pk)

    def tell_taken_back(self) -> Any:
        return perform(self.submitted().withdraw, by=self.cast.sara, code="other").obj

    def tell_accepted(self) -> Any:
        return Case.objects.get(referral=self.accepted())

    def tell_asked(self) -> Any:
        """One of two guardians is not asked, and the reason waits for the principal."""
        pupil = self.pupil(guardians=2)
        referral = self.accepted(pupil=pupil)
        fewer: dict[str, Any] = {
            "exception": "guardian_prevented",
            "exception_reason": self.says("signature"),
        }
        who = [pupil, pupil.guardians.order_by("pk").first()]
        self.rows["document"] = record.printed(
            "consent", self.ask(referral, who=who, **fewer), by=self.cast.sara
        )
        return Case.objects.get(referral=referral)

    def tell_partial(self) -> Any:
        referral = self.accepted()
        consent = self.ask(referral)
        self.sign_one(consent, consent.lines.order_by("pk").first())
        return Case.objects.get(referral=referral)

    def tell_refused(self) -> Any:
        referral = self.accepted()
        consent = self.ask(referral)
        line = consent.lines.order_by("pk").first()
        paper: dict[str, Any] = {"how": "paper", "note": self.says("signature")}
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
        case, cast = self.support(), self.cast
        self.rows |= record.extracts(case, cast, self.says)
        self.rows["document"] = record.printed("plan", case, by=cast.tuva)
        self.rows["entry"] = record.looked(case.pupil, by=cast.gun, why=self.says("whylooked"))
        return Case.objects.get(pk=case.pk)

    def tell_review(self) -> Any:
        """SkolFam: the foster home has answered, and parts of the mapping are set aside."""
        case = self.support(programme=self.cast.skolfam)
        case = perform(case.begin_review, by=self.cast.tuva).obj
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
        self.rows["document"] = record.printed("plan", case, by=self.cast.sara)
        consent = case.consents.active().get()
        perform(consent.narrow, by=self.cast.sara, categories=["referral", "attendance"])
        return Case.objects.get(pk=case.pk)

    def tell_expired(self) -> Any:
        from accounts.models import CLOCK

        case = self.support()
        perform(case.consents.active().get().expire, by=CLOCK)
        return Case.objects.get(pk=case.pk)

    def tell_withdrawn(self) -> Any:
        """What the team had asked for before is closed with it."""
        case, cast = self.support(), self.cast
        self.rows["document"] = record.printed("plan", case, by=cast.tuva)
        self.rows["extract.team"] = record.extract(case, by=cast.tuva)
        why: dict[str, Any] = {"reason": self.says("whyended")}
        perform(case.consents.active().get().withdraw, by=cast.sara, **why)
        return Case.objects.get(pk=case.pk)

    def tell_closing(self) -> Any:
        """A hand-over was declined, the work went on, and now it is to end."""
        case, cast = self.transferring(), self.cast
        no: dict[str, Any] = {"why": self.says("whynot"), "reason": self.says("whynot")}
        perform(case.transfers.get().decline, by=cast.rut, **no)
        case = perform(case.resume, by=cast.tuva).obj
        end: dict[str, Any] = {"code": "goals_met", "planned": True, "reason": self.says("note")}
        case = perform(case.propose_closure, by=cast.tuva, **end).obj
        return edit(case, by=cast.tuva, pupils_words=self.says("ownwords")).obj

    def tell_closed(self) -> Any:
        case = self.tell_closing()
        case = perform(self.ready_to_close(case).confirm_closure, by=self.cast.mona).obj
        self.rows["extract.ready"] = record.handed_out(case, self.cast)
        return Case.objects.get(pk=case.pk)

    def tell_offered(self) -> Any:
        case = self.transferring()
        self.rows["document"] = record.printed("handover", case.transfers.get(), by=self.cast.rut)
        return case

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
            glass = BreakGlass(case=case, by=colleague, hours=1, why=why)
            glass = begin(glass, by=colleague, reason=why).obj
            if side == "school":
                said: dict[str, Any] = {"verdict": "justified", "comment": why}
                perform(glass.review, by=self.cast.petra, **said)
        self.rows["extract.team"] = record.extract(case, by=self.cast.tuva)
        return case

    def tell_direct(self) -> Any:
        """SkolFam: registered by the team, no referral, nobody asked yet."""
        cast = self.cast
        pupil = self.pupil(by=cast.tuva, school=cast.school, team=cast.team)
        case = Case(
            pupil=pupil, programme=cast.skolfam, team=cast.team, school=cast.school, **self.two
        )
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
        taken: dict[str, Any] = {**self.two, "exception": self.says("exception")}
        accepted = perform(referral.accept, by=cast.tuva, **taken).obj
        self.sign(self.ask(accepted))
        case = self.worked(Case.objects.get(referral=referral))
        self.rows["extract.team"] = record.extract(case, by=cast.tuva)
        return case

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


FACTS: dict[str, Callable[[Facts], Any]] = {
    name.removeprefix("tell_"): getattr(Facts, name)
    for name in vars(Facts)
    if name.startswith("tell_")
}


def build() -> tuple[SimpleNamespace, dict[str, Situation], dict[str, Any]]:
    """The people by name, every situation by the name of its fact, and what belongs to no path."""
    cast = make_cast()
    add_colleagues(cast)
    situations = {}
    for name, tell in FACTS.items():
        teller = Facts(cast)
        teller.situation = name
        situations[name] = described(name, tell(teller), teller)
    # The same case once its holder has said why they open it.
    situations["opened"] = replace(situations["guarded"], name="opened")
    town = ground.Ground(cast).tell() | ground.tell_screenings(cast)
    return cast, situations, town | record.tell_record(cast, situations["closed"].pupil)


def add_colleagues(cast: SimpleNamespace) -> None:
    """The people the table knows beside the cast of the other tests, and a programme of its own."""
    skolfam = Programme.objects.create(key="skolfam", name="SkolFam", owner=cast.city)
    cast.skolfam = ProgrammeVersion.objects.create(
        programme=skolfam,
        since=date(2024, 1, 1),
        direct_start=True,
        foster_placed=True,
        sections=[*SECTIONS, *ASIDE],
    )
    for name, (like, role) in MORE.items():
        user = User.objects.create(username=name, first_name=name.title(), last_name="Test")
        there = getattr(cast, like)
        where = getattr(there, "organisation", there)
        person = Membership.objects.create(
            user=user, organisation=where, role=role, since=date(2020, 1, 1)
        )
        setattr(cast, name, person)
    cast.autumn = SchoolBreak.objects.create(
        name="Höstlov", first=date(2020, 10, 26), last=date(2020, 10, 30)
    )
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
        "break": str(cast.autumn.uuid),
        "role.siv": str(cast.siv.uuid),
        "organisation.school": str(cast.school.uuid),
        "organisation.team": str(cast.team.uuid),
        "district": str(cast.south.pk),
    }


def described(name: str, matter: Any, teller: Facts) -> Situation:
    """What its addresses are made of, as plain strings."""
    cast, found = teller.cast, Situation(name, matter.pupil)
    referral = matter if isinstance(matter, Referral) else matter.referral
    case = matter if isinstance(matter, Case) else None
    consent = Consent.objects.filter(pupil=matter.pupil).order_by("-pk").first()
    rows: dict[str, Any] = {"referral": referral, "case": case, "consent": consent}
    rows |= teller.rows
    if case is not None:
        for kind in (
            "sections",
            "goals",
            "notes",
            "needs",
            "outside_contacts",
            "participants",
            "attachments",
            "foster_voices",
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
            found.versions[key] = getattr(row, "version", 0)
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
