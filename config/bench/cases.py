"""Synthetic cases: every column from one seeded generator, so that the same number is the same town."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import Any
from uuid import UUID

from django.contrib.contenttypes.models import ContentType
from django.db import connection
from viewflow.workflow.models import Process, Task
from viewflow.workflow.status import STATUS

import vault
from accounts import clock, personnummer
from config.bench import filling
from config.bench.filling import Table
from config.bench.town import District, Town
from history.models import Event, Trail
from referrals import models
from referrals.models.pupil import NamePart
from vault.sealing import seal
from workflows.flows import CaseFlow
from workflows.models import CaseProcess, Turn

BATCH = 2000
OPEN = 0.12  # how large a part of all cases is open
STEPS = {"mapping": "map", "planning": "plan", "support": "support", "review": "review"}
OPEN_STATUSES = ("mapping", "planning", "support", "support", "support", "support", "review")
FIRST = (
    "Alva",
    "Elsa",
    "Nour",
    "Ali",
    "Hugo",
    "Liam",
    "Maja",
    "Sam",
    "Vera",
    "Idris",
    "Leo",
    "Amina",
)
LAST = ("Ek", "Berg", "Lund", "Ali", "Holm", "Dahl", "Ström", "Hed", "Osman", "Vik", "Aho", "Rask")
# A case's moves up to each status, as (move, from, to, version).
LIFE = (
    ("open", "", "awaiting_consent", 1),
    ("begin_mapping", "awaiting_consent", "mapping", 2),
    ("finish_mapping", "mapping", "planning", 3),
    ("agree_plan", "planning", "support", 4),
)
LIVES = {
    "mapping": LIFE[:2],
    "planning": LIFE[:3],
    "support": LIFE,
    "review": (*LIFE, ("begin_review", "support", "review", 5)),
    "closed": (
        *LIFE,
        ("propose_closure", "support", "closing", 5),
        ("confirm_closure", "closing", "closed", 6),
    ),
}
SINCE = date(2021, 1, 4)
STAMP = {"postgresql": "{} 09:00:00+00", "sqlite": "{} 09:00:00"}


class Cases:
    """Writes cases into a town, batch by batch."""

    def __init__(self, town: Town, seed: int = 1) -> None:
        self.town, self.dice, self.today = town, Random(seed), clock.today()
        self.ids: dict[str, int] = {}
        self.taken: set[tuple[int, str]] = set()  # (school, number)
        self.kinds = {
            m: ContentType.objects.get_for_model(m).pk
            for m in (models.Referral, models.Consent, models.Case, models.Goal)
        }
        self.parts = {name: vault.index("name.part", name.casefold()) for name in (*FIRST, *LAST)}
        living, flow_task = "id uuid trail_id", Task._meta.get_field("flow_task")
        self.steps = {
            status: flow_task.get_prep_value(getattr(CaseFlow, step))
            for status, step in STEPS.items()
        }
        programme, tool = town.programme, town.tool
        self.tables = {
            "trail": Table(Trail, "id uuid"),
            "pupil": Table(
                models.Pupil,
                f"{living} school_id registered_by_id given_name family_name number number_index"
                " birth_date grade home_district_id",
                version=1,
            ),
            "part": Table(NamePart, "uuid pupil_id index"),
            "guardian": Table(
                models.Guardian, f"{living} pupil_id given_name family_name", version=1
            ),
            "referral": Table(
                models.Referral,
                f"{living} reference school_id team_id pupil_id author_id responsible_id deputy_id"
                " worry sent_on",
                programme_id=programme.pk,
                needs="attendance",
                protection_asked=True,
                sent=True,
                status="accepted",
                version=3,
            ),
            "absence": Table(
                models.Absence,
                f"{living} referral_id case_id purpose period_from period_to valid invalid",
                offered=6000,
                reported=6000,
                version=1,
            ),
            "consent": Table(
                models.Consent,
                f"{living} referral_id pupil_id names_team_id names_school_id asked_by_id status",
                categories=" referral attendance mapping plan review meetings ",
                version=3,
            ),
            "line": Table(models.SignatureLine, "uuid consent_id guardian_id", status="signed"),
            "case": Table(
                models.Case,
                f"{living} reference referral_id pupil_id team_id school_id responsible_id"
                " deputy_id opened enrolled next_review closure_code planned closed_on status version",
                programme_id=programme.pk,
            ),
            "goal": Table(models.Goal, f"{living} case_id text due status", version=1),
            "estimate": Table(
                models.Estimate, f"{living} case_id goal_id month by_team by_pupil", version=1
            ),
            "intervention": Table(
                models.Intervention,
                f"{living} case_id owner_id status",
                tool_id=tool.pk,
                legal_form="without_needs_test",
                version=2,
            ),
            "occasion": Table(
                models.Occasion,
                f"{living} case_id intervention_id on given_by_id",
                minutes=45,
                version=1,
            ),
            "review": Table(
                models.Review, f"{living} case_id held_on progress used status", version=2
            ),
            "event": Table(
                Event,
                "trail_id kind_id subject_id subject_uuid move source target version"
                " membership_id role at",
            ),
            "process": Table(
                Process,
                "id",
                flow_class=CaseProcess._meta.get_field("flow_class").get_prep_value(CaseFlow),
                status=STATUS.NEW,
                created=clock.now(),
            ),
            "run": Table(CaseProcess, "process_ptr_id subject_id"),
            "task": Table(
                Task,
                "id process_id flow_task",
                flow_task_type="HUMAN",
                status=STATUS.NEW,
                created=clock.now(),
            ),
            "turn": Table(
                Turn,
                "uuid object_id object_uuid trail_id task_id reference state step side_id school_id"
                " team_id district_id author_id responsible_id deputy_id taken_by_id case_id"
                " pupil_id due",
                what="case",
                kind_id=self.kinds[models.Case],
                identified=True,
            ),
        }

    def fill(self, number: int) -> int:
        """Write that many cases; how many rows it took in all."""
        written = 0
        with filling.loading(self.tables.values()):
            for start in range(0, number, BATCH):
                for _n in range(start, min(start + BATCH, number)):
                    self.case(self.ids.get("case", 0))
                written += sum(table.write() for table in self.tables.values())
        filling.settle()
        return written

    def next(self, what: str) -> int:
        self.ids[what] = self.ids.get(what, 0) + 1
        return self.ids[what]

    def uuid(self) -> UUID:
        return UUID(int=self.dice.getrandbits(128))

    def case(self, n: int) -> None:
        dice, add = self.dice, self.tables
        district = dice.choice(self.town.districts)
        school, author, _principal = dice.choice(district.schools)
        trail = self.next("trail")
        add["trail"].add(trail, self.uuid().hex)
        pupil, guardian = self.people(trail, district, school.pk, author.pk, n)
        began = SINCE + timedelta(days=dice.randrange((self.today - SINCE).days - 100))
        is_open = dice.random() < OPEN
        if is_open:
            began = self.today - timedelta(days=dice.randrange(40, 400))
        status = dice.choice(OPEN_STATUSES) if is_open else "closed"
        responsible, deputy = dice.sample(district.workers, 2)
        case, uuid = self.next("case"), self.uuid()
        referral = (case, self.uuid())
        consent = (case, self.uuid())
        team = district.team.pk
        add["referral"].add(
            case, referral[1].hex, trail, f"R-{n}", school.pk, team, pupil, author.pk,
            responsible.pk, deputy.pk, self.sealed(models.Referral, "worry", referral[1], "Oro."),
            str(began),
        )  # fmt: skip
        add["consent"].add(
            case, consent[1].hex, trail, case, pupil, team, school.pk, author.pk,
            "active" if is_open else "ended",
        )  # fmt: skip
        for who in (None, guardian):
            add["line"].add(self.uuid().hex, case, who)
        ended = None if is_open else str(began + timedelta(days=100))
        review = str(self.today + timedelta(days=dice.randrange(-5, 50))) if is_open else None
        add["case"].add(
            case, uuid.hex, trail, f"C-{n}", case, pupil, team, school.pk, responsible.pk,
            deputy.pk, str(began), str(began), review, "" if is_open else "goals_met",
            None if is_open else True, ended, status, len(LIVES[status]),
        )  # fmt: skip
        self.absences(trail, case, began, is_open)
        goals = self.work(trail, case, began, responsible.pk, is_open)
        self.events(trail, case, uuid, referral, consent, goals, began, responsible, author, status)
        if is_open:
            self.turn(
                district, school.pk, trail, case, uuid, n, status, author.pk, responsible.pk,
                deputy.pk, pupil,
            )  # fmt: skip

    @staticmethod
    def born(n: int) -> tuple[date, str]:
        """The nth birth date and number of the series kept for tests; it begins again at 50,000."""
        day = date(2009, 1, 1) + timedelta(days=n % 2500)
        return day, personnummer.for_tests(day, 980 + (n // 2500) % 20)

    def people(
        self, trail: int, district: District, school: int, author: int, n: int
    ) -> tuple[int, int]:
        """A pupil and a guardian, names and numbers sealed; their ids."""
        dice = self.dice
        first, last = dice.choice(FIRST), dice.choice(LAST)
        born, number = self.born(n)
        while (school, number) in self.taken:  # the tests' series is smaller than a big town
            born, number = self.born(n := n + 1)
        self.taken.add((school, number))
        pupil, uuid, sealed = self.next("pupil"), self.uuid(), self.sealed
        kind = models.Pupil
        self.tables["pupil"].add(
            pupil, uuid.hex, trail, school, author, sealed(kind, "given_name", uuid, first),
            sealed(kind, "family_name", uuid, last), sealed(kind, "number", uuid, number),
            vault.index("pupil.number", number), sealed(kind, "birth_date", uuid, str(born)),
            dice.randrange(4, 10), district.organisation.pk,
        )  # fmt: skip
        for name in {first, last}:
            self.tables["part"].add(self.uuid().hex, pupil, self.parts[name])
        uuid, kind = self.uuid(), models.Guardian  # type: ignore[assignment]  # the second kind of line
        self.tables["guardian"].add(
            pupil, uuid.hex, trail, pupil, sealed(kind, "given_name", uuid, dice.choice(FIRST)),
            sealed(kind, "family_name", uuid, last),
        )  # fmt: skip
        return pupil, pupil

    def absences(self, trail: int, case: int, began: date, is_open: bool) -> None:
        for purpose, day in (("baseline", began), ("follow_up", began + timedelta(days=60))):
            missed = self.dice.randrange(300, 2400)
            of_referral, of_case = (case, None) if purpose == "baseline" else (None, case)
            self.tables["absence"].add(
                self.next("absence"), self.uuid().hex, trail, of_referral, of_case, purpose,
                str(day - timedelta(days=28)), str(day - timedelta(days=1)), missed // 3,
                missed - missed // 3,
            )  # fmt: skip

    def work(
        self, trail: int, case: int, began: date, owner: int, is_open: bool
    ) -> list[tuple[int, UUID]]:
        """Two goals with estimates, three tools with occasions, a review; the goals' keys."""
        add, goals = self.tables, []
        for nth in range(2):
            goal, uuid = self.next("goal"), self.uuid()
            goals.append((goal, uuid))
            text = self.sealed(models.Goal, "text", uuid, "Vara i skolan fyra dagar i veckan")
            state = "open" if is_open else "partly_met"
            due = str(began + timedelta(days=120))
            add["goal"].add(goal, uuid.hex, trail, case, text, due, state)
            month = str((began + timedelta(days=30 + 31 * nth)).replace(day=1))
            add["estimate"].add(
                self.next("estimate"), self.uuid().hex, trail, case, goal, month, 4 + nth, 5
            )
        for _nth in range(3):
            tool = self.next("intervention")
            state = "ongoing" if is_open else "completed"
            add["intervention"].add(tool, self.uuid().hex, trail, case, owner, state)
            on = str(began + timedelta(days=35))
            add["occasion"].add(
                self.next("occasion"), self.uuid().hex, trail, case, tool, on, owner
            )
        held = str(began + timedelta(days=56))
        add["review"].add(
            self.next("review"), self.uuid().hex, trail, case, held, True, True, "documented"
        )
        return goals

    def events(
        self,
        trail: int,
        case: int,
        uuid: UUID,
        referral: tuple[int, UUID],
        consent: tuple[int, UUID],
        goals: list[tuple[int, UUID]],
        began: date,
        worker: Any,
        author: Any,
        status: str,
    ) -> None:
        kinds, stamp = self.kinds, STAMP[connection.vendor]
        told = (
            (kinds[models.Referral], *referral, "draft", "", "draft", 1, author),
            (kinds[models.Referral], *referral, "submit", "draft", "submitted", 2, author),
            (kinds[models.Referral], *referral, "accept", "submitted", "accepted", 3, worker),
            (kinds[models.Consent], *consent, "request", "", "requested", 1, author),
            (kinds[models.Consent], *consent, "sign", "requested", "active", 3, author),
            *((kinds[models.Goal], *goal, "set", "", "open", 1, worker) for goal in goals),
            *((kinds[models.Case], case, uuid, *step, worker) for step in LIVES[status]),
        )
        for nth, (kind, pk, key, move, source, target, version, by) in enumerate(told):
            self.tables["event"].add(
                trail, kind, pk, key.hex, move, source, target, version, by.pk, by.role,
                stamp.format(began + timedelta(days=nth)),
            )  # fmt: skip

    def turn(
        self, district: District, school: int, trail: int, case: int, uuid: UUID, n: int,
        status: str, author: int, responsible: int, deputy: int, pupil: int,
    ) -> None:  # fmt: skip
        run = self.next("process")
        self.tables["process"].add(run)
        self.tables["run"].add(run, case)
        self.tables["task"].add(run, run, self.steps[status])
        due = self.today + timedelta(days=self.dice.randrange(-12, 50))
        taken = responsible if self.dice.random() < 0.3 else None
        team = district.team.pk
        self.tables["turn"].add(
            self.uuid().hex, case, uuid.hex, trail, run, f"C-{n}", status, STEPS[status], team,
            school, team, district.organisation.pk, author, responsible, deputy, taken, case,
            pupil, str(due),
        )  # fmt: skip

    @staticmethod
    def sealed(model: Any, column: str, uuid: UUID, text: str) -> str:
        return seal(text, f"{model._meta.db_table}.{column}.{uuid}")
