"""docs/lifecycle.md, held against the machines: every status, move and role, allowed or refused.

A machine of these rooms without a table there is red.
"""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path as File
from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps
from django.core.exceptions import PermissionDenied
from django.http import Http404

from accounts import clock
from accounts.models import CLOCK, Signatory
from documents.models import Document
from history.door import Conflict, begin, perform
from history.models import Living, LogCheck
from referrals import models
from tests.cast import Path
from tests.test_retention import closed, proposed, years_ago
from workflows.models import Extract, Leaving, Vacancy

ROOMS = ("history", "referrals", "documents", "workflows")
# The design's own tables (tests/test_lifecycle.py), and docs/access.md's, whose rules ask who stands
# where (tests/test_protection.py, tests/test_breakglass.py).
ELSEWHERE = {
    "Referral",
    "Consent",
    "Case",
    "Transfer",
    "ProtectionRight",
    "GuardianDecision",
    "BreakGlass",
}
WHO = {
    "school": {"sara", "siv", "petra"},
    "principal": {"petra"},
    "team": {"tuva", "tore", "mona"},
    "unit manager": {"mona"},
    "district manager": {"dag"},
    "auditor": {"gun"},
    "administrator": {"adam"},
    "served school": {"sara", "siv", "petra", "nina"},
    "clock": {"clock"},
    "family": {"family"},
}
# status → move → (where to, who)
Table = dict[str, dict[str, tuple[str, frozenset[str]]]]


def tables() -> dict[str, Table]:
    """The page's tables of these rooms, by model; → same stays where it is."""
    page = (File(__file__).parents[1] / "docs" / "lifecycle.md").read_text()
    names = {model.__name__ for model in machines()}
    found: dict[str, Table] = {}
    for section in re.split(r"^#+ ", page, flags=re.M)[1:]:
        name = section.split("\n", 1)[0].strip()
        if name not in names:
            continue
        found[name] = {}
        for line in re.findall(r"^\| (\w+) \| (.+?) → (\w+) \| (.+?) \|", section, flags=re.M):
            move, sources, target, who = line
            if move == "move":  # the heading
                continue
            people = frozenset().union(*(WHO[word] for word in who.split(", ")))
            for source in sources.split(", "):
                goes = source if target == "same" else target
                found[name].setdefault(source, {})[move] = (goes, people)
    return found


def machines() -> list[Any]:
    """Every living model of the rooms, the design's four left out."""
    return [
        model
        for model in apps.get_models()
        if issubclass(model, Living)
        and model._meta.app_label in ROOMS
        and model.__name__ not in ELSEWHERE
    ]


def one_of_each(path: Path) -> list[Any]:
    """One of every machine, on one path; a new machine gets its line here."""
    models.ProgrammeVersion.objects.update(foster_placed=True)
    cast, case, today = path.cast, path.support(), clock.today()
    tuva, goal = cast.tuva, case.goals.get()
    occasion = path.occasion(case)
    begun = [
        models.Estimate(case=case, goal=goal, month=today, by_team=5),
        models.Note(case=case, kind="call", on=today, text="Ring.", written_by=tuva),
        models.Review(case=case, held_on=today),
        models.Participant(case=case, membership=cast.tore, profession="Kurator"),
        models.OutsideContact(case=case, kind="bup", next_step="Ring", due=today, responsible=tuva),
        models.Attachment(
            case=case, kind="other", title="Intyg", added_by=tuva, size=1, file=uuid4()
        ),
        Document(
            kind="plan",
            object_uuid=case.uuid,
            pupil_uuid=case.pupil.uuid,
            reference=case.reference,
            requested_by=tuva,
        ),
    ]
    screening = models.Screening(team=cast.team, on=today, responsible=tuva)
    foster = models.FosterVoice(case=case, name="Lars Sand", question="Hur?", asked_by=tuva)
    concern = models.ConcernReport(
        pupil=case.pupil,
        reporters=cast.school,
        reporter=cast.sara,
        deputy=cast.petra,
        made_on=today,
    )
    return [
        case.pupil,
        case.pupil.guardians.get(),
        case.absences.model.objects.of_case(case).first(),
        case.sections.first(),
        case.voices.get(),
        case.plans.get(),
        case.needs.first(),
        goal,
        occasion,
        occasion.intervention,
        *(begin(obj, by=tuva).obj for obj in (*begun, screening, foster)),
        begin(concern, by=cast.sara).obj,
        *of_the_record(path, case),
    ]


def of_the_record(path: Path, case: models.Case) -> list[Any]:
    """And of the machines beside the paths."""
    cast, soon = path.cast, clock.today() + timedelta(days=30)
    closed(path, ago=years_ago(6))
    asked = Extract(kind="looks", organisation=cast.team, pupil=case.pupil, asked_by=cast.tuva)
    leaving = begin(Leaving(person=cast.tore.user), by=CLOCK).obj
    vacancy = Vacancy(
        leaving=leaving,
        holding="case.responsible",
        object_id=case.pk,
        left=cast.tore,
        organisation=cast.team,
    )
    return [
        begin(LogCheck(organisation=cast.city, due=soon), by=cast.gun).obj,
        begin(asked, by=cast.tuva).obj,
        proposed(cast),
        leaving,
        begin(vacancy, by=CLOCK).obj,
    ]


def everybody(path: Path, obj: Any) -> dict[str, Any]:
    people = vars(path.cast).items()
    found = {name: who for name, who in people if type(who).__name__ == "Membership"}
    return found | {"clock": CLOCK, "family": Signatory.objects.create(opens=obj.uuid)}


def as_made(obj: Any, actors: dict[str, Any]) -> Table:
    """What the machine and its rules say, in the shape of the page."""
    made: Table = {}
    for move in obj.get_all_status_transitions():
        who = frozenset(name for name, actor in actors.items() if move.has_perm(obj, actor))
        target = str(move.target) if move.target else str(move.source)
        made.setdefault(str(move.source), {})[move.name] = (target, who)
    return made


def test_every_machine_has_its_table():
    """Red here? Write the machine's table in docs/lifecycle.md, then its line in one_of_each."""
    assert {model.__name__ for model in machines()} == set(tables())


@pytest.mark.both_engines
def test_the_machines_are_as_the_tables_say_and_refuse_the_rest(path):
    """Status by status: the same moves, the same ways, the same people; all else shut at the door."""
    every, told = one_of_each(path), tables()
    assert {type(obj) for obj in every} == set(machines())
    made = {type(obj).__name__: as_made(obj, everybody(path, obj)) for obj in every}
    assert made == told
    for begun in every:
        obj = type(begun).objects.get(pk=begun.pk)  # what followed may have moved it
        actors = everybody(path, obj)
        allowed = told[type(obj).__name__].get(obj.status, {})
        for name in {move.name for move in obj.get_all_status_transitions()}:
            for who in set(actors) - allowed.get(name, ("", frozenset()))[1]:
                with pytest.raises((PermissionDenied, Conflict, Http404)):
                    perform(getattr(obj, name), by=actors[who])
        assert type(obj).objects.get(pk=obj.pk).version == obj.version
